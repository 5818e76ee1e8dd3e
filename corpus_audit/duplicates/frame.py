"""The documents of an audit in one fixed order, and their fingerprints in pieces of bounded size.

A document's number is its place when units stand in the order of their files, so that it depends
neither on who scanned which unit nor on where files were cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from corpus_audit.audit.store import AuditStore
from corpus_audit.errors import AuditError
from corpus_audit.findings import finished_units
from corpus_audit.text.buffers import Int64s
from corpus_audit.text.minhash import PERMUTATIONS
from corpus_audit.text.shingles import Uint32s
from corpus_audit.units import UnitResult

_ROWS = 65_536  # of one piece: 32 MB of signatures


class Signatures(NamedTuple):
    """Some signatures of one kind; signatures of two kinds are never compared."""

    document: Int64s  # the number of the document of each
    values: Uint32s  # n x 128
    kind: int  # 0 public, 1 keyed


@dataclass(frozen=True, slots=True)
class Stretch:
    """The documents of one file of fingerprints."""

    name: str  # the unit, or the delivery of an index
    first: int  # number of its first document
    count: int


class Frame:
    """Documents of a finished audit, by number."""

    def __init__(self, store: AuditStore) -> None:
        self.store = store
        places = []
        for unit in finished_units(store):
            parts = UnitResult.from_bytes(store.read(f"units/{unit}.json")).parts
            file = parts[0]["file"]
            places.append((file["path"], parts[0]["start"], unit))
        present = set(store.names("documents"))
        signed = set(store.names("signatures"))
        self.stretches: list[Stretch] = []
        first = 0
        for _, _, unit in sorted(places):
            if f"{unit}.parquet" not in present:
                continue  # a unit without documents
            if f"{unit}.parquet" not in signed:
                raise AuditError(
                    f"{store.url}: was scanned without fingerprints, so copies cannot be found. "
                    "Scan it with the detector fingerprints."
                )
            count = open_parquet(store, f"documents/{unit}.parquet").metadata.num_rows
            self.stretches.append(Stretch(unit, first, count))
            first += count
        self.documents = first

    def columns(self, names: Sequence[str]) -> Iterator[tuple[Stretch, pa.Table]]:
        """Columns of `documents/`, unit by unit, in order."""
        for stretch in self.stretches:
            file = open_parquet(self.store, f"documents/{stretch.name}.parquet")
            yield stretch, file.read(list(names))

    def fingerprints(self) -> Iterator[tuple[Int64s, pa.Array, pa.Array]]:
        """(number, exact, normalised) of all documents."""
        for stretch in self.stretches:
            exact = open_parquet(self.store, f"documents/{stretch.name}.parquet")
            other = open_parquet(self.store, f"signatures/{stretch.name}.parquet")
            numbers = np.arange(stretch.first, stretch.first + stretch.count)
            yield (
                numbers,
                exact.read(["digest"])["digest"].combine_chunks(),
                other.read(["normalised"])["normalised"].combine_chunks(),
            )

    def signatures(self) -> Iterator[Signatures]:
        """All signatures, always in the same order."""
        for stretch in self.stretches:
            file = open_parquet(self.store, f"signatures/{stretch.name}.parquet")
            yield from read_signatures(file, stretch.first)


def open_parquet(store: AuditStore, name: str) -> pq.ParquetFile:
    """A Parquet file of an audit; a local one by its path, which is read fastest."""
    if store.local is not None:
        return pq.ParquetFile(store.path(name))
    return pq.ParquetFile(store.open(name))


def read_signatures(file: pq.ParquetFile, first: int) -> Iterator[Signatures]:
    """The signatures of one file whose first document has the number `first`."""
    for batch in file.iter_batches(_ROWS, columns=["minhash", "minhash_keyed"]):
        for kind, name in enumerate(("minhash", "minhash_keyed")):
            column = batch.column(name)
            wanted = column.is_valid().to_numpy(zero_copy_only=False)
            if wanted.any():
                values = _values(column)
                if not wanted.all():
                    values = values[wanted]
                yield Signatures(first + np.flatnonzero(wanted), values, kind)
        first += len(batch)


def _values(column: Any) -> Uint32s:
    data = column.buffers()[1]
    width = 4 * PERMUTATIONS
    flat = np.frombuffer(data, "<u4", len(column) * PERMUTATIONS, column.offset * width)
    values: Uint32s = flat.reshape(-1, PERMUTATIONS)
    return values


def halves(column: pa.Array) -> npt.NDArray[np.uint64]:
    """128-bit fingerprints as two columns of 64; nulls are zeros."""
    if not len(column):
        return np.zeros((0, 2), np.uint64)
    column = column.fill_null(bytes(16)) if column.null_count else column
    return np.frombuffer(column.buffers()[1], "<u8", 2 * len(column), column.offset * 16).reshape(
        -1, 2
    )
