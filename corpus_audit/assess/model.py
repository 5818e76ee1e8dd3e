"""What an assessment is made of: the contents of `assessment.json`.

Words that people read come in Chinese and English. Nothing here computes; reports and the gate read
these models and no internals of the assessment.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from corpus_audit.rules.clauses import By, Comparison, Modality, Per, Topic, Unit, Verified, Words

ASSESSMENT_VERSION = 1

Outcome = Literal[
    "pass", "fail", "inconclusive", "needs-evidence", "needs-person", "not-applicable"
]
#: A source's share was counted whole, or drawn; reviewed: people read a sample of it.
Basis = Literal["census", "sample", "reviewed"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bounds(_Model):
    """An interval for a share, both ends in [0, 1]."""

    low: float
    high: float
    confidence: float  # 0.95
    sides: Literal[1, 2]  # 1: each end holds with the confidence alone
    method: str  # "census", "clopper-pearson", "hypergeometric", ...


class Observed(_Model):
    """What was counted. `value` is the quotient where there is one."""

    value: float | None
    count: int | None = None
    of: int | None = None


class Limit(_Model):
    """A threshold as it was applied: the standard's, or the policy's in its place."""

    name: str
    value: float
    comparison: Comparison
    meaning: Literal["bars", "requires"]
    unit: Unit
    per: Per
    modality: Modality
    clause: str
    provisional: bool
    verified: Verified
    from_policy: bool = False  # the policy set another value than the standard


class Check(_Model):
    """One limit held against one thing."""

    subject: str  # a source, a risk, a batch; "" for the corpus
    limit: Limit
    observed: Observed
    bounds: Bounds | None
    outcome: Outcome
    reason: Words


class EvidenceUse(_Model):
    """One kind of evidence that the clause asks for, and where it is."""

    key: str
    by: By
    what: Words
    optional: bool
    present: bool
    pointers: tuple[str, ...] = ()  # files of the audit, ids of ledger entries, review files
    missing: tuple[str, ...] = ()  # sources that have none


class ClauseOutcome(_Model):
    """The outcome of one clause, as an assessor reads it."""

    id: str
    number: str
    provisional: bool
    topic: Topic
    title: Words
    summary: Words
    modality: Modality
    verified: Verified
    advisory: bool  # a should-clause: it never changes the conclusion
    draft_derived: bool  # the text, or a limit of it, was read in a draft or a summary only
    outcome: Outcome
    reason: Words
    next: Words | None  # what to do; None where nothing is left to do
    checks: tuple[Check, ...]
    evidence: tuple[EvidenceUse, ...]


class Share(_Model):
    """Hit documents (or characters) of a source, and what can be said of the share."""

    hit: int
    of: int
    value: float | None
    worst: float | None  # every unseen record counted as a hit; None: nobody can tell
    bounds: Bounds | None  # two-sided, for tables


class SourceOutcome(_Model):
    """One source under the 5 % rule."""

    source: str
    documents: int
    chars: int
    skipped: int
    unseen: int
    basis: Basis
    population: int | None  # documents that a sample stands for, where that is known
    share: Share  # by documents
    share_chars: Share  # characters of hit documents
    share_deduplicated: Share | None  # by documents, copies counted once
    share_chars_deduplicated: Share | None
    reviewed: Bounds | None  # calibrated true prevalence from a reviewed sample
    outcome: Outcome
    reason: Words
    more_documents: int | None  # so many more sampled documents would be expected to decide
    risks: dict[str, int]  # risk -> hit documents


class SampleResult(_Model):
    """A sampling pass rate: the manual 4,000 / 96 % or the technical 10 % / 98 %."""

    plan: Literal["manual", "technical"]
    clause: str
    drawn: int
    judged: int
    failed: int
    required: int
    limit: float
    bounds: Bounds | None
    allowed_failures: int  # so many may fail at the line itself
    convincing_failures: int  # so few show at one-sided 95 % that the corpus is there
    outcome: Outcome
    reason: Words


class Conclusion(_Model):
    """All must-clauses together."""

    outcome: Outcome
    words: Words
    counts: dict[str, int]  # outcome -> must-clauses
    advisory_counts: dict[str, int]  # outcome -> should-clauses


class Assessment(_Model):
    """A whole assessment of one audit under one standard and policy."""

    version: int = ASSESSMENT_VERSION
    standard: str
    number: str
    title: Words
    basis: Words  # which text the standard's data was taken from
    unit: Words  # the unit of the 5 %: documents
    counted: tuple[str, ...]  # risks that count into the 5 % rule
    counted_samples: tuple[str, ...]  # risks that count into the pass rates
    conclusion: Conclusion
    clauses: tuple[ClauseOutcome, ...]
    sources: tuple[SourceOutcome, ...]
    samples: tuple[SampleResult, ...]
    indicator_accepted: bool  # the policy takes an automatic result for a verdict
    policy_digest: str
    audit_digest: str  # of audit.json
    tool_version: str
    made: str  # ISO 8601, UTC
    reproduce: str  # the command
