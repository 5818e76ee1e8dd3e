"""Candidates made of digits, found and checked in one pass over a view.

One kernel, because a page of digits must not become a callback a digit: at each group of digits it
looks ahead over at most `_GROUPS` groups joined by single separators, and tries the shapes in which
identifiers are written. What has a check digit is checked here; words around it are looked at
later, for what is left.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from corpus_audit.pii.checksums import is_uscc
from corpus_audit.pii.groups import DIGIT, STRONG, edges_of, joined_of, separator_at, shape_of
from corpus_audit.pii.shapes import (
    card_at,
    coordinates_at,
    id15_at,
    id18_at,
    ipv4_at,
    landline_at,
    mobile_at,
    phone_at,
    ssn_at,
    uscc_at,
)
from corpus_audit.pii.tables import load_tables
from corpus_audit.text.buffers import Bytes, Int64s
from corpus_audit.text.fold import View

#: Shapes, in the order of their numbers.
SHAPES = (
    "id18", "id15", "card", "mobile", "landline", "ssn", "phone", "ipv4", "coordinates", "uscc",
    "hmt", "foreigner",
)  # fmt: skip
(ID18, ID15, CARD, MOBILE, LANDLINE, SSN, PHONE, IPV4, COORD, USCC, HMT, FOREIGNER) = range(12)
_WEAK = 12  # telephones that only a word beside them makes one have a cap of their own

ZERO = np.uint8(48)
_STRETCH = 1 << 20  # bytes looked at together: bounds the memory of a page of digits
_GROUPS = 7
_DIGITS = 24


class Numbers(NamedTuple):
    """Candidates in order of their place, and how many a cap left out, by document."""

    shape: npt.NDArray[np.int8]
    flags: npt.NDArray[np.uint8]
    start: Int64s  # bytes of the view
    end: Int64s
    value: npt.NDArray[np.uint64]  # its digits, without prefix and separators
    capped: Int64s

    def take(self, which: npt.NDArray[np.intp]) -> Numbers:
        return Numbers(
            self.shape[which], self.flags[which], self.start[which], self.end[which],
            self.value[which], self.capped,
        )  # fmt: skip


def find_numbers(view: View, cap: int) -> Numbers:
    """All candidates of a view; of one document and shape at most `cap`."""
    tables = load_tables()
    counts = np.zeros((len(view.offsets) - 1, len(SHAPES) + 1), np.int64)
    scratch = np.zeros((7, _DIGITS + 2), np.int64)
    out = np.empty((5, _STRETCH >> 4), np.int64)
    parts = [out[:, :0]]
    for begin in range(0, len(view.data), _STRETCH):
        places = _groups(view.data, begin, begin + _STRETCH)
        done = 0
        while done < len(places):
            row = np.searchsorted(view.offsets, places[done], side="right") - 1
            done, n = _scan(*view, *tables, places, done, row, cap, counts, out, *scratch)
            parts.append(out[:, :n].copy())
    shape, flags, start, end, value = np.concatenate(parts, axis=1)
    capped = np.maximum(counts - cap, 0).sum(1)
    return Numbers(
        shape.astype(np.int8), flags.astype(np.uint8), start, end, value.view(np.uint64), capped
    )


def _groups(data: Bytes, begin: int, stop: int) -> Int64s:
    """Where groups of digits begin in a stretch of a view."""
    known = min(begin, 1)
    digit = np.concatenate([np.zeros(1 - known, np.bool_), data[begin - known : stop] - ZERO < 10])
    return np.flatnonzero(digit[1:] > digit[:-1]) + begin


def is_valid_uscc(code: str) -> bool:
    """GB 32100: is the check character of 18 characters right?"""
    data = np.frombuffer(code.lower().encode(), np.uint8)
    return len(data) == 18 and bool(is_uscc(data, 0))


@njit
def _groups_at(data, i, stop, digits, whole, ge, gl, gd, gsep):  # type: ignore[no-untyped-def]
    """Read the groups of digits from i on; returns how many. The first one is read to its end."""
    ng, nd, at, sep = 0, 0, i, 0
    while True:
        e = at
        while e < stop and DIGIT[data[e]]:
            k = nd + e - at
            if k < _DIGITS:
                digit = np.int64(data[e]) - 48
                digits[k] = digit
                whole[k + 1] = whole[k] * 10 + digit
            elif ng:
                return ng
            e += 1
        if ng == _GROUPS:
            return ng
        ge[ng], gl[ng], gd[ng], gsep[ng] = e, e - at, nd, sep
        nd += e - at
        ng += 1
        if nd > _DIGITS or e >= stop:
            return ng
        sep, wide = separator_at(data, e, stop)
        if wide == 0:
            return ng
        at = e + wide


@njit(cache=True, nogil=True)
def _scan(  # type: ignore[no-untyped-def]
    offsets, data, region, mobile, area, card, places, done, row, cap, counts, out,
    digits, whole, ge, gl, gd, gsep, joined,
):  # fmt: skip
    """Try all shapes at the groups from `done` on, until none is left or `out` is full."""
    n = 0
    while done < len(places) and n + 10 <= out.shape[1]:
        i = places[done]
        done += 1
        while offsets[row + 1] <= i:
            row += 1
        begin, stop = offsets[row], offsets[row + 1] - 1  # data[stop] is the separator
        ng = _groups_at(data, i, stop, digits, whole, ge, gl, gd, gsep)
        few = gd[ng - 1] + gl[ng - 1] < 7  # only an address or coordinates: 1.1.1.1 or 1.2345
        if gl[0] > 19 or (few and (ng < 2 or gsep[1] != 46 or (ng < 4 and gl[1] < 4))):
            continue
        shape = shape_of(gl, ng)
        joined_of(gsep, ng, joined)
        for attempt in range(10):
            kind = attempt
            if attempt == ID18:
                found, known, first, last, value = id18_at(
                    data, i, stop, digits, whole, ge, gl, shape, joined
                )
                if found:
                    code = whole[6]
                    if code == 810000 or code == 820000 or code == 830000:
                        kind = HMT
                    elif digits[0] == 9 and 11 <= code // 1000 % 100 <= 65:
                        kind = FOREIGNER
                    else:
                        found = region[code]
            elif attempt == ID15:
                found, known, first, last, value = id15_at(i, whole, ge, gl, region)
            elif attempt == CARD:
                found, known, first, last, value = card_at(
                    i, digits, whole, ge, gl, gd, gsep, ng, shape, joined, card
                )
            elif attempt == MOBILE:
                found, known, first, last, value = mobile_at(
                    data, i, begin, whole, ge, gl, gsep, ng, shape, joined, mobile
                )
            elif attempt == LANDLINE:
                found, known, first, last, value = landline_at(
                    data, i, begin, digits, whole, ge, gl, gsep, ng, area
                )
            elif attempt == SSN:
                found, known, first, last, value = ssn_at(i, whole, ge, gsep, shape)
            elif attempt == PHONE:
                found, known, first, last, value = phone_at(
                    data, i, begin, digits, whole, ge, gl, gd, gsep, ng, shape
                )
            elif attempt == IPV4:
                found, known, first, last, value = ipv4_at(i, digits, whole, ge, gl, gd, gsep, ng)
            elif attempt == COORD:
                found, known, first, last, value = coordinates_at(
                    data, i, begin, stop, whole, ge, gl, gsep, ng
                )
            else:
                found, known, first, last, value = uscc_at(data, i, begin, stop, gl, region)
            if not found:
                continue
            if kind != COORD and kind != USCC:
                known |= edges_of(data, first, last, begin, stop)
            counted = kind if kind != PHONE or known & STRONG else _WEAK
            counts[row, counted] += 1
            if counts[row, counted] <= cap:
                out[0, n], out[1, n], out[2, n] = kind, known, first
                out[3, n], out[4, n] = last, value
                n += 1
    return done, n
