"""Two versions of a library: which rules came, went and changed, term by term."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from corpus_audit.rules.model import Rule
from corpus_audit.text.fold import fold_texts

_TERMS = {"terms", "lexicon", "all", "near", "unless", "unless_far"}  # compared as they expand


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What became of one rule."""

    id: str
    kind: str  # added | removed | changed
    terms_added: tuple[str, ...] = ()
    terms_removed: tuple[str, ...] = ()
    demoted: tuple[str, ...] = ()  # folded terms that now weigh low
    promoted: tuple[str, ...] = ()  # and those that no longer do
    settings: tuple[tuple[str, Any, Any], ...] = ()  # (key, before, after)


def compare(before: Sequence[Rule], after: Sequence[Rule]) -> list[RuleChange]:
    """Changes by rule id. Terms are compared as they are searched: folded, slots filled."""
    old = {rule.spec.id: rule for rule in before}
    new = {rule.spec.id: rule for rule in after}
    return [
        change
        for id in sorted({*old, *new})
        if (change := _change(id, old.get(id), new.get(id))) is not None
    ]


def _change(id: str, old: Rule | None, new: Rule | None) -> RuleChange | None:
    if old is None or new is None:
        rule = old or new
        assert rule is not None
        terms = tuple(rule.terms)
        if old is None:
            return RuleChange(id, "added", terms_added=terms)
        return RuleChange(id, "removed", terms_removed=terms)
    one, other = _by_literal(old), _by_literal(new)
    change = RuleChange(
        id,
        "changed",
        tuple(term for literal, term in other.items() if literal not in one),
        tuple(term for literal, term in one.items() if literal not in other),
        tuple(sorted(literal.decode() for literal in new.demoted - old.demoted)),
        tuple(sorted(literal.decode() for literal in old.demoted - new.demoted)),
        tuple(_settings(old, new)),
    )
    return None if change == RuleChange(id, "changed") else change


def _by_literal(rule: Rule) -> dict[bytes, str]:
    return dict(zip(fold_texts(rule.terms), rule.terms, strict=True))


def _settings(old: Rule, new: Rule) -> Iterator[tuple[str, Any, Any]]:
    """What differs besides terms; contexts count as what they hold."""
    one = old.spec.model_dump(mode="json", exclude=_TERMS)
    other = new.spec.model_dump(mode="json", exclude=_TERMS)
    for key, value in one.items():
        if value != other[key]:
            yield key, value, other[key]
    if old.conditions != new.conditions:
        for wanted, name in ((True, "all, near"), (False, "unless")):
            one_side, other_side = (
                {text for c in rule.conditions if c.wanted is wanted for text in c.literals}
                for rule in (old, new)
            )
            if one_side != other_side:
                yield name, sorted(one_side - other_side), sorted(other_side - one_side)
