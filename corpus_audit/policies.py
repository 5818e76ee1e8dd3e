"""Policies: how findings are judged, which risks count, which limits hold. Data, not code."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus_audit.errors import RuleError
from corpus_audit.rules.location import load_toml, rules_dir
from corpus_audit.types import PERSONAL, Level

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

    def counts(self, risk: str) -> bool:
        """Is this risk in the counted set?"""
        return any(self.is_in(risk, item) for item in self.counted)

    def is_in(self, risk: str, group: str) -> bool:
        """Is this hit one of a group or risk? Hits by personal data are where they count."""
        name = risk.removesuffix(PERSONAL)
        if name != risk and not self.personal_data:
            return False
        return name == group or name.startswith(group + ".")


class CoveragePolicy(_Model):
    """How much may go unseen."""

    max_skipped: float = Field(default=0.001, ge=0, le=1)  # share of the records read


class Policy(_Model):
    """Everything that turns observations into answers."""

    judge: JudgePolicy = JudgePolicy()
    ratio: RatioPolicy = RatioPolicy()
    coverage: CoveragePolicy = CoveragePolicy()


def load_policy(path: Path | None = None) -> Policy:
    """A policy file; without a path the shipped default. Raises RuleError naming file and key."""
    file = path or rules_dir() / "policies" / "default.toml"
    try:
        return Policy.model_validate(load_toml(file))
    except ValidationError as error:
        faults = (
            f"{file}: {'.'.join(map(str, fault['loc']))}: {fault['msg']}"
            for fault in error.errors()
        )
        raise RuleError("\n".join(faults)) from None
