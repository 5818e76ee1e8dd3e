"""The outcome of one clause from its limits and the evidence it is decided by.

What bars comes first: a failed limit or evidence against the clause needs no further paper. Then
what is missing, then what is not decidable, then what waits for a person. Only what is left passes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from corpus_audit.assess.facts import Facts, Measured, Shown, joined, words
from corpus_audit.assess.model import Check, ClauseOutcome, EvidenceUse, Limit, Outcome
from corpus_audit.assess.shares import percent
from corpus_audit.policies import Policy
from corpus_audit.rules.clauses import Clause, Evidence, Threshold, Words

_SHOWN = 3  # sentences of a reason


def judge_clause(
    clause: Clause, facts: Facts, evidence: Mapping[str, Evidence], policy: Policy
) -> ClauseOutcome:
    """One clause, never passed where evidence is missing."""
    shown = {key: facts.shown(clause, key) for _, keys in clause.decided_by.items() for key in keys}
    checks = tuple(_checks(clause, facts, policy))
    uses = tuple(_use(evidence[key], one) for key, one in shown.items())
    outcome, reason, following = _decide(clause, facts, shown, checks, evidence)
    return ClauseOutcome(
        id=clause.id,
        number=clause.number,
        provisional=clause.provisional,
        topic=clause.topic,
        title=clause.title,
        summary=clause.summary,
        modality=clause.modality,
        verified=clause.verified,
        advisory=clause.modality == "should",
        draft_derived=is_draft_derived(clause),
        outcome=outcome,
        reason=reason,
        next=following,
        checks=checks,
        evidence=uses,
    )


def is_draft_derived(clause: Clause) -> bool:
    """Was the clause, or a limit of it, read in a draft or told by others?"""
    weak = ("draft-derived", "secondary")
    return clause.verified in weak or any(limit.verified in weak for limit in clause.thresholds)


def limit_of(clause: Clause, threshold: Threshold, policy: Policy) -> Limit:
    """A threshold as it is applied under a policy."""
    own = policy.assess.limit(clause.id, threshold.name)
    if own is None and threshold.name == "source_bad_share":
        own = policy.ratio.limit
    value = threshold.value if own is None else own
    return Limit(
        name=threshold.name,
        value=value,
        comparison=threshold.comparison,
        meaning=threshold.meaning,
        unit=threshold.unit,
        per=threshold.per,
        modality=threshold.modality,
        clause=threshold.clause,
        provisional=threshold.provisional,
        verified=threshold.verified,
        from_policy=value != threshold.value,
    )


def _checks(clause: Clause, facts: Facts, policy: Policy) -> list[Check]:
    found: list[Check] = []
    for threshold in clause.thresholds:
        limit = limit_of(clause, threshold, policy)
        found += [
            _check(threshold, limit, one) for one in facts.measured(clause, threshold.name) or ()
        ]
    return found


def _check(threshold: Threshold, limit: Limit, measured: Measured) -> Check:
    outcome = measured.outcome
    value = measured.observed.value
    if outcome is None:
        applied = threshold.model_copy(update={"value": limit.value})
        kept = value is not None and applied.met(value)
        outcome = "inconclusive" if value is None else "pass" if kept else "fail"
    said = _value(threshold, value)
    line = f"{limit.comparison} {_value(threshold, limit.value)}"
    effect_zh = "触发即不合格" if limit.meaning == "bars" else "须达到"
    effect_en = "bars" if limit.meaning == "bars" else "required"
    reason = measured.reason or words(
        f"观察值 {said}，限值 {line}（{effect_zh}）。",
        f"Observed {said}, limit {line} ({effect_en}).",
    )
    return Check(
        subject=measured.subject,
        limit=limit,
        observed=measured.observed,
        bounds=measured.bounds,
        outcome=outcome,
        reason=reason,
    )


def _value(threshold: Threshold, value: float | None) -> str:
    if value is None:
        return "?"
    return percent(value) if threshold.unit.startswith("share of") else f"{value:,.10g}"


def _use(evidence: Evidence, shown: Shown) -> EvidenceUse:
    return EvidenceUse(
        key=evidence.key,
        by=evidence.by,
        what=evidence.what,
        optional=evidence.optional,
        present=shown.present,
        pointers=shown.pointers,
        missing=shown.missing,
    )


def _decide(
    clause: Clause,
    facts: Facts,
    shown: Mapping[str, Shown],
    checks: Sequence[Check],
    evidence: Mapping[str, Evidence],
) -> tuple[Outcome, Words, Words | None]:
    if (why := facts.not_applicable(clause)) is not None:
        return "not-applicable", why, None
    # a should-limit of a must-clause is told, and changes nothing
    binding = [
        check for check in checks if check.limit.modality != "should" or clause.modality == "should"
    ]
    against = [each for one in shown.values() for each in one.against]
    against += [_named(check) for check in binding if check.outcome == "fail"]
    if against:
        return (
            "fail",
            _first(against),
            words(
                "消除不符合之处（删除数据或弃用来源）后重新扫描并评估；或在报告中写明等效措施及其证明。",
                "Remove what does not conform (the data, or the source), scan and assess again; or "
                "state equivalent measures with proof of their effect in the report.",
            ),
        )
    needed = {key: one for key, one in shown.items() if not evidence[key].optional}
    short = {key: one for key, one in needed.items() if not one.present}
    papers = {key: one for key, one in short.items() if evidence[key].by != "human"}
    if papers:
        what = [_missing(evidence[key], one) for key, one in papers.items()]
        following = [one.get for one in papers.values() if one.get]
        return "needs-evidence", _first(what), joined(list(dict.fromkeys(following))[:_SHOWN])
    if lacking := [check for check in binding if check.outcome == "needs-evidence"]:
        return (
            "needs-evidence",
            _first([_named(check) for check in lacking]),
            words("补充所缺证据后重新评估。", "Supply what is missing and assess again."),
        )
    if open_ := [check for check in binding if check.outcome == "inconclusive"]:
        return (
            "inconclusive",
            _first([_named(check) for check in open_]),
            words(
                "扩大样本或修复未见的记录，然后重新评估。",
                "Draw a larger sample or mend the records that went unseen, then assess again.",
            ),
        )
    waiting = [_named(check) for check in binding if check.outcome == "needs-person"]
    people = [one for key, one in needed.items() if evidence[key].by == "human"]
    if not people or not all(one.present for one in people):  # who judged the clause saw these
        waiting += [each for one in shown.values() if not one.judged for each in one.look]
    waiting += [
        words(
            f"须由人判断：{evidence[key].what.zh}。", f"A person judges: {evidence[key].what.en}."
        )
        for key in short
    ]
    if waiting:
        following = [one.get for one in short.values() if one.get]
        return (
            "needs-person",
            _first(waiting),
            joined(list(dict.fromkeys(following))[:_SHOWN])
            if (following)
            else words("由人复核并记录判断。", "Have a person look, and record the judgement."),
        )
    said = [one.shows for one in shown.values() if one.shows]
    said += [_named(check) for check in binding]
    return "pass", _first(said) if said else words("证据齐备。", "All evidence is there."), None


def _named(check: Check) -> Words:
    if not check.subject:
        return check.reason
    return words(f"{check.subject}：{check.reason.zh}", f"{check.subject}: {check.reason.en}")


def _missing(evidence: Evidence, shown: Shown) -> Words:
    where = ", ".join(shown.missing[:5]) + (" ..." if len(shown.missing) > 5 else "")
    zh = f"缺少：{evidence.what.zh}" + (f"（{where}）" if where else "")
    en = f"Missing: {evidence.what.en}" + (f" ({where})" if where else "")
    return words(f"{zh}。", f"{en}.")


def _first(sentences: Sequence[Words]) -> Words:
    """The first few, and how many more there are."""
    told = list(sentences[:_SHOWN])
    if (more := len(sentences) - len(told)) > 0:
        told.append(words(f"另有 {more} 项。", f"And {more} more."))
    return joined(told)
