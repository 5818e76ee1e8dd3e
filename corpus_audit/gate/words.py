"""What a verdict says, in Chinese and English: what was counted, against what, by how much."""

from __future__ import annotations

import math
from functools import cache

from corpus_audit.gate.counted import FITNESS, PII_CLASSES, UNSTATED
from corpus_audit.gate.model import Level, Verdict
from corpus_audit.limits import COUNTED, COVERAGE
from corpus_audit.rules.clauses import Language, Words

LEVEL_WORDS: dict[Level, Words] = {
    "fail": Words(zh="不通过", en="FAIL"),
    "undecided": Words(zh="无法判定", en="UNDECIDED"),
    "warn": Words(zh="警告", en="WARN"),
    "waived": Words(zh="已豁免", en="WAIVED"),
    "known": Words(zh="基线已有", en="KNOWN"),
    "pass": Words(zh="通过", en="pass"),
}
CORPUS_WORDS = Words(zh="（整个语料）", en="(whole corpus)")

_DUPLICATES = {
    "exact": Words(zh="完全重复", en="exact copies"),
    "normalised": Words(zh="规范化后相同", en="copies but for case, width and space"),
    "near": Words(zh="近似重复", en="near-duplicates"),
    "all": Words(zh="重复", en="copies"),
    "known": Words(zh="以往批次已有", en="known from an earlier delivery"),
}
_CLASSES = {
    "personal": Words(zh="含个人信息", en="hold personal data"),
    "sensitive": Words(zh="含敏感个人信息", en="hold sensitive personal data"),
    "secret": Words(zh="含密钥等机密", en="hold secrets"),
}
_FITNESS = {
    "no": Words(zh="声明的许可不允许商用", en="state a licence that forbids commercial use"),
    "review": Words(
        zh="声明的许可须由人审阅", en="state a licence that a person has to read first"
    ),
    "conditions": Words(zh="声明的许可附条件", en="state a licence with conditions"),
    UNSTATED: Words(zh="未声明许可", en="state no licence"),
}


@cache
def subject_of(measure: str, value: str) -> Words:
    """What is limited, as the predicate of a sentence: "hit A.1.h (illegal trade)"."""
    if measure == "risk":
        if value == COUNTED:
            return Words(zh="命中计入的风险", en="hit a counted risk")
        name = _name_of_risk(value)
        return Words(zh=f"命中 {value}（{name.zh}）", en=f"hit {value} ({name.en})")
    if measure == "pii":
        if value in PII_CLASSES:
            return _CLASSES[value]
        name = _name_of_kind(value)
        return Words(zh=f"含{name.zh}", en=f"hold: {name.en}")
    if measure == "duplicates":
        what = _DUPLICATES[value]
        return Words(zh=what.zh if value == "known" else f"为{what.zh}", en=f"are {what.en}")
    if measure == "languages":
        listed = value.replace(" ", ", ")
        return Words(zh=f"语言不在 {listed} 之内", en=f"are in another language than {listed}")
    if measure == "licence":
        if value in (*FITNESS, UNSTATED):
            return _FITNESS[value]
        return Words(zh=f"声明许可 {value}", en=f"state the licence {value}")
    if value == "any":
        return Words(zh="未被看到", en="went unseen")
    return Words(zh=f"被跳过（{value}）", en=f"were skipped ({value})")


def sentence(verdict: Verdict, lang: Language) -> str:
    """What a verdict says, without the name of its source."""
    if verdict.amount is None:
        return _clause(verdict, lang)
    if verdict.unclear == "unmeasured":
        return _unmeasured(verdict, lang)
    head = f"{_counted(verdict, lang)}{_against(verdict, lang)}"
    more = [_unclear(verdict, lang), _before(verdict, lang), _pardon(verdict, lang)]
    join = "；" if lang == "zh" else "; "
    return join.join([head, *(each for each in more if each)])


def _counted(verdict: Verdict, lang: Language) -> str:
    amount = verdict.amount
    assert amount is not None
    what = subject_of(verdict.measure, verdict.value).to(lang)
    share = "" if amount.share is None else percent(amount.share)
    records = verdict.measure == "skipped"
    if lang == "zh":
        noun = "条记录" if records else "篇文档"
        return f"{amount.of:,} {noun}中 {amount.hit:,} {noun[0]}{what}" + (
            f"，占 {share}" if share else ""
        )
    noun = "records" if records else "documents"
    return f"{amount.hit:,} of {amount.of:,} {noun} {what}" + (f", {share}" if share else "")


def _against(verdict: Verdict, lang: Language) -> str:
    """The limit, and by how much it was missed."""
    limit = value(verdict, verdict.line)
    if verdict.line == 0:
        return "，不允许有" if lang == "zh" else "; none may"
    over = 0 if verdict.level == "pass" else excess(verdict)
    if lang == "zh":
        return f"，上限 {limit}" + (f"：超出 {over:,}" if over else "")
    return f"; at most {limit} may" + (f": {over:,} too many" if over else "")


def excess(verdict: Verdict) -> int:
    """Hits that are more than the limit allows, at the least; 0 where it is not surely missed."""
    amount = verdict.amount
    if amount is None or not amount.measured:
        return 0
    allowed = verdict.line
    if verdict.unit == "share":
        allowed = math.floor(verdict.line * amount.of + 1e-9)
    return max(amount.hit - math.floor(allowed), 0)


def _unclear(verdict: Verdict, lang: Language) -> str:
    amount = verdict.amount
    assert amount is not None
    if verdict.limit == COVERAGE and verdict.unclear == "unseen":
        return (
            "有内容未被看到，无法据此判定"
            if lang == "zh"
            else "what nobody saw cannot be decided on"
        )
    if verdict.unclear == "unseen":
        if lang == "zh":
            return f"另有 {amount.unseen:,} 条记录未被看到，可能超限"
        return f"{amount.unseen:,} more records went unseen and may lift it over the limit"
    if verdict.unclear == "lost":
        return (
            "丢失的记录数未知（文件损坏或无法读取）"
            if lang == "zh"
            else "an unknown number of records was lost (a damaged or unreadable file)"
        )
    if verdict.unclear == "few" and amount.low is not None and amount.high is not None:
        ends = f"{percent(amount.low)} - {percent(amount.high)}"
        return (
            f"抽样结果（单侧 95 %）为 {ends}，样本不足以判定"
            if lang == "zh"
            else f"the sample says {ends} (one-sided 95 %): too few documents to tell"
        )
    return ""


def _unmeasured(verdict: Verdict, lang: Language) -> str:
    what = subject_of(verdict.measure, verdict.value).to(lang)
    if verdict.measure == "duplicates" and verdict.value == "known":
        how = Words(
            zh="运行 corpus-audit duplicates AUDIT --against INDEX",
            en="run corpus-audit duplicates AUDIT --against INDEX",
        )
    else:
        how = Words(zh="用相应的检测器或规则重新扫描", en="scan with a detector or rules that do")
    if lang == "zh":
        return f"本次审计没有检查是否“{what}”，无法判定：{how.zh}"
    return f"nothing in this audit tells how many {what}: {how.en}"


def _before(verdict: Verdict, lang: Language) -> str:
    before = verdict.before
    if before is None:
        return ""
    was = _share(before.hit, before.of)
    new = before.new_hit
    if lang == "zh":
        parts = [f"基线中 {before.hit:,} / {before.of:,}（{was}）"]
        if new is not None:
            parts.append(f"新增命中 {new:,} 篇（新内容 {before.new_of or 0:,} 篇）")
        if before.by_rules:
            parts.append(f"其中 {before.by_rules:,} 篇是旧文档被新规则命中")
        return "，".join(parts)
    parts = [f"the baseline had {before.hit:,} of {before.of:,} ({was})"]
    if new is not None:
        parts.append(
            f"{new:,} of {before.new_of or 0:,} new documents hit" if new else "none is new"
        )
    if before.by_rules:
        parts.append(f"{before.by_rules:,} of them are old documents that other rules hit now")
    return ", ".join(parts)


def _pardon(verdict: Verdict, lang: Language) -> str:
    terms = verdict.pardon
    if terms is None:
        return ""
    if lang == "zh":
        return f"由 {terms.owner} 豁免至 {terms.expires}：{terms.reason}"
    return f"waived by {terms.owner} until {terms.expires}: {terms.reason}"


def _clause(verdict: Verdict, lang: Language) -> str:
    assert verdict.clause and verdict.reason
    colon, dot = ("：", "。") if lang == "zh" else (": ", ". ")
    todo = f"{dot}{verdict.todo.to(lang)}" if verdict.todo else ""
    waived = _pardon(verdict, lang)
    words = f"{verdict.clause.to(lang)}{colon}{verdict.value}{dot}{verdict.reason.to(lang)}{todo}"
    return f"{words}{dot}{waived}" if waived else words


def source_of(verdict: Verdict, lang: Language) -> str:
    """The name of its source, as it is; or words for the whole corpus."""
    return verdict.source or CORPUS_WORDS.to(lang)


def value(verdict: Verdict, number: float) -> str:
    """A limit in its unit."""
    return f"{number:,.15g}" if verdict.unit == "documents" else percent(number, places=None)


def percent(share: float, places: int | None = 2) -> str:
    """5.00 %; without places a limit as it was written: 0.1 %."""
    if places is None:
        return f"{100 * share:.12g} %"
    if 0 < share < 0.0001:
        return f"{100 * share:.1g} %"  # 0.00 % would read as none
    return f"{100 * share:.{places}f} %"


def _share(part: int, whole: int) -> str:
    return percent(part / whole) if whole else "-"


def _name_of_risk(id: str) -> Words:
    from corpus_audit.rules.standards import load_risks

    risks = load_risks()
    every = {group.id: group.short for group in risks.groups}
    every |= {risk.id: risk.short for risk in risks.risks}
    return every.get(id, Words(zh=id, en=id))


def _name_of_kind(id: str) -> Words:
    from corpus_audit.pii.kinds import load_kinds

    kind = load_kinds().get(id)
    return Words(zh=kind.zh, en=kind.en) if kind else Words(zh=id, en=id)
