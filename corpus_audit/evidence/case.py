"""What evidence is looked for in: an audit, the ledger of its sources, what people judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from corpus_audit.evidence.annotation_table import Annotations
from corpus_audit.evidence.judgements import Judgement
from corpus_audit.ledger.reading import LedgerFile
from corpus_audit.ledger.supply import Supplied, supplied
from corpus_audit.policies import Policy
from corpus_audit.provenance.statistics import Statistics, statistics
from corpus_audit.provenance.tallies import Audited, Counted
from corpus_audit.rules.clauses import Standard
from corpus_audit.sources import Coverage, coverage_of


@dataclass(frozen=True)
class Case:
    """One audit to be assessed, with all that was handed over with it."""

    audited: Audited
    ledger: LedgerFile | None
    standard: Standard
    policy: Policy
    today: date
    judgements: tuple[Judgement, ...] = ()
    annotations: Annotations | None = None
    before: Audited | None = None  # of the sample that was taken before collection
    cache: dict[str, Any] = field(default_factory=dict)  # what is dear to compute, once

    @property
    def sources(self) -> tuple[Counted, ...]:
        return self.audited.sources

    @cached_property
    def supplied(self) -> Mapping[str, Supplied]:
        """Manifest keys with who supplies them; empty without a ledger."""
        return supplied(self.ledger, self.today) if self.ledger else {}

    @cached_property
    def statistics(self) -> Statistics:
        return statistics(self.audited, self.ledger.ledger if self.ledger else None)

    @cached_property
    def coverage(self) -> Coverage:
        return coverage_of(self.audited.tally, self.policy)

    def ran(self, detector: str) -> bool:
        return detector in self.audited.manifest["detectors"]

    def configured(self, detector: str, key: str) -> bool:
        """Was the detector given something under this key?"""
        return bool(self.audited.manifest["detectors"].get(detector, {}).get(key))

    def of_kind(self, kind: str) -> tuple[Counted, ...]:
        return tuple(each for each in self.sources if each.source and each.source.kind == kind)

    def having(self, holds: Callable[[Counted], object]) -> tuple[Counted, ...]:
        return tuple(each for each in self.sources if holds(each))

    def name_of(self, source: str) -> str:
        """The ledger's id of a source that the audit may know by an alias."""
        found = self.ledger.ledger.find(source) if self.ledger else None
        return found.id if found else source

    @property
    def all_entered(self) -> bool:
        """Has every source of the audit an entry in a ledger?"""
        return self.ledger is not None and all(each.source for each in self.sources)
