"""The conclusion of an audit at the terminal, in the words of the reports."""

from __future__ import annotations

import os
import sys

from corpus_audit.assess.model import ClauseOutcome, Outcome
from corpus_audit.cli.tables import render_table
from corpus_audit.reports import story
from corpus_audit.reports.data import ReportData
from corpus_audit.reports.texts import Texts
from corpus_audit.text.inert import printable

_SOURCES, _CLAUSES = 12, 12
_BOLD, _RED, _YELLOW, _GREEN = "1", "31", "33", "32"
_COLOURS = {
    "fail": _RED, "over": _RED, "inconclusive": _YELLOW, "undecided": _YELLOW,
    "needs-evidence": _YELLOW, "needs-person": _YELLOW, "pass": _GREEN, "under": _GREEN,
}  # fmt: skip
_ASKING: tuple[Outcome, ...] = ("fail", "inconclusive", "needs-evidence", "needs-person")


def print_conclusion(data: ReportData, t: Texts) -> None:
    """Print the conclusion, the sources that matter most, open clauses, and what to do next."""
    print(_paint(printable(story.headline(data, t)), _BOLD))
    print(("" if t.language == "zh" else " ").join(printable(s) for s in story.lead(data, t)))
    print()
    print(_sources(data, t))
    if len(data.sources) > _SOURCES:
        print(t("lead.more", n=len(data.sources) - _SOURCES))
    if data.assessment:
        _print_clauses(data, t)
    commands = [step for step in story.next_steps(data, t) if step.command]
    if commands:
        print()
        for step in commands:
            print(f"{printable(step.text)}\n  {printable(step.command)}")


def _sources(data: ReportData, t: Texts) -> str:
    keys = ("name", "documents", "share", "worst", "outcome")
    rows = [
        [
            source.name,
            t.number(source.tally.documents),
            t.share(source.share),
            t.share(source.worst),
            t(f"outcome.{data.outcome_of(source)}"),
        ]
        for source in data.sources[:_SOURCES]
    ]
    lines = render_table([t(f"sources.{key}") for key in keys], rows, "<>>><").split("\n")
    for place, source in enumerate(data.sources[:_SOURCES], 2):  # behind the headers
        outcome = data.outcome_of(source)
        word = t(f"outcome.{outcome}")
        if outcome in _COLOURS and lines[place].endswith(word):
            head = lines[place].removesuffix(word)
            lines[place] = head + _paint(word, _COLOURS[outcome])
    return "\n".join(lines)


def _print_clauses(data: ReportData, t: Texts) -> None:
    assert data.assessment
    counts = data.assessment.conclusion.counts
    said = t.listed(f"{t(f'outcome.{name}')} {n}" for name, n in counts.items() if n)
    print(f"\n{t('terminal.clauses', clauses=said, number=data.assessment.number)}")
    asking = [c for o in _ASKING for c in data.assessment.clauses if c.outcome == o]
    must = [clause for clause in asking if not clause.advisory]
    if must:
        print(_clause_table(must[:_CLAUSES], t))
        if len(must) > _CLAUSES:
            print(t("lead.more", n=len(must) - _CLAUSES))


def _clause_table(clauses: list[ClauseOutcome], t: Texts) -> str:
    rows = [
        [clause.number, t.words(clause.title), t(f"outcome.{clause.outcome}")] for clause in clauses
    ]
    return render_table([t("table.clause"), "", t("clauses.outcome")], rows, "<<<", limit=60)


def _paint(text: str, code: str) -> str:
    """Coloured on a terminal, unless NO_COLOR asks for none (no-color.org)."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if plain or not sys.stdout.isatty() else f"\x1b[{code}m{text}\x1b[0m"
