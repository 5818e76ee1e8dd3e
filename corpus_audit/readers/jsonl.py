"""JSON Lines: one record a line, plain or compressed; plain files split by byte ranges."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import IO, Any, ClassVar

import orjson

from corpus_audit.readers.assemble import Fault, Record
from corpus_audit.readers.encodings import canonical_encoding, decoding_hint
from corpus_audit.readers.fields import Fields
from corpus_audit.readers.opening import open_stored, open_utf8
from corpus_audit.readers.records import fields_of, read_records
from corpus_audit.readers.suffixes import split_suffixes
from corpus_audit.text.batch import Batch
from corpus_audit.types import InputFile, Loss, Part, ReadOptions, Skipped

_BLOCK = 4 << 20
_ESCAPED = 2  # bytes of JSON for one of text: \u4e2d takes 6 for 3, \n takes 2 for 1
_BOM = b"\xef\xbb\xbf"


class JsonlReader:
    """Position is the byte offset of the line (in the decompressed, transcoded stream)."""

    name: ClassVar[str] = "jsonl"
    suffixes: ClassVar[tuple[str, ...]] = (".jsonl", ".ndjson", ".jl")

    def split(self, file: InputFile, target: int) -> Sequence[Part]:
        _, codec = split_suffixes(file.path)
        if codec or file.path == "-" or file.size <= target:
            return [Part(file, self.name, 0, -1, file.size)]
        starts = range(0, file.size, target)
        ends = [*starts[1:], file.size]
        return [
            Part(file, self.name, start, end, end - start)
            for start, end in zip(starts, ends, strict=True)
        ]

    def read(self, part: Part, options: ReadOptions) -> Iterator[Batch | Skipped | Loss]:
        whole = part.start == 0 and part.end in (-1, part.file.size)
        if not whole and canonical_encoding(options.encoding) != "utf-8":
            if part.start:
                return  # offsets are of the transcoded stream: the first part reads it all
            part = Part(part.file, part.reader)
        fields = None if part.file.path == "-" else fields_of(_from_the_start, part.file, options)
        records = _read_part(part, options, fields)
        if part.file.path == "-":  # cannot be read twice: settle by what comes first
            records, fields = _settle_stream(records, part.file, options)
        yield from read_records(records, fields, part.file, options)


def _settle_stream(
    records: Iterator[Record], file: InputFile, options: ReadOptions
) -> tuple[Iterator[Record], Fields | None]:
    import itertools

    from corpus_audit.readers.fields import SAMPLE, settle_fields

    first = list(itertools.islice(records, SAMPLE))
    good = [record.value for record in first if not isinstance(record.value, Fault)]
    return itertools.chain(first, records), settle_fields(good, options, "standard input")


def _from_the_start(file: InputFile, options: ReadOptions) -> Iterator[Record]:
    return _read_part(Part(file, "jsonl"), options, None)


def _read_part(part: Part, options: ReadOptions, fields: Fields | None) -> Iterator[Record]:
    source = None if fields is None else fields.source
    limit = options.max_document_bytes * _ESCAPED + (1 << 20)
    for position, line, nbytes in read_lines(part, options, limit):
        if line is None:
            yield Record(position, Fault("too_large", f"a line of {nbytes:,} bytes"), nbytes)
            continue
        try:
            yield Record(position, orjson.loads(line), nbytes)
        except orjson.JSONDecodeError:
            if line.strip():
                yield Record(position, _parse_again(line, source), nbytes)


def _parse_again(line: bytes, source: str | None) -> Any:
    """Python's parser takes what orjson refuses (NaN, lone surrogates), or tells what is wrong."""
    try:
        return json.loads(line)
    except UnicodeDecodeError:
        return Fault("invalid_encoding", decoding_hint(line), recover_source(line, source))
    except (ValueError, RecursionError) as error:
        where = f"at byte {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
        message = error.msg if isinstance(error, json.JSONDecodeError) else type(error).__name__
        return Fault("bad_record", f"{message} {where}".strip(), recover_source(line, source))


def recover_source(line: bytes, field: str | None) -> str | None:
    """The source that a damaged line still shows."""
    if field is None:
        return None
    name = field.rsplit(".", 1)[-1].encode()
    found = re.search(rb'"' + re.escape(name) + rb'"\s*:\s*"((?:[^"\\]|\\.)*)"', line)
    if not found:
        return None
    try:
        value: str = json.loads(b'"' + found[1] + b'"')
        value.encode()
    except ValueError:
        return None
    return value.strip() or None


def read_lines(
    part: Part, options: ReadOptions, limit: int
) -> Iterator[tuple[int, bytes | None, int]]:
    """(offset, line, bytes) of each line that starts in the part; a line over `limit` is None.

    Memory stays bounded by the limit, however long a line is.
    """
    with _opened(part, options) as stream:
        offset = part.start
        if offset:  # a line that starts before belongs to the part before
            stream.seek(offset - 1)
            offset = _skip_line(stream, offset - 1)
        end = part.end if part.end != -1 else None
        pieces: list[bytes] = []  # of a line that goes on, as far as it fits
        size = 0  # of it, all
        while end is None or offset < end:
            block = stream.read(_BLOCK)
            if offset == 0 and not size and block.startswith(_BOM):
                block, size = block[len(_BOM) :], len(_BOM)  # the record starts where its part does
            if not block:
                if size:
                    yield offset, b"".join(pieces) if size <= limit else None, size
                return
            lines = block.split(b"\n")
            rest = lines.pop()
            for line in lines:
                if end is not None and offset >= end:
                    return
                size += len(line)
                if pieces:
                    line = b"".join([*pieces, line])
                    pieces.clear()
                if size > limit:
                    yield offset, None, size
                elif line and line != b"\r":
                    yield offset, line, size
                offset += size + 1
                size = 0
            size += len(rest)
            if size > limit:
                pieces.clear()
            elif rest:
                pieces.append(rest)


def _opened(part: Part, options: ReadOptions) -> Any:
    return open_stored(part.file) if part.start else open_utf8(part.file, options)


def _skip_line(stream: IO[bytes], offset: int) -> int:
    """Read on to the next line; returns its offset and leaves the stream there."""
    while block := stream.read(_BLOCK):
        at = block.find(b"\n")
        if at >= 0:
            stream.seek(offset + at + 1)
            return offset + at + 1
        offset += len(block)
    return offset
