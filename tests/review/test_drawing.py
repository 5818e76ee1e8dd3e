"""Drawing: replayable, uniform, stratified, without replacement, and stable when data is added."""

from collections import Counter

import numpy as np
import pytest

import corpus_audit
from benchmarks.big_audit import generate
from corpus_audit.audit.store import AuditStore
from corpus_audit.errors import UsageError
from corpus_audit.review.command import ask_for, make_sample
from corpus_audit.review.draw import draw
from corpus_audit.review.results import load_review
from corpus_audit.review.samples import read_drawn, read_sample


def items(store: AuditStore, **asked) -> list[str]:
    plan = asked.pop("plan", "standard")
    _, table = draw(store, ask_for(plan, **{"seed": 1} | asked), technical_share=None)
    return table["item"].to_pylist()


def test_the_same_seed_draws_the_same_and_another_seed_others(store):
    assert items(store, size=300) == items(store, size=300)
    assert len(set(items(store, size=300)) & set(items(store, size=300, seed=2))) < 100


def test_a_larger_sample_holds_the_smaller_one(store):
    assert set(items(store, size=100)) < set(items(store, size=300))


def test_fewer_documents_than_the_plan_asks_for_are_all_drawn_once(store):
    drawn = items(store)
    assert len(drawn) == len(set(drawn)) == 2000


def test_added_data_takes_the_place_of_few(tmp_path):
    def sample(documents: int) -> set[str]:
        generate(tmp_path / str(documents), documents)
        ask = ask_for("standard", seed=1, size=1000)
        _, table = draw(AuditStore(str(tmp_path / str(documents))), ask, technical_share=None)
        return set(table["doc"].to_pylist())

    before, after = sample(100_000), sample(125_000)
    kept = {doc for doc in after if doc.startswith("generated/00000")}
    assert kept < before  # no old document that had not been drawn came in
    assert 150 < len(after) - len(kept) < 250  # 25,000 of 125,000 documents: 200 expected


def test_every_document_has_the_same_chance(store):
    # 400 draws of 100 of 2,000: each document 20 times on average, Poisson-like
    counts = Counter(
        row
        for seed in range(60)
        for row in draw(store, ask_for("standard", seed=seed, size=200), technical_share=None)[1][
            "doc"
        ].to_pylist()
    )
    drawn = np.array([*counts.values(), *[0] * (2000 - len(counts))])
    assert drawn.mean() == pytest.approx(6)
    assert drawn.var() == pytest.approx(6 * 0.9, rel=0.15)  # binomial: 60 draws at 10 %


def test_strata_are_drawn_from_apart_and_record_their_chances(store):
    sample, table = draw(store, ask_for("flags", seed=1, size=30), technical_share=None)
    rows = table.to_pylist()
    assert {(s.source, s.flagged) for s in sample.strata} >= {("forum", True), ("books", False)}
    for number, stratum in enumerate(sample.strata):
        mine = [row for row in rows if row["stratum"] == number]
        assert len(mine) == stratum.drawn == min(30, stratum.population)
        assert all(row["source"] == stratum.source for row in mine)
        assert all(bool(row["risks"]) == stratum.flagged for row in mine)
        assert all(row["probability"] == stratum.drawn / stratum.population for row in mine)
        twice = sum(row["second"] is not None for row in mine)
        assert twice == -(-stratum.drawn // 10)
    assert sum(s.population for s in sample.strata) == sample.population == 2000


def test_by_source_the_standard_plan_draws_in_proportion(store):
    sample, table = draw(
        store, ask_for("standard", seed=1, size=200, by=["source"]), technical_share=None
    )
    assert {s.source: s.drawn for s in sample.strata} == {"forum": 90, "news": 70, "books": 40}
    assert set(table["probability"].to_pylist()) == {0.1}


def test_work_is_shared_and_nobody_judges_a_document_twice(store):
    ask = ask_for("standard", seed=1, size=600, double=0.5, reviewers=["甲", "乙", "丙"])
    _, table = draw(store, ask, technical_share=None)
    rows = table.to_pylist()
    assert sum(row["second"] is not None for row in rows) == 300
    assert all(row["first"] != row["second"] for row in rows)
    loads = Counter(name for row in rows for name in (row["first"], row["second"]) if name)
    assert all(240 <= load <= 360 for load in loads.values())


def test_the_technical_sample_is_a_tenth_or_more_and_judged_by_detectors(audit):
    written = make_sample(audit, ask_for("standard", seed=1, size=50), None)
    technical = read_sample(AuditStore(audit), written.sample.id).technical
    flagged = sum(flag for _, flag in written.sample.frame.values())
    assert 200 <= technical.drawn < 220
    assert 0 < technical.failed < flagged


def test_a_sample_is_read_back_as_it_was_drawn(audit):
    written = make_sample(audit, ask_for("sources", seed=3, size=20), None)
    store = AuditStore(audit)
    assert read_sample(store, written.sample.id) == written.sample
    assert [row["item"] for row in read_drawn(store, written.sample.id)] == items(
        store, plan="sources", seed=3, size=20
    )


def test_names_on_sheets_hold_nothing_that_a_spreadsheet_rewrites(store):
    for item in items(store):
        assert len(item) == 17
        assert set(item) <= set("BCDFGHJKLMNPQRSTVWXZ-")


def test_memory_and_time_do_not_grow_with_row_groups_and_units(tmp_path):
    generate(tmp_path / "big", 250_000, sources=3)
    sample, table = draw(
        AuditStore(str(tmp_path / "big")), ask_for("standard", seed=1), technical_share=0.1
    )
    assert table.num_rows == sample.drawn == 4000
    assert sample.population == 250_000
    numbers = [int(row["digest"][:8][::-1].hex(), 16) for row in table.to_pylist()]
    assert len(set(numbers)) == 4000  # every drawn row is the one that its hash was of
    for row, number in zip(table.to_pylist(), numbers, strict=True):
        assert row["position"] == number % 100_000 * 1200
    assert np.mean(numbers) == pytest.approx(125_000, rel=0.05)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"double": 2}, "--double"),
        ({"reviewers": ["甲"]}, "there must be two"),
        ({"reviewers": ["甲", "甲"]}, "names differ"),
        ({"reviewers": ["a:b", "c"]}, "no colon"),
    ],
)
def test_what_cannot_be_asked_for_is_told(asked, told):
    with pytest.raises(UsageError, match=told):
        ask_for("standard", **asked)


def test_documents_that_a_sampled_scan_left_out_are_stood_for(scanned, tmp_path, monkeypatch):
    monkeypatch.chdir(scanned)
    corpus_audit.scan("corpus", tmp_path / "tenth", detectors=["language"], sample="25%")
    store = AuditStore(str(tmp_path / "tenth"))
    sample, table = draw(store, ask_for("standard", seed=1), technical_share=None)
    assert table.num_rows == sum(map(sum, sample.frame.values())) < 700
    assert sample.population == 2000
    assert sum(sample.stands_for("forum", flag) for flag in (False, True)) == pytest.approx(900)
    make_sample(str(tmp_path / "tenth"), ask_for("standard", seed=1), None)
    review = load_review(store, sample.id, lambda risk: True)
    found = review.estimate("forum")
    assert (found.population, found.judged, found.bounds.high) == (900, 0, 1)
