"""Check digits and dates over decimal digits in arrays, for kernels and for plain Python."""

from __future__ import annotations

import numpy as np
from numba import njit

from corpus_audit.text.buffers import Int64s

_ID_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], np.int64)
_USCC_WEIGHTS = np.array([1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28], np.int64)
_ORG_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2], np.int64)
_DAYS = np.array([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int64)
#: Years in which holders of identity numbers are born.
FIRST_YEAR, LAST_YEAR = 1880, 2035


@njit(cache=True, nogil=True)
def luhn(digits, n):  # type: ignore[no-untyped-def]
    """ISO/IEC 7812-1 annex B, over `digits[:n]`, the check digit included."""
    total = 0
    for k in range(n):
        value = digits[n - 1 - k]
        if k & 1:
            value = 2 * value - 9 * (value > 4)
        total += value
    return total % 10 == 0


@njit(cache=True, nogil=True)
def is_date(year, month, day):  # type: ignore[no-untyped-def]
    """A day of the Gregorian calendar."""
    if month < 1 or month > 12 or day < 1 or day > _DAYS[month - 1]:
        return False
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return month != 2 or day != 29 or leap


@njit(cache=True, nogil=True)
def id_check(digits):  # type: ignore[no-untyped-def]
    """GB 11643-1999: ISO 7064 mod 11-2 over 17 digits; 10 stands for X."""
    total = 0
    for k in range(17):
        total += digits[k] * _ID_WEIGHTS[k]
    return (12 - total % 11) % 11


@njit(cache=True, nogil=True)
def _number(digits, start, n):  # type: ignore[no-untyped-def]
    value = 0
    for k in range(start, start + n):
        value = value * 10 + digits[k]
    return value


@njit(cache=True, nogil=True)
def is_id18(digits, check):  # type: ignore[no-untyped-def]
    """Real date and right check digit (`check`, 10 for X). The region is looked up elsewhere."""
    year = _number(digits, 6, 4)
    if year < FIRST_YEAR or year > LAST_YEAR:
        return False
    if not is_date(year, _number(digits, 10, 2), _number(digits, 12, 2)):
        return False
    return id_check(digits) == check


@njit(cache=True, nogil=True)
def is_id15(digits):  # type: ignore[no-untyped-def]
    """The date in an identity number of 15 digits: the year has two and is of the 20th century."""
    return is_date(1900 + _number(digits, 6, 2), _number(digits, 8, 2), _number(digits, 10, 2))


@njit(cache=True, nogil=True)
def uscc_value(byte):  # type: ignore[no-untyped-def]
    """GB 32100-2015: value of a lower-case character; -1 where it does not occur (I O S V Z)."""
    if 48 <= byte <= 57:
        return byte - 48
    if byte < 97 or byte > 121 or byte in (105, 111, 115, 118):
        return -1
    value = byte - 87
    return value - (byte > 105) - (byte > 111) - (byte > 115) - (byte > 118)


@njit(cache=True, nogil=True)
def is_uscc(data, start):  # type: ignore[no-untyped-def]
    """GB 32100-2015 over 18 lower-case bytes: its check digit and that of the organisation code."""
    total = 0
    for k in range(17):
        value = uscc_value(data[start + k])
        if value < 0:
            return False
        total += value * _USCC_WEIGHTS[k]
    return uscc_value(data[start + 17]) == (31 - total % 31) % 31


@njit(cache=True, nogil=True)
def is_organisation_code(data, start):  # type: ignore[no-untyped-def]
    """GB 11714-1997 over 9 lower-case bytes: mod 11, where 10 is X."""
    total = 0
    for k in range(8):
        byte = data[start + k]
        value = byte - 48 if byte < 58 else byte - 87
        total += value * _ORG_WEIGHTS[k]
    check = 11 - total % 11
    last = data[start + 8]
    if check == 10:
        return last == 120
    return last == 48 + check % 11


def digits_of(text: str) -> Int64s:
    """The ASCII digits of a text, as values."""
    return np.array([int(char) for char in text if "0" <= char <= "9"], np.int64)
