"""What must stand around a match, or must not: read only where something matched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from corpus_audit.rules.literals import Literals, Occurrences, inside_word
from corpus_audit.rules.model import Rule
from corpus_audit.text.buffers import Int64s
from corpus_audit.text.fold import SEPARATOR, View, fold_texts

_WIDEST = 4  # bytes of a code point
_PART = 4 << 20  # bytes of surroundings that are looked at together


class _Windows(NamedTuple):
    """Surroundings of matches, joined where they overlap, copied into one view."""

    view: View
    origin: Int64s  # byte of the searched view at which each window begins
    of: Int64s  # window of each match


class Conditions:
    """The conditions of all rules over one set of literals."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        lists: dict[tuple[bytes, ...], int] = {}
        rows: list[tuple[int, int, bool]] = []
        first = [0]
        for rule in rules:
            for condition in rule.conditions:
                folded = tuple(sorted({text for text in fold_texts(condition.literals) if text}))
                number = lists.setdefault(folded, len(lists))
                rows.append((number, condition.within, condition.wanted))
            first.append(len(rows))
        literals = sorted({text for texts in lists for text in texts})
        number_of = {text: i for i, text in enumerate(literals)}
        self._literals = Literals(literals)
        self._member = np.zeros((len(lists), len(literals)), np.bool_)
        for texts, number in lists.items():
            self._member[number, [number_of[text] for text in texts]] = True
        self._first = np.array(first, np.int64)
        self._list = np.array([row[0] for row in rows], np.int64)
        self._within = np.array([row[1] for row in rows], np.int64)
        self._wanted = np.array([row[2] for row in rows], np.bool_)

    def hold(
        self, view: View, row: npt.NDArray[np.int32], rule: npt.NDArray[np.int32],
        start: Int64s, end: Int64s, undone: Occurrences | None = None,
    ) -> npt.NDArray[np.bool_]:  # fmt: skip
        """Which matches have around them what their rules ask, in the document they stand in.

        `undone`: further occurrences of `literals`, found where evasion was undone, by bytes of the
        view. Distances are code points between the nearest ends.
        """
        held = np.ones(len(row), np.bool_)
        asked = np.flatnonzero(self._first[rule + 1] > self._first[rule])
        asked = asked[np.argsort(start[asked], kind="stable")]
        widest = int(self._within.max(initial=0)) * _WIDEST + self._literals.longest
        at = 0
        while at < len(asked):  # a part at a time, so that dense matches take bounded memory
            size = np.searchsorted(start[asked], start[asked[at]] + _PART, side="right")
            part = asked[at : max(int(size), at + 1)]
            held[part] = self._held(view, row[part], rule[part], start[part], end[part],
                                    widest, undone)  # fmt: skip
            at += len(part)
        return held

    def find(self, view: View) -> Occurrences:
        """Where the literals of conditions stand in a view, at word edges."""
        found = self._literals.find(view)
        return found.only(~inside_word(view.data, found.start, found.end))

    def _held(
        self, view: View, row: npt.NDArray[np.int32], rule: npt.NDArray[np.int32],
        start: Int64s, end: Int64s, widest: int, undone: Occurrences | None,
    ) -> npt.NDArray[np.bool_]:  # fmt: skip
        windows = _around(view, row, start, end, widest)
        data = windows.view.data
        chars = np.cumsum((data & 0xC0) != 0x80)  # code points up to and with each byte
        shift = windows.view.offsets[:-1] - windows.origin
        found = self.find(windows.view)
        if undone is not None and len(undone.start):
            stop = windows.origin + np.diff(windows.view.offsets) - 1
            window = np.searchsorted(windows.origin, undone.start, side="right") - 1
            inside = (window >= 0) & (undone.end <= stop[np.maximum(window, 0)])
            kept, window = undone.only(inside), window[inside]
            found = Occurrences(
                np.r_[found.literal, kept.literal],
                np.r_[found.start, kept.start + shift[window]],
                np.r_[found.end, kept.end + shift[window]],
            )
        found = found.only(np.argsort(found.start, kind="stable"))
        begin, stop = start + shift[windows.of], end + shift[windows.of]
        bounds = windows.view.offsets
        first = np.searchsorted(found.start, bounds[windows.of])
        last = np.searchsorted(found.start, bounds[windows.of + 1])
        held: npt.NDArray[np.bool_] = _satisfied(
            rule.astype(np.int64), begin, stop, first, last,
            found.literal, found.start, found.end, chars,
            self._first, self._list, self._within, self._wanted, self._member,
        )  # fmt: skip
        return held


def _around(
    view: View, row: npt.NDArray[np.int32], start: Int64s, end: Int64s, widest: int
) -> _Windows:
    """Copy what stands within `widest` bytes of matches; `start` rises."""
    left = np.maximum(start - widest, view.offsets[row])
    right = np.minimum(end + widest, view.offsets[row + 1] - 1)
    reach = np.maximum.accumulate(right)
    fresh = np.r_[True, (left[1:] > reach[:-1]) | (row[1:] != row[:-1])]
    first = np.flatnonzero(fresh)
    begin, stop = left[first], np.maximum.reduceat(right, first)
    offsets = np.r_[0, np.cumsum(stop - begin + 1)]
    data = np.empty(offsets[-1], np.uint8)
    _copy(view.data, begin, stop, offsets, data)
    return _Windows(View(offsets, data), begin, np.cumsum(fresh) - 1)


@njit(cache=True, nogil=True)
def _copy(source, begin, stop, offsets, data):  # type: ignore[no-untyped-def]
    for k in range(len(begin)):
        o = offsets[k]
        for i in range(begin[k], stop[k]):
            data[o] = source[i]
            o += 1
        data[o] = SEPARATOR


@njit(cache=True, nogil=True)
def _satisfied(  # type: ignore[no-untyped-def]
    rule, begin, stop, first, last, literal, starts, ends, chars,
    condition_first, lists, within, wanted, member,
):  # fmt: skip
    n = len(rule)
    held = np.ones(n, np.bool_)
    for k in range(n):
        left, right = chars[begin[k]], chars[stop[k] - 1]
        for c in range(condition_first[rule[k]], condition_first[rule[k] + 1]):
            met = False
            for f in range(first[k], last[k]):
                if not member[lists[c], literal[f]]:
                    continue
                a, b = chars[starts[f]], chars[ends[f] - 1]
                if b < left:
                    met = left - b - 1 <= within[c]
                elif a > right:
                    met = a - right - 1 <= within[c]
                else:
                    met = not wanted[c]  # a word within the match allows it, and proves nothing
                if met:
                    break
            if met != wanted[c]:
                held[k] = False
                break
    return held
