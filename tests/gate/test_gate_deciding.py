"""From amounts to verdicts: what is over, what is under, what nobody can tell, what is waived."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_audit.assess.model import ClauseOutcome
from corpus_audit.gate.deciding import decide, decide_clause, ends, outcome_of, pardon
from corpus_audit.gate.model import LEVELS, Amount
from corpus_audit.gate.words import excess, sentence
from corpus_audit.limits import ClauseGate, Limit, Waiver
from corpus_audit.policies import Policy

SHARE = Limit(name="l", risk="A.1.h", warn=0.02, fail=0.05)
NONE = Limit(name="l", risk="A.1.h", fail=0)
FEW = Limit(name="l", risk="A.1.h", unit="documents", fail=3)
WARN = Limit(name="l", risk="A.1.h", warn=0.05)
COVERAGE = Policy().gated[-1]


@pytest.mark.parametrize(
    ("limit", "amount", "level", "unclear"),
    [
        (SHARE, Amount(5, 100), "warn", None),  # exactly 5 % is not over 5 %
        (SHARE, Amount(6, 100), "fail", None),
        (SHARE, Amount(2, 100), "pass", None),
        (SHARE, Amount(0, 0), "pass", None),
        (SHARE, Amount(5, 100, unseen=1), "undecided", "unseen"),
        (SHARE, Amount(4, 100, unseen=1), "warn", None),  # 5 of 101 at the worst
        (SHARE, Amount(7, 100, unseen=20), "fail", None),  # 7 of 120 at the best
        (SHARE, Amount(6, 100, unseen=20), "undecided", "unseen"),  # 6 of 120 at the best
        (SHARE, Amount(90, 100, lost=True), "undecided", "lost"),  # of how many nobody knows
        (SHARE, Amount(5, 100, low=0.03, high=0.09), "undecided", "few"),
        (SHARE, Amount(5, 100, low=0.051, high=0.09), "fail", None),
        (SHARE, Amount(1, 100, low=0.001, high=0.049), "pass", None),
        (SHARE, Amount(0, 100, measured=False), "undecided", "unmeasured"),
        (WARN, Amount(0, 100, measured=False), "warn", "unmeasured"),
        (WARN, Amount(90, 100), "warn", None),
        (WARN, Amount(0, 100, lost=True), "pass", None),
        (NONE, Amount(0, 100), "pass", None),
        (NONE, Amount(1, 100_000), "fail", None),
        (NONE, Amount(0, 100, unseen=1), "undecided", "unseen"),
        (FEW, Amount(3, 10), "pass", None),
        (FEW, Amount(4, 10**9), "fail", None),
        (FEW, Amount(4, 10, lost=True), "fail", None),  # four are four, whatever was lost
        (FEW, Amount(3, 10, unseen=1), "undecided", "unseen"),
        (COVERAGE, Amount(1, 1000), "pass", None),
        (COVERAGE, Amount(2, 1000), "undecided", "unseen"),
        (COVERAGE, Amount(0, 1000, lost=True), "undecided", "lost"),
    ],
)
def test_an_amount_is_held_against_a_limit(limit, amount, level, unclear):
    verdict = decide(limit, "web", amount)
    assert (verdict.level, verdict.unclear) == (level, unclear)
    for lang in ("en", "zh"):
        assert sentence(verdict, lang)


amounts = st.builds(
    lambda of, share, unseen: Amount(round(of * share), of, unseen),
    st.integers(0, 10_000), st.floats(0, 1), st.integers(0, 100),
)  # fmt: skip
limits = st.builds(
    lambda fail, warn: Limit(name="l", risk="A.1", fail=fail, warn=warn * fail),
    st.floats(0, 1), st.floats(0, 1),
)  # fmt: skip


@given(amounts, limits)
def test_what_was_not_seen_never_turns_a_failure_into_a_pass_or_back(amount, limit):
    """Undecided is exactly where the unseen records decide."""
    level = decide(limit, "s", amount).level
    best = decide(limit, "s", Amount(amount.hit, amount.of + amount.unseen)).level
    worst = decide(limit, "s", Amount(amount.hit + amount.unseen, amount.of + amount.unseen)).level
    if level == "fail":
        assert best == worst == "fail"
    elif level == "undecided":
        assert best != "fail" and worst == "fail"
    else:
        assert worst != "fail" and best == level


@given(amounts, limits, st.integers(0, 50))
def test_more_hits_never_make_a_verdict_milder(amount, limit, more):
    grave = {level: at for at, level in enumerate(LEVELS)}
    hit = min(amount.hit + more, amount.of)
    before = decide(limit, "s", amount).level
    after = decide(limit, "s", replace(amount, hit=hit)).level
    assert grave[after] <= grave[before]


@given(amounts.filter(lambda a: a.of and not a.unseen), limits)
def test_taking_out_as_many_as_are_too_many_keeps_the_limit(amount, limit):
    """`excess` counts against the documents that are there: it is the least to mend."""
    verdict = decide(limit, "s", amount)
    if verdict.level == "fail":
        mended = replace(amount, hit=amount.hit - excess(verdict))
        assert decide(limit, "s", mended).level != "fail"
        assert excess(verdict) > 0


@pytest.mark.parametrize(
    ("waiver", "source", "amount", "level"),
    [
        ({}, "web", Amount(9, 100), "waived"),
        ({"source": "w*"}, "web", Amount(9, 100), "waived"),
        ({"source": "news"}, "web", Amount(9, 100), "fail"),
        ({"limit": "other"}, "web", Amount(9, 100), "fail"),
        ({"up_to": 0.09}, "web", Amount(9, 100), "waived"),
        ({"up_to": 0.08}, "web", Amount(9, 100), "fail"),
        ({"up_to": 0.09}, "web", Amount(9, 100, unseen=1), "fail"),  # may be more than 9 %
        ({"up_to": 0.5}, "web", Amount(5, 100, lost=True), "undecided"),
        ({}, "web", Amount(5, 100, lost=True), "waived"),
        ({}, "web", Amount(1, 100), "pass"),
    ],
)
def test_a_waiver_covers_what_it_names_and_no_more(waiver, source, amount, level):
    terms = {"owner": "li", "reason": "r", "expires": date(2027, 1, 1), "limit": "l"} | waiver
    held = Waiver(**terms)
    verdicts, unused = pardon([decide(SHARE, source, amount)], [SHARE], [held])
    assert verdicts[0].level == level
    assert (held in unused) is (level != "waived")
    assert bool(verdicts[0].pardon) is (level == "waived")


def clause(outcome: str) -> ClauseOutcome:
    words = {"zh": "词", "en": "words"}
    return ClauseOutcome.model_validate(
        {
            "id": "source-ratio-after", "number": "5.1 a) 2)", "provisional": True,
            "topic": "sources", "title": words, "summary": words, "modality": "must",
            "verified": "text", "advisory": False, "draft_derived": False, "outcome": outcome,
            "reason": words, "next": words, "checks": [], "evidence": [],
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "level"),
    [
        ("fail", "fail"), ("inconclusive", "fail"), ("needs-person", "warn"),
        ("needs-evidence", "pass"), ("pass", "pass"),
    ],
)  # fmt: skip
def test_a_clause_gates_only_by_the_outcomes_that_the_policy_names(outcome, level):
    gate = ClauseGate(
        id="source-ratio-after", fail=("fail", "inconclusive"), warn=("needs-person",)
    )
    assert decide_clause(gate, clause(outcome)).level == level


@pytest.mark.parametrize(
    ("levels", "outcome"),
    [
        ([], "pass"), (["pass", "warn", "waived", "known"], "pass"),
        (["undecided", "pass"], "undecided"), (["undecided", "fail"], "fail"),
    ],
)  # fmt: skip
def test_a_sure_failure_outweighs_what_cannot_be_decided(levels, outcome):
    verdicts = [replace(decide(SHARE, "s", Amount(0, 1)), level=level) for level in levels]
    assert outcome_of(verdicts) == outcome


@given(amounts, limits)
def test_the_least_and_the_most_enclose_what_was_seen(amount, limit):
    least, most = ends(limit, amount)
    assert most is not None and least <= most
    if amount.share is not None:
        assert least <= amount.share <= most
