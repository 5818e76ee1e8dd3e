"""The 5 % rule: which share of a source holds counted risks, and is that over the limit?

A census decides by its observed share, what nobody saw counted in the worst way for either answer.
A sample decides by bounds. Both are indicators only: over the limit bars a source, under it a
person confirms on a reviewed sample.
"""

from __future__ import annotations

from corpus_audit.assess.bounds import Sides, sampled
from corpus_audit.assess.facts import Kept, SourceFacts, joined, words
from corpus_audit.assess.model import Basis, Bounds, Outcome, Share, SourceOutcome
from corpus_audit.rules.clauses import Words

_MOST = 1 << 32  # documents that anyone would draw


def percent(share: float | None) -> str:
    """A share for readers; digits enough to tell it from a limit in whole per cent."""
    if share is None:
        return "?"
    text = f"{100 * share:.2f}"
    return f"{text if float(text) != 5 or share == 0.05 else f'{100 * share:.4f}'} %"


def judge_source(
    facts: SourceFacts, limit: float, *, sought: bool, accept_indicator: bool
) -> SourceOutcome:
    """One source held against the limit. `sought`: some rule looked for a counted risk."""
    basis: Basis = "reviewed" if facts.reviewed else "sample" if facts.sampled else "census"
    outcome, reason, more = _decide(facts, limit, sought, accept_indicator)
    return SourceOutcome(
        source=facts.name,
        documents=facts.documents,
        chars=facts.chars,
        skipped=facts.skipped,
        unseen=facts.unseen,
        basis=basis,
        population=facts.population if facts.sampled else None,
        share=_share(facts),
        share_chars=_plain(facts.hit_chars, facts.chars, facts.unseen or facts.unknown_loss),
        share_deduplicated=_kept(facts.kept, facts, chars=False),
        share_chars_deduplicated=_kept(facts.kept, facts, chars=True),
        reviewed=facts.reviewed,
        outcome=outcome,
        reason=reason,
        more_documents=more,
        risks=dict(sorted(facts.risks.items())),
    )


def one_sided(facts: SourceFacts) -> Bounds:
    """What decides: each end by itself, what nobody saw counted against it."""
    return _bounds(facts, 1)


def _share(facts: SourceFacts) -> Share:
    worst = None
    seen = facts.documents + facts.unseen
    if seen and not facts.unknown_loss and not facts.undrawn:
        worst = (facts.hit + facts.unseen) / seen
    return Share(
        hit=facts.hit,
        of=facts.documents,
        value=facts.hit / facts.documents if facts.documents else None,
        worst=worst,
        bounds=_bounds(facts, 2),
    )


def _plain(hit: int, of: int, incomplete: object) -> Share:
    """Of what was scanned only: nobody knows how long the unseen records are."""
    value = hit / of if of else None
    return Share(hit=hit, of=of, value=value, worst=None if incomplete else value, bounds=None)


def _kept(kept: Kept | None, facts: SourceFacts, *, chars: bool) -> Share | None:
    if kept is None:
        return None
    incomplete = facts.unseen or facts.unknown_loss
    if chars:
        return _plain(kept.hit_chars, kept.chars, incomplete)
    return _plain(kept.hit, kept.documents, incomplete)


def _bounds(facts: SourceFacts, sides: Sides) -> Bounds:
    seen = facts.documents + facts.unseen
    if facts.unknown_loss or not seen:
        return Bounds(low=0, high=1, confidence=1.0, sides=sides, method="unknown")
    low, high = facts.hit, facts.hit + facts.unseen
    if not facts.sampled:
        return Bounds(
            low=low / seen, high=high / seen, confidence=1.0, sides=sides, method="census"
        )
    if facts.undrawn:
        return _of_scanned_sample(facts, sides)
    population = max(facts.population, seen) if facts.population else None
    least = sampled(low, seen, population, sides=sides)
    return least.model_copy(update={"high": sampled(high, seen, population, sides=sides).high})


def _of_scanned_sample(facts: SourceFacts, sides: Sides) -> Bounds:
    """A draw of the records that could be read; the others stand beside it, in the worst case."""
    frame = facts.documents + facts.undrawn
    population = max(facts.population or 0, frame)
    found = sampled(facts.hit, facts.documents, population, sides=sides)
    every = population + facts.unseen
    return found.model_copy(
        update={
            "low": found.low * population / every,
            "high": (found.high * population + facts.unseen) / every,
        }
    )


def _decide(
    facts: SourceFacts, limit: float, sought: bool, accept_indicator: bool
) -> tuple[Outcome, Words, int | None]:
    """People who read a sample decide, where it is large enough; else what the machine counted."""
    counted = _by_count(facts, limit, sought, accept_indicator)
    if facts.reviewed is None:
        return counted
    outcome, reason = _by_review(facts.reviewed, limit)
    if outcome == "inconclusive" and counted[0] == "fail":
        return "fail", joined([counted[1], reason]), None
    return outcome, reason, None


def _by_count(
    facts: SourceFacts, limit: float, sought: bool, accept_indicator: bool
) -> tuple[Outcome, Words, int | None]:
    of = f"{facts.hit:,} / {facts.documents:,}"
    line = percent(limit)
    if not sought:
        reason = words(
            "扫描所用检测器不检测任何计入的风险。",
            "The detectors of the scan look for none of the counted risks.",
        )
        return "needs-evidence", reason, None
    if not facts.documents + facts.unseen and not facts.unknown_loss:
        return "not-applicable", words("没有文档。", "It has no document."), None
    if facts.unknown_loss:
        reason = words(
            "丢失的记录数不明，无法判定。请修复输入后重新扫描。",
            "An unknown number of records was lost: nobody can tell. Mend the input, scan again.",
        )
        return "inconclusive", reason, None
    bounds = one_sided(facts)
    said = words(f"{of} 篇", f"{of} documents")
    if facts.sampled:
        said = words(
            f"抽样 {of} 篇，单侧 95% 界 {percent(bounds.low)} 至 {percent(bounds.high)}",
            f"{of} documents of a sample, one-sided 95 % bounds {percent(bounds.low)} and "
            f"{percent(bounds.high)}",
        )
    elif facts.unseen:
        said = words(
            f"{of} 篇，另有 {facts.unseen:,} 条未见，最坏 {percent(bounds.high)}",
            f"{of} documents, {facts.unseen:,} more unseen, at worst {percent(bounds.high)}",
        )
    if bounds.low > limit:
        return "fail", words(f"{said.zh}：超过 {line}。", f"{said.en}: over {line}."), None
    if bounds.high > limit:
        return _undecided(facts, limit, said)
    if accept_indicator:
        reason = words(
            f"{said.zh}：不超过 {line}；政策接受自动指标，未经人工复核。",
            f"{said.en}: not over {line}. The policy accepts the indicator; nobody reviewed it.",
        )
        return "pass", reason, None
    reason = words(
        f"{said.zh}：指标不超过 {line}，待人工抽样复核。",
        f"{said.en}: an indicator not over {line}; a person confirms it on a sample.",
    )
    return "needs-person", joined([reason, *_over_otherwise(facts, limit)]), None


def _over_otherwise(facts: SourceFacts, limit: float) -> list[Words]:
    """The standard defines no unit: what another one would say is told, and decides nothing."""
    shares = [
        ("按字符", "by characters", _plain(facts.hit_chars, facts.chars, False)),
        ("去重后", "with copies counted once", _kept(facts.kept, facts, chars=False)),
    ]
    return [
        words(f"{zh}为 {percent(share.value)}，超过。", f"It is over {en}: {percent(share.value)}.")
        for zh, en, share in shares
        if share is not None and share.value is not None and share.value > limit
    ]


def _undecided(facts: SourceFacts, limit: float, said: Words) -> tuple[Outcome, Words, int | None]:
    line = percent(limit)
    if not facts.sampled:
        reason = words(
            f"{said.zh}：未见记录可能使其超过 {line}。请修复这些记录后重新扫描。",
            f"{said.en}: the unseen records may take it over {line}. Mend them and scan again.",
        )
        return "inconclusive", reason, None
    population = max(facts.population, facts.documents) if facts.population else None
    more = further_needed(facts.hit, facts.documents, limit, population)
    if more is None:
        reason = words(
            f"{said.zh}：不足以判定是否超过 {line}，按此占比再抽也难以判定。",
            f"{said.en}: too little to tell from {line}, and at this share no further draw would.",
        )
    else:
        reason = words(
            f"{said.zh}：不足以判定是否超过 {line}；按此占比约需再抽 {more:,} 篇。",
            f"{said.en}: too little to tell from {line}; at this share about {more:,} more "
            "documents would decide it.",
        )
    return "inconclusive", reason, more


def _by_review(bounds: Bounds, limit: float) -> tuple[Outcome, Words]:
    line = percent(limit)
    zh = f"经人工复核的样本，单侧 95% 界 {percent(bounds.low)} 至 {percent(bounds.high)}"
    en = (
        f"A reviewed sample: one-sided 95 % bounds {percent(bounds.low)} and {percent(bounds.high)}"
    )
    if bounds.low > limit:
        return "fail", words(f"{zh}：超过 {line}。", f"{en}: over {line}.")
    if bounds.high <= limit:
        return "pass", words(f"{zh}：不超过 {line}。", f"{en}: not over {line}.")
    return "inconclusive", words(
        f"{zh}：不足以判定是否超过 {line}，请扩大样本。",
        f"{en}: too little to tell from {line}. Review a larger sample.",
    )


def further_needed(hits: int, drawn: int, limit: float, population: int | None) -> int | None:
    """How many more draws would be expected to decide whether the share is over the limit.

    They are supposed to hit as often as those before. None: no number would.
    """
    most = population or _MOST

    def decided(total: int) -> bool:
        expected = min(round(hits * total / drawn) if drawn else 0, total)
        bounds = sampled(expected, total, population, sides=1)
        return bounds.low > limit or bounds.high <= limit

    low = total = max(drawn, 1)
    while not decided(total):
        if total >= most:
            return None
        low, total = total, min(total * 2, most)
    while low < total:
        middle = (low + total) // 2
        low, total = (low, middle) if decided(middle) else (middle + 1, total)
    return total - drawn
