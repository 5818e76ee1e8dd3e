"""Lookup tables of the validators, made from the data in `rules/pii/`."""

from __future__ import annotations

import csv
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_audit.rules.location import load_toml, rules_dir
from corpus_audit.text.buffers import Int64s

Flags = npt.NDArray[np.bool_]


class Tables(NamedTuple):
    """What digits are looked up in."""

    region: Flags  # by the six digits of a division: may begin an identity number
    mobile: Flags  # by the first three digits
    area: Flags  # by the area code as a number, its leading zero dropped
    card: Int64s  # by the first four digits: bit n is set where n digits go with it


#: Divisions without counties below them, whose own code stands in identity numbers; and the codes
#: of residence permits for people of Hong Kong, Macao and Taiwan.
_WHOLE = ("441900", "442000", "460300", "460400", "620200", "810000", "820000", "830000")


@cache
def load_divisions() -> dict[str, tuple[str, ...]]:
    """Names of each division by its code, abolished ones too."""
    with (rules_dir() / "pii/divisions.csv").open(encoding="utf-8") as lines:
        return {row["code"]: tuple(row["names"].split()) for row in csv.DictReader(lines)}


@cache
def load_tables() -> Tables:
    """The tables, read once."""
    region = np.zeros(1_000_000, np.bool_)
    for code in (*load_divisions(), *_WHOLE):
        if not code.endswith("00") or code in _WHOLE:
            region[int(code)] = True
    plans = load_toml(rules_dir() / "pii/numbers.toml")
    mobile = np.zeros(1000, np.bool_)
    for low, high in map(_range, plans["mobile"]["segments"]):
        mobile[int(low) : int(high) + 1] = True
    area = np.zeros(1000, np.bool_)
    area[[int(code) for code in plans["landline"]["areas"]]] = True
    card = np.zeros(10_000, np.int64)
    for network in plans["card"]:
        lengths = sum(1 << length for length in network["lengths"])
        for low, high in map(_range, network["prefixes"]):
            card[int(low.ljust(4, "0")) : int(high.ljust(4, "9")) + 1] |= lengths
    return Tables(region, mobile, area, card)


def _range(text: str) -> tuple[str, str]:
    low, _, high = text.partition("-")
    return low, high or low
