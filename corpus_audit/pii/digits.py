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

from corpus_audit.pii.checksums import (
    is_date,
    is_id15,
    is_id18,
    is_organisation_code,
    is_uscc,
    luhn,
)
from corpus_audit.pii.tables import Tables, load_tables
from corpus_audit.text.buffers import Int64s
from corpus_audit.text.fold import View

#: Shapes, in the order of their numbers.
SHAPES = (
    "id18", "id15", "card", "mobile", "landline", "ssn", "phone", "ipv4", "coordinates", "uscc",
    "hmt", "foreigner",
)  # fmt: skip
(ID18, ID15, CARD, MOBILE, LANDLINE, SSN, PHONE, IPV4, COORD, USCC, HMT, FOREIGNER) = range(12)

# What is known of a candidate beside its digits.
GROUPED = 1  # written with separators, as people write identifiers
PREFIXED = 2  # +86, 0086, or + with a country code
JOINED = 4  # tied to further digits by a hyphen or a point: part of something longer
LETTER = 8  # tied to an ASCII letter or an underscore
ISSUER = 16  # the issuer prefix of the card is known
UNCHECKED = 32  # the check digit does not hold: counts for nothing without a word that names it
STRONG = 64  # of a phone: the shape alone says telephone

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


def find_numbers(view: View, cap: int) -> Numbers:
    """All candidates of a view; of one document and shape at most `cap`."""
    tables = load_tables()
    size = max(len(view.data) // 64, 256)
    capped = np.zeros(len(view.offsets) - 1, np.int64)
    while True:
        shape, flags = np.empty(size, np.int8), np.empty(size, np.uint8)
        start, end = np.empty(size, np.int64), np.empty(size, np.int64)
        value = np.empty(size, np.uint64)
        capped[:] = 0
        n = _scan(*view, *tables, cap, shape, flags, start, end, value, capped)
        if n <= size:
            break
        size = n
    return Numbers(shape[:n], flags[:n], start[:n], end[:n], value[:n], capped)


def tables_of() -> Tables:
    """The tables that the kernel looks digits up in."""
    return load_tables()


@njit(cache=True, nogil=True, inline="always")
def _digit(byte):  # type: ignore[no-untyped-def]
    return 48 <= byte <= 57


@njit(cache=True, nogil=True, inline="always")
def _letter(byte):  # type: ignore[no-untyped-def]
    return 97 <= byte <= 122 or byte == 95


@njit(cache=True, nogil=True, inline="always")
def _is_dash(data, i, stop):  # type: ignore[no-untyped-def]
    """A dash of three bytes at i: U+2010 to U+2015, U+2212."""
    if i + 3 > stop or data[i] != 0xE2:
        return False
    return (data[i + 1] == 0x80 and 0x90 <= data[i + 2] <= 0x95) or (
        data[i + 1] == 0x88 and data[i + 2] == 0x92
    )


@njit(cache=True, nogil=True)
def _separator(data, i, stop):  # type: ignore[no-untyped-def]
    """(kind, bytes) of a separator at i with a digit behind it; kind 0: there is none."""
    byte = data[i]
    if i + 1 >= stop:
        return 0, 0
    if byte == 32 or byte == 45 or byte == 46:
        if _digit(data[i + 1]):
            return np.int64(byte), 1
        if byte == 32 and i + 2 < stop and data[i + 1] == 40 and _digit(data[i + 2]):
            return 40, 2
    elif byte == 40:
        if _digit(data[i + 1]):
            return 40, 1
    elif byte == 41:
        if _digit(data[i + 1]):
            return 41, 1
        if i + 2 < stop and (data[i + 1] == 32 or data[i + 1] == 45) and _digit(data[i + 2]):
            return 41, 2
    elif byte == 0xE2 and _is_dash(data, i, stop) and i + 3 < stop and _digit(data[i + 3]):
        return 45, 3
    return 0, 0


@njit(cache=True, nogil=True)
def _edges(data, first, last, begin, stop):  # type: ignore[no-untyped-def]
    """JOINED and LETTER for a candidate `[first, last)` of a document."""
    flags = 0
    if first > begin:
        left = data[first - 1]
        if _letter(left):
            flags |= LETTER
        elif left in (45, 46, 58) and first - 1 > begin:
            if _digit(data[first - 2]):
                flags |= JOINED
            elif _letter(data[first - 2]) and left == 45:
                flags |= LETTER
        elif first - 3 > begin and _is_dash(data, first - 3, stop) and _digit(data[first - 4]):
            flags |= JOINED
    right = data[last]
    if _letter(right):
        flags |= LETTER
    elif right in (45, 46, 58) and last + 1 < stop:
        if _digit(data[last + 1]):
            flags |= JOINED
        elif _letter(data[last + 1]) and right == 45:
            flags |= LETTER
    elif _is_dash(data, last, stop) and last + 3 < stop and _digit(data[last + 3]):
        flags |= JOINED
    return flags


@njit(cache=True, nogil=True)
def _value(digits, first, n):  # type: ignore[no-untyped-def]
    value = np.uint64(0)
    for k in range(first, first + n):
        value = value * np.uint64(10) + np.uint64(digits[k])
    return value


@njit(cache=True, nogil=True)
def _is_mobile(digits, first, table):  # type: ignore[no-untyped-def]
    return table[digits[first] * 100 + digits[first + 1] * 10 + digits[first + 2]]


@njit(cache=True, nogil=True)
def _region(digits):  # type: ignore[no-untyped-def]
    value = 0
    for k in range(6):
        value = value * 10 + digits[k]
    return value


@njit(cache=True, nogil=True)
def _fits(gl, ng, g, shape):  # type: ignore[no-untyped-def]
    """Groups from g on have the lengths of `shape` (decimal digits of a number, read left)."""
    k = g
    while shape > 0:
        if k >= ng or gl[k] != shape % 10:
            return 0
        shape //= 10
        k += 1
    return k - g


@njit(cache=True, nogil=True)
def _one_separator(gsep, g, n):  # type: ignore[no-untyped-def]
    """All n groups from g on are joined by the same character."""
    for k in range(g + 2, g + n):
        if gsep[k] != gsep[g + 1]:
            return False
    return True


@njit(cache=True, nogil=True)
def _scan(  # type: ignore[no-untyped-def]
    offsets, data, region, mobile, area, card, cap, shapes, flags, starts, ends, values, capped
):
    digits = np.zeros(_DIGITS + 2, np.int64)
    gs, ge = np.zeros(_GROUPS + 1, np.int64), np.zeros(_GROUPS + 1, np.int64)
    gl, gd = np.zeros(_GROUPS + 1, np.int64), np.zeros(_GROUPS + 1, np.int64)
    gsep = np.zeros(_GROUPS + 1, np.int64)
    counts = np.zeros(16, np.int64)
    n = 0
    for row in range(len(offsets) - 1):
        begin, stop = offsets[row], offsets[row + 1] - 1  # data[stop] is the separator
        counts[:] = 0
        i = begin
        while i < stop:
            if not _digit(data[i]):
                i += 1
                continue
            # --- the groups from here on
            ng, nd, at, sep = 0, 0, i, 0
            while True:
                e = at
                while e < stop and _digit(data[e]):
                    if nd + e - at < _DIGITS:
                        digits[nd + e - at] = data[e] - 48
                    e += 1
                gs[ng], ge[ng], gl[ng], gd[ng], gsep[ng] = at, e, e - at, nd, sep
                nd += e - at
                ng += 1
                if nd > _DIGITS or ng > _GROUPS:
                    if ng > 1:
                        ng -= 1
                        nd -= gl[ng]
                    break
                if e >= stop:
                    break
                sep, wide = _separator(data, e, stop)
                if wide == 0:
                    break
                at = e + wide
            following = ge[0]
            if gl[0] > 19:
                i = following
                continue
            single = gl[0]
            x = data[following] == 120 and not _letter(data[following + 1]) and not _digit(
                data[following + 1]
            ) if following < stop and following + 1 < len(data) else False  # fmt: skip

            # --- shapes; each sets (kind, first, last, extra, value) and is written below
            for attempt in range(10):
                kind, extra, first, last, value = -1, 0, i, following, np.uint64(0)
                if attempt == 0:  # identity numbers of 18 characters
                    check, length = -1, 0
                    if single == 18:
                        check = digits[17]
                    elif single == 17 and x:
                        check, last = 10, following + 1
                    elif _fits(gl, ng, 0, 486) == 3 and _one_separator(gsep, 0, 3):
                        check, last, extra = digits[17], ge[2], GROUPED
                    elif _fits(gl, ng, 0, 386) == 3 and data[ge[2]] == 120:
                        check, last, extra = 10, ge[2] + 1, GROUPED
                    elif _fits(gl, ng, 0, 4446) == 4 and _one_separator(gsep, 0, 4):
                        check, last, extra = digits[17], ge[3], GROUPED
                    if check >= 0 and is_id18(digits, check):
                        code = _region(digits)
                        length = 17
                        if region[code]:
                            kind = HMT if code in (810000, 820000, 830000) else ID18
                        elif digits[0] == 9 and 11 <= code // 1000 % 100 <= 65:
                            kind = FOREIGNER
                        value = _value(digits, 0, length) * np.uint64(11) + np.uint64(check)
                elif attempt == 1:
                    if single == 15 and region[_region(digits)] and is_id15(digits):
                        kind, value = ID15, _value(digits, 0, 15)
                elif attempt == 2:  # cards
                    length, k = 0, 1
                    if 12 <= single <= 19:
                        length = single
                    else:
                        k = _fits(gl, ng, 0, 4444)
                        if k:
                            if ng > 4 and gsep[4] == gsep[1] and gl[4] <= 3:
                                k = 5
                        else:
                            k = max(
                                _fits(gl, ng, 0, 564), _fits(gl, ng, 0, 464), _fits(gl, ng, 0, 4555)
                            )
                            if k == 0 and ng > 1 and gl[0] == 6 and 10 <= gl[1] <= 13:
                                k = 2
                        if k and _one_separator(gsep, 0, k) and gsep[1] != 46:
                            length, last, extra = gd[k - 1] + gl[k - 1], ge[k - 1], GROUPED
                    if length and digits[0]:
                        bits = card[_region(digits) // 100]
                        known = bits >> np.uint32(length) & np.uint32(1)
                        distinct = False
                        for j in range(1, length):
                            distinct |= digits[j] != digits[0]
                        if distinct and luhn(digits, length):
                            kind = CARD
                            extra |= ISSUER if known else 0
                        elif distinct and known and digits[0] == 6 and digits[1] == 2:
                            kind = CARD
                            extra |= UNCHECKED
                        value = _value(digits, 0, length)
                elif attempt == 3:  # mobiles of the mainland
                    g, d, n_groups = 0, 0, 0
                    if single == 13 and digits[0] == 8 and digits[1] == 6:
                        d, n_groups, extra = 2, 1, PREFIXED
                    elif (
                        single == 15 and _value(digits, 0, 4) == 86
                    ):
                        d, n_groups, extra = 4, 1, PREFIXED
                    else:
                        if ng > 1 and (
                            (gl[0] == 2 and digits[0] == 8 and digits[1] == 6)
                            or (gl[0] in (3, 4) and _value(digits, 0, gl[0]) == 86)
                        ):
                            g, extra = 1, PREFIXED
                            d = gl[0]
                        if gl[g] == 11:
                            n_groups = 1
                        else:
                            for form in (443, 344, 434, 83, 47):
                                found = _fits(gl, ng, g, form)
                                if found and _one_separator(gsep, g, found):
                                    n_groups = found
                                    extra |= GROUPED
                                    if (
                                        ng > g + found
                                        and gsep[g + found] == gsep[g + 1]
                                        and gl[g + found] == 4
                                    ):
                                        extra |= JOINED
                    if n_groups and digits[d] == 1 and _is_mobile(digits, d, mobile):
                        kind, last, value = MOBILE, ge[g + n_groups - 1], _value(digits, d, 11)
                        if i > begin and data[i - 1] == 43:
                            first, extra = i - 1, extra | PREFIXED
                elif attempt == 4:  # landlines of the mainland
                    g, d, code = 0, 0, 0
                    if ng > 1 and gl[0] == 2 and digits[0] == 8 and digits[1] == 6:
                        g, d, extra = 1, 2, PREFIXED
                    zero = digits[d] == 0
                    if zero or g:
                        k = d + (1 if zero else 0)
                        two = digits[k] * 10 + digits[k + 1]
                        three = two * 10 + digits[k + 2]
                        width = 0
                        if two < 30 and area[two]:
                            width = k - d + 2
                        elif area[three]:
                            width = k - d + 3
                        rest, n_groups = 0, 0
                        if width and gl[g] > width:
                            rest, n_groups = gl[g] - width, 1
                        elif width and gl[g] == width and ng > g + 1:
                            if gl[g + 1] in (7, 8):
                                rest, n_groups = gl[g + 1], 2
                            elif ng > g + 2 and gl[g + 1] in (3, 4) and gl[g + 2] == 4:
                                rest, n_groups = gl[g + 1] + 4, 3
                        if (rest == 7 or rest == 8) and 2 <= digits[d + width] <= 8:
                            kind, last = LANDLINE, ge[g + n_groups - 1]
                            value = _value(digits, d + width - (width - (k - d)), rest + width - k + d)
                            extra |= GROUPED if n_groups > 1 else 0
                            if i > begin and data[i - 1] in (40, 43):
                                first = i - 1
                            e = g + n_groups
                            if ng > e and gsep[e] == 45 and gl[e] <= 6:
                                last = ge[e]  # an extension
                elif attempt == 5:
                    if (
                        _fits(gl, ng, 0, 423) == 3
                        and (gsep[1] == 45 or gsep[1] == 32)
                        and gsep[2] == gsep[1]
                    ):
                        head = _value(digits, 0, 3)
                        if (
                            head != 0 and head != 666 and head < 900
                            and _value(digits, 3, 2) != 0 and _value(digits, 5, 4) != 0
                        ):  # fmt: skip
                            kind, last, value = SSN, ge[2], _value(digits, 0, 9)
                            extra = GROUPED if gsep[1] == 45 else 0
                elif attempt == 6:  # telephone numbers of other countries
                    plus = i > begin and data[i - 1] == 43
                    k, total = 0, 0
                    while k < ng and total + gl[k] <= 15:
                        total += gl[k]
                        k += 1
                    if plus and total >= 8:
                        kind, extra = PHONE, PREFIXED | STRONG
                        first = i - 1
                    elif k:
                        f = 1 if gl[0] == 1 and digits[0] == 1 and ng > 1 else 0
                        d = gd[f]
                        north = _fits(gl, ng, f, 433) == 3 and 2 <= digits[d] and 2 <= digits[d + 3]
                        if north:
                            k, total = f + 3, gd[f] + 10
                            kind, extra = PHONE, STRONG
                            if gsep[f + 2] == 32 and gsep[f + 1] == 32:
                                extra = 0
                            if f == 0 and i > begin and data[i - 1] == 40:
                                first = i - 1
                        elif 7 <= total:
                            kind = PHONE
                            if i > begin and data[i - 1] == 40 and ng > 1 and gsep[1] == 41:
                                first = i - 1
                    if kind >= 0:
                        last, value = ge[k - 1], _value(digits, 0, total)
                        extra |= GROUPED if k > 1 else 0
                elif attempt == 7:
                    if ng > 3 and gsep[1] == 46 and gsep[2] == 46 and gsep[3] == 46:
                        good = True
                        for k in range(4):
                            octet = _value(digits, gd[k], gl[k]) if gl[k] <= 3 else np.uint64(256)
                            good &= octet <= 255 and (gl[k] == 1 or digits[gd[k]] != 0)
                        if good:
                            kind, last = IPV4, ge[3]
                            for k in range(4):
                                value = value * np.uint64(256) + _value(digits, gd[k], gl[k])
                elif attempt == 8:
                    if ng > 1 and gsep[1] == 46 and gl[0] <= 3 and 3 <= gl[1] <= 17:
                        last = _coordinates(data, i, ge[1], begin, stop)
                        if last:
                            kind = COORD
                            if i > begin and data[i - 1] == 45:
                                first = i - 1
                else:
                    s = i
                    if i > begin and data[i - 1] in (97, 110, 121):  # A, N, Y
                        s = i - 1
                    if (
                        single + i - s >= 8
                        and s + 18 <= stop
                        and not (s > begin and (_letter(data[s - 1]) or _digit(data[s - 1])))
                        and not _letter(data[s + 18])
                        and not _digit(data[s + 18])
                    ):
                        code = 0
                        for k in range(s + 2, s + 8):
                            code = code * 10 + np.int64(data[k]) - 48
                        real = 0 <= code < 1_000_000 and (region[code] or code % 100 == 0)
                        if real and is_uscc(data, s):
                            kind, first, last = USCC, s, s + 18
                            if not is_organisation_code(data, s + 8):
                                extra = UNCHECKED
                if kind < 0:
                    continue
                if kind != COORD and kind != USCC:
                    extra |= _edges(data, first, last, begin, stop)
                counted = kind if kind != PHONE or extra & STRONG else 15
                counts[counted] += 1
                if counts[counted] > cap:
                    capped[row] += 1
                    continue
                if n < len(shapes):
                    shapes[n], flags[n], starts[n], ends[n] = kind, extra, first, last
                    values[n] = value
                n += 1
            i = following
    return n


@njit(cache=True, nogil=True)
def _decimal(data, i, stop):  # type: ignore[no-untyped-def]
    """(end, whole part, decimals) of a number with a point at i; end 0: there is none."""
    if i < stop and data[i] == 45:
        i += 1
    begin, whole = i, 0
    while i < stop and _digit(data[i]) and i - begin < 4:
        whole = whole * 10 + np.int64(data[i]) - 48
        i += 1
    if i == begin or i - begin > 3 or i + 1 >= stop or data[i] != 46:
        return 0, 0, 0
    i += 1
    point = i
    while i < stop and _digit(data[i]) and i - point < 18:
        i += 1
    return i, whole, i - point


@njit(cache=True, nogil=True)
def _coordinates(data, first, i, begin, stop):  # type: ignore[no-untyped-def]
    """End of a pair of coordinates whose first number is `[first, i)`; 0: it is none."""
    end, a, decimals = _decimal(data, first, stop)
    if end != i or decimals < 4:
        return 0
    if first > begin and (_digit(data[first - 1]) or data[first - 1] == 46):
        return 0
    if i + 1 < stop and data[i] == 0xC2 and data[i + 1] == 0xB0:
        i += 2
    if i < stop and data[i] in (110, 115, 101, 119):  # n s e w
        i += 1
    marks = 0
    while i < stop and marks < 3 and (data[i] in (32, 44, 59, 124, 47) or data[i] == 0xE3):
        i += 3 if data[i] == 0xE3 else 1  # 、 and other marks of three bytes
        marks += 1
    if not marks or i >= stop:
        return 0
    end, b, decimals = _decimal(data, i, stop)
    if end == 0 or decimals < 4 or decimals > 15 or (end < stop and data[end] == 46):
        return 0
    if (a <= 90 and b <= 180) or (a <= 180 and b <= 90):
        if end + 1 < stop and data[end] == 0xC2 and data[end + 1] == 0xB0:
            end += 2
        if end < stop and data[end] in (110, 115, 101, 119) and not _letter(data[end + 1]):
            end += 1
        return end
    return 0


__all__ = ["SHAPES", "Numbers", "find_numbers", "is_date", "tables_of"]
