"""The per-source answer: one row a source, from tallies and a policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa

from corpus_audit.policies import Policy
from corpus_audit.tally import UNATTRIBUTED, Counts, SourceTally, Tally

Status = Literal["over", "under", "undecided", "empty", "not-assessed"]


@dataclass(frozen=True, slots=True)
class Ratio:
    """Hit documents of a source as a census: exact, with what was not seen in its worst case."""

    hit: int
    documents: int
    unseen: int
    unknown_loss: bool
    limit: float

    @property
    def prevalence(self) -> float | None:
        """Hit documents / scanned documents."""
        return self.hit / self.documents if self.documents else None

    @property
    def worst(self) -> float | None:
        """The same if every record that was not seen were a hit; None when nobody can tell."""
        seen = self.documents + self.unseen
        return (self.hit + self.unseen) / seen if seen and not self.unknown_loss else None

    @property
    def status(self) -> Status:
        """Strictly over the limit whatever was not seen; or under it at worst; or undecided."""
        seen = self.documents + self.unseen
        if not seen:
            return "undecided" if self.unknown_loss else "empty"
        if not self.unknown_loss and self.hit / seen > self.limit:
            return "over"
        return "under" if self.worst is not None and self.worst <= self.limit else "undecided"


def ratio_of(source: SourceTally, policy: Policy, *, adrift: int, unknown_loss: bool) -> Ratio:
    """The ratio of a source. `adrift`: damaged records of the corpus that may belong to it."""
    return Ratio(
        hit=source.hit_documents(policy.ratio.counts),
        documents=source.documents,
        unseen=source.unseen + source.undrawn + adrift,
        unknown_loss=unknown_loss,
        limit=policy.ratio.limit,
    )


@dataclass(frozen=True, slots=True)
class Coverage:
    """Was enough of the corpus seen?"""

    read: int
    scanned: int
    undrawn: int  # documents that a draw left out
    skipped: Counts
    unseen: int
    losses: int
    limit: float

    @property
    def complete(self) -> bool:
        return not self.losses and self.unseen <= self.limit * self.read


def coverage_of(tally: Tally, policy: Policy) -> Coverage:
    """Coverage of all sources together."""
    total = tally.total()
    return Coverage(
        read=total.read,
        scanned=total.documents,
        undrawn=total.undrawn,
        skipped=dict(sorted(total.skipped.items())),
        unseen=total.unseen,
        losses=len(tally.losses),
        limit=policy.coverage.max_skipped,
    )


def ratios(tally: Tally, policy: Policy) -> dict[str, Ratio]:
    """The ratio of every source, in order of their names.

    A record too damaged to show its source may belong to any, so it stands in the worst case of
    each. A loss of unknown size leaves the source of its file undecided, and every source where
    sources come from a field.
    """
    adrift = tally.sources[UNATTRIBUTED].unseen if UNATTRIBUTED in tally.sources else 0
    touched = {name for loss in tally.losses for name in loss["sources"]}
    everywhere = any(not loss["sources"] for loss in tally.losses)
    return {
        name: ratio_of(
            tally.sources.get(name, SourceTally()),
            policy,
            adrift=0 if name == UNATTRIBUTED else adrift,
            unknown_loss=everywhere or name in touched,
        )
        for name in sorted(tally.sources.keys() | touched)
    }


def source_rows(tally: Tally, policy: Policy, risks: Sequence[str]) -> list[dict[str, Any]]:
    """One plain row per source, in order of their names. `risks`: those that rules looked for."""
    assessed = any(policy.ratio.counts(risk) for risk in risks)
    rows = []
    for name, ratio in ratios(tally, policy).items():
        source = tally.sources.get(name, SourceTally())
        rows.append(
            {
                "source": name,
                "documents": source.documents,
                "chars": source.chars,
                "bytes": source.bytes,
                "undrawn": source.undrawn,
                "skipped": sum(source.skipped.values()),
                "unseen": ratio.unseen,
                "hit_documents": ratio.hit,
                "matched_only": source.matched_only,
                "hit_chars": source.hit_characters(policy.ratio.counts),
                "prevalence": ratio.prevalence,
                "prevalence_worst": ratio.worst,
                "limit": ratio.limit,
                "status": ratio.status if assessed else "not-assessed",
                **{
                    f"hit_{group}": source.hit_documents(
                        lambda risk, group=group: policy.ratio.is_in(risk, group)
                    )
                    for group in GROUPS
                },
                "risks": _joined(source.hits),
                "skip_reasons": _joined(source.skipped),
                **{column: _joined(counts) for column, counts in sorted(source.categories.items())},
                **{f"sum_{column}": total for column, total in sorted(source.sums.items())},
            }
        )
    return rows


#: The groups of Annex A, in the order of tables.
GROUPS = ("A.1", "A.2", "A.3", "A.4", "A.5")


def _joined(counts: Counts) -> str:
    """Counts as `zh=120 en=3`, most first: one readable cell."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return " ".join(f"{name}={count}" for name, count in ordered)


def source_table(tally: Tally, policy: Policy, risks: Sequence[str]) -> pa.Table:
    """`source_rows` as an Arrow table with a fixed order of columns."""
    rows = source_rows(tally, policy, risks)
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pa.table({name: _column(name, [row.get(name) for row in rows]) for name in names})


def _column(name: str, values: list[Any]) -> pa.Array:
    if name in ("prevalence", "prevalence_worst", "limit"):
        return pa.array(values, pa.float64())
    if any(isinstance(value, str) for value in values):
        return pa.array(["" if value is None else value for value in values], pa.string())
    return pa.array([value or 0 for value in values], pa.int64())
