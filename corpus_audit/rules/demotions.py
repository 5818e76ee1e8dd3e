"""Demotions as data: which terms hit ordinary text and so weigh `low`, each with its evidence.

A file `NAME.demotions.csv` beside the rule file `NAME.toml`, or given by its path as a rule file
is. The term stays in its list; `corpus-audit rules calibrate` writes the file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

from corpus_audit.errors import RuleError
from corpus_audit.rules.model import Rule
from corpus_audit.text.fold import fold_texts

SUFFIX = ".demotions.csv"


@dataclass(frozen=True, slots=True)
class Demotion:
    """One term of one rule, and what it did in text that is presumed clean."""

    rule: str
    term: str  # folded
    documents_hit: int
    documents: int  # that were read
    rate: float
    upper: float  # one-sided 95 % bound of the rate (Clopper and Pearson)
    reason: str  # "hit": seen in that text; "common": a common word, of which it saw too little
    corpus: str  # names of what was read
    date: str  # ISO 8601
    tool: str


COLUMNS = tuple(field.name for field in fields(Demotion))


def beside(file: Path) -> Path:
    """Where the demotions of a rule file are, if it has any."""
    return file.with_name(file.name.removesuffix(".toml") + SUFFIX)


def to_csv(demotions: Iterable[Demotion]) -> str:
    """The text of a demotion file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in demotions:
        rates = {"rate": f"{one.rate:.3g}", "upper": f"{one.upper:.3g}"}
        writer.writerow([rates.get(name, value) for name, value in _columns(one)])
    return out.getvalue()


def read_demotions(file: Path) -> list[tuple[int, Demotion]]:
    """The rows of a demotion file with their lines. Raises RuleError naming file and line."""
    try:
        rows = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline=""))
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise RuleError(f"{file}:1: no demotion file: its columns are {', '.join(COLUMNS)}.")
        return [(rows.line_num, _row(row, f"{file}:{rows.line_num}")) for row in rows]
    except UnicodeDecodeError:
        raise RuleError(f"{file}: not UTF-8. Save the file as UTF-8.") from None
    except csv.Error as error:
        raise RuleError(f"{file}: not CSV ({error}).") from None


def demote(rules: Sequence[Rule], files: Iterable[Path]) -> tuple[list[Rule], list[str]]:
    """The rules with the terms of these files demoted, and what is wrong with the files."""
    faults: list[str] = []
    wanted: dict[str, set[bytes]] = {}
    terms: dict[str, set[bytes]] = {}
    of = {rule.spec.id: rule for rule in rules}
    for file in files:
        for line, row in read_demotions(file):
            if row.rule not in of:
                faults.append(
                    f'{file}:{line}: no rule "{row.rule}" was loaded. Give the file with its rules'
                )
                continue
            known = terms.setdefault(row.rule, set())
            if not known:
                known |= {*fold_texts(of[row.rule].terms)}
            if row.term.encode() in known:
                wanted.setdefault(row.rule, set()).add(row.term.encode())
            else:
                faults.append(
                    f'{file}:{line}: rule "{row.rule}" has no term {row.term!r} (as folded). '
                    "Remove the line, or run `rules calibrate` again"
                )
    demoted = [
        replace(rule, demoted=rule.demoted | wanted[rule.spec.id])
        if rule.spec.id in wanted
        else rule
        for rule in rules
    ]
    return demoted, faults


def _columns(one: Demotion) -> Iterable[tuple[str, object]]:
    return zip(COLUMNS, astuple(one), strict=True)


def _row(row: dict[str, str], where: str) -> Demotion:
    if None in row or None in row.values():
        raise RuleError(f"{where}: it has not {len(COLUMNS)} values.")
    numbers = {"documents_hit": int, "documents": int, "rate": float, "upper": float}
    values: dict[str, object] = dict(row)
    for name, kind in numbers.items():
        try:
            values[name] = kind(row[name])
        except ValueError:
            raise RuleError(f"{where}: {name} is {row[name]!r}, which is no number.") from None
    return Demotion(**values)  # type: ignore[arg-type]
