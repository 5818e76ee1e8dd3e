"""From findings to hit documents."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_audit.judge import judge
from corpus_audit.policies import JudgePolicy
from corpus_audit.types import Findings, RuleInfo

RULES = [
    RuleInfo("high", "A.1.f", "", "", "high", "high"),
    RuleInfo("medium-1", "A.1.f", "", "", "high", "medium"),
    RuleInfo("medium-2", "A.1.f", "", "", "high", "medium"),
    RuleInfo("low-1", "A.1.f", "", "", "high", "low"),
    RuleInfo("other", "A.2.e", "", "", "high", "medium"),
    RuleInfo("no-risk", "", "", "", "low", "high"),
]


def findings(*found: tuple[int, str, int, int]) -> Findings:
    index = {rule.id: i for i, rule in enumerate(RULES)}
    ordered = sorted(found, key=lambda f: (f[0], f[2], f[3]))
    return Findings(
        np.array([f[0] for f in ordered], np.int32),
        np.array([index[f[1]] for f in ordered], np.int32),
        np.array([f[2] for f in ordered], np.int64),
        np.array([f[3] for f in ordered], np.int64),
        np.zeros(len(ordered), np.int32),
    )


def hits(found: Findings, **policy) -> set[tuple[int, str]]:
    judged = judge(found, RULES, JudgePolicy(**policy))
    return {
        (row, judged.risks[risk])
        for row, risk in zip(judged.row.tolist(), judged.risk.tolist(), strict=True)
    }


@pytest.mark.parametrize(
    ("found", "hit"),
    [
        ([], set()),
        ([(0, "high", 5, 7)], {(0, "A.1.f")}),
        ([(0, "medium-1", 5, 7)], set()),  # one weak word condemns nobody
        ([(0, "medium-1", 5, 7), (0, "medium-1", 9, 11)], set()),  # nor does saying it twice
        ([(0, "medium-1", 5, 7), (0, "medium-2", 9, 11)], {(0, "A.1.f")}),
        ([(0, "medium-1", 5, 7), (1, "medium-2", 9, 11)], set()),  # of two documents
        ([(0, "medium-1", 5, 7), (0, "other", 9, 11)], set()),  # of two risks
        ([(0, "medium-1", 0, 2), (0, "medium-2", 1998, 2000)], {(0, "A.1.f")}),
        ([(0, "medium-1", 0, 2), (0, "medium-2", 1999, 2001)], set()),  # just out of the window
        ([(0, "medium-1", 0, 2), (0, "medium-2", 3000, 3002), (0, "medium-1", 4000, 4002)],
         {(0, "A.1.f")}),
        ([(0, "low-1", 0, 2), (0, "medium-1", 3, 4)], set()),  # low counts in strict only
        ([(0, "no-risk", 0, 2)], set()),
        ([(0, "medium-1", 0, 5000), (0, "medium-2", 10, 12)], {(0, "A.1.f")}),
    ],
)  # fmt: skip
def test_a_document_is_judged_by_its_densest_window(found, hit):
    assert hits(findings(*found)) == hit


def test_the_audit_profile_shows_every_match():
    assert hits(findings((0, "low-1", 0, 2)), profile="audit") == {(0, "A.1.f")}


def test_weights_of_low_confidence_add_up_in_the_strict_profile():
    found = findings((0, "low-1", 0, 2), (0, "medium-1", 3, 5), (0, "medium-2", 6, 8))
    assert hits(found, profile="strict", threshold=1.2) == {(0, "A.1.f")}
    assert hits(found, profile="regular", threshold=1.2) == set()


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2),
            st.sampled_from([rule.id for rule in RULES]),
            st.integers(0, 6000),
        ),
        max_size=25,
    )
)
def test_judging_agrees_with_trying_every_window(found):
    spans = findings(*((row, rule, start, start + 2) for row, rule, start in found))
    policy = JudgePolicy(profile="strict")
    wanted = set()
    for row, _, begin in found:
        for risk in ("A.1.f", "A.2.e"):
            inside = {
                rule.id: policy.weight(rule.confidence)
                for r, rule_id, start in found
                for rule in RULES
                if rule.id == rule_id and r == row and rule.risk == risk
                and begin <= start and start + 2 <= begin + policy.window
            }  # fmt: skip
            if sum(inside.values()) >= 1 - 1e-9:
                wanted.add((row, risk))
    assert hits(spans, profile="strict") == wanted
