"""A decision in words: the headline, and what to do about it. Every format says the same."""

from __future__ import annotations

import shlex

from corpus_audit.gate.model import Cause, Decision, Outcome, Place, Verdict
from corpus_audit.rules.clauses import Language, Words

_HEADS: dict[Outcome, Words] = {
    "pass": Words(zh="闸门通过", en="GATE PASSED"),
    "fail": Words(zh="闸门未通过", en="GATE FAILED"),
    "undecided": Words(zh="闸门无法判定", en="GATE UNDECIDED"),
}
_COUNTS = {
    "fail": Words(zh="项不通过", en="failed"),
    "undecided": Words(zh="项无法判定", en="undecided"),
    "warn": Words(zh="项警告", en="with a warning"),
    "waived": Words(zh="项已豁免", en="waived"),
    "known": Words(zh="项基线已有", en="known from the baseline"),
    "pass": Words(zh="项符合", en="kept"),
}
FEW_DAYS = 14  # a waiver that ends sooner is told


def headline(decision: Decision, lang: Language) -> str:
    """The outcome, and how many checks came out how."""
    counts = {level: n for level, n in decision.counts.items() if n}
    if lang == "zh":
        parts = "，".join(f"{n:,} {_COUNTS[level].zh}" for level, n in counts.items())
        return f"{_HEADS[decision.outcome].zh}：{sum(counts.values()):,} 项检查中 {parts}"
    parts = ", ".join(f"{n:,} {_COUNTS[level].en}" for level, n in counts.items())
    return f"{_HEADS[decision.outcome].en}: of {_many(sum(counts.values()), 'check')} {parts}"


def scope(decision: Decision, lang: Language) -> str:
    """What was held against what."""
    risks = ", ".join(decision.counted)
    if lang == "zh":
        since = f"，基线 {decision.baseline}" if decision.baseline else ""
        return (
            f"策略 {decision.policy}，审计 {decision.audit}{since}："
            f"{decision.sources:,} 个来源，{decision.documents:,} 篇文档；"
            f"计入风险 {risks}，档位 {decision.profile}"
        )
    since = f", against the baseline {decision.baseline}" if decision.baseline else ""
    return (
        f"policy {decision.policy} on {decision.audit}{since}: "
        f"{_many(decision.sources, 'source')}, {_many(decision.documents, 'document')}; counted "
        f"risks {risks}, profile {decision.profile}"
    )


def steps(decision: Decision, roots: tuple[str, ...], lang: Language) -> list[str]:
    """What to do next, most useful first. `roots`: the paths that were scanned."""
    audit = shlex.quote(decision.audit)
    data = " ".join(map(shlex.quote, roots)) if 0 < len(roots) <= 3 else "PATHS"
    gating = decision.of("fail", "undecided")
    failed = {verdict.measure for verdict in decision.of("fail")}
    unclear = {verdict.unclear for verdict in gating}
    found: list[tuple[str, str]] = []  # Chinese, English: a path may hold what is no text
    if "risk" in failed:
        command = f"corpus-audit filter {data} --audit {audit} -o CLEAN --drop hit"
        found.append((f"剔除命中文档：{command}", f"take the hits out: {command}"))
    if "pii" in failed:
        command = f"corpus-audit redact {data} -o REDACTED"
        found.append((f"替换个人信息：{command}", f"replace personal data: {command}"))
    if "duplicates" in failed:
        command = f"corpus-audit filter {data} --audit {audit} -o CLEAN --drop duplicate"
        found.append((f"去重：{command}", f"drop the copies: {command}"))
    if failed & {"languages", "licence"}:
        found.append(
            (
                "看清内容后剔除，或单列为一个来源",
                "look at what was found, and take it out or give it a source of its own",
            )
        )
    if {"unseen", "lost"} & unclear or "skipped" in failed:
        found.append(
            (
                f"修复未被看到的记录后重跑（逐条列在 {decision.audit}/skipped/）",
                "mend the records that went unseen and run again; each one is listed in "
                f"{decision.audit}/skipped/",
            )
        )
    if "few" in unclear:
        found.append(("扩大样本后重跑", "draw a larger sample and run again"))
    if "risk" in failed:
        found.append(
            (
                "若某条命中其实无害：用 scan --suppressions 标明（负责人、理由、到期日）",
                "or, where a finding is harmless, say so: scan --suppressions (owner, reason, "
                "expiry)",
            )
        )
    if gating:
        found.append(
            (
                "若有人愿为此负责：在策略中加 [[waiver]]（负责人、理由、到期日）",
                "or, where somebody answers for it, add a [[waiver]] to the policy (owner, "
                "reason, expiry)",
            )
        )
    if not decision.baseline and "risk" in failed:
        found.append(
            (
                "若是历史遗留：--baseline AUDIT 只拦新增或变差的内容",
                "or, where it was there before: --baseline AUDIT fails only what is new or worse",
            )
        )
    if gating:
        found.append(
            (f"看全貌：corpus-audit report {audit}", f"see it all: corpus-audit report {audit}")
        )
    return [zh if lang == "zh" else en for zh, en in found]


def caveat(decision: Decision, lang: Language) -> str:
    """What a gate that is open does not say."""
    if decision.outcome != "pass":
        return ""
    if lang == "zh":
        return (
            "自动检查只是指标，须由人抽样确认；策略未点名的条款不影响结果（corpus-audit assess）。"
        )
    return (
        "An automatic result is an indicator: a person confirms it on a sample. Clauses that the "
        "policy does not name gate nothing; corpus-audit assess tells where they stand."
    )


def causes(verdict: Verdict, lang: Language, most: int = 4) -> str:
    """The rules or values that make up the most of an amount, with their documents."""
    parts = [_listed(each, lang, most) for each in (verdict.risks, verdict.causes) if each]
    return ("；规则 " if lang == "zh" else "; rules ").join(parts)


def _listed(causes: tuple[Cause, ...], lang: Language, most: int) -> str:
    shown = [f"{cause.name} {cause.documents:,}" for cause in causes[:most]]
    more = len(causes) - len(shown)
    if more > 0:
        shown.append(f"另 {more:,} 项" if lang == "zh" else f"{more:,} more")
    return ("、" if lang == "zh" else ", ").join(shown)


def place_words(place: Place, lang: Language) -> str:
    """`data/ads.jsonl line 3`, or the position in the reader's measure."""
    if place.line is not None:
        where = f"第 {place.line:,} 行" if lang == "zh" else f"line {place.line:,}"
        return f"{place.path} {where}"
    return f"{place.path} @ {place.position}"


def relative_path(path: str, base: str) -> str:
    """A path as seen from a folder, where it is below it: build servers know no others."""
    inside = base and path.startswith(f"{base.rstrip('/')}/")
    return path[len(base.rstrip("/")) + 1 :] if inside else path


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"
