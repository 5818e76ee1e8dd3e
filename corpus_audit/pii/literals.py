"""Literal words found in a view by hyperscan: where contextual kinds and secrets may begin."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_audit.text.buffers import Bytes, Int64s

#: Words by their number, and where each ends, in order of the ends.
Hits = tuple[npt.NDArray[np.int64], Int64s]
_STRETCH = 4 << 20  # bytes in one call: bounds what callbacks gather
_SHIFT = 40
_WORD = np.zeros(256, np.bool_)
_WORD[[*b"abcdefghijklmnopqrstuvwxyz0123456789_"]] = True


class Literals:
    """Words, folded as the view is; equal ones count once. ASCII ends stop at a word edge."""

    def __init__(
        self, words: Sequence[bytes], edges: bool | Sequence[bool] = True, *, right: bool = True
    ) -> None:
        self.words = list(words)
        wanted = [edges] * len(self.words) if isinstance(edges, bool) else list(edges)
        self.length = np.array([len(word) for word in self.words], np.int64)
        self._left = np.array(
            [e and bool(_WORD[w[0]]) for w, e in zip(self.words, wanted, strict=True)], np.bool_
        )
        self._right = np.array(
            [right and e and bool(_WORD[w[-1]]) for w, e in zip(self.words, wanted, strict=True)],
            np.bool_,
        )

    @cached_property
    def _database(self) -> Any:
        import hyperscan

        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        database.compile(
            expressions=self.words,
            ids=list(range(len(self.words))),
            elements=len(self.words),
            flags=0,
            literal=True,
        )
        return database

    def scan(self, data: Bytes) -> Hits:
        """(word, end) of every occurrence in `data`, in order of their ends."""
        if not len(data):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        overlap = int(self.length.max()) - 1
        packed = array("q")
        append = packed.append

        def collect(word: int, _start: int, end: int, _flags: int, _context: object) -> None:
            append(word << _SHIFT | end)

        words, ends = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        begin = 0
        while begin < len(data):
            known = overlap if begin else 0  # matches that end there were found before
            piece: Any = data[begin - known : begin + _STRETCH]
            self._database.scan(piece, match_event_handler=collect)
            found = np.array(packed, np.int64)
            del packed[:]
            end = (found & ((1 << _SHIFT) - 1)) + begin - known
            fresh = end > begin
            words.append((found >> _SHIFT)[fresh])
            ends.append(end[fresh])
            begin += _STRETCH
        word, end = self.within_edges(np.concatenate(words), np.concatenate(ends), data)
        order = np.argsort(end, kind="stable")
        return word[order], end[order]

    def within_edges(self, word: npt.NDArray[np.int64], end: Int64s, data: Bytes) -> Hits:
        """Those occurrences that do not go on as a longer word."""
        start = end - self.length[word]
        kept = ~(self._left[word] & _WORD[data[np.maximum(start - 1, 0)]] & (start > 0))
        kept &= ~(
            self._right[word] & _WORD[data[np.minimum(end, len(data) - 1)]] & (end < len(data))
        )
        return word[kept], end[kept]


class Union:
    """Several sets of words, found in one pass. No set holds a word twice."""

    def __init__(self, sets: Sequence[Literals]) -> None:
        words = sorted({word for each in sets for word in each.words})
        number = {word: i for i, word in enumerate(words)}
        self._words = Literals(words, False)
        self.members: dict[Literals, npt.NDArray[np.int64]] = {}
        for each in sets:
            assert len(set(each.words)) == len(each.words)
            member = np.full(len(words), -1, np.int64)
            member[[number[word] for word in each.words]] = np.arange(len(each.words))
            self.members[each] = member

    def scan(self, data: Bytes) -> Occurrences:
        """All that stands in `data`."""
        return Occurrences(self, data, *self._words.scan(data))


class Occurrences(NamedTuple):
    """Where words of a union stand."""

    union: Union
    data: Bytes
    word: npt.NDArray[np.int64]
    end: Int64s

    def of(self, words: Literals) -> Hits:
        """What `Literals.scan` gives of one of the sets."""
        own = self.union.members[words][self.word]
        which = np.flatnonzero(own >= 0)
        return words.within_edges(own[which], self.end[which], self.data)
