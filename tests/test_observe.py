"""What all detectors saw, in one order: checked, counted in full, stored in part."""

import dataclasses

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_audit.errors import UsageError
from corpus_audit.judge import judge
from corpus_audit.observe import observe
from corpus_audit.policies import JudgePolicy
from corpus_audit.text.fold import TRANSFORMS
from corpus_audit.types import ColumnSpec, Findings, Observations, RuleInfo

LONG = "x" * 30_000
SECRET = "secret words"
BEYOND = 1 << len(TRANSFORMS)


def made(*found: tuple[int, int, int, int]) -> Findings:
    row, rule, start, end = np.array(found, np.int64).reshape(-1, 4).T
    trace, level = np.zeros(len(row), np.int32), np.zeros(len(row), np.int8)
    return Findings(row.astype(np.int32), rule.astype(np.int32), start, end, trace, level)


class Made:
    """A detector that says what it is told to."""

    digest = "1"

    def __init__(self, answer, name="made", columns=(), confidences=("high", "medium", "medium")):
        self.answer, self.name, self.columns = answer, name, columns
        self.rules = tuple(
            RuleInfo(f"{name}.{i}", "A.1.f", "", "", "high", level)
            for i, level in enumerate(confidences)
        )

    def scan(self, batch):
        return self.answer


def rows(findings: Findings) -> list[tuple[int, int, int]]:
    return [
        *zip(findings.row.tolist(), findings.rule.tolist(), findings.start.tolist(), strict=True)
    ]


def test_findings_of_all_detectors_come_in_one_order_and_rules_are_numbered_through(make_batch):
    one = Made(Observations(made((1, 2, 5, 6), (0, 0, 7, 9), (0, 0, 3, 9))), "one")
    two = Made(Observations(made((0, 1, 4, 5))), "two")
    seen = observe(make_batch(LONG, LONG), [one, two], 20)
    assert rows(seen.every) == rows(seen.findings) == [(0, 0, 3), (0, 4, 4), (0, 0, 7), (1, 2, 5)]
    assert [rule.id for rule in seen.rules][4] == "two.1"
    assert seen.matches.tolist() == [2, 1, 2, 1]


def test_unsigned_arrays_of_a_plug_in_are_taken(make_batch):
    found = made((0, 0, 1, 2))
    names = [f.name for f in dataclasses.fields(found) if f.name != "level"]
    unsigned = Findings(*(getattr(found, name).astype(np.uint64) for name in names))
    seen = observe(make_batch(LONG), [Made(Observations(unsigned))], 20)
    assert [getattr(seen.every, name).dtype for name in names] == [
        getattr(found, name).dtype for name in names
    ]


def test_all_findings_are_judged_and_counted_and_few_are_stored(make_batch):
    starts = [*range(100), 2500, 2600, 4100, 9000]
    seen = observe(
        make_batch(LONG), [Made(Observations(made(*((0, 0, at, at + 1) for at in starts))))], 3
    )
    assert len(seen.every) == len(starts)
    assert seen.findings.start.tolist() == [0, 1, 2, 2500, 4100, 9000]
    assert seen.pair_matches.tolist() == [len(starts)]
    assert set(seen.matches.tolist()) == {len(starts)}


def test_of_one_rule_in_one_document_no_more_than_five_times_the_limit_is_stored(make_batch):
    found = [
        (row, rule, at, at + 1)
        for row in (0, 1)
        for rule in (0, 1)
        for at in range(0, 30_000, 2000)
    ]
    seen = observe(make_batch(LONG, LONG), [Made(Observations(made(*found)))], 2)
    stored = [(row, rule) for row, rule, _ in rows(seen.findings)]
    assert {pair: stored.count(pair) for pair in stored} == dict.fromkeys(
        [(0, 0), (0, 1), (1, 0), (1, 1)], 10
    )
    assert not len(observe(make_batch(LONG, LONG), [Made(Observations(made(*found)))], 0).findings)


def test_a_hit_beyond_the_first_findings_of_a_rule_is_judged(make_batch):
    found = [(0, 1, at, at + 1) for at in range(100)] + [(0, 1, 9001, 9002), (0, 2, 9003, 9004)]
    seen = observe(make_batch(LONG), [Made(Observations(made(*found)))], 5)
    for findings in (seen.every, seen.findings):
        assert len(judge(findings, seen.rules, JudgePolicy()).row) == 1


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 20_000)), max_size=40),
    st.integers(1, 4),
)
def test_judging_stored_findings_again_never_gives_a_further_hit(make_batch, found, limit):
    spans = made(*((row, rule, at, at + 2) for row, rule, at in found))
    seen = observe(make_batch(LONG, LONG, LONG), [Made(Observations(spans))], limit)
    every, again = (
        judge(findings, seen.rules, JudgePolicy()).row.tolist()
        for findings in (seen.every, seen.findings)
    )
    assert set(again) <= set(every)
    if max(seen.pair_matches.tolist(), default=0) <= limit:
        assert again == every
    assert {row for row, rule, _ in found if rule == 0} <= set(again)  # hits by one rule alone


COUNT = ColumnSpec("count", pa.int64(), "sum")
KIND = ColumnSpec("kind", pa.dictionary(pa.int8(), pa.string()), "category")
GOOD = made((0, 0, 0, 2))


@pytest.mark.parametrize(
    ("columns", "answer", "message"),
    [
        ((), None, "no Observations"),
        ((), Observations([]), "no Observations"),
        ((COUNT,), Observations(), "declares"),
        ((), Observations(columns={"more": pa.array([1])}), "declares"),
        ((COUNT,), Observations(columns={"count": pa.array([1, 2, 3])}), "3 values for 2"),
        ((COUNT,), Observations(columns={"count": pa.array([1, 2], pa.int32())}), "int64"),
        ((COUNT,), Observations(columns={"count": [1, 2]}), "int64"),
        ((KIND,), Observations(columns={"kind": pa.array([SECRET] * 2)}), "dictionary"),
        ((KIND,), Observations(columns={"kind": pa.array([SECRET] * 2).dictionary_encode()}),
         "dictionary"),
        ((), Observations(made((2, 0, 0, 1))), "row"),
        ((), Observations(made((-1, 0, 0, 1))), "row"),
        ((), Observations(made((0, 3, 0, 1))), "rule"),
        ((), Observations(made((0, -1, 0, 1))), "rule"),
        ((), Observations(made((0, 0, -1, 1))), "span"),
        ((), Observations(made((0, 0, 1, 1))), "span"),
        ((), Observations(made((1, 0, 0, 3))), "span"),  # 3 code points would fit the first only
        ((), Observations(dataclasses.replace(GOOD, level=np.array([3]))), "level"),
        ((), Observations(dataclasses.replace(GOOD, trace=np.array([-1]))), "trace"),
        ((), Observations(dataclasses.replace(GOOD, trace=np.array([BEYOND]))), "trace"),
        ((), Observations(dataclasses.replace(GOOD, row=np.zeros(2, np.int32))), "length"),
        ((), Observations(dataclasses.replace(GOOD, start=[0])), "integers"),
        ((), Observations(dataclasses.replace(GOOD, start=np.array([0.5]))), "integers"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_refused_by_the_name_of_its_detector_and_without_text(
    make_batch, columns, answer, message
):
    with pytest.raises(UsageError, match=message) as refused:
        observe(make_batch(SECRET, "賭博"), [Made(answer, columns=columns)], 20)
    assert str(refused.value).startswith('detector "made" ')
    assert SECRET not in str(refused.value)


def test_a_detector_that_fails_is_named_without_its_message(make_batch):
    class Failing(Made):
        def scan(self, batch):
            raise ValueError(SECRET)

    with pytest.raises(RuntimeError, match='"made" failed with ValueError') as failed:
        observe(make_batch(SECRET), [Failing(None)], 20)
    assert SECRET not in str(failed.value)
