"""What a keyword rule is: the vocabulary of `rules/keywords/*.toml`, written down in
`rules/README.md`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from corpus_audit.types import Level, RuleInfo

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
RiskId = Annotated[str, StringConstraints(pattern=r"^A\.[1-5]\.[a-i]$")]
RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:[.-][a-z0-9]+)*$")]
Terms = Annotated[tuple[Text, ...], Field(min_length=1)]
Distance = Annotated[int, Field(ge=1, le=500)]  # code points of the folded text


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Title(_Model):
    """A name in both languages."""

    en: Text
    zh: Text


class Pattern(_Model):
    """A regular expression in the subset of hyperscan, over the folded text."""

    regex: Text
    validator: Text | None = None  # a key of `corpus_audit.rules.patterns.VALIDATORS`


class RuleSpec(_Model):
    """One `[[rule]]` table as it stands in a file."""

    id: RuleId
    title: Title
    risk: RiskId
    severity: Level
    confidence: Level
    status: Literal["stable", "experimental", "deprecated"] = "stable"
    terms: tuple[Text, ...] = ()
    weak: tuple[Text, ...] = ()  # terms that weigh medium at most: news and law use them, too
    lexicon: Text | None = None  # a text file beside the rule file, one term a line
    all: tuple[Terms, ...] = ()  # one of each list, in any order
    within: Distance = 20  # from the anchor to the others of `all`
    near: tuple[Text, ...] = ()
    near_within: Distance = 30
    unless: tuple[Text, ...] = ()
    unless_within: Distance = 30
    unless_far: tuple[Text, ...] = ()  # words that silence at a greater distance
    unless_far_within: Distance = 120
    unless_quoted: Annotated[int, Field(ge=0, le=60)] | None = None  # code points beside it there
    patterns: tuple[Pattern, ...] = ()
    edges: Literal["auto", "none"] = "auto"
    hits: tuple[Text, ...] = Field(min_length=1)
    misses: tuple[Text, ...] = Field(min_length=1)


class Provenance(_Model):
    """Where imported terms came from."""

    file: Text  # its name, without folders
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]  # as it was given
    format: Text
    imported: date
    licence: Text | None = None
    read: Annotated[int, Field(ge=0)]  # terms in it
    taken: Annotated[int, Field(ge=0)]
    duplicates: Annotated[int, Field(ge=0)]  # the same as an earlier one after folding
    left_out: Annotated[int, Field(ge=0)]  # of no use as a term, or of a category left out


class RuleFile(_Model):
    """A file of rules. `slots` and `contexts` are lists of literal terms by name."""

    updated: date | None = None  # when a person last went over the terms
    provenance: tuple[Provenance, ...] = ()
    slots: dict[str, Terms] = {}
    contexts: dict[str, Terms] = {}
    rule: tuple[RuleSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """What must, or must not, stand within some code points of a match."""

    literals: tuple[str, ...]
    within: int
    wanted: bool = True  # False: `unless`


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its terms read and expanded, and the place it was read from."""

    spec: RuleSpec
    terms: tuple[str, ...]  # the anchors: what the whole corpus is searched for
    file: Path
    line: int
    conditions: tuple[Condition, ...] = ()
    base: int = 0  # terms before their slots were filled
    written: tuple[str, ...] = ()  # the terms as they stand in the files
    updated: date | None = None  # of its file
    demoted: frozenset[bytes] = field(default_factory=frozenset)  # folded terms that weigh low
    weak: frozenset[str] = field(default_factory=frozenset)  # terms that weigh medium at most

    @property
    def where(self) -> str:
        return f'{self.file}:{self.line}: rule "{self.spec.id}"'

    @property
    def expanded(self) -> int:
        """Distinct terms, or combinations of one term of each list of `all`."""
        count = len(self.terms) + len(self.spec.patterns)
        for condition in self.conditions:
            if condition.wanted and condition.literals != self.spec.near:
                count *= len(condition.literals)
        return count

    @property
    def info(self) -> RuleInfo:
        spec = self.spec
        return RuleInfo(
            id=spec.id,
            risk=spec.risk,
            title_en=spec.title.en,
            title_zh=spec.title.zh,
            severity=spec.severity,
            confidence=spec.confidence,
        )
