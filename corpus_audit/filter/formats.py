"""Copies files of each format without some of their records; those that stay are not changed."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import IO, Any

import numpy as np
import pyarrow as pa

from corpus_audit.errors import UsageError
from corpus_audit.filter.drops import Drops
from corpus_audit.filter.lines import copy_jsonl
from corpus_audit.readers import json_array
from corpus_audit.readers.opening import open_plain, open_raw
from corpus_audit.readers.suffixes import split_suffixes
from corpus_audit.rewriting import (
    Change,
    Records,
    Sink,
    TableChange,
    rewrite_arrow,
    rewrite_csv,
    rewrite_json,
    rewrite_parquet,
)
from corpus_audit.types import InputFile, ReadOptions

Copier = Callable[[InputFile, ReadOptions, Drops, Sink, Sink], None]

_COPY = 1 << 20


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


def _copy_json(
    file: InputFile, options: ReadOptions, drops: Drops, kept: Sink, dropped: Sink
) -> None:
    if json_array.holds_lines(file, options):
        copy_jsonl(file, options, drops, kept, dropped)
    else:
        rewrite_json(file, options, kept, _sorted_out(drops, kept, dropped))


def _copy_csv(
    file: InputFile, options: ReadOptions, drops: Drops, kept: Sink, dropped: Sink
) -> None:
    rewrite_csv(file, options, kept, _sorted_out(drops, kept, dropped))


def _sorted_out(drops: Drops, kept: Sink, dropped: Sink) -> Change:
    """Records as they are, to one file or the other."""

    def change(head: bytes, records: Records) -> Iterator[tuple[Sink, bytes]]:
        for position, raw in records:
            yield dropped if drops.drops(position) else kept, raw

    return change


def _copy_parquet(
    file: InputFile, options: ReadOptions, drops: Drops, kept: Sink, dropped: Sink
) -> None:
    rewrite_parquet(file, kept, _rows_sorted_out(drops, kept, dropped))


def _copy_arrow(
    file: InputFile, options: ReadOptions, drops: Drops, kept: Sink, dropped: Sink
) -> None:
    rewrite_arrow(file, kept, _rows_sorted_out(drops, kept, dropped))


def _rows_sorted_out(drops: Drops, kept: Sink, dropped: Sink) -> TableChange:
    def change(first: int, rows: pa.Table) -> Iterator[tuple[Sink, pa.Table]]:
        flags = (drops.drops(position) for position in range(first, first + rows.num_rows))
        mask = np.fromiter(flags, np.bool_, rows.num_rows)
        if not mask.any():
            yield kept, rows
            return
        yield kept, rows.filter(pa.array(~mask))
        yield dropped, rows.filter(pa.array(mask))

    return change


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
    "csv": _copy_csv,
    "json": _copy_json,
    "jsonl": copy_jsonl,
    "parquet": _copy_parquet,
    "text": _copy_text,
    "warc": _copy_warc,
}
