"""What every detector keeps to: the built-in ones and that of the example plug-in."""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_audit.detectors.registry import load_detectors
from corpus_audit.text.batch import Batch

sys.path.insert(0, str(Path(__file__).parent.parent / "plugin"))
from shouting import ShoutingDetector

DETECTORS = {
    "fingerprints": lambda: load_detectors({"fingerprints": {}}, b"k" * 32)[0],
    "keywords": lambda: load_detectors({"keywords": {}})[0],
    "language": lambda: load_detectors({"language": {}})[0],
    "licences": lambda: load_detectors({"licences": {}})[0],
    "origins": lambda: load_detectors({"origins": {}})[0],
    "shouting": lambda: ShoutingDetector({}),
}
TEXTS = [
    "", " ", "\x00", "plain words", "注册送彩金，真人荷官。",
    "註冊送\u200b彩金 😀 Ｆｒｅｅ　ｐｏｒｎ ｖｉｄｅｏｓ",
    "© 2020 甲乙 版权所有，未经许可，不得\u3000转载。ＣＣ　ＢＹ　4.0", "https://a.example/x",
    "ABSOLUTELYNOT!", "ไทย हिन्दी русский", "a" * 5000, "冰毒出售" * 300, "\U0010ffff\ue000",
]  # fmt: skip
documents = st.lists(st.sampled_from(TEXTS) | st.text(st.characters(exclude_categories=("Cs",))))


@pytest.fixture(scope="module", params=DETECTORS)
def detector(request):
    return DETECTORS[request.param]()


def seen(detector, batch) -> list[tuple]:
    """What a detector says of each document, as plain values."""
    observed = detector.scan(batch)
    found = observed.findings
    per_row: list[list] = [[] for _ in range(len(batch))]
    for i, row in enumerate(found.row.tolist()):
        per_row[row].append(
            (int(found.rule[i]), int(found.start[i]), int(found.end[i]), int(found.trace[i]))
        )
    columns = [observed.columns[spec.name].to_pylist() for spec in detector.columns]
    return [(per_row[row], *(column[row] for column in columns)) for row in range(len(batch))]


def test_names_rules_and_columns_are_declared(detector):
    assert detector.name and detector.digest
    assert len({rule.id for rule in detector.rules}) == len(detector.rules)
    assert len({spec.name for spec in detector.columns}) == len(detector.columns)


def test_an_empty_batch_gives_nothing(detector, make_batch):
    observed = detector.scan(make_batch())
    assert len(observed.findings) == 0
    assert all(len(column) == 0 for column in observed.columns.values())


def test_columns_are_aligned_and_of_their_declared_type(detector, make_batch):
    observed = detector.scan(make_batch(*TEXTS))
    assert set(observed.columns) == {spec.name for spec in detector.columns}
    for spec in detector.columns:
        assert len(observed.columns[spec.name]) == len(TEXTS)
        assert observed.columns[spec.name].type == spec.type


def test_spans_lie_in_the_text_and_come_in_order(detector, make_batch):
    found = detector.scan(make_batch(*TEXTS)).findings
    for row, rule, start, end in zip(found.row, found.rule, found.start, found.end, strict=True):
        assert 0 <= start < end <= len(TEXTS[row])
        assert 0 <= rule < len(detector.rules)
    keys = [*zip(found.row, found.start, found.end, found.rule, strict=True)]
    assert keys == sorted(keys)


@given(data=st.data())
def test_a_document_is_seen_alike_alone_in_a_batch_and_in_a_slice(detector, make_batch, data):
    texts = data.draw(documents)
    whole = seen(detector, make_batch(*texts))
    assert whole == [seen(detector, make_batch(text))[0] for text in texts]
    if texts:
        start = data.draw(st.integers(0, len(texts) - 1))
        batch = make_batch(*texts)
        assert seen(detector, Batch(batch.records.slice(start))) == whole[start:]


def test_a_batch_is_never_changed(detector, make_batch):
    batch = make_batch(*TEXTS)
    before = batch.records.column("text").to_pylist()
    detector.scan(batch)
    assert batch.records.column("text").to_pylist() == before
    assert isinstance(batch.text.data, np.ndarray) and pa.types.is_large_string(
        batch.records.column("text").type
    )
