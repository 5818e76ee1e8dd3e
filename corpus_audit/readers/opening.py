"""Opens files as streams of bytes: local or remote, decompressed, in UTF-8."""

from __future__ import annotations

import io
import itertools
import lzma
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

import pyarrow as pa

from corpus_audit.errors import ReadError
from corpus_audit.readers.decompression import CHUNK, decompress, describe
from corpus_audit.readers.encodings import encoding_of, is_wide, to_utf8, wide_hint
from corpus_audit.readers.suffixes import split_suffixes
from corpus_audit.types import InputFile, ReadOptions

_SPOOL = 16 << 20  # larger members of archives go to disk
#: What a file that cannot be read, or not to its end, raises.
DAMAGE = (
    ReadError,
    OSError,
    EOFError,
    UnicodeError,
    zlib.error,
    lzma.LZMAError,
    tarfile.TarError,
    zipfile.BadZipFile,
    pa.ArrowException,
)
_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bz2",
    b"\xfd7zXZ": "xz",
    b"\x04\x22\x4d\x18": "lz4",
}


_REMOTE_BLOCK = 4 << 20  # read ahead; object stores default to 50 MB, more than many a unit


def local_path(path: str) -> str | None:
    """The path in the local file system, or None for a remote file."""
    if "://" not in path:
        return path
    return path.removeprefix("file://") if path.startswith("file://") else None


def open_raw(path: str) -> BinaryIO:
    """A file as it is stored. Raises ReadError."""
    try:
        if path == "-":
            return sys.stdin.buffer
        if path in _UNPACKED:
            return cast(BinaryIO, _Borrowed(_UNPACKED[path]))
        local = local_path(path)
        if local is not None:
            return cast(BinaryIO, Path(local).open("rb", buffering=0))
        import fsspec

        system, inner = fsspec.core.url_to_fs(path)
        return cast(BinaryIO, system.open(inner, "rb", block_size=_REMOTE_BLOCK))
    except Exception as error:  # stores raise errors of their own kinds
        raise ReadError(f"cannot be opened ({describe(error)})") from error


def read_chunks(file: InputFile, options: ReadOptions, start: int = 0) -> Iterator[bytes]:
    """The decompressed bytes of a file. Raises ReadError after the last bytes that are good."""
    _, codec = split_suffixes(file.path)
    raw = open_raw(file.path)
    if codec is None and file.path == "-":
        codec = _sniff_codec(raw)
    try:
        if codec is None:
            yield from _read_plain(raw, start)
        else:
            yield from decompress(raw, codec, file.size, options)
    finally:
        if file.path != "-":
            raw.close()


def _read_plain(raw: BinaryIO, start: int) -> Iterator[bytes]:
    try:
        if start:
            raw.seek(start)
        while chunk := raw.read(CHUNK):
            yield chunk
    except Exception as error:
        raise ReadError(f"cannot be read to its end ({describe(error)})") from error


def _sniff_codec(raw: BinaryIO) -> str | None:
    head = raw.peek(8)[:8] if isinstance(raw, io.BufferedReader) else b""
    return next((codec for magic, codec in _MAGIC.items() if head.startswith(magic)), None)


class ChunkFile(io.RawIOBase):
    """Chunks as a file to read, not to seek in.

    `read` gives as much as was asked for, until the end; an error comes only after all that was
    read before it was given, which io.BufferedReader would drop.
    """

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")
        self._error: Exception | None = None
        self._given = 0

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        if isinstance(self._chunks, Generator):
            self._chunks.close()
        super().close()

    def read(self, size: int | None = -1, /) -> bytes:
        pieces = [self._rest]
        missing = sys.maxsize if size is None or size < 0 else size
        missing -= len(self._rest)
        while missing > 0:
            chunk = self._next()
            if chunk is None:
                break
            pieces.append(memoryview(chunk))
            missing -= len(chunk)
        self._rest = memoryview(b"")
        if missing < 0:
            cut = len(pieces[-1]) + missing
            self._rest, pieces[-1] = pieces[-1][cut:], pieces[-1][:cut]
        data = b"".join(pieces)
        if not data and self._error is not None:
            raise self._error
        self._given += len(data)
        return data

    def tell(self) -> int:
        return self._given

    def _next(self) -> bytes | None:
        if self._error is not None:
            return None
        try:
            return next(self._chunks, None)
        except Exception as error:
            self._error = error
            return None

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def open_plain(file: InputFile, options: ReadOptions) -> ChunkFile:
    """A file decompressed."""
    return ChunkFile(read_chunks(file, options))


def open_utf8(file: InputFile, options: ReadOptions) -> ChunkFile:
    """A file decompressed and in UTF-8, with the byte 0xFF for what is not valid in its encoding.

    Raises ReadError when read, where the file is UTF-16 and nobody said so.
    """
    return ChunkFile(_in_utf8(read_chunks(file, options), options))


def _in_utf8(chunks: Iterator[bytes], options: ReadOptions) -> Iterator[bytes]:
    first = next(chunks, b"")
    encoding = encoding_of(first, options.encoding)
    if encoding == "utf-8" and is_wide(first):
        raise ReadError(f"{wide_hint(first)}; as it is, no record in it can be read")
    yield from to_utf8(itertools.chain([first], chunks), encoding)


def open_stored(file: InputFile) -> BinaryIO:
    """A file as it is stored, to seek in."""
    return open_raw(file.path)


#: Members of archives that are open: see `unpacked`.
_UNPACKED: dict[str, IO[bytes]] = {}


@contextmanager
def unpacked(path: str, stored: IO[bytes]) -> Iterator[None]:
    """While open, `path` (`archive.zip!/member`) can be opened like a file, again and again."""
    with tempfile.SpooledTemporaryFile(_SPOOL) as spool:
        while chunk := stored.read(CHUNK):
            spool.write(chunk)
        _UNPACKED[path] = cast("IO[bytes]", spool)
        try:
            yield
        finally:
            del _UNPACKED[path]


class _Borrowed(io.RawIOBase):
    """A member as a file of its own, which may be closed without losing the member."""

    def __init__(self, spool: IO[bytes]) -> None:
        self._spool = spool
        spool.seek(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        return self._spool.read(-1 if size is None else size)

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self._spool.seek(offset, whence)
        return self._spool.tell()

    def tell(self) -> int:
        return self._spool.tell()
