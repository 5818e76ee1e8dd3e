"""`corpus-audit rules`: look over a keyword library. Importing and calibrating: `cli.library`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from corpus_audit.rules.coverage import Coverage, RiskCoverage
    from corpus_audit.rules.model import Rule

app = typer.Typer(help="Keyword rules: your own library.", no_args_is_help=True)

Form = Literal["text", "json"]
Lang = Literal["en", "zh"]
Paths = Annotated[
    list[str] | None, typer.Argument(help="Rule files or folders. [default: shipped rules]")
]
_SHOWN = 5  # remarks of one kind on one rule, and terms of a change
_WIDE = 100

_NOTE = (
    "base: distinct terms as written. expanded: with their slots filled. combinations: of words "
    "that must stand together, told only. Padded variants are no keywords"
)
_ZH = {
    "risk": "风险", "name": "名称", "rules": "规则", "base": "基础词", "expanded": "展开后",
    "combinations": "组合", "demoted": "降权", "asked": "要求", "base short by": "基础词差",
    "expanded short by": "展开后差", "updated": "更新于", "total": "总计",
    "last update": "最近更新", "days ago": "天前", "asked: at most": "要求：不超过", "days": "天",
    "unknown": "未知", "no date": "未注明日期", "beyond what is asked": "要求之外",
    _NOTE:
        "基础词：所写的不同词条。展开后：填入词槽。组合：须同时出现的词的搭配，仅列出。"
        "凑数的变体不算关键词",
}  # fmt: skip


@app.command("lint")
def lint_rules(
    paths: Paths = None,
    every: Annotated[bool, typer.Option("--all", help="Print every remark.")] = False,
    format: Annotated[Form, typer.Option(help="Text or json.")] = "text",
) -> None:
    """Find terms and patterns that never match or add nothing. Exit code 2 on faults."""
    from corpus_audit.rules.lint import lint
    from corpus_audit.rules.loader import load_rules

    remarks = lint(load_rules(paths or (), check=False))
    faults = sum(remark.level == "fault" for remark in remarks)
    if format == "json":
        _print_json([remark._asdict() for remark in remarks])
        raise typer.Exit(2 if faults else 0)
    count: dict[tuple[str, str], int] = {}
    for remark in remarks:
        key = (remark.rule, remark.kind)
        count[key] = count.get(key, 0) + 1
        if every or remark.level == "fault" or count[key] <= _SHOWN:
            print(f'{remark.where}: {remark.level}: rule "{remark.rule}": {remark.text}')
    hidden = 0 if every else sum(max(n - _SHOWN, 0) for n in count.values())
    more = f" ({hidden:,} like these are not printed: --all)" if hidden and not faults else ""
    print(f"{faults:,} faults, {len(remarks) - faults:,} warnings{more}")
    raise typer.Exit(2 if faults else 0)


@app.command("coverage")
def show_coverage(
    paths: Paths = None,
    rules: Annotated[
        list[str] | None, typer.Option(help="Rule file or folder, as `scan` takes it.")
    ] = None,
    standard: Annotated[str, typer.Option(help="Id of a standard.")] = "tc260-003-2024",
    lang: Annotated[Lang, typer.Option(help="Language of the words.")] = "en",
    format: Annotated[Form, typer.Option(help="Text or json.")] = "text",
) -> None:
    """Count terms by risk against what a standard asks. Base terms and expansions stand apart."""
    from corpus_audit.rules.coverage import cover
    from corpus_audit.rules.loader import read_rules
    from corpus_audit.rules.standards import load_standard

    read = read_rules([*(paths or ()), *(rules or ())])
    found = cover(read, load_standard(standard), date.today())
    if format == "json":
        _print_json(_coverage_json(found))
    else:
        _print_coverage(found, lang)


@app.command("test")
def test_rules(paths: Paths = None) -> None:
    """Try every rule on its own examples. Exit code 2 where one fails."""
    from corpus_audit.rules.loader import failed_examples, load_rules

    loaded = load_rules(paths or (), check=False)
    failed = failed_examples(loaded)
    for rule, fault in failed:
        print(f"{rule.where}: {fault}")
    tried = sum(len(rule.spec.hits) + len(rule.spec.misses) for rule in loaded.rules)
    print(f"{tried:,} examples of {len(loaded.rules):,} rules, {len(failed):,} fail")
    raise typer.Exit(2 if failed else 0)


@app.command("show")
def show_rule(
    id: Annotated[str, typer.Argument(metavar="ID")],
    rules: Annotated[
        list[str] | None, typer.Option(help="Rule file or folder. [default: shipped rules]")
    ] = None,
    format: Annotated[Form, typer.Option(help="Text or json.")] = "text",
) -> None:
    """Show all of one rule: terms, conditions, examples, what weighs less."""
    from corpus_audit.errors import UsageError
    from corpus_audit.rules.loader import read_rules

    read = {rule.spec.id: rule for rule in read_rules(rules or ())}
    if id not in read:
        near = [known for known in read if id in known or known.startswith(id.split(".")[0])]
        raise UsageError(f'no rule "{id}". {"Like it: " + ", ".join(near[:10]) if near else ""}')
    shown = _rule_json(read[id])
    if format == "json":
        _print_json(shown)
        return
    for key, value in shown.items():
        if value not in (None, [], "", {}):
            print(f"{key}: {_inline(value)}")


@app.command("diff")
def diff_rules(
    before: Annotated[str, typer.Argument(metavar="A", help="Rule file or folder.")],
    after: Annotated[str, typer.Argument(metavar="B", help="Rule file or folder.")],
    every: Annotated[bool, typer.Option("--all", help="Print every term.")] = False,
    format: Annotated[Form, typer.Option(help="Text or json.")] = "text",
) -> None:
    """What changed from A to B: rules, terms, settings, demotions."""
    from corpus_audit.rules.comparison import compare
    from corpus_audit.rules.loader import read_rules

    changes = compare(read_rules([before]), read_rules([after]))
    if format == "json":
        _print_json([asdict(change) for change in changes])
        return
    for change in changes:
        print(f"{change.kind} {change.id}")
        for sign, what, terms in (
            ("+", "terms", change.terms_added),
            ("-", "terms", change.terms_removed),
            ("+", "demoted", change.demoted),
            ("-", "demoted", change.promoted),
        ):
            if terms:
                listed = ", ".join(terms if every else terms[:_SHOWN])
                rest = "" if every or len(terms) <= _SHOWN else ", ..."
                print(f"  {sign} {len(terms):,} {what}: {listed}{rest}")
        for key, old, new in change.settings:
            print(f"  {key}: {_inline(old)} -> {_inline(new)}")
    print(f"{len(changes):,} rules differ")


@app.command("schema")
def print_schema() -> None:
    """Print the JSON Schema of a rule file."""
    from corpus_audit.rules.model import RuleFile

    _print_json(RuleFile.model_json_schema())


def _print_coverage(found: Coverage, lang: Lang) -> None:
    from corpus_audit.cli.standards import Say
    from corpus_audit.cli.tables import render_table
    from corpus_audit.rules.standards import load_risks

    def say(word: str) -> str:
        return _ZH.get(word) or Say(lang)(word) if lang == "zh" else word

    names = {risk.id: risk.short.to(lang) for risk in load_risks().risks}
    headers = ["risk", "name", "rules", "base", "expanded", "combinations", "demoted", "asked",
               "base short by", "expanded short by", "updated"]  # fmt: skip

    def row(one: RiskCoverage) -> list[str]:
        asked = ["", "", ""]
        if one.needs is not None:
            short = [_or_none(one.short(held)) for held in (one.base, one.expanded)]
            asked = [f"{one.needs:,}", *short]
        return [
            one.risk, names[one.risk], f"{one.rules:,}", f"{one.base:,}", f"{one.expanded:,}",
            _or_none(one.combinations), f"{one.demoted:,}", *asked,
            str(one.updated or "?"),
        ]  # fmt: skip

    needs = found.needs
    short = ["", "", ""]
    if needs is not None:
        short = [f"{needs:,}", *(_or_none(max(needs - n, 0)) for n in (found.base, found.expanded))]
    everything = [*found.risks, *found.others]
    total = [
        say("total"), "", f"{sum(one.rules for one in everything):,}", f"{found.base:,}",
        f"{found.expanded:,}", _or_none(found.combinations),
        f"{sum(one.demoted for one in everything):,}", *short,
        str(found.updated or "?"),
    ]  # fmt: skip
    standard = found.standard
    clauses = dict.fromkeys(
        (limit.clause, limit.modality, limit.verified) for limit in found.thresholds
    )
    print(f"{standard.id}  {standard.number}  {standard.title.to(lang)}")
    print("; ".join(f"{clause} ({say(modal)}, {say(how)})" for clause, modal, how in clauses))
    align = "<<>>>>>>>><"
    rows = [row(one) for one in found.risks]
    if found.others:
        rows += [[f"({say('beyond what is asked')})", *[""] * 10], *(row(o) for o in found.others)]
    print(render_table([say(name) for name in headers], [*rows, total], align))
    age = (
        say("unknown") if found.age is None else f"{found.updated}, {found.age:,} {say('days ago')}"
    )
    asked = (
        ""
        if found.most_days is None
        else f"; {say('asked: at most')} {found.most_days} {say('days')}"
    )
    print(f"{say('last update')}: {age}{asked}")
    for file in found.undated:
        print(f"  {say('no date')}: {file}")
    print(say(_NOTE))


def _or_none(short: int) -> str:
    return f"{short:,}" if short else "-"


def _coverage_json(found: Coverage) -> dict[str, Any]:
    def plain(one: RiskCoverage) -> dict[str, Any]:
        lacks = {"base_short_by": one.short(one.base), "expanded_short_by": one.short(one.expanded)}
        return asdict(one) | (lacks if one.needs is not None else {})

    return {
        "standard": found.standard.id,
        "thresholds": [limit.model_dump(mode="json") for limit in found.thresholds],
        "risks": [plain(one) for one in found.risks],
        "others": [plain(one) for one in found.others],
        "total": {
            "base": found.base,
            "expanded": found.expanded,
            "combinations": found.combinations,
            "needs": found.needs,
        },
        "updated": found.updated,
        "age_days": found.age,
        "most_days": found.most_days,
        "undated": found.undated,
    }


def _rule_json(rule: Rule) -> dict[str, Any]:
    spec = rule.spec.model_dump(mode="json", exclude={"terms"})
    return {
        **{
            key: spec.pop(key)
            for key in ("id", "title", "risk", "severity", "confidence", "status")
        },
        "where": f"{rule.file}:{rule.line}",
        "updated": rule.updated,
        "base": rule.base,
        "expanded": rule.expanded,
        "terms": list(rule.terms),
        "demoted": sorted(term.decode() for term in rule.demoted),
        **spec,
        "conditions": [
            {"wanted": c.wanted, "within": c.within, "literals": list(c.literals)}
            for c in rule.conditions
        ],
    }


def _inline(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key} {_inline(inner)}" for key, inner in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " | ".join(_inline(inner) for inner in value)
    return str(value)


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=_as_text))


def _as_text(value: object) -> str:
    if isinstance(value, date | Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no JSON")
