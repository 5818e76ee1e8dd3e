"""Which records of each file are to be dropped, and why: from the tables of an audit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus_audit.audit.schema import DUPLICATES
from corpus_audit.audit.store import AuditStore
from corpus_audit.duplicates.frame import open_parquet
from corpus_audit.duplicates.result import ROWS, read_numbers
from corpus_audit.errors import AuditError, UsageError
from corpus_audit.findings import finished_units
from corpus_audit.policies import Policy
from corpus_audit.types import COPIED, PERSONAL, SKIP_REASONS
from corpus_audit.units import UnitResult

_PLAIN = ("hit", "personal", "duplicate", "known", "contaminated", "skipped")
WAYS = f"{', '.join(_PLAIN)}, risk:A.1.f (or a group: risk:A.1)"
_RISK = re.compile(r"risk:([A-Z]\.[0-9]+(?:\.[a-z])?)")


class Drop(NamedTuple):
    """One record to leave out."""

    position: int
    reasons: str  # joined by spaces: `risk:A.1.f duplicate:near`
    doc: str  # "" where it was skipped
    source: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as the audit knows it."""

    path: str  # as in its tables
    size: int
    stamp: str
    reader: str
    units: tuple[str, ...]  # in the order of their stretches


class Selection:
    """The records that fit what is to be dropped, file by file in bounded memory."""

    def __init__(self, store: AuditStore, ways: Sequence[str]) -> None:
        self._store = store
        manifest = store.read_manifest()
        policy = Policy.model_validate(manifest["policy"])
        self._skipped = "skipped" in ways
        self._contaminated, self._personal = "contaminated" in ways, "personal" in ways
        self._duplicate, self._known = "duplicate" in ways, "known" in ways
        risks = [found[1] for way in ways if (found := _RISK.fullmatch(way))]
        for way in ways:
            if way not in _PLAIN and not _RISK.fullmatch(way):
                raise UsageError(f"--drop {way!r}: nothing is dropped by that. Use {WAYS}.")

        def drops(risk: str) -> bool:
            plain = risk.removesuffix(COPIED)
            named = any(plain == each or plain.startswith(each + ".") for each in risks)
            named |= self._personal and risk.endswith(PERSONAL)
            return named or ("hit" in ways and policy.ratio.counts(risk))

        self._drops: Callable[[str], bool] = drops
        self._check(manifest)
        self.files = _files(store)
        self.units = _in_order(self.files.values())
        self.of_unit = lru_cache(maxsize=2)(self._read_unit)

    def _check(self, manifest: dict[str, Any]) -> None:
        if self._contaminated and "contamination" not in manifest["detectors"]:
            raise AuditError(
                f"{self._store.url}: was scanned without --protect, so nothing is known to be "
                "contaminated."
            )
        if self._personal and "pii" not in manifest["detectors"]:
            raise AuditError(
                f"{self._store.url}: was scanned without the detector pii, so nobody knows which "
                "documents hold personal data."
            )
        if not (self._duplicate or self._known):
            return
        numbers = read_numbers(self._store)
        if numbers is None:
            raise AuditError(
                f"{self._store.url}: its copies are not known. Run `corpus-audit duplicates "
                f"{self._store.url}` first."
            )
        if self._known and numbers["earlier"] is None:
            raise AuditError(
                f"{self._store.url}: was not compared with earlier deliveries. Run `corpus-audit "
                "duplicates` with --against first."
            )

    def of(self, file: Stored) -> Iterator[Drop]:
        """The records of a file to be dropped, by position."""
        for unit in file.units:
            yield from self.of_unit(unit)[0].get(file.path, ())

    def records(self, file: Stored) -> int:
        """Records of a file that the audit knows: scanned and skipped."""
        return sum(self.of_unit(unit)[1].get(file.path, 0) for unit in file.units)

    def _read_unit(self, unit: str) -> tuple[dict[str, list[Drop]], dict[str, int]]:
        """What is dropped of each file in a unit, and how many records it holds there."""
        drops: dict[str, list[Drop]] = {}
        counts: dict[str, int] = {}
        if self._store.exists(f"documents/{unit}.parquet"):
            columns = ["path", "position", "doc", "source"]
            asked = ["risks"] + ["contaminated"] * self._contaminated
            table = open_parquet(self._store, f"documents/{unit}.parquet").read(columns + asked)
            _count(table["path"], counts)
            reasons = self._reasons(unit, table)
            rows = sorted(reasons)
            found = table.select(columns).take(pa.array(rows, pa.int64())).to_pylist()
            for row, record in zip(rows, found, strict=True):
                path = record.pop("path")
                drop = Drop(reasons=" ".join(reasons[row]), **record)
                drops.setdefault(path, []).append(drop)
        if self._store.exists(f"skipped/{unit}.parquet"):
            table = open_parquet(self._store, f"skipped/{unit}.parquet").read()
            _count(table["path"], counts)
            if self._skipped:
                for row in table.to_pylist():
                    assert row["reason"] in SKIP_REASONS
                    reason = f"skipped:{row['reason']}"
                    drop = Drop(row["position"], reason, "", row["source"])
                    drops.setdefault(row["path"], []).append(drop)
        return {path: sorted(found) for path, found in drops.items()}, counts

    def _reasons(self, unit: str, table: pa.Table) -> dict[int, list[str]]:
        """Row to reasons."""
        reasons: dict[int, list[str]] = {}
        risks = table["risks"].to_numpy()
        for row in np.flatnonzero(pc.not_equal(table["risks"], "").to_numpy()).tolist():
            found = [f"risk:{risk}" for risk in risks[row].split(" ") if self._drops(risk)]
            if found:
                reasons[row] = found
        if self._contaminated:
            for row in np.flatnonzero(table["contaminated"].to_numpy()).tolist():
                reasons.setdefault(row, []).append("contaminated")
        if self._duplicate or self._known:
            for found in self._copies(unit).to_pylist():
                if self._duplicate and not found["kept"]:
                    reasons.setdefault(found["row"], []).append(f"duplicate:{found['tier']}")
                if self._known and found["known"]:
                    reasons.setdefault(found["row"], []).append(f"known:{found['known']}")
        return reasons

    def _copies(self, unit: str) -> pa.Table:
        columns = ["unit", "row", "kept", "tier", "known"]
        place = self._store.path(ROWS)
        with self._store.open(ROWS) as file:
            try:
                return pq.read_table(file, columns=columns, filters=[("unit", "=", unit)])
            except pa.ArrowInvalid as error:
                expected = ", ".join(DUPLICATES.names)
                raise AuditError(f"{place}: damaged; its columns are {expected}.") from error


def _count(paths: pa.ChunkedArray, counts: dict[str, int]) -> None:
    for entry in pc.value_counts(paths.cast(pa.string())).to_pylist():
        counts[entry["values"]] = counts.get(entry["values"], 0) + entry["counts"]


def _files(store: AuditStore) -> dict[str, Stored]:
    """The files of an audit, by their real path."""
    found: dict[str, list[tuple[int, str, dict[str, Any]]]] = {}
    for unit in finished_units(store):
        for part in UnitResult.from_bytes(store.read(f"units/{unit}.json")).parts:
            found.setdefault(part["real"], []).append((part["start"], unit, part))
    files = {}
    for real, stretches in found.items():
        stretches.sort(key=lambda stretch: stretch[:2])
        part = stretches[0][2]
        units = tuple(dict.fromkeys(unit for _, unit, _ in stretches))
        file = part["file"]
        files[real] = Stored(file["path"], file["size"], file["stamp"], part["reader"], units)
    return files


def _in_order(files: Iterable[Stored]) -> list[str]:
    """All units, in the order of their files."""
    ordered = sorted(files, key=lambda file: file.path)
    return list(dict.fromkeys(unit for file in ordered for unit in file.units))
