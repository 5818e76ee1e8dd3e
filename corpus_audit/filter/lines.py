"""Copies JSONL without some of its lines; those that stay keep their bytes."""

from __future__ import annotations

from collections.abc import Iterator

from corpus_audit.errors import UsageError
from corpus_audit.filter.drops import Drops
from corpus_audit.readers.encodings import UTF8_BOM, encoding_of, is_line_safe, to_utf8
from corpus_audit.readers.opening import read_chunks
from corpus_audit.readers.suffixes import split_suffixes
from corpus_audit.rewriting import Sink
from corpus_audit.types import InputFile, ReadOptions


def copy_jsonl(
    file: InputFile, options: ReadOptions, drops: Drops, kept: Sink, dropped: Sink
) -> None:
    """Line by line; a line is never held whole unless it has to be decoded for its position."""
    _, codec = split_suffixes(file.path)
    chunks = read_chunks(file, options)
    first = next(chunks, b"")
    encoding = encoding_of(first, options.encoding)
    if not is_line_safe(encoding):
        raise UsageError(
            f"{file.path}: is {encoding.upper()}, of which lines cannot be copied one by one. "
            "Convert it to UTF-8, scan and filter that; or use --ids."
        )
    kept.stream(codec)
    lines = _lines(first, chunks) if encoding == "utf-8" else _whole_lines(first, chunks)
    offset = 0
    sink: Sink | None = None  # of the line that goes on
    held = b""  # white space of a line of which nothing else came yet
    for piece, ends in lines:
        size = len(piece) if encoding == "utf-8" else _size_in_utf8(piece, encoding)
        if sink is None:
            start = offset - _held_size(held, encoding)
            bom = start == 0 and (held + piece).startswith(UTF8_BOM) and encoding == "utf-8"
            text = (held + piece)[len(UTF8_BOM) :] if bom else held + piece
            if not text.strip():  # a blank line is no record and stays
                held += piece
                if ends:
                    kept.stream(codec).write(held)
                    held = b""
                offset += size
                continue
            sink = dropped if drops.drops(start) else kept
            piece, held = held + piece, b""
        sink.stream(codec).write(piece)
        offset += size
        if ends:
            sink = None
    if held:
        kept.stream(codec).write(held)


def _held_size(held: bytes, encoding: str) -> int:
    return len(held) if encoding == "utf-8" else _size_in_utf8(held, encoding)


def _size_in_utf8(piece: bytes, encoding: str) -> int:
    return sum(map(len, to_utf8(iter([piece]), encoding)))


def _lines(first: bytes, chunks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Pieces of lines, and whether each ends its line."""
    block = first
    while block:
        *lines, rest = block.split(b"\n")
        for line in lines:
            yield line + b"\n", True
        if rest:
            yield rest, False
        block = next(chunks, b"")


def _whole_lines(first: bytes, chunks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    waiting: list[bytes] = []
    for piece, ends in _lines(first, chunks):
        waiting.append(piece)
        if ends:
            yield b"".join(waiting), True
            waiting.clear()
    if waiting:
        yield b"".join(waiting), False
