"""How alike are two documents really: by their signatures, or exactly, from the corpus.

Signatures of the documents in question are written to a scratch file once, so that memory stays
bounded whatever their number.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from corpus_audit.duplicates.frame import Signatures
from corpus_audit.text.buffers import Int64s, Utf8
from corpus_audit.text.minhash import PERMUTATIONS, agreement, shingle_sets
from corpus_audit.text.shingles import ShingleHash, Uint32s

_PAIRS = 1 << 16  # compared at once: 64 MB of signatures at most

Float32s = npt.NDArray[np.float32]
#: Wanted documents (sorted numbers) to their texts, as far as they are still there.
Texts = Callable[[Int64s], Iterator[tuple[int, str]]]


class Estimates:
    """Signatures of some documents, by the number of the signature, for comparing pairs."""

    def __init__(self, wanted: Int64s, signatures: Iterable[Signatures], spill: Path) -> None:
        self._wanted = wanted  # sorted
        self._file = spill / "signatures.u4"
        first = 0
        with self._file.open("wb") as file:
            for piece in signatures:
                low, high = np.searchsorted(wanted, [first, first + len(piece.document)])
                if low < high:
                    file.write(piece.values[wanted[low:high] - first].tobytes())
                first += len(piece.document)

    def similarity(self, left: Int64s, right: Int64s) -> Float32s:
        """The share of equal minima of pairs of signatures."""
        out = np.empty(len(left), np.float32)
        with self._file.open("rb", buffering=0) as file:
            for start in range(0, len(left), _PAIRS):
                piece = slice(start, start + _PAIRS)
                both = np.concatenate([left[piece], right[piece]])
                numbers, at = np.unique(both, return_inverse=True)
                pairs = at.reshape(2, -1)
                agreement(self._read(file.fileno(), numbers), pairs[0], pairs[1], out[piece])
        return out

    def _read(self, handle: int, numbers: Int64s) -> Uint32s:
        """Signatures by number, sorted: one read for each run of neighbours in the file.

        Not mapped into memory: a few of them would bring most of the file along.
        """
        rows = np.searchsorted(self._wanted, numbers)
        values = np.empty((len(rows), PERMUTATIONS), np.uint32)
        width, data = 4 * PERMUTATIONS, memoryview(values.data).cast("B")
        starts = np.flatnonzero(np.diff(rows, prepend=-2) != 1)
        ends = [*starts[1:].tolist(), len(rows)]
        for start, end in zip(starts.tolist(), ends, strict=True):
            os.preadv(handle, [data[start * width : end * width]], int(rows[start]) * width)
        return values


class ExactSets:
    """The shingles of some documents, on disk."""

    def __init__(self, wanted: Int64s, texts: Texts, hash_: ShingleHash, spill: Path) -> None:
        self._file = spill / "shingles.u8"
        self._wanted = wanted
        self._starts = np.zeros(len(wanted), np.int64)
        self._ends = np.full(len(wanted), -1, np.int64)  # -1: its text was not found
        at = 0
        with self._file.open("wb") as file:
            for number, text in texts(wanted):
                column = pa.array([text], pa.large_string())
                (shingles,) = shingle_sets(Utf8.of(column), hash_)
                file.write(shingles.tobytes())
                row = int(np.searchsorted(wanted, number))
                self._starts[row], self._ends[row] = at, at + len(shingles)
                at += len(shingles)
        self._empty = at == 0

    def similarity(self, left: Int64s, right: Int64s) -> Float32s:
        """The Jaccard similarity of pairs of documents; NaN where a text is missing."""
        out = np.full(len(left), np.nan, np.float32)
        if self._empty:
            return out
        rows = []
        for numbers in (left, right):
            row = np.minimum(np.searchsorted(self._wanted, numbers), len(self._wanted) - 1)
            there = (self._wanted[row] == numbers) & (self._ends[row] >= 0)
            rows.append(np.where(there, row, -1))
        for start in range(0, len(left), _PAIRS):
            piece = slice(start, start + _PAIRS)
            # pages of the file count as memory, but the system takes them back when it needs them
            shingles = np.memmap(self._file, np.uint64, "r")
            _jaccard(shingles, self._starts, self._ends, rows[0][piece], rows[1][piece], out[piece])
        return out


@njit(cache=True, nogil=True)
def _jaccard(shingles, starts, ends, left, right, out):  # type: ignore[no-untyped-def]
    for pair in range(len(left)):
        a, b = left[pair], right[pair]
        if a < 0 or b < 0:
            continue
        i, j, both = starts[a], starts[b], 0
        while i < ends[a] and j < ends[b]:
            x, y = shingles[i], shingles[j]
            both += x == y
            i += x <= y
            j += y <= x
        either = ends[a] - starts[a] + ends[b] - starts[b] - both
        out[pair] = both / either if either else 0.0


def within_budget(
    left: Int64s, right: Int64s, unsure: Float32s, nbytes: Callable[[Int64s], Int64s], budget: int
) -> Int64s:
    """The documents to read for exact similarities: those of the least sure pairs first.

    `unsure` is how far a pair is from the threshold; `nbytes` gives the size of documents.
    """
    order = np.argsort(unsure, kind="stable")
    asked = np.stack([left[order], right[order]], axis=1).reshape(-1)
    documents, first = np.unique(asked, return_index=True)
    turn = np.argsort(first, kind="stable")
    spent = np.cumsum(nbytes(documents)[turn])
    chosen: Int64s = np.sort(documents[turn][spent <= budget])
    return chosen
