"""The shipped rules over plain texts: which risks each one hits, at the regular profile.

With `sounds` terms are also found by their sound, as `--evasion pinyin` asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields

import numpy as np
import pyarrow as pa

from corpus_audit.judge import judge
from corpus_audit.policies import JudgePolicy
from corpus_audit.rules.loader import RuleSet
from corpus_audit.rules.pinyin import PinyinTerms
from corpus_audit.text.buffers import Utf8
from corpus_audit.text.fold import fold
from corpus_audit.types import Findings

_PART = 20_000  # texts at a time


def hit_risks(
    rules: RuleSet, texts: Sequence[str], sounds: PinyinTerms | None = None
) -> list[frozenset[str]]:
    """The risks that each text hits, judged as a document of its own."""
    infos = [rule.info for rule in rules.rules]
    risks: list[set[str]] = [set() for _ in texts]
    for first, findings in _findings(rules, texts, sounds):
        hits = judge(findings, infos, JudgePolicy())
        for row, risk in zip(hits.row.tolist(), hits.risk.tolist(), strict=True):
            risks[first + row].add(hits.risks[risk])
    return [frozenset(found) for found in risks]


def found_rules(
    rules: RuleSet, texts: Sequence[str], sounds: PinyinTerms | None = None
) -> list[frozenset[str]]:
    """The ids of the rules that match in each text, weak ones too."""
    found: list[set[str]] = [set() for _ in texts]
    for first, findings in _findings(rules, texts, sounds):
        for row, rule in zip(findings.row.tolist(), findings.rule.tolist(), strict=True):
            found[first + row].add(rules.rules[rule].spec.id)
    return [frozenset(ids) for ids in found]


def _findings(
    rules: RuleSet, texts: Sequence[str], sounds: PinyinTerms | None
) -> Iterator[tuple[int, Findings]]:
    """Findings of a part of the texts, with the number of its first one."""
    for first in range(0, len(texts), _PART):
        text = Utf8.of(pa.array(texts[first : first + _PART], pa.large_string()))
        found = rules.matcher.match(text, fold(text))
        if sounds is not None:
            heard = sounds.match(text, fold(text, "pinyin"), found)
            names = [field.name for field in fields(Findings)]
            found = Findings(
                *(np.concatenate((getattr(found, n), getattr(heard, n))) for n in names)
            )
        yield first, found
