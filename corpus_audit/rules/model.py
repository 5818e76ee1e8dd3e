"""What a keyword rule is: the vocabulary of `rules/keywords/*.toml`, written down in
`rules/README.md`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from corpus_audit.types import Level, RuleInfo

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
RiskId = Annotated[str, StringConstraints(pattern=r"^A\.[1-5]\.[a-i]$")]
RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:[.-][a-z0-9]+)*$")]


class Title(BaseModel):
    """A name in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    en: Text
    zh: Text


class RuleSpec(BaseModel):
    """One `[[rule]]` table as it stands in a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: RuleId
    title: Title
    risk: RiskId
    severity: Level
    confidence: Level
    status: Literal["stable", "experimental", "deprecated"] = "stable"
    terms: tuple[Text, ...] = ()
    lexicon: Text | None = None  # a text file beside the rule file, one term a line
    edges: Literal["auto", "none"] = "auto"  # auto: ASCII ends of a term stop at a word edge
    hits: tuple[Text, ...] = Field(min_length=1)
    misses: tuple[Text, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its terms read and the place it was read from."""

    spec: RuleSpec
    terms: tuple[str, ...]
    file: Path
    line: int

    @property
    def where(self) -> str:
        return f'{self.file}:{self.line}: rule "{self.spec.id}"'

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
