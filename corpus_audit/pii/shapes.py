"""The shapes in which identifiers of digits are written, tried at a group of digits.

Each gives (found, flags, first, last, value): whether it fits, what is known of it, its bytes, and
its digits as a number. `gs`, `ge`, `gl`, `gd` are the starts, ends, lengths and places among
`digits` of `ng` groups, `gsep` the separators before them.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from corpus_audit.pii.checksums import is_id15, is_id18, is_organisation_code, is_uscc, luhn
from corpus_audit.pii.groups import (
    GROUPED,
    ISSUER,
    JOINED,
    PREFIXED,
    STRONG,
    UNCHECKED,
    fits,
    is_digit,
    is_letter,
    one_separator,
    region_of,
    value_of,
)

_NONE = np.uint64(0)


@njit(cache=True, nogil=True)
def id18_at(data, i, stop, digits, ge, gl, gsep, ng):  # type: ignore[no-untyped-def]
    """Identity numbers of 18 characters, check digit and date right."""
    check, last, flags = -1, ge[0], 0
    if gl[0] == 18:
        check = digits[17]
    elif gl[0] == 17 and _x_at(data, ge[0], stop):
        check, last = 10, ge[0] + 1
    elif fits(gl, ng, 0, 486) == 3 and one_separator(gsep, 0, 3):
        check, last, flags = digits[17], ge[2], GROUPED
    elif fits(gl, ng, 0, 386) == 3 and _x_at(data, ge[2], stop):
        check, last, flags = 10, ge[2] + 1, GROUPED
    elif fits(gl, ng, 0, 4446) == 4 and one_separator(gsep, 0, 4):
        check, last, flags = digits[17], ge[3], GROUPED
    elif fits(gl, ng, 0, 3446) == 4 and one_separator(gsep, 0, 4) and _x_at(data, ge[3], stop):
        check, last, flags = 10, ge[3] + 1, GROUPED
    if check < 0 or not is_id18(digits, check):
        return False, 0, i, last, _NONE
    return True, flags, i, last, value_of(digits, 0, 17) * np.uint64(11) + np.uint64(check)


@njit(cache=True, nogil=True)
def _x_at(data, i, stop):  # type: ignore[no-untyped-def]
    """An X that ends a number."""
    return i < stop and data[i] == 120 and not is_letter(data[i + 1]) and not is_digit(data[i + 1])


@njit(cache=True, nogil=True)
def id15_at(i, digits, ge, gl, region):  # type: ignore[no-untyped-def]
    """Identity numbers of 15 digits."""
    if gl[0] == 15 and region[region_of(digits)] and is_id15(digits):
        return True, 0, i, ge[0], value_of(digits, 0, 15)
    return False, 0, i, ge[0], _NONE


@njit(cache=True, nogil=True)
def card_at(i, digits, ge, gl, gd, gsep, ng, card):  # type: ignore[no-untyped-def]
    """Payment cards: Luhn, or UnionPay's prefix where it does not hold."""
    length, last, flags = 0, ge[0], 0
    if 12 <= gl[0] <= 19:
        length = gl[0]
    else:
        k = fits(gl, ng, 0, 4444)
        if k and ng > 4 and gsep[4] == gsep[1] and gl[4] <= 3:
            k = 5
        for form in (564, 464, 4555):
            k = max(k, fits(gl, ng, 0, form))
        if k == 0 and ng > 1 and gl[0] == 6 and 10 <= gl[1] <= 13:
            k = 2
        if k and one_separator(gsep, 0, k) and gsep[1] != 46:
            length, last, flags = gd[k - 1] + gl[k - 1], ge[k - 1], GROUPED
    if length == 0 or digits[0] == 0:
        return False, 0, i, last, _NONE
    distinct = False
    for j in range(1, length):
        distinct |= digits[j] != digits[0]
    known = (card[region_of(digits) // 100] >> np.uint32(length)) & np.uint32(1)
    if distinct and luhn(digits, length):
        return True, flags | (ISSUER if known else 0), i, last, value_of(digits, 0, length)
    if distinct and known and digits[0] == 6 and digits[1] == 2:
        return True, flags | UNCHECKED, i, last, value_of(digits, 0, length)
    return False, 0, i, last, _NONE


@njit(cache=True, nogil=True)
def mobile_at(data, i, begin, digits, ge, gl, gsep, ng, mobile):  # type: ignore[no-untyped-def]
    """Mobile numbers of the mainland."""
    g, d, n, flags = 0, 0, 0, 0
    if gl[0] == 13 and digits[0] == 8 and digits[1] == 6:
        d, n, flags = 2, 1, PREFIXED
    elif gl[0] == 15 and value_of(digits, 0, 4) == 86:
        d, n, flags = 4, 1, PREFIXED
    else:
        if ng > 1 and 2 <= gl[0] <= 4 and value_of(digits, 0, gl[0]) == 86:
            g, d, flags = 1, gl[0], PREFIXED
        if gl[g] == 11:
            n = 1
        else:
            for form in (443, 344, 434, 83, 47):
                found = fits(gl, ng, g, form)
                if found and one_separator(gsep, g, found):
                    n = found
                    flags |= GROUPED
                    more = g + found
                    if ng > more and gsep[more] == gsep[g + 1] and gl[more] == 4:
                        flags |= JOINED
    if n == 0 or digits[d] != 1:
        return False, 0, i, ge[0], _NONE
    if not mobile[digits[d] * 100 + digits[d + 1] * 10 + digits[d + 2]]:
        return False, 0, i, ge[0], _NONE
    first = i
    if i > begin and data[i - 1] == 43:
        first, flags = i - 1, flags | PREFIXED
    return True, flags, first, ge[g + n - 1], value_of(digits, d, 11)


@njit(cache=True, nogil=True)
def landline_at(data, i, begin, digits, ge, gl, gsep, ng, area):  # type: ignore[no-untyped-def]
    """Landline numbers of the mainland: area code, 7 or 8 digits, an extension."""
    g, d, flags = 0, 0, 0
    if ng > 1 and gl[0] == 2 and digits[0] == 8 and digits[1] == 6:
        g, d, flags = 1, 2, PREFIXED
    zero = 1 if digits[d] == 0 else 0
    if not zero and not g:
        return False, 0, i, ge[0], _NONE
    k = d + zero
    two = digits[k] * 10 + digits[k + 1]
    three = two * 10 + digits[k + 2]
    code = 0  # digits of the area code, its zero too
    if two < 30 and area[two]:
        code = zero + 2
    elif area[three]:
        code = zero + 3
    rest, n = 0, 0
    if code and gl[g] > code:
        rest, n = gl[g] - code, 1
    elif code and gl[g] == code and ng > g + 1:
        if gl[g + 1] == 7 or gl[g + 1] == 8:
            rest, n = gl[g + 1], 2
        elif ng > g + 2 and (gl[g + 1] == 3 or gl[g + 1] == 4) and gl[g + 2] == 4:
            rest, n = gl[g + 1] + 4, 3
    if (rest != 7 and rest != 8) or digits[d + code] < 2 or digits[d + code] > 8:
        return False, 0, i, ge[0], _NONE
    last, first = ge[g + n - 1], i
    if n > 1:
        flags |= GROUPED
    if i > begin and (data[i - 1] == 40 or data[i - 1] == 43):
        first = i - 1
    if ng > g + n and gsep[g + n] == 45 and gl[g + n] <= 6:
        last = ge[g + n]
    return True, flags, first, last, value_of(digits, k, rest + code - zero)


@njit(cache=True, nogil=True)
def ssn_at(i, digits, ge, gl, gsep, ng):  # type: ignore[no-untyped-def]
    """US social security numbers: areas and groups that are assigned."""
    if fits(gl, ng, 0, 423) != 3 or gsep[2] != gsep[1] or (gsep[1] != 45 and gsep[1] != 32):
        return False, 0, i, ge[0], _NONE
    head = value_of(digits, 0, 3)
    good = head != 0 and head != 666 and head < 900
    good &= value_of(digits, 3, 2) != 0 and value_of(digits, 5, 4) != 0
    return good, GROUPED if gsep[1] == 45 else 0, i, ge[2], value_of(digits, 0, 9)


@njit(cache=True, nogil=True)
def phone_at(data, i, begin, digits, ge, gl, gd, gsep, ng):  # type: ignore[no-untyped-def]
    """Telephone numbers of other countries, to be judged by libphonenumber."""
    k, total, first, flags = 0, 0, i, 0
    while k < ng and total + gl[k] <= 15:
        total += gl[k]
        k += 1
    if k == 0:
        return False, 0, i, ge[0], _NONE
    if i > begin and data[i - 1] == 43 and total >= 8:
        first, flags = i - 1, PREFIXED | STRONG
    else:
        f = 1 if gl[0] == 1 and digits[0] == 1 and ng > 1 else 0
        d = gd[f]
        if fits(gl, ng, f, 433) == 3 and digits[d] >= 2 and digits[d + 3] >= 2:
            k, total = f + 3, gd[f] + 10
            if gsep[f + 2] != 32 or gsep[f + 1] != 32:
                flags = STRONG
            if f == 0 and i > begin and data[i - 1] == 40:
                first = i - 1
        elif total < 7:
            return False, 0, i, ge[0], _NONE
        elif i > begin and data[i - 1] == 40 and ng > 1 and gsep[1] == 41:
            first = i - 1
    if k > 1:
        flags |= GROUPED
    return True, flags, first, ge[k - 1], value_of(digits, 0, total)


@njit(cache=True, nogil=True)
def ipv4_at(i, digits, ge, gl, gd, gsep, ng):  # type: ignore[no-untyped-def]
    """Four octets without leading zeros."""
    value = _NONE
    if ng < 4 or gsep[1] != 46 or gsep[2] != 46 or gsep[3] != 46:
        return False, 0, i, ge[0], value
    for k in range(4):
        octet = value_of(digits, gd[k], gl[k]) if gl[k] <= 3 else np.uint64(256)
        if octet > 255 or (gl[k] > 1 and digits[gd[k]] == 0):
            return False, 0, i, ge[0], value
        value = value * np.uint64(256) + octet
    return True, 0, i, ge[3], value


@njit(cache=True, nogil=True)
def uscc_at(data, i, begin, stop, gl, region):  # type: ignore[no-untyped-def]
    """Unified social credit codes: two characters, a division, an organisation code."""
    s = i
    if i > begin and (data[i - 1] == 97 or data[i - 1] == 110 or data[i - 1] == 121):  # A, N, Y
        s = i - 1
    if gl[0] + i - s < 8 or s + 18 > stop:
        return False, 0, i, i, _NONE
    if s > begin and (is_letter(data[s - 1]) or is_digit(data[s - 1])):
        return False, 0, i, i, _NONE
    if is_letter(data[s + 18]) or is_digit(data[s + 18]):
        return False, 0, i, i, _NONE
    code = 0
    for k in range(s + 2, s + 8):
        code = code * 10 + int(data[k]) - 48
    real = 0 <= code < 1_000_000 and (region[code] or code % 100 == 0)
    if not real or not is_uscc(data, s):
        return False, 0, i, i, _NONE
    return True, 0 if is_organisation_code(data, s + 8) else UNCHECKED, s, s + 18, _NONE


@njit(cache=True, nogil=True)
def _decimal(data, i, stop):  # type: ignore[no-untyped-def]
    """(end, whole part, decimals) of a number with a point at i; end 0: there is none."""
    if i < stop and data[i] == 45:
        i += 1
    begin, whole = i, 0
    while i < stop and is_digit(data[i]) and i - begin < 4:
        whole = whole * 10 + int(data[i]) - 48
        i += 1
    if i == begin or i - begin > 3 or i + 1 >= stop or data[i] != 46:
        return 0, 0, 0
    i += 1
    point = i
    while i < stop and is_digit(data[i]) and i - point < 18:
        i += 1
    return i, whole, i - point


@njit(cache=True, nogil=True)
def coordinates_at(data, first, i, begin, stop):  # type: ignore[no-untyped-def]
    """End of a pair of coordinates whose first number is `[first, i)`; 0: it is none."""
    end, a, decimals = _decimal(data, first, stop)
    if end != i or decimals < 4:
        return 0
    if first > begin and (is_digit(data[first - 1]) or data[first - 1] == 46):
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
        if end < stop and data[end] in (110, 115, 101, 119) and not is_letter(data[end + 1]):
            end += 1
        return end
    return 0
