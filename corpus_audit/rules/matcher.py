"""All terms of all rules in one hyperscan database, matched over a whole view at once."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

import hyperscan
import numpy as np
import numpy.typing as npt

from corpus_audit.rules.model import Rule
from corpus_audit.text.buffers import Int64s, Utf8
from corpus_audit.text.fold import View, fold_texts, locate
from corpus_audit.types import Findings

_ID_SHIFT = 40  # a match is packed as literal << 40 | end; a view is far below 2**40 bytes
_STRETCH = 1 << 30  # bytes in one call: hyperscan's lengths have 32 bits and wrap silently
_WORD = np.zeros(256, np.bool_)
_WORD[[*b"abcdefghijklmnopqrstuvwxyz0123456789_"]] = True


class Matcher:
    """Finds the terms of rules in views.

    Literals are folded as the view is, so one literal meets every spelling. Hyperscan reports
    only where a literal ends; its length gives the start.
    """

    def __init__(self, rules: Sequence[Rule], stretch: int = _STRETCH) -> None:
        owners: dict[bytes, set[tuple[int, bool]]] = {}
        for index, rule in enumerate(rules):
            for literal in fold_texts(rule.terms):
                owners.setdefault(literal, set()).add((index, rule.spec.edges == "auto"))
        literals = sorted(owners)
        self._database = _compile(literals)
        self._stretch = stretch
        self._length = np.array([len(literal) for literal in literals], np.int64)
        # literal -> rules, as one flat list and where each literal's run of it begins
        flat = [pair for literal in literals for pair in sorted(owners[literal])]
        self._rule = np.array([rule for rule, _ in flat], np.int32)
        self._first = np.cumsum([0, *(len(owners[literal]) for literal in literals)])
        # a rule's edge matters only where the term itself ends in a word character
        edge_of = [(lit, auto) for lit in literals for _, auto in sorted(owners[lit])]
        self._left = np.array([auto and bool(_WORD[lit[0]]) for lit, auto in edge_of], np.bool_)
        self._right = np.array([auto and bool(_WORD[lit[-1]]) for lit, auto in edge_of], np.bool_)

    def match(self, text: Utf8, view: View, name: str = "plain") -> Findings:
        """Findings in documents; of matches of one rule inside each other only the longest."""
        literal, end = self._scan(view)
        if not len(literal):
            return Findings.empty()
        counts = self._first[literal + 1] - self._first[literal]
        literal, end = np.repeat(literal, counts), np.repeat(end, counts)
        nth = np.arange(len(literal)) - np.repeat(np.cumsum(counts) - counts, counts)
        pair = self._first[literal] + nth
        start = end - self._length[literal]

        row = (np.searchsorted(view.offsets, start, side="right") - 1).astype(np.int32)
        kept = end < view.offsets[row + 1]  # terms hold no separator, but be sure
        # every document is preceded and followed by a separator, which is no word character
        kept &= ~(self._left[pair] & _WORD[view.data[np.maximum(start - 1, 0)]] & (start > 0))
        kept &= ~(self._right[pair] & _WORD[view.data[np.minimum(end, len(view.data) - 1)]])
        row, start, end = row[kept], start[kept], end[kept]
        rule = self._rule[pair[kept]]

        outer = _outermost(row, rule, start, end)
        row, rule, start, end = row[outer], rule[outer], start[outer], end[outer]
        spans = locate(text, view, row, start, end, name)
        return Findings(row, rule, spans.start, spans.end, spans.trace)

    def _scan(self, view: View) -> tuple[Int64s, Int64s]:
        """Literal and end of every match."""
        if self._database is None:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        packed = array("q")  # 8 bytes a match, where a list of int takes 40
        append = packed.append

        def collect(literal: int, _start: int, end: int, _flags: int, _context: object) -> None:
            append(literal << _ID_SHIFT | end)

        literals, ends = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for begin, stop, known in _stretches(view.offsets, self._stretch, self._length.max()):
            data = view.data[begin:stop]
            self._database.scan(data, match_event_handler=collect)  # type: ignore[type-var]
            found = np.array(packed, np.int64)
            del packed[:]
            end = found & ((1 << _ID_SHIFT) - 1)
            fresh = end > known
            literals.append(found[fresh] >> _ID_SHIFT)
            ends.append(end[fresh] + begin)
        return np.concatenate(literals), np.concatenate(ends)


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
            stop = int(offsets[np.searchsorted(offsets, begin, side="right")])
            known = 0
            while begin + known < stop:
                yield begin, min(begin + size, stop), known
                begin, known = begin + size - longest + 1, longest - 1
        begin = stop


def _compile(literals: list[bytes]) -> hyperscan.Database | None:
    if not literals:
        return None  # hyperscan refuses an empty set
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=literals,
        ids=list(range(len(literals))),
        elements=len(literals),
        flags=0,
        literal=True,
    )
    return database


def _outermost(
    row: npt.NDArray[np.int32],
    rule: npt.NDArray[np.int32],
    start: npt.NDArray[np.int64],
    end: npt.NDArray[np.int64],
) -> npt.NDArray[np.intp]:
    """Which matches lie in no other of their rule and row, in order of (row, start, end, rule)."""
    order = np.lexsort((-end, start, rule, row))
    row, rule, start, end = row[order], rule[order], start[order], end[order]
    fresh = np.r_[True, (row[1:] != row[:-1]) | (rule[1:] != rule[:-1])][: len(order)]
    # the furthest end so far within (row, rule): a running maximum that starts again at each group
    group = np.cumsum(fresh)
    span = int(end.max(initial=0)) + 1
    furthest = np.maximum.accumulate(group * span + end)
    inside = np.r_[False, furthest[:-1] >= group[1:] * span + end[1:]][: len(order)] & ~fresh
    outer = ~inside
    placed: npt.NDArray[np.intp] = order[outer][
        np.lexsort((rule[outer], end[outer], start[outer], row[outer]))
    ]
    return placed
