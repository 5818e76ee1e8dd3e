"""Statistics of origin over an audit and its ledger: what TC260-003 5.1 b) and c) ask to look at,
and the inventory that article 19 of the Interim Measures asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from corpus_audit.ledger.model import Ledger
from corpus_audit.provenance.tallies import Audited, Counted
from corpus_audit.rules.licences import Expression

#: Sources that each language and each type must have: "multiple" in 5.1 b) 1, read as two.
OWNERS = 2
#: A language counts for a source from this share of its documents on: detection errs.
LANGUAGE_SHARE = 0.01
UNDECLARED = "undeclared"


@dataclass(frozen=True)
class Row:
    """One source of the inventory."""

    source: str
    name: str
    owner: str
    kind: str
    origin: str
    modality: str
    languages: str  # measured: "zh=120 en=3"
    documents: int
    chars: int
    bytes: int
    licence: str
    fitness: str  # fit | conditions | review | no | undeclared
    collected: str
    without_metadata: int  # documents that do not name their origin themselves
    statements: str  # documents per statement of licence and rights


@dataclass(frozen=True)
class Spread:
    """One language or type: by how many sources and distinct owners it is fed."""

    name: str
    documents: int
    sources: tuple[str, ...]
    owners: tuple[str, ...]

    @property
    def enough(self) -> bool:
        return len(self.owners) >= OWNERS


@dataclass(frozen=True)
class Share:
    """Part of the corpus by some class."""

    name: str
    documents: int
    chars: int
    sources: int


@dataclass(frozen=True)
class Statistics:
    inventory: tuple[Row, ...]
    languages: tuple[Spread, ...]
    types: tuple[Spread, ...]
    origins: tuple[Share, ...]
    licences: tuple[Share, ...]
    documents: int
    chars: int
    without_metadata: int

    def to_json(self) -> dict[str, Any]:
        """As plain JSON."""
        spread = {
            name: [asdict(each) | {"enough": each.enough} for each in getattr(self, name)]
            for name in ("languages", "types")
        }
        return asdict(self) | spread


def statistics(audit: Audited, ledger: Ledger | None) -> Statistics:
    """All tables. Without a ledger each source is its own owner and the rest is undeclared."""
    purpose = ledger.purpose if ledger else "commercial"
    rows = tuple(_row(counted, purpose) for counted in audit.sources)
    return Statistics(
        inventory=rows,
        languages=_languages(audit),
        types=_spread(
            (modality, counted.tally.documents, counted)
            for counted in audit.sources
            for modality in (counted.source.modality if counted.source else ("text",))
        ),
        origins=_shares((row.origin, row) for row in rows),
        licences=_shares((row.fitness, row) for row in rows),
        documents=sum(row.documents for row in rows),
        chars=sum(row.chars for row in rows),
        without_metadata=sum(row.without_metadata for row in rows),
    )


def owner_of(counted: Counted) -> str:
    """Who stands behind a source; without an entry the source stands for itself."""
    return counted.source.owner if counted.source else counted.name


def _row(counted: Counted, purpose: Any) -> Row:
    source, tally = counted.source, counted.tally
    metadata = counted.column("metadata")
    span = (source.collected or source.generated) if source else None
    return Row(
        source=counted.name,
        name=(source.name or "") if source else "",
        owner=source.owner if source else UNDECLARED,
        kind=source.kind if source else UNDECLARED,
        origin=source.origin if source else UNDECLARED,
        modality=" ".join(source.modality) if source else "text",
        languages=_counts(counted.column("language")),
        documents=tally.documents,
        chars=tally.chars,
        bytes=tally.bytes,
        licence=(source.licence or "") if source else "",
        fitness=_fitness(counted, purpose),
        collected=f"{span.first} to {span.last}" if span else "",
        without_metadata=metadata.get("none", 0) + metadata.get("bad-url", 0),
        statements=_counts(counted.words("statements")),
    )


def _fitness(counted: Counted, purpose: Any) -> str:
    if counted.source is None or counted.source.licence is None:
        return UNDECLARED
    try:
        return Expression(counted.source.licence).fitness(purpose)
    except ValueError:
        return UNDECLARED


def _languages(audit: Audited) -> tuple[Spread, ...]:
    return _spread(
        (language, count, counted)
        for counted in audit.sources
        for language, count in counted.column("language").items()
        if language != "und" and count >= LANGUAGE_SHARE * counted.tally.documents
    )


def _spread(cells: Iterable[tuple[str, int, Counted]]) -> tuple[Spread, ...]:
    """Names with the sources and owners that feed each; most documents first."""
    found: dict[str, list[tuple[int, Counted]]] = {}
    for name, documents, counted in cells:
        if documents:
            found.setdefault(name, []).append((documents, counted))
    spreads = [
        Spread(
            name,
            sum(documents for documents, _ in fed),
            tuple(counted.name for _, counted in fed),
            tuple(sorted({owner_of(counted) for _, counted in fed})),
        )
        for name, fed in found.items()
    ]
    return tuple(sorted(spreads, key=lambda each: (-each.documents, each.name)))


def _shares(rows: Iterable[tuple[str, Row]]) -> tuple[Share, ...]:
    found: dict[str, list[Row]] = {}
    for name, row in rows:
        found.setdefault(name, []).append(row)
    shares = [
        Share(name, sum(r.documents for r in each), sum(r.chars for r in each), len(each))
        for name, each in found.items()
    ]
    return tuple(sorted(shares, key=lambda share: (-share.documents, share.name)))


def _counts(counts: Any) -> str:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return " ".join(f"{name}={count}" for name, count in ordered)
