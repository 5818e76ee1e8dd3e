"""What is wrong, or does nothing, in rules that load."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpus_audit.rules.edges import cuts_a_word
from corpus_audit.rules.expansion import ESCAPE
from corpus_audit.rules.loader import RuleSet, failed_examples
from corpus_audit.rules.matcher import Matcher
from corpus_audit.rules.model import Rule
from corpus_audit.rules.patterns import Patterns
from corpus_audit.rules.word_frequency import word_frequencies
from corpus_audit.text.buffers import Utf8
from corpus_audit.text.fold import fold, fold_texts

_COMMON = 600  # occurrences in the 60 million words behind jieba's dictionary: 1 in 100,000
_SHORT = 3


class Remark(NamedTuple):
    """One thing to mend (fault) or to look at (warning)."""

    kind: str
    level: Literal["fault", "warning"]
    where: str  # file:line
    rule: str
    text: str  # what, and what to do


def lint(loaded: RuleSet) -> list[Remark]:
    """Everything that can be said of loaded rules, in order of their places."""
    rules = loaded.rules
    remarks = [
        Remark(
            "example", "fault", _at(rule), rule.spec.id, f"{fault}. Mend the rule or the example"
        )
        for rule, fault in failed_examples(loaded)
    ]
    for check in (_dead, _shadowed, _doubled, _common, _patterns, _without_effect):
        remarks += check(rules)
    order = {rule.spec.id: number for number, rule in enumerate(rules)}
    return sorted(remarks, key=lambda remark: (order[remark.rule], remark.level))


def _dead(rules: Sequence[Rule]) -> Iterator[Remark]:
    """Terms that are not found even where nothing else stands."""
    asked = [(index, term) for index, rule in enumerate(rules) for term in rule.terms]
    free = _found([replace(rule, conditions=()) for rule in rules], asked)
    unless = [
        replace(rule, conditions=tuple(c for c in rule.conditions if not c.wanted))
        for rule in rules
    ]
    held = _found(unless, asked)
    for row, (index, term) in enumerate(asked):
        rule = rules[index]
        if not free[row]:
            text = f'term {term!r} is never found, not even alone. Remove it, or set edges = "none"'
            yield Remark("dead", "fault", _at(rule, term), rule.spec.id, text)
        elif not held[row]:
            words = (w for c in rule.conditions if not c.wanted for w in c.literals)
            folded = fold_texts([term])[0]
            within = next((w for w in words if fold_texts([w])[0] in folded), "?")
            text = (
                f"term {term!r} holds {within!r} of its own `unless`: it never counts. Remove one"
            )
            yield Remark("cancelled", "fault", _at(rule, term), rule.spec.id, text)


def _found(rules: Sequence[Rule], asked: Sequence[tuple[int, str]]) -> npt.NDArray[np.bool_]:
    """Does the rule match the whole of the text?"""
    text = Utf8.of(pa.array([term for _, term in asked], pa.large_string()))
    found = Matcher(rules, undo=False).match(text, fold(text))
    own = np.array([index for index, _ in asked], np.int64)
    whole = np.array([len(term) for _, term in asked], np.int64)
    fits = (found.rule == own[found.row]) & (found.end - found.start == whole[found.row])
    hit = np.zeros(len(asked), np.bool_)
    hit[found.row[fits]] = True
    return hit


def _shadowed(rules: Sequence[Rule]) -> Iterator[Remark]:
    """Terms that hold a shorter one of their rule, which is found wherever they are.

    Rules with conditions are left out: a longer match reaches further.
    """
    asked = [
        (index, term, literal)
        for index, rule in enumerate(rules)
        if not rule.conditions
        for term, literal in zip(rule.terms, fold_texts(rule.terms), strict=True)
    ]
    matcher = Matcher(rules, undo=False)
    text = Utf8.of(pa.array([term for _, term, _ in asked], pa.large_string()))
    told: set[int] = set()
    for row, owner in zip(*(column.tolist() for column in matcher.terms(fold(text))), strict=True):
        index, term, literal = asked[row]
        other, inner = matcher.term_of(owner)
        rule = rules[index]
        same = index == other and inner != literal and inner in literal
        if row in told or not same or (literal in rule.demoted) != (inner in rule.demoted):
            continue
        before, _, after = literal.decode().partition(inner.decode())
        short = len(inner.decode()) <= _SHORT and rule.spec.edges == "auto"
        if short and cuts_a_word(before, inner.decode(), after):
            continue
        told.add(row)
        said = f"term {term!r} adds nothing to {inner.decode()!r} of the same rule. Remove it"
        yield Remark("shadowed", "warning", _at(rule, term), rule.spec.id, said)


def _doubled(rules: Sequence[Rule]) -> Iterator[Remark]:
    """Terms that two rules of one risk have, under the same conditions."""
    first: dict[tuple[str, object, bytes], Rule] = {}
    for rule in rules:
        for term, literal in zip(rule.terms, fold_texts(rule.terms), strict=True):
            key = (rule.spec.risk, rule.conditions, literal)
            other = first.setdefault(key, rule)
            if other is not rule:
                said = (
                    f'term {term!r} is one of rule "{other.spec.id}" ({_at(other, term)}) of the '
                    "same risk, too. Keep one: both together would weigh twice"
                )
                yield Remark("double", "warning", _at(rule, term), rule.spec.id, said)


def _common(rules: Sequence[Rule]) -> Iterator[Remark]:
    """Anchors that are common words."""
    seen = word_frequencies().seen
    for rule in rules:
        for term, literal in zip(rule.terms, fold_texts(rule.terms), strict=True):
            times = seen.get(literal.decode(), 0)
            if times >= _COMMON and literal not in rule.demoted:
                said = (
                    f"term {term!r} is a common word ({times:,} times in 60 million of jieba's "
                    "dictionary). Search a longer phrase, or run `rules calibrate`"
                )
                yield Remark("common", "warning", _at(rule, term), rule.spec.id, said)


def _patterns(rules: Sequence[Rule]) -> Iterator[Remark]:
    """Patterns that match none of the hits of their rule."""
    for rule in rules:
        text = Utf8.of(pa.array(rule.spec.hits, pa.large_string()))
        for pattern in rule.spec.patterns:
            if not len(Patterns([(pattern.regex, pattern.validator)]).find(fold(text)).literal):
                said = f"regex {pattern.regex!r} matches none of the hits. Add one that it finds"
                yield Remark("pattern", "warning", _at(rule), rule.spec.id, said)


def _without_effect(rules: Sequence[Rule]) -> Iterator[Remark]:
    undated = set()
    for rule in rules:
        literals = set(fold_texts(rule.terms))
        if rule.spec.status == "deprecated":
            said = "deprecated: it counts for no standard and is still searched. Remove it"
            yield Remark("effect", "warning", _at(rule), rule.spec.id, said)
        if literals and literals <= rule.demoted and not rule.spec.patterns:
            said = (
                "all terms are demoted: the profile `regular` never finds it. Write longer phrases"
            )
            yield Remark("effect", "warning", _at(rule), rule.spec.id, said)
        if rule.updated is None and rule.file not in undated:
            undated.add(rule.file)
            said = "no date: write `updated = 2026-11-23` first in the file, or its age is unknown"
            yield Remark("date", "warning", f"{rule.file}:1", rule.spec.id, said)


def _at(rule: Rule, term: str = "") -> str:
    """File and line of a term, as far as it stands there as it is; else of its rule."""
    if rule.spec.lexicon and term not in rule.spec.terms:
        lexicon = rule.file.parent / rule.spec.lexicon
        number_of = _numbers(lexicon, lexicon.stat().st_mtime_ns)
        if number := number_of.get(term) or number_of.get(ESCAPE + term):
            return f"{lexicon}:{number}"
    if term:
        lines = _lines(rule.file, rule.file.stat().st_mtime_ns)
        for number, line in enumerate(lines[rule.line - 1 :], rule.line):
            if f'"{term}"' in line:
                return f"{rule.file}:{number}"
            if number > rule.line and line.lstrip().startswith("[["):
                break
    return f"{rule.file}:{rule.line}"


@cache
def _lines(file: Path, _stamp: int) -> list[str]:
    return file.read_text(encoding="utf-8-sig").splitlines()


@cache
def _numbers(file: Path, stamp: int) -> dict[str, int]:
    lines = enumerate(_lines(file, stamp), 1)
    return {line.strip(): number for number, line in lines}
