"""Pass rates of samples: the technical one is counted here, the manual one by its reviewers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from corpus_audit.assess.bounds import allowed_failures, convincing_failures, sampled
from corpus_audit.assess.facts import Facts, SourceFacts, words
from corpus_audit.assess.model import Outcome, SampleResult
from corpus_audit.assess.shares import percent
from corpus_audit.rules.clauses import Clause, Words


def technical_sample(
    facts: Facts,
    clause: Clause,
    share: float,
    rate: float,
    risks: Sequence[str],
) -> SampleResult:
    """The whole scan as the technical check. What went unseen counts as failed, at worst.

    Sources that were drawn in different shares count by what they stand for.
    """
    drawn = sum(each.documents for each in facts.sources)
    stands_for = {each.name: population_of(each) for each in facts.sources}
    population = sum(stands_for.values())
    hits = {each.name: facts.hits_of(each.name, lambda risk: risk in risks)
            for each in facts.sources}  # fmt: skip
    failed = sum(hits.values())
    expected = sum(
        hits[each.name] / each.documents * stands_for[each.name]
        for each in facts.sources
        if each.documents
    )
    observed = 1 - expected / population if population else None
    required = math.ceil(share * population - 1e-9)
    unseen = facts.unseen
    worst = None if observed is None else (observed * drawn) / (drawn + unseen)
    bounds = None
    shares = {each.documents / stands_for[each.name] for each in facts.sources if each.documents}
    if len(shares) == 1 and shares != {1.0}:  # one simple draw: bounds of it hold
        found = sampled(failed, drawn, population, sides=1)
        bounds = found.model_copy(update={"low": 1 - found.high, "high": 1 - found.low})
    outcome, reason = _judge(
        drawn, failed, unseen, required, observed, worst, rate, facts, risks, len(shares) > 1
    )
    return SampleResult(
        plan="technical",
        clause=clause.number,
        drawn=drawn,
        judged=drawn,
        failed=failed,
        required=required,
        limit=rate,
        bounds=bounds,
        allowed_failures=allowed_failures(drawn, rate),
        convincing_failures=convincing_failures(drawn, rate, population),
        outcome=outcome,
        reason=reason,
    )


def population_of(source: SourceFacts) -> int:
    """Documents that a source stands for; a sample of unknown population for itself at least."""
    return max(source.population or 0, source.documents) if source.sampled else source.documents


def _judge(
    drawn: int,
    failed: int,
    unseen: int,
    required: int,
    observed: float | None,
    worst: float | None,
    rate: float,
    facts: Facts,
    risks: Sequence[str],
    weighted: bool,
) -> tuple[Outcome, Words]:
    blind = [risk for risk in risks if risk not in facts.risks_sought]
    if observed is None or worst is None or len(blind) == len(risks):
        return "needs-evidence", words("没有检测计入的风险。", "No counted risk was looked for.")
    zh = f"检测 {drawn:,} 条，{failed:,} 条命中，合格率 {percent(observed)}"
    en = f"{drawn:,} checked, {failed:,} hit, pass rate {percent(observed)}"
    if weighted:
        zh += "（按各来源所代表的数量加权）"
        en += " (sources weighted by what they stand for)"
    if blind:
        zh += f"；{'、'.join(blind)} 没有规则检测"
        en += f"; no rule looks for {', '.join(blind)}"
    if drawn < required:
        return "needs-evidence", words(
            f"{zh}：至少须检测 {required:,} 条。", f"{en}: at least {required:,} must be checked."
        )
    line = percent(rate)
    if observed < rate:
        return "fail", words(f"{zh}：低于 {line}。", f"{en}: below {line}.")
    if worst < rate:
        return "inconclusive", words(
            f"{zh}：{unseen:,} 条未见的记录可能使其低于 {line}。",
            f"{en}: {unseen:,} records that went unseen may take it below {line}.",
        )
    return "pass", words(f"{zh}：不低于 {line}。", f"{en}: not below {line}.")
