"""Literals in one hyperscan database, found over a whole buffer at once."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import hyperscan
import numpy as np
import numpy.typing as npt

from corpus_audit.text.buffers import Bytes, Int64s
from corpus_audit.text.fold import View

_ID_SHIFT = 40  # a match is packed as literal << 40 | end; a view is far below 2**40 bytes
_STRETCH = 1 << 30  # bytes in one call: hyperscan's lengths have 32 bits and wrap silently

#: Bytes of an ASCII word in a folded text.
WORD = np.zeros(256, np.bool_)
WORD[[*b"abcdefghijklmnopqrstuvwxyz0123456789_"]] = True


class Occurrences(NamedTuple):
    """Where literals stand: aligned arrays, in no order. Positions are bytes of the view."""

    literal: Int64s
    start: Int64s
    end: Int64s

    def only(self, kept: npt.NDArray[Any]) -> Occurrences:
        """Those that a mask or indices name."""
        return Occurrences(self.literal[kept], self.start[kept], self.end[kept])


class Literals:
    """A set of folded literals. Hyperscan says where one ends; its length gives the start."""

    def __init__(self, literals: Sequence[bytes], stretch: int = _STRETCH) -> None:
        self._length = np.array([len(literal) for literal in literals], np.int64)
        self._stretch = stretch
        self._database = _compile(literals)

    @property
    def longest(self) -> int:
        """Bytes of the longest literal."""
        return int(self._length.max(initial=0))

    def find(self, view: View) -> Occurrences:
        """Every occurrence of every literal in a view."""
        none = np.zeros(0, np.int64)
        if self._database is None or not len(view.data):
            return Occurrences(none, none, none)
        packed = array("q")  # 8 bytes a match, where a list of int takes 40
        append = packed.append

        def collect(literal: int, _start: int, end: int, _flags: int, _context: object) -> None:
            append(literal << _ID_SHIFT | end)

        literals, ends = [none], [none]
        for begin, stop, known in _stretches(view.offsets, self._stretch, self.longest):
            data = view.data[begin:stop]
            self._database.scan(data, match_event_handler=collect)  # type: ignore[type-var]
            found = np.array(packed, np.int64)
            del packed[:]
            end = found & ((1 << _ID_SHIFT) - 1)
            fresh = end > known
            literals.append(found[fresh] >> _ID_SHIFT)
            ends.append(end[fresh] + begin)
        literal, end = np.concatenate(literals), np.concatenate(ends)
        return Occurrences(literal, end - self._length[literal], end)


def inside_word(data: Bytes, start: Int64s, end: Int64s) -> npt.NDArray[np.bool_]:
    """Does an ASCII word go on beyond an end of the span that is itself a word character?

    Every document is preceded and followed by a separator, which is no word character.
    """
    last = len(data) - 1
    left = WORD[data[np.maximum(start - 1, 0)]] & (start > 0) & WORD[data[np.minimum(start, last)]]
    right = WORD[data[np.minimum(end, last)]] & (end <= last) & WORD[data[np.maximum(end - 1, 0)]]
    both: npt.NDArray[np.bool_] = left | right
    return both


def _stretches(offsets: Int64s, size: int, longest: int) -> Iterator[tuple[int, int, int]]:
    """Cut a view into (begin, stop, known) of at most `size` bytes, or `longest` if that is more.

    Cuts are between documents. A larger document is cut with an overlap in which any literal fits
    but for a byte; matches that end in the first `known` bytes were found in the stretch before.
    """
    size = max(size, longest)
    begin, last = int(offsets[0]), int(offsets[-1])
    while begin < last:
        stop = int(offsets[np.searchsorted(offsets, begin + size, side="right") - 1])
        if stop > begin:
            yield begin, stop, 0
        else:
            stop, known = int(offsets[np.searchsorted(offsets, begin, side="right")]), 0
            while begin + known < stop:
                yield begin, min(begin + size, stop), known
                begin, known = begin + size - longest + 1, longest - 1
        begin = stop


def _compile(literals: Sequence[bytes]) -> hyperscan.Database | None:
    if not literals:
        return None  # hyperscan refuses an empty set
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=list(literals),
        ids=list(range(len(literals))),
        elements=len(literals),
        flags=0,
        literal=True,
    )
    return database
