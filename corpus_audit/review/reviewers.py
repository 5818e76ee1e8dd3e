"""How often reviewers err, from documents that two of them judged, and prevalence without that.

Two people judge a share of the sample independently, a third settles where they differ. A harmful
document that was found at all was found by both with chance s / (2 - s), where s is the chance that
one person finds it; so the documents found by both, among those found, bound s exactly
(reclassification sampling, Bekmetjev et al. 2012). Harmless documents the same. The prevalence is
then (apparent + specificity - 1) / (sensitivity + specificity - 1) (Rogan and Gladen 1978), with a
melded interval (Fay, Proschan and Brittain 2015; for weighted samples Bayer, Fay and Graubard
2023). It supposes that errors of two reviewers are independent and alike in all sources.

Where hardly anything harmful was found, that says little: nobody has shown that reviewers find it.
The documents judged twice are a sample of their own, whose settled verdicts miss what both
missed only, which is estimated; the upper end is the lower of both, each at half the error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from corpus_audit.assess.bounds import CONFIDENCE, Sides, clopper_pearson, tail
from corpus_audit.assess.model import Bounds
from corpus_audit.review.strata import Beta, Cell, lower, stratified, upper

METHOD = "rogan-gladen-melded, double-read"
_DRAWS = 10_000
_SEED = 20_240_229  # the same data gives the same bounds


@dataclass(frozen=True, slots=True)
class Readings:
    """Documents judged by two people, the differing ones settled."""

    both_harmful: int = 0
    settled_harmful: int = 0  # one said harmful, rightly
    both_harmless: int = 0
    settled_harmless: int = 0  # one said harmful, wrongly

    @property
    def documents(self) -> int:
        return self.both_harmful + self.settled_harmful + self.both_harmless + self.settled_harmless

    def found(self) -> float:
        """The share of harmful documents that two reviewers do not both miss (Chapman 1951)."""
        both, one = 2 * self.both_harmful + 1, self.settled_harmful
        return 1 - (one / (both + one)) ** 2

    def sensitivity(self, *, confidence: float = CONFIDENCE) -> Bounds:
        """The chance that one reviewer finds a harmful document."""
        return _bounds(self.both_harmful, self.settled_harmful, confidence)

    def specificity(self, *, confidence: float = CONFIDENCE) -> Bounds:
        """The chance that one reviewer passes a harmless document."""
        return _bounds(self.both_harmless, self.settled_harmless, confidence)


def _bounds(both: int, one: int, confidence: float) -> Bounds:
    bounds = clopper_pearson(both, both + one, confidence=confidence)
    low, high = _of_one(bounds.low), _of_one(bounds.high)
    return bounds.model_copy(update={"low": low, "high": high, "method": "reclassification"})


def _of_one(both_of_found: Any) -> Any:
    """From s / (2 - s) to s."""
    return 2 * both_of_found / (1 + both_of_found)


def corrected(
    first: Sequence[Cell],
    twice: Sequence[Cell],
    readings: Readings,
    *,
    confidence: float = CONFIDENCE,
    sides: Sides = 2,
) -> Bounds:
    """Bounds for the true share: `first` counts what single reviewers called harmful, `twice` the
    settled verdicts on the documents that two of them judged, in the same cells."""
    error = tail(confidence, sides)
    low, high = melded(first, readings, error, error / 2)
    direct = stratified(twice, confidence=1 - error / 2, sides=1).high
    high = min(high, direct / readings.found(), 1.0)
    return Bounds(low=min(low, high), high=high, confidence=confidence, sides=sides, method=METHOD)


def melded(
    cells: Sequence[Cell], readings: Readings, error_low: float, error_high: float
) -> tuple[float, float]:
    """Both ends of the Rogan-Gladen estimate, each with its chance of error."""
    import numpy as np

    judged = [cell for cell in cells if cell.judged]
    if not judged:
        return 0.0, 1.0
    apparent_low, apparent_high = _drawn(lower(judged), 0), _drawn(upper(judged), 1)
    sensitivity_low, sensitivity_high = _ends(readings.both_harmful, readings.settled_harmful, 2)
    specificity_low, specificity_high = _ends(readings.both_harmless, readings.settled_harmless, 4)
    lows = _rogan_gladen(apparent_low, sensitivity_high, specificity_low, 0.0)
    highs = _rogan_gladen(apparent_high, sensitivity_low, specificity_high, 1.0)
    share = sum(cell.population for cell in judged) / sum(cell.population for cell in cells)
    low, high = np.quantile(lows, error_low), np.quantile(highs, 1 - error_high)
    return float(low) * share, float(high) * share + (1 - share)


def _rogan_gladen(apparent: Any, sensitivity: Any, specificity: Any, unknown: float) -> Any:
    import numpy as np

    better = sensitivity + specificity - 1  # than a coin
    with np.errstate(divide="ignore", invalid="ignore"):
        true = (apparent + specificity - 1) / better
    return np.where(better > 0, np.clip(true, 0.0, 1.0), unknown)


@lru_cache(maxsize=256)
def _ends(both: int, one: int, stream: int) -> tuple[Any, Any]:
    """Draws of the lower and the upper end for the chance that one reviewer is right."""
    low = _drawn(Beta(both, one + 1), stream)
    high = _drawn(Beta(both + 1, one), stream + 1)
    return _of_one(low), _of_one(high)


def _drawn(beta: Beta, stream: int) -> Any:
    """Draws from a beta distribution, the same for the same one."""
    import numpy as np

    if beta.hits <= 0 or beta.misses <= 0:
        return np.full(_DRAWS, float(beta.hits > 0))
    return np.random.default_rng([_SEED, stream]).beta(beta.hits, beta.misses, _DRAWS)
