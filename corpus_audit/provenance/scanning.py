"""What a ledger, block lists and robots snapshots tell a scan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corpus_audit.errors import LedgerError, UsageError
from corpus_audit.ledger.papers import contained
from corpus_audit.ledger.reading import LedgerFile, load_ledger
from corpus_audit.provenance.claims import source_patterns


@dataclass(frozen=True)
class Told:
    """Parts of the configuration of a scan."""

    patterns: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    ledger: Mapping[str, str] = field(default_factory=dict)
    origins: Mapping[str, object] = field(default_factory=dict)


def for_scan(
    ledger: str | Path | None = None,
    blocklist: Sequence[str] = (),
    robots: Sequence[str] = (),
) -> Told:
    """Raises LedgerError or UsageError where one of them cannot be used.

    The block list, the robots snapshots and the crawlers' names that the ledger holds are used too.
    """
    lists = [*map(str, blocklist)]
    snapshots = [*map(str, robots)]
    for path in snapshots:
        if not Path(path).exists():
            raise UsageError(f"--robots {path}: no such file or folder. Check the path.")
    if ledger is None:
        return Told(origins=_origins(lists, snapshots, {}))
    file = load_ledger(ledger)
    entries = file.ledger
    lists += [
        _path(file, paper.file)
        for paper in entries.evidence
        if paper.kind == "blocklist" and paper.file
    ]
    snapshots += [_path(file, source.robots) for source in entries.source if source.robots]
    agents = {
        source.id: source.collected.agent
        for source in entries.source
        if source.collected and source.collected.agent
    }
    return Told(
        patterns=source_patterns(entries),
        aliases={alias: source.id for source in entries.source for alias in source.aliases},
        ledger={"path": str(ledger), "digest": file.digest},
        origins=_origins(lists, snapshots, agents),
    )


def _origins(
    lists: Sequence[str], snapshots: Sequence[str], agents: Mapping[str, str]
) -> Mapping[str, object]:
    given = {"blocklist": list(lists), "robots": list(dict.fromkeys(snapshots)), "agents": agents}
    return {name: value for name, value in given.items() if value}


def _path(file: LedgerFile, path: str) -> str:
    found = contained(file.folder, path)
    if found is None or not found.exists():
        raise LedgerError(
            f'{file.path}: "{path}" is not there or outside the ledger\'s folder, so the scan '
            "cannot use it. `corpus-audit sources check` tells more."
        )
    return str(file.folder / path)
