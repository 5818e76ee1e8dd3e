"""Copies per source and per pair of sources, and what they do to the prevalence of each risk."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpus_audit.duplicates.clusters import KEPT, TIERS
from corpus_audit.text.buffers import Int64s

ALL = "(all sources)"
ANY = "(any)"


class Numbers:
    """Counts documents, unit by unit; all sums are exact."""

    def __init__(self, names: list[str]) -> None:
        self._names = names  # of sources, by the codes of `add_pairs`
        self._counts: dict[str, Counter[tuple[str, int, bool]]] = {}  # by source
        self._pairs: Counter[tuple[str, str, int]] = Counter()

    def add(
        self, documents: pa.Table, tier: npt.NDArray[np.int8], known: npt.NDArray[np.bool_]
    ) -> None:
        """Count the documents of a unit, with the tier of each (`KEPT` for no copy)."""
        table = pa.table(
            {
                "source": documents["source"].cast(pa.string()),
                "risks": documents["risks"],
                "tier": pa.array(tier),
                "known": pa.array(known),
            }
        )
        grouped = table.group_by(table.column_names).aggregate([([], "count_all")])
        for row in grouped.to_pylist():
            key = (row["risks"], row["tier"], row["known"])
            self._counts.setdefault(row["source"], Counter())[key] += row["count_all"]

    def add_pairs(self, source: Int64s, kept: Int64s, tier: npt.NDArray[np.int8]) -> None:
        """Count copies by their source, that of the kept document, and the tier."""
        copies = tier != KEPT
        rows = np.stack([source[copies], kept[copies], tier[copies].astype(np.int64)], axis=1)
        found, counts = np.unique(rows, axis=0, return_counts=True)
        for (own, other, which), count in zip(found.tolist(), counts.tolist(), strict=True):
            self._pairs[self._names[own], self._names[other], which] += count

    def to_json(self) -> dict[str, Any]:
        """As plain JSON, in a stable order."""
        total: Counter[tuple[str, int, bool]] = Counter()
        for counts in self._counts.values():
            total.update(counts)
        every = [*sorted(self._counts.items()), (ALL, total)]
        return {
            "sources": [_source(*each) for each in every],
            "pairs": self._pair_rows(),
            "risks": [row for each in every for row in _risk_rows(*each)],
        }

    def _pair_rows(self) -> list[dict[str, Any]]:
        totals = {name: counts.total() for name, counts in self._counts.items()}
        rows = []
        for own, other in sorted({key[:2] for key in self._pairs}):
            counts = {name: self._pairs[own, other, i] for i, name in enumerate(TIERS)}
            share = sum(counts.values()) / totals[own]  # of the documents of `source`
            rows.append({"source": own, "kept_in": other, **counts, "share": share})
        return rows


def _source(source: str, counts: Counter[tuple[str, int, bool]]) -> dict[str, Any]:
    rows = [(tier, known, count) for (_, tier, known), count in counts.items()]
    documents = counts.total()
    by_tier = [sum(count for tier, _, count in rows if tier == i) for i in range(len(TIERS))]
    kept = documents - sum(by_tier)
    known_ones = sum(count for _, known, count in rows if known)
    return {
        "source": source,
        "documents": documents,
        **dict(zip(TIERS, by_tier, strict=True)),
        **{f"{name}_share": _share(by_tier[i], documents) for i, name in enumerate(TIERS)},
        "kept": kept,
        "kept_share": _share(kept, documents),
        "known": known_ones,
        "known_share": _share(known_ones, documents),
        # kept, and in no earlier delivery
        "new": sum(count for tier, known, count in rows if tier == KEPT and not known),
    }


def _risk_rows(source: str, counts: Counter[tuple[str, int, bool]]) -> list[dict[str, Any]]:
    """Prevalence with all documents, and with the kept ones only."""
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    kept = 0
    for (risks, tier, _), count in counts.items():
        kept += count * (tier == KEPT)
        names = risks.split(" ") if risks else []
        for name in [*names, *([ANY] if names else [])]:
            before[name] += count
            after[name] += count * (tier == KEPT)
    return [
        {
            "source": source,
            "risk": risk,
            "hits": before[risk],
            "prevalence": _share(before[risk], counts.total()),
            "hits_kept": after[risk],
            "prevalence_kept": _share(after[risk], kept),
        }
        for risk in sorted(before)
    ]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
