"""The tables behind the sections of a report: plain rows, not yet in any language or format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from corpus_audit.assess.model import ClauseOutcome
from corpus_audit.duplicates.numbers import ALL, ANY
from corpus_audit.reports.data import ReportData
from corpus_audit.rules.clauses import Risk
from corpus_audit.types import HARMLESS_SKIPS, risk_of

_LEAST_CHANGE = 0.0001  # of a share, that copies are said to make


@dataclass(frozen=True, slots=True)
class RiskRow:
    risk: Risk
    documents: int
    share: float | None
    sources: int
    counted: bool
    looked: bool  # some rule looked for it


def risk_rows(data: ReportData) -> list[RiskRow]:
    """All risks, in the order of Annex A."""
    total = data.total.documents
    looked = {risk_of(risk) for risk in data.manifest["risks"]}
    hits_by_risk = data.hits
    return [
        RiskRow(
            risk,
            hits := hits_by_risk.get(risk.id, 0),
            hits / total if total else None,
            sum(risk.id in source.hits for source in data.sources),
            data.policy.ratio.counts(risk.id),
            risk.id in looked,
        )
        for risk in data.risks.risks
    ]


@dataclass(frozen=True, slots=True)
class Effect:
    """What copies do to the share of a source."""

    source: str | None  # None: all sources
    with_copies: float
    once: float

    @property
    def change(self) -> float:
        return self.once - self.with_copies


def copy_effects(data: ReportData, most: int = 10) -> list[Effect]:
    """Where copies change the share of documents with a hit: of all sources, then most first."""
    if not data.copies:
        return []
    effects = [
        Effect(
            None if row["source"] == ALL else row["source"],
            row["prevalence"],
            row["prevalence_kept"],
        )
        for row in data.copies["risks"]
        if row["risk"] == ANY
    ]
    changed = [effect for effect in effects if abs(effect.change) > _LEAST_CHANGE]
    changed.sort(key=lambda e: (e.source is not None, -abs(e.change), e.source or ""))
    return changed[:most]


def copy_pairs(data: ReportData, most: int = 10) -> list[Mapping[str, Any]]:
    """Copies whose kept document is in another source, most first."""
    if not data.copies:
        return []
    pairs = [row for row in data.copies["pairs"] if row["source"] != row["kept_in"]]
    pairs.sort(key=lambda row: (-_copies(row), row["source"], row["kept_in"]))
    return pairs[:most]


def _copies(row: Mapping[str, Any]) -> int:
    return int(row["exact"] + row["normalised"] + row["near"])


@dataclass(frozen=True, slots=True)
class SkipRow:
    reason: str
    records: int
    harmless: bool


def skip_rows(data: ReportData) -> list[SkipRow]:
    """Skipped records by reason, most first."""
    rows = [
        SkipRow(reason, n, reason in HARMLESS_SKIPS) for reason, n in data.coverage.skipped.items()
    ]
    return sorted(rows, key=lambda row: (-row.records, row.reason))


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind of personal data over all sources."""

    kind: str
    class_: str
    documents: int
    share: float | None
    sources: int
    occurrences: int
    distinct: int
    unsure: int


def personal_rows(data: ReportData) -> list[KindRow]:
    """Kinds of personal data, most documents first."""
    kinds: dict[str, list[Mapping[str, Any]]] = {}
    for row in data.personal or ():
        kinds.setdefault(row["kind"], []).append(row)
    total = data.total.documents
    rows = [
        KindRow(
            kind,
            each[0]["class"],
            documents := sum(row["documents"] for row in each),
            documents / total if total else None,
            sum(row["documents"] > 0 for row in each),
            sum(row["occurrences"] for row in each),
            sum(row["distinct"] or 0 for row in each),
            sum(row["occurrences_low"] for row in each),
        )
        for kind, each in kinds.items()
    ]
    return sorted(rows, key=lambda row: (-row.documents, -row.unsure, row.kind))


def clauses_by_topic(data: ReportData) -> list[tuple[str, list[ClauseOutcome]]]:
    """Clauses in the order of the standard, under their topics."""
    topics: dict[str, list[ClauseOutcome]] = {}
    for clause in data.assessment.clauses if data.assessment else ():
        topics.setdefault(clause.topic, []).append(clause)
    return list(topics.items())


def statement_counts(data: ReportData) -> list[tuple[str, int]]:
    """Documents per statement of licence or rights, most first."""
    counts: dict[str, int] = {}
    for joined, n in data.total.categories.get("statements", {}).items():
        for name in joined.split():
            counts[name] = counts.get(name, 0) + n
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
