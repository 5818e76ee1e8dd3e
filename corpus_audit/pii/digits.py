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
from corpus_audit.text.buffers import Int64s
from corpus_audit.text.fold import View

#: Shapes, in the order of their numbers.
SHAPES = (
    "id18", "id15", "card", "mobile", "landline", "ssn", "phone", "ipv4", "coordinates", "uscc",
    "hmt", "foreigner",
)  # fmt: skip
(ID18, ID15, CARD, MOBILE, LANDLINE, SSN, PHONE, IPV4, COORD, USCC, HMT, FOREIGNER) = range(12)
_WEAK = 15  # telephones that only a word beside them makes one have a cap of their own

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
    size = max(len(view.data) // 64, 256)
    capped = np.zeros(len(view.offsets) - 1, np.int64)
    while True:
        shape, flags = np.empty(size, np.int8), np.empty(size, np.uint8)
        start, end, value = np.empty((3, size), np.int64)
        capped[:] = 0
        scratch = np.zeros((8, _DIGITS + 2), np.int64)
        n = _scan(*view, *tables, cap, shape, flags, start, end, value, capped, *scratch)
        if n <= size:
            break
        size = n
    values = value[:n].view(np.uint64)
    return Numbers(shape[:n], flags[:n], start[:n], end[:n], values, capped)


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
    offsets, data, region, mobile, area, card, cap, shapes, flags, starts, ends, values, capped,
    digits, whole, ge, gl, gd, gsep, joined, counts,
):  # fmt: skip
    n = 0
    for row in range(len(offsets) - 1):
        begin, stop = offsets[row], offsets[row + 1] - 1  # data[stop] is the separator
        for kind in range(len(counts)):
            counts[kind] = 0
        i = begin
        while i < stop:
            if not DIGIT[data[i]]:
                i += 1
                continue
            ng = _groups_at(data, i, stop, digits, whole, ge, gl, gd, gsep)
            following = ge[0]
            if gl[0] > 19 or (ng == 1 and gl[0] < 7):
                i = following
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
                    found, known, first, last, value = ipv4_at(
                        i, digits, whole, ge, gl, gd, gsep, ng
                    )
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
                counts[counted] += 1
                if counts[counted] > cap:
                    capped[row] += 1
                    continue
                if n < len(shapes):
                    shapes[n], flags[n], starts[n], ends[n] = kind, known, first, last
                    values[n] = value
                n += 1
            i = following
    return n
