"""Texts of solicitation and trade, made from templates: the same ones for the same arguments."""

from __future__ import annotations

import random
from dataclasses import dataclass

from benchmarks.detection import sets

MAX_TRIES = 1000  # draws for one new text, before the template counts as exhausted


@dataclass(frozen=True)
class Case:
    """A text that should be a hit of `risk`."""

    text: str
    category: str
    lang: str
    risk: str
    template: str


def generate(half: sets.Half, n: int = 480, seed: int = 0) -> list[Case]:
    """`n` different texts of one half, spread evenly over its templates (counts differ by one at
    most; which templates get one more depends on `seed`).

    Raises ValueError where the slots of a template do not yield that many texts.
    """
    data = sets.solicitation(half)
    rng = random.Random(f"{half}/{seed}")
    order = rng.sample(data.templates, len(data.templates))
    seen: set[str] = set()
    cases = []
    for number in range(n):
        template = order[number % len(order)]
        for _ in range(MAX_TRIES):
            text = _fill(template, data.slots, rng)
            if text not in seen:
                break
        else:
            raise ValueError(f"{template.id} does not yield {n // len(order) + 1} different texts")
        seen.add(text)
        cases.append(Case(text, template.category, template.lang, template.risk, template.id))
    return cases


def _fill(template: sets.Template, slots: dict[str, tuple[str, ...]], rng: random.Random) -> str:
    """Occurrences of one slot take different values."""
    names = template.slots
    drawn = {name: rng.sample(slots[name], names.count(name)) for name in dict.fromkeys(names)}
    return sets.SLOT.sub(lambda match: drawn[match[1]].pop(), template.text)
