"""What changed between audits, against exact enumeration."""

import json
import shutil
from fractions import Fraction
from math import comb
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_audit.evidence.differences import ALL, ANY, differences, fisher


def exact(hits: int, of: int, other_hits: int, other_of: int) -> Fraction:
    """All ways to deal the hits out to both, each as likely as any."""
    marked, every = hits + other_hits, of + other_of

    def chance(k: int) -> Fraction:
        return Fraction(comb(marked, k) * comb(every - marked, of - k), comb(every, of))

    seen = chance(hits)
    possible = range(max(0, of - (every - marked)), min(of, marked) + 1)
    return sum((chance(k) for k in possible if chance(k) <= seen), Fraction(0))


@given(st.data())
def test_the_chance_is_that_of_exact_enumeration(data):
    of, other_of = data.draw(st.integers(1, 40)), data.draw(st.integers(1, 40))
    hits = data.draw(st.integers(0, of))
    other = data.draw(st.integers(0, other_of))
    assert fisher(hits, of, other, other_of) == pytest.approx(
        float(exact(hits, of, other, other_of)), rel=1e-6
    )


def test_the_lady_tasting_tea():
    """Fisher (1935): 3 of 4 right on both sides, two-sided 34/70."""
    assert fisher(3, 4, 1, 4) == pytest.approx(34 / 70)


@pytest.fixture(scope="module")
def later(sample_audit, tmp_path_factory) -> Path:
    """The forum got 40 more hits, the books are gone, and there is a new source."""
    audit = Path(shutil.copytree(sample_audit, tmp_path_factory.mktemp("later") / "audit"))
    for file in (audit / "units").glob("*.json"):
        unit = json.loads(file.read_text(encoding="utf-8"))
        sources = unit["tally"]["sources"]
        if "forum-en" in sources:
            sources["forum-en"]["hits"]["A.1.h"] += 40
            sources["forum-en"]["any_hit"]["A.1.h"] += 40
        if "books" in sources:
            sources["novels"] = sources.pop("books")
        file.write_text(json.dumps(unit), encoding="utf-8")
    return audit


def test_an_audit_does_not_differ_from_itself(sample_audit):
    found = differences(str(sample_audit), str(sample_audit))
    assert not any(change.significant for change in found.changes)
    assert found.notes == ()
    assert {change.chance for change in found.changes} == {1.0}


def test_what_changed_is_told_per_source_and_risk(sample_audit, later):
    found = differences(str(sample_audit), str(later))
    by = {(change.source, change.risk): change for change in found.changes}
    forum = by["forum-en", ANY]
    assert (forum.before, forum.after, forum.documents_after) == (3, 43, 100)
    significant = {place for place, change in by.items() if change.significant}
    assert significant == {
        (name, risk) for name in ("forum-en", ALL) for risk in (ANY, "A.1", "A.1.h")
    }
    assert by["books", ANY].after is None and by["novels", ANY].before is None
    assert by["books", ANY].chance is None


def test_many_comparisons_make_each_less_certain(sample_audit, later):
    for change in differences(str(sample_audit), str(later)).changes:
        if change.chance is not None:
            assert change.chance <= change.corrected <= 1
