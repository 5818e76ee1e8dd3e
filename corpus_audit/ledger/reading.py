"""Reads a ledger in TOML, YAML or JSON. Nothing in it can make the reader slow or reach outside."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomli
import yaml
from pydantic import ValidationError

from corpus_audit.errors import LedgerError
from corpus_audit.ledger.lines import Lines, Place, line_of, node_lines, toml_lines
from corpus_audit.ledger.model import Ledger

MAX_BYTES = 8 << 20
_MAX_NODES = 1_000_000  # of a YAML tree with its aliases written out
_MAX_DEPTH = 40
_SUFFIXES = {".toml": "TOML", ".yaml": "YAML", ".yml": "YAML", ".json": "JSON"}


@dataclass(frozen=True)
class LedgerFile:
    """A ledger that was read, with what faults need: its path and the lines of its keys."""

    path: Path
    ledger: Ledger
    digest: str  # BLAKE2b-128 of its bytes
    lines: Lines = field(repr=False)

    @property
    def folder(self) -> Path:
        """What paths in it start from."""
        return self.path.parent

    def where(self, place: Place) -> str:
        """`sources.toml:12`, with the source that the place is in."""
        name = ""
        if len(place) >= 2 and place[0] == "source" and isinstance(place[1], int):
            name = f' source "{self.ledger.source[place[1]].id}":'
        return f"{self.path}:{line_of(self.lines, place)}:{name}"


def load_ledger(path: str | Path) -> LedgerFile:
    """Read a ledger. Raises LedgerError with all faults of its form, each with file and line."""
    file = Path(path)
    data = _read(file)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise LedgerError(f"{file}:{line}: not UTF-8. Save the ledger as UTF-8.") from None
    value, lines, faults = _parse(file, text)
    ledger: Ledger | None = None
    try:
        ledger = Ledger.model_validate(value)
    except ValidationError as error:
        faults += [_form_fault(file, lines, value, fault) for fault in error.errors()]
    if faults or ledger is None:
        raise LedgerError("\n".join(faults))
    return LedgerFile(file, ledger, hashlib.blake2b(data, digest_size=16).hexdigest(), lines)


def _read(file: Path) -> bytes:
    if file.suffix.lower() not in _SUFFIXES:
        raise LedgerError(f"{file}: a ledger is a .toml, .yaml or .json file. Rename it.")
    try:
        if not file.is_file():
            raise LedgerError(
                f"{file}: no such file. `corpus-audit sources init DATA -o {file.name}` drafts one."
            )
        size = file.stat().st_size
        if size > MAX_BYTES:
            raise LedgerError(
                f"{file}: {size / 1e6:,.1f} MB; a ledger has at most {MAX_BYTES / 1e6:,.1f} MB. It "
                "lists sources, not documents: is this the data?"
            )
        return file.read_bytes()
    except OSError as error:
        raise LedgerError(f"{file}: cannot be read ({error.strerror}).") from None


def _parse(file: Path, text: str) -> tuple[Any, Lines, list[str]]:
    kind = _SUFFIXES[file.suffix.lower()]
    try:
        if kind == "TOML":
            value = tomli.loads(text)
            return value, toml_lines(text), []
        if kind == "JSON":
            value = json.loads(text)
            # JSON is YAML but for tabs, which in valid JSON stand between values only
            lines, doubled = node_lines(_compose(file, text.replace("\t", " ")))
        else:
            node = _compose(file, text)
            lines, doubled = node_lines(node)
            value = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except tomli.TOMLDecodeError as error:
        message, _, place = str(error).rpartition(" (at ")
        found = re.match(r"line (\d+)", place)
        line = int(found[1]) if found else len(text.splitlines()) or 1
        raise LedgerError(f"{file}:{line}: {message or error}. Correct the TOML.") from None
    except json.JSONDecodeError as error:
        raise LedgerError(f"{file}:{error.lineno}: {error.msg}. Correct the JSON.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or type(error).__name__
        line = mark.line + 1 if mark else 1
        raise LedgerError(f"{file}:{line}: {problem}. Correct the {kind}.") from None
    except RecursionError:
        raise LedgerError(
            f"{file}:1: nested too deeply. A ledger has tables in tables, {_MAX_DEPTH} at most."
        ) from None
    faults = [
        f'{file}:{line_of(lines, place)}: "{name}" stands twice here, and one of them would be '
        "lost. Remove one."
        for place, name in doubled
    ]
    return value, lines, faults


def _compose(file: Path, text: str) -> yaml.Node | None:
    """The tree, with a check of how large its aliases would make it."""
    node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    sizes: dict[int, int] = {}

    def size(each: Any, depth: int) -> int:
        if depth > _MAX_DEPTH:
            raise RecursionError
        if id(each) in sizes:
            return sizes[id(each)]
        total = 1
        if isinstance(each, yaml.MappingNode):
            total += sum(size(part, depth + 1) for pair in each.value for part in pair)
        elif isinstance(each, yaml.SequenceNode):
            total += sum(size(part, depth + 1) for part in each.value)
        sizes[id(each)] = total
        return total

    if node is not None and size(node, 0) > _MAX_NODES:
        raise LedgerError(
            f"{file}:1: its aliases (*name) write out to over {_MAX_NODES:,} values, as in an "
            "attack on parsers. Write the values out where they are used."
        )
    return node


def _form_fault(file: Path, lines: Lines, value: Any, fault: Any) -> str:
    place: Place = fault["loc"]
    where = f"{file}:{line_of(lines, place)}:"
    names = _named(value, place)
    key = str(place[-1]) if place else ""
    if fault["type"] == "extra_forbidden":
        return f"{where} {names}: unknown key. It would be ignored; correct its name or remove it."
    if fault["type"] == "missing":
        return f"{where} {names}: missing. Add `{key} = ...`; every source needs it."
    if fault["type"] == "bool_parsing" or isinstance(fault.get("input"), bool):
        return f"{where} {names}: {fault['msg']}. YAML reads no and yes as truth values: quote it."
    return f"{where} {names}: {fault['msg']}. Correct the value."


def _named(value: Any, place: Sequence[str | int]) -> str:
    """`source "news": evidence 1: file`, as far as entries have ids."""
    names: list[str] = []
    for step in place:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            value = None
        if isinstance(step, int) and names:
            told = value.get("id") or value.get("kind") if isinstance(value, dict) else None
            names[-1] += f' "{told}"' if told else f" {step + 1}"
        else:
            names.append(str(step))
    return ": ".join(names) or "the ledger"
