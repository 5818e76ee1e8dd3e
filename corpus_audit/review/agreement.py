"""How far reviewers agree beyond chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence


def cohen_kappa(pairs: Iterable[tuple[Hashable, Hashable]]) -> float | None:
    """Cohen (1960), of two reviewers; None where there is nothing to disagree about."""
    counts = Counter(pairs)
    total = counts.total()
    if not total:
        return None
    agreed = sum(n for (one, other), n in counts.items() if one == other)
    first: Counter[Hashable] = Counter()
    second: Counter[Hashable] = Counter()
    for (one, other), n in counts.items():
        first[one] += n
        second[other] += n
    chance = sum(first[value] * second[value] for value in first)
    if chance == total * total:  # everybody always says the same
        return None
    return (agreed * total - chance) / (total * total - chance)


def krippendorff_alpha(units: Iterable[Sequence[Hashable]]) -> float | None:
    """Krippendorff's alpha for nominal values, any number of reviewers, missing values left out.

    None where fewer than two values can be paired or all of them are the same.
    """
    coincidences: Counter[tuple[Hashable, Hashable]] = Counter()
    for values in units:
        if len(values) < 2:
            continue
        counts = Counter(values)
        for one, n in counts.items():
            for other, m in counts.items():
                pairs = n * (m - 1) if one == other else n * m
                coincidences[one, other] += pairs / (len(values) - 1)  # type: ignore[assignment]
    margins: Counter[Hashable] = Counter()
    for (one, _), n in coincidences.items():
        margins[one] += n
    total = sum(margins.values())
    expected = total * total - sum(n * n for n in margins.values())
    if expected <= 0:
        return None
    observed = sum(n for (one, other), n in coincidences.items() if one != other)
    return 1 - (total - 1) * observed / expected
