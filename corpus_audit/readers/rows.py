"""Collects Python records of one file until they fill a batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from corpus_audit.readers.columns import PROVENANCE, ROW_COST, batch_schema
from corpus_audit.readers.columns import ROLES as ROLES_TYPE
from corpus_audit.readers.encodings import decoding_hint
from corpus_audit.readers.fields import (
    Fields,
    Getter,
    Record,
    as_kept,
    as_string,
    getter,
    segments,
)
from corpus_audit.readers.sources import assigned_source, name_source, relative_path
from corpus_audit.text.batch import Batch
from corpus_audit.types import InputFile, ReadOptions, Skipped

_Roles = list[tuple[str, int, int]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where records come from, and what that says about those that do not tell themselves."""

    path: str
    relative: str
    source: str
    assigned: bool = False  # the source is told, whatever records say

    @classmethod
    def of(cls, file: InputFile, options: ReadOptions) -> Place:
        told = assigned_source(file, options.source_patterns)
        source = told or name_source(file, options.source_patterns)
        return cls(file.path, relative_path(file), source, told is not None)

    def certain_source(self, fields: Fields | None) -> str | None:
        """The source of what is lost; None where only lost records could have told."""
        told = self.assigned or (fields is not None and not fields.source)
        return self.source if told else None


class Rows:
    """Records on their way into a batch. Before `add` overfills one, it puts it into `ready`."""

    def __init__(self, place: Place, options: ReadOptions, fields: Fields) -> None:
        self.ready: Batch | None = None
        self._place = place
        fields = replace(fields, source=None) if place.assigned else fields
        self._fields = fields
        self._batch_bytes = options.batch_bytes
        self._max_bytes = options.max_document_bytes
        self._schema = batch_schema(options.keep_fields)
        one = len(fields.text) == 1 and "[*]" not in fields.text[0]
        self._plain: Getter | None = getter(fields.text[0]) if one else None
        self._source = getter(fields.source)
        self._clear()

    def _clear(self) -> None:
        self._positions: list[int] = []
        self._records: list[Record] = []
        self._texts: list[bytes] = []
        self._roles: list[_Roles | None] = []
        self._nbytes = 0

    def __len__(self) -> int:
        return len(self._positions)

    def add(self, position: int, record: Record, nbytes: int = 0) -> Skipped | None:
        """Take a record in, or say why not."""
        roles = None
        if self._plain is not None:
            text = self._plain(record)
        else:
            text, roles = _join(record, self._fields.text)
        if type(text) is not str or not text:
            return self.skip(position, *self._refusal(text), nbytes, self.source_of(record))
        try:
            data = text.encode()
        except UnicodeEncodeError:
            return self.skip(position, *_invalid(text), nbytes, self.source_of(record))
        size = len(data)
        if size > self._max_bytes:
            detail = f"{size:,} bytes of text"
            return self.skip(position, "too_large", detail, nbytes, self.source_of(record))
        if self._positions and self._nbytes + size + ROW_COST > self._batch_bytes:
            self.ready = self.take()
        self._positions.append(position)
        self._records.append(record)
        self._texts.append(data)
        self._roles.append(roles)
        self._nbytes += size + ROW_COST
        return None

    def skip(
        self, position: int, reason: str, detail: str, nbytes: int, source: str | None
    ) -> Skipped:
        """A skipped record. Where the path names all sources, it names this one."""
        if self._place.assigned or (source is None and self._fields.source is None):
            source = self._place.source
        return Skipped(self._place.path, position, reason, detail, source, nbytes)

    def source_of(self, record: Record) -> str:
        """Never blank: what the record does not name, the path does."""
        source = as_string(self._source(record))
        return source if source and not source.isspace() else self._place.source

    def take(self) -> Batch:
        """The batch of what was added since the last one."""
        records, fields = self._records, self._fields
        plain = self._plain is not None
        columns: dict[str, pa.Array] = {
            "doc": _strings(self._ids()),
            "source": _strings([self.source_of(record) for record in records]),
            "path": pa.repeat(pa.scalar(self._place.path), len(records)),
            "position": pa.array(self._positions, pa.int64()),
            "text": pa.array(self._texts, pa.large_binary()).view(pa.large_string()),
            "roles": pa.nulls(len(records), ROLES_TYPE)
            if plain
            else pa.array(self._roles, ROLES_TYPE),
        }
        for name in PROVENANCE:
            convert = as_kept if name == "headers" else as_string
            columns[name] = self._column(getattr(fields, name), convert)
        for name in self._schema.names[len(columns) :]:
            columns[name] = self._column(name, as_kept)
        arrays = [columns[name] for name in self._schema.names]
        batch = Batch(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
        self._clear()
        return batch

    def _ids(self) -> list[str | None]:
        get, relative = getter(self._fields.id), self._place.relative
        return [
            as_string(get(record)) or f"{relative}#{position}"
            for record, position in zip(self._records, self._positions, strict=True)
        ]

    def _column(self, path: str | None, convert: Callable[[Any], str | None]) -> pa.Array:
        if path is None:
            return pa.nulls(len(self._records), pa.string())
        get = getter(path)
        return _strings([convert(get(record)) for record in self._records])

    def _refusal(self, text: Any) -> tuple[str, str]:
        name = "+".join(self._fields.text)
        if text == "":
            return "empty_text", ""
        if text is None:
            return "no_text", f'no field "{name}"' if name else "no text field in this file"
        return "not_a_string", f'field "{name}" holds {_kind(text)}'


def _join(record: Record, paths: Sequence[str]) -> tuple[Any, _Roles | None]:
    """Several texts as one, joined by new lines, and where each lies (code points)."""
    pieces = segments(record, paths)
    for piece in pieces:
        if type(piece.text) is not str:
            return piece.text, None
    if not pieces:
        return None, None
    spans: _Roles = []
    at = 0
    filled = [piece for piece in pieces if piece.text]
    for piece in filled:
        spans.append((piece.role, at, at + len(piece.text)))
        at += len(piece.text) + 1
    return "\n".join(piece.text for piece in filled), spans


def _invalid(text: str) -> tuple[str, str]:
    """Readers that decode streams escape bytes that are not valid as U+DC80 to U+DCFF."""
    try:
        data = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return "lone_surrogate", ""
    return "invalid_encoding", decoding_hint(data)


def _kind(value: Any) -> str:
    kinds = {bool: "a truth value", int: "a number", float: "a number", list: "a list"}
    return kinds.get(type(value), "an object" if isinstance(value, dict) else type(value).__name__)


def _strings(values: Sequence[str | None]) -> pa.Array:
    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:
        clean = [v if v is None else v.encode("utf-8", "replace").decode() for v in values]
        return pa.array(clean, pa.string())
