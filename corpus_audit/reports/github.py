"""A gate's decision for GitHub: annotations on a pull request, and the Markdown job summary."""

from __future__ import annotations

from corpus_audit.gate.model import Decision, Level, Verdict
from corpus_audit.gate.story import (
    causes,
    caveat,
    headline,
    place_words,
    relative_path,
    scope,
    steps,
)
from corpus_audit.gate.words import LEVEL_WORDS, sentence, source_of
from corpus_audit.rules.clauses import Language
from corpus_audit.text.inert import clipped, code_span, printable

#: What GitHub shows of one step: ten errors and ten warnings.
ANNOTATIONS = 10
ROWS = 50  # of a table of the summary, which may have a megabyte
_COMMANDS: dict[Level, str] = {"fail": "error", "undecided": "error", "warn": "warning"}
_MARKS: dict[Level, str] = {
    "fail": "❌", "undecided": "❔", "warn": "⚠️", "waived": "📝", "known": "↩️", "pass": "✅",
}  # fmt: skip
_TEXT = 1000


def decision_annotations(decision: Decision, lang: Language = "en", *, base: str = "") -> str:
    """Workflow commands, one a line: `::error file=...,line=...,title=...::text`."""
    lines = []
    for command in ("error", "warning"):
        told = [v for v in decision.verdicts if _COMMANDS.get(v.level) == command]
        shown = told if len(told) <= ANNOTATIONS else told[: ANNOTATIONS - 1]
        lines += [_annotation(command, verdict, lang, base) for verdict in shown]
        if len(told) > len(shown):
            words = f"{len(told) - len(shown):,} more; the job summary and the artifacts have them"
            if lang == "zh":
                words = f"另有 {len(told) - len(shown):,} 项，见任务摘要与产物"
            lines.append(f"::{command} title={_property('corpus-audit')}::{_data(words)}")
    return "".join(f"{line}\n" for line in lines)


def _annotation(command: str, verdict: Verdict, lang: Language, base: str) -> str:
    properties = {}
    if verdict.places:
        place = verdict.places[0]
        properties["file"] = relative_path(place.path, base)
        if place.line is not None:
            properties["line"] = str(place.line)
    source = clipped(source_of(verdict, lang))
    level = LEVEL_WORDS[verdict.level].to(lang)
    properties["title"] = f"{level} [{verdict.limit}] {source}"
    by = causes(verdict, lang)
    text = f"{sentence(verdict, lang)}\n{by}\n{verdict.command}".rstrip()
    joined = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{command} {joined}::{_data(text)}"


def _data(text: str) -> str:
    """A message: line ends are written as GitHub reads them, so that no second command begins."""
    lines = "\n".join(printable(line) for line in text.split("\n"))[:_TEXT]
    return lines.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(printable(text)).replace(":", "%3A").replace(",", "%2C")


def decision_summary(decision: Decision, roots: tuple[str, ...], lang: Language = "en") -> str:
    """The decision as Markdown. Whatever comes from data stands in code spans."""
    zh = lang == "zh"
    lines = [
        f"## {_MARKS[decision.outcome]} {headline(decision, lang)}",
        "",
        code_span(scope(decision, lang)) if len(scope(decision, lang)) < 200 else _scope(decision),
        "",
    ]
    told = decision.of("fail", "undecided", "warn", "waived", "known")
    if told:
        heads = ("", "来源", "限值", "结果", "来自", "首处") if zh else (
            "", "source", "limit", "what was found", "by", "first at"
        )  # fmt: skip
        lines += [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
        lines += [_row(verdict, lang) for verdict in told[:ROWS]]
        if len(told) > ROWS:
            more = f"{len(told) - ROWS:,}"
            lines += ["", f"另有 {more} 项，见 JSON 或 JUnit。" if zh else f"And {more} more, in "
                      "the JSON and JUnit files."]  # fmt: skip
        lines.append("")
        commands = list(dict.fromkeys(v.command for v in told[:ROWS] if v.gates and v.command))
        if commands:
            lines += [f"<details><summary>{'查看证据' if zh else 'See the evidence'}</summary>", ""]
            lines += [_indented(command) for command in commands]
            lines += ["", "</details>", ""]
    todo = steps(decision, roots, lang)
    if todo:
        lines += [f"### {'下一步' if zh else 'What to do'}", ""]
        lines += [f"- {_escaped(step)}" for step in todo]
        lines.append("")
    remarks = [note.to(lang) for note in decision.notes]
    unused = "豁免未用到，可删除" if zh else "waiver not needed any more, remove it"
    remarks += [f"{unused}: {name}" for name in decision.unused_waivers]
    lines += [f"> {_escaped(remark)}" for remark in remarks]
    if caveat(decision, lang):
        lines += ["", _escaped(caveat(decision, lang))]
    return "\n".join(lines).rstrip() + "\n"


def _scope(decision: Decision) -> str:
    return f"{code_span(decision.policy)} {code_span(decision.audit)}"


def _row(verdict: Verdict, lang: Language) -> str:
    level = LEVEL_WORDS[verdict.level].to(lang)
    first = place_words(verdict.places[0], lang) if verdict.places else ""
    cells = [
        f"{_MARKS[verdict.level]} {level}",
        code_span(source_of(verdict, lang)) if verdict.source else source_of(verdict, lang),
        code_span(verdict.limit),
        _escaped(sentence(verdict, lang)),
        code_span(causes(verdict, lang)) if verdict.causes else "",
        code_span(first) if first else "",
    ]
    return f"| {' | '.join(cells)} |"


def _indented(command: str) -> str:
    """A code block, which ends where the indentation ends."""
    return f"    {printable(command)[:_TEXT]}"


def _escaped(text: str) -> str:
    """Our own words, in which names and reasons of other people may stand: no markup works."""
    kept = printable(text)[:_TEXT].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    kept = "".join(f"\\{char}" if char in r"\`*_{}[]()#+!|~" else char for char in kept)
    return kept.replace("@", "&#64;").replace("://", ":&#47;&#47;")
