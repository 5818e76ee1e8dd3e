"""One file written again with its texts redacted, in its own format: what `redact` calls."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from corpus_audit.pii.masking import mask_label
from corpus_audit.pii.redactor import Redactor
from corpus_audit.readers.fields import SAMPLE, settle_fields
from corpus_audit.readers.jsonl import read_lines
from corpus_audit.readers.opening import open_stored, open_utf8
from corpus_audit.readers.suffixes import split_suffixes
from corpus_audit.types import InputFile, Part, ReadOptions

_BATCH = 4 << 20  # bytes of records redacted at once
_ROWS = 2048


@dataclass
class Report:
    """What was done, by file; holds no text."""

    records: int = 0
    changed: int = 0
    left_out: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    files: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Job:
    """One file on its way."""

    file: InputFile
    target: Path
    options: ReadOptions
    redactor: Redactor
    all_fields: bool
    report: Report

    def redact(self, texts: Sequence[str]) -> list[str]:
        """Redact and count some texts."""
        answers, counts = self.redactor.redact(texts)
        for count in counts:
            self.report.counts.update(count)
        return answers


@contextmanager
def _sink(path: Path, name: str) -> Iterator[IO[bytes]]:
    """A file to write, compressed as its name says."""
    _, codec = split_suffixes(name)
    if codec == "xz":
        import lzma

        with lzma.open(path, "wb") as packed:
            yield packed
    elif codec:
        with pa.OSFile(str(path), "wb") as raw, pa.CompressedOutputStream(raw, codec) as packed:
            yield packed
    else:
        with path.open("wb") as plain:
            yield plain


# --- records ---------------------------------------------------------------------------------


class _Strings:
    """The strings of records that are to be redacted, in place."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = [path.split(".") for path in paths]  # none: every string

    def collect(self, record: Any, into: list[tuple[Any, Any]]) -> None:
        """Add (container, key) of each string."""
        if self._paths:
            for path in self._paths:
                self._walk(record, path, into)
        else:
            self._all(record, into)

    def _walk(self, value: Any, path: list[str], into: list[tuple[Any, Any]]) -> None:
        name, many = path[0].removesuffix("[*]"), path[0].endswith("[*]")
        whole = ".".join(path)
        if isinstance(value, dict) and whole in value:  # a field with dots in its name
            name, many, path = whole, False, [whole]
        if not isinstance(value, dict) or name not in value:
            return
        if len(path) == 1 and not many:
            if isinstance(value[name], str):
                into.append((value, name))
            return
        items = value[name] if many and isinstance(value[name], list) else [value[name]]
        for place, item in enumerate(items):
            if len(path) > 1:
                self._walk(item, path[1:], into)
            elif isinstance(item, str):
                into.append((value[name], place))

    def _all(self, value: Any, into: list[tuple[Any, Any]]) -> None:
        places = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in places:
            if isinstance(item, str):
                into.append((value, key))
            elif isinstance(item, dict | list):
                self._all(item, into)


def _redact_records(job: Job, records: Sequence[Any], strings: _Strings) -> None:
    places: list[tuple[Any, Any]] = []
    owner: list[int] = []
    for i, record in enumerate(records):
        strings.collect(record, places)
        owner += [i] * (len(places) - len(owner))
    before = [container[key] for container, key in places]
    after = job.redact(before)
    changed = set()
    for (container, key), old, new, who in zip(places, before, after, owner, strict=True):
        if old != new:
            container[key] = new
            changed.add(who)
    job.report.records += len(records)
    job.report.changed += len(changed)


def _strings_for(job: Job, sample: Sequence[Any]) -> _Strings:
    if job.all_fields:
        return _Strings(())
    fields = settle_fields(sample, job.options, mask_label(job.file.path))
    return _Strings(fields.text if fields else ())


def _write_jsonl(job: Job, path: Path) -> None:
    limit = job.options.max_document_bytes * 2 + (1 << 20)
    waiting: list[Any] = []
    size = 0
    strings: _Strings | None = None
    with _sink(path, job.file.path) as out:

        def flush() -> None:
            nonlocal strings
            if not waiting:
                return
            strings = strings or _strings_for(job, waiting[:SAMPLE])
            _redact_records(job, waiting, strings)
            lines = b"".join(orjson.dumps(record) + b"\n" for record in waiting)
            out.write(_encoded(lines, job.options.encoding))
            waiting.clear()

        for _, line, nbytes in read_lines(Part(job.file, "jsonl"), job.options, limit):
            try:
                record = orjson.loads(line) if line is not None else None
            except orjson.JSONDecodeError:
                if line is not None and not line.strip():
                    continue
                record = None
            if not isinstance(record, dict):
                job.report.left_out += 1
                continue
            waiting.append(record)
            size += nbytes
            if size > _BATCH:
                flush()
                size = 0
        flush()


def _encoded(data: bytes, encoding: str) -> bytes:
    if encoding.lower().replace("_", "-") in ("utf-8", "utf8", "utf-8-sig"):
        return data
    return data.decode().encode(encoding)


def _write_json(job: Job, path: Path) -> None:
    """A top-level array. It is read whole, as its reader would not be needed otherwise."""
    with open_utf8(job.file, job.options) as stream:
        records = [record for record in orjson.loads(stream.read()) if isinstance(record, dict)]
    _redact_records(job, records, _strings_for(job, records[:SAMPLE]))
    with _sink(path, job.file.path) as out:
        out.write(_encoded(orjson.dumps(records), job.options.encoding))


def _write_text(job: Job, path: Path) -> None:
    with open_utf8(job.file, job.options) as stream:
        data = stream.read()
    try:
        (text,) = job.redact([data.decode()])
    except UnicodeDecodeError:
        job.report.left_out += 1
        path.write_bytes(b"")
        return
    job.report.records += 1
    job.report.changed += text.encode() != data
    with _sink(path, job.file.path) as out:
        out.write(_encoded(text.encode(), job.options.encoding))


def _write_csv(job: Job, path: Path) -> None:
    suffix, _ = split_suffixes(job.file.path)
    delimiter = "\t" if suffix == ".tsv" else ","
    csv.field_size_limit(job.options.max_document_bytes)
    with open_utf8(job.file, job.options) as stream, _sink(path, job.file.path) as out:
        lines = io.TextIOWrapper(
            io.BufferedReader(stream), "utf-8-sig", errors="replace", newline=""
        )
        rows = csv.DictReader(lines, delimiter=delimiter)
        names = list(rows.fieldnames or ())
        strings: _Strings | None = None
        waiting: list[dict[str, Any]] = []

        def write(records: Sequence[Any], header: bool = False) -> None:
            text = io.StringIO(newline="")
            writer = csv.DictWriter(text, names, delimiter=delimiter, lineterminator="\n")
            if header:
                writer.writeheader()
            writer.writerows(records)
            out.write(text.getvalue().encode(job.options.encoding))

        def flush() -> None:
            nonlocal strings
            if waiting:
                strings = strings or _strings_for(job, waiting[:SAMPLE])
                _redact_records(job, waiting, strings)
                write(waiting)
                waiting.clear()

        write((), header=True)
        for row in rows:
            if None in row or any(value is None or "\ufffd" in value for value in row.values()):
                job.report.left_out += 1  # of another width than the header, or not decoded
                continue
            waiting.append(row)
            if len(waiting) >= _ROWS:
                flush()
        flush()


# --- tables ----------------------------------------------------------------------------------


def _redact_batch(job: Job, batch: pa.RecordBatch, strings: _Strings) -> pa.RecordBatch:
    records = batch.to_pylist()
    _redact_records(job, records, strings)
    return pa.RecordBatch.from_pylist(records, schema=batch.schema)


def _write_batches(
    job: Job, batches: Iterator[pa.RecordBatch], write: Callable[[pa.RecordBatch], None]
) -> None:
    strings: _Strings | None = None
    for batch in batches:
        for at in range(0, batch.num_rows, _ROWS):
            piece = batch.slice(at, _ROWS)
            if strings is None:
                strings = _strings_for(job, piece.slice(0, SAMPLE).to_pylist())
            write(_redact_batch(job, piece, strings))


def _write_parquet(job: Job, path: Path) -> None:
    with open_stored(job.file) as raw:
        stored = pq.ParquetFile(raw)
        meta = stored.metadata
        codec = meta.row_group(0).column(0).compression if meta.num_row_groups else "ZSTD"
        codec = "NONE" if codec == "UNCOMPRESSED" else codec
        with pq.ParquetWriter(path, stored.schema_arrow, compression=codec) as writer:
            batches = stored.iter_batches(batch_size=_ROWS)
            _write_batches(job, batches, writer.write_batch)


def _write_arrow(job: Job, path: Path) -> None:
    with open_stored(job.file) as raw:
        head = raw.read(6)
        raw.seek(0)
        if head == b"ARROW1":
            file = pa.ipc.open_file(raw)
            batches = (file.get_batch(i) for i in range(file.num_record_batches))
            with pa.ipc.new_file(str(path), file.schema) as writer:
                _write_batches(job, batches, writer.write_batch)
        else:
            stream = pa.ipc.open_stream(raw)
            with pa.ipc.new_stream(str(path), stream.schema) as writer:
                _write_batches(job, iter(stream), writer.write_batch)


#: By the name of the reader.
WRITERS: dict[str, Callable[[Job, Path], None]] = {
    "jsonl": _write_jsonl,
    "json": _write_json,
    "csv": _write_csv,
    "text": _write_text,
    "parquet": _write_parquet,
    "arrow": _write_arrow,
}
