"""A whole assessment: every clause of a standard, every source, the samples, the conclusion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from corpus_audit import __version__
from corpus_audit.assess.clauses import judge_clause, limit_of
from corpus_audit.assess.facts import Facts, Measured, words
from corpus_audit.assess.model import (
    Assessment,
    ClauseOutcome,
    Conclusion,
    Observed,
    Outcome,
    SampleResult,
    SourceOutcome,
)
from corpus_audit.assess.samples import technical_sample
from corpus_audit.assess.shares import judge_source, one_sided
from corpus_audit.config import digest_of
from corpus_audit.policies import Policy
from corpus_audit.rules.clauses import Clause, Standard, Threshold
from corpus_audit.rules.standards import load_evidence, load_risks

_ORDER: tuple[Outcome, ...] = ("fail", "needs-evidence", "inconclusive", "needs-person", "pass")
_CONCLUSIONS = {
    "fail": words("有应符合的条款不符合。", "Clauses that must be kept are not."),
    "needs-evidence": words(
        "没有不符合的条款，但缺少证据，尚不能作出结论。",
        "No clause fails, but evidence is missing: no conclusion yet.",
    ),
    "inconclusive": words(
        "没有不符合的条款，但有的无法判定。", "No clause fails, but some cannot be decided."
    ),
    "needs-person": words(
        "自动部分没有不符合；其余有待人工判断。",
        "Nothing fails by machine; a person has to judge the rest.",
    ),
    "pass": words("全部条款符合或不适用。", "Every clause is kept or does not apply."),
}


def assess(
    facts: Facts, standard: Standard, policy: Policy, *, made: datetime, reproduce: str
) -> Assessment:
    """Hold facts against a standard. Nothing is read, nothing is written."""
    evidence = load_evidence()
    after = _threshold(standard, "source-ratio-after", "source_bad_share")
    sources = _sources(facts, policy, after)
    samples = tuple(_samples(facts, standard, policy))
    known = _with_results(facts, sources, samples)
    clauses = tuple(judge_clause(each, known, evidence, policy) for each in standard.clauses)
    return Assessment(
        standard=standard.id,
        number=standard.number,
        title=standard.title,
        basis=standard.basis,
        unit=words(
            "文档（条目）；标准未定义单位", "documents (items); the standard defines no unit"
        ),
        counted=_counted(policy),
        counted_samples=_sample_risks(standard),
        conclusion=_conclude(clauses),
        clauses=clauses,
        sources=sources,
        samples=samples,
        indicator_accepted=policy.assess.accept_indicator,
        policy_digest=digest_of(policy.model_dump(mode="json")),
        audit_digest=facts.audit_digest,
        tool_version=__version__,
        made=made.strftime("%Y-%m-%dT%H:%M:%SZ"),
        reproduce=reproduce,
    )


def _threshold(standard: Standard, clause: str, name: str) -> tuple[Clause, Threshold] | None:
    for each in standard.clauses:
        if each.id == clause:
            for threshold in each.thresholds:
                if threshold.name == name:
                    return each, threshold
    return None


def _counted(policy: Policy) -> tuple[str, ...]:
    return tuple(risk.id for risk in load_risks().risks if policy.ratio.counts(risk.id))


def _sample_risks(standard: Standard) -> tuple[str, ...]:
    found = _threshold(standard, "technical-sample", "pass_rate")
    if found is None or found[1].counted is None:
        return ()
    return tuple(risk.id for risk in load_risks().members(found[1].counted))


def _sources(
    facts: Facts, policy: Policy, rule: tuple[Clause, Threshold] | None
) -> tuple[SourceOutcome, ...]:
    limit = limit_of(*rule, policy).value if rule else policy.ratio.limit
    sought = any(policy.ratio.counts(risk) for risk in facts.risks_sought)
    judged = tuple(
        judge_source(each, limit, sought=sought, accept_indicator=policy.assess.accept_indicator)
        for each in facts.sources
    )
    if rule is not None:
        return judged
    why = words("本标准没有按来源的限值。", "This standard sets no limit per source.")
    return tuple(
        each.model_copy(update={"outcome": "not-applicable", "reason": why, "more_documents": None})
        for each in judged
    )


def _samples(facts: Facts, standard: Standard, policy: Policy) -> Iterable[SampleResult]:
    for clause in standard.clauses:
        limits = {each.name: limit_of(clause, each, policy).value for each in clause.thresholds}
        applied = [
            each.model_copy(update={"value": limits[each.name]}) for each in clause.thresholds
        ]
        if clause.id == "manual-sample":
            found = facts.manual(clause.model_copy(update={"thresholds": tuple(applied)}))
            if found is not None:
                yield found
        elif clause.id == "technical-sample":
            yield technical_sample(
                facts, clause, limits["sample_share"], limits["pass_rate"],
                _sample_risks(standard),
            )  # fmt: skip


def _with_results(
    facts: Facts, sources: Sequence[SourceOutcome], samples: Sequence[SampleResult]
) -> Facts:
    """The facts, with what was made of sources and samples among the measurements."""
    bounds = {each.name: one_sided(each) for each in facts.sources}

    def measured(clause: Clause, name: str) -> Sequence[Measured] | None:
        if clause.id == "source-ratio-after" and name == "source_bad_share":
            return [
                Measured(
                    each.source,
                    Observed(value=each.share.value, count=each.share.hit, of=each.share.of),
                    each.reviewed or bounds[each.source],
                    each.outcome,
                    each.reason,
                )
                for each in sources
            ]
        for sample in samples:
            if f"{sample.plan}-sample" == clause.id:
                return [_of_sample(sample, name)]
        return facts.measured(clause, name)

    return Facts(**{**vars(facts), "measured": measured})


def _of_sample(sample: SampleResult, name: str) -> Measured:
    if name == "sample_size":
        # of a corpus with fewer documents than are asked for, all
        enough = sample.drawn >= sample.required
        reason = words(
            f"抽取 {sample.drawn:,} 条，需 {sample.required:,} 条。",
            f"{sample.drawn:,} drawn, {sample.required:,} required.",
        )
        return Measured(
            "",
            Observed(value=float(sample.drawn)),
            None,
            "pass" if enough else "needs-evidence",
            reason,
        )
    if name == "sample_share":
        reason = words(
            f"检测 {sample.drawn:,} 条，需 {sample.required:,} 条。",
            f"{sample.drawn:,} checked, {sample.required:,} required.",
        )
        enough = sample.drawn >= sample.required
        return Measured(
            "", Observed(value=None, count=sample.drawn), None,
            "pass" if enough else "needs-evidence", reason,
        )  # fmt: skip
    rate = 1 - sample.failed / sample.judged if sample.judged else None
    observed = Observed(value=rate, count=sample.judged - sample.failed, of=sample.judged)
    return Measured("", observed, sample.bounds, sample.outcome, sample.reason)


def _conclude(clauses: Sequence[ClauseOutcome]) -> Conclusion:
    counts: dict[str, int] = {}
    advisory: dict[str, int] = {}
    for clause in clauses:
        into = advisory if clause.advisory else counts
        into[clause.outcome] = into.get(clause.outcome, 0) + 1
    outcome: Outcome = next((each for each in _ORDER if counts.get(each)), "pass")
    return Conclusion(
        outcome=outcome, words=_CONCLUSIONS[outcome], counts=counts, advisory_counts=advisory
    )
