"""A gate: hold a finished audit against a policy and say whether the data may in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from corpus_audit import __version__
from corpus_audit.assess.bounds import sampled
from corpus_audit.assess.model import Assessment
from corpus_audit.audit.store import AuditStore
from corpus_audit.config import digest_of
from corpus_audit.errors import UsageError
from corpus_audit.gate.baseline import against
from corpus_audit.gate.counted import Audited
from corpus_audit.gate.deciding import decide, decide_clause, outcome_of, pardon
from corpus_audit.gate.model import LEVELS, Amount, Decision, Verdict
from corpus_audit.gate.places import locate
from corpus_audit.gate.story import FEW_DAYS
from corpus_audit.limits import Limit, Waiver, check_waivers
from corpus_audit.policies import Policy
from corpus_audit.rules.clauses import Words


def decide_audit(
    audit: str,
    policy: Policy,
    *,
    name: str = "default",
    assessment: Assessment | None = None,
    baseline: str | None = None,
    today: date | None = None,
) -> Decision:
    """Hold an audit against every limit of a policy."""
    check_waivers(policy.waiver, name, today)
    audited = Audited(AuditStore(audit), policy)
    _check_judged(audited, policy, name)
    limits = policy.gated
    drawn = _drawn(assessment)
    verdicts = [
        decide(limit, source, _bounded(limit, source, amount, drawn))
        for limit in limits
        for source, amount in audited.amounts(limit).items()
    ]
    day = today or date.today()
    notes = [_ending(waiver, day) for waiver in policy.waiver if _ends_soon(waiver, day)]
    if baseline is not None:
        earlier = Audited(AuditStore(baseline), policy)
        verdicts = against(verdicts, limits, audited, earlier)
        notes += _notes_on(earlier, audited)
    verdicts += _clauses(policy, assessment)
    verdicts, unused = pardon(verdicts, limits, policy.waiver)
    ordered = _ordered(locate(verdicts, limits, audited))
    total = audited.tally.total()
    return Decision(
        outcome=outcome_of(ordered),
        audit=audit,
        policy=name,
        policy_digest=digest_of(policy.model_dump(mode="json")),
        standard=assessment.number if assessment else "",
        baseline=baseline,
        sources=len(audited.names),
        documents=total.documents,
        counted=policy.ratio.counted,
        profile=policy.judge.profile,
        verdicts=ordered,
        # with a baseline less fails, so what is not needed now may be needed without it
        unused_waivers=() if baseline else tuple(waiver.named() for waiver in unused),
        notes=tuple(notes),
        tool_version=__version__,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        counts={level: sum(v.level == level for v in ordered) for level in LEVELS},
    )


def _check_judged(audited: Audited, policy: Policy, name: str) -> None:
    """Raise UsageError where the audit's hits were judged in another way than the policy asks."""
    judged = Policy.model_validate(audited.manifest["policy"]).judge
    if judged != policy.judge:
        raise UsageError(
            f"{audited.store.url}: its hits were judged under another [judge] than that of {name}, "
            "so its counts are not what the policy asks for. Scan again with that policy "
            "(`corpus-audit gate PATH --policy`), or make the two tables the same."
        )


def _drawn(assessment: Assessment | None) -> dict[str, int | None]:
    """Sources of which a sample was scanned, and of how many documents it was drawn."""
    return {
        source.source: source.population
        for source in (assessment.sources if assessment else ())
        if source.share.bounds is not None and source.share.bounds.method != "census"
    }


def _bounded(limit: Limit, source: str, amount: Amount, drawn: dict[str, int | None]) -> Amount:
    """What a sample says of its source: one-sided 95 %, with what went unseen at its worst."""
    if source not in drawn or limit.unit != "share" or limit.measure == "skipped":
        return amount
    seen = amount.of + amount.unseen
    if not seen or not amount.measured:
        return amount
    low = sampled(amount.hit, seen, drawn[source], sides=1).low
    high = sampled(amount.hit + amount.unseen, seen, drawn[source], sides=1).high
    return replace(amount, low=low, high=high)


def _clauses(policy: Policy, assessment: Assessment | None) -> list[Verdict]:
    if not policy.clause or assessment is None:
        return []
    found = {clause.id: clause for clause in assessment.clauses}
    missing = [gate.id for gate in policy.clause if gate.id not in found]
    if missing:
        raise UsageError(
            f"{assessment.standard}: has no clause {', '.join(missing)}, so the policy cannot gate "
            f"on it. `corpus-audit standards show {assessment.standard}` lists those it has."
        )
    return [decide_clause(gate, found[gate.id]) for gate in policy.clause]


def _ordered(verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """Gravest first; of the same level the largest share first, then by name."""
    place = {level: at for at, level in enumerate(LEVELS)}

    def key(verdict: Verdict) -> tuple[int, float, str, str]:
        share = verdict.amount.share if verdict.amount else None
        return place[verdict.level], -(share or 0.0), verdict.source, verdict.limit

    return tuple(sorted(verdicts, key=key))


def _ends_soon(waiver: Waiver, day: date) -> bool:
    return (waiver.expires - day).days < FEW_DAYS


def _ending(waiver: Waiver, day: date) -> Words:
    days = (waiver.expires - day).days + 1
    return Words(
        zh=f"豁免 {waiver.named()} 还有 {days} 天到期（{waiver.expires}），之后闸门会报错。",
        en=f"waiver {waiver.named()} ends on {waiver.expires}, in {days} days: after that the gate "
        "stops.",
    )


def _notes_on(earlier: Audited, audited: Audited) -> list[Words]:
    if earlier.manifest["config"] == audited.manifest["config"]:
        return []
    return [
        Words(
            zh="基线是用另一套规则、检测器或选项扫描的：规则变化带来的命中也算新增。",
            en="The baseline was scanned with other rules, detectors or options: what they find "
            "now and did not then counts as new.",
        )
    ]
