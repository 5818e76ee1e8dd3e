"""The words of `vocabulary.toml`, and digits in other forms."""

from __future__ import annotations

import tomllib
from pathlib import Path
from random import Random

_RAW: dict[str, str] = tomllib.loads(
    Path(__file__).with_name("vocabulary.toml").read_text(encoding="utf-8")
)
WORDS: dict[str, list[str]] = {name: value.split() for name, value in _RAW.items()}
SURNAMES, GIVEN = _RAW["surnames"], _RAW["given"]

DIVISIONS: list[list[str]] = [line.split() for line in _RAW["divisions"].strip().splitlines()]
REGION_CODES: list[str] = [division[0] for division in DIVISIONS] + WORDS["abolished"]

_TRADITIONAL = str.maketrans(_RAW["simplified"], _RAW["traditional"])
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def traditional(text: str) -> str:
    return text.translate(_TRADITIONAL)


def full_width(text: str) -> str:
    """ASCII signs, digits and letters in their full-width forms."""
    return text.translate(_FULL_WIDTH)


def pick(rng: Random, name: str) -> str:
    return rng.choice(WORDS[name])


def digits(rng: Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def letters(rng: Random, count: int, alphabet: str = "ABCDEFGHJKLMNPQRSTUVWXYZ") -> str:
    return "".join(rng.choices(alphabet, k=count))


def grouped(text: str, sizes: tuple[int, ...], joint: str) -> str:
    """`text` cut into pieces of `sizes`, the last taking the rest, joined by `joint`."""
    pieces, start = [], 0
    for size in sizes:
        pieces.append(text[start : start + size])
        start += size
    return joint.join([*pieces, text[start:]]) if start < len(text) else joint.join(pieces)
