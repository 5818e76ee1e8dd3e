"""What a gate decides: one verdict for each limit and source, and all of them together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from corpus_audit.rules.clauses import Words

DECISION_VERSION = 1

#: fail: over the limit. undecided: nobody can tell. known: over it, and so it was in the baseline.
Level = Literal["fail", "undecided", "warn", "waived", "known", "pass"]
LEVELS: Final[tuple[Level, ...]] = ("fail", "undecided", "warn", "waived", "known", "pass")
#: Why nobody can tell.
Unclear = Literal["unseen", "lost", "few", "unmeasured"]
Outcome = Literal["pass", "fail", "undecided"]
EXIT_CODES: Final[dict[Outcome, int]] = {"pass": 0, "fail": 4, "undecided": 5}


@dataclass(frozen=True, slots=True)
class Amount:
    """What was counted for one limit in one source, or in the corpus."""

    hit: int
    of: int  # documents that were scanned; records that were read where skipped ones are limited
    unseen: int = 0  # records that may hit too
    lost: bool = False  # records of an unknown number are missing
    measured: bool = True  # False: nothing in the audit looks for it
    low: float | None = None  # bounds of a sample, one-sided 95 %; None: counted whole
    high: float | None = None

    @property
    def share(self) -> float | None:
        return self.hit / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Cause:
    """A rule or a value that makes up an amount."""

    name: str  # id of a rule, a language, a licence, a reason of skipping
    documents: int


@dataclass(frozen=True, slots=True)
class Place:
    """One example, to open."""

    path: str  # as the audit has it: personal data in it is masked
    position: int  # in the reader's measure: byte offset, row
    line: int | None  # of an uncompressed text file; None: not known
    rule: str


@dataclass(frozen=True, slots=True)
class Pardon:
    """The waiver that a verdict was waived by."""

    owner: str
    reason: str
    expires: str
    up_to: float | None


@dataclass(frozen=True, slots=True)
class Before:
    """The same limit in the baseline, and what is new since."""

    hit: int
    of: int
    new_hit: int | None  # hit documents that the baseline does not have so; None: not told apart
    new_of: int | None
    by_rules: int = 0  # of `new_hit`: documents that the baseline holds, hit by other rules now


@dataclass(frozen=True, slots=True)
class Verdict:
    """One limit held against one source, or against the corpus."""

    limit: str  # its name in the policy, or the id of a clause
    measure: str  # risk, pii, duplicates, licence, languages, skipped, clause
    value: str  # A.1.h, id-card, near, ...; of a clause its outcome
    source: str  # "" for the corpus
    level: Level
    amount: Amount | None = None  # None: a clause
    unit: Literal["share", "documents"] = "share"
    warn: float | None = None
    fail: float | None = None
    unclear: Unclear | None = None
    clause: Words | None = None  # number and title of a clause
    reason: Words | None = None  # of a clause
    todo: Words | None = None  # of a clause
    risks: tuple[Cause, ...] = ()  # where several count: documents that hit each
    causes: tuple[Cause, ...] = ()
    places: tuple[Place, ...] = ()
    command: str = ""  # what to run next
    pardon: Pardon | None = None
    before: Before | None = None

    @property
    def gates(self) -> bool:
        """Does it keep the delivery out?"""
        return self.level in ("fail", "undecided")

    @property
    def line(self) -> float:
        """The value that was held against: fail where it is set, for a warning warn."""
        chosen = self.warn if self.level == "warn" or self.fail is None else self.fail
        return chosen or 0.0


@dataclass(frozen=True, slots=True)
class Decision:
    """What a gate says of an audit under a policy."""

    outcome: Outcome
    audit: str
    policy: str  # file, or "default"
    policy_digest: str
    standard: str
    baseline: str | None
    sources: int
    documents: int
    counted: tuple[str, ...]
    profile: str
    verdicts: tuple[Verdict, ...]  # gravest first
    unused_waivers: tuple[str, ...] = ()
    notes: tuple[Words, ...] = ()  # what the reader should know of all of it
    tool_version: str = ""
    made: str = ""
    counts: dict[str, int] = field(default_factory=dict)  # level -> verdicts

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.outcome]

    def of(self, *levels: Level) -> tuple[Verdict, ...]:
        return tuple(verdict for verdict in self.verdicts if verdict.level in levels)
