"""The strings of records that are to be redacted, in place, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from corpus_audit.pii.redactor import Redactor
from corpus_audit.readers.fields import SAMPLE, settle_fields
from corpus_audit.types import ReadOptions


@dataclass
class Report:
    """What was done to a file, or to all; holds no text."""

    records: int = 0
    changed: int = 0
    left_out: int = 0  # could not be read, so nobody knows what they hold
    counts: Counter[str] = field(default_factory=Counter)
    files: list[dict[str, Any]] = field(default_factory=list)

    def add(self, other: Report) -> None:
        self.records += other.records
        self.changed += other.changed
        self.left_out += other.left_out
        self.counts.update(other.counts)


@dataclass
class Job:
    """One file on its way."""

    label: str  # its path, masked
    options: ReadOptions
    redactor: Redactor
    all_fields: bool
    report: Report = field(default_factory=Report)
    _paths: list[list[str]] | None = None

    def redact(self, texts: Sequence[str]) -> list[str]:
        """Redact and count some texts."""
        answers, counts = self.redactor.redact(texts)
        for count in counts:
            self.report.counts.update(count)
        return answers

    def redact_records(self, records: Sequence[Any]) -> list[bool]:
        """Redact the texts of some records in place; says which of them changed."""
        if self._paths is None:
            self._paths = self._settled(records[:SAMPLE])
        places: list[tuple[Any, Any]] = []
        owner: list[int] = []
        for i, record in enumerate(records):
            if self.all_fields:
                _every_string(record, places)
            for path in self._paths:
                _strings_at(record, path, places)
            owner += [i] * (len(places) - len(owner))
        before = [container[key] for container, key in places]
        changed = [False] * len(records)
        for (container, key), old, new, who in zip(
            places, before, self.redact(before), owner, strict=True
        ):
            if old != new:
                container[key] = new
                changed[who] = True
        self.report.records += len(records)
        self.report.changed += sum(changed)
        return changed

    def _settled(self, sample: Sequence[Any]) -> list[list[str]]:
        """Paths of the text fields; none where every string is looked at."""
        if self.all_fields:
            return []
        fields = settle_fields(sample, self.options, self.label)
        return [path.split(".") for path in (fields.text if fields else ())]


def _strings_at(value: Any, path: list[str], into: list[tuple[Any, Any]]) -> None:
    """Add (container, key) of each string at a path: `text`, `meta.text`, `messages[*].content`."""
    name, many = path[0].removesuffix("[*]"), path[0].endswith("[*]")
    whole = ".".join(path)
    if isinstance(value, dict) and whole in value:  # a field with dots in its name
        name, many, path = whole, False, [whole]
    if not isinstance(value, dict) or name not in value:
        return
    if len(path) == 1 and not many:
        if isinstance(value[name], str):
            into.append((value, name))
        return
    items = value[name] if many and isinstance(value[name], list) else [value[name]]
    for place, item in enumerate(items):
        if len(path) > 1:
            _strings_at(item, path[1:], into)
        elif isinstance(item, str):
            into.append((value[name], place))


def _every_string(value: Any, into: list[tuple[Any, Any]]) -> None:
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(item, str):
            into.append((value, key))
        elif isinstance(item, dict | list):
            _every_string(item, into)
