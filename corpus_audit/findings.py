"""Reads stored findings back, filtered, without loading a whole audit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus_audit.audit.store import AuditStore
from corpus_audit.errors import AuditError

Wanted = Mapping[str, str | None]  # column -> value; None is any. A risk may be a group.


def iter_findings(audit: str, wanted: Wanted, limit: int) -> Iterator[dict[str, Any]]:
    """The first `limit` findings that fit, as plain rows, in a fixed order."""
    left = limit
    for unit, table in _tables(audit, wanted, None):
        for row in table.slice(0, left).to_pylist():
            yield {**row, "unit": unit}
        left -= table.num_rows
        if left <= 0:
            return


def count_findings(audit: str, wanted: Wanted) -> int:
    """How many stored findings fit."""
    columns = [column for column, value in wanted.items() if value is not None] or ["rule"]
    return sum(table.num_rows for _, table in _tables(audit, wanted, columns))


def finished_units(store: AuditStore) -> list[str]:
    """The units that a finished audit consists of; raises AuditError where it is not finished."""
    manifest = store.read_manifest()
    if not manifest["complete"]:
        raise AuditError(
            f"{store.url}: its scan is not finished, so what is there is a part only. Run the same "
            "`corpus-audit scan` again to go on."
        )
    units: list[str] = manifest["units"]
    return units


def unit_tables(store: AuditStore, table: str) -> Iterator[tuple[str, str]]:
    """(unit, file) of one table of a finished audit; a unit without rows may have no file."""
    units = finished_units(store)
    present = set(store.names(table))
    for unit in units:
        if f"{unit}.parquet" in present:
            yield unit, f"{table}/{unit}.parquet"


def _tables(
    audit: str, wanted: Wanted, columns: Sequence[str] | None
) -> Iterator[tuple[str, pa.Table]]:
    store = AuditStore(audit)
    for unit, name in unit_tables(store, "findings"):
        with store.open(name) as file:
            stored = pq.ParquetFile(file)
            for group in range(stored.num_row_groups):
                table = stored.read_row_group(group, columns=columns)
                for column, value in wanted.items():
                    if value is not None:
                        table = table.filter(_fits(table[column], column, value))
                if table.num_rows:
                    yield unit, table


def _fits(values: pa.ChunkedArray, column: str, value: str) -> pa.ChunkedArray:
    exact = pc.equal(values, value)
    return pc.or_(exact, pc.starts_with(values, value + ".")) if column == "risk" else exact
