"""Reads tables of annotation records and rosters: CSV, Parquet or JSON Lines, zh or en headings.

Faults name row and column and never quote more than a word of the vocabulary.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from corpus_audit.errors import UsageError
from corpus_audit.rules.standards import load_risks

#: Columns by their name; the Chinese heading stands for the same.
COLUMNS: Mapping[str, str] = {
    "item": "条目",
    "batch": "批次",
    "kind": "类型",  # functional | safety
    "risk": "风险",  # A.1.a, several by spaces: of safety items
    "executor": "执行人",
    "reviewers": "审核人",  # several by spaces, commas or semicolons
    "date": "日期",  # of the annotation
    "result": "审核结果",  # pass | fail: of the verification
    "check": "抽检",  # pass | inaccurate | illegal: of the manual spot check; empty: not drawn
    "response": "回复",
    "side": "正负向",  # positive | negative: of preference data
}
ROSTER_COLUMNS: Mapping[str, str] = {
    "person": "人员",
    "role": "角色",  # executor | reviewer | arbiter | supervisor
    "qualified_from": "资格起",
    "qualified_until": "资格止",  # empty: without end
}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "kind": {"functional": "功能性", "safety": "安全性"},
    "result": {"pass": "通过", "fail": "不通过"},
    "check": {"pass": "通过", "inaccurate": "不准确", "illegal": "含违法内容"},
    "side": {"positive": "正向", "negative": "负向"},
    "role": {
        "executor": "标注执行", "reviewer": "标注审核", "arbiter": "标注仲裁",
        "supervisor": "标注监督",
    },
}  # fmt: skip
_SEPARATORS = re.compile(r"[\s,;，；、|]+")
_RISK = re.compile(r"A\.?([1-5])[.\s]*([a-z])\)?", re.IGNORECASE)
_SHOWN = 20  # faults


@dataclass(frozen=True, slots=True)
class Item:
    """One annotated item."""

    item: str
    batch: str
    kind: str
    risks: tuple[str, ...] = ()
    executor: str = ""
    reviewers: tuple[str, ...] = ()
    date: date | None = None
    result: str = ""
    check: str = ""
    response: str = ""
    side: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may take a role between two days."""

    person: str
    role: str
    qualified_from: date | None
    qualified_until: date | None

    def qualified(self, role: str, on: date | None) -> bool:
        """Without a day to compare, the role decides."""
        begun = self.qualified_from is None or on is None or self.qualified_from <= on
        ended = self.qualified_until is not None and on is not None and self.qualified_until < on
        return self.role == role and begun and not ended


@dataclass(frozen=True)
class Annotations:
    """A table of annotation records with the roster of those who made them."""

    path: str
    items: tuple[Item, ...]
    columns: frozenset[str]  # that the table has
    roster: tuple[Person, ...] | None = None
    roster_path: str = ""


def read_annotations(path: Path, roster: Path | None = None) -> Annotations:
    """Raises UsageError with the faults of the table, row by row."""
    rows, columns = _rows(path, COLUMNS, ("item", "batch", "kind"))
    faults: list[str] = []
    known = {risk.id for risk in load_risks().risks}
    items = [_item(row, place, known, faults) for place, row in enumerate(rows, 2)]
    seen: dict[str, int] = {}
    for place, each in enumerate(items, 2):
        if each.item in seen:
            faults.append(f"row {place}: item: stands in row {seen[each.item]} too")
        seen.setdefault(each.item, place)
    people = None
    if roster is not None:
        roster_rows, _ = _rows(roster, ROSTER_COLUMNS, ("person", "role"))
        people = tuple(_person(row, place, faults) for place, row in enumerate(roster_rows, 2))
    if faults:
        told = [f"{path}: {fault}" for fault in faults[:_SHOWN]]
        if len(faults) > _SHOWN:
            told.append(f"and {len(faults) - _SHOWN:,} more")
        raise UsageError("\n".join(told) + "\nCorrect the table; nothing was assessed.")
    return Annotations(str(path), tuple(items), columns, people, str(roster or ""))


def _rows(
    path: Path, headings: Mapping[str, str], needed: Sequence[str]
) -> tuple[list[dict[str, Any]], frozenset[str]]:
    table = _table(path)
    own = {zh: name for name, zh in headings.items()} | {name: name for name in headings}
    named = [own.get(heading.strip().removeprefix("\ufeff"), "") for heading in table.column_names]
    lacking = [name for name in needed if name not in named]
    if lacking:
        raise UsageError(
            f"{path}: no column {', '.join(f'{name} ({headings[name]})' for name in lacking)}. "
            f"Known columns: {', '.join(f'{name} ({zh})' for name, zh in headings.items())}."
        )
    if len(set(filter(None, named))) < len(list(filter(None, named))):
        raise UsageError(f"{path}: a column stands twice, once in each language. Remove one.")
    kept = [i for i, name in enumerate(named) if name]
    table = table.select(kept).rename_columns([named[i] for i in kept])
    return table.to_pylist(), frozenset(table.column_names)


def _table(path: Path) -> pa.Table:
    suffix = path.suffix.lower()
    try:
        if suffix == ".parquet":
            import pyarrow.parquet as pq

            return pq.read_table(path)
        if suffix in (".jsonl", ".ndjson"):
            import pyarrow.json

            return pyarrow.json.read_json(path)
        if suffix == ".csv":
            import pyarrow.csv

            with path.open("rb") as file:
                first = file.readline().decode("utf-8-sig").strip()
            options = pyarrow.csv.ConvertOptions(
                column_types={name.strip().strip('"'): pa.string() for name in first.split(",")},
                strings_can_be_null=False,
            )
            parsing = pyarrow.csv.ParseOptions(newlines_in_values=True)
            return pyarrow.csv.read_csv(path, convert_options=options, parse_options=parsing)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror or 'no such file'}).") from None
    except (pa.ArrowInvalid, UnicodeDecodeError):
        raise UsageError(f"{path}: is no valid {suffix[1:]} file in UTF-8. Correct it.") from None
    raise UsageError(f"{path}: a table is a .csv, .parquet or .jsonl file. Rename or convert it.")


def _item(row: Mapping[str, Any], place: int, known: set[str], faults: list[str]) -> Item:
    risks = tuple(_risks(_text(row.get("risk")), place, known, faults))
    return Item(
        item=_required(row, "item", place, faults),
        batch=_required(row, "batch", place, faults),
        kind=_word(row, "kind", place, faults, required=True),
        risks=risks,
        executor=_text(row.get("executor")),
        reviewers=tuple(_several(row.get("reviewers"))),
        date=_day(row, "date", place, faults),
        result=_word(row, "result", place, faults),
        check=_word(row, "check", place, faults),
        response=_text(row.get("response")),
        side=_word(row, "side", place, faults),
    )


def _person(row: Mapping[str, Any], place: int, faults: list[str]) -> Person:
    return Person(
        _required(row, "person", place, faults),
        _word(row, "role", place, faults, required=True),
        _day(row, "qualified_from", place, faults),
        _day(row, "qualified_until", place, faults),
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _several(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for each in value if (text := _text(each))]
    return [each for each in _SEPARATORS.split(_text(value)) if each]


def _required(row: Mapping[str, Any], name: str, place: int, faults: list[str]) -> str:
    text = _text(row.get(name))
    if not text:
        faults.append(f"row {place}: {name}: is empty")
    return text


def _word(
    row: Mapping[str, Any], name: str, place: int, faults: list[str], *, required: bool = False
) -> str:
    text = _text(row.get(name))
    found = next((en for en, zh in _WORDS[name].items() if text.lower() == en or text == zh), "")
    if (text and not found) or (required and not text):
        known = ", ".join(f"{en} ({zh})" for en, zh in _WORDS[name].items())
        faults.append(f"row {place}: {name}: is none of {known}")
    return found


def _day(row: Mapping[str, Any], name: str, place: int, faults: list[str]) -> date | None:
    text = _text(row.get(name))
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        faults.append(f"row {place}: {name}: is no day; write 2025-01-31")
        return None


def _risks(text: str, place: int, known: set[str], faults: list[str]) -> list[str]:
    found = [f"A.{group}.{letter.lower()}" for group, letter in _RISK.findall(text)]
    rest = _SEPARATORS.sub("", _RISK.sub("", text))
    if rest or any(risk not in known for risk in found):
        faults.append(f"row {place}: risk: is no risk of Annex A; write A.1.a, several by spaces")
    return found
