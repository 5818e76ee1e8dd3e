"""Where in a ledger a key stands: lines for faults, for TOML, YAML and JSON alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

Place = tuple[str | int, ...]  # ("source", 2, "evidence", 0, "file"), as pydantic writes it
Lines = dict[Place, int]

_HEADER = re.compile(r"\s*(\[\[|\[)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"\s*((?:[A-Za-z0-9_-]+|\"[^\"]*\")(?:\s*\.\s*(?:[A-Za-z0-9_-]+|\"[^\"]*\"))*)\s*="
)
_LONG = re.compile(r'"""|\'\'\'')


def line_of(lines: Mapping[Place, int], place: Place) -> int:
    """The line, from 1, of a place, or of the nearest that holds it."""
    for length in range(len(place), 0, -1):
        if place[:length] in lines:
            return lines[place[:length]]
    return 1


def toml_lines(text: str) -> Lines:
    """Lines of tables and keys. Values that span lines are passed over."""
    lines: Lines = {}
    counts: dict[tuple[Any, ...], int] = {}
    table: Place = ()
    closing = ""
    for number, line in enumerate(text.splitlines(), 1):
        if closing:
            closing = "" if closing in line else closing
            continue
        if header := _HEADER.match(line):
            names = [name.strip().strip('"') for name in header[2].split(".")]
            table = _resolve(names[:-1], counts)
            last = (*table, names[-1])
            if header[1] == "[[":
                counts[last] = counts.get(last, -1) + 1
                last = (*last, counts[last])
            table = last
            lines.setdefault(table, number)
        elif found := _KEY.match(line):
            names = [name.strip().strip('"') for name in found[1].split(".")]
            for end in range(1, len(names) + 1):
                lines.setdefault((*table, *names[:end]), number)
            marks = _LONG.findall(line)
            closing = marks[0] if len(marks) % 2 else ""
    return lines


def _resolve(names: list[str], counts: Mapping[tuple[Any, ...], int]) -> Place:
    """The table that a header stands in: of an array of tables the last one."""
    place: Place = ()
    for name in names:
        place = (*place, name)
        if place in counts:
            place = (*place, counts[place])
    return place


def node_lines(node: yaml.Node | None) -> tuple[Lines, list[tuple[Place, str]]]:
    """Lines of every key and element of a YAML tree, and keys that stand twice."""
    lines: Lines = {}
    doubled: list[tuple[Place, str]] = []
    waiting: list[tuple[Place, Any]] = [((), node)]
    seen: set[int] = set()
    while waiting:
        place, each = waiting.pop()
        if each is None or (id(each) in seen and place):
            continue
        seen.add(id(each))
        if isinstance(each, yaml.MappingNode):
            keys: set[str] = set()
            for key, value in each.value:
                name = str(key.value)
                if name in keys:
                    doubled.append(((*place, name), name))
                keys.add(name)
                lines[(*place, name)] = key.start_mark.line + 1
                waiting.append(((*place, name), value))
        elif isinstance(each, yaml.SequenceNode):
            for index, value in enumerate(each.value):
                lines[(*place, index)] = value.start_mark.line + 1
                waiting.append(((*place, index), value))
    return lines, doubled
