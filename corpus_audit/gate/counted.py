"""What an audit counted, in the form that limits ask for: hits of so many, per source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa

from corpus_audit.audit.store import AuditStore
from corpus_audit.duplicates.frame import open_parquet
from corpus_audit.duplicates.result import read_numbers
from corpus_audit.findings import finished_units, unit_tables
from corpus_audit.gate.model import Amount
from corpus_audit.limits import COUNTED, Limit
from corpus_audit.pii.kinds import default_kinds
from corpus_audit.policies import PROFILES, Policy
from corpus_audit.rules.licences import Expression
from corpus_audit.tally import UNATTRIBUTED, Counts, SourceTally, Tally
from corpus_audit.units import UnitResult

CORPUS = ""
TIERS = ("exact", "normalised", "near")
#: Classes of personal data: the column of a document, and the values that belong to the class.
PII_CLASSES = {
    "personal": ("personal_data", ("general", "sensitive")),
    "sensitive": ("personal_data", ("sensitive",)),
    "secret": ("secrets", ("True", "true")),
}
UNSTATED = "unstated"
#: Verdicts on commercial use that a limit may name instead of a licence.
FITNESS = ("no", "review", "conditions")
_LICENCES = ["source", "statements", "licence_field"]


@dataclass(frozen=True)
class Audited:
    """A finished audit, read for a gate."""

    store: AuditStore
    policy: Policy

    @cached_property
    def manifest(self) -> dict[str, Any]:
        return self.store.read_manifest()

    @cached_property
    def tally(self) -> Tally:
        tally = Tally(losses=list(self.manifest["losses"]))
        for unit in finished_units(self.store):
            tally.add(UnitResult.from_bytes(self.store.read(f"units/{unit}.json")).tally)
        return tally

    @cached_property
    def names(self) -> list[str]:
        """Every source that has documents, or lost some."""
        lost = {name for loss in self.tally.losses for name in loss["sources"]}
        return sorted(self.tally.sources.keys() | lost)

    @cached_property
    def copies(self) -> dict[str, dict[str, Any]] | None:
        """Copies per source; None where no join was made."""
        numbers = read_numbers(self.store)
        return numbers and {row["source"]: row for row in numbers["sources"]}

    @cached_property
    def earlier(self) -> bool:
        """Was it held against earlier deliveries?"""
        numbers = read_numbers(self.store)
        return bool(numbers and numbers["earlier"] is not None)

    @cached_property
    def licences(self) -> dict[str, list[tuple[frozenset[str], int]]]:
        """Per source: what documents state of their licence, and how many state just that."""
        found: dict[str, list[tuple[frozenset[str], int]]] = {}
        for _, table in self.documents(_LICENCES):
            for row in table.group_by(_LICENCES).aggregate([([], "count_all")]).to_pylist():
                found.setdefault(row["source"], []).append((stated(row), row["count_all"]))
        return found

    def documents(self, columns: list[str]) -> Iterator[tuple[str, pa.Table]]:
        """Columns of `documents/`, unit by unit, dictionaries as plain text."""
        for unit, name in unit_tables(self.store, "documents"):
            table = open_parquet(self.store, name).read(columns, use_threads=False)
            fields = [
                field.with_type(field.type.value_type)
                if pa.types.is_dictionary(field.type)
                else field
                for field in table.schema
            ]
            yield unit, table.cast(pa.schema(fields))

    def amounts(self, limit: Limit) -> dict[str, Amount]:
        """What is held against a limit: per source that it covers, or `CORPUS`."""
        covered = [name for name in self.names if limit.covers(name)]
        if not self.measured(limit):
            return {CORPUS: Amount(0, 0, measured=False)}
        if limit.per == "corpus":
            return {CORPUS: self._amount(limit, covered, CORPUS)}
        if limit.skipped is None:  # what cannot be told apart is in the worst case of the others
            covered = [n for n in covered if n != UNATTRIBUTED or self._of(n).documents]
        return {name: self._amount(limit, [name], name) for name in covered}

    def _of(self, source: str) -> SourceTally:
        return self.tally.sources.get(source, SourceTally())

    def _amount(self, limit: Limit, sources: list[str], subject: str) -> Amount:
        tallies = [self._of(name) for name in sources]
        lost = self._lost(sources)
        if limit.skipped is not None:
            hit = sum(
                tally.unseen if limit.skipped == "any" else tally.skipped.get(limit.skipped, 0)
                for tally in tallies
            )
            return Amount(hit, sum(tally.read for tally in tallies), lost=lost)
        hit = sum(self._hits(limit, *each) for each in zip(sources, tallies, strict=True))
        unseen = sum(tally.unseen for tally in tallies)
        if UNATTRIBUTED not in sources and UNATTRIBUTED in self.tally.sources:
            unseen += self.tally.sources[UNATTRIBUTED].unseen  # may belong to any source
        documents = sum(tally.documents for tally in tallies)
        if limit.unseen == "clean":
            return Amount(hit, documents)
        return Amount(hit, documents, unseen, lost)

    def _lost(self, sources: list[str]) -> bool:
        return any(
            not loss["sources"] or not {*loss["sources"]}.isdisjoint(sources)
            for loss in self.tally.losses
        )

    def measured(self, limit: Limit) -> bool:
        """Did anything look for what is limited?"""
        if limit.measure == "risk":
            return any(self.risk_counts(limit.value, risk) for risk in self.manifest["risks"])
        if limit.measure == "duplicates":
            return self.earlier if limit.value == "known" else self.copies is not None
        if limit.measure == "pii" and "pii" in self.manifest["detectors"]:
            asked = self.manifest["detectors"]["pii"].get("kinds") or default_kinds()
            return limit.value in PII_CLASSES or limit.value in asked
        detector = {"pii": "pii", "licence": "licences", "languages": "language"}
        return limit.measure == "skipped" or detector[limit.measure] in self.manifest["detectors"]

    def risk_counts(self, wanted: str, risk: str) -> bool:
        """Does a hit of this risk count under a limit?"""
        ratio = self.policy.ratio
        return ratio.counts(risk) if wanted == COUNTED else ratio.is_in(risk, wanted)

    def _hits(self, limit: Limit, source: str, tally: SourceTally) -> int:
        measure, value = limit.measure, limit.value
        if measure == "risk":
            return tally.hit_documents(lambda risk: self.risk_counts(value, risk))
        if measure == "pii":
            if value in PII_CLASSES:
                column, values = PII_CLASSES[value]
                return sum(tally.categories.get(column, {}).get(each, 0) for each in values)
            counts = tally.personal.get(value, {})
            levels = PROFILES[self.policy.judge.profile]
            return sum(counts.get(f"documents_{level}", 0) for level in levels)
        if measure == "duplicates":
            assert self.copies is not None
            row = self.copies.get(source, {})
            tiers = TIERS if value == "all" else (value,)
            return sum(row.get(tier, 0) for tier in tiers)
        if measure == "languages":
            return sum(other_languages(limit, tally.categories.get("language", {})).values())
        found = self.licences.get(source, [])
        return sum(count for names, count in found if states(value, names))


def other_languages(limit: Limit, counts: Counts) -> Counts:
    """Documents in languages that the limit does not name; what was not told apart is none."""
    assert limit.languages is not None
    return {name: n for name, n in counts.items() if name not in (*limit.languages, "und")}


def stated(row: dict[str, Any]) -> frozenset[str]:
    """The licences and statements that a row of `documents/` holds."""
    names = (row["statements"] or "").split()
    return frozenset([*names, row["licence_field"]] if row["licence_field"] else names)


def states(wanted: str, names: frozenset[str]) -> bool:
    """Do these statements fall under a limit on a licence?"""
    if wanted == UNSTATED:
        return not names
    if wanted in FITNESS:
        return any(_fitness(name) == wanted for name in names)
    return wanted in names


def _fitness(name: str) -> str | None:
    try:
        return Expression(name).fitness("commercial")
    except ValueError:
        return None  # a statement that is no licence
