"""What a finished audit counted per source, and the ledger's entry for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from corpus_audit.audit.store import AuditStore
from corpus_audit.errors import AuditError, UsageError
from corpus_audit.ledger.model import Ledger, Source
from corpus_audit.ledger.reading import LedgerFile
from corpus_audit.tally import UNATTRIBUTED, SourceTally, Tally
from corpus_audit.units import UnitResult

#: Columns without which nothing can be said about origin, by the detector that gives them.
NEEDED = {"licences": "statements", "origins": "metadata", "language": "language"}


@dataclass(frozen=True)
class Counted:
    """One source of an audit."""

    name: str
    tally: SourceTally
    source: Source | None  # the ledger's entry; None: it has none

    def column(self, name: str) -> Mapping[str, int]:
        """Documents per value of a detector's column."""
        return self.tally.categories.get(name, {})

    def words(self, name: str) -> dict[str, int]:
        """The same for a column that joins several values by spaces: documents that hold each."""
        found: dict[str, int] = {}
        for value, count in self.column(name).items():
            for word in value.split():
                found[word] = found.get(word, 0) + count
        return found


@dataclass(frozen=True)
class Audited:
    """A finished audit beside the ledger of its sources."""

    url: str
    manifest: Mapping[str, Any]
    sources: tuple[Counted, ...]  # in order of their names
    tally: Tally  # all of it, sources joined


def read_audit(
    url: str, ledger: Ledger | None, needed: Mapping[str, str] = MappingProxyType(NEEDED)
) -> Audited:
    """Tallies of a finished audit, sources joined by the ids and aliases of the ledger.

    `needed`: detectors without which the reader could say nothing, as keys.
    """
    store = AuditStore(url)
    manifest = store.read_manifest()
    if not manifest["complete"]:
        raise AuditError(
            f"{url}: its scan is not finished. Run the same `corpus-audit scan` again to go on."
        )
    missing = [name for name in needed if name not in manifest["detectors"]]
    if missing:
        raise UsageError(
            f"{url}: was scanned without the detectors {', '.join(missing)}, so nothing is known "
            f"of what they look for. Scan again with --detectors {','.join(needed)},keywords."
        )

    def joined_name(name: str) -> str:
        found = ledger.find(name) if ledger else None
        return found.id if found else name

    # what the plan could not read stands in the manifest, what units lost in their tallies
    tally = Tally(losses=list(manifest["losses"]))
    for key in manifest["units"]:
        tally.add(UnitResult.from_bytes(store.read(f"units/{key}.json")).tally)
    joined = Tally()
    for name, each in tally.sources.items():
        joined.source(joined_name(name)).add(each)
    joined.losses = [
        loss | {"sources": [joined_name(name) for name in loss["sources"]]} for loss in tally.losses
    ]
    sources = tuple(
        Counted(name, joined.sources[name], ledger.find(name) if ledger else None)
        for name in sorted(joined.sources)
        if name != UNATTRIBUTED or joined.sources[name].documents
    )
    return Audited(url, manifest, sources, joined)


def ledger_matches(audit: Audited, file: LedgerFile) -> bool:
    """Was the audit made with this very ledger?"""
    used = audit.manifest.get("ledger") or {}
    return bool(used.get("digest") == file.digest)
