"""Terms by their sound: 读博, dubo and du博 for 赌博. An option, and never more than a weak cue.

Only terms of Han characters take part, of rules that want nothing else beside them, and no demoted
ones. Tones do not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from corpus_audit.rules.literals import Literals
from corpus_audit.rules.model import Rule
from corpus_audit.text.buffers import Utf8
from corpus_audit.text.fold import TRANSFORMS, View, fold_texts, locate
from corpus_audit.types import LEVELS, Findings

_LATIN = 6  # letters of a term written in Latin letters alone: shorter ones are any word
_MIXED = 4  # characters of a term that is tried with some of them in Latin letters
_END = "'"  # of each Han character in the pinyin view
_BIT = 1 << TRANSFORMS.index("pinyin")


class PinyinTerms:
    """Finds terms in the pinyin view."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        owners: dict[bytes, set[int]] = {}
        for index, rule in enumerate(rules):
            if any(condition.wanted for condition in rule.conditions):
                continue  # a term that is nothing by itself; `unless` is left aside: these are weak
            pairs = zip(rule.terms, fold_texts(rule.terms), strict=True)
            terms = [term for term, literal in pairs if literal not in rule.demoted]
            terms = [term for term in terms if len(term) > 1 and all(map(_is_han, term))]
            for sound in fold_texts(terms, "pinyin"):
                for form in _forms(sound.decode().removesuffix(_END).split(_END)):
                    owners.setdefault(form.encode(), set()).add(index)
        forms = sorted(owners)
        self._literals = Literals(forms)
        self._rule = np.array([rule for form in forms for rule in sorted(owners[form])], np.int32)
        self._first = np.cumsum([0, *(len(owners[form]) for form in forms)])

    def match(self, text: Utf8, view: View, known: Findings) -> Findings:
        """Weak findings in the pinyin view, without those that are `known` as written."""
        found = self._literals.find(view)
        counts = self._first[found.literal + 1] - self._first[found.literal]
        nth = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        found = found.only(np.repeat(np.arange(len(counts)), counts))
        rule = self._rule[self._first[found.literal] + nth]
        row = (np.searchsorted(view.offsets, found.start, side="right") - 1).astype(np.int32)
        order = np.lexsort((found.end, found.start, row))
        found, rule, row = found.only(order), rule[order], row[order]
        spans = locate(text, view, row, found.start, found.end, "pinyin")
        level = np.full(len(row), LEVELS.index("low"), np.int8)
        heard = Findings(row, rule, spans.start, spans.end, spans.trace | _BIT, level)
        keys, first = np.unique(_keys(heard), return_index=True)  # several forms fit one place
        fresh = np.sort(first[~np.isin(keys, _keys(known))])
        return Findings(*(getattr(heard, name)[fresh] for name in Findings.__slots__))


def _forms(syllables: Sequence[str]) -> Iterator[str]:
    """As Han characters of that sound; in Latin letters; and begun in one way and ended in the
    other."""
    han, latin = "".join(s + _END for s in syllables), "".join(syllables)
    yield han
    if len(latin) >= _LATIN:
        yield latin
    if len(syllables) <= _MIXED:
        for cut in range(1, len(syllables)):
            head, tail = syllables[:cut], syllables[cut:]
            yield "".join(head) + "".join(s + _END for s in tail)
            yield "".join(s + _END for s in head) + "".join(tail)


def _keys(findings: Findings) -> npt.NDArray[np.void]:
    columns = (findings.row, findings.rule, findings.start, findings.end)
    stacked = np.ascontiguousarray(np.stack([c.astype(np.int64) for c in columns], axis=1))
    return stacked.view([("", np.int64)] * 4).ravel()


def _is_han(char: str) -> bool:
    return "\u4e00" <= char < "\ua000"
