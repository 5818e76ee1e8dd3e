"""Which terms hit text that is presumed clean, and so should weigh little?

Terms are counted alone, without the conditions of their rules, once a document. Evidence on a term
that was never seen is thin, so the dictionary's count of a word stands in for it, and the answer is
checked on text that it was not drawn from: by each half of the documents for the other half.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from corpus_audit import __version__
from corpus_audit.errors import UsageError
from corpus_audit.plan import Plan
from corpus_audit.readers.registry import reader_named
from corpus_audit.rules.demotions import Demotion
from corpus_audit.rules.matcher import Matcher
from corpus_audit.rules.model import Rule
from corpus_audit.rules.word_frequency import word_frequencies
from corpus_audit.text.batch import Batch
from corpus_audit.text.fold import View
from corpus_audit.types import ReadOptions

_KEPT = 100  # documents remembered for a term; one with more is too common to be in doubt
_ROOM = 1 << 21  # pairs of document and term held before those of common terms are let go

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TermRate:
    """How often one term of one rule stood in the corpus."""

    rule: int  # index into the rules
    term: str  # folded; or the regular expression
    hit: int  # documents
    rate: float
    upper: float  # one-sided 95 % bound (Clopper and Pearson)
    reason: str  # "hit", "common", or "" where the term keeps its confidence


@dataclass(frozen=True, slots=True)
class SourceRate:
    """Documents of a source with any term."""

    source: str
    documents: int
    before: int
    after: int | None  # with a term that the other half did not demote; None: not measured


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a corpus says about the terms of rules."""

    documents: int
    unread: int  # records and stretches that could not be read
    terms: tuple[TermRate, ...]  # most frequent first
    searched: int  # terms and patterns
    sources: tuple[SourceRate, ...]  # by name

    @property
    def demoted(self) -> list[TermRate]:
        return [term for term in self.terms if term.reason]

    def demotions(self, rules: Sequence[Rule], corpus: str, today: date) -> list[Demotion]:
        """The rows of a demotion file."""
        tool = f"corpus-audit {__version__}"
        return [
            Demotion(
                rules[one.rule].spec.id, one.term, one.hit, self.documents, one.rate, one.upper,
                one.reason, corpus, today.isoformat(), tool,
            )
            for one in self.demoted
        ]  # fmt: skip


def upper_bound(hit: Counts, documents: int) -> npt.NDArray[np.float64]:
    """One-sided 95 % bound of a share (Clopper and Pearson, 1934)."""
    from scipy.stats import beta

    bound: npt.NDArray[np.float64] = np.where(
        hit < documents, beta.ppf(0.95, hit + 1, np.maximum(documents - hit, 1)), 1.0
    )
    return bound


def calibrate(
    plan: Plan, rules: Sequence[Rule], options: ReadOptions, max_rate: float = 1e-4
) -> Calibration:
    """Count the documents with each term and say which terms to demote.

    A term is demoted where the corpus does not show, at 95 %, that it stands in at most `max_rate`
    of documents, and it was seen there or is a word that by jieba's dictionary may stand in more.
    Terms of rules with conditions, and patterns, are counted only: alone they say nothing.
    """
    matcher = Matcher(rules, undo=False)
    seen = _Seen(matcher)
    for part in (part for unit in plan.units for part in unit.parts):
        for item in reader_named(part.reader).read(part, options):
            if isinstance(item, Batch):
                seen.add(item)
            else:
                seen.unread += 1
    if not seen.documents:
        raise UsageError("no document in the corpus: nothing can be measured on it. Check --on.")
    seen.unread += len(plan.losses)
    return _judged(seen, rules, max_rate)


class _Seen:
    """Documents counted by term, by source and by half."""

    def __init__(self, matcher: Matcher) -> None:
        self.matcher = matcher
        self.documents = self.unread = self.han = 0
        self.hits = np.zeros((2, matcher.owners), np.int64)  # by half: even and odd documents
        self.sources: dict[str, int] = {}
        self.total: list[int] = []
        self.before: list[int] = []
        self._pairs = np.zeros((0, 3), np.int64)  # document, term, source

    def add(self, batch: Batch) -> None:
        view = batch.view("plain")
        self.han += _han_chars(view)
        row, owner = self.matcher.terms(view)
        pairs = np.unique(row.astype(np.int64) * self.hits.shape[1] + owner)
        row, owner = np.divmod(pairs, self.hits.shape[1])
        names = batch.records.column("source").dictionary_encode()
        of = np.array([self._number(name) for name in names.dictionary.to_pylist()], np.int64)
        source = of[names.indices.to_numpy(zero_copy_only=False)]
        for number, times in zip(*np.unique(source, return_counts=True), strict=True):
            self.total[number] += int(times)
        for number, times in zip(
            *np.unique(source[np.unique(row)], return_counts=True), strict=True
        ):
            self.before[number] += int(times)
        document = row + self.documents
        np.add.at(self.hits, (document % 2, owner), 1)
        self._pairs = np.r_[self._pairs, np.c_[document, owner, source[row]]]
        if len(self._pairs) > _ROOM:
            self._pairs = self.pairs()
        self.documents += len(batch)

    def pairs(self) -> Counts:
        """Document, term and source, for terms that few documents hold."""
        rare = self.hits.sum(axis=0) <= _KEPT
        kept: Counts = self._pairs[rare[self._pairs[:, 1]]]
        return kept

    def _number(self, name: str) -> int:
        number = self.sources.setdefault(name, len(self.sources))
        if number == len(self.total):
            self.total.append(0)
            self.before.append(0)
        return number


def _judged(seen: _Seen, rules: Sequence[Rule], max_rate: float) -> Calibration:
    described = [seen.matcher.term_of(owner) for owner in range(seen.hits.shape[1])]
    texts = [literal.decode() for _, literal in described]
    free = np.array([not rules[rule].conditions for rule, _ in described], np.bool_)
    free &= seen.matcher.is_term
    common = _common(texts, seen.han / seen.documents) > max_rate

    def demoted(
        hit: Counts, documents: int
    ) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64]]:
        upper = upper_bound(hit, documents)
        return free & (upper > max_rate) & ((hit > 0) | common), upper

    hit = seen.hits.sum(axis=0)
    chosen, upper = demoted(hit, seen.documents)
    terms = [
        TermRate(
            described[i][0], texts[i], int(hit[i]), int(hit[i]) / seen.documents, float(upper[i]),
            ("hit" if hit[i] else "common") if chosen[i] else "",
        )
        for i in np.lexsort((np.arange(len(hit)), -hit)).tolist()
        if hit[i] or chosen[i]
    ]  # fmt: skip
    after: Counts | None = None
    if seen.documents * max_rate <= _KEPT / 2 and seen.documents > 1:
        pairs = seen.pairs()
        left = []
        for half, documents in enumerate(((seen.documents + 1) // 2, seen.documents // 2)):
            kept = ~demoted(seen.hits[half], documents)[0]
            other = pairs[(pairs[:, 0] % 2 != half) & kept[pairs[:, 1]]]
            left.append(other[np.unique(other[:, 0], return_index=True)[1], 2])
        after = np.bincount(np.concatenate(left), minlength=len(seen.total))
    sources = [
        SourceRate(
            name, seen.total[i], seen.before[i], None if after is None else int(after[i])
        )
        for name, i in sorted(seen.sources.items())
    ]  # fmt: skip
    return Calibration(seen.documents, seen.unread, tuple(terms), len(hit), tuple(sources))


def _common(texts: Sequence[str], chars: float) -> npt.NDArray[np.float64]:
    """One-sided 95 % bound of the share of documents that hold each word, by the dictionary."""
    from scipy.stats import chi2

    words = word_frequencies()
    times = np.array([words.seen.get(text, 0) for text in texts], np.int64)
    return words.share(np.where(times > 0, chi2.ppf(0.95, 2 * times + 2) / 2, 0.0), chars)


def _han_chars(view: View) -> int:
    """Chinese characters, by the first of their bytes: U+4000 to U+9FFF."""
    return int(np.count_nonzero((view.data >= 0xE4) & (view.data <= 0xE9)))
