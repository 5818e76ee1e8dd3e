"""`corpus-audit standards`: what the standards ask, and how sure we are of each clause."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from corpus_audit.rules.standards import Clause, Standard, Threshold

app = typer.Typer(help="The safety standards as data.", no_args_is_help=True, rich_markup_mode=None)

Lang = Literal["en", "zh"]
Form = Literal["text", "json"]
_WIDE = 200  # cells are ours: none is cut

_ZH = {
    "id": "编号", "number": "标准号", "title": "名称", "kind": "性质", "issued": "发布",
    "in force": "实施", "clauses": "条款数", "clause": "条款", "topic": "主题",
    "modality": "应/宜", "verified": "核实", "source": "出处", "asks": "要求",
    "decided by": "判定方式",
    "limit": "限值", "name": "名目", "unit": "单位", "per": "范围", "counted risks": "计入风险",
    "effect": "作用", "taken from": "依据",
    "must": "应", "should": "宜", "unknown": "不明",
    "text": "已读原文", "translation": "依译文", "draft-derived": "依草案", "secondary": "二手",
    "inference": "推断", "not verified": "未核实",
    "automatic": "自动", "manifest": "证明材料", "human": "人工", "(optional)": "（可选）",
    "technical-document": "技术文件", "recommended-standard": "推荐性国家标准",
    "regulation": "部门规章",
    "normative": "规范性", "informative": "资料性",
    "sources": "来源", "content": "内容", "annotation": "标注", "keywords": "关键词",
    "test banks": "题库", "classifier": "分类模型", "assessment": "评估", "report": "报告",
    "records": "记录",
    "bars": "触发则不合格", "requires": "须达到",
    "share of documents": "占文档", "share of items": "占条目", "share of batches": "占批次",
    "items": "条", "questions": "题", "risks": "种风险", "reviewers": "人", "roles": "种角色",
    "signatories": "人", "days": "天",
    "corpus": "全部数据", "source type": "来源类型", "language and type": "语言与类型",
    "dataset": "数据集", "batch": "批次", "item": "条目", "sample": "样本", "risk": "风险",
    "per:source": "来源", "unit:sources": "个来源", "unit:keywords": "个关键词",
    "Clauses": "条款", "Limits": "限值", "What decides a clause": "判定所需", "Notes": "说明",
    "Not known": "尚不清楚", "Sources": "出处", "Annexes": "附录",
    "* the number of the clause may differ": "* 条号可能不同",
    "bars: fails where the comparison holds; requires: fails where it does not":
        "触发则不合格：比较成立即不合格；须达到：比较不成立即不合格",
}  # fmt: skip


@app.command("list")
def list_standards(
    lang: Annotated[Lang, typer.Option(help="Language of the words.")] = "en",
    format: Annotated[Form, typer.Option(help="json holds both languages.")] = "text",
) -> None:
    """List the standards, and how their clauses were verified."""
    from corpus_audit.rules.standards import load_standards

    standards = load_standards().values()
    if format == "json":
        _print_json([_outline(standard) for standard in standards])
        return
    say = Say(lang)
    rows = [
        [
            standard.id,
            standard.number,
            standard.title.to(lang),
            say(standard.kind),
            str(standard.issued or "?"),
            str(standard.in_force or "?"),
            str(len(standard.clauses)),
            ", ".join(f"{say(way)} {count}" for way, count in standard.verified.items()),
        ]
        for standard in standards
    ]
    names = ["id", "number", "title", "kind", "issued", "in force", "clauses", "verified"]
    print(_table(say, names, rows, "<<<<<<>"))


@app.command("show")
def show_standard(
    id: Annotated[str, typer.Argument(metavar="ID", help="As `standards list` names it.")],
    lang: Annotated[Lang, typer.Option(help="Language of the words.")] = "en",
    format: Annotated[Form, typer.Option(help="json holds both languages.")] = "text",
) -> None:
    """Show every clause of a standard with its limits, and what decides it."""
    from corpus_audit.rules.standards import load_standard

    standard = load_standard(id)
    if format == "json":
        _print_json(standard.model_dump(mode="json"))
    else:
        print("\n".join(_pages(standard, Say(lang))))


class Say:
    """Words of the vocabulary in the language of the reader."""

    def __init__(self, lang: Lang) -> None:
        self.lang: Lang = lang

    def __call__(self, word: str, role: str = "") -> str:
        if self.lang == "en":
            return word
        return _ZH.get(f"{role}:{word}", _ZH.get(word, word))


def _outline(standard: Standard) -> dict[str, object]:
    outline: dict[str, object] = standard.model_dump(
        mode="json", exclude={"clauses", "annexes", "unknowns", "sources"}
    )
    return outline | {"clauses": len(standard.clauses), "verified": standard.verified}


def _pages(standard: Standard, say: Say) -> Iterator[str]:
    """The parts of `standards show`, top to bottom."""
    from corpus_audit.rules.standards import load_evidence, load_risks

    yield f"{standard.id}  {standard.number}  {standard.title.to(say.lang)}"
    dates = (
        f"{say('issued')} {standard.issued or '?'}, {say('in force')} {standard.in_force or '?'}"
    )
    yield f"{say(standard.kind)}; {dates} ({say(standard.dates_verified or 'not verified')})"
    yield f"{say('taken from')}: {standard.basis.to(say.lang)}"
    yield from _section(
        say("Sources"), (f"{source.key}: {source.what.to(say.lang)}" for source in standard.sources)
    )
    yield from _section(
        say("Annexes"),
        (
            f"{annex.letter}: {annex.title.to(say.lang)} ({say(annex.nature)}; "
            f"{say(annex.verified)}, {annex.source})"
            + (f". {annex.note.to(say.lang)}" if annex.note else "")
            for annex in standard.annexes
        ),
    )
    yield f"\n{say('Clauses')}\n"
    names = ["clause", "id", "topic", "modality", "verified", "source", "decided by", "asks"]
    yield _table(say, names, [_clause_row(clause, say) for clause in standard.clauses])
    yield say("* the number of the clause may differ")
    limits = [(clause, limit) for clause in standard.clauses for limit in clause.thresholds]
    if limits:
        sets = {one.id: f"{one.count} ({', '.join(one.groups)})" for one in load_risks().sets}
        names = ["clause", "id", "name", "limit", "unit", "per", "counted risks", "effect"]
        rows = [_limit_row(clause, limit, sets, say) for clause, limit in limits]
        yield f"\n{say('Limits')}\n"
        yield _table(say, [*names, "modality", "verified", "source"], rows, "<<<>")
        yield say("bars: fails where the comparison holds; requires: fails where it does not")
    evidence = load_evidence()
    yield f"\n{say('What decides a clause')}"
    for clause in standard.clauses:
        yield f"\n  {clause.id}  {clause.summary.to(say.lang)}"
        for by, keys in clause.decided_by.items():
            for key in keys:
                maybe = f" {say('(optional)')}" if evidence[key].optional else ""
                yield f"    {say(by)}: {evidence[key].what.to(say.lang)}{maybe} [{key}]"
    yield from _section(say("Notes"), _notes(standard, say))
    yield from _section(say("Not known"), (one.what.to(say.lang) for one in standard.unknowns))


def _clause_row(clause: Clause, say: Say) -> list[str]:
    return [
        _number(clause),
        clause.id,
        say(clause.topic),
        say(clause.modality),
        say(clause.verified),
        clause.source,
        ", ".join(say(by) for by, _ in clause.decided_by.items()),
        clause.title.to(say.lang),
    ]


def _limit_row(clause: Clause, limit: Threshold, sets: dict[str, str], say: Say) -> list[str]:
    share = limit.unit.startswith("share of")
    value = f"{limit.value * 100:g} %" if share else f"{limit.value:,.0f}"
    return [
        _number(limit),
        clause.id,
        limit.name,
        f"{limit.comparison} {value}",
        say(limit.unit, "unit"),
        say(limit.per, "per"),
        sets[limit.counted] if limit.counted else "",
        say(limit.meaning),
        say(limit.modality),
        say(limit.verified),
        limit.source,
    ]


def _number(part: Clause | Threshold) -> str:
    from corpus_audit.rules.standards import Clause

    number = part.number if isinstance(part, Clause) else part.clause
    return f"{number} *" if part.provisional else number


def _notes(standard: Standard, say: Say) -> Iterator[str]:
    """Each note once, with all that it is said of."""
    said: dict[str, list[str]] = {}
    for clause in standard.clauses:
        if clause.note:
            said.setdefault(clause.note.to(say.lang), []).append(clause.id)
        for limit in clause.thresholds:
            if limit.note:
                name = f"{clause.id} {limit.name}"
                said.setdefault(limit.note.to(say.lang), []).append(name)
    return (f"{note}: {', '.join(names)}" for note, names in said.items())


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    body = [f"  {line}" for line in lines]
    if body:
        yield f"\n{title}"
        yield from body


def _table(say: Say, names: Sequence[str], rows: Sequence[Sequence[str]], align: str = "") -> str:
    from corpus_audit.cli.tables import render_table

    return render_table([say(name) for name in names], rows, align, limit=_WIDE)


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))
