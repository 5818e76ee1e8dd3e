"""Literals, found over a whole view at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
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
        self._text = np.frombuffer(b"".join(ordered) + bytes(8), np.uint8)
        self._offsets = np.cumsum([0, *map(len, ordered)], dtype=np.int64)
        self._loose = np.zeros(count, np.bool_) if loose is None else loose[self._order]
        words = min(max(count.bit_length() - 1, 4), 14)  # 64 bits for two literals
        self._shift, self._bits = np.uint64(64 - words), np.zeros(1 << words, np.uint64)
        size = 2 << count.bit_length()
        self._keys = np.zeros(size, np.uint64)
        self._low, self._high = np.full(size, count, np.int32), np.zeros(size, np.int32)
        self._parent = np.empty(count, np.int32)
        self._starts, further = np.zeros(256, np.uint8), np.zeros(256, np.bool_)
        search.index(
            self._text, self._offsets, self._loose, self._shift, self._bits, self._keys, self._low,
            self._high, self._parent, self._starts, further,
        )  # fmt: skip
        self._further = np.flatnonzero(further).astype(np.uint8)

    @property
    def longest(self) -> int:
        """Bytes of the longest literal."""
        return int(np.diff(self._offsets).max(initial=0))

    def find(self, view: View) -> Occurrences:
        """Every occurrence of every literal in a view, in order of their starts."""
        if not len(self._order) or view.offsets[0] == view.offsets[-1]:
            none = np.zeros(0, np.int64)
            return Occurrences(none, none, none)
        data, begin = view.data[: view.offsets[-1]], int(view.offsets[0])
        if len(data) < 8:
            data = np.r_[data, np.zeros(8, np.uint8)]  # the kernels read eight bytes at a time
        parts = [
            self._occurrences(data, at, False)
            for at in _filled(
                lambda i, out: search.candidates(
                    data, i, self._shift, self._bits, self._starts, out
                ), begin, data,
            )
        ]  # fmt: skip
        for byte in self._further:
            places = _filled(partial(_standing, data, byte), begin, data)
            parts += [self._occurrences(data, at, True) for at in places]
        found = Occurrences(*map(np.concatenate, zip(*parts, strict=True)))
        if len(self._further):
            order = np.lexsort((found.literal, found.start))
            found = found.only(order)
            again = np.r_[False, (found.literal[1:] == found.literal[:-1])][: len(order)]
            again &= np.r_[False, found.start[1:] == found.start[:-1]][: len(order)]
            found = found.only(~again)
        return found

    def _occurrences(self, data: Bytes, at: Int64s, anywhere: bool) -> Occurrences:
        literal, start, end = search.occurrences(
            data, at, anywhere, self._keys, self._low, self._high, self._text, self._offsets,
            self._loose, self._parent,
        )  # fmt: skip
        return Occurrences(self._order[literal], start, end)


def _filled(
    fill: Callable[[int, Int64s], tuple[int, int]], begin: int, data: Bytes
) -> Iterator[Int64s]:
    """What a kernel finds, which fills an array and says where to go on when it is full."""
    out = np.empty(_ROOM, np.int64)
    while begin < len(data):
        count, begin = fill(begin, out)
        yield out[:count]


def _standing(data: Bytes, byte: np.uint8, begin: int, out: Int64s) -> tuple[int, int]:
    count, behind = search.standing(data, begin, byte, out)
    return count, behind
