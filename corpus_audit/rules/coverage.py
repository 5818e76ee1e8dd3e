"""What a keyword library holds, against what a standard asks of it. Counts only, no verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from corpus_audit.errors import UsageError
from corpus_audit.rules.clauses import Standard, Threshold
from corpus_audit.rules.model import Rule
from corpus_audit.rules.standards import load_risks
from corpus_audit.text.fold import fold_texts


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """What the library holds for one risk."""

    risk: str
    rules: int
    base: int  # distinct terms as written, after folding, and patterns
    expanded: int  # distinct terms with slots filled, and patterns
    combinations: int  # ways to meet the rules that ask for several terms: never set against needs
    demoted: int  # of these, terms that weigh low because they hit ordinary text
    updated: date | None  # the newest date of its files
    needs: int | None  # terms that the standard asks for; None: it asks for none

    def short(self, held: int) -> int:
        return max((self.needs or 0) - held, 0)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The library against one standard."""

    standard: Standard
    risks: tuple[RiskCoverage, ...]  # of the risks that the standard wants covered
    others: tuple[RiskCoverage, ...]  # terms for further risks
    base: int  # all risks
    expanded: int
    combinations: int
    needs: int | None
    updated: date | None
    age: int | None  # days
    most_days: int | None  # that the standard allows between updates
    undated: tuple[str, ...]  # rule files without a date
    thresholds: tuple[Threshold, ...]  # what the needs were taken from


def cover(rules: Sequence[Rule], standard: Standard, today: date) -> Coverage:
    """Count terms by risk. Deprecated rules do not count.

    A term that several rules of a risk have counts once; so does one of several risks in the total.
    """
    limits = [
        limit
        for clause in standard.clauses
        if clause.topic == "keywords"
        for limit in clause.thresholds
    ]
    if not limits:
        raise UsageError(f"{standard.id} asks nothing of a keyword library. See `standards list`.")
    sets = {one.id: one for one in load_risks().sets}
    needs: dict[str, int] = {}
    for limit in limits:
        if limit.unit == "keywords" and limit.per == "risk" and limit.counted:
            for risk in load_risks().risks:
                if sets[limit.counted].counts(risk.id):
                    needs[risk.id] = int(limit.value)
    total = [limit for limit in limits if limit.unit == "keywords" and limit.per == "corpus"]
    days = [limit for limit in limits if limit.unit == "days"]
    counted = [rule for rule in rules if rule.spec.status != "deprecated"]
    found = sorted({rule.spec.risk for rule in counted} | set(needs))
    by_risk = [
        _risk(risk, [rule for rule in counted if rule.spec.risk == risk], needs.get(risk))
        for risk in found
    ]
    updated = _newest(counted)
    return Coverage(
        standard=standard,
        risks=tuple(one for one in by_risk if one.risk in needs),
        others=tuple(one for one in by_risk if one.risk not in needs),
        base=_base(counted),
        expanded=_expanded(counted),
        combinations=_combinations(counted),
        needs=int(total[0].value) if total else None,
        updated=updated,
        age=(today - updated).days if updated else None,
        most_days=int(days[0].value) if days else None,
        undated=tuple(sorted({str(rule.file) for rule in counted if rule.updated is None})),
        thresholds=tuple(limits),
    )


def _risk(risk: str, rules: Sequence[Rule], needs: int | None) -> RiskCoverage:
    demoted = {term for rule in rules for term in rule.demoted}
    return RiskCoverage(
        risk, len(rules), _base(rules), _expanded(rules), _combinations(rules), len(demoted),
        _newest(rules), needs,
    )  # fmt: skip


def _base(rules: Iterable[Rule]) -> int:
    """Distinct terms as written, and patterns."""
    written = {literal for rule in rules for literal in fold_texts(rule.written or rule.terms)}
    return len(written) + _patterns(rules)


def _expanded(rules: Iterable[Rule]) -> int:
    """Distinct terms with their slots filled, and patterns."""
    terms = {literal for rule in rules for literal in fold_texts(rule.terms)}
    return len(terms) + _patterns(rules)


def _patterns(rules: Iterable[Rule]) -> int:
    return len({pattern.regex for rule in rules for pattern in rule.spec.patterns})


def _combinations(rules: Iterable[Rule]) -> int:
    """Of rules that ask for one of each list: the product of the lists."""
    plain = ((rule, len(rule.terms) + len(rule.spec.patterns)) for rule in rules)
    return sum(rule.expanded for rule, terms in plain if rule.expanded > terms)


def _newest(rules: Iterable[Rule]) -> date | None:
    return max((rule.updated for rule in rules if rule.updated), default=None)
