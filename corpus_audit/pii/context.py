"""Words beside candidates: what tells a telephone from an order number.

Only windows around candidates are read. A word that speaks against a kind counts where it stands
nearer to the number than every word that speaks for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from corpus_audit.pii.literals import Literals
from corpus_audit.rules.location import load_toml, rules_dir
from corpus_audit.text.buffers import Bytes, Int64s
from corpus_audit.text.fold import View, fold_texts

LEFT, RIGHT = 72, 36  # bytes of the view on each side: 24 and 12 Han characters
_FAR = 1 << 30


class Context:
    """Distances to the nearest word of a topic."""

    def __init__(self, topics: Mapping[str, Sequence[str]]) -> None:
        self.topics = {name: i for i, name in enumerate(topics)}
        owners: dict[bytes, set[int]] = {}
        for name, words in topics.items():
            for word in fold_texts(words):
                owners.setdefault(word, set()).add(self.topics[name])
        ordered = sorted(owners)
        # `telephone` and `phones` speak of phones too; two letters alone need both edges
        self._literals = Literals(ordered, [len(word) <= 4 for word in ordered])
        self._member = np.zeros((len(ordered), len(topics)), np.bool_)
        for i, word in enumerate(ordered):
            self._member[i, sorted(owners[word])] = True

    def near(self, view: View, start: Int64s, end: Int64s, row: Int64s) -> Words:
        """The words in the windows of candidates, which come in order of their starts."""
        low = np.maximum(start - LEFT, view.offsets[row])
        high = np.minimum(end + RIGHT, view.offsets[row + 1] - 1)
        pieces, base = _gather(view, low, high)
        word, stop = self._literals.scan(pieces)
        piece = np.searchsorted(base[0], stop - 1, side="right") - 1
        at = stop - base[0][piece] + base[1][piece]
        return Words(self, word, at - self._literals.length[word], at, low, high, start, end)

    def members(self, topic: str) -> npt.NDArray[np.bool_]:
        """Which words are of a topic."""
        column: npt.NDArray[np.bool_] = self._member[:, self.topics[topic]]
        return column


def _gather(view: View, low: Int64s, high: Int64s) -> tuple[Bytes, Int64s]:
    """Windows joined where they overlap, as one buffer, and (place there, place in the view)."""
    furthest = np.maximum.accumulate(high)
    fresh = np.r_[True, low[1:] > furthest[:-1]]
    first = np.flatnonzero(fresh)
    begins = low[first]
    stops = np.maximum.reduceat(high, first) if len(first) else high[:0]
    sizes = stops - begins + 1  # one byte between pieces
    at = np.cumsum(np.r_[0, sizes])[:-1]
    out = np.zeros(int(sizes.sum()), np.uint8)
    for a, b, o in zip(begins.tolist(), stops.tolist(), at.tolist(), strict=True):
        out[o : o + b - a] = view.data[a:b]
    return out, np.stack([at, begins])


class Words:
    """Words found near candidates."""

    def __init__(  # type: ignore[no-untyped-def]
        self, context: Context, word, start, end, low, high, first, last
    ) -> None:
        self._context, self._word, self._start, self._end = context, word, start, end
        self._low, self._high, self._first, self._last = low, high, first, last

    def left(self, topic: str) -> Int64s:
        """Bytes from the nearest word of a topic to each candidate behind it, or a huge number."""
        ends = np.sort(self._end[self._context.members(topic)[self._word]])
        if not len(ends):
            return np.full(len(self._first), _FAR, np.int64)
        at = np.searchsorted(ends, self._first, side="right") - 1
        nearest = ends[np.maximum(at, 0)]
        inside = (at >= 0) & (nearest > self._low)
        return np.where(inside, self._first - nearest, _FAR)

    def right(self, topic: str) -> Int64s:
        """The same for words behind the candidate."""
        starts = np.sort(self._start[self._context.members(topic)[self._word]])
        if not len(starts):
            return np.full(len(self._first), _FAR, np.int64)
        at = np.searchsorted(starts, self._last, side="left")
        nearest = starts[np.minimum(at, len(starts) - 1)]
        inside = (at < len(starts)) & (nearest < self._high)
        return np.where(inside, nearest - self._last, _FAR)


@cache
def load_context() -> Context:
    """The topics of `rules/pii/context.toml`."""
    stored = load_toml(rules_dir() / "pii/context.toml")
    return Context({name: entry["words"] for name, entry in stored.items()})
