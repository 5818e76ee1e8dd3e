"""Parquet: row groups apart, only the columns that are needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

import pyarrow.parquet as pq

from corpus_audit.readers.assemble import Place, assemble_table
from corpus_audit.readers.fields import SAMPLE, Fields, settle_fields
from corpus_audit.readers.opening import DAMAGE, open_stored
from corpus_audit.readers.records import describe
from corpus_audit.text.batch import Batch
from corpus_audit.types import InputFile, Loss, Part, ReadOptions, Skipped

_BUFFER = 1 << 20  # without it Arrow holds whole column chunks
_ROWS = 4096  # of one read


class ParquetReader:
    """A part is a run of row groups; position is the row."""

    name: ClassVar[str] = "parquet"
    suffixes: ClassVar[tuple[str, ...]] = (".parquet", ".pq")

    def split(self, file: InputFile, target: int) -> Sequence[Part]:
        if file.size <= target:
            return [Part(file, self.name, 0, -1, file.size)]
        try:
            with open_stored(file) as stored:
                meta = pq.ParquetFile(stored).metadata
                sizes = [meta.row_group(i).total_byte_size for i in range(meta.num_row_groups)]
        except DAMAGE:
            return [Part(file, self.name, 0, -1, file.size)]  # reading it tells what is wrong
        whole = max(sum(sizes), 1)
        parts, start, weight = [], 0, 0
        for group, size in enumerate(sizes):
            weight += size * file.size // whole  # row groups tell their decompressed size
            if weight >= target or group == len(sizes) - 1:
                parts.append(Part(file, self.name, start, group + 1, weight))
                start, weight = group + 1, 0
        return parts

    def read(self, part: Part, options: ReadOptions) -> Iterator[Batch | Skipped | Loss]:
        place = Place.of(part.file, options)
        row = 0
        fields: Fields | None = None
        try:
            with open_stored(part.file) as stored:
                parquet = pq.ParquetFile(stored, buffer_size=_BUFFER, pre_buffer=False)
                groups = parquet.num_row_groups
                fields = _settle(parquet, options, part.file.path)
                if fields is None:
                    return
                columns = [name for name in parquet.schema_arrow.names if name in fields.roots]
                row = sum(parquet.metadata.row_group(i).num_rows for i in range(part.start))
                for group in range(part.start, groups if part.end == -1 else part.end):
                    next_row = row + parquet.metadata.row_group(group).num_rows
                    try:
                        # one thread: there is a process for each core
                        tables = parquet.iter_batches(_ROWS, [group], columns, use_threads=False)
                        for table in tables:
                            yield from assemble_table(table, row, fields, place, options)
                            row += table.num_rows
                    except DAMAGE as error:
                        yield _loss(part, row, error, fields, place)  # of this row group only
                    row = next_row
        except DAMAGE as error:
            yield _loss(part, row, error, fields, place)


def _settle(parquet: pq.ParquetFile, options: ReadOptions, where: str) -> Fields | None:
    """The fields by the first rows of the first row group that has any."""
    for group in range(parquet.num_row_groups):
        for table in parquet.iter_batches(SAMPLE, [group]):
            return settle_fields(table.to_pylist(), options, where)
    return None


def _loss(part: Part, row: int, error: BaseException, fields: Fields | None, place: Place) -> Loss:
    source = place.certain_source(fields)
    return Loss(part.file.path, row, describe(error), source)
