"""What must stand around a match, or must not: read only where something matched."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from corpus_audit.rules.literals import Literals, Occurrences
from corpus_audit.rules.model import Rule
from corpus_audit.rules.nearby import Nearby
from corpus_audit.text import evasion
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
    """The conditions of all rules: first what is wanted, then, of what holds, what is not."""

    def __init__(self, rules: Sequence[Rule], undo: bool = True) -> None:
        self._wanted = _Lists(rules, wanted=True, undo=undo)
        self._unwanted = _Lists(rules, wanted=False, undo=False)

    @property
    def neighbours(self) -> evasion.Neighbours:
        """What stands side by side in the words that rules want around a match."""
        return self._wanted.neighbours

    def hold(
        self, view: View, row: npt.NDArray[np.int32], rule: npt.NDArray[np.int32],
        start: Int64s, end: Int64s, places: Int64s,
    ) -> npt.NDArray[np.bool_]:  # fmt: skip
        """Which matches have around them what their rules ask, in the document they stand in.

        `places`: where, by `neighbours`, evasion may be. Distances are code points between the
        nearest ends.
        """
        held = np.ones(len(row), np.bool_)
        asked = np.flatnonzero(self._wanted.ask(rule))
        held[asked] = self._wanted.may_hold(
            view, row[asked], rule[asked], start[asked], end[asked], places
        )
        for lists in (self._wanted, self._unwanted):
            asked = np.flatnonzero(held & lists.ask(rule))
            asked = asked[np.argsort(start[asked], kind="stable")]
            read = np.cumsum(lists.reads(rule[asked]) + end[asked] - start[asked])
            at = 0
            while at < len(asked):  # a part at a time, so that dense matches take bounded memory
                stop = max(int(np.searchsorted(read, read[at] + _PART)), at + 1)
                part, at = asked[at:stop], stop
                held[part] = lists.hold(view, row[part], rule[part], start[part], end[part], places)
        return held


class _Lists:
    """The lists of words of all conditions of one kind, over one set of literals."""

    def __init__(self, rules: Sequence[Rule], wanted: bool, undo: bool) -> None:
        lists: dict[tuple[str, ...], int] = {}
        rows: list[tuple[int, int]] = []
        first = [0]
        for rule in rules:
            for condition in rule.conditions:
                if condition.wanted == wanted:
                    number = lists.setdefault(condition.literals, len(lists))
                    rows.append((number, condition.within))
            first.append(len(rows))
        words = list(dict.fromkeys(itertools.chain.from_iterable(lists)))
        folded = fold_texts(words)
        literals = sorted({*folded} - {b""})
        number_of = {text: i for i, text in enumerate(literals)} | {b"": -1}
        literal_of = dict(zip(words, map(number_of.__getitem__, folded), strict=True))
        sizes = np.array([*map(len, literals), 0], np.int64)
        self._wanted = wanted
        self._literals = Literals(literals)
        member = np.zeros((len(lists), len(sizes)), np.bool_)  # the last one is of no literal
        longest = np.zeros(len(lists), np.int64)
        for row, texts in enumerate(lists):
            numbers = np.fromiter(map(literal_of.__getitem__, texts), np.int64, len(texts))
            member[row, numbers], longest[row] = True, sizes[numbers].max(initial=0)
        self._member = member[:, :-1]
        self._first = np.array(first, np.int64)
        self._list = np.array([row[0] for row in rows], np.int64)
        self._within = np.array([row[1] for row in rows], np.int64)
        reach = (self._within + 1) * _WIDEST + longest[self._list]
        self._nearby = Nearby(self._literals, self._member) if wanted else None
        by_rule = np.repeat(np.arange(len(rules)), np.diff(first))
        self._rarest = np.lexsort((self._member.sum(1)[self._list], by_rule))  # first in each rule
        self._reach = np.array(
            [reach[a:b].max(initial=0) for a, b in itertools.pairwise(first)], np.int64
        )
        self._undo = undo
        self.neighbours = evasion.Neighbours(literals if undo else ())

    def ask(self, rule: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
        """Which of some rules have a condition of this kind?"""
        asked: npt.NDArray[np.bool_] = self._first[rule + 1] > self._first[rule]
        return asked

    def reads(self, rule: npt.NDArray[np.int32]) -> Int64s:
        """Bytes that are read around a match of each of some rules."""
        read: Int64s = 2 * self._reach[rule]
        return read

    def may_hold(
        self, view: View, row: npt.NDArray[np.int32], rule: npt.NDArray[np.int32],
        start: Int64s, end: Int64s, places: Int64s,
    ) -> npt.NDArray[np.bool_]:  # fmt: skip
        """Near which matches may the words stand that it takes? Near few of them."""
        if self._nearby is None:
            return np.ones(len(row), np.bool_)
        left, right = view.offsets[row], view.offsets[row + 1] - 1
        may = self._nearby.may(
            view.data, rule.astype(np.int64), start, end, left, right, self._first,
            self._list[self._rarest], self._within[self._rarest],
        )  # fmt: skip
        before = np.searchsorted(places, np.maximum(start - self._reach[rule], left))
        behind = np.searchsorted(places, np.minimum(end + self._reach[rule], right))
        held: npt.NDArray[np.bool_] = may | (behind > before)
        return held

    def hold(
        self, view: View, row: npt.NDArray[np.int32], rule: npt.NDArray[np.int32],
        start: Int64s, end: Int64s, places: Int64s,
    ) -> npt.NDArray[np.bool_]:  # fmt: skip
        """Which matches, in order of their starts, have around them what their rules ask."""
        windows = _around(view, row, start, end, self._reach[rule])
        found = self._literals.find(windows.view)
        if self._undo:
            written = self._undone(windows, places)
            found = Occurrences(*map(np.concatenate, zip(found, written, strict=True)))
            found = found.only(np.argsort(found.start, kind="stable"))
        shift = (windows.view.offsets[:-1] - windows.origin)[windows.of]
        bounds = windows.view.offsets
        chars = np.cumsum((windows.view.data & 0xC0) != 0x80)  # code points up to and with a byte
        held: npt.NDArray[np.bool_] = _satisfied(
            rule.astype(np.int64), start + shift, end + shift,
            np.searchsorted(found.start, bounds[windows.of]),
            np.searchsorted(found.start, bounds[windows.of + 1]),
            found.literal, found.start, found.end, chars,
            self._first, self._list, self._within, self._wanted, self._member,
        )  # fmt: skip
        return held

    def _undone(self, windows: _Windows, places: Int64s) -> Occurrences:
        """Words that are written to evade, at places of the searched view."""
        view = windows.view
        stop = windows.origin + np.diff(view.offsets) - 1
        window = np.searchsorted(windows.origin, places, side="right") - 1
        inside = (window >= 0) & (places < stop[np.maximum(window, 0)])
        if not inside.any():
            none = np.zeros(0, np.int64)
            return Occurrences(none, none, none)
        places = places[inside] + (view.offsets[:-1] - windows.origin)[window[inside]]
        undone = evasion.undo(view, places, self.neighbours)
        found = self._literals.find(undone.view)
        bits, _ = evasion.undone_in(undone, found.start, found.end)
        found = found.only(bits > 0)
        _, start, end = undone.spans(found.start, found.end)
        return Occurrences(found.literal, start, end)


def _around(
    view: View, row: npt.NDArray[np.int32], start: Int64s, end: Int64s, reach: Int64s
) -> _Windows:
    """Copy what stands within `reach` bytes of matches; `start` rises."""
    left = np.maximum(start - reach, view.offsets[row])
    right = np.minimum(end + reach, view.offsets[row + 1] - 1)
    for _ in range(_WIDEST - 1):  # to whole characters
        left -= (view.data[left] & 0xC0) == 0x80
        right += (view.data[right] & 0xC0) == 0x80
    # a window goes back as far as any match from its first one on needs
    left = np.minimum.accumulate(left[::-1])[::-1]
    furthest = np.maximum.accumulate(right)
    first = np.flatnonzero(np.r_[True, (left[1:] > furthest[:-1]) | (row[1:] != row[:-1])])
    begin, stop = left[first], np.maximum.reduceat(right, first)
    of = np.repeat(np.arange(len(first)), np.diff(np.r_[first, len(row)]))
    offsets = np.r_[0, np.cumsum(stop - begin + 1)]
    data = np.empty(offsets[-1], np.uint8)
    _copy(view.data, begin, stop, offsets, data)
    return _Windows(View(offsets, data), begin, of)


@njit(cache=True, nogil=True)
def _copy(source, begin, stop, offsets, data):  # type: ignore[no-untyped-def]
    for k in range(len(begin)):
        o = offsets[k]
        size = stop[k] - begin[k]
        data[o : o + size] = source[begin[k] : stop[k]]
        data[o + size] = SEPARATOR


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
                    met = not wanted  # a word within the match allows it, and proves nothing
                if met:
                    break
            if met != wanted:
                held[k] = False
                break
    return held
