"""Texts with labelled spans, from templates and synthetic values.

`generate(half, n, seed)` is a pure function of its arguments. Half of the cases come from positive
templates, chosen so that each kind gets about as many values; the other half from near misses.

    python -m benchmarks.pii.generate --half dev -n 3000 --seed 1 -o dev.jsonl
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.pii.kinds import KINDS
from benchmarks.pii.lookalikes import FILLERS, LOOKALIKES, PLACEHOLDERS
from benchmarks.pii.values import VALUES

HALVES = ("dev", "test")
SLOT = re.compile(r"\{\{([a-z0-9_]+)(?:\|([a-z0-9]+))?\}\}")

Span = tuple[int, int, str]  # start, end in code points of the text; kind or class


@dataclass(frozen=True, slots=True)
class Template:
    id: str  # half.genre.p3 or half.genre.n3
    genre: str
    text: str

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(name for name, _ in SLOT.findall(self.text) if name in KINDS)


@dataclass(frozen=True, slots=True)
class Case:
    id: str
    template: str
    genre: str
    text: str
    spans: list[Span]
    near_misses: list[Span]
    placeholders: list[Span]


def templates(half: str) -> tuple[list[Template], list[Template]]:
    """The positive templates of a half and its near misses."""
    path = Path(__file__).with_name(f"templates_{half}.toml")
    genres = tomllib.loads(path.read_text(encoding="utf-8"))
    positive, near = (
        [
            Template(f"{half}.{genre}.{group[0]}{number}", genre, text.strip("\n"))
            for genre, groups in genres.items()
            for number, text in enumerate(groups[group])
        ]
        for group in ("positive", "near_miss")
    )
    return positive, near


def render(template: Template, rng: Random, case_id: str) -> Case:
    """Fill every slot. Raises KeyError for a slot that no generator has."""
    spans: dict[str, list[Span]] = {"kind": [], "near": [], "placeholder": []}
    pieces: list[str] = []
    length = end = 0
    for slot in SLOT.finditer(template.text):
        name, variant = slot[1], slot[2] or ""
        pieces.append(template.text[end : slot.start()])
        length += len(pieces[-1])
        if name in VALUES:
            value, group = VALUES[name](rng, variant), "kind"
        elif name in LOOKALIKES:
            value, group = LOOKALIKES[name](rng), "near"
        elif name in PLACEHOLDERS:
            value, group = PLACEHOLDERS[name](rng), "placeholder"
        else:
            value, group = FILLERS[name](rng), ""
        if group:
            spans[group].append((length, length + len(value), name))
        pieces.append(value)
        length += len(value)
        end = slot.end()
    text = "".join([*pieces, template.text[end:]])
    return Case(
        case_id, template.id, template.genre, text,
        spans["kind"], spans["near"], spans["placeholder"],
    )  # fmt: skip


def generate(half: str, n: int, seed: int) -> list[Case]:
    """`n` cases of a half: even ones positive, odd ones near misses."""
    rng = Random(f"{half}-{seed}")  # seeded by text: the same on every platform
    positive, near = templates(half)
    by_kind = {kind: [t for t in positive if kind in t.kinds] for kind in KINDS}
    queues: dict[str, list[Template]] = {kind: [] for kind in KINDS}
    near_queue: list[Template] = []
    seen: Counter[str] = Counter()
    cases = []
    for number in range(n):
        if number % 2:
            near_queue = near_queue or rng.sample(near, len(near))
            template = near_queue.pop()
        else:
            kind = min(KINDS, key=lambda kind: seen[kind])  # the rarest so far
            queues[kind] = queues[kind] or rng.sample(by_kind[kind], len(by_kind[kind]))
            template = queues[kind].pop()
        case = render(template, rng, f"{half}-{seed}-{number}")
        seen.update(kind for _, _, kind in case.spans)
        cases.append(case)
    return cases


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pii.generate", description=__doc__)
    parser.add_argument("--half", choices=HALVES, required=True)
    parser.add_argument("-n", type=int, default=3000, help="number of cases")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path, required=True, help="JSON Lines file")
    arguments = parser.parse_args()
    cases = generate(arguments.half, arguments.n, arguments.seed)
    lines = (json.dumps(dataclasses.asdict(case), ensure_ascii=False) for case in cases)
    arguments.output.write_text("\n".join(lines) + "\n", encoding="utf-8")
    counts = Counter(kind for case in cases for _, _, kind in case.spans)
    misses = Counter(kind for case in cases for _, _, kind in case.near_misses)
    print(f"{len(cases)} cases, {counts.total()} values, {misses.total()} near misses")
    print(", ".join(f"{kind} {counts[kind]}" for kind in KINDS))


if __name__ == "__main__":
    main()
