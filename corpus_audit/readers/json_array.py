"""One JSON value a file: an array of records, or an object that holds one such array."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from corpus_audit.errors import ReadError
from corpus_audit.readers.assemble import Fault, Record
from corpus_audit.readers.encodings import decoding_hint, is_broken
from corpus_audit.readers.jsonl import JsonlReader
from corpus_audit.readers.opening import DAMAGE, open_utf8
from corpus_audit.readers.records import fields_of, read_records
from corpus_audit.text.batch import Batch
from corpus_audit.types import InputFile, Loss, Part, ReadOptions, Skipped

_BLOCK = 1 << 20
_SPACE = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()


class JsonArrayReader:
    """Position is the element. A `.json` file that holds a record a line is read as JSONL."""

    name: ClassVar[str] = "json"
    suffixes: ClassVar[tuple[str, ...]] = (".json",)

    def split(self, file: InputFile, target: int) -> Sequence[Part]:
        return [Part(file, self.name, 0, -1, file.size)]

    def read(self, part: Part, options: ReadOptions) -> Iterator[Batch | Skipped | Loss]:
        if holds_lines(part.file, options):
            yield from JsonlReader().read(part, options)
            return
        fields = fields_of(_records, part.file, options)
        yield from read_records(_records(part.file, options), fields, part.file, options)


def holds_lines(file: InputFile, options: ReadOptions) -> bool:
    """Is the first line a whole object with more after it?"""
    try:
        with open_utf8(file, options) as stream:
            line, _, rest = stream.read(_BLOCK).removeprefix(codecs.BOM_UTF8).partition(b"\n")
        return isinstance(json.loads(line), dict) and bool(rest.strip())
    except (ValueError, *DAMAGE):
        return False  # reading it tells what is wrong


def _records(file: InputFile, options: ReadOptions) -> Iterator[Record]:
    """Elements one by one, over a window that holds one element at a time."""
    limit = options.max_document_bytes * 6 + _BLOCK
    with open_utf8(file, options) as stream:
        window = _Window(stream)
        if not window.find_array():
            return
        position = 0
        while True:
            value, size = window.next_element(limit)
            if value is _END:
                return
            yield Record(position, value, size)
            position += 1


def raw_elements(file: InputFile, options: ReadOptions) -> Iterator[tuple[str, int, str]]:
    """The text of a file in pieces: ("head", 0, ...), ("element", position, ...), ("tail", 0, ...).

    What is not valid UTF-8 is escaped as lone surrogates. Only commas between elements are missing.
    """
    limit = options.max_document_bytes * 6 + _BLOCK
    with open_utf8(file, options) as stream:
        window = _Window(stream)
        if not window.find_array():
            return
        yield "head", 0, window.piece
        position = 0
        while window.next_element(limit)[0] is not _END:
            yield "element", position, window.piece
            position += 1
        yield "tail", 0, window.rest()


_END = object()


class _Window:
    """Decoded text ahead of the parser."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape")
        self._text, self._at, self._ended = "", 0, False
        self.piece = ""  # the text of what was read last

    def _more(self) -> bool:
        if self._ended:
            return False
        block = self._stream.read(_BLOCK)
        self._ended = not block
        self._text = self._text[self._at :] + self._decoder.decode(block, self._ended)
        self._at = 0
        return True

    def _skip_space(self) -> str:
        """The next character that is neither space nor comma; "" at the end."""
        while True:
            found = _SPACE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def find_array(self) -> bool:
        """Move behind the `[` of the array; False for an empty file."""
        first = self._skip_space()
        if first == "[":
            self._at += 1
            self.piece = "["
            return True
        if first == "":
            return False
        if first == "{":
            while len(self._text) - self._at < _BLOCK and self._more():
                pass
            found = re.search(r'"[^"\\]*"\s*:\s*\[(?=\s*\{)', self._text[self._at :])
            if found:
                self.piece = self._text[self._at : self._at + found.end()]
                self._at += found.end()
                return True
        raise ReadError("holds no array of records, so none could be read")

    def next_element(self, limit: int) -> tuple[Any, int]:
        """The next element and its size; `_END` at the end of the array."""
        first = self._skip_space()
        if first == "]":
            return _END, 0
        if first == "":
            raise ReadError("the array is not closed: the file is truncated")
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except ValueError:
                if len(self._text) - self._at <= limit and self._more():
                    continue
                return self._resynchronise()
            if end == len(self._text) and self._more():
                continue  # a number may go on
            self.piece = piece = self._text[self._at : end]
            self._at = end
            if is_broken(piece):
                raw = piece.encode("utf-8", "surrogateescape")
                return Fault("invalid_encoding", decoding_hint(raw)), len(raw)
            return value, len(piece)

    def _resynchronise(self) -> tuple[Any, int]:
        """Give up one element: go on at the next object that begins a line or follows another."""
        found = re.compile(r"\}\s*,\s*(?=\{)").search(self._text, self._at)
        if found is None:
            raise ReadError("an element is damaged and no further one could be found after it")
        size = found.end() - self._at
        self.piece = self._text[self._at : found.start() + 1]
        self._at = found.end()
        return Fault("bad_record", "an element that is not valid JSON"), size

    def rest(self) -> str:
        """All that is left, from the end of the array on."""
        while self._more():
            pass
        return self._text[self._at :]
