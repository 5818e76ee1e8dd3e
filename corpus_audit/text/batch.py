"""The batch: some documents of one part, as Arrow columns, and their views, each made once."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from corpus_audit.text.buffers import Int64s, Utf8

if TYPE_CHECKING:
    from corpus_audit.text.fold import View

#: Columns that every batch has. Further ones (`url`, `license`, `collected_at`, `roles`, ...) are
#: what the reader found; see `corpus_audit.readers.fields`.
REQUIRED = pa.schema(
    [
        pa.field("doc", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("path", pa.string(), nullable=False),
        pa.field("position", pa.int64(), nullable=False),
        pa.field("text", pa.large_string(), nullable=False),
    ]
)


class Batch:
    """Documents of one unit, cut by bytes. Detectors read it and never change it."""

    def __init__(self, records: pa.RecordBatch) -> None:
        for field in REQUIRED:
            index = records.schema.get_field_index(field.name)
            if index < 0:
                raise TypeError(f"a batch needs one column {field.name!r}, of {field.type}")
            column = records.column(index)
            if column.type != field.type:
                raise TypeError(f"column {field.name!r} must be {field.type}, not {column.type}")
            if column.null_count:
                raise TypeError(f"column {field.name!r} must have no nulls")
        self.records = records
        self._views: dict[str, View] = {}

    def __len__(self) -> int:
        return int(self.records.num_rows)

    def column(self, name: str) -> pa.Array | None:
        """A column by name, or None where the reader found none."""
        index = self.records.schema.get_field_index(name)
        return None if index < 0 else self.records.column(index)

    @cached_property
    def text(self) -> Utf8:
        """The raw text as flat arrays."""
        return Utf8.of(self.records.column("text"))

    @cached_property
    def chars(self) -> Int64s:
        """Code points per document."""
        from corpus_audit.text.scripts import count_chars

        return count_chars(self.text.offsets, self.text.data)

    @cached_property
    def nbytes(self) -> Int64s:
        """UTF-8 bytes per document."""
        return np.diff(self.text.offsets)

    def view(self, name: str = "plain") -> View:
        """The text folded by the table of that name (`corpus_audit.text.fold.TABLES`)."""
        if name not in self._views:
            from corpus_audit.text.fold import fold

            self._views[name] = fold(self.text, name)
        return self._views[name]
