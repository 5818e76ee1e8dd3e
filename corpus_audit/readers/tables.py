"""Builds batches, cut by bytes, from Arrow tables; no Python per row where the text is a column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpus_audit.readers.columns import PROVENANCE, ROLES, ROW_COST, batch_schema
from corpus_audit.readers.encodings import decoding_hint
from corpus_audit.readers.fields import Fields, as_kept
from corpus_audit.readers.rows import Place, Rows
from corpus_audit.text.batch import Batch
from corpus_audit.types import ReadOptions, Skipped


def assemble_table(
    table: pa.RecordBatch, row: int, fields: Fields, place: Place, options: ReadOptions
) -> Iterator[Batch | Skipped]:
    """Documents of a table whose first row is row `row` of the file."""
    text = _column(table, fields.text[0]) if len(fields.text) == 1 else None
    if text is None or not _is_text(text.type) or not _all_plain(table, fields):
        yield from _by_rows(table, row, fields, place, options)
        return
    text = _large(text)
    sources = _sources(table, fields, place)
    keep = np.ones(len(text), np.bool_)
    for index, reason, detail, nbytes in _refused(text, options.max_document_bytes):
        keep[index] = False
        source = sources[index].as_py()
        yield Skipped(place.path, row + index, reason, detail, source, nbytes)
    positions = pa.array(np.arange(row, row + len(text), dtype=np.int64))
    columns = {
        "doc": _ids(table, fields, place, positions),
        "source": sources,
        "path": pa.repeat(pa.scalar(place.path), len(text)),
        "position": positions,
        "text": text,
        "roles": pa.nulls(len(text), ROLES),
    }
    columns |= {name: _strings(table, getattr(fields, name)) for name in PROVENANCE}
    schema = batch_schema(options.keep_fields)
    columns |= {name: _strings(table, name) for name in schema.names if name not in columns}
    if not keep.all():
        mask = pa.array(keep)
        columns = {name: column.filter(mask) for name, column in columns.items()}
    records = pa.RecordBatch.from_arrays([columns[name] for name in schema.names], schema=schema)
    yield from _cut(records, options.batch_bytes)


def _cut(records: pa.RecordBatch, batch_bytes: int) -> Iterator[Batch]:
    count = records.num_rows
    if not count:
        return
    cost = _offsets(records.column("text")) + ROW_COST * np.arange(count + 1)
    start = 0
    while start < count:
        stop = int(np.searchsorted(cost, cost[start] + batch_bytes, "right")) - 1
        stop = min(max(stop, start + 1), count)
        yield Batch(records.slice(start, stop - start))
        start = stop


def _refused(text: pa.LargeStringArray, limit: int) -> Iterator[tuple[int, str, str, int]]:
    """Rows that hold no text to scan: (row, reason, detail, bytes)."""
    sizes = np.diff(_offsets(text))
    null = text.is_null().to_numpy(zero_copy_only=False)
    for index in np.flatnonzero(null):
        yield int(index), "no_text", "null", 0
    for index in np.flatnonzero(~null & (sizes == 0)):
        yield int(index), "empty_text", "", 0
    large = ~null & (sizes > limit)
    for index in np.flatnonzero(large):
        size = int(sizes[index])
        yield int(index), "too_large", f"{size:,} bytes of text", size
    if _is_valid(text):
        return
    raw = text.view(pa.large_binary())
    for index in np.flatnonzero(~null & ~large & (sizes > 0)):  # rare: one by one
        data = raw[int(index)].as_py()
        if problem := _problem(data):
            yield int(index), *problem, len(data)


def _problem(data: bytes) -> tuple[str, str] | None:
    try:
        data.decode()
    except UnicodeDecodeError:
        try:
            data.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return "invalid_encoding", decoding_hint(data)
        return "lone_surrogate", ""
    return None


def _by_rows(
    table: pa.RecordBatch, row: int, fields: Fields, place: Place, options: ReadOptions
) -> Iterator[Batch | Skipped]:
    """Joined and nested texts."""
    rows = Rows(place, options, fields)
    for index, record in enumerate(_records(table)):
        if record is None:
            yield rows.skip(row + index, "invalid_encoding", "", 0, None)
        elif skipped := rows.add(row + index, record):
            yield skipped
        if rows.ready is not None:
            yield rows.ready
            rows.ready = None
    if len(rows):
        yield rows.take()


def _records(table: pa.RecordBatch) -> Iterator[dict[str, Any] | None]:
    """Rows as dictionaries; None where one is not valid UTF-8."""
    step = 256  # few at a time: Python objects are many times the size of the table
    for start in range(0, table.num_rows, step):
        piece = table.slice(start, step)
        try:
            yield from piece.to_pylist()
        except UnicodeDecodeError:
            for index in range(piece.num_rows):
                try:
                    yield from piece.slice(index, 1).to_pylist()
                except UnicodeDecodeError:
                    yield None


def _column(table: pa.RecordBatch, path: str | None) -> pa.Array | None:
    """The column at a path without lists. A name may itself hold dots."""
    if path is None or "[*]" in path:
        return None
    if path in table.schema.names:
        return table.column(table.schema.names.index(path))
    head, _, rest = path.partition(".")
    if not rest or head not in table.schema.names:
        return None
    column = table.column(table.schema.names.index(head))
    for name in rest.split("."):
        if not pa.types.is_struct(column.type) or column.type.get_field_index(name) < 0:
            return None
        column = pc.struct_field(column, [name])
    return column


def _all_plain(table: pa.RecordBatch, fields: Fields) -> bool:
    """Whether id, source and provenance can be made strings without Python."""
    paths = (fields.id, fields.source, *(getattr(fields, n) for n in PROVENANCE if n != "headers"))
    for path in (*paths, *fields.keep):
        column = _column(table, path)
        if (path and "[*]" in path) or (column is not None and pa.types.is_nested(column.type)):
            return False
    return True


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
    )


def _large(column: pa.Array) -> pa.LargeStringArray:
    """Any text column as large_string, its UTF-8 not yet checked."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        return column.cast(pa.large_binary()).view(pa.large_string())
    return column.cast(pa.large_string())


def _strings(table: pa.RecordBatch, path: str | None) -> pa.Array:
    column = _column(table, path)
    if column is None:
        return pa.nulls(table.num_rows, pa.string())
    if _is_text(column.type):
        column = _large(column)
        if _is_valid(column):
            return column.cast(pa.string())
        raw = column.view(pa.large_binary()).to_pylist()
        return pa.array(
            [v if v is None else v.decode("utf-8", "replace") for v in raw], pa.string()
        )
    if pa.types.is_nested(column.type):  # headers
        return pa.array([as_kept(value) for value in column.to_pylist()], pa.string())
    try:
        return column.cast(pa.string())
    except pa.ArrowException:  # a type that Arrow cannot write out
        return pa.array([v if v is None else str(v) for v in column.to_pylist()], pa.string())


def _sources(table: pa.RecordBatch, fields: Fields, place: Place) -> pa.Array:
    if place.assigned:
        return pa.repeat(pa.scalar(place.source), table.num_rows)
    named = _strings(table, fields.source)
    blank = pc.fill_null(pc.equal(pc.utf8_trim_whitespace(named), ""), True)
    return pc.if_else(blank, pa.scalar(place.source), named)


def _ids(table: pa.RecordBatch, fields: Fields, place: Place, positions: pa.Int64Array) -> pa.Array:
    named = _strings(table, fields.id)
    missing = pc.fill_null(pc.equal(named, ""), True)
    if not pc.any(missing).as_py():
        return named
    made = pc.binary_join_element_wise(pa.scalar(place.relative), positions.cast(pa.string()), "#")
    return pc.if_else(missing, made, named)


def _is_valid(text: pa.LargeStringArray) -> bool:
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _offsets(text: pa.LargeStringArray) -> npt.NDArray[np.int64]:
    buffer = text.buffers()[1]
    if buffer is None:
        return np.zeros(1, np.int64)
    return np.frombuffer(buffer, np.int64, len(text) + 1, text.offset * 8)
