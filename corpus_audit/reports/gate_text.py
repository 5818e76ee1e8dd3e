"""A gate's decision for people: what failed, by how much, where to look, what to run next."""

from __future__ import annotations

import re
from collections.abc import Callable

from corpus_audit.gate.model import Decision, Level, Verdict
from corpus_audit.gate.story import causes, caveat, headline, place_words, scope, steps
from corpus_audit.gate.words import LEVEL_WORDS, sentence, source_of
from corpus_audit.rules.clauses import Language
from corpus_audit.text.inert import clipped, printable

SHOWN = 20
#: What log viewers of build servers take for a command: `::error::`, `##[...]`, `##vso[...]`.
_LOG_COMMAND = re.compile(r"^(\s*)::|##(?=\w*\[)")
_LINE = 2000  # characters that a line may have

Paint = Callable[[Level, str], str]


def decision_text(
    decision: Decision,
    roots: tuple[str, ...],
    lang: Language = "en",
    paint: Paint = lambda level, words: words,
) -> str:
    """The decision as lines for a terminal or a build log. Only `paint` may colour them."""
    zh = lang == "zh"
    grave: Level = decision.outcome
    lines = [paint(grave, log_line(headline(decision, lang))), log_line(scope(decision, lang))]
    told = decision.of("fail", "undecided", "warn", "waived", "known")
    for verdict in told[:SHOWN]:
        level = paint(verdict.level, LEVEL_WORDS[verdict.level].to(lang))
        first, *rest = _lines(verdict, lang)
        lines += ["", f"{level}  {log_line(first)}", *map(log_line, rest)]
    if len(told) > SHOWN:
        more = f"{len(told) - SHOWN:,}"
        lines += ["", f"……另有 {more} 项：--json、--junit 全列" if zh else f"... and {more} more: "
                  "--json and --junit list them all"]  # fmt: skip
    remarks = [note.to(lang) for note in decision.notes]
    unused = "豁免未用到，可删除" if zh else "waiver not needed any more, remove it"
    remarks += [f"{unused}: {name}" for name in decision.unused_waivers]
    if remarks:
        lines += ["", *map(log_line, remarks)]
    todo = steps(decision, roots, lang)
    if todo:
        lines += ["", "下一步" if zh else "What to do"]
        lines += [log_line(f"  - {step}") for step in todo]
    if caveat(decision, lang):
        lines += ["", caveat(decision, lang)]
    return "\n".join(lines)


def _lines(verdict: Verdict, lang: Language) -> list[str]:
    zh = lang == "zh"
    lines = [
        f"{clipped(source_of(verdict, lang))}  [{verdict.limit}]",
        f"  {sentence(verdict, lang)}",
    ]
    by = causes(verdict, lang)
    if by:
        lines.append(f"  {'来自' if zh else 'by'} {by}")
    if verdict.places:
        first = clipped(place_words(verdict.places[0], lang))
        lines.append(f"  {'首处' if zh else 'first at'} {first}")
    if verdict.command and verdict.level != "known":
        lines.append(f"  {'查看' if zh else 'see'}: {verdict.command}")
    return lines


def log_line(line: str) -> str:
    """A line that neither a terminal nor a build server takes for a command."""
    line = printable(line[: _LINE + 1])
    line = _LOG_COMMAND.sub(lambda m: "# #" if m[1] is None else f"{m[1]}: :", line)
    return line if len(line) <= _LINE else f"{line[:_LINE]}…"
