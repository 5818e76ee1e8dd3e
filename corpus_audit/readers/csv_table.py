"""CSV and TSV with a header. Python's parser, because it gives the place of a bad record."""

from __future__ import annotations

import contextlib
import csv
import io
from collections import deque
from collections.abc import Iterator, Sequence
from typing import ClassVar

from corpus_audit.errors import ReadError
from corpus_audit.readers.assemble import Fault, Record
from corpus_audit.readers.encodings import decoding_hint, is_broken
from corpus_audit.readers.opening import open_utf8
from corpus_audit.readers.records import fields_of, read_records
from corpus_audit.readers.suffixes import split_suffixes
from corpus_audit.text.batch import Batch
from corpus_audit.types import InputFile, Loss, Part, ReadOptions, Skipped

_BLOCK = 1 << 20


class CsvReader:
    """Position is the record, counted from 0 after the header."""

    name: ClassVar[str] = "csv"
    suffixes: ClassVar[tuple[str, ...]] = (".csv", ".tsv", ".tab")

    def split(self, file: InputFile, target: int) -> Sequence[Part]:
        return [Part(file, self.name, 0, -1, file.size)]

    def read(self, part: Part, options: ReadOptions) -> Iterator[Batch | Skipped | Loss]:
        fields = fields_of(_records, part.file, options)
        yield from read_records(_records(part.file, options), fields, part.file, options)


def _records(file: InputFile, options: ReadOptions) -> Iterator[Record]:
    """Rows as dictionaries; a row that does not fit the header is a fault of its own."""
    with _opened(file, options) as (_, rows):
        header, _, _ = next(rows, (None, 0, 0))
        if header is None:
            return
        if isinstance(header, Fault):
            raise ReadError("the header is not valid CSV, so no record could be read")
        for position, (row, line, size) in enumerate(rows):
            if isinstance(row, Fault):
                yield Record(position, row, size)
            else:
                yield _record(position, row, header, line, size)


def raw_records(file: InputFile, options: ReadOptions) -> Iterator[tuple[int | None, str]]:
    """(position, text) of each record with its line end; None for the header and blank lines.

    What is not valid UTF-8 is escaped as lone surrogates. Raises ReadError where a line is so long
    that it was not held.
    """
    with _opened(file, options) as (lines, rows):
        for position, (row, _, _) in enumerate(rows, -1):
            if lines.blank:
                yield None, lines.blank
                lines.blank = ""
            if lines.cut:
                raise ReadError(
                    f"{file.path}: a line is longer than a record may be, so it cannot be copied. "
                    "Raise --max-document-bytes of the scan"
                )
            # of a record that was given up only the first line belongs to it
            text = lines.taken[0] if isinstance(row, Fault) else "".join(lines.taken)
            yield None if position < 0 else position, text
        if lines.blank:
            yield None, lines.blank


@contextlib.contextmanager
def _opened(
    file: InputFile, options: ReadOptions
) -> Iterator[tuple[_Lines, Iterator[tuple[list[str] | Fault, int, int]]]]:
    """The lines of a file, and its rows, the header first."""
    limit = options.max_document_bytes * 2  # quotes are doubled
    # A limit of the whole process, by default lower than many documents are long.
    csv.field_size_limit(max(csv.field_size_limit(), min(limit + _BLOCK, 2**31 - 1)))
    with open_utf8(file, options) as stream:
        # invalid bytes come through as lone surrogates, so that only their record is lost
        buffered = io.BufferedReader(stream, _BLOCK)
        text = io.TextIOWrapper(
            buffered, encoding="utf-8-sig", errors="surrogateescape", newline=""
        )
        lines = _Lines(text, limit)
        yield lines, _rows(lines, delimiter_of(file.path, lines.peek()))


class _TooLong(Exception):
    """The lines of one record are longer than a record may be."""


def _rows(lines: _Lines, delimiter: str) -> Iterator[tuple[list[str] | Fault, int, int]]:
    """Rows, each with its last line and its size.

    A quote that is never closed would make one record of the rest of the file: such a record is
    given up, and reading goes on at the line after its first.
    """
    while True:
        try:
            for row in csv.reader(lines, delimiter=delimiter):
                if lines.ended_inside:
                    detail = f"a quote opened at line {lines.first} is not closed"
                    yield Fault("bad_record", detail), lines.number, lines.first_size
                    break
                if row:
                    yield row, lines.number, lines.size
                else:
                    lines.blank += "".join(lines.taken)
                lines.start_record()
            else:
                return
        except (_TooLong, csv.Error) as error:
            reason = "too_large" if isinstance(error, _TooLong) else "bad_record"
            detail = f"the record that starts at line {lines.first}"
            yield Fault(reason, detail), lines.number, lines.first_size
        lines.go_back()


class _Lines:
    """Lines of text for csv.reader, which asks for as many as a record takes."""

    def __init__(self, text: io.TextIOWrapper, limit: int) -> None:
        self._text, self._limit = text, limit
        self._ahead: deque[str] = deque()  # lines to be read again
        self.taken: list[str] = []  # lines of the record that is being read
        self.size = self.first_size = 0
        self.number = 0  # of the last line taken
        self.ended_inside = False
        self.cut = False  # was a line too long to be held?
        self.blank = ""  # lines that hold no record, before the next one

    @property
    def first(self) -> str:
        return f"{self.number - len(self.taken) + 1:,}"

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._ahead.popleft() if self._ahead else self._text.readline(self._limit + 1)
        if not line:
            self.ended_inside = bool(self.taken)
            raise StopIteration
        self.number += 1
        self.size += len(line)
        if len(line) > self._limit and line[-1] not in "\r\n":  # its end is not read yet
            self.cut = True
            while rest := self._text.readline(_BLOCK):
                self.size += len(rest)
                if rest[-1] in "\r\n":
                    break
        if not self.taken:
            self.first_size = self.size
        self.taken.append(line)
        if self.size > self._limit:
            raise _TooLong
        return line

    def peek(self) -> str:
        """The first line, which stays to be read."""
        line = self._text.readline(self._limit + 1)
        if line:
            self._ahead.append(line)
        return line

    def start_record(self) -> None:
        self.taken, self.size = [], 0

    def go_back(self) -> None:
        """Give up the record: its first line is gone, the others will be read again."""
        self._ahead.extendleft(reversed(self.taken[1:]))
        self.number -= max(len(self.taken) - 1, 0)
        self.ended_inside = False
        self.start_record()


def _record(position: int, row: list[str], header: list[str], line: int, size: int) -> Record:
    if len(row) != len(header):
        detail = f"{len(row)} cells under a header of {len(header)}, ends at line {line:,}"
        return Record(position, Fault("bad_record", detail), size)
    if any(is_broken(cell) for cell in row):
        raw = "".join(row).encode("utf-8", "surrogateescape")
        return Record(position, Fault("invalid_encoding", decoding_hint(raw)), size)
    return Record(position, dict(zip(header, row, strict=True)), size)


def delimiter_of(path: str, header: str) -> str:
    """A tab where the name says so; else comma, unless the header has another usual one only."""
    if split_suffixes(path)[0] in (".tsv", ".tab"):
        return "\t"
    return max(",;\t|", key=lambda mark: (header.count(mark), mark == ","))
