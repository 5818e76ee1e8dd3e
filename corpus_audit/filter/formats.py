"""Copies files of each format without some of their records; those that stay are not changed."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corpus_audit.errors import UsageError
from corpus_audit.filter.lines import copy_csv, copy_json, copy_jsonl
from corpus_audit.filter.sinks import Drops, Sink
from corpus_audit.readers.arrow_ipc import is_ipc_file
from corpus_audit.readers.opening import open_plain, open_raw, open_stored
from corpus_audit.readers.suffixes import split_suffixes
from corpus_audit.types import InputFile, ReadOptions

Copier = Callable[[InputFile, ReadOptions, Drops, Sink, Sink], None]

_COPY = 1 << 20
_ROWS = 65_536
_GROUP = 256 << 20  # bytes of a row group that is held whole


def copier_for(reader: str, path: str) -> Copier:
    """How files of a reader are copied. Raises UsageError where they cannot be."""
    if reader in _COPIERS:
        return _COPIERS[reader]
    what = "an archive: unpack it, scan that and filter it" if reader == "archive" else (
        f'read by the plug-in "{reader}", whose records this command cannot write'
    )  # fmt: skip
    raise UsageError(f"{path}: is {what}. `--ids` writes the list of records for any format.")


def _copy_text(
    file: InputFile, options: ReadOptions, drops: Drops, kept: Sink, dropped: Sink
) -> None:
    sink = dropped if drops.drops(0) else kept
    with open_raw(file.path) as source:
        while block := source.read(_COPY):
            sink.stream().write(block)
        sink.stream()  # an empty file is one too


def _copy_parquet(
    file: InputFile, options: ReadOptions, drops: Drops, kept: Sink, dropped: Sink
) -> None:
    with open_stored(file) as stored:
        source = pq.ParquetFile(stored)
        meta, row = source.metadata, 0
        writers: dict[int, pq.ParquetWriter] = {}

        def write(sink: Sink, rows: pa.Table) -> None:
            if id(sink) not in writers:
                writers[id(sink)] = pq.ParquetWriter(
                    sink.path(), source.schema_arrow, compression=_codecs(meta)
                )
                sink.closing(writers[id(sink)].close)
            if rows.num_rows:
                writers[id(sink)].write_table(rows, row_group_size=max(rows.num_rows, 1))

        write(kept, source.schema_arrow.empty_table())
        for group in range(meta.num_row_groups):
            whole = meta.row_group(group).total_byte_size <= _GROUP
            tables = (
                [source.read_row_group(group, use_threads=False)]
                if whole
                else map(_as_table, source.iter_batches(_ROWS, [group], use_threads=False))
            )
            for table in tables:
                mask = _mask(drops, row, table.num_rows)
                row += table.num_rows
                write(kept, table.filter(pa.array(~mask)) if mask.any() else table)
                if mask.any():
                    write(dropped, table.filter(pa.array(mask)))


def _as_table(batch: pa.RecordBatch) -> pa.Table:
    return pa.Table.from_batches([batch])


def _codecs(meta: Any) -> dict[str, str] | str:
    """The codec of each column."""
    if not meta.num_row_groups:
        return "snappy"
    group = meta.row_group(0)
    columns = (group.column(i) for i in range(group.num_columns))
    names = {"UNCOMPRESSED": "none", "LZ4": "lz4"}
    return {
        column.path_in_schema: names.get(column.compression, column.compression.lower())
        for column in columns
    }


def _mask(drops: Drops, first: int, count: int) -> Any:
    flags = (drops.drops(position) for position in range(first, first + count))
    return np.fromiter(flags, np.bool_, count)


def _copy_arrow(
    file: InputFile, options: ReadOptions, drops: Drops, kept: Sink, dropped: Sink
) -> None:
    with open_stored(file) as stored:
        if not stored.read(1):
            kept.stream()  # an empty file
            return
        stored.seek(0)
        random = is_ipc_file(stored)
        reader = pa.ipc.open_file(stored) if random else pa.ipc.open_stream(stored)
        make = pa.ipc.new_file if random else pa.ipc.new_stream
        batches: Any = (
            (reader.get_batch(i) for i in range(reader.num_record_batches)) if random else reader
        )
        writers: dict[int, Any] = {}

        def write(sink: Sink, rows: pa.RecordBatch | None) -> None:
            if id(sink) not in writers:
                writers[id(sink)] = make(str(sink.path()), reader.schema)
                sink.closing(writers[id(sink)].close)
            if rows is not None and rows.num_rows:
                writers[id(sink)].write_batch(rows)

        row = 0
        write(kept, None)
        for batch in batches:
            mask = _mask(drops, row, batch.num_rows)
            row += batch.num_rows
            write(kept, batch.filter(pa.array(~mask)) if mask.any() else batch)
            if mask.any():
                write(dropped, batch.filter(pa.array(mask)))


def _copy_warc(
    file: InputFile, options: ReadOptions, drops: Drops, kept: Sink, dropped: Sink
) -> None:
    """Records as they are, each a gzip member of its own in a file of such; others go along."""
    import tempfile

    _, codec = split_suffixes(file.path)
    with tempfile.TemporaryFile() as plain:  # bounded memory: offsets are known after reading
        with open_plain(file, options) as stream:
            while block := stream.read(_COPY):
                plain.write(block)
        end = plain.tell()
        spans = list(_warc_records(plain))
        for (offset, is_document), after in zip(
            spans, [*(offset for offset, _ in spans[1:]), end], strict=True
        ):
            sink = dropped if is_document and drops.drops(offset) else kept
            plain.seek(offset)
            _copy_member(plain, after - offset, sink, codec)


def _warc_records(plain: IO[bytes]) -> Iterator[tuple[int, bool]]:
    from warcio.archiveiterator import ArchiveIterator

    plain.seek(0)
    records = ArchiveIterator(plain)
    for record in records:
        is_document = record.rec_type == "response"
        yield records.get_record_offset(), is_document


def _copy_member(plain: IO[bytes], size: int, sink: Sink, codec: str | None) -> None:
    import gzip

    target: Any = sink.stream(None if codec == "gzip" else codec)
    member = gzip.GzipFile("", "wb", 6, target, mtime=0) if codec == "gzip" else None
    out = member or target
    while size:
        block = plain.read(min(size, _COPY))
        if not block:
            raise io.UnsupportedOperation("a record ends too early")
        out.write(block)
        size -= len(block)
    if member is not None:
        member.close()


_COPIERS: dict[str, Copier] = {
    "arrow": _copy_arrow,
    "csv": copy_csv,
    "json": copy_json,
    "jsonl": copy_jsonl,
    "parquet": _copy_parquet,
    "text": _copy_text,
    "warc": _copy_warc,
}
