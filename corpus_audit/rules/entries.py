"""Reads a TOML file of tables into a model and names file, line and entry of every fault."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from corpus_audit.errors import RuleError
from corpus_audit.rules.location import load_toml

M = TypeVar("M", bound=BaseModel)
Place = tuple[str | int, ...]  # ("clauses", 3, "thresholds", 0, "unit"), as pydantic writes it


class Entries(Generic[M]):
    """One file, read and valid by itself, that further checks can find fault with."""

    def __init__(self, file: Path, model: type[M]) -> None:
        self.file = file
        self.faults: list[str] = []
        self._content = load_toml(file)
        self._lines = file.read_text(encoding="utf-8-sig").splitlines()
        try:
            # by way of JSON: in strict mode only JSON may give tuples and dates
            written = json.dumps(self._content, default=str)
            self.value = model.model_validate_json(written, strict=True)
        except ValidationError as error:
            for fault in error.errors(include_url=False):
                extra = fault["type"] == "extra_forbidden"
                self.fault(fault["loc"], "unknown key" if extra else fault["msg"])
            raise RuleError("\n".join(self.faults)) from None

    def fault(self, place: Place, message: str) -> None:
        """Note a fault at a place of the file."""
        where = f"{self.file}:{_line(self._lines, place)}"
        self.faults.append(f"{where}: {_name(self._content, place)}{message}")

    def unique(self, table: str, key: str, *inside: str | int) -> None:
        """Every entry of a table has another value of this key."""
        seen: set[object] = set()
        entries = self._content
        for step in inside:
            entries = entries[step]  # type: ignore[index]
        for index, entry in enumerate(entries.get(table, [])):
            if entry[key] in seen:
                self.fault((*inside, table, index, key), "is taken by an earlier entry")
            seen.add(entry[key])


def _line(lines: Sequence[str], place: Place) -> int:
    """The line, from 1, of the key; else of the innermost `[[table]]` that holds the place."""
    table, at, step = "", -1, 0
    while step + 1 < len(place) and isinstance(index := place[step + 1], int):
        table = f"{table}.{place[step]}".lstrip(".")
        header = re.compile(rf"\s*\[\[\s*{re.escape(table)}\s*\]\]")
        found = [n for n in range(max(at, 0), len(lines)) if header.match(lines[n])]
        if index >= len(found):
            break  # a list in one line, not tables
        at, step = found[index], step + 2
    if step < len(place):
        key = re.compile(rf"\s*{re.escape(str(place[step]))}\s*[.=]")
        for n in range(at + 1, len(lines)):
            if lines[n].lstrip().startswith("["):
                break
            if key.match(lines[n]):
                return n + 1
    return max(at, 0) + 1


def _name(content: Any, place: Place) -> str:
    """`clauses "manual-sample": thresholds "pass_rate": unit: `, as far as entries have names."""
    names: list[str] = []
    for step in place:
        try:
            content = content[step]
        except (KeyError, IndexError, TypeError):
            content = None  # what is missing has a place, too
        if isinstance(step, int) and isinstance(content, dict):
            name = content.get("id") or content.get("name") or content.get("key") or step
            names[-1] += f" {json.dumps(name, ensure_ascii=False)}"
        else:
            names.append(str(step))
    return "".join(f"{name}: " for name in names)
