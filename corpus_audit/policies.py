"""Policies: how findings are judged, which risks count, which limits hold. Data, not code."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from corpus_audit.errors import RuleError
from corpus_audit.limits import COUNTED, COVERAGE, RATIO, ClauseGate, Limit, Waiver
from corpus_audit.rules.entries import Entries
from corpus_audit.rules.location import rules_dir
from corpus_audit.types import COPIED, PERSONAL, Level, risk_of

Profile = Literal["regular", "strict", "audit"]

#: Which confidences a profile lets count. `regular` is for gates: weak words only add up.
PROFILES: dict[Profile, tuple[Level, ...]] = {
    "regular": ("high", "medium"),
    "strict": ("high", "medium", "low"),
    "audit": ("high", "medium", "low"),
}


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Weights(_Model):
    """Weight of one rule in a window, by its confidence."""

    high: float = Field(default=1.0, ge=0)
    medium: float = Field(default=0.5, ge=0)
    low: float = Field(default=0.2, ge=0)


class JudgePolicy(_Model):
    """How findings make a hit document."""

    profile: Profile = "regular"
    window: int = Field(default=2000, ge=1)  # code points
    threshold: float = Field(default=1.0, gt=0)
    weights: Weights = Weights()

    def weight(self, confidence: Level) -> float:
        """What one rule of this confidence weighs; in the audit profile any match is a hit."""
        if confidence not in PROFILES[self.profile]:
            return 0.0
        if self.profile == "audit":
            return self.threshold
        return float(getattr(self.weights, confidence))


class RatioPolicy(_Model):
    """The ratio of hit documents in a source that bars it."""

    limit: float = Field(default=0.05, ge=0, le=1)  # strictly over it bars
    counted: tuple[str, ...] = ("A.1", "A.2", "A.3", "A.4")  # groups or single risks
    personal_data: bool = False  # personal data has clauses of its own (5.2 c)
    copied_works: bool = False  # so have signs of infringement (5.2 b)
    warn: float | None = Field(default=None, ge=0, le=1)  # strictly over it a gate warns
    gate: Literal["fail", "warn"] = "fail"  # what a source over the limit does to a gate

    @model_validator(mode="after")
    def _levels(self) -> RatioPolicy:
        if self.warn is not None and self.warn > self.limit:
            raise ValueError("warn is over limit, so it would never warn")
        return self

    def counts(self, risk: str) -> bool:
        """Is this risk in the counted set?"""
        return any(self.is_in(risk, item) for item in self.counted)

    def counts_mark(self, hit: str) -> bool:
        """Does this policy count a hit of its kind, or leave it to the clauses it has itself?"""
        if hit.endswith(PERSONAL):
            return self.personal_data
        return self.copied_works or not hit.endswith(COPIED)

    def is_in(self, risk: str, group: str) -> bool:
        """Is this hit one of a group or risk? What stands apart is, where the policy counts it."""
        if not self.counts_mark(risk):
            return False
        name = risk_of(risk)
        return name == group or name.startswith(group + ".")


class CoveragePolicy(_Model):
    """How much may go unseen."""

    max_skipped: float = Field(default=0.001, ge=0, le=1)  # share of the records read


class AssessPolicy(_Model):
    """How an audit is held against a standard."""

    #: An automatic result under a limit passes without a reviewed sample.
    accept_indicator: bool = False
    #: `clause-id.limit-name` or `limit-name` -> a limit in place of the standard's.
    limits: dict[str, float] = Field(default_factory=dict)

    def limit(self, clause: str, name: str) -> float | None:
        """The limit that this policy sets, if any; one for the clause before one for all."""
        return self.limits.get(f"{clause}.{name}", self.limits.get(name))


class Policy(_Model):
    """Everything that turns observations into answers."""

    judge: JudgePolicy = JudgePolicy()
    ratio: RatioPolicy = RatioPolicy()
    coverage: CoveragePolicy = CoveragePolicy()
    assess: AssessPolicy = AssessPolicy()
    limit: tuple[Limit, ...] = ()  # further ones, for gates
    clause: tuple[ClauseGate, ...] = ()  # clauses whose outcome a gate obeys
    waiver: tuple[Waiver, ...] = ()

    @property
    def gated(self) -> tuple[Limit, ...]:
        """Every limit that a gate holds: the ratio, those that are written down, coverage."""
        ratio, over = self.ratio, self.ratio.gate == "fail"
        warn = ratio.limit if ratio.warn is None and not over else ratio.warn
        of_sources = Limit(name=RATIO, risk=COUNTED, warn=warn, fail=ratio.limit if over else None)
        seen = Limit(name=COVERAGE, skipped="any", per="corpus", fail=self.coverage.max_skipped)
        return (of_sources, *self.limit, seen)


def load_policy(path: Path | None = None) -> Policy:
    """A policy file; without a path the shipped default. Raises RuleError naming file and line."""
    entries = Entries(path or rules_dir() / "policies" / "default.toml", Policy)
    entries.unique("limit", "name")
    entries.unique("clause", "id")
    for index, limit in enumerate(entries.value.limit):
        if limit.name in (RATIO, COVERAGE):
            message = f'"{limit.name}" is the limit of [{limit.name}]: choose another name'
            entries.fault(("limit", index, "name"), message)
    names = {limit.name for limit in entries.value.gated} | {c.id for c in entries.value.clause}
    for index, waiver in enumerate(entries.value.waiver):
        if waiver.limit not in names:
            message = f'"{waiver.limit}" is no limit and no clause of this policy'
            entries.fault(("waiver", index, "limit"), f"{message}: {', '.join(sorted(names))}")
    if entries.faults:
        raise RuleError("\n".join(entries.faults))
    return entries.value
