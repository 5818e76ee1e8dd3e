"""Writes files again in their own formats: what leaving out records and redacting them share."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import lzma
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from corpus_audit.audit.store import AuditStore
from corpus_audit.errors import ReadError, UsageError
from corpus_audit.pii.masking import mask_label
from corpus_audit.readers import csv_table, json_array
from corpus_audit.readers.arrow_ipc import is_ipc_file
from corpus_audit.readers.encodings import UTF8_BOM, encoding_of
from corpus_audit.readers.opening import DAMAGE, open_stored, read_chunks
from corpus_audit.readers.records import describe
from corpus_audit.readers.suffixes import split_suffixes
from corpus_audit.types import InputFile, ReadOptions

#: Records of a file as they are stored, with their positions.
Records = Sequence[tuple[int, bytes]]
#: Says where records go and as what; those that it does not give are gone. The header comes along.
Change = Callable[[bytes, Records], Iterable[tuple["Sink", bytes]]]
#: The same for rows of a table and the position of the first.
TableChange = Callable[[int, pa.Table], Iterable[tuple["Sink", pa.Table]]]

_HELD = 4 << 20  # bytes of records that are changed at once
_ROWS = 65_536
_GROUP = 256 << 20  # bytes of a row group that is held whole


class Sink:
    """One file to write, which is made when the first record comes, and whole or not at all."""

    def __init__(self, stack: contextlib.ExitStack, store: AuditStore, name: str) -> None:
        self._stack, self._store, self._name = stack, store, name
        self._path: Path | None = None
        self._stream: IO[bytes] | None = None

    def path(self) -> Path:
        """Where to write the file; it gets its name when the stack of the file ends well."""
        if self._path is None:
            self._path = self._stack.enter_context(self._store.writing(self._name))
        return self._path

    def closing(self, close: Callable[[], Any]) -> None:
        """Call that before the file gets its name."""
        self._stack.callback(close)

    def stream(self, codec: str | None = None, head: bytes = b"") -> IO[bytes]:
        """The file as a stream that compresses as asked; `head` comes first."""
        if self._stream is None:
            self._stream = _compressing(self.path(), codec)
            self.closing(self._stream.close)
            self._stream.write(head)
        return self._stream


def _compressing(path: Path, codec: str | None) -> IO[bytes]:
    if codec is None:
        return path.open("wb")
    if codec == "gzip":
        file = path.open("wb")
        packed = gzip.GzipFile("", "wb", 6, file, mtime=0)  # no time: the same bytes each run
        return cast("IO[bytes]", _Both(packed, file))
    if codec == "bz2":
        return cast("IO[bytes]", bz2.open(path, "wb"))
    if codec == "xz":
        return cast("IO[bytes]", lzma.open(path, "wb"))
    return cast("IO[bytes]", pa.CompressedOutputStream(str(path), codec))


class _Both:
    """A compressor and the file below it, which it does not close."""

    def __init__(self, packed: gzip.GzipFile, file: IO[bytes]) -> None:
        self._packed, self._file = packed, file
        self.write = packed.write

    def close(self) -> None:
        self._packed.close()
        self._file.close()


def new_folder(url: str) -> AuditStore:
    """A folder to write copies to. Raises UsageError where something is in it."""
    store = AuditStore(url)
    if store.exists("") and store.fs.ls(store.root):
        raise UsageError(
            f"{url}: is not empty, so old and new files would stand side by side. "
            "Choose a new folder, or remove that one."
        )
    return store


def check_names(names: Sequence[str], taken: str) -> None:
    """Raise UsageError where two files would be one, or one would be written elsewhere."""
    for name, count in Counter(names).items():
        if count > 1 or name == taken:
            raise UsageError(
                f"{mask_label(name)}: two files would get that name in the output. Take one folder "
                "at a time."
            )
        if ".." in name.split("/"):
            raise UsageError(f"{mask_label(name)}: would be written outside of the output.")


@contextlib.contextmanager
def reading_whole(label: str, advice: str) -> Iterator[None]:
    """Raise ReadError where a file breaks off: nothing of it is kept."""
    try:
        yield
    except DAMAGE as error:
        what = str(error) if isinstance(error, ReadError) else describe(error)
        raise ReadError(
            f"{label}: cannot be read to its end ({what}), so it was not copied. {advice}"
        ) from None


# --- formats of text -------------------------------------------------------------------------


def rewrite_json(file: InputFile, options: ReadOptions, kept: Sink, change: Change) -> None:
    """Elements of an array, and what stands around it; the commas between are new."""
    _require_utf8(file, options)
    _, codec = split_suffixes(file.path)
    written: dict[int, tuple[Sink, int]] = {}

    def write(records: Records) -> None:
        for sink, raw in change(b"", records):
            count = written.get(id(sink), (sink, 0))[1]
            sink.stream(codec, b"[").write((b",\n" if count else b"\n") + raw)
            written[id(sink)] = (sink, count + 1)

    tail = b""

    def elements() -> Iterator[tuple[int, bytes]]:
        nonlocal tail
        for kind, position, text in json_array.raw_elements(file, options):
            raw = text.encode("utf-8", "surrogateescape")
            if kind == "head":
                kept.stream(codec, raw)
            elif kind == "tail":
                tail = b"\n" + raw
            else:
                yield position, raw

    for records in held(elements()):
        write(records)
    kept.stream(codec).write(tail)
    for sink, _ in written.values():
        if sink is not kept:
            sink.stream(codec).write(b"\n]\n")


def rewrite_csv(file: InputFile, options: ReadOptions, kept: Sink, change: Change) -> None:
    """Records with their quotes and line ends; the header goes to every file."""
    _require_utf8(file, options)
    _, codec = split_suffixes(file.path)
    first = next(read_chunks(file, options), b"")
    mark = UTF8_BOM if first.startswith(UTF8_BOM) else b""
    kept.stream(codec, mark)
    head = b""

    def records() -> Iterator[tuple[int, bytes]]:
        nonlocal head
        for position, text in csv_table.raw_records(file, options):
            raw = text.encode("utf-8", "surrogateescape")
            if position is not None:
                yield position, raw
                continue
            if not head.removeprefix(mark).strip():  # the header, or blank lines before it
                head = mark + raw
            yield -1, raw  # later blank lines keep their place

    for batch in held(records()):
        run: list[tuple[int, bytes]] = []
        for position, raw in [*batch, (-1, b"")]:
            if position >= 0:
                run.append((position, raw))
                continue
            for sink, piece in change(head.removeprefix(mark), run) if run else ():
                sink.stream(codec, head).write(piece)
            run = []
            kept.stream(codec).write(raw)


def held(records: Iterable[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    """As many records at once as memory should hold."""
    waiting: list[tuple[int, bytes]] = []
    size = 0
    for record in records:
        waiting.append(record)
        size += len(record[1])
        if size >= _HELD:
            yield waiting
            waiting, size = [], 0
    yield waiting


def _require_utf8(file: InputFile, options: ReadOptions) -> None:
    encoding = encoding_of(next(read_chunks(file, options), b""), options.encoding)
    if encoding != "utf-8":
        raise UsageError(
            f"{mask_label(file.path)}: is {encoding.upper()}; records of this format are copied "
            "from UTF-8 only, because others would not keep their bytes. Convert it first."
        )


# --- tables ----------------------------------------------------------------------------------


def rewrite_parquet(file: InputFile, kept: Sink, change: TableChange) -> None:
    """Row group by row group, with the codec of each column."""
    with open_stored(file) as stored:
        source = pq.ParquetFile(stored)
        meta, row = source.metadata, 0

        def make(path: str) -> Any:
            return pq.ParquetWriter(path, source.schema_arrow, compression=_codecs(meta))

        write = _table_writer(make)
        write(kept, source.schema_arrow.empty_table())
        for group in range(meta.num_row_groups):
            whole = meta.row_group(group).total_byte_size <= _GROUP
            tables = (
                [source.read_row_group(group, use_threads=False)]
                if whole
                else map(_as_table, source.iter_batches(_ROWS, [group], use_threads=False))
            )
            for table in tables:
                for sink, rows in change(row, table):
                    write(sink, rows)
                row += table.num_rows


def rewrite_arrow(file: InputFile, kept: Sink, change: TableChange) -> None:
    """Batch by batch, as a file or a stream as it was."""
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
        write = _table_writer(lambda path: make(path, reader.schema))
        write(kept, reader.schema.empty_table())
        row = 0
        for batch in batches:
            for sink, rows in change(row, _as_table(batch)):
                write(sink, rows)
            row += batch.num_rows


def _table_writer(make: Callable[[str], Any]) -> Callable[[Sink, pa.Table], None]:
    writers: dict[int, Any] = {}

    def write(sink: Sink, rows: pa.Table) -> None:
        if id(sink) not in writers:
            writers[id(sink)] = make(str(sink.path()))
            sink.closing(writers[id(sink)].close)
        if rows.num_rows:
            writers[id(sink)].write_table(rows, rows.num_rows)

    return write


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
