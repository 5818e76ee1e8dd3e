"""Literals, found over a whole view at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_audit.text import search
from corpus_audit.text.buffers import Int64s
from corpus_audit.text.fold import View

_ROOM = 1 << 14  # places that are looked at together


class Occurrences(NamedTuple):
    """Where literals stand: aligned arrays. Positions are bytes of the view."""

    literal: Int64s
    start: Int64s
    end: Int64s

    def only(self, kept: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Occurrences:
        """Those that a mask or indices name."""
        return Occurrences(self.literal[kept], self.start[kept], self.end[kept])


class Literals:
    """A set of distinct folded literals. Tables of hashed keys are all that is made of them."""

    def __init__(
        self, literals: Sequence[bytes], loose: npt.NDArray[np.bool_] | None = None
    ) -> None:
        """`loose`: which may begin or end within an ASCII word; by default none."""
        count = len(literals)
        self._order = np.array(sorted(range(count), key=literals.__getitem__), np.int64)
        ordered = [literals[number] for number in self._order]
        self._text = np.frombuffer(b"".join(ordered) + bytes(8), np.uint8)
        self._offsets = np.cumsum([0, *map(len, ordered)], dtype=np.int64)
        self._loose = np.zeros(count, np.bool_) if loose is None else loose[self._order]
        words = min(max(count.bit_length() - 1, 4), 14)  # 64 bits for two literals
        self._shift = np.uint64(64 - words)
        self._heads, self._bits = np.zeros((2, 1 << words), np.uint64)
        size = 2 << count.bit_length()
        self._keys = np.zeros(size, np.uint64)
        self._ranges = np.zeros((size, 2), np.int32)
        self._parent = np.empty(count, np.int32)
        starts = np.zeros(256, np.bool_)
        self.hashes = np.empty((count, 2), np.uint64)  # of heads and keys, of the sorted literals
        self.kinds = np.zeros(count, np.int64)
        self.points = np.array([len(literal.decode()) for literal in ordered], np.int64)
        search.index(
            self._text, self._offsets, self._loose, self._shift, self._heads, self._bits,
            self._keys, self._ranges, self._parent, starts, self.hashes,
            self.kinds,
        )  # fmt: skip
        self._kinds = int(np.bitwise_or.reduce(self.kinds, initial=0))
        self.others = np.flatnonzero(starts).astype(np.uint8)

    def find(self, view: View) -> Occurrences:
        """Every occurrence of every literal in a view, in order of their starts."""
        if not len(self._order) or view.offsets[0] == view.offsets[-1]:
            none = np.zeros(0, np.int64)
            return Occurrences(none, none, none)
        data, begin = view.data[: view.offsets[-1]], int(view.offsets[0])
        if len(data) < 8:
            data = np.r_[data, np.zeros(8, np.uint8)]  # the kernels read eight bytes at a time
        places, parts = np.empty(_ROOM, np.uint64), []
        while begin < len(data):
            count, begin = search.candidates(
                data, begin, self._kinds, self.others, self._shift, self._heads, self._bits, places
            )
            parts.append(search.occurrences(
                data, places[:count], self._keys, self._ranges, self._text, self._offsets,
                self._loose, self._parent,
            ))  # fmt: skip
        literal, start, end = map(np.concatenate, zip(*parts, strict=True))
        return Occurrences(self._order[literal], start, end).only(np.argsort(start, kind="stable"))
