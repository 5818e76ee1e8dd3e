"""From an amount and a limit to a verdict. Only what is strictly over a limit is over it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from corpus_audit.assess.model import ClauseOutcome
from corpus_audit.gate.model import Amount, Level, Outcome, Pardon, Unclear, Verdict
from corpus_audit.limits import COVERAGE, ClauseGate, Limit, Waiver
from corpus_audit.rules.clauses import Words


def decide(limit: Limit, source: str, amount: Amount) -> Verdict:
    """Hold an amount against a limit."""
    level, unclear = _level(limit, amount)
    if limit.name == COVERAGE and level == "fail":
        level, unclear = "undecided", "unseen"  # too much is unknown: that decides nothing
    return Verdict(
        limit=limit.name,
        measure=limit.measure,
        value=limit.value,
        source=source,
        level=level,
        amount=amount,
        unit=limit.unit,
        warn=limit.warn,
        fail=limit.fail,
        unclear=unclear,
    )


def ends(limit: Limit, amount: Amount) -> tuple[float, float | None]:
    """The least and the most that the amount may be; None: nobody can tell."""
    if limit.unit == "documents":
        return amount.hit, None if amount.lost else amount.hit + amount.unseen
    seen = amount.of + amount.unseen
    if not seen:
        return 0.0, None if amount.lost else 0.0
    if amount.lost:
        return 0.0, None
    if amount.low is not None and amount.high is not None:
        return amount.low, amount.high
    return amount.hit / seen, (amount.hit + amount.unseen) / seen


def _level(limit: Limit, amount: Amount) -> tuple[Level, Unclear | None]:
    if not amount.measured:
        return ("undecided", "unmeasured") if limit.fail is not None else ("warn", "unmeasured")
    least, most = ends(limit, amount)
    if limit.fail is not None:
        if least > limit.fail:
            return "fail", None
        if most is None:
            return "undecided", "lost"
        if most > limit.fail:
            return "undecided", "few" if amount.low is not None else "unseen"
    if limit.warn is not None and least > limit.warn:
        return "warn", None
    return "pass", None


def decide_clause(gate: ClauseGate, found: ClauseOutcome) -> Verdict:
    """Obey the outcome of a clause, where the policy names it."""
    outcome = found.outcome
    level: Level = "fail" if outcome in gate.fail else "warn" if outcome in gate.warn else "pass"
    mark = "*" if found.provisional else ""
    return Verdict(
        limit=gate.id,
        measure="clause",
        value=outcome,
        source="",
        level=level,
        clause=Words(
            zh=f"{found.number}{mark} {found.title.zh}", en=f"{found.number}{mark} {found.title.en}"
        ),
        reason=found.reason,
        todo=found.next,
    )


def pardon(
    verdicts: Iterable[Verdict], limits: Sequence[Limit], waivers: Sequence[Waiver]
) -> tuple[list[Verdict], list[Waiver]]:
    """Verdicts with waivers applied, and the waivers that nothing needed."""
    by_name = {limit.name: limit for limit in limits}
    unused = list(waivers)
    answers = []
    for verdict in verdicts:
        if verdict.gates:
            for waiver in waivers:
                if _pardons(waiver, verdict, by_name.get(verdict.limit)):
                    if waiver in unused:
                        unused.remove(waiver)
                    terms = Pardon(waiver.owner, waiver.reason, str(waiver.expires), waiver.up_to)
                    verdict = replace(verdict, level="waived", pardon=terms)
                    break
        answers.append(verdict)
    return answers, unused


def _pardons(waiver: Waiver, verdict: Verdict, limit: Limit | None) -> bool:
    if waiver.limit != verdict.limit or not fnmatchcase(verdict.source, waiver.source):
        return False
    if waiver.up_to is None or limit is None or verdict.amount is None:
        return True
    _, most = ends(limit, verdict.amount)
    return most is not None and most <= waiver.up_to


def outcome_of(verdicts: Iterable[Verdict]) -> Outcome:
    """fail where a limit is surely not kept; undecided where one may not be; else pass."""
    levels = {verdict.level for verdict in verdicts}
    return "fail" if "fail" in levels else "undecided" if "undecided" in levels else "pass"
