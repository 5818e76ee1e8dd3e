"""Writes the tables of one unit, batch by batch, and publishes them together at its end."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from corpus_audit.audit import schema
from corpus_audit.audit.store import AuditStore
from corpus_audit.types import Detector

_SKIPPED_BUFFER = 10_000  # records
_PACKED: dict[str, Any] = {"compression": "zstd"}
#: Signatures are random bits: what looks for repetition in them only takes time.
_ENCODINGS: dict[str, dict[str, Any]] = {
    "signatures": {"compression": "none", "use_dictionary": False, "write_statistics": False}
}


class UnitWriter:
    """One Parquet file per table and unit. A table without rows gets no file."""

    def __init__(self, store: AuditStore, key: str, detectors: Sequence[Detector]) -> None:
        self._store, self._key = store, key
        specs = [spec for detector in detectors for spec in detector.columns]
        columns = {
            table: [pa.field(spec.name, spec.type) for spec in specs if spec.table == table]
            for table in ("documents", "signatures")
        }
        self._schemas = {
            "documents": pa.schema([*schema.DOCUMENTS, *columns["documents"]]),
            "findings": schema.FINDINGS,
            "skipped": schema.SKIPPED,
            "digests": schema.DIGESTS,
        }
        if columns["signatures"]:
            self._schemas["signatures"] = pa.schema([*schema.SIGNATURES, *columns["signatures"]])
        self._stack = contextlib.ExitStack()
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._skipped: list[Mapping[str, Any]] = []

    def __enter__(self) -> UnitWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._flush_skipped()
        self._stack.__exit__(kind, error, trace)

    def write(self, table: str, columns: Mapping[str, pa.Array]) -> None:
        """Append the rows of one batch to a table; columns of other tables are left out."""
        wanted = self._schemas.get(table)
        if wanted is None:
            return  # no detector that runs has a column in it
        batch = pa.RecordBatch.from_arrays([columns[field.name] for field in wanted], schema=wanted)
        self._writer(table).write_batch(batch)

    def write_skipped(self, record: Mapping[str, Any]) -> None:
        """Append one skipped record."""
        self._skipped.append(record)
        if len(self._skipped) >= _SKIPPED_BUFFER:
            self._flush_skipped()

    def _flush_skipped(self) -> None:
        if self._skipped:
            batch = pa.RecordBatch.from_pylist(list(self._skipped), schema=schema.SKIPPED)
            self._writer("skipped").write_batch(batch)
            self._skipped.clear()

    def _writer(self, table: str) -> pq.ParquetWriter:
        if table not in self._writers:
            path: Path = self._stack.enter_context(
                self._store.writing(f"{table}/{self._key}.parquet")
            )
            writer = pq.ParquetWriter(path, self._schemas[table], **_ENCODINGS.get(table, _PACKED))
            # left first, so that the footer is written before the file gets its name
            self._stack.callback(writer.close)
            self._writers[table] = writer
        return self._writers[table]
