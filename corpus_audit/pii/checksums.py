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


#: Values of lower-case bytes in GB 32100-2015 (no I O S V Z) and in GB 11714-1997; -1: none.
_USCC_VALUE, _ORG_VALUE = np.full(256, -1, np.int64), np.full(256, -1, np.int64)
_USCC_VALUE[[*b"0123456789abcdefghjklmnpqrtuwxy"]] = range(31)
_ORG_VALUE[[*b"0123456789abcdefghijklmnopqrstuvwxyz"]] = range(36)


@njit
def luhn(digits, n):  # type: ignore[no-untyped-def]
    """ISO/IEC 7812-1 annex B, over `digits[:n]`, the check digit included."""
    total = 0
    for k in range(n):
        value = digits[n - 1 - k] << (k & 1)
        total += value if value < 10 else value - 9
    return total % 10 == 0


@njit
def is_date(year, month, day):  # type: ignore[no-untyped-def]
    """A day of the Gregorian calendar."""
    if month < 1 or month > 12 or day < 1 or day > _DAYS[month - 1]:
        return False
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return month != 2 or day != 29 or leap


@njit
def id_check(digits):  # type: ignore[no-untyped-def]
    """GB 11643-1999: ISO 7064 mod 11-2 over 17 digits; 10 stands for X."""
    total = 0
    for k in range(17):
        total += digits[k] * _ID_WEIGHTS[k]
    return (12 - total % 11) % 11


@njit
def is_birth(date):  # type: ignore[no-untyped-def]
    """A number yyyymmdd is a day on which the holder of an identity number may be born."""
    year = date // 10_000
    return FIRST_YEAR <= year <= LAST_YEAR and is_date(year, date // 100 % 100, date % 100)


@njit
def is_uscc(data, start):  # type: ignore[no-untyped-def]
    """GB 32100-2015 over 18 lower-case bytes: its check digit and that of the organisation code."""
    total = 0
    for k in range(17):
        value = _USCC_VALUE[data[start + k]]
        if value < 0:
            return False
        total += value * _USCC_WEIGHTS[k]
    return _USCC_VALUE[data[start + 17]] == (31 - total % 31) % 31


@njit
def is_organisation_code(data, start):  # type: ignore[no-untyped-def]
    """GB 11714-1997 over 9 lower-case bytes: mod 11, where 10 is X."""
    total = 0
    for k in range(8):
        total += _ORG_VALUE[data[start + k]] * _ORG_WEIGHTS[k]
    check = 11 - total % 11
    return data[start + 8] == (120 if check == 10 else 48 + check % 11)


def digits_of(text: str) -> Int64s:
    """The ASCII digits of a text, as values."""
    return np.array([int(char) for char in text if "0" <= char <= "9"], np.int64)
