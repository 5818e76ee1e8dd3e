"""A policy in words: what it holds, whom, what it lets pass."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from corpus_audit.errors import RuleError
from corpus_audit.gate.counted import PII_CLASSES
from corpus_audit.gate.words import percent, subject_of
from corpus_audit.limits import COVERAGE, ClauseGate, Limit, Waiver, expired
from corpus_audit.pii.kinds import load_kinds
from corpus_audit.policies import Policy, load_policy
from corpus_audit.rules.clauses import Language, Words


def policy_schema() -> dict[str, Any]:
    """The JSON Schema of a policy file."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return schema | Policy.model_json_schema()


def check_policy(file: Path, today: date) -> Policy:
    """Read a policy and find all that a gate would stumble over. Raises RuleError."""
    from corpus_audit.rules.standards import load_risks, load_standards

    policy = load_policy(file)
    known = {risk.id for risk in load_risks().risks} | {group.id for group in load_risks().groups}
    faults = [
        f'limit "{limit.name}": there is no risk {limit.risk}'
        for limit in policy.limit
        if limit.risk not in (None, "counted", *known)
    ]
    faults += [
        f"ratio: counted: there is no risk {risk}"
        for risk in policy.ratio.counted
        if risk not in known
    ]
    kinds = {*load_kinds(), *PII_CLASSES}
    faults += [
        f'limit "{limit.name}": there is no kind {limit.pii}; known: {", ".join(sorted(kinds))}'
        for limit in policy.limit
        if limit.pii not in (None, *kinds)
    ]
    clauses = {clause.id for standard in load_standards().values() for clause in standard.clauses}
    faults += [
        f'clause "{gate.id}": no standard that ships has it'
        for gate in policy.clause
        if gate.id not in clauses
    ]
    faults += expired(policy.waiver, today)
    if faults:
        raise RuleError("\n".join(f"{file}: {fault}" for fault in faults))
    return policy


def explain(policy: Policy, today: date, lang: Language) -> Iterator[str]:
    """What a policy demands, a sentence a line."""
    zh = lang == "zh"
    counted = ", ".join(policy.ratio.counted)
    profile = policy.judge.profile
    weak = _PROFILES[profile].to(lang)
    yield (
        f"档位 {profile}：{weak}。计入的风险：{counted}。"
        if zh
        else f"Profile {profile}: {weak}. Counted risks: {counted}."
    )
    yield ""
    for limit in policy.gated:
        yield _limit_zh(limit) if zh else _limit_en(limit)
    for gate in policy.clause:
        yield _clause(gate, zh)
    if not policy.clause:
        yield "标准的条款都不影响闸门。" if zh else "No clause of a standard gates."
    if policy.waiver:
        yield ""
    for waiver in policy.waiver:
        yield _waiver(waiver, today, zh)


_PROFILES = {
    "regular": Words(
        zh="高、中置信的词命中，弱词只累加",
        en="words of high and medium confidence hit, weak ones only add up",
    ),
    "strict": Words(zh="弱词也计入", en="weak words count too"),
    "audit": Words(zh="任何匹配都算命中", en="any match is a hit"),
}


def _limit_en(limit: Limit) -> str:
    what = subject_of(limit.measure, limit.value).en
    noun = "records" if limit.measure == "skipped" else "documents"
    where = f"in each source{_patterns(limit, 'of')}"
    if limit.per == "corpus":
        where = f"in the whole corpus{_patterns(limit, 'of')}"
    steps = []
    if limit.warn is not None:
        steps.append(f"over {_value(limit, limit.warn)} warns")
    if limit.fail is not None:
        verb = "cannot be decided (exit code 5)" if limit.name == COVERAGE else "fails"
        steps.append(f"over {_value(limit, limit.fail)} {verb}")
    clean = "; unseen records are taken as clean" if limit.unseen == "clean" else ""
    return f"[{limit.name}] {noun} that {what}, {where}: {', '.join(steps)}{clean}."


def _limit_zh(limit: Limit) -> str:
    what = subject_of(limit.measure, limit.value).zh
    noun = "记录" if limit.measure == "skipped" else "文档"
    where = "整个语料" if limit.per == "corpus" else "每个来源"
    steps = []
    if limit.warn is not None:
        steps.append(f"超过 {_value(limit, limit.warn)} 警告")
    if limit.fail is not None:
        verb = "无法判定（退出码 5）" if limit.name == COVERAGE else "不通过"
        steps.append(f"超过 {_value(limit, limit.fail)} {verb}")
    clean = "；未被看到的记录视为符合" if limit.unseen == "clean" else ""
    patterns = _patterns(limit, "限")
    return f"[{limit.name}] {where}{patterns}中{what}的{noun}：{'，'.join(steps)}{clean}。"


def _patterns(limit: Limit, word: str) -> str:
    if limit.sources == ("*",):
        return ""
    listed = ", ".join(limit.sources)
    return f"（{word} {listed}）" if word == "限" else f" {word} {listed}"


def _value(limit: Limit, number: float) -> str:
    return f"{number:,.15g}" if limit.unit == "documents" else percent(number, places=None)


def _clause(gate: ClauseGate, zh: bool) -> str:
    parts = []
    if gate.fail:
        parts.append(f"{', '.join(gate.fail)} {'不通过' if zh else 'fails'}")
    if gate.warn:
        parts.append(f"{', '.join(gate.warn)} {'警告' if zh else 'warns'}")
    return (
        f"[{gate.id}] 条款结果：{'；'.join(parts)}。"
        if zh
        else (f"[{gate.id}] the outcome of this clause: {'; '.join(parts)}.")
    )


def _waiver(waiver: Waiver, today: date, zh: bool) -> str:
    days = (waiver.expires - today).days + 1
    if zh:
        top = "" if waiver.up_to is None else f"，最多 {waiver.up_to:g}"
        left = f"还有 {days} 天" if days > 0 else "已过期，闸门会报错"
        return f"豁免 {waiver.named()}{top}，至 {waiver.expires}（{left}）：{waiver.reason}"
    top = "" if waiver.up_to is None else f", up to {waiver.up_to:g}"
    left = f"{days} days left" if days > 0 else "expired: the gate stops"
    return f"Waiver {waiver.named()}{top}, until {waiver.expires} ({left}): {waiver.reason}"
