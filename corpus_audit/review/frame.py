"""The sampling frame: every document of an audit by source, flag and keyed hash, piece by piece."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from corpus_audit.audit.store import AuditStore
from corpus_audit.findings import unit_tables
from corpus_audit.review.samples import Ask

Uint64s = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]


class Rows(NamedTuple):
    """Some documents of one unit."""

    unit: str
    first: int  # row of the first one
    source: Ints  # codes
    flagged: npt.NDArray[np.bool_]
    hash: Uint64s


class Frame:
    """Reads the columns that drawing needs; sources get codes in the order they come."""

    def __init__(self, store: AuditStore, ask: Ask) -> None:
        self._store, self._ask = store, ask
        self._counted = frozenset(ask.counted)
        self._codes: dict[str, int] = {}

    @property
    def sources(self) -> list[str]:
        return list(self._codes)

    def rows(self, *, hashed: bool) -> Iterator[Rows]:
        columns = ["source", "risks", *(("path", "position") if hashed else ())]
        for unit, name in unit_tables(self._store, "documents"):
            with self._store.open(name) as stream:
                file = pq.ParquetFile(stream, read_dictionary=["risks"])
                first = 0
                for batch in file.iter_batches(1 << 17, columns=columns):
                    yield Rows(
                        unit,
                        first,
                        self._sources(batch.column("source")),
                        self._flagged(batch.column("risks")),
                        self._hashes(batch) if hashed else np.zeros(0, np.uint64),
                    )
                    first += len(batch)

    def _sources(self, column: pa.DictionaryArray) -> Ints:
        names = column.dictionary.to_pylist()
        codes = [self._codes.setdefault(name, len(self._codes)) for name in names]
        found: Ints = np.array(codes, np.int64)[column.indices.to_numpy()]
        return found

    def _flagged(self, column: pa.DictionaryArray) -> npt.NDArray[np.bool_]:
        joined = column.dictionary.to_pylist()
        hit = [not self._counted.isdisjoint(risks.split(" ")) for risks in joined]
        found: npt.NDArray[np.bool_] = np.array(hit, np.bool_)[column.indices.to_numpy()]
        return found

    def _hashes(self, batch: pa.RecordBatch) -> Uint64s:
        column = batch.column("path")
        keys = np.array(
            [_key(self._ask.seed, path) for path in column.dictionary.to_pylist()], np.uint64
        )
        position = batch.column("position").to_numpy().astype(np.uint64)
        return mix(keys[column.indices.to_numpy()] + mix(position))


def _key(seed: int, text: str) -> int:
    digest = hashlib.blake2b(
        text.encode("utf-8", "surrogatepass"), key=str(seed).encode(), digest_size=8
    )
    return int.from_bytes(digest.digest(), "little")


def mix(x: Uint64s) -> Uint64s:
    """The finaliser of SplitMix64 after one step: every bit of x moves every bit of the answer."""
    with np.errstate(over="ignore"):
        x = x + np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
