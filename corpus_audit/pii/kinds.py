"""The kinds of personal data and secrets, as `rules/pii/kinds.toml` lists them."""

from __future__ import annotations

from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from corpus_audit.rules.location import load_toml, rules_dir
from corpus_audit.types import Level, RuleInfo

#: Findings of this rule are placeholders and test values, which count for no kind.
PLACEHOLDER = "pii.placeholder"


class Kind(BaseModel):
    """One kind."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    id: str
    zh: str
    en: str
    class_: Literal["general", "sensitive", "secret", "organisation"]
    severity: Level
    risk: str
    tag: str
    asked: bool = False  # looked for only where it is asked for by name

    @property
    def rule(self) -> RuleInfo:
        """The rule under which findings of this kind are stored."""
        return RuleInfo(f"pii.{self.id}", self.risk, self.en, self.zh, self.severity, "high")


@cache
def load_kinds() -> dict[str, Kind]:
    """Every kind that ships, by its id, in the order of the file."""
    stored = load_toml(rules_dir() / "pii/kinds.toml")
    return {
        name: Kind(id=name, class_=entry.pop("class"), **entry) for name, entry in stored.items()
    }


def default_kinds() -> list[str]:
    """The kinds that are looked for unless others are named."""
    return [name for name, kind in load_kinds().items() if not kind.asked]
