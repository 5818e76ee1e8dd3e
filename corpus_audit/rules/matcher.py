"""Rules over views: terms and patterns are the anchors, everything else is looked at around them.

    plain view -> anchors ---------+-> conditions -> word edges -> quotations -> longest -> spans
               -> stretches undone +

Anchors are searched in the whole text in one pass. What looks like evasion is undone and searched
again (`corpus_audit.text.evasion`). Conditions and Chinese word edges cost only where anchors are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_audit.rules.conditions import Conditions
from corpus_audit.rules.edges import cuts_a_word
from corpus_audit.rules.literals import Literals, Occurrences
from corpus_audit.rules.mentions import mentioned
from corpus_audit.rules.model import Rule
from corpus_audit.rules.numbers import number_styles
from corpus_audit.rules.patterns import Patterns
from corpus_audit.text import evasion
from corpus_audit.text.buffers import Int64s, Utf8
from corpus_audit.text.fold import TRANSFORMS, View, fold_texts, locate
from corpus_audit.text.search import WORD
from corpus_audit.text.undoing import HARD_GAP, JOINED, LEET, LOOKS, REPEAT, SOFT_GAP
from corpus_audit.types import LEVELS, Findings

_HAN = re.compile("[\u4e00-\u9fff]")
_SHORT = 3  # Han characters of a term whose edges jieba is asked about
_BITS = {
    SOFT_GAP: "squeezed", HARD_GAP: "squeezed", JOINED: "split", REPEAT: "repeat", LEET: "leet",
    LOOKS: "lookalike",
}  # fmt: skip


class _Matches(NamedTuple):
    """Anchors found: aligned arrays. Positions are bytes of the plain view."""

    row: npt.NDArray[np.int32]
    owner: Int64s  # anchor and rule, as one number
    start: Int64s
    end: Int64s
    trace: npt.NDArray[np.int32]  # bits of what was undone; the fold's own come with the spans
    full: npt.NDArray[np.bool_]  # something stood between every two characters

    def only(self, kept: npt.NDArray[Any]) -> _Matches:
        """Those that a mask or indices name."""
        columns: Iterable[Any] = self
        return _Matches(*(column[kept] for column in columns))


class Matcher:
    """Finds the anchors of rules, and judges what stands around them."""

    def __init__(
        self, rules: Sequence[Rule], undo: bool = True, search_demoted: bool = True
    ) -> None:
        owners = _Owners(rules, search_demoted)
        self._owners = owners
        self._undoes = undo
        self._patterns = Patterns([pattern for _, pattern in owners.patterns])
        self._conditions = Conditions(rules, undo)
        quoted = (rule.spec.unless_quoted for rule in rules)
        self._quoted = np.array([-1 if most is None else most for most in quoted], np.int64)
        self._spellings = len(owners.spellings)
        pairs: set[bytes] = set()
        if undo:
            forms: dict[bytes, int] = {}
            bare = evasion.bare(owners.spellings)  # a phrase of parted letters has no spaces
            written = (owners.spellings, bare, *map(evasion.skeletons, (owners.spellings, bare)))
            for spelling in zip(owners.literal_of.tolist(), *written, strict=True):
                for form in spelling[1:]:
                    forms.setdefault(form, spelling[0])
            self._form = np.array(list(forms.values()), np.int64)
            self._forms = Literals(list(forms), owners.loose[self._form])
            self._neighbours = evasion.Neighbours(forms)
            around = self._conditions.neighbours
            self._suspects = evasion.Suspects(self._neighbours, around)
            pairs = {*fold_texts(self._neighbours.split_pairs()), *fold_texts(around.split_pairs())}
        further = sorted(pairs.difference(owners.spellings))
        loose = owners.loose[owners.literal_of] & ~owners.respelled  # 3哥 is no part of 13哥
        loose = np.r_[loose, np.zeros(len(further), np.bool_)]
        self._literals = Literals([*owners.spellings, *further], loose)
        self._is_pair = np.ones(len(loose), np.bool_)
        self._is_pair[: self._spellings] = [spelling in pairs for spelling in owners.spellings]

    def match(self, text: Utf8, view: View) -> Findings:
        """Findings in documents; of matches of one rule inside each other only the longest."""
        owners = self._owners
        found = self._literals.find(view)
        matches = self._plain(view, found.only(found.literal < self._spellings))
        near = np.zeros(0, np.int64)  # where words that rules want nearby may be written to evade
        if self._undoes:
            splits = found.start[self._is_pair[found.literal]]
            places, near = self._suspects.find(view, splits)
            matches = _joined(matches, self._undone(view, places))
        if not len(matches.row):
            return Findings.empty()
        rule = owners.rule[matches.owner]
        held = self._conditions.hold(view, matches.row, rule, matches.start, matches.end, near)
        matches = matches.only(held)
        matches = matches.only(self._at_word_edges(view, matches))
        quoted = self._quoted[owners.rule[matches.owner]]
        matches = matches.only(~mentioned(view, matches.row, matches.start, matches.end, quoted))
        matches = matches.only(_outermost(matches, owners.rule[matches.owner]))
        spans = locate(text, view, matches.row, matches.start, matches.end, "plain")
        kept = self._meant(text, matches, spans.byte_start, spans.byte_end)
        rule = owners.rule[matches.owner]
        return Findings(
            matches.row[kept], rule[kept], spans.start[kept], spans.end[kept],
            (spans.trace | matches.trace)[kept], owners.level[matches.owner][kept],
        )  # fmt: skip

    def terms(self, view: View) -> tuple[npt.NDArray[np.int32], Int64s]:
        """Row and owner of every anchor at ASCII edges, without conditions: to count terms."""
        found = self._literals.find(view)
        plain = self._plain(view, found.only(found.literal < self._spellings))
        return plain.row, plain.owner

    @property
    def owners(self) -> int:
        """Terms and patterns, counted once for each rule that has them."""
        return len(self._owners.rule)

    @property
    def is_term(self) -> npt.NDArray[np.bool_]:
        """Which owners are terms; the others are patterns."""
        return self._owners.is_term

    def term_of(self, owner: int) -> tuple[int, bytes]:
        """The rule and the folded term (or pattern) behind an owner of `terms`."""
        return self._owners.describe(owner)

    def _plain(self, view: View, found: Occurrences) -> _Matches:
        """Anchors in the plain view."""
        owners = self._owners
        respelled = owners.respelled[found.literal]
        regex = self._patterns.find(view)
        found = Occurrences(
            np.r_[owners.literal_of[found.literal], regex.literal + len(owners.literals)],
            np.r_[found.start, regex.start],
            np.r_[found.end, regex.end],
        )
        trace = np.r_[respelled, np.zeros(len(regex.start), np.bool_)].astype(np.int32)
        trace *= 1 << TRANSFORMS.index("variant")
        found, owner, nth = owners.spread(found)
        trace = trace[nth]
        row = (np.searchsorted(view.offsets, found.start, side="right") - 1).astype(np.int32)
        kept = found.end < view.offsets[row + 1]  # terms hold no separator, but be sure
        kept &= ~owners.inside_word(view, found, owner)
        full = np.zeros(len(row), np.bool_)
        return _Matches(row, owner, found.start, found.end, trace, full).only(kept)

    def _undone(self, view: View, places: Int64s) -> _Matches:
        """Anchors where evasion was undone."""
        undone = evasion.undo(view, places, self._neighbours)
        found = self._forms.find(undone.view)
        found, owner, _ = self._owners.spread(
            Occurrences(self._form[found.literal], found.start, found.end)
        )
        bits, full = evasion.undone_in(undone, found.start, found.end)
        kept = (bits > 0) & ~self._owners.inside_word(undone.view, found, owner)
        found, owner, full, bits = found.only(kept), owner[kept], full[kept], bits[kept]
        stretch, start, end = undone.spans(found.start, found.end)
        trace = np.zeros(len(bits), np.int32)
        for bit, name in _BITS.items():
            trace[(bits & bit) > 0] |= 1 << TRANSFORMS.index(name)
        return _Matches(
            undone.row[stretch].astype(np.int32), owner, start, end, trace, full,
        )  # fmt: skip

    def _at_word_edges(self, view: View, matches: _Matches) -> npt.NDArray[np.bool_]:
        """Which matches cut no Chinese word in two. Asked of short terms only."""
        kept = np.ones(len(matches.row), np.bool_)
        owners = self._owners
        asked = (owners.auto & owners.han & owners.short)[matches.owner]
        for i in np.flatnonzero(asked).tolist():
            row, start, end = int(matches.row[i]), int(matches.start[i]), int(matches.end[i])
            left = max(int(view.offsets[row]), start - 24)
            right = min(int(view.offsets[row + 1]) - 1, end + 24)
            before = view.data[left:start].tobytes().decode(errors="ignore")
            after = view.data[end:right].tobytes().decode(errors="ignore")
            term = owners.describe(int(matches.owner[i]))[1].decode()
            kept[i] = not cuts_a_word(before, term, after)
        return kept

    def _meant(
        self, text: Utf8, matches: _Matches, start: Int64s, end: Int64s
    ) -> npt.NDArray[np.bool_]:
        """Not a word that a line break happens to make: a new line parts as a full stop does."""
        kept = np.ones(len(matches.row), np.bool_)
        squeezed = 1 << TRANSFORMS.index("squeezed")
        for i in np.flatnonzero((matches.trace & squeezed > 0) & ~matches.full).tolist():
            begin = text.offsets[matches.row[i]]
            kept[i] = b"\n" not in text.data[begin + start[i] : begin + end[i]].tobytes()
        return kept


class _Owners:
    """Which rules a literal belongs to: each pair of them is one owner."""

    def __init__(self, rules: Sequence[Rule], search_demoted: bool) -> None:
        of: dict[bytes, list[int]] = {}
        folded = iter(fold_texts([term for rule in rules for term in rule.terms]))
        weak: set[tuple[bytes, int]] = set()
        for index, rule in enumerate(rules):
            of_term = {term: next(folded) for term in rule.terms}
            weak.update((of_term[term], index) for term in rule.weak)
            literals = {*of_term.values()}
            for literal in literals if search_demoted else literals - rule.demoted:
                of.setdefault(literal, []).append(index)
        self.literals = sorted(of)
        spellings = {literal: number for number, literal in enumerate(self.literals)}
        for number, literal in enumerate(self.literals):
            for spelling in number_styles(literal.decode()):  # 六合彩, 6合彩
                spellings.setdefault(spelling.encode(), number)
        self.spellings = sorted(spellings)
        numbers = [spellings[spelling] for spelling in self.spellings]
        self.literal_of = np.array(numbers, np.int64)
        self.respelled = np.array(
            [s != self.literals[n] for s, n in zip(self.spellings, numbers, strict=True)], np.bool_
        )
        self.patterns = [
            (index, (pattern.regex, pattern.validator))
            for index, rule in enumerate(rules)
            for pattern in rule.spec.patterns
        ]
        pairs = [(literal, index) for literal in self.literals for index in of[literal]]
        pairs += [(pattern[0].encode(), index) for index, pattern in self.patterns]
        self._pairs = pairs
        counts = [*(len(of[literal]) for literal in self.literals), *(1 for _ in self.patterns)]
        self._first = np.cumsum([0, *counts])
        self.rule = np.array([index for _, index in pairs], np.int32)
        levels = [LEVELS.index(rule.spec.confidence) for rule in rules]
        low, medium = LEVELS.index("low"), LEVELS.index("medium")
        self.level = np.array([levels[index] for _, index in pairs], np.int8)
        for number, (literal, index) in enumerate(pairs):
            if literal in rules[index].demoted:
                self.level[number] = low
            elif (literal, index) in weak:
                self.level[number] = max(levels[index], medium)
        self.is_term = np.arange(len(pairs)) < len(pairs) - len(self.patterns)
        auto = np.array([rule.spec.edges == "auto" for rule in rules], np.bool_)
        self.auto = auto[self.rule] & self.is_term
        texts = [literal.decode() for literal, _ in pairs]
        self.han = np.array([_HAN.search(text) is not None for text in texts], np.bool_)
        self.short = np.array([len(text) <= _SHORT for text in texts], np.bool_)
        # an edge matters only where the term itself ends in a word character
        self._left = WORD[[literal[0] for literal, _ in pairs]] & self.auto
        self._right = WORD[[literal[-1] for literal, _ in pairs]] & self.auto
        loose = {literal for literal, index in pairs if rules[index].spec.edges == "none"}
        self.loose = np.array([literal in loose for literal in self.literals], np.bool_)

    def describe(self, owner: int) -> tuple[int, bytes]:
        literal, index = self._pairs[owner]
        return index, literal

    def spread(self, found: Occurrences) -> tuple[Occurrences, Int64s, npt.NDArray[np.intp]]:
        """An occurrence for each rule that has its literal; its owner; and which one it was."""
        counts = self._first[found.literal + 1] - self._first[found.literal]
        which = np.repeat(np.arange(len(counts)), counts)
        nth = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
        spread = found.only(which)
        return spread, self._first[spread.literal] + nth, which

    def inside_word(self, view: View, found: Occurrences, owner: Int64s) -> npt.NDArray[np.bool_]:
        """Does an ASCII word go on beyond an end that has to be an edge?

        Every document is preceded and followed by a separator, which is no word character.
        """
        data, start, end = view.data, found.start, found.end
        left = self._left[owner] & (start > 0) & WORD[data[np.maximum(start - 1, 0)]]
        return left | (self._right[owner] & WORD[data[np.minimum(end, len(data) - 1)]])


def _joined(one: _Matches, other: _Matches) -> _Matches:
    pairs: Iterable[Any] = zip(one, other, strict=True)
    return _Matches(*(np.concatenate(pair) for pair in pairs))


def _outermost(matches: _Matches, rule: npt.NDArray[np.int32]) -> npt.NDArray[np.intp]:
    """Which matches lie in no other of their rule and row, in order of (row, start, end, rule)."""
    row, start, end = matches.row, matches.start, matches.end
    order = np.lexsort((matches.trace, -end, start, rule, row))  # the plain one before the undone
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
