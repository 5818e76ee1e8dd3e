"""What a stratified sample without replacement shows of a share, at any prevalence.

Every hit of the sample is weighted by its inverse inclusion probability. The interval is that of
Clopper and Pearson for the sample size that would be as precise (Korn and Graubard 1998), with one
hit more at the upper end, in the cell where a hit weighs most (Fay and Feuer 1997), and
finite-population corrections. The hit more is what holds coverage where most cells show no hit: an
interval from the observed variance alone (Wald, plain Korn-Graubard) takes these for certain. One
cell is bounded exactly. `benchmarks/review.py` measures coverage and width.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from corpus_audit.assess.bounds import CONFIDENCE, Sides, hypergeometric, tail
from corpus_audit.assess.model import Bounds

METHOD = "korn-graubard-fay-feuer"


class Cell(NamedTuple):
    """A part of the corpus that was sampled at one rate."""

    population: int
    judged: int  # a simple random sample of it
    hits: int

    def complement(self) -> Cell:
        return Cell(self.population, self.judged, self.judged - self.hits)


class Beta(NamedTuple):
    """A beta distribution; without weight on one side it is the point 0 or 1."""

    hits: float
    misses: float

    def quantile(self, chance: float) -> float:
        from scipy.special import betaincinv

        if self.hits <= 0:
            return 0.0
        return 1.0 if self.misses <= 0 else float(betaincinv(self.hits, self.misses, chance))


def estimate(cells: Iterable[Cell]) -> float | None:
    """The share of hits, each weighted by its inverse inclusion probability.

    None where some part of the corpus was not judged at all.
    """
    total, hits = 0, 0.0
    for cell in cells:
        if cell.population and not cell.judged:
            return None
        total += cell.population
        hits += cell.population * cell.hits / cell.judged if cell.judged else 0.0
    return hits / total if total else None


def stratified(
    cells: Sequence[Cell], *, confidence: float = CONFIDENCE, sides: Sides = 2
) -> Bounds:
    """Bounds for the share of hits. Of cells that nobody judged nothing is known."""
    judged = [cell for cell in cells if cell.judged]
    if len(cells) == 1 and judged:
        return hypergeometric(
            judged[0].hits,
            judged[0].judged,
            judged[0].population,
            confidence=confidence,
            sides=sides,
        )
    low, high = 0.0, 1.0
    if judged:
        known = sum(cell.population for cell in judged)
        share = known / sum(cell.population for cell in cells)
        error = tail(confidence, sides)
        low = (1 - _high([cell.complement() for cell in judged], error)) * share
        high = _high(judged, error) * share + (1 - share)
    return Bounds(low=low, high=high, confidence=confidence, sides=sides, method=METHOD)


def _high(cells: Sequence[Cell], error: float) -> float:
    """The upper end, never below the estimate nor over what the judged misses leave possible."""
    total = sum(cell.population for cell in cells)
    misses = sum(cell.judged - cell.hits for cell in cells)
    most = min(upper(cells).quantile(1 - error), 1 - misses / total)
    return max(most, estimate(cells) or 0.0)


def lower(cells: Sequence[Cell]) -> Beta:
    """The distribution whose quantiles are lower ends."""
    hits, misses = upper([cell.complement() for cell in cells])
    return Beta(misses, hits)


def upper(cells: Sequence[Cell]) -> Beta:
    """The distribution whose quantiles are upper ends: one hit more than was seen."""
    total = sum(cell.population for cell in cells)
    share = variance = extra = heaviest = 0.0
    for population, judged, hits in cells:
        weight = population / (total * judged)
        share += weight * hits
        if judged == population:
            continue
        seen = judged / population
        # Half of the correction that variances take: the next unseen document may be a hit.
        heavy = weight * (1 - seen / 2)
        heaviest = max(heaviest, heavy)
        extra = max(extra, heavy if hits < judged else 0.0)
        spread = hits * (judged - hits) / (judged - 1) if judged > 1 else hits
        variance += weight**2 * spread * (1 - seen)
    if not heaviest:
        return _point(share)
    if not extra:  # nothing but hits where anything is left unseen
        return Beta(1.0, 0.0)
    share = min(1.0, share + extra)
    # No sample is less precise than if all of it had the heaviest weight.
    size = max(share * (1 - share) / (variance + extra**2), 1 / heaviest)
    return Beta(share * size, (1 - share) * size + 1)


def _point(share: float) -> Beta:
    """Everything was seen: so narrow that it is a point for all purposes."""
    return Beta(share * 1e12, (1 - share) * 1e12)
