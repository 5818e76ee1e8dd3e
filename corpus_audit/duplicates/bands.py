"""How a threshold becomes bands of a signature: two documents are compared if some band is equal.

Of documents with Jaccard similarity s, a band of r minima is equal with probability s^r; of b bands
at least one with 1 - (1 - s^r)^b. datasketch's optimiser picks b and r; its weights here are 0.1
for pairs compared in vain and 0.9 for pairs missed, since what is compared is verified anyway.
(With equal weights 0.8 gives 9 bands of 13, which miss a third of the pairs at 0.85.)
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from corpus_audit.errors import UsageError
from corpus_audit.text.minhash import PERMUTATIONS

WEIGHTS = (0.1, 0.9)
LEAST = 0.3  # below, bands are so short that half of a corpus would be compared with itself


class Bands(NamedTuple):
    """So many bands, of so many minima each."""

    bands: int
    rows: int

    def probability(self, similarity: float) -> float:
        """How likely a pair of that similarity is compared."""
        return float(1 - (1 - similarity**self.rows) ** self.bands)


@lru_cache
def bands_for(threshold: float) -> Bands:
    """The bands for a threshold. Raises UsageError."""
    if not LEAST <= threshold <= 1:
        raise UsageError(
            f"--dup-threshold {threshold}: it is a Jaccard similarity from {LEAST} to 1; below, "
            "unlike texts would be compared in great number."
        )
    if threshold == 0.8:  # as for every other; kept here, because the optimiser takes 2 s to import
        return Bands(14, 9)
    from datasketch.lsh import _optimal_param

    return Bands(*_optimal_param(threshold, PERMUTATIONS, *WEIGHTS))


def explain(threshold: float) -> str:
    """The choice and its curve, for people."""
    bands = bands_for(threshold)
    lines = [
        f"threshold {threshold:g}: {bands.bands} bands of {bands.rows} of {PERMUTATIONS} minima",
        "similarity of a pair  probability that it is compared",
    ]
    for percent in range(30, 101, 5):
        chance = bands.probability(percent / 100)
        lines.append(f"{percent / 100:>18.2f}  {chance:>6.1%}  {'#' * round(40 * chance)}")
    return "\n".join(lines)
