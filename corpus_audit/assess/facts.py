"""What an assessment is made from: counts per source, measurements, and what there is of evidence.

Whoever gathers them reads files; what is made of them here does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from corpus_audit.assess.model import Bounds, Observed, Outcome, SampleResult
from corpus_audit.rules.clauses import Clause, Words


def words(zh: str, en: str) -> Words:
    """The same in both languages."""
    return Words(zh=zh, en=en)


def joined(parts: Sequence[Words]) -> Words:
    """Sentences in a row."""
    return Words(zh="".join(part.zh for part in parts), en=" ".join(part.en for part in parts))


@dataclass(frozen=True)
class Kept:
    """The documents of a source with copies counted once."""

    documents: int
    hit: int
    chars: int
    hit_chars: int


@dataclass(frozen=True)
class SourceFacts:
    """One source, as it was scanned."""

    name: str
    documents: int  # scanned
    chars: int
    hit: int  # documents that hit a counted risk
    hit_chars: int
    skipped: int
    unseen: int  # records that may be hits, for all that anyone saw
    unknown_loss: bool  # nobody knows how many records are missing
    risks: Mapping[str, int] = field(default_factory=dict)
    kept: Kept | None = None  # None: copies were not looked for
    sampled: bool = False  # what was scanned was drawn at random
    population: int | None = None  # documents that the sample stands for
    undrawn: int = 0  # documents that the draw of the scan left out; `unseen` lies beside them
    reviewed: Bounds | None = None  # one-sided: calibrated share from a reviewed sample
    reviewed_by: tuple[str, ...] = ()  # files of that review


@dataclass(frozen=True)
class Shown:
    """What there is of one kind of evidence for one clause."""

    present: bool
    pointers: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()  # sources that have none
    against: tuple[Words, ...] = ()  # it shows that the clause is not kept
    look: tuple[Words, ...] = ()  # it shows what a person has to decide
    shows: Words | None = None
    get: Words | None = None  # how to supply what is missing
    judged: bool = False  # a person's judgement stands in for it
    spared: Words | None = None  # why the clause does not apply


@dataclass(frozen=True)
class Measured:
    """One value to hold against a limit; without an outcome the limit decides."""

    subject: str
    observed: Observed
    bounds: Bounds | None = None
    outcome: Outcome | None = None
    reason: Words | None = None


@dataclass(frozen=True)
class Facts:
    """All that is known of one audit."""

    sources: tuple[SourceFacts, ...]
    risks_sought: tuple[str, ...]  # risks that some rule looked for
    shown: Callable[[Clause, str], Shown]  # by clause and evidence key
    measured: Callable[[Clause, str], Sequence[Measured] | None]  # by clause and limit
    not_applicable: Callable[[Clause], Words | None]
    manual: Callable[[Clause], SampleResult | None] = lambda clause: None
    #: documents of a source that hit a risk for which a function holds
    hits_of: Callable[[str, Callable[[str], bool]], int] = lambda source, counts: 0
    unseen: int = 0  # records of the whole corpus that nobody saw
    audit_digest: str = ""
