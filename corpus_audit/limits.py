"""Limits of a policy: what a gate obeys, who waived what, and until when. Data, not code.

[[limit]]
name = "gambling"
risk = "A.1.h"                 # documents that hit this risk, or a group: A.1; or: counted
sources = ["web-*", "!web-own"]
warn = 0.01                    # more than this share of the documents of a source: a warning
fail = 0.03                    # more than this: the gate fails

[[waiver]]
limit = "gambling"
source = "web-news"
up_to = 0.05
owner = "zhang.wei"
reason = "reports on trials"
expires = 2027-03-01
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fnmatch import fnmatchcase
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from corpus_audit.errors import RuleError
from corpus_audit.rules.clauses import Slug, Text
from corpus_audit.types import SKIP_REASONS

Measure = Literal["risk", "pii", "duplicates", "licence", "languages", "skipped"]
MEASURES: Final[tuple[Measure, ...]] = (
    "risk", "pii", "duplicates", "licence", "languages", "skipped",
)  # fmt: skip

#: Names of the two limits that every policy has: `[ratio]` and `[coverage]`.
RATIO, COVERAGE = "ratio", "coverage"
#: The risks that count into the ratio of a source.
COUNTED = "counted"

ClauseResult = Literal[
    "fail", "inconclusive", "needs-evidence", "needs-person", "pass", "not-applicable"
]
RiskName = Annotated[str, StringConstraints(pattern=r"^(A\.[1-5](\.[a-z])?|counted)$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limit(_Model):
    """How much of one thing a source, or the corpus, may hold."""

    name: Slug = Field(description="How messages and waivers call it.")
    risk: RiskName | None = Field(
        default=None,
        description="Documents that hit a risk (A.1.h), a group (A.1) or any counted risk.",
    )
    pii: Slug | None = Field(
        default=None,
        description="Documents that hold a kind of personal data, or a class: personal, sensitive, "
        "secret.",
    )
    duplicates: Literal["exact", "normalised", "near", "all", "known"] | None = Field(
        default=None,
        description="Copies: of one tier, all, or known from an earlier delivery. The one of each "
        "cluster that is kept is no copy.",
    )
    licence: Text | None = Field(
        default=None,
        description="Documents that state a licence: its id, or a verdict on commercial use: no, "
        "review, conditions; or: unstated.",
    )
    languages: tuple[Language, ...] | None = Field(
        default=None, min_length=1, description="Documents in any other language than these."
    )
    skipped: Text | None = Field(
        default=None,
        description="Records that went unseen: any, or for one reason, such as bad_record.",
    )
    sources: tuple[Text, ...] = Field(
        default=("*",),
        min_length=1,
        description="Patterns of source names; `!pattern` takes some out.",
    )
    per: Literal["source", "corpus"] = Field(
        default="source", description="Held against each source, or against all that fit together."
    )
    unit: Literal["share", "documents"] = Field(
        default="share", description="What warn and fail count: a share from 0 to 1, or documents."
    )
    warn: float | None = Field(default=None, ge=0, description="More than this is a warning.")
    fail: float | None = Field(default=None, ge=0, description="More than this fails the gate.")
    unseen: Literal["worst", "clean"] = Field(
        default="worst",
        description="Records that went unseen: each may hold what is limited, or is taken as "
        "clean.",
    )

    @model_validator(mode="after")
    def _one_measure(self) -> Limit:
        named = [measure for measure in MEASURES if getattr(self, measure) is not None]
        if len(named) != 1:
            raise ValueError(f"name exactly one of {', '.join(MEASURES)}")
        if self.skipped not in (None, "any") and self.skipped not in SKIP_REASONS:
            raise ValueError(f"skipped is any, or one of {', '.join(SKIP_REASONS)}")
        if all(pattern.startswith("!") for pattern in self.sources):
            raise ValueError('sources only takes some out: begin with "*"')
        return self

    @model_validator(mode="after")
    def _levels(self) -> Limit:
        if self.warn is None and self.fail is None:
            raise ValueError("give warn, fail or both: without them it limits nothing")
        if self.warn is not None and self.fail is not None and self.warn > self.fail:
            raise ValueError("warn is over fail, so it would never warn")
        if self.unit == "share" and max(self.warn or 0, self.fail or 0) > 1:
            raise ValueError('a share is from 0 to 1 (0.05 is 5 %); or set unit = "documents"')
        return self

    @property
    def measure(self) -> Measure:
        return next(measure for measure in MEASURES if getattr(self, measure) is not None)

    @property
    def value(self) -> str:
        """What of the measure is limited, in one word."""
        given = getattr(self, self.measure)
        return " ".join(given) if isinstance(given, tuple) else str(given)

    def covers(self, source: str) -> bool:
        """Is the source held against this limit? Of its patterns the last that fits decides."""
        covered = False
        for pattern in self.sources:
            wanted = not pattern.startswith("!")
            if fnmatchcase(source, pattern.removeprefix("!")):
                covered = wanted
        return covered


class ClauseGate(_Model):
    """A clause of the standard whose outcome the gate obeys. Others are told, and gate nothing."""

    id: Slug = Field(description="Id of the clause, as `corpus-audit standards show` prints it.")
    fail: tuple[ClauseResult, ...] = Field(
        default=("fail",), description="Outcomes that fail the gate."
    )
    warn: tuple[ClauseResult, ...] = Field(default=(), description="Outcomes that warn.")

    @model_validator(mode="after")
    def _apart(self) -> ClauseGate:
        both = set(self.fail) & set(self.warn)
        if both:
            raise ValueError(f"{', '.join(sorted(both))}: in fail and in warn")
        return self


class Waiver(_Model):
    """Somebody answers for a limit that is not kept, until a day (that day included)."""

    limit: Slug = Field(description="Name of the limit or id of the clause; or ratio, coverage.")
    source: Text = Field(default="*", description="Pattern of source names.")
    up_to: float | None = Field(
        default=None, ge=0, description="Holds up to this value only, in the unit of the limit."
    )
    owner: Text = Field(description="Who answers for it.")
    reason: Text
    expires: date = Field(description="Last day on which it holds.")

    def named(self) -> str:
        """How messages call it."""
        where = "" if self.source == "*" else f" {self.source}"
        return f"[{self.limit}{where}] {self.owner}"


def expired(waivers: Iterable[Waiver], today: date) -> list[str]:
    """What to say of each waiver whose last day is over."""
    return [
        f"waiver {waiver.named()} expired on {waiver.expires}. Its limit gates again: remove the "
        "waiver, or have it renewed by somebody who answers for it."
        for waiver in waivers
        if waiver.expires < today
    ]


def check_waivers(waivers: Iterable[Waiver], name: str, today: date | None = None) -> None:
    """Raise RuleError where a waiver of the policy `name` has expired: none is skipped quietly."""
    faults = expired(waivers, today or date.today())
    if faults:
        raise RuleError("\n".join(f"{name}: {fault}" for fault in faults))
