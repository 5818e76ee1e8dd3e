"""The evaluation sets as data: read from TOML, checked, never guessed."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

Half = Literal["dev", "spent", "more", "test"]  # rule writers read all but `test`

FOLDER = Path(__file__).parent / "sets"
CATEGORIES = ("pornography", "gambling", "drugs", "weapons", "documents", "fraud")
LANGUAGES = ("zh", "en")
SLOT = re.compile(r"\{(\w+)\}")
MIN_TEMPLATES = 10  # a category and half
MIN_NEAR_MISSES = 170  # a half


@dataclass(frozen=True)
class Template:
    """A text of solicitation with slots; `risk` is what its texts should hit."""

    id: str
    category: str
    lang: str
    risk: str
    form: str
    text: str

    @property
    def slots(self) -> list[str]:
        """Names of its slots in order of occurrence, repeats included."""
        return SLOT.findall(self.text)


@dataclass(frozen=True)
class Solicitation:
    """One half: its templates and the values of their slots."""

    half: Half
    templates: tuple[Template, ...]
    slots: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class NearMiss:
    """A harmless text, and the term for which naive matching would flag it."""

    id: str
    lang: str
    genre: str
    naive: str
    text: str


def _read(name: str, half: Half) -> tuple[Path, dict[str, Any]]:
    path = FOLDER / f"{name}_{half}.toml"
    with path.open("rb") as file:
        data = tomllib.load(file)
    if data["half"] != half:
        raise ValueError(f"{path}: says half {data['half']!r}")
    return path, data


def halves() -> tuple[Half, ...]:
    """The parts that are there. The test half is replaced when it is spent, and may be missing."""
    named: tuple[Half, ...] = get_args(Half)
    return tuple(half for half in named if (FOLDER / f"solicitation_{half}.toml").exists())


def solicitation(half: Half) -> Solicitation:
    """The templates of one half. Raises ValueError where the file breaks its own rules."""
    path, data = _read("solicitation", half)
    slots = {name: tuple(values) for name, values in data["slots"].items()}
    templates = tuple(Template(**entry) for entry in data["template"])
    for name, values in slots.items():
        if len(set(values)) != len(values):
            raise ValueError(f"{path}: slot {name} holds a value twice")
    for template in templates:
        if not template.id.startswith(f"{half}.{template.category}."):
            raise ValueError(f"{path}: {template.id} should begin with half and category")
        if template.category not in CATEGORIES or template.lang not in LANGUAGES:
            raise ValueError(f"{path}: {template.id}: unknown category or language")
        for name, times in Counter(template.slots).items():
            if times > len(slots.get(name, ())):
                raise ValueError(f"{path}: {template.id}: too few values for slot {name}")
    if len({template.id for template in templates}) != len(templates):
        raise ValueError(f"{path}: an id occurs twice")
    if unused := set(slots) - {name for template in templates for name in template.slots}:
        raise ValueError(f"{path}: unused slots {sorted(unused)}")
    counts = Counter(template.category for template in templates)
    if few := [category for category in CATEGORIES if counts[category] < MIN_TEMPLATES]:
        raise ValueError(f"{path}: fewer than {MIN_TEMPLATES} templates of {few}")
    return Solicitation(half, templates, slots)


def near_misses(half: Half) -> tuple[NearMiss, ...]:
    """The harmless cases of one half. Raises ValueError where the file breaks its own rules."""
    path, data = _read("near_misses", half)
    cases = []
    for group in data["group"]:
        if group["lang"] not in LANGUAGES:
            raise ValueError(f"{path}: {group['genre']}: unknown language {group['lang']!r}")
        for number, case in enumerate(group["cases"], 1):
            name = f"{half}.{group['genre']}.{group['lang']}.{number:02}"
            cases.append(NearMiss(name, group["lang"], group["genre"], **case))
    for key in ("id", "text"):
        if len({getattr(case, key) for case in cases}) != len(cases):
            raise ValueError(f"{path}: a case occurs twice, by {key}")
    if len(cases) < MIN_NEAR_MISSES:
        raise ValueError(f"{path}: fewer than {MIN_NEAR_MISSES} cases")
    return tuple(cases)
