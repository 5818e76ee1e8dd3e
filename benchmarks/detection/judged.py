"""The shipped rules over plain texts: which risks each one hits, at the regular profile."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from corpus_audit.judge import judge
from corpus_audit.policies import JudgePolicy
from corpus_audit.rules.loader import RuleSet
from corpus_audit.text.buffers import Utf8
from corpus_audit.text.fold import fold

_PART = 20_000  # texts at a time


def hit_risks(rules: RuleSet, texts: Sequence[str]) -> list[frozenset[str]]:
    """The risks that each text hits, judged as a document of its own."""
    infos = [rule.info for rule in rules.rules]
    risks: list[set[str]] = [set() for _ in texts]
    for first in range(0, len(texts), _PART):
        text = Utf8.of(pa.array(texts[first : first + _PART], pa.large_string()))
        hits = judge(rules.matcher.match(text, fold(text)), infos, JudgePolicy())
        for row, risk in zip(hits.row.tolist(), hits.risk.tolist(), strict=True):
            risks[first + row].add(hits.risks[risk])
    return [frozenset(found) for found in risks]


def found_rules(rules: RuleSet, texts: Sequence[str]) -> list[frozenset[str]]:
    """The ids of the rules that match in each text, weak ones too."""
    found: list[set[str]] = [set() for _ in texts]
    for first in range(0, len(texts), _PART):
        text = Utf8.of(pa.array(texts[first : first + _PART], pa.large_string()))
        findings = rules.matcher.match(text, fold(text))
        for row, rule in zip(findings.row.tolist(), findings.rule.tolist(), strict=True):
            found[first + row].add(rules.rules[rule].spec.id)
    return [frozenset(ids) for ids in found]
