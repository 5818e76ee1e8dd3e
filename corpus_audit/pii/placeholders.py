"""Test values and examples, which stand for no one: `rules/pii/placeholders.toml`."""

from __future__ import annotations

import ipaddress
from functools import cache, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_audit.rules.location import load_toml, rules_dir

_TAIL = np.uint64(100_000_000)
_SAME = np.uint64(11_111_111)


@cache
def _lists() -> dict[str, Any]:
    stored = load_toml(rules_dir() / "pii/placeholders.toml")
    return {name: frozenset(values) for name, values in stored.items()}


@cache
def _numbers(name: str) -> npt.NDArray[np.uint64]:
    return np.array(sorted(_lists()[name]), np.uint64)


@cache
def _ids() -> npt.NDArray[np.uint64]:
    return np.array([id_value(text) for text in sorted(_lists()["resident_ids"])], np.uint64)


def id_value(text: str) -> int:
    """An identity number of 18 characters as the kernel of digits gives it."""
    check = 10 if text[17] in "xX" else int(text[17])
    return int(text[:17]) * 11 + check


def is_placeholder(shape: str, value: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    """Which numbers of a shape are test values."""
    if shape == "mobile":
        same: npt.NDArray[np.bool_] = value % _TAIL % _SAME == 0  # 13888888888, 13900000000
        return same | np.isin(value, _numbers("mobiles"))
    if shape == "card":
        return np.isin(value, _numbers("cards"))
    if shape == "id18":
        return np.isin(value, _ids())
    if shape == "ssn":
        return np.isin(value, _numbers("ssns"))
    if shape == "ipv4":
        return np.array([not _is_public(number) for number in value.tolist()], np.bool_)
    return np.zeros(len(value), np.bool_)


@lru_cache(maxsize=1 << 16)
def _is_public(number: int) -> bool:
    address = ipaddress.IPv4Address(number)
    return address.is_global and not address.is_multicast and str(address) not in _lists()["ips"]


def is_placeholder_mail(address: str) -> bool:
    """Does a mail address (lower case) belong to nobody in particular?"""
    local, _, domain = address.partition("@")
    lists = _lists()
    parents = domain.split(".")
    return (
        local in lists["locals"]
        or parents[-1] in lists["top_levels"]
        or any(".".join(parents[i:]) in lists["domains"] for i in range(len(parents)))
    )
