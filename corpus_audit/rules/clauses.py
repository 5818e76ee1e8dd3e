"""What the standards are made of: the vocabulary of `rules/risks.toml`, `rules/evidence.toml` and
`rules/standards/*.toml`."""

from __future__ import annotations

import operator
from datetime import date
from fractions import Fraction
from typing import Annotated, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Language = Literal["zh", "en"]
By = Literal["automatic", "manifest", "human"]
Modality = Literal["must", "should", "unknown"]  # unknown: what was read does not tell
Verified = Literal["text", "translation", "draft-derived", "secondary", "inference"]
Comparison = Literal[">", ">=", "<", "<="]
Topic = Literal[
    "sources", "content", "annotation", "keywords", "test banks", "classifier", "assessment",
    "report", "records",
]  # fmt: skip
Unit = Literal[
    "share of documents", "share of items", "share of batches", "items", "keywords", "questions",
    "risks", "sources", "reviewers", "roles", "signatories", "days",
]  # fmt: skip
Per = Literal[
    "corpus", "source", "source type", "language and type", "dataset", "batch", "item", "sample",
    "risk", "topic", "report",
]  # fmt: skip

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([-_.][a-z0-9]+)*$")]
RiskId = Annotated[str, StringConstraints(pattern=r"^A\.[1-5]\.[a-z]$")]
GroupId = Annotated[str, StringConstraints(pattern=r"^A\.[1-5]$")]

COMPARISONS: Final = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Table):
    """The same in both languages."""

    zh: Text
    en: Text

    def to(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


# --- risks -----------------------------------------------------------------------------------


class RiskGroup(_Table):
    id: GroupId
    name: Words
    short: Words  # at most 14 columns wide, for tables


class Risk(_Table):
    """One of the 31 risks of Annex A."""

    id: RiskId
    group: GroupId
    name: Words
    short: Words
    judged_by: Literal["human", "expert"] | None = None  # detectors give weak cues only


class Basis(_Table):
    """The clause that says which risks count."""

    standard: Slug
    clause: Text
    provisional: bool = False  # the clause number may differ
    verified: Verified
    source: Text


class RiskSet(_Table):
    """Which risks count somewhere."""

    id: Slug
    count: int
    groups: tuple[GroupId, ...] = Field(min_length=1)
    name: Words
    basis: tuple[Basis, ...] = Field(min_length=1)

    def counts(self, risk: str) -> bool:
        return risk.rpartition(".")[0] in self.groups


class Risks(_Table):
    """`rules/risks.toml`."""

    groups: tuple[RiskGroup, ...]
    risks: tuple[Risk, ...]
    sets: tuple[RiskSet, ...]

    def risk(self, id: str) -> Risk:
        return next(risk for risk in self.risks if risk.id == id)

    def risk_set(self, id: str) -> RiskSet:
        return next(one for one in self.sets if one.id == id)

    def members(self, set_id: str) -> tuple[Risk, ...]:
        counted = self.risk_set(set_id)
        return tuple(risk for risk in self.risks if counted.counts(risk.id))


# --- evidence and standards ------------------------------------------------------------------


class Evidence(_Table):
    """One kind of evidence, and who gives it."""

    key: Slug
    by: By
    what: Words
    optional: bool = False  # helps where it is there; a clause is not short of evidence without


class EvidenceKinds(_Table):
    """`rules/evidence.toml`."""

    evidence: tuple[Evidence, ...]


class DecidedBy(_Table):
    """Evidence keys by who gives them. A clause needs all that are not optional."""

    automatic: tuple[Slug, ...] = ()
    manifest: tuple[Slug, ...] = ()
    human: tuple[Slug, ...] = ()

    def items(self) -> tuple[tuple[By, tuple[str, ...]], ...]:
        every: tuple[tuple[By, tuple[str, ...]], ...] = (
            ("automatic", self.automatic),
            ("manifest", self.manifest),
            ("human", self.human),
        )
        return tuple((by, keys) for by, keys in every if keys)


class Threshold(_Table):
    """A number that a clause names."""

    name: Slug
    value: float = Field(ge=0, allow_inf_nan=False)
    comparison: Comparison
    meaning: Literal["bars", "requires"]  # bars: the clause fails where the comparison holds
    unit: Unit
    per: Per
    counted: Slug | None = None  # the risk set that counts
    modality: Modality
    clause: Text
    provisional: bool = False
    verified: Verified
    source: Text
    note: Words | None = None

    def met(self, observed: float | Fraction) -> bool:
        """Is the clause kept? Exactly 5 of 100 is not over 5 %.

        Division and reading a decimal both round to the nearest float, so a quotient of counts
        that equals the limit compares as equal.
        """
        holds: bool = COMPARISONS[self.comparison](float(observed), self.value)
        return holds == (self.meaning == "requires")


class Clause(_Table):
    """What a clause asks of training data, in our own words."""

    id: Slug  # stable; the same demand has the same id in every standard
    number: Text  # "?" where it is not known
    provisional: bool = False
    topic: Topic
    title: Words
    summary: Words
    modality: Modality
    verified: Verified
    source: Text
    note: Words | None = None
    decided_by: DecidedBy
    thresholds: tuple[Threshold, ...] = ()


class Source(_Table):
    """A text that was read, and how it is cited here."""

    key: Text
    what: Words


class Annex(_Table):
    letter: Text
    nature: Literal["normative", "informative", "unknown"]
    title: Words
    verified: Verified
    source: Text
    note: Words | None = None


class Unknown(_Table):
    """What nobody here has read, or what the text leaves open."""

    what: Words


class Standard(_Table):
    """`rules/standards/<id>.toml`."""

    id: Slug
    number: Text
    kind: Literal["technical-document", "recommended-standard", "regulation"]
    title: Words
    issued: date | None = None
    in_force: date | None = None
    dates_verified: Verified | None = None
    basis: Words  # which text this was taken from
    sources: tuple[Source, ...] = Field(min_length=1)
    annexes: tuple[Annex, ...] = ()
    unknowns: tuple[Unknown, ...] = ()
    clauses: tuple[Clause, ...] = Field(min_length=1)

    def clause(self, id: str) -> Clause:
        return next(clause for clause in self.clauses if clause.id == id)

    @property
    def verified(self) -> dict[Verified, int]:
        """How many clauses are verified how, surest first."""
        every = [clause.verified for clause in self.clauses]
        return {way: every.count(way) for way in get_args(Verified) if way in every}
