"""Where to look: which rules or values make up an amount, and the first places of each."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from corpus_audit.duplicates.frame import open_parquet
from corpus_audit.findings import unit_tables
from corpus_audit.gate.contents import PERSONAL_RULE, hit_name
from corpus_audit.gate.counted import (
    CORPUS,
    PII_CLASSES,
    TIERS,
    Audited,
    other_languages,
    states,
)
from corpus_audit.gate.model import Cause, Place, Verdict
from corpus_audit.limits import COUNTED, Limit
from corpus_audit.tally import SourceTally, add_counts
from corpus_audit.types import HARMLESS_SKIPS

PLACES = 5  # kept of each source and rule, and of each source
LOST = "lost"  # files of which an unknown number of records is missing
_CAUSES = 50  # kept of each verdict
_LONGEST = 256 << 20  # bytes of a file that are read to count its lines
_COLUMNS = ["source", "rule", "risk", "path", "position"]

Found = dict[tuple[str, str], list[Place]]  # (source, rule or "") -> first places


def locate(verdicts: Sequence[Verdict], limits: Iterable[Limit], audited: Audited) -> list[Verdict]:
    """Verdicts that are not passes, with causes, places and the next command."""
    by_name = {limit.name: limit for limit in limits}
    open_ones = [v for v in verdicts if v.level != "pass" and v.limit in by_name]
    sources = {
        name for verdict in open_ones for name in _sources(verdict, by_name[verdict.limit], audited)
    }
    by_rule = any(verdict.measure in ("risk", "pii") for verdict in open_ones)
    rules, places = _first_findings(audited, sources) if by_rule else ({}, {})
    if any(verdict.measure == "skipped" for verdict in open_ones):
        places |= _first_skipped(audited)
    lines = _Lines(audited)
    answers = []
    for verdict in verdicts:
        limit = by_name.get(verdict.limit)
        unmeasured = verdict.unclear == "unmeasured"
        if verdict.level == "pass" or limit is None or unmeasured:
            answers.append(verdict)
            continue
        names = _sources(verdict, limit, audited)
        causes = _causes(limit, names, rules, audited)
        kinds = [c.name for c in causes]
        each = [places.get((name, kind), []) for name in names for kind in kinds]
        first = [place for row in zip_longest(*each) for place in row if place]  # of every rule one
        risks = _risks(limit, names, audited)
        command = _command(limit, verdict.source, audited)
        some = tuple(first[:_CAUSES])
        answers.append(replace(verdict, risks=risks, causes=causes, places=some, command=command))
    lines.count(place for verdict in answers for place in verdict.places)
    return [replace(v, places=tuple(map(lines.of, v.places))) for v in answers]


def _sources(verdict: Verdict, limit: Limit, audited: Audited) -> list[str]:
    if verdict.source != CORPUS:
        return [verdict.source]
    return [name for name in audited.names if limit.covers(name)]


def _first_findings(audited: Audited, sources: set[str]) -> tuple[dict[str, str], Found]:
    """The risk of each rule, and the first documents of each source and rule."""
    rules: dict[str, str] = {}
    places: Found = {}
    wanted = pa.array(sorted(sources), pa.string())
    for _, name in unit_tables(audited.store, "findings"):
        stored = open_parquet(audited.store, name)
        for group in range(stored.num_row_groups):
            table = stored.read_row_group(group, [*_COLUMNS, "suppressed"], use_threads=False)
            keep = pc.and_(pc.is_in(table["source"], wanted), pc.invert(table["suppressed"]))
            table = table.filter(keep).select(_COLUMNS)
            known = table.group_by(["rule", "risk"]).aggregate([])
            rules |= dict(zip(known["rule"].to_pylist(), known["risk"].to_pylist(), strict=True))
            per_pair = table.group_by(["source", "rule"], use_threads=False).aggregate(
                [("path", "list"), ("position", "list")]
            )
            for row in per_pair.to_pylist():
                kept = places.setdefault((row["source"], row["rule"]), [])
                for place in zip(row["path_list"], row["position_list"], strict=True):
                    if len(kept) == PLACES:
                        break
                    example = Place(*place, None, row["rule"])
                    if example not in kept:
                        kept.append(example)
    return rules, places


def _first_skipped(audited: Audited) -> Found:
    places: Found = {}
    for loss in audited.tally.losses:
        for source in loss["sources"] or audited.names:
            kept = places.setdefault((source, LOST), [])
            if len(kept) < PLACES:
                kept.append(Place(loss["path"], loss["position"], None, LOST))
    for _, name in unit_tables(audited.store, "skipped"):
        table = open_parquet(audited.store, name).read(use_threads=False)
        for row in table.select(["source", "path", "position", "reason"]).to_pylist():
            kept = places.setdefault((row["source"], row["reason"]), [])
            if len(kept) < PLACES:
                kept.append(Place(row["path"], row["position"], None, row["reason"]))
    return places


def _causes(
    limit: Limit, sources: list[str], rules: dict[str, str], audited: Audited
) -> tuple[Cause, ...]:
    counts: dict[str, int] = {}
    for name in sources:
        tally = audited.tally.sources.get(name, SourceTally())
        add_counts(counts, _cause_counts(limit, name, tally, rules, audited))
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Cause(name, count) for name, count in ordered[:_CAUSES] if count)


def _risks(limit: Limit, sources: list[str], audited: Audited) -> tuple[Cause, ...]:
    """The risks that a limit on several is made of."""
    if limit.measure != "risk":
        return ()
    counts: dict[str, int] = {}
    for name in sources:
        hits = audited.tally.sources.get(name, SourceTally()).hits
        counted = {risk: n for risk, n in hits.items() if audited.risk_counts(limit.value, risk)}
        add_counts(counts, counted)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Cause(name, n) for name, n in ordered if name != limit.value)


def _cause_counts(
    limit: Limit, source: str, tally: SourceTally, rules: dict[str, str], audited: Audited
) -> dict[str, int]:
    measure, value = limit.measure, limit.value
    if measure == "risk":
        return {
            rule: count
            for rule, count in tally.rules.items()
            if rule in rules and audited.risk_counts(value, hit_name(rule, rules[rule]))
        }
    if measure == "pii":
        every = value in PII_CLASSES
        return {
            rule: count
            for rule, count in tally.rules.items()
            if (rule.startswith(PERSONAL_RULE) if every else rule == f"{PERSONAL_RULE}{value}")
        }
    if measure == "duplicates":
        row = (audited.copies or {}).get(source, {})
        return {tier: row.get(tier, 0) for tier in TIERS if value in (tier, "all")}
    if measure == "languages":
        return other_languages(limit, tally.categories.get("language", {}))
    if measure == "licence":
        found: dict[str, int] = {}
        for names, count in audited.licences.get(source, []):
            if states(value, names):
                add_counts(found, {" ".join(sorted(names)) or "(nothing stated)": count})
        return found
    lost = sum(1 for loss in audited.tally.losses if source in (loss["sources"] or [source]))
    return {LOST: lost} | {
        reason: count
        for reason, count in tally.skipped.items()
        if reason == value or (value == "any" and reason not in HARMLESS_SKIPS)
    }


def _command(limit: Limit, source: str, audited: Audited) -> str:
    """What shows the reader more."""
    audit = shlex.quote(audited.store.url)
    which = f" --source {shlex.quote(source)}" if source != CORPUS else ""
    if limit.measure == "risk":
        risk = "" if limit.value == COUNTED else f" --risk {limit.value}"
        return f"corpus-audit show {audit}{which}{risk}"
    if limit.measure == "pii":
        if limit.value in PII_CLASSES:
            return f"corpus-audit stats {audit} --personal"
        return f"corpus-audit show {audit}{which} --rule {PERSONAL_RULE}{limit.value}"
    if limit.measure == "duplicates":
        return f"corpus-audit duplicates {audit}"
    return f"corpus-audit stats {audit}"


class _Lines:
    """Line numbers of places in plain files of lines, which are still as they were scanned."""

    def __init__(self, audited: Audited) -> None:
        self._inputs: dict[str, Any] = {
            entry["path"]: entry for entry in audited.manifest["inputs"]
        }
        self._line: dict[tuple[str, int], int] = {}

    def count(self, places: Iterable[Place]) -> None:
        wanted: dict[str, set[int]] = {}
        for place in places:
            wanted.setdefault(place.path, set()).add(place.position)
        for path, positions in wanted.items():
            if self._unchanged(path) and max(positions) <= _LONGEST:
                self._count_in(path, sorted(positions))

    def of(self, place: Place) -> Place:
        return replace(place, line=self._line.get((place.path, place.position)))

    def _unchanged(self, path: str) -> bool:
        entry = self._inputs.get(path)
        if entry is None or not path.lower().endswith((".jsonl", ".ndjson")):
            return False
        try:
            now = os.stat(path)  # noqa: PTH116 - as the audit has it
        except (OSError, ValueError):
            return False
        return bool((now.st_size, str(now.st_mtime_ns)) == (entry["size"], entry["stamp"]))

    def _count_in(self, path: str, positions: list[int]) -> None:
        line, at = 1, 0
        with Path(path).open("rb") as file:
            for position in positions:
                while at < position:
                    piece = file.read(min(1 << 20, position - at))
                    if not piece:
                        return
                    line += piece.count(b"\n")
                    at += len(piece)
                self._line[path, position] = line
