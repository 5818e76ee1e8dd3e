"""Arrow IPC, file and stream: what Hugging Face `save_to_disk` writes is the stream format."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import IO, ClassVar

import pyarrow as pa

from corpus_audit.readers.assemble import Place, assemble_table
from corpus_audit.readers.fields import SAMPLE, Fields, settle_fields
from corpus_audit.readers.opening import DAMAGE, open_stored
from corpus_audit.readers.records import describe
from corpus_audit.text.batch import Batch
from corpus_audit.types import InputFile, Loss, Part, ReadOptions, Skipped

_MAGIC = b"ARROW1"


class ArrowReader:
    """Position is the row."""

    name: ClassVar[str] = "arrow"
    suffixes: ClassVar[tuple[str, ...]] = (".arrow", ".feather", ".ipc")

    def split(self, file: InputFile, target: int) -> Sequence[Part]:
        return [Part(file, self.name, 0, -1, file.size)]

    def read(self, part: Part, options: ReadOptions) -> Iterator[Batch | Skipped | Loss]:
        place = Place.of(part.file, options)
        row, fields = 0, None
        try:
            with open_stored(part.file) as stored:
                tables = _tables(stored)
                first = list(itertools.islice(tables, 1))
                fields = _settle(first, options, part.file.path)
                if fields is None and not first:
                    return
                for table in itertools.chain(first, tables):
                    if fields is None:
                        fields = _settle([table], options, part.file.path)
                    if fields is not None:
                        yield from assemble_table(table, row, fields, place, options)
                    row += table.num_rows
        except DAMAGE as error:
            source = place.certain_source(fields)
            yield Loss(part.file.path, row, describe(error), source)


def _tables(stored: IO[bytes]) -> Iterator[pa.RecordBatch]:
    empty = not stored.read(1)
    stored.seek(0)
    if empty:
        return
    if is_ipc_file(stored):
        reader = pa.ipc.open_file(stored)
        for i in range(reader.num_record_batches):
            yield reader.get_batch(i)
    else:
        yield from pa.ipc.open_stream(stored)


def is_ipc_file(stored: IO[bytes]) -> bool:
    """Is it the file format, and not the stream format?"""
    magic = stored.read(len(_MAGIC))
    stored.seek(0)
    return magic == _MAGIC


def _settle(tables: list[pa.RecordBatch], options: ReadOptions, where: str) -> Fields | None:
    rows = [row for table in tables for row in table.slice(0, SAMPLE).to_pylist()]
    return settle_fields(rows, options, where)
