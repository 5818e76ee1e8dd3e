"""How much of what is harmful the detectors miss, from reviewed samples."""

from __future__ import annotations

from corpus_audit.assess.bounds import CONFIDENCE, tail
from corpus_audit.assess.model import Bounds
from corpus_audit.review.results import Review

METHOD = "ratio of two exact ends"


def missed_share(review: Review, *, confidence: float = CONFIDENCE) -> Bounds | None:
    """Harmful documents without a hit, among all harmful ones; None: one part was not judged.

    Each end of the ratio takes one end of the share of harmful documents with a hit and the other
    end of that without one, each at half the chance of error: safe, and wider than need be.
    """
    half = 1 - tail(confidence, 2) / 2
    hit = review.estimate(flagged=True, confidence=half, sides=1)
    clear = review.estimate(flagged=False, confidence=half, sides=1)
    if clear is None or not clear.judged or (hit is not None and not hit.judged):
        return None

    def ratio(missed: float, found: float) -> float:
        return missed / (missed + found) if missed + found else 0.0

    with_hit = (
        (hit.bounds.low * hit.population, hit.bounds.high * hit.population) if hit else (0.0, 0.0)
    )
    low, high = clear.bounds.low * clear.population, clear.bounds.high * clear.population
    return Bounds(
        low=ratio(low, with_hit[1]),
        high=ratio(high, with_hit[0]) if high else 0.0,
        confidence=confidence,
        sides=2,
        method=METHOD,
    )
