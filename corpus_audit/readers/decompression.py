"""Decompresses streams, all members or frames of them, in bounded memory.

What can be decompressed of a damaged stream is given before the error is raised, so that a
truncated download costs its missing end and not what is there.
"""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Protocol, cast

import pyarrow as pa

from corpus_audit.errors import ReadError
from corpus_audit.types import ReadOptions

CHUNK = 1 << 20
#: Below this no expansion is refused: a small file of blanks is no attack.
EXPANSION_FLOOR = 1 << 30
_STORED_BLOCK = 64 << 10
_PIECE = 16 << 10  # what a damaged zstd or lz4 stream can lose of what it could still give


def decompress(raw: IO[bytes], codec: str, size: int, options: ReadOptions) -> Iterator[bytes]:
    """Decompress all members or frames of a stream; `size` bytes are stored, 0 if unknown."""
    counted = _Counted(raw)
    total = 0
    try:
        for chunk in _DECODERS[codec](cast("IO[bytes]", counted)):
            total += len(chunk)
            bound = options.max_expansion * (size or counted.count)
            if total > max(EXPANSION_FLOOR, bound):
                raise ReadError(
                    f"expands to over {options.max_expansion} times its stored size, as a "
                    "decompression bomb does; the rest is not read. If it is real data, raise "
                    "--max-expansion"
                )
            yield chunk
    except ReadError:
        raise
    except EOFError as error:
        raise ReadError(
            f"the {codec} stream ends too early, so the rest of the file is lost. Fetch or "
            "compress it again"
        ) from error
    except Exception as error:  # zlib.error, LZMAError, ArrowInvalid, and what stores raise
        raise ReadError(
            f"the {codec} stream is damaged ({describe(error)}), so the rest of the file is lost. "
            "Fetch or compress it again"
        ) from error


def describe(error: Exception) -> str:
    """The kind of an error and its reason, without the paths and bytes that messages repeat."""
    reason = getattr(error, "strerror", None)
    return f"{type(error).__name__}: {reason}" if reason else type(error).__name__


class _Counted(io.RawIOBase):
    """Counts what is read of a stream whose length nobody knows."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self.count = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._raw.read(size)
        self.count += len(data)
        return data


class _Engine(Protocol):
    eof: bool
    needs_input: bool
    unused_data: bytes

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


def _gunzip(raw: IO[bytes]) -> Iterator[bytes]:
    engine = zlib.decompressobj(31)
    between = True
    while block := raw.read(_STORED_BLOCK):
        while block:
            if between:
                block = block.lstrip(b"\0")  # zeros may pad members
                if not block:
                    break
                engine, between = zlib.decompressobj(31), False
            before = engine.copy()
            try:
                out = engine.decompress(block, CHUNK)
            except zlib.error:
                yield from _creep(before, block)
                raise
            while out:
                yield out
                # A full chunk may leave output behind without any input to show for it.
                if len(out) < CHUNK or engine.unconsumed_tail or engine.eof:
                    break
                out = engine.decompress(b"", CHUNK)
            between = engine.eof
            block = engine.unused_data if between else engine.unconsumed_tail
    if not between:
        raise EOFError


def _creep(engine: zlib._Decompress, block: bytes) -> Iterator[bytes]:
    """What a block that ends in an error gives before it."""
    try:
        for index in range(len(block)):
            if out := engine.decompress(block[index : index + 1]):
                yield out
    except zlib.error:
        return


def _by_members(make: Callable[[], _Engine]) -> Callable[[IO[bytes]], Iterator[bytes]]:
    def read(raw: IO[bytes]) -> Iterator[bytes]:
        engine, between = make(), True
        while block := raw.read(_STORED_BLOCK):
            while block or not (between or engine.needs_input):
                if between:
                    block = block.lstrip(b"\0")
                    if not block:
                        break
                    engine, between = make(), False
                if out := engine.decompress(block, CHUNK):
                    yield out
                between = engine.eof
                block = engine.unused_data if between else b""
        if not between:
            raise EOFError

    return read


def _by_arrow(codec: str) -> Callable[[IO[bytes]], Iterator[bytes]]:
    def read(raw: IO[bytes]) -> Iterator[bytes]:
        pieces: list[bytes] = []
        count = 0
        try:
            with pa.CompressedInputStream(pa.PythonFile(raw, mode="r"), codec) as stream:
                while piece := stream.read(_PIECE):
                    pieces.append(piece)
                    count += len(piece)
                    if count >= CHUNK:
                        yield b"".join(pieces)
                        pieces, count = [], 0
        except OSError as error:
            yield b"".join(pieces)
            raise (EOFError() if "Truncated" in str(error) else error) from error
        if pieces:
            yield b"".join(pieces)

    return read


_DECODERS: dict[str, Callable[[IO[bytes]], Iterator[bytes]]] = {
    "gzip": _gunzip,
    "bz2": _by_members(cast("Callable[[], _Engine]", bz2.BZ2Decompressor)),
    "xz": _by_members(cast("Callable[[], _Engine]", lzma.LZMADecompressor)),
    "zstd": _by_arrow("zstd"),
    "lz4": _by_arrow("lz4"),
}
