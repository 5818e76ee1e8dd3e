"""Literals, found over a whole view at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_audit.text import search
from corpus_audit.text.buffers import Bytes, Int64s
from corpus_audit.text.fold import View

_ROOM = 1 << 16  # places that are looked at together


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
        self._text = np.frombuffer(b"".join(ordered) + b"\0", np.uint8)
        self._offsets = np.cumsum([0, *map(len, ordered)], dtype=np.int64)
        self._loose = np.zeros(count, np.bool_) if loose is None else loose[self._order]
        bits = min(max(count.bit_length() + 2, 8), 20)
        self._shift = np.uint64(64 - bits)
        self._keys, self._longer = np.zeros(1 << bits, np.uint8), np.zeros(4 << bits, np.bool_)
        self._low, self._high = np.full(1 << bits, count, np.int32), np.zeros(1 << bits, np.int32)
        self._parent = np.empty(count, np.int32)
        self._further = np.zeros(256, np.bool_)
        search.index(
            self._text, self._offsets, self._loose, search.WORD, self._shift, self._keys,
            self._longer, self._low, self._high, self._parent, self._further,
        )  # fmt: skip

    @property
    def longest(self) -> int:
        """Bytes of the longest literal."""
        return int(np.diff(self._offsets).max(initial=0))

    def find(self, view: View) -> Occurrences:
        """Every occurrence of every literal in a view, in order of their starts."""
        if not len(self._order) or not len(view.data):
            none = np.zeros(0, np.int64)
            return Occurrences(none, none, none)
        data, begin = view.data[: view.offsets[-1]], int(view.offsets[0])
        tables = search.WORD, self._shift, self._keys
        places = _filled(
            lambda i, o: search.places(data, i, *tables, self._longer, *o), begin, data
        )
        found = self._occurrences(data, *places)
        if self._further.any():
            places = _filled(
                lambda i, o: search.further_places(data, i, *tables, self._further, *o), begin, data
            )
            both = zip(found, self._occurrences(data, *places), strict=True)
            found = Occurrences(*map(np.concatenate, both))
            order = np.lexsort((found.literal, found.start))
            found = found.only(order)
            again = np.r_[False, (found.literal[1:] == found.literal[:-1])][: len(order)]
            again &= np.r_[False, found.start[1:] == found.start[:-1]][: len(order)]
            found = found.only(~again)
        return found

    def _occurrences(self, data: Bytes, at: Int64s, slots: Int64s) -> Occurrences:
        literal, start, end = search.occurrences(
            data, at, self._low[slots], self._high[slots], self._text, self._offsets, self._loose,
            search.WORD, self._parent,
        )  # fmt: skip
        return Occurrences(self._order[literal], start, end)


def _filled(
    fill: Callable[[int, Sequence[Int64s]], tuple[int, int]], begin: int, data: Bytes
) -> list[Int64s]:
    """What a kernel finds, which fills two arrays and says where to go on when they are full."""
    parts = [[np.zeros(0, np.int64)] for _ in range(2)]
    out = [np.empty(_ROOM, np.int64) for _ in range(2)]
    while begin < len(data):
        count, begin = fill(begin, out)
        for part, column in zip(parts, out, strict=True):
            part.append(column[:count].copy())
    return [np.concatenate(part) for part in parts]
