"""The 5 % rule on single sources: census, samples, reviews, and what each may say."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_audit.assess.bounds import sampled
from corpus_audit.assess.facts import Kept, SourceFacts
from corpus_audit.assess.model import Bounds, SourceOutcome
from corpus_audit.assess.shares import further_needed, judge_source, one_sided


def source(documents: int, hit: int, **more) -> SourceFacts:
    told = {"chars": documents * 10, "hit_chars": hit * 10, "skipped": 0, "unseen": 0} | more
    return SourceFacts(
        "s", documents, hit=hit, unknown_loss=told.pop("unknown_loss", False), **told
    )


def judged(facts: SourceFacts, limit=0.05, sought=True, accept=False) -> SourceOutcome:
    return judge_source(facts, limit, sought=sought, accept_indicator=accept)


def reviewed(low: float, high: float) -> Bounds:
    return Bounds(low=low, high=high, confidence=0.95, sides=1, method="m")


#: What is known of a source, the outcome by hand, and why.
CASES = [
    (source(100, 5), "needs-person", "exactly 5 % is not over"),
    (source(100, 6), "fail", "6 % is"),
    (source(1_000_000, 50_001), "fail", "so is one document more than 5 %"),
    (source(0, 0), "not-applicable", "nothing is there"),
    (source(95, 4, unseen=5), "inconclusive", "at worst 9 of 100"),
    (source(95, 0, unseen=5), "needs-person", "at worst 5 of 100"),
    (source(95, 10, unseen=5), "fail", "10 of 100 at the least"),
    (source(100, 0, unknown_loss=True), "inconclusive", "nobody knows what was lost"),
    (source(100, 6, unknown_loss=True), "inconclusive", "the share may be any"),
    (source(58, 0, sampled=True), "inconclusive", "0.95^58 is over 5 %"),
    (source(59, 0, sampled=True), "needs-person", "0.95^59 is under 5 %: the 59 of the tables"),
    (source(58, 0, sampled=True, population=100), "needs-person", "of 100, 42 are left"),
    (source(100, 10, sampled=True), "fail", "P(X >= 10 | 100, 5 %) = 0.028"),
    (source(100, 9, sampled=True), "inconclusive", "P(X >= 9 | 100, 5 %) = 0.063"),
    (source(100, 50, reviewed=reviewed(0.0, 0.04)), "pass", "people cleared the hits"),
    (source(100, 0, reviewed=reviewed(0.06, 0.2)), "fail", "people found what was missed"),
    (source(100, 0, reviewed=reviewed(0.0, 0.2)), "inconclusive", "too few were read"),
    (source(100, 50, reviewed=reviewed(0.0, 0.9)), "fail", "too few to clear so many hits"),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "outcome", "why"), CASES, ids=[why for _, _, why in CASES])
def test_outcomes_by_hand(facts, outcome, why):
    found = judged(facts)
    assert found.outcome == outcome, found.reason.en
    assert found.reason.zh != found.reason.en


def test_a_policy_may_accept_the_indicator_and_the_reason_says_so():
    found = judged(source(100, 5), accept=True)
    assert found.outcome == "pass" and "policy accepts" in found.reason.en
    assert judged(source(100, 6), accept=True).outcome == "fail"
    assert judged(source(58, 0, sampled=True), accept=True).outcome == "inconclusive"


def test_without_a_rule_that_looks_nothing_is_under_the_limit():
    assert judged(source(100, 0), sought=False).outcome == "needs-evidence"


def test_what_another_unit_would_say_is_told_and_decides_nothing():
    facts = source(100, 5, hit_chars=200, kept=Kept(90, 5, 900, 50))
    found = judged(facts)
    assert found.outcome == "needs-person"
    assert "by characters: 20.00 %" in found.reason.en
    assert "copies counted once: 5.56 %" in found.reason.en


def test_a_sample_of_the_scan_keeps_unseen_records_beside_it():
    """50 of 200 were drawn and 2 hit; 10 more records could not be read by anyone."""
    found = one_sided(source(50, 2, sampled=True, population=200, undrawn=150, unseen=10))
    inside = sampled(2, 50, 200, sides=1)
    assert found.low == pytest.approx(inside.low * 200 / 210)
    assert found.high == pytest.approx((inside.high * 200 + 10) / 210)


def test_a_draw_of_everything_is_a_census():
    found = one_sided(source(200, 3, sampled=True, population=200))
    assert found.low == found.high == 3 / 200


def binomial_at_most(hits: int, drawn: int, share: Fraction) -> Fraction:
    return sum(
        (comb(drawn, k) * share**k * (1 - share) ** (drawn - k) for k in range(hits + 1)),
        Fraction(0),
    )


@given(st.integers(1, 80), st.data())
def test_samples_decide_as_exact_rational_tests_do(drawn, data):
    hits = data.draw(st.integers(0, drawn))
    limit, error = Fraction(1, 20), Fraction(1, 20)
    over = hits > 0 and 1 - binomial_at_most(hits - 1, drawn, limit) <= error
    under = hits < drawn and binomial_at_most(hits, drawn, limit) <= error
    expected = "fail" if over else "needs-person" if under else "inconclusive"
    assert judged(source(drawn, hits, sampled=True)).outcome == expected


@pytest.mark.parametrize(("hits", "drawn", "more"), [(0, 10, 49), (0, 0, 59), (10, 60, 0)])
def test_how_many_more_would_decide(hits, drawn, more):
    assert further_needed(hits, drawn, 0.05, None) == more


def test_a_share_at_the_limit_is_never_decided_by_drawing_on():
    assert further_needed(3, 60, 0.05, None) is None
    assert judged(source(60, 3, sampled=True)).more_documents is None


@given(st.integers(0, 30), st.integers(1, 300))
def test_the_number_that_would_decide_does(hits, drawn):
    hits = min(hits, drawn)
    more = further_needed(hits, drawn, 0.05, None)
    if more is not None:
        total = drawn + more
        bounds = sampled(min(round(hits * total / drawn), total), total, None, sides=1)
        assert bounds.low > 0.05 or bounds.high <= 0.05
