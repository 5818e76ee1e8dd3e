"""The evasion suite: terms written as those write them who do not want to be found.

It shares no table with `corpus_audit.text.fold`, so that a gap in the fold shows here.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.detection import evasion_tables as tables

Perturbation = Callable[[str, random.Random], str]

HAN = range(0x4E00, 0xA000)
ROUNDS = 10  # over all terms, for one new text of a kind, before the kind counts as used up


@dataclass(frozen=True)
class Case:
    """`text` holds `term` perturbed, `plain` the same sentence with the term as it is: where a rule
    does not find `plain`, the miss is not the fold's. `deterministic` kinds are those that a
    detector undoes by default; the others (pinyin, homophones) are opt-in."""

    kind: str
    deterministic: bool
    risk: str
    term: str
    text: str
    plain: str


def is_latin(character: str) -> bool:
    return character.isascii() and character.isalpha()


def is_han(character: str) -> bool:
    return ord(character) in HAN


def _between(marks: Sequence[str]) -> Perturbation:
    """One of the marks between all characters; spaces of the term keep standing between words."""

    def insert(term: str, rng: random.Random) -> str:
        mark = rng.choice(marks)
        return " ".join(mark.join(word) for word in term.split(" "))

    return insert


def _scattered(
    marks: Sequence[str], wanted: Callable[[str], bool] = lambda _: True
) -> Perturbation:
    """Marks after some characters, never the last: each a new draw."""

    def insert(term: str, rng: random.Random) -> str:
        places = [i for i, c in enumerate(term[:-1]) if wanted(c)]
        chosen = set(_some(places, rng))
        return "".join(c + (rng.choice(marks) if i in chosen else "") for i, c in enumerate(term))

    return insert


def _replaced(table: Mapping[str, Sequence[str]], every: bool) -> Perturbation:
    """Characters of the table, all or at least one, replaced by one of their values."""

    def replace(term: str, rng: random.Random) -> str:
        places = [i for i, c in enumerate(term) if c.lower() in table]
        chosen = set(places if every else _some(places, rng))
        return "".join(
            rng.choice(table[c.lower()]) if i in chosen else c for i, c in enumerate(term)
        )

    return replace


def _some(places: list[int], rng: random.Random) -> list[int]:
    return rng.sample(places, rng.randint(1, len(places))) if places else []


def _one_mark(term: str, rng: random.Random) -> str:
    if not all(is_han(c) for c in term) or len(term) < 2:
        return term
    place = rng.randrange(1, len(term))
    return term[:place] + rng.choice(tables.MARK_ONCE) + term[place:]


def _mixed_case(term: str, rng: random.Random) -> str:
    return "".join(c.upper() if rng.random() < 0.5 else c.lower() for c in term)


def _full_width(term: str, rng: random.Random) -> str:
    return "".join(
        chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else "\u3000" if c == " " else c for c in term
    )


def _styled(lower: int, upper: int, one: int, zero: int) -> Callable[[str], str]:
    """Letters and digits moved to runs that begin at these code points."""

    def style(c: str) -> str:
        if is_latin(c):
            return chr(ord(c) - 97 + lower) if c.islower() else chr(ord(c) - 65 + upper)
        if c.isascii() and c.isdigit():
            return chr(ord(c) - 49 + one) if c != "0" else chr(zero)
        return c

    return style


def _mathematical(term: str, rng: random.Random) -> str:
    run = rng.randrange(len(tables.MATHEMATICAL_LOWER))
    zero = rng.choice(tables.MATHEMATICAL_DIGITS)
    lower, upper = tables.MATHEMATICAL_LOWER[run], tables.MATHEMATICAL_UPPER[run]
    return "".join(map(_styled(lower, upper, zero + 1, zero), term))


def _enclosed(term: str, rng: random.Random) -> str:
    letters, one = rng.choice(tables.ENCLOSED_LETTERS), rng.choice(tables.ENCLOSED_DIGITS)
    return "".join(map(_styled(letters, letters, one, 0x24EA), term))


def _spaced(term: str, rng: random.Random) -> str:
    return rng.choice(tables.SPACES).join(term)


def _broken(term: str, rng: random.Random) -> str:
    return rng.choice(tables.BREAKS).join(term)


def _repeated(term: str, rng: random.Random) -> str:
    places = [i for i, c in enumerate(term) if is_latin(c)]
    if len(places) < 3:
        return term
    place = rng.choice(places)
    return term[:place] + term[place] * rng.randint(3, 5) + term[place + 1 :]


def _digits(term: str, rng: random.Random) -> str:
    """All digits, Arabic or Chinese, in one other style."""
    circled = "⓪" + "".join(chr(0x2460 + i) for i in range(9))
    style = rng.choice(
        (tables.DIGITS, tables.FORMAL_NUMERALS, circled, _full_width(tables.DIGITS, rng))
    )
    values = {c: i for digits in (tables.DIGITS, tables.NUMERALS) for i, c in enumerate(digits)}
    tens = tables.FORMAL_TENS if style == tables.FORMAL_NUMERALS else {}
    return "".join(style[values[c]] if c in values else tens.get(c, c) for c in term)


def _pinyin_and_homophones() -> tuple[dict[str, Sequence[str]], dict[str, Sequence[str]]]:
    pinyin: dict[str, Sequence[str]] = {}
    homophones: dict[str, Sequence[str]] = {}
    for syllable, characters in tables.SYLLABLES.items():
        for character in characters:
            pinyin[character] = [syllable]
            if others := characters.replace(character, ""):
                homophones[character] = others
    return pinyin, homophones


_PINYIN, _HOMOPHONES = _pinyin_and_homophones()

DETERMINISTIC: dict[str, Perturbation] = {
    "upper case": lambda term, rng: term.upper(),
    "mixed case": _mixed_case,
    "full width": _full_width,
    "traditional": _replaced({c: [t] for c, t in tables.TRADITIONAL.items()}, every=True),
    "invisible": _scattered(tables.INVISIBLE),
    "soft hyphen": _scattered(["\u00ad"]),
    "variation selector": _scattered(tables.SELECTORS),
    "combining mark": _scattered(tables.MARKS, is_latin),
    "accent": _replaced(tables.ACCENTS, every=False),
    "mathematical": _mathematical,
    "enclosed": _enclosed,
    "spaced": _spaced,
    "punctuation": _between(tables.PUNCTUATION),
    "one mark": _one_mark,
    "emoji": _between(tables.EMOJI),
    "line breaks": _broken,
    "repeated letters": _repeated,
    "leet": _replaced(tables.LEET, every=False),
    "lookalike": _replaced(tables.LOOKALIKES, every=False),
    "digits": _digits,
    "split": _replaced({c: [parts] for c, parts in tables.SPLIT.items()}, every=False),
}
OPT_IN: dict[str, Perturbation] = {
    "pinyin": _replaced(_PINYIN, every=False),
    "homophone": _replaced(_HOMOPHONES, every=False),
}
PAIRS = (
    *(("traditional", second) for second in ("invisible", "spaced", "punctuation", "emoji")),
    *((first, "invisible") for first in ("upper case", "accent", "leet", "split")),
    *(("full width", "spaced"), ("mixed case", "punctuation"), ("mixed case", "leet")),
    *(("digits", "spaced"), ("enclosed", "spaced"), ("repeated letters", "upper case")),
)


def _combined(term: str, rng: random.Random) -> str:
    """Two kinds at once, both of which change something."""
    for first, second in rng.sample(PAIRS, len(PAIRS)):
        once = DETERMINISTIC[first](term, rng)
        twice = DETERMINISTIC[second](once, rng)
        if once != term and twice != once and twice != DETERMINISTIC[second](term, rng):
            return twice
    return term


DETERMINISTIC["combined"] = _combined
KINDS = {**DETERMINISTIC, **OPT_IN}


def perturbations(term: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """`(kind, perturbed)` for each kind that changes the term: one draw of each."""
    for kind, perturb in KINDS.items():
        if (perturbed := perturb(term, rng)) != term:
            yield kind, perturbed


def _carrier(term: str, rng: random.Random) -> str:
    """A sentence around it: Chinese beside Han, for other terms one or the other language."""
    lang = "zh" if any(map(is_han, term)) or rng.random() < 0.3 else "en"
    return rng.choice(tables.CARRIERS[lang])


def suite(terms: Iterable[tuple[str, str]], seed: int = 0, n: int = 780) -> list[Case]:
    """`n` different cases from `(risk, term)` pairs, spread evenly over the kinds that fit
    these terms, within a kind over the terms. The same for the same arguments.

    Raises ValueError where the terms do not yield `n` cases.
    """
    rng = random.Random(seed)
    pool = list(dict.fromkeys(terms))
    queues = {kind: itertools.cycle(rng.sample(pool, len(pool))) for kind in KINDS}
    cases: dict[str, Case] = {}
    while queues and len(cases) < n:
        for kind, queue in list(queues.items())[: n - len(cases)]:
            draws = (_case(kind, *next(queue), rng) for _ in range(ROUNDS * len(pool)))
            case = next((case for case in draws if case and case.text not in cases), None)
            if case:
                cases[case.text] = case
            else:  # no term fits, or all that do are used up
                del queues[kind]
    if len(cases) < n:
        raise ValueError(f"{len(pool)} terms yield {len(cases)} cases, fewer than {n}")
    return list(cases.values())


def _case(kind: str, risk: str, term: str, rng: random.Random) -> Case | None:
    """The term perturbed in a sentence; None where the kind does not change it."""
    if (perturbed := KINDS[kind](term, rng)) == term:
        return None
    carrier = _carrier(term, rng)
    text, plain = carrier.format(perturbed), carrier.format(term)
    return Case(kind, kind in DETERMINISTIC, risk, term, text, plain)
