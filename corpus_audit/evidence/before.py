"""The assessment before collection: its record in the ledger, and the sample that it was made on.

It is another duty than the verification after collection (5.1 a) 1) and 2)), with its own record.
"""

from __future__ import annotations

from collections.abc import Iterable

from corpus_audit.assess.facts import Measured, Shown, SourceFacts, words
from corpus_audit.assess.model import Observed
from corpus_audit.assess.shares import judge_source, one_sided
from corpus_audit.evidence.case import Case
from corpus_audit.provenance.tallies import Counted
from corpus_audit.rules.clauses import Words
from corpus_audit.sources import ratios


def undated(each: Counted) -> bool:
    """Has the record of a source no date?"""
    papers = each.source.evidence if each.source else ()
    records = [paper for paper in papers if paper.key == "ledger.assessment"]
    return bool(records) and not any(paper.issued for paper in records)


def too_late(case: Case) -> tuple[Words, ...]:
    """Records that were made after collection began."""
    found = []
    for each in case.sources:
        span = (each.source.collected or each.source.generated) if each.source else None
        if each.source is None or span is None:
            continue
        dates = [
            paper.issued
            for paper in each.source.evidence
            if paper.key == "ledger.assessment" and paper.issued
        ]
        if dates and min(dates) > span.first:
            found.append(
                words(
                    f"{each.name} 的评估记录为 {min(dates)}，而采集始于 {span.first}。",
                    f"{each.name}: assessed on {min(dates)}, after collection began on "
                    f"{span.first}.",
                )
            )
    return tuple(found)


def shown(case: Case) -> Shown:
    """Was the sample kept that was taken before collection?"""
    if case.before is None:
        return Shown(
            False,
            get=words(
                "采集前样本留存的，扫描后用 --before 给出其审计目录。",
                "Where the sample taken before collection was kept, scan it and pass its audit "
                "with --before.",
            ),
        )
    return Shown(True, (case.before.url,))


def measured(case: Case) -> Iterable[Measured]:
    """The share of each source in that sample, drawn from a source without end."""
    if case.before is None:
        return
    policy = case.policy
    sought = any(policy.ratio.counts(risk) for risk in case.before.manifest["risks"])
    for name, ratio in ratios(case.before.tally, policy).items():
        tally = case.before.tally.source(name)
        if not tally.documents:
            continue
        facts = SourceFacts(
            name, tally.documents, tally.chars, ratio.hit,
            tally.hit_characters(policy.ratio.counts), sum(tally.skipped.values()),
            ratio.unseen - tally.undrawn, ratio.unknown_loss, sampled=True,
        )  # fmt: skip
        limit = policy.assess.limit("source-ratio-before", "source_bad_share")
        judged = judge_source(
            facts, policy.ratio.limit if limit is None else limit, sought=sought,
            accept_indicator=True,
        )  # fmt: skip
        observed = Observed(value=judged.share.value, count=ratio.hit, of=tally.documents)
        yield Measured(name, observed, one_sided(facts), judged.outcome, judged.reason)
