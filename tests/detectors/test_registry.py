"""What is refused when detectors are loaded, before anything is read."""

from types import SimpleNamespace

import pyarrow as pa
import pytest

from corpus_audit.audit.schema import DOCUMENTS
from corpus_audit.detectors import registry
from corpus_audit.detectors.registry import check_detectors, load_detectors
from corpus_audit.errors import UsageError
from corpus_audit.policies import Policy
from corpus_audit.sources import source_rows
from corpus_audit.tally import SourceTally, Tally
from corpus_audit.types import ColumnSpec, RuleInfo


def made(name, *columns, rules=()):
    infos = tuple(RuleInfo(id_, "A.1.f", "", "", "low", "low") for id_ in rules)
    return SimpleNamespace(name=name, rules=infos, columns=columns, digest="1")


def test_the_built_in_detectors_go_together():
    assert [d.name for d in load_detectors({"language": {}, "keywords": {}})] == [
        "keywords", "language",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("detectors", "message"),
    [
        ([made("one"), made("one")], 'detector "one" has the name'),
        ([made("one", rules=["a"]), made("two", rules=["a"])],
         'detector "two": rule "a" has the id of a rule of detector "one"'),
        ([made("one", rules=["a", "a"])], 'detector "one": rule "a"'),
        ([made("one", ColumnSpec("c", pa.int8())), made("two", ColumnSpec("c", pa.int8()))],
         'detector "two": column "c" has the name of a column of detector "one"'),
        ([made("one", ColumnSpec("c", pa.int8()), ColumnSpec("c", pa.int8()))], 'column "c"'),
    ],
)  # fmt: skip
def test_names_that_clash_are_refused(detectors, message):
    with pytest.raises(UsageError, match=message):
        check_detectors(detectors)


@pytest.mark.parametrize(
    "name",
    [*DOCUMENTS.names, *source_rows(Tally(sources={"s": SourceTally()}), Policy(), [])[0], "sum_x"],
)
def test_a_column_named_as_one_of_ours_is_refused(name):
    with pytest.raises(UsageError, match=f'detector "one": column "{name}"'):
        check_detectors([made("one", ColumnSpec(name, pa.int8()))])


TEXTS = [pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string())]


@pytest.mark.parametrize(
    ("tally", "types"),
    [
        ("none", [pa.float64(), pa.list_(pa.int8()), pa.binary(16)]),
        ("sum", [pa.int8(), pa.uint32(), pa.int64()]),
        ("category", [*TEXTS, pa.int8(), pa.bool_()]),
    ],
)
def test_types_that_a_tally_can_add_up_are_taken(tally, types):
    check_detectors([made("one", *(ColumnSpec(f"c{i}", t, tally) for i, t in enumerate(types)))])


@pytest.mark.parametrize(
    ("tally", "types"),
    [
        ("sum", [*TEXTS, pa.float64(), pa.bool_(), pa.uint64(), pa.timestamp("s")]),
        ("category", [pa.float32(), pa.list_(pa.string()), pa.dictionary(pa.int8(), pa.int64())]),
        ("mean", [pa.int64()]),
    ],
)
def test_types_that_a_tally_cannot_add_up_are_refused(tally, types):
    for type_ in types:
        with pytest.raises(UsageError, match=r'detector "one": column "c" of .* cannot be tallied'):
            check_detectors([made("one", ColumnSpec("c", type_, tally))])


def test_a_clash_is_found_when_detectors_are_loaded(monkeypatch):
    point = SimpleNamespace(load=lambda: lambda config: made("same"))
    monkeypatch.setattr(registry, "available", lambda: {"one": point, "two": point})
    with pytest.raises(UsageError, match="same"):
        load_detectors({"one": {}, "two": {}})
