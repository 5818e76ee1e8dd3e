"""What every report shows: an audit, its assessment and its ledger, put together.

There may be no assessment yet, no ledger, no join: then the part is None and each report says so.
`corpus_audit.reports.gather` reads it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from corpus_audit.assess.model import Assessment, Outcome, SourceOutcome
from corpus_audit.ledger.model import Ledger
from corpus_audit.policies import Policy
from corpus_audit.provenance.statistics import Row, Statistics
from corpus_audit.reports.examples import Example
from corpus_audit.rules.clauses import Risks, Words
from corpus_audit.sources import Coverage, Status
from corpus_audit.tally import SourceTally
from corpus_audit.types import risk_of

Standing = Outcome | Status | Literal["unconfirmed"]


@dataclass(frozen=True, slots=True)
class SourceView:
    """One source, from all that is known of it."""

    name: str
    tally: SourceTally
    row: Mapping[str, Any]  # of `corpus_audit.sources.source_rows`
    outcome: SourceOutcome | None  # of the assessment
    inventory: Row | None  # with what the ledger says
    copies: Mapping[str, Any] | None  # of the join
    hits: Mapping[str, int]  # risk -> documents; of personal data only where it counts
    personal: tuple[Mapping[str, Any], ...]  # by kind

    @property
    def with_personal(self) -> int:
        """Documents with personal data."""
        return with_personal(self.tally)

    @property
    def status(self) -> Status:
        status: Status = self.row["status"]
        return status

    @property
    def share(self) -> float | None:
        """Hit documents / documents."""
        share: float | None = self.row["prevalence"]
        return share

    @property
    def worst(self) -> float | None:
        worst: float | None = self.row["prevalence_worst"]
        return worst

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Between what the share lies: of a sample two-sided 95 %, of a census up to the worst."""
        if self.outcome and self.outcome.basis != "census" and self.outcome.share.bounds:
            return self.outcome.share.bounds.low, self.outcome.share.bounds.high
        if self.share is None or self.worst is None:
            return None
        return min(self.share, self.worst), self.worst

    @property
    def deduplicated(self) -> float | None:
        """The share with copies counted once."""
        known = self.outcome.share_deduplicated if self.outcome else None
        return known.value if known else None


@dataclass(frozen=True, slots=True)
class ReportData:
    """One audit, ready to be written down."""

    url: str
    made: str  # ISO 8601, UTC
    manifest: Mapping[str, Any]
    policy: Policy
    risks: Risks
    sources: tuple[SourceView, ...]  # what needs a person first
    total: SourceTally
    coverage: Coverage
    losses: tuple[Mapping[str, Any], ...]
    statistics: Statistics | None  # None: detectors of origin did not run
    ledger: Ledger | None
    ledger_lost: bool  # the scan had one that is not there any more, or changed
    copies: Mapping[str, Any] | None
    assessment: Assessment | None
    stale: bool  # there is an assessment, of another state of the audit
    personal: tuple[Mapping[str, Any], ...] | None  # by source and kind; None: nobody looked
    kinds: Mapping[str, Words]  # names of kinds of personal data
    examples: tuple[Example, ...]
    titles: Mapping[str, Words]  # of rules

    @property
    def limit(self) -> float:
        return self.policy.ratio.limit

    def with_status(self, *wanted: Status) -> list[SourceView]:
        return [source for source in self.sources if source.status in wanted]

    @property
    def hits(self) -> Mapping[str, int]:
        """Documents of the corpus by risk."""
        return hits_of(self.total, self.policy)

    @property
    def hit(self) -> int:
        """Documents that hit a counted risk."""
        return self.total.hit_documents(self.policy.ratio.counts)

    def outcome_of(self, source: SourceView) -> Standing:
        """The word of the assessment, or that of the scan where there is none.

        A source under the limit that nobody has looked at is `unconfirmed`.
        """
        if source.outcome is None:
            return source.status
        outcome = source.outcome.outcome
        return "unconfirmed" if outcome == "needs-person" and source.status == "under" else outcome


def hits_of(tally: SourceTally, policy: Policy) -> dict[str, int]:
    """Documents by risk of Annex A; what has clauses of its own only where it counts."""
    counts = policy.ratio.counts_mark
    risks = {risk_of(hit) for hit in tally.hits if counts(hit)}
    return {
        risk: tally.hit_documents(lambda hit, risk=risk: counts(hit) and risk_of(hit) == risk)
        for risk in sorted(risks)
    }


def with_personal(tally: SourceTally) -> int:
    """Documents that hold personal data."""
    counts = tally.categories.get("personal_data", {})
    return sum(n for class_, n in counts.items() if class_ != "none")


def digest_of_inputs(manifest: Mapping[str, Any]) -> str:
    """A digest of the inputs by path, size and stamp."""
    named = [[entry[key] for key in ("path", "size", "stamp")] for entry in manifest["inputs"]]
    return hashlib.blake2b(orjson.dumps(sorted(named)), digest_size=16).hexdigest()
