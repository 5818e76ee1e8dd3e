"""Reads stored findings back, filtered, without loading a whole audit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus_audit.audit.store import AuditStore

Wanted = Mapping[str, str | None]  # column -> value; None is any. A risk may be a group.


def iter_findings(audit: str, wanted: Wanted, limit: int) -> Iterator[dict[str, Any]]:
    """The first `limit` findings that fit, as plain rows, in a fixed order."""
    left = limit
    for table in _tables(audit, wanted):
        yield from table.slice(0, left).to_pylist()
        left -= table.num_rows
        if left <= 0:
            return


def count_findings(audit: str, wanted: Wanted) -> int:
    """How many stored findings fit."""
    return sum(table.num_rows for table in _tables(audit, wanted))


def _tables(audit: str, wanted: Wanted) -> Iterator[pa.Table]:
    store = AuditStore(audit)
    store.read_manifest()
    for name in store.names("findings"):
        with store.open(f"findings/{name}") as file:
            stored = pq.ParquetFile(file)
            for group in range(stored.num_row_groups):
                table = stored.read_row_group(group)
                for column, value in wanted.items():
                    if value is not None:
                        table = table.filter(_fits(table[column], column, value))
                if table.num_rows:
                    yield table.append_column(
                        "unit", pa.array([name.removesuffix(".parquet")] * table.num_rows)
                    )


def _fits(values: pa.ChunkedArray, column: str, value: str) -> pa.ChunkedArray:
    exact = pc.equal(values, value)
    return pc.or_(exact, pc.starts_with(values, value + ".")) if column == "risk" else exact
