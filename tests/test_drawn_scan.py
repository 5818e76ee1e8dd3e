"""A scan of a sample: which documents it takes, and that every record is accounted for."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare, kstest

import corpus_audit
from corpus_audit.draw import Asked, draw, numbers
from corpus_audit.errors import UsageError


def write(folder: Path, name: str, documents: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        json.dumps({"id": f"{name}-{i}", "text": f"{name} text {i}"}) for i in range(documents)
    ]
    (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\nnot json\n", encoding="utf-8")


def scan(corpus: Path, audit: Path, **options) -> corpus_audit.Audit:
    found = corpus_audit.scan(
        corpus, audit, detectors="language", source_patterns="{source}.jsonl", max_skipped=1.0,
        **options,
    )  # fmt: skip
    return found


def taken(audit: corpus_audit.Audit) -> set[str]:
    return set(audit.documents()["doc"])


@pytest.fixture(scope="module")
def sampled(tmp_path_factory) -> tuple[Path, corpus_audit.Audit]:
    root = tmp_path_factory.mktemp("draw")
    for name, documents in (("a", 95), ("b", 7), ("c", 1)):
        write(root / "corpus", name, documents)
    return root, scan(root / "corpus", root / "audit", sample="10%", seed=5)


def test_each_source_gives_its_share_rounded_up(sampled):
    _, audit = sampled
    assert Counter(audit.documents()["source"]) == {"a": 10, "b": 1, "c": 1}


def test_every_record_is_scanned_left_out_by_the_draw_or_skipped(sampled):
    _, audit = sampled
    coverage = audit.summary.coverage
    assert (coverage.read, coverage.scanned, coverage.undrawn) == (106, 12, 91)
    assert coverage.skipped == {"bad_record": 3}
    assert coverage.unseen == 3  # what was not drawn is not unseen


def test_the_audit_records_the_draw_and_its_frame(sampled):
    _, audit = sampled
    told = json.loads((Path(audit.url) / "audit.json").read_text(encoding="utf-8"))["sample"]
    assert told["seed"] == 5 and told["share"] == 0.1
    assert told["frame"] == {"a": 95, "b": 7, "c": 1}
    assert told["drawn"] == {"a": 10, "b": 1, "c": 1}


def test_the_same_seed_draws_the_same_and_another_another(sampled, tmp_path):
    root, audit = sampled
    again = scan(root / "corpus", tmp_path / "again", sample="10%", seed=5, unit_bytes=500)
    assert taken(again) == taken(audit)
    other = scan(root / "corpus", tmp_path / "other", sample="10%", seed=6)
    assert taken(other) != taken(audit)


def test_added_data_does_not_reshuffle(sampled, tmp_path):
    _, audit = sampled
    for name, documents in (("a", 95), ("b", 7), ("c", 1), ("d", 40)):
        write(tmp_path / "corpus", name, documents)
    more = scan(tmp_path / "corpus", tmp_path / "audit", sample="10%", seed=5)
    assert {doc for doc in taken(more) if not doc.startswith("d")} == taken(audit)


def test_a_larger_share_and_a_count_hold_the_smaller_draw(sampled, tmp_path):
    root, audit = sampled
    larger = scan(root / "corpus", tmp_path / "larger", sample="30%", seed=5)
    assert taken(audit) < taken(larger)
    counted = scan(root / "corpus", tmp_path / "counted", sample="10", seed=5)
    assert Counter(counted.documents()["source"]) == {"a": 10, "b": 7, "c": 1}
    assert taken(audit) <= taken(counted)


@pytest.mark.parametrize("asked", ["0%", "101%", "-3", "0", "ten", "1.5", ""])
def test_what_is_no_share_and_no_count_is_refused(asked):
    with pytest.raises(UsageError, match="10% for a tenth"):
        Asked.parse(asked, 1)


@given(st.integers(1, 10_000), st.integers(1, 100))
def test_a_share_is_never_undercut_nor_overshot_by_a_document(documents, percent):
    size = Asked.parse(f"{percent}%", 1).of(documents)
    assert size * 100 >= percent * documents
    assert (size - 1) * 100 < percent * documents


def test_numbers_are_even_and_do_not_follow_the_place(make_batch):
    batch = make_batch(*["x"] * 20_000)
    every = numbers(batch, 1, "made.jsonl", "made.jsonl")
    assert len(set(every.tolist())) == len(every)
    share = every / 2.0**64
    assert kstest(share, "uniform").pvalue > 1e-4
    bits = [(every >> np.uint64(bit)) & np.uint64(1) for bit in range(64)]
    for bit in bits:  # also of the places whose last bits are alike
        assert chisquare(np.bincount(bit[::8].astype(int), minlength=2)).pvalue > 1e-7
    neighbours = np.corrcoef(share[:-1], share[1:])[0, 1]
    assert abs(neighbours) < 0.03


def test_every_document_has_the_same_chance(make_batch):
    batch = make_batch(*["x"] * 20)
    times = np.zeros(20)
    for seed in range(2_000):
        asked = Asked.parse("5", seed)
        every = numbers(batch, seed, "f", "made.jsonl")
        times += draw(asked, [{"s": every}]).takes(batch, "f", "made.jsonl")
    assert times.sum() == 5 * 2_000
    assert chisquare(times).pvalue > 1e-4
