"""Exact bounds for shares, and what they say of a limit.

Clopper and Pearson (1934) for draws from a population without end; for a draw without replacement
from a known population the same inversion of the test with the hypergeometric distribution. Both
keep their coverage at every share, 0 and 1 included.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, NamedTuple

Sides = Literal[1, 2]
#: Outcomes are decided at this confidence, one-sided.
CONFIDENCE = 0.95
_MOST = 1 << 32  # documents that anyone would draw


class Interval(NamedTuple):
    """Both ends of a share, and how they were found."""

    low: float
    high: float
    method: str


def interval(
    hits: int,
    drawn: int,
    population: int | None = None,
    *,
    sides: Sides = 2,
    confidence: float = CONFIDENCE,
) -> Interval:
    """Bounds of a share from a random draw. With `sides=1` each end holds by itself."""
    if not 0 <= hits <= drawn:
        raise ValueError(f"{hits} of {drawn} is no share")
    if drawn == 0:
        return Interval(0.0, 1.0, "none")
    alpha = (1 - confidence) / sides
    if population is None:
        return Interval(*_clopper_pearson(hits, drawn, alpha), "clopper-pearson")
    if drawn > population:
        raise ValueError(f"{drawn} drawn from {population}")
    low, high = _hypergeometric(hits, drawn, population, alpha)
    return Interval(low / population, high / population, "hypergeometric")


def _clopper_pearson(hits: int, drawn: int, alpha: float) -> tuple[float, float]:
    from scipy.special import betaincinv

    low = float(betaincinv(hits, drawn - hits + 1, alpha)) if hits else 0.0
    high = float(betaincinv(hits + 1, drawn - hits, 1 - alpha)) if hits < drawn else 1.0
    return low, high


def _hypergeometric(hits: int, drawn: int, population: int, alpha: float) -> tuple[int, int]:
    """The least and the most hits of a population that a draw does not speak against.

    A number is spoken against when such a draw, or one further off, has a chance of at most alpha.
    """
    from scipy.stats import hypergeom

    def too_few(bad: int) -> bool:  # so many hits are too unlikely from so few
        return bool(hypergeom.sf(hits - 1, population, bad, drawn) <= alpha)

    def fits(bad: int) -> bool:  # so few hits are likely enough from so many
        return bool(hypergeom.cdf(hits, population, bad, drawn) > alpha)

    most = population - (drawn - hits)
    low = _first(lambda bad: not too_few(bad), hits, most)
    high = _first(lambda bad: not fits(bad), low, most + 1) - 1
    return low, high


def _first(holds: Callable[[int], bool], low: int, high: int) -> int:
    """The least number from `low` on for which it holds; `high` where none below it does."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def further_needed(hits: int, drawn: int, limit: float, population: int | None) -> int | None:
    """How many more draws would be expected to decide whether the share is over the limit.

    They are supposed to hit as often as those before. None: no number would.
    """
    most = population or _MOST

    def decided(total: int) -> bool:
        expected = min(round(hits * total / drawn) if drawn else 0, total)
        low, high, _ = interval(expected, total, population, sides=1)
        return low > limit or high <= limit

    total = max(drawn, 1)
    while not decided(total):
        if total >= most:
            return None
        total = min(total * 2, most)
    first = _first(decided, max(drawn, total // 2), total)
    return first - drawn


def allowed_failures(drawn: int, pass_rate: float) -> int:
    """So many of a sample may fail when its pass rate must be at least so high."""
    allowed = math.floor(drawn * (1 - pass_rate)) + 1
    while allowed > 0 and (drawn - allowed) / drawn < pass_rate:
        allowed -= 1
    return allowed if drawn else 0


def convincing_failures(drawn: int, pass_rate: float, population: int | None = None) -> int:
    """The most failures that show, one-sided, that the population has this pass rate; -1: none do.

    At the line itself a sample passes and yet shows nothing: half of all such samples would pass
    if the population were just below it.
    """
    if not drawn:
        return -1

    def shows(failures: int) -> bool:
        return interval(failures, drawn, population, sides=1).high <= 1 - pass_rate + 1e-12

    return _first(lambda failures: not shows(failures), 0, drawn + 1) - 1
