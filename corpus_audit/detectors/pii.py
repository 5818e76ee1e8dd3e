"""Personal data and secrets: what each document holds, how sure, and which class it is of."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from corpus_audit.errors import UsageError
from corpus_audit.pii.candidates import LOW, Candidates
from corpus_audit.pii.finder import CAP, Finder, to_raw
from corpus_audit.pii.kinds import PLACEHOLDER, default_kinds, load_kinds
from corpus_audit.pii.presidio_engine import Presidio, PresidioConfig
from corpus_audit.rules.location import rules_dir
from corpus_audit.text.batch import Batch
from corpus_audit.text.buffers import Utf8
from corpus_audit.text.fold import View
from corpus_audit.types import ColumnSpec, Findings, Observations, RuleInfo

VERSION = 1  # of the code; raised when the same text gets another answer
CLASSES = ("none", "general", "sensitive")
_TYPE = pa.dictionary(pa.int8(), pa.string())
_KEYS = {"kinds", "placeholders", "cap", "presidio"}


class PiiDetector:
    """Configuration: `kinds` (default: all but those that are asked for by name), `placeholders`
    (true: test values count as their kind), `cap` (candidates of a document that each finder looks
    at) and `presidio`, a table (`corpus_audit.pii.presidio_engine.PresidioConfig`)."""

    name: ClassVar[str] = "pii"
    columns: tuple[ColumnSpec, ...] = (
        # the gravest class of personal data found with high or medium confidence
        ColumnSpec("personal_data", _TYPE, "category"),
        ColumnSpec("secrets", pa.bool_(), "category"),
        # candidates that the cap left out: counts of such a document are at least
        ColumnSpec("pii_capped", pa.int64(), "sum"),
    )

    def __init__(self, config: Mapping[str, object]) -> None:
        config = {name: value for name, value in config.items() if name != "key"}  # scan hashes
        unknown = set(config) - _KEYS
        if unknown:
            raise UsageError(
                f"detector pii: {', '.join(sorted(unknown))}: no such key, so it would be ignored. "
                f"Known: {', '.join(sorted(_KEYS))}."
            )
        given: Any = config
        known = load_kinds()
        kinds: list[str] = list(given.get("kinds") or default_kinds())
        for kind in kinds:
            if kind not in known:
                raise UsageError(
                    f'detector pii: no kind "{kind}". Known: {", ".join(sorted(known))}.'
                )
        self._count_placeholders = bool(given.get("placeholders", False))
        self._finder = Finder(kinds, int(given.get("cap", CAP)))
        asked = PresidioConfig.of(given.get("presidio") or {})
        self._presidio = Presidio(asked) if asked else None
        rules = [replace(known[kind].rule, personal=True) for kind in kinds]
        entities = self._presidio.entities if self._presidio else []
        rules += [_entity_rule(entity) for entity in entities]
        rules.append(_PLACEHOLDER)
        self.rules: tuple[RuleInfo, ...] = tuple(rules)
        class_of = [known[kind].class_ for kind in kinds] + ["general"] * len(entities) + ["none"]
        self._class = np.array(
            [CLASSES.index(name) if name in CLASSES else 0 for name in class_of], np.int8
        )
        self._secret = np.array([name == "secret" for name in class_of], np.bool_)
        self.digest = _digest(config, kinds)

    def cost(self) -> list[tuple[str, float]]:
        """MB/s of each recognizer of the user that reads every document; see `Presidio.cost`."""
        return self._presidio.cost() if self._presidio else []

    def scan(self, batch: Batch) -> Observations:
        text, view = batch.text, batch.view("plain")
        found, capped = self._finder.find(text, view)
        findings, values = self._findings(text, view, found)
        if self._presidio:
            findings, values = self._with_presidio(text, findings, values)
        order = np.lexsort((findings.rule, findings.end, findings.start, findings.row))
        assert findings.level is not None
        findings = Findings(
            *(
                getattr(findings, name)[order]
                for name in ("row", "rule", "start", "end", "trace", "level")
            )
        )
        return Observations(
            findings, self._columns(findings, capped, len(batch)), values.take(pa.array(order))
        )

    def _findings(self, text: Utf8, view: View, found: Candidates) -> tuple[Findings, pa.Array]:
        start, end, trace = to_raw(text, view, found)
        rule = found.kind.astype(np.int32)
        level = found.level.copy()
        values = values_of(view, found)
        if not self._count_placeholders:
            rule[found.placeholder] = len(self.rules) - 1
            level[found.placeholder] = LOW
            blank = found.placeholder | (level == LOW)
        else:
            blank = level == LOW
        values = pa.compute.if_else(pa.array(blank), pa.scalar(None, pa.binary()), values)
        row = found.row.astype(np.int32)
        return Findings(row, rule, start, end, trace, level), values

    def _with_presidio(
        self, text: Utf8, findings: Findings, values: pa.Array
    ) -> tuple[Findings, pa.Array]:
        """Findings of presidio beside ours, where ours do not stand already."""
        assert self._presidio and findings.level is not None
        taken: dict[int, list[tuple[int, int]]] = {}
        for row, start, end in zip(
            findings.row.tolist(), findings.start.tolist(), findings.end.tolist(), strict=True
        ):
            taken.setdefault(row, []).append((start, end))
        more = [
            item
            for item in self._presidio.find(text)
            if not any(a < item[3] and item[2] < b for a, b in taken.get(item[1], ()))
        ]
        first = len(self._finder.kinds)
        table = np.array(more, np.int64).reshape(-1, 5)
        chars = [text.document(row).decode()[a:b] for _, row, a, b, _ in more]
        joined = Findings(
            np.r_[findings.row, table[:, 1]].astype(np.int32),
            np.r_[findings.rule, table[:, 0] + first].astype(np.int32),
            np.r_[findings.start, table[:, 2]],
            np.r_[findings.end, table[:, 3]],
            np.r_[findings.trace, np.zeros(len(table))].astype(np.int32),
            np.r_[findings.level, table[:, 4]].astype(np.int8),
        )
        extra = pa.array([c.encode() for c in chars], pa.binary())
        return joined, pa.concat_arrays([values, extra])

    def _columns(self, findings: Findings, capped: Any, documents: int) -> dict[str, pa.Array]:
        assert findings.level is not None
        sure = findings.level != LOW
        classes = np.zeros(documents, np.int8)
        np.maximum.at(classes, findings.row[sure], self._class[findings.rule[sure]])
        secrets = np.zeros(documents, np.bool_)
        secrets[findings.row[sure & self._secret[findings.rule]]] = True
        return {
            "personal_data": pa.DictionaryArray.from_arrays(
                pa.array(classes), pa.array(CLASSES, pa.string())
            ),
            "secrets": pa.array(secrets),
            "pii_capped": pa.array(capped, pa.int64()),
        }


def values_of(view: View, found: Candidates) -> pa.Array:
    """What each candidate stands for, as bytes: its digits, or its folded characters."""
    number, data = found.value.tolist(), view.data
    spans = zip(number, found.start.tolist(), found.end.tolist(), strict=True)
    return pa.array(
        [
            str(value).encode() if value else data[start:end].tobytes().replace(b" ", b"")
            for value, start, end in spans
        ],
        pa.binary(),
    )


_PLACEHOLDER = RuleInfo(
    PLACEHOLDER, "", "placeholder or test value", "占位符或测试值", "low", "low", personal=True
)


def _entity_rule(entity: str) -> RuleInfo:
    name = entity.lower()
    title = name.replace("_", " ")
    return RuleInfo(f"pii.{name}", "A.4.f", title, title, "medium", "medium", personal=True)


def _digest(config: Mapping[str, object], kinds: Sequence[str]) -> str:
    """Names the code, the data it reads, and what was asked of it."""
    facts = hashlib.blake2b(digest_size=16)
    parts = [f"pii {VERSION}", repr(sorted(kinds)), repr(sorted(config.items(), key=str))]
    parts += [f"{name} {version(name)}" for name in ("phonenumbers", "tldextract")]
    asked: Any = config.get("presidio")
    if asked:
        parts.append(f"presidio {version('presidio-analyzer')}")
    for part in parts:
        facts.update(part.encode() + b"\0")
    for file in sorted((rules_dir() / "pii").iterdir()):
        facts.update(file.read_bytes())
    for name in (asked or {}).get("recognizers", ()):
        try:
            with open(name, "rb") as file_:  # noqa: PTH123 - as the user wrote it
                facts.update(file_.read())
        except OSError:
            facts.update(b"missing")
    return facts.hexdigest()
