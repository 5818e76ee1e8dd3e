"""`corpus-audit assess`: an audit against a standard, clause by clause."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from corpus_audit.errors import UsageError

if TYPE_CHECKING:
    from corpus_audit.assess.model import Assessment, ClauseOutcome

Lang = Literal["en", "zh"]

_ZH = {
    "pass": "符合", "fail": "不符合", "inconclusive": "无法判定", "needs-evidence": "缺少证据",
    "needs-person": "待人判断", "not-applicable": "不适用",
    "clause": "条款", "outcome": "结论", "title": "名称", "why": "理由",
    "source": "来源", "documents": "文档", "hit": "命中", "share": "占比",
    "95 % bounds": "95% 区间", "worst": "最坏", "characters": "按字符", "deduplicated": "去重后",
    "basis": "依据",
    "census": "全量", "sample": "抽样", "reviewed": "已复核",
    "manual": "人工抽检", "technical": "技术抽检",
}  # fmt: skip


def _print_schema(wanted: bool) -> None:
    if wanted:
        import json

        from corpus_audit.assess.model import Assessment

        print(json.dumps(Assessment.model_json_schema(), ensure_ascii=False, indent=2))
        raise typer.Exit


def assess(
    audit: Annotated[str, typer.Argument(help="Audit directory.")],
    standard: Annotated[str, typer.Option(help="As `standards list` names it.")] = "tc260-003-2024",
    policy: Annotated[
        Path | None, typer.Option(help="Policy file. [default: that of the scan]")
    ] = None,
    ledger: Annotated[
        Path | None,
        typer.Option(help="Ledger of sources. [default: that of the scan, if unchanged]"),
    ] = None,
    judgements: Annotated[
        Path | None, typer.Option(help="What people judged, as TOML: see the README.")
    ] = None,
    annotations: Annotated[
        Path | None,
        typer.Option(help="Table of annotation records: CSV, Parquet or JSON Lines."),
    ] = None,
    roster: Annotated[
        Path | None, typer.Option(help="Table of annotators, their roles and qualification.")
    ] = None,
    before: Annotated[
        str | None,
        typer.Option(help="Audit of the sample that was assessed before collection, if kept."),
    ] = None,
    today: Annotated[str | None, typer.Option(help="Day of the assessment: 2025-01-31.")] = None,
    lang: Annotated[Lang, typer.Option(help="Language of the words.")] = "en",
    format_: Annotated[
        Literal["text", "json"],
        typer.Option("--format", help="json is what assessment.json holds."),
    ] = "text",
    _schema: Annotated[
        bool,
        typer.Option(
            "--schema",
            callback=_print_schema,
            is_eager=True,
            help="Print the JSON Schema of assessment.json.",
        ),
    ] = False,
) -> None:
    """Hold an audit against a standard: which clause, which limit, how sure, what evidence."""
    from corpus_audit.evidence.command import assess_audit, write_assessment

    found = assess_audit(
        audit, standard, policy, ledger, judgements=judgements, annotations=annotations,
        roster=roster,
        before=before, today=_day(today),
    )  # fmt: skip
    write_assessment(audit, found)
    if format_ == "json":
        print(found.model_dump_json(indent=2))
    else:
        print("\n".join(_pages(found, lang)))
    raise typer.Exit(exit_code(found))


def exit_code(found: Assessment) -> int:
    """0 where every must-clause passes, 4 where one fails, 5 where nobody can tell yet."""
    return {"pass": 0, "fail": 4}.get(found.conclusion.outcome, 5)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"--today {text}: is no day. Write it as 2025-01-31.") from None


def _pages(found: Assessment, lang: Lang) -> list[str]:
    zh = lang == "zh"

    def say(word: str) -> str:
        return _ZH.get(word, word) if zh else word

    pages = [f"{found.number}  {found.title.to(lang)}", found.basis.to(lang), ""]
    pages += _sources(found, say, zh)
    for sample in found.samples:
        pages.append(f"{say(sample.plan)}: {say(sample.outcome).upper()}  {sample.reason.to(lang)}")
    pages += ["", _clauses(found, lang, say)]
    marks = {
        "*": ("条号可能不同", "the number of the clause may differ"),
        "†": ("条文或限值取自草案或二手资料", "text or limit from a draft or told by others"),
        "()": ("宜：不影响结论", "a should-clause: it does not change the conclusion"),
    }
    pages += [f"{mark} {text[0] if zh else text[1]}" for mark, text in marks.items()]
    todo = [each for each in found.clauses if each.next]
    if todo:
        pages += ["", "下一步" if zh else "What to do next"]
        said: dict[str, list[str]] = {}
        for each in todo:
            assert each.next
            said.setdefault(each.next.to(lang), []).append(each.number)
        pages += [f"  {', '.join(numbers)}: {what}" for what, numbers in said.items()]
    counts = ", ".join(f"{n} {say(name)}" for name, n in found.conclusion.counts.items())
    pages += ["", f"{found.conclusion.words.to(lang)} ({counts})"]
    return pages


def _clauses(found: Assessment, lang: Lang, say: object) -> str:
    from corpus_audit.cli.tables import render_table

    assert callable(say)
    rows = [
        [
            each.number + " *" * each.provisional + " †" * each.draft_derived,
            f"({say(each.outcome)})" if each.advisory else _loud(each, say(each.outcome)),
            each.title.to(lang),
            each.reason.to(lang),
        ]
        for each in found.clauses
    ]
    headers = [say(name) for name in ("clause", "outcome", "title", "why")]
    return render_table(headers, rows, limit=100)


def _loud(each: ClauseOutcome, word: str) -> str:
    return word.upper() if each.outcome == "fail" else word


def _sources(found: Assessment, say: object, zh: bool) -> list[str]:
    from corpus_audit.assess.shares import percent
    from corpus_audit.cli.tables import render_table

    assert callable(say)
    rows = []
    for each in found.sources:
        bounds = each.reviewed or each.share.bounds
        dedup = each.share_deduplicated
        rows.append(
            [
                each.source, f"{each.documents:,}", f"{each.share.hit:,}",
                percent(each.share.value), percent(each.share.worst),
                percent(each.share_chars.value),
                percent(dedup.value) if dedup else "-", say(each.basis),
                f"{percent(bounds.low)} - {percent(bounds.high)}" if bounds else "",
                say(each.outcome).upper() if each.outcome == "fail" else say(each.outcome),
            ]
        )  # fmt: skip
    headers = [
        "source", "documents", "hit", "share", "worst", "characters", "deduplicated", "basis",
        "95 % bounds", "outcome",
    ]  # fmt: skip
    counted = ", ".join(dict.fromkeys(risk.rpartition(".")[0] for risk in found.counted))
    text = (
        f"计入 {len(found.counted)} 种风险（{counted}），按文档计，限值为严格超过"
        if zh
        else f"Counting {len(found.counted)} risks ({counted}) by documents; strictly over bars"
    )
    return [render_table([say(name) for name in headers], rows, "<>>>>>><><"), text, ""]
