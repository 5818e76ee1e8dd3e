"""Files of each format with their texts redacted; records without a find keep their bytes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa

from corpus_audit.errors import UsageError
from corpus_audit.pii.masking import mask_label
from corpus_audit.readers import csv_table, json_array
from corpus_audit.readers.encodings import is_broken
from corpus_audit.readers.jsonl import read_lines
from corpus_audit.readers.opening import open_utf8
from corpus_audit.readers.suffixes import split_suffixes
from corpus_audit.redact.records import Job
from corpus_audit.rewriting import (
    Records,
    Sink,
    held,
    rewrite_arrow,
    rewrite_csv,
    rewrite_json,
    rewrite_parquet,
)
from corpus_audit.types import InputFile, Part

Rewrite = Callable[[InputFile, Job, Sink], None]

_ROWS = 2048


def rewriter_for(reader: str, path: str) -> Rewrite:
    """How files of a reader are redacted. Raises UsageError where they cannot be."""
    if reader in _REWRITERS and path != "-":
        return _REWRITERS[reader]
    what = "standard input" if path == "-" else f"read as {reader}"
    raise UsageError(
        f"{mask_label(path)}: is {what}, which cannot be written again. Unpack it, or convert it "
        f"to one of {', '.join(sorted(_REWRITERS))} first."
    )


def _jsonl(file: InputFile, job: Job, sink: Sink) -> None:
    options = job.options
    _, codec = split_suffixes(file.path)
    out = sink.stream(codec)
    limit = options.max_document_bytes * 2 + (1 << 20)

    def lines() -> Iterator[tuple[int, bytes]]:
        for position, line, _ in read_lines(Part(file, "jsonl"), options, limit):
            if line is None:
                job.report.left_out += 1
            elif line.strip():
                yield position, line

    for records in held(lines()):
        for _, line in _json_records(job, sink, records):
            out.write(_encoded(line + b"\n", options.encoding))


def _json(file: InputFile, job: Job, sink: Sink) -> None:
    if json_array.holds_lines(file, job.options):
        _jsonl(file, job, sink)
    else:
        rewrite_json(file, job.options, sink, lambda _, raw: _json_records(job, sink, raw))


def _json_records(job: Job, sink: Sink, stored: Records) -> Iterator[tuple[Sink, bytes]]:
    good = []
    for _, raw in stored:
        try:
            record = json.loads(raw)
        except (ValueError, RecursionError):
            record = None
        # only an escape can hold half of a character
        whole = b"\\u" not in raw or not is_broken(json.dumps(record, ensure_ascii=False))
        if isinstance(record, dict) and whole:
            good.append((raw, record))
        else:
            job.report.left_out += 1
    changed = job.redact_records([record for _, record in good]) if good else []
    for (raw, record), new in zip(good, changed, strict=True):
        yield sink, json.dumps(record, ensure_ascii=False).encode() if new else raw


def _encoded(data: bytes, encoding: str) -> bytes:
    """Back into the encoding of the file; a tag that it cannot hold is escaped as JSON does."""
    if encoding.lower().replace("_", "-") in ("utf-8", "utf8", "utf-8-sig"):
        return data
    text = data.decode()
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return (json.dumps(json.loads(text)) + "\n").encode(encoding)


def _text(file: InputFile, job: Job, sink: Sink) -> None:
    _, codec = split_suffixes(file.path)
    out = sink.stream(codec)
    with open_utf8(file, job.options) as stream:
        data = stream.read(job.options.max_document_bytes + 1)
    try:
        before = data.decode() if len(data) <= job.options.max_document_bytes else None
    except UnicodeDecodeError:
        before = None
    if before is None:
        job.report.left_out += 1
        return
    (text,) = job.redact([before])
    job.report.records += 1
    job.report.changed += text != before
    out.write(text.encode(job.options.encoding, "replace"))  # only a tag may not fit


def _csv(file: InputFile, job: Job, sink: Sink) -> None:
    def change(head: bytes, stored: Records) -> Iterator[tuple[Sink, bytes]]:
        delimiter = csv_table.delimiter_of(file.path, head.decode())
        (names,) = _cells(head, delimiter) or ([],)
        good = []
        for _, raw in stored:
            rows = _cells(raw, delimiter)
            if len(rows) == 1 and len(rows[0]) == len(names):
                good.append((raw, dict(zip(names, rows[0], strict=True))))
            else:
                job.report.left_out += 1
        changed = job.redact_records([record for _, record in good]) if good else []
        for (raw, record), new in zip(good, changed, strict=True):
            yield sink, _row(list(record.values()), raw, delimiter) if new else raw

    rewrite_csv(file, job.options, sink, change)


def _cells(raw: bytes, delimiter: str) -> list[list[str]]:
    """The rows of a stored record: one, unless it is damaged."""
    try:
        text = raw.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        return []
    # a quote that is still open would take the mark behind the record in
    lines = io.StringIO(f"{text}\n\0end", newline="")
    *rows, last = csv.reader(lines, delimiter=delimiter)
    return rows if last == ["\0end"] else []


def _row(cells: Sequence[str], raw: bytes, delimiter: str) -> bytes:
    text = io.StringIO(newline="")
    end = raw[len(raw.rstrip(b"\r\n")) :].decode()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerow(cells)
    return text.getvalue().encode()


def _parquet(file: InputFile, job: Job, sink: Sink) -> None:
    rewrite_parquet(file, sink, lambda _, table: _table(job, sink, table))


def _arrow(file: InputFile, job: Job, sink: Sink) -> None:
    rewrite_arrow(file, sink, lambda _, table: _table(job, sink, table))


def _table(job: Job, sink: Sink, table: pa.Table) -> Iterable[tuple[Sink, pa.Table]]:
    """A row group with the same rows; only those that change are made anew."""
    pieces = []
    for at in range(0, table.num_rows, _ROWS):
        piece = table.slice(at, _ROWS)
        records: list[dict[str, Any]] = piece.to_pylist()
        if any(job.redact_records(records)):
            piece = pa.Table.from_pylist(records, schema=table.schema)
        pieces.append(piece)
    return [(sink, pa.concat_tables(pieces).combine_chunks())] if pieces else []


#: By the name of the reader.
_REWRITERS: dict[str, Rewrite] = {
    "arrow": _arrow,
    "csv": _csv,
    "json": _json,
    "jsonl": _jsonl,
    "parquet": _parquet,
    "text": _text,
}
