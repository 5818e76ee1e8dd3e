"""Which evidence a ledger supplies: the `manifest` keys by which clauses are decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from corpus_audit.ledger.model import TODO, Evidence, Source
from corpus_audit.ledger.papers import check_paper, contained
from corpus_audit.ledger.reading import LedgerFile
from corpus_audit.rules.standards import load_evidence


@dataclass(frozen=True)
class Supplied:
    """Who supplies one kind of evidence."""

    corpus: bool = False  # a paper that holds for the whole corpus
    sources: tuple[str, ...] = ()  # ids of the sources that have it


def supplied(file: LedgerFile, today: date) -> dict[str, Supplied]:
    """Every manifest key, with who supplies it. A paper that has a grave fault supplies nothing.

    Some keys need no paper: the ledger itself says who owns a source, where it is from, and which
    model made it.
    """
    papers: dict[str, list[str]] = {}
    corpus: set[str] = set()
    for paper in file.ledger.evidence:
        if _stands(file, paper, today):
            corpus.add(paper.key)
    for source in file.ledger.source:
        shown = {paper.key for paper in source.evidence if _stands(file, paper, today)}
        for key in {*shown, *_said(file, source)}:
            papers.setdefault(key, []).append(source.id)
    keys = [key for key, each in load_evidence().items() if each.by == "manifest"]
    return {key: Supplied(key in corpus, tuple(papers.get(key, ()))) for key in keys}


def _stands(file: LedgerFile, paper: Evidence, today: date) -> bool:
    return not any(grave for _, _, grave in check_paper(file.folder, paper, today))


def _said(file: LedgerFile, source: Source) -> Iterable[str]:
    """What the entry of a source says without a paper."""
    yield "ledger.source"
    yield "ledger.source_record"
    if not source.owner.startswith(TODO):
        yield "ledger.owner"
    if source.origin != TODO:
        yield "ledger.origin"
    if source.generated is not None:
        yield "ledger.synthetic"
    if source.kind == "self-collected":
        yield "ledger.self_collected"
    if source.robots:
        snapshots = contained(file.folder, source.robots)
        if snapshots is not None and snapshots.exists():
            yield "ledger.robots"
