"""Where records go: a file that is made when the first one comes, and whole or not at all."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import lzma
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa

from corpus_audit.audit.store import AuditStore
from corpus_audit.errors import AuditError
from corpus_audit.filter.selection import Drop


class Sink:
    """One file of the output, or of the quarantine."""

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


class Drops:
    """The records of one file to be dropped, asked for in the order of the file."""

    def __init__(self, path: str, drops: Iterator[Drop], record: Callable[[Drop], None]) -> None:
        self._path, self._drops, self._record = path, drops, record
        self._next = next(drops, None)
        self.kept = self.dropped = 0

    def drops(self, position: int) -> bool:
        """Is the record at this position dropped? Counts it either way."""
        if self._next is None or position < self._next.position:
            self.kept += 1
            return False
        if position > self._next.position:
            self._fail()
        self._record(self._next)
        self._next = next(self._drops, None)
        self.dropped += 1
        return True

    def finish(self, records: int) -> None:
        """Raises AuditError where the file does not hold what the audit says."""
        if self._next is not None or self.kept + self.dropped != records:
            self._fail()

    def _fail(self) -> None:
        raise AuditError(
            f"{self._path}: does not hold the records that the audit has, so the wrong ones could "
            "be dropped. Was it scanned with other options? Scan it again."
        )
