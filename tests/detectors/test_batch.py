"""What a batch must hold before any detector reads it."""

import pyarrow as pa
import pytest

from corpus_audit.text.batch import REQUIRED, Batch

VALUES = {"doc": "d", "source": "s", "path": "p", "position": 0, "text": "t"}


def records(**changed: pa.Array | None) -> pa.RecordBatch:
    arrays = {f.name: pa.array([VALUES[f.name]] * 2, f.type) for f in REQUIRED} | changed
    return pa.RecordBatch.from_pydict({n: a for n, a in arrays.items() if a is not None})


@pytest.mark.parametrize("name", VALUES)
def test_a_required_column_that_is_missing_or_has_nulls_or_another_type_is_named(name):
    type_ = REQUIRED.field(name).type
    for array in (None, pa.array([None, VALUES[name]], type_), pa.array([b"x", b"y"])):
        with pytest.raises(TypeError, match=f"column '{name}'"):
            Batch(records(**{name: array}))


def test_a_column_that_is_there_twice_is_named():
    twice = pa.RecordBatch.from_arrays(
        [*records().columns, records().column("text")], [*REQUIRED.names, "text"]
    )
    with pytest.raises(TypeError, match="column 'text'"):
        Batch(twice)


def test_nulls_in_further_columns_are_no_fault():
    assert len(Batch(records(url=pa.array([None, "u"])))) == 2
