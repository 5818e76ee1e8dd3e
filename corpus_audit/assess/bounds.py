"""Bounds for a share that was seen in a sample, and what a sample has to show.

Both families invert exact tests, so that they keep their confidence for every share, however low:
Clopper and Pearson (1934) for draws from a population without end, and the same with hypergeometric
tails for draws without replacement from a known number of documents (Wright 1991).
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from corpus_audit.assess.model import Bounds

CONFIDENCE = 0.95
Sides = Literal[1, 2]
_FAR = 40  # standard deviations beyond which there is no chance to speak of
_TIE = 1 + 1e-9  # a chance that equals the error is rejected, however it was rounded


def tail(confidence: float, sides: Sides) -> float:
    """The chance of error that each end may have."""
    return (1 - confidence) / sides


def census(hits: int, of: int) -> Bounds:
    """Everything was looked at: no sampling width."""
    value = hits / of if of else 0.0
    return Bounds(low=value, high=value, confidence=1.0, sides=2, method="census")


def clopper_pearson(
    hits: int, drawn: int, *, confidence: float = CONFIDENCE, sides: Sides = 2
) -> Bounds:
    """Exact binomial bounds. Of nothing nothing is known: 0 to 1."""
    from scipy.special import betaincinv

    error = tail(confidence, sides)
    low = float(betaincinv(hits, drawn - hits + 1, error)) if hits else 0.0
    high = float(betaincinv(hits + 1, drawn - hits, 1 - error)) if hits < drawn else 1.0
    return Bounds(low=low, high=high, confidence=confidence, sides=sides, method="clopper-pearson")


def hypergeometric(
    hits: int, drawn: int, population: int, *, confidence: float = CONFIDENCE, sides: Sides = 2
) -> Bounds:
    """Exact bounds for a simple random sample without replacement from so many documents."""
    if drawn == population:
        return census(hits, drawn)
    least, most = _hit_range(hits, drawn, population, tail(confidence, sides))
    return Bounds(
        low=least / population,
        high=most / population,
        confidence=confidence,
        sides=sides,
        method="hypergeometric",
    )


def sampled(
    hits: int,
    drawn: int,
    population: int | None,
    *,
    confidence: float = CONFIDENCE,
    sides: Sides = 2,
) -> Bounds:
    """Bounds of a simple random sample; `population` is None where nobody knows its size."""
    if population is None:
        return clopper_pearson(hits, drawn, confidence=confidence, sides=sides)
    return hypergeometric(hits, drawn, population, confidence=confidence, sides=sides)


@lru_cache(maxsize=1 << 16)
def _hit_range(hits: int, drawn: int, population: int, error: float) -> tuple[int, int]:
    """The least and the largest number of hits in the population that no test rejects."""
    misses = drawn - hits
    most = _most(hits, drawn, population, error)
    # What is least for hits is most for what is no hit.
    return population - _most(misses, drawn, population, error), most


def _most(hits: int, drawn: int, population: int, error: float) -> int:
    """The largest M with P(at most `hits` of the sample | M of the population) over `error`."""
    low, high = hits, population - (drawn - hits)  # certain to fit; the most that can be
    while low < high:
        middle = (low + high + 1) // 2
        if at_most(hits, drawn, middle, population) > error * _TIE:
            low = middle
        else:
            high = middle - 1
    return low


def at_most(hits: int, drawn: int, marked: int, population: int) -> float:
    """P(X <= hits) where X of `drawn` without replacement are among the `marked`."""
    first = max(0, drawn - (population - marked))
    last = min(drawn, marked)
    if hits >= last:
        return 1.0
    if hits < first:
        return 0.0
    mean = drawn * marked / population
    spread = int(_FAR * (1 + (mean * (1 - marked / population)) ** 0.5))
    if hits >= mean:  # the tail that has no sum near 1
        k = np.arange(hits + 1, min(last, max(hits + 1, int(mean) + spread)) + 1)
        return 1 - _chance(k, drawn, marked, population)
    k = np.arange(max(first, min(hits, int(mean) - spread)), hits + 1)
    return _chance(k, drawn, marked, population)


def _chance(k: npt.NDArray[np.int64], drawn: int, marked: int, population: int) -> float:
    return min(1.0, float(np.exp(_log_chance(k, drawn, marked, population)).sum()))


def _log_chance(
    k: npt.NDArray[np.int64], drawn: int, marked: int, population: int
) -> npt.NDArray[np.float64]:
    """The logarithm of the hypergeometric chance of each k.

    Steps from k to k + 1 are ratios of small integers; only the first needs factorials.
    """
    from scipy.special import gammaln

    def choose(n: int, r: int) -> float:
        return float(gammaln(n + 1) - gammaln(r + 1) - gammaln(n - r + 1))

    first = int(k[0])
    unmarked = population - marked
    start = choose(marked, first) + choose(unmarked, drawn - first) - choose(population, drawn)
    steps = k[:-1].astype(np.float64)
    ratios = np.log((marked - steps) * (drawn - steps)) - np.log(
        (steps + 1) * (unmarked - drawn + steps + 1)
    )
    return start + np.concatenate([[0.0], np.cumsum(ratios)])


# --- pass rates -------------------------------------------------------------------------------


def allowed_failures(drawn: int, limit: float) -> int:
    """So many of a sample may fail for its pass rate to be at the limit: 160 of 4,000 at 96 %."""
    return int(drawn * (1 - Fraction(repr(limit))))


def convincing_failures(
    drawn: int, limit: float, population: int | None = None, *, confidence: float = CONFIDENCE
) -> int:
    """So few must fail to show, one-sided, that the corpus is at the limit; -1: none are enough.

    139 of 4,000 at 96 % and 95 %: with 160 the corpus may well be below 96 %.
    """
    barred = float(1 - Fraction(repr(limit)))
    low, high = -1, allowed_failures(drawn, limit)
    while low < high:
        middle = (low + high + 1) // 2
        bounds = sampled(middle, drawn, population, confidence=confidence, sides=1)
        if bounds.high <= barred:
            low = middle
        else:
            high = middle - 1
    return low
