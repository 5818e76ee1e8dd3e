"""Terms of a rule that news and law use as well."""

import pyarrow as pa
import pytest

from corpus_audit.judge import judge
from corpus_audit.policies import JudgePolicy
from corpus_audit.rules.matcher import Matcher
from corpus_audit.text.buffers import Utf8
from corpus_audit.text.fold import fold
from corpus_audit.types import LEVELS
from tests.rules.writing import rule


def matched(rules, text):
    raw = Utf8.of(pa.array([text], pa.large_string()))
    return Matcher(rules).match(raw, fold(raw))


@pytest.mark.parametrize(
    ("confidence", "text", "level"),
    [
        ("high", "出售冰毒", "high"),
        ("high", "自制猎枪", "medium"),
        ("low", "自制猎枪", "low"),  # never more than its rule
        ("high", "自制猎枪出售", "high"),  # the longer one holds a term that is not weak
    ],
)
def test_a_weak_term_weighs_medium_at_most(confidence, text, level):
    asked = rule(
        terms=("出售冰毒", "猎枪出售"), weak=("自制猎枪", "自制猎枪出售"), confidence=confidence
    )
    assert [LEVELS[i] for i in matched([asked], text).level.tolist()] == [level]


def test_a_weak_term_condemns_no_document_but_two_of_distinct_rules_do():
    one, other = rule("one", weak=("自制猎枪",)), rule("other", weak=("假证",))
    hits = [
        len(judge(matched([one, other], text), [one.info, other.info], JudgePolicy()).row)
        for text in ("自制猎枪，自制猎枪", "自制猎枪和假证")
    ]
    assert hits == [0, 1]
