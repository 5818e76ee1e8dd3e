"""Characters, separators and groups of digits: what the shapes of numbers are read from."""

from __future__ import annotations

import numpy as np
from numba import njit

# What is known of a candidate beside its digits.
GROUPED = 1  # written with separators, as people write identifiers
PREFIXED = 2  # +86, 0086, or + with a country code
JOINED = 4  # tied to further digits by a hyphen or a point: part of something longer
LETTER = 8  # tied to an ASCII letter or an underscore
ISSUER = 16  # the issuer prefix of the card is known
UNCHECKED = 32  # the check digit does not hold: counts for nothing without a word that names it
STRONG = 64  # of a phone: the shape alone says telephone


@njit(cache=True, nogil=True, inline="always")
def is_digit(byte):  # type: ignore[no-untyped-def]
    return 48 <= byte <= 57


@njit(cache=True, nogil=True, inline="always")
def is_letter(byte):  # type: ignore[no-untyped-def]
    return 97 <= byte <= 122 or byte == 95


@njit(cache=True, nogil=True, inline="always")
def is_dash(data, i, stop):  # type: ignore[no-untyped-def]
    """A dash of three bytes at i: U+2010 to U+2015, U+2212."""
    if i + 3 > stop or data[i] != 0xE2:
        return False
    return (data[i + 1] == 0x80 and 0x90 <= data[i + 2] <= 0x95) or (
        data[i + 1] == 0x88 and data[i + 2] == 0x92
    )


@njit(cache=True, nogil=True)
def separator_at(data, i, stop):  # type: ignore[no-untyped-def]
    """(kind, bytes) of a separator at i with a digit behind it; kind 0: there is none."""
    byte = data[i]
    if i + 1 >= stop:
        return 0, 0
    if byte == 32 or byte == 45 or byte == 46:
        if is_digit(data[i + 1]):
            return np.int64(byte), 1
        if byte == 32 and i + 2 < stop and data[i + 1] == 40 and is_digit(data[i + 2]):
            return 40, 2
    elif byte == 40:
        if is_digit(data[i + 1]):
            return 40, 1
    elif byte == 41:
        if is_digit(data[i + 1]):
            return 41, 1
        if i + 2 < stop and (data[i + 1] == 32 or data[i + 1] == 45) and is_digit(data[i + 2]):
            return 41, 2
    elif byte == 0xE2 and is_dash(data, i, stop) and i + 3 < stop and is_digit(data[i + 3]):
        return 45, 3
    return 0, 0


@njit(cache=True, nogil=True)
def edges_of(data, first, last, begin, stop):  # type: ignore[no-untyped-def]
    """JOINED and LETTER for a candidate `[first, last)` of a document."""
    flags = 0
    if first > begin:
        left = data[first - 1]
        if is_letter(left):
            flags |= LETTER
        elif left in (45, 46, 58) and first - 1 > begin:
            if is_digit(data[first - 2]):
                flags |= JOINED
            elif is_letter(data[first - 2]) and left == 45:
                flags |= LETTER
        elif first - 3 > begin and is_dash(data, first - 3, stop) and is_digit(data[first - 4]):
            flags |= JOINED
    right = data[last]
    if is_letter(right):
        flags |= LETTER
    elif right in (45, 46, 58) and last + 1 < stop:
        if is_digit(data[last + 1]):
            flags |= JOINED
        elif is_letter(data[last + 1]) and right == 45:
            flags |= LETTER
    elif is_dash(data, last, stop) and last + 3 < stop and is_digit(data[last + 3]):
        flags |= JOINED
    return flags


@njit(cache=True, nogil=True)
def value_of(digits, first, n):  # type: ignore[no-untyped-def]
    value = np.uint64(0)
    for k in range(first, first + n):
        value = value * np.uint64(10) + np.uint64(digits[k])
    return value


@njit(cache=True, nogil=True)
def region_of(digits):  # type: ignore[no-untyped-def]
    value = 0
    for k in range(6):
        value = value * 10 + digits[k]
    return value


@njit(cache=True, nogil=True)
def fits(gl, ng, g, shape):  # type: ignore[no-untyped-def]
    """Groups from g on have the lengths of `shape` (decimal digits of a number, read left)."""
    k = g
    while shape > 0:
        if k >= ng or gl[k] != shape % 10:
            return 0
        shape //= 10
        k += 1
    return k - g


@njit(cache=True, nogil=True)
def one_separator(gsep, g, n):  # type: ignore[no-untyped-def]
    """All n groups from g on are joined by the same character."""
    good = True
    for k in range(g + 2, g + n):
        good &= gsep[k] == gsep[g + 1]
    return good
