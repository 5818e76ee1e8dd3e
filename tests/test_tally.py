"""Tallies add up, however the work is cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_audit.errors import UsageError
from corpus_audit.policies import Policy
from corpus_audit.sources import coverage_of, source_rows
from corpus_audit.tally import UNATTRIBUTED, SourceTally, Tally, merge

RISKS = ["A.1.f", "A.2.e"]  # what rules looked for
counts = st.dictionaries(st.sampled_from(["A.1.f", "A.2.e", "A.1.f A.2.e"]), st.integers(1, 9))
source_tallies = st.builds(
    SourceTally,
    documents=st.integers(0, 99),
    chars=st.integers(0, 999),
    bytes=st.integers(0, 999),
    skipped=st.dictionaries(st.sampled_from(["bad_record", "empty_text"]), st.integers(1, 9)),
    hits=counts, hit_chars=counts, rules=counts, matches=counts, any_hit=counts,
    any_hit_chars=counts,
    categories=st.dictionaries(st.just("language"), counts),
    sums=counts,
)  # fmt: skip
losses = st.fixed_dictionaries(
    {"path": st.sampled_from("ab"), "position": st.integers(0, 9), "detail": st.just(""),
     "sources": st.just([])}
)  # fmt: skip
tallies = st.builds(
    Tally, st.dictionaries(st.sampled_from("xyz"), source_tallies), st.lists(losses, max_size=2)
)


@given(tallies, tallies, tallies)
def test_merging_is_associative_and_commutative_and_has_a_zero(a, b, c):
    whole = merge([a, b, c]).to_json()
    assert merge([merge([a, b]), c]).to_json() == whole
    assert merge([c, merge([b, a])]).to_json() == whole
    assert merge([Tally(), a, b, c]).to_json() == whole


@given(tallies)
def test_a_tally_survives_its_json_form(tally):
    stored = tally.to_json()
    assert Tally.from_json(stored).to_json() == stored


@given(tallies, tallies)
def test_merging_changes_neither_side(a, b):
    before = a.to_json(), b.to_json()
    merge([a, b])
    assert (a.to_json(), b.to_json()) == before


def source(documents: int, hit: int, **skipped: int) -> SourceTally:
    any_hit = {"A.1.f A.2.e": hit} if hit else {}
    return SourceTally(documents=documents, any_hit=any_hit, skipped=dict(skipped))


@pytest.mark.parametrize(
    ("tally", "status"),
    [
        (source(100, 5), "under"),  # exactly 5 % is not over
        (source(100, 6), "over"),
        (source(100, 5, bad_record=1), "undecided"),  # 6 of 101 at worst
        (source(100, 4, bad_record=1), "under"),  # 5 of 101 at worst
        (source(100, 6, bad_record=30), "undecided"),  # 6 of 130 if all of them were clean
        (source(100, 5, empty_text=50), "under"),  # an empty text holds nothing
        (source(0, 0, bad_record=3), "undecided"),
        (source(0, 0, empty_text=3), "empty"),
    ],
)
def test_a_source_is_over_or_under_whatever_was_not_seen_or_else_undecided(tally, status):
    (row,) = source_rows(Tally({"s": tally}), Policy(), RISKS)
    assert row["status"] == status


def test_records_too_damaged_to_show_their_source_count_in_the_worst_case_of_each():
    tally = Tally({"s": source(100, 5), UNATTRIBUTED: source(0, 0, bad_record=1)})
    rows = {row["source"]: row for row in source_rows(tally, Policy(), RISKS)}
    assert rows["s"]["status"] == "undecided"
    assert rows["s"]["prevalence"] == 0.05


def test_a_loss_of_unknown_size_leaves_its_source_undecided_and_coverage_incomplete():
    loss = {"path": "a.gz", "position": 7, "detail": "truncated", "sources": ["s"]}
    tally = Tally({"s": source(1000, 0), "t": source(1000, 0)}, [loss])
    rows = {row["source"]: row for row in source_rows(tally, Policy(), RISKS)}
    assert (rows["s"]["status"], rows["t"]["status"]) == ("undecided", "under")
    assert not coverage_of(tally, Policy()).complete


def test_coverage_is_incomplete_above_the_limit_of_skipped_records():
    limit = Policy().coverage.max_skipped
    assert coverage_of(Tally({"s": source(999, 0, bad_record=1)}), Policy()).complete
    assert limit == 0.001
    assert not coverage_of(Tally({"s": source(998, 0, bad_record=2)}), Policy()).complete


def test_too_many_sources_are_an_error_that_names_the_likely_cause():
    tally = Tally({f"https://a.example/{i}": SourceTally() for i in range(11)})
    tally.check_sources(11)
    with pytest.raises(UsageError, match="--source-field"):
        tally.check_sources(10)


def test_a_document_with_two_risks_counts_once():
    (row,) = source_rows(Tally({"s": source(10, 1)}), Policy(), RISKS)
    assert (row["hit_documents"], row["hit_A.1"], row["hit_A.2"], row["hit_A.3"]) == (1, 1, 1, 0)


def test_a_source_whose_files_are_all_lost_still_has_its_row():
    loss = {"path": "b.gz", "position": 0, "detail": "damaged", "sources": ["b"]}
    rows = source_rows(Tally({"a": source(10, 0)}, [loss]), Policy(), RISKS)
    assert [(row["source"], row["status"]) for row in rows] == [("a", "under"), ("b", "undecided")]


def test_nothing_is_under_the_limit_when_no_rule_looked_for_a_counted_risk():
    for risks in ([], ["A.5.b"]):
        (row,) = source_rows(Tally({"s": source(10, 0)}), Policy(), risks)
        assert row["status"] == "not-assessed"
