"""Per-source counts that add up: the answer never depends on how the work was cut.

A tally is plain nested dictionaries of integers, so that it is its own JSON form. `merge` is
associative and commutative with `Tally()` as zero; a property test holds that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from corpus_audit.errors import UsageError
from corpus_audit.types import HARMLESS_SKIPS

Counts = dict[str, int]

#: The source of records too damaged to tell where they come from.
UNATTRIBUTED = "(unattributed)"


def add_counts(into: Counts, more: Mapping[str, int]) -> None:
    """Add `more` to `into`, in place."""
    for key, count in more.items():
        into[key] = into.get(key, 0) + count


@dataclass(slots=True)
class SourceTally:
    """What is known of one source. All counts are exact."""

    documents: int = 0  # scanned
    chars: int = 0  # code points
    bytes: int = 0  # UTF-8
    skipped: Counts = field(default_factory=dict)  # reason -> records
    undrawn: int = 0  # documents that the draw left out: read, whole, and not scanned
    undrawn_chars: int = 0
    hits: Counts = field(default_factory=dict)  # risk -> documents
    hit_chars: Counts = field(default_factory=dict)  # risk -> characters of these documents
    rules: Counts = field(default_factory=dict)  # rule -> documents
    matches: Counts = field(default_factory=dict)  # rule -> matches
    suppressed: Counts = field(default_factory=dict)  # rule -> matches that do not count
    any_hit: Counts = field(default_factory=dict)  # joined risks of a document -> documents
    any_hit_chars: Counts = field(default_factory=dict)
    matched_only: int = 0  # documents with matches too weak to make a hit
    categories: dict[str, Counts] = field(default_factory=dict)  # column -> value -> documents
    sums: Counts = field(default_factory=dict)  # column -> sum
    #: rule of personal data -> documents and occurrences, and by the surest finding of a document
    #: `documents_high`, ...; see `corpus_audit.personal`
    personal: dict[str, Counts] = field(default_factory=dict)

    def add(self, other: SourceTally) -> None:
        """Add another tally of the same source, in place."""
        self.documents += other.documents
        self.chars += other.chars
        self.bytes += other.bytes
        self.undrawn += other.undrawn
        self.undrawn_chars += other.undrawn_chars
        self.matched_only += other.matched_only
        for name in (
            "skipped", "hits", "hit_chars", "rules", "matches", "suppressed",
            "any_hit", "any_hit_chars", "sums",
        ):  # fmt: skip
            add_counts(getattr(self, name), getattr(other, name))
        for column, counts in other.categories.items():
            add_counts(self.categories.setdefault(column, {}), counts)
        for rule, counts in other.personal.items():
            add_counts(self.personal.setdefault(rule, {}), counts)

    @property
    def read(self) -> int:
        """Records read: scanned, left out by a draw, and skipped."""
        return self.documents + self.undrawn + sum(self.skipped.values())

    @property
    def unseen(self) -> int:
        """Records whose content nobody saw: what the worst case counts as hits."""
        return sum(n for reason, n in self.skipped.items() if reason not in HARMLESS_SKIPS)

    def hit_documents(self, counts: Any) -> int:
        """Documents that hit at least one risk for which `counts(risk)` holds."""
        return _any(self.any_hit, counts)

    def hit_characters(self, counts: Any) -> int:
        """Characters of the documents that hit at least one risk for which `counts` holds."""
        return _any(self.any_hit_chars, counts)


def _any(joined: Counts, counts: Any) -> int:
    return sum(n for risks, n in joined.items() if any(counts(risk) for risk in risks.split(" ")))


@dataclass(slots=True)
class Tally:
    """All sources of some units, and the losses of unknown size among them."""

    sources: dict[str, SourceTally] = field(default_factory=dict)
    losses: list[dict[str, Any]] = field(default_factory=list)  # path, position, detail

    def source(self, name: str) -> SourceTally:
        """The tally of a source, made at first use."""
        if name not in self.sources:
            self.sources[name] = SourceTally()
        return self.sources[name]

    def add(self, other: Tally) -> None:
        """Add another tally, in place."""
        for name, tally in other.sources.items():
            self.source(name).add(tally)
        self.losses += other.losses

    def total(self) -> SourceTally:
        """All sources together."""
        total = SourceTally()
        for tally in self.sources.values():
            total.add(tally)
        return total

    def check_sources(self, limit: int) -> None:
        """Raise UsageError when there are so many sources that the field must be a wrong one."""
        if len(self.sources) > limit:
            raise UsageError(
                f"more than {limit:,} distinct sources, so results per source would mean nothing. "
                "Is the source field a URL, an id or the text? Pass another "
                "--source-field or --source-from, or raise --max-sources."
            )

    def to_json(self) -> dict[str, Any]:
        """As plain JSON, in a stable order."""
        return {
            "sources": {name: asdict(self.sources[name]) for name in sorted(self.sources)},
            "losses": sorted(self.losses, key=lambda loss: (loss["path"], loss["position"])),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Tally:
        """Read what `to_json` wrote."""
        sources = {name: SourceTally(**tally) for name, tally in stored["sources"].items()}
        return cls(sources, list(stored["losses"]))


def merge(tallies: Iterable[Tally]) -> Tally:
    """Add tallies up into a new one."""
    merged = Tally()
    for tally in tallies:
        merged.add(tally)
    return merged
