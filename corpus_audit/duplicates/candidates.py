"""Which documents share a key: an out-of-core join by duckdb, under a memory limit.

One question serves all tiers: which rows have a key that another row has too, in order of the key?
For fingerprints such rows are copies; for a band they are candidates, which are verified later.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from corpus_audit.text.buffers import Int64s

#: In a bucket up to this size every two documents are compared. In a larger one (boilerplate) each
#: is compared with the first and with a few before it, so that the work grows with its size only.
BUCKET = 64
_NEIGHBOURS = 8
_CHUNK = 1 << 20  # rows that leave duckdb at once


@dataclass(slots=True)
class Buckets:
    """Buckets that were too large to compare all of."""

    count: int = 0  # over all bands
    largest: int = 0  # documents


class Keys:
    """Tables of keys in a database that spills to disk."""

    def __init__(self, spill: Path, memory: int, threads: int) -> None:
        import duckdb

        config = {
            "memory_limit": f"{memory // (1 << 20)}MiB",
            "temp_directory": str(spill),
            "threads": threads,
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,  # no network
            "autoload_known_extensions": False,
        }
        self._tables: set[str] = set()
        self._database = duckdb.connect(config=config)

    def close(self) -> None:
        self._database.close()

    def insert(self, table: str, columns: dict[str, npt.NDArray[Any]]) -> None:
        """Append rows; the first ones make the table."""
        rows = pa.table({name: pa.array(values) for name, values in columns.items()})
        self._database.register("rows", rows)
        if table not in self._tables:
            self._database.execute(f"CREATE TABLE {table} AS FROM rows LIMIT 0")
            self._tables.add(table)
        self._database.execute(f"INSERT INTO {table} FROM rows")
        self._database.unregister("rows")

    def drop(self, table: str) -> None:
        if table in self._tables:
            self._database.execute(f"DROP TABLE {table}")
            self._tables.discard(table)

    def shared(self, table: str, key: str) -> Iterator[tuple[Int64s, npt.NDArray[np.bool_]]]:
        """(number, begins a new key) of rows whose key occurs again, by key and number.

        Pieces end between keys. `key` is one column or several with commas; nulls are no key.
        """
        if table not in self._tables:
            return
        database = self._database.cursor()  # rows are inserted while these are read
        query = f"""
            SELECT number, {key} FROM {table} SEMI JOIN (
                SELECT {key} FROM {table} GROUP BY {key} HAVING count(*) > 1
            ) USING ({key}) ORDER BY {key}, number
        """
        names = [name.strip() for name in key.split(",")]
        rest: list[npt.NDArray[Any]] | None = None
        for batch in database.sql(query).to_arrow_reader(_CHUNK):
            arrays = [batch.column(name).to_numpy() for name in ("number", *names)]
            if rest is not None:
                arrays = [np.concatenate(both) for both in zip(rest, arrays, strict=True)]
            begins = np.ones(len(arrays[0]), np.bool_)
            begins[1:] = False
            for values in arrays[1:]:
                begins[1:] |= values[1:] != values[:-1]
            cut = int(np.flatnonzero(begins)[-1])  # the last key may go on
            rest = [values[cut:] for values in arrays]
            if cut:
                yield arrays[0][:cut].astype(np.int64), begins[:cut]
        if rest is not None and len(rest[0]):
            begins = np.zeros(len(rest[0]), np.bool_)
            begins[0] = True
            yield rest[0].astype(np.int64), begins

    def pairs(self, table: str) -> Iterator[tuple[Int64s, Int64s]]:
        """The distinct rows of a table of pairs, in order."""
        query = f"SELECT DISTINCT a, b FROM {table} ORDER BY a, b"
        for batch in self._database.cursor().sql(query).to_arrow_reader(_CHUNK):
            yield tuple(batch.column(name).to_numpy().astype(np.int64) for name in "ab")


def pairs_of(
    numbers: Int64s, begins: npt.NDArray[np.bool_], limit: int, seen: Buckets
) -> tuple[Int64s, Int64s]:
    """Pairs to compare within buckets; those of two numbers from `limit` on are left out."""
    starts = np.append(np.flatnonzero(begins), len(numbers))
    sizes = np.diff(starts)
    large = sizes > BUCKET
    seen.count += int(large.sum())
    seen.largest = max(seen.largest, int(sizes.max(initial=0)) if large.any() else 0)
    small = sizes[~large].astype(np.int64)
    room = int((small * (small - 1) // 2).sum() + (_NEIGHBOURS + 1) * sizes[large].sum())
    left, right = np.empty(room, np.int64), np.empty(room, np.int64)
    count = _pairs(numbers, starts, limit, left, right)
    return left[:count], right[:count]


@njit(cache=True, nogil=True)
def _pairs(numbers, starts, limit, left, right):  # type: ignore[no-untyped-def]
    count = 0
    for bucket in range(len(starts) - 1):
        start, end = starts[bucket], starts[bucket + 1]
        reach = BUCKET if end - start <= BUCKET else _NEIGHBOURS
        for j in range(start + 1, end):
            first = max(start, j - reach)
            for i in range(first, j):
                if numbers[i] < limit:
                    left[count], right[count] = numbers[i], numbers[j]
                    count += 1
            if first > start and numbers[start] < limit:
                left[count], right[count] = numbers[start], numbers[j]
                count += 1
    return count
