"""The shapes in which identifiers of digits are written, tried at a group of digits.

Each gives (found, flags, first, last, value): whether it fits, what is known of it, its bytes, and
its digits as a number. `ge`, `gl`, `gd` are the ends, lengths and places among `digits` of `ng`
groups, `gsep` the separators before them; `shape` is all lengths in one number, `joined` how many
groups, from each one on, one character joins; `whole[n]` is the number of the first n digits.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from corpus_audit.pii.checksums import id_check, is_birth, is_organisation_code, is_uscc, luhn
from corpus_audit.pii.groups import (
    DIGIT,
    GROUPED,
    ISSUER,
    JOINED,
    LETTERS,
    PREFIXED,
    SHIFT,
    STRONG,
    UNCHECKED,
    Forms,
    form_of,
    packed,
    table_of,
)

_ID18 = Forms.of((6, 8, 4), (6, 4, 4, 4), (6, 8, 3), (6, 4, 4, 3), free=[(6, 8, 3)])
_CARD = Forms.of((4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (5, 5, 5, 4))
_MOBILE = Forms.of((3, 4, 4), (4, 4, 3), (4, 3, 4), (3, 8), (7, 4))
_SSN, _US_PHONE = packed(3, 2, 4), packed(3, 3, 4)
_THREE = (1 << 3 * SHIFT) - 1  # the bits of three groups
_POWER = np.array([10**n for n in range(19)], np.int64)
_ONES = np.array([int("1" * n or 0) for n in range(20)], np.int64)
_COMPASS = table_of(b"nsew")
_MARK = np.zeros(256, np.int64)  # bytes of a mark between coordinates; 0: it is none
_MARK[[*b" ,;|/", 0xE3]] = [1, 1, 1, 1, 1, 3]  # 、 and other marks of three bytes


@njit
def id18_at(data, i, stop, digits, whole, ge, gl, shape, joined):  # type: ignore[no-untyped-def]
    """Identity numbers of 18 characters, check digit and date right."""
    length, last, flags = gl[0], ge[0], 0
    if length == 6:
        form = form_of(shape, joined[0], _ID18)
        if form >= 0:
            last, flags = ge[_ID18.groups[form] - 1], GROUPED
            length = 18 if form < 2 else 17
    check = digits[17]
    if length == 17:  # an X ends it
        if last >= stop or data[last] != 120 or LETTERS[data[last + 1]] or DIGIT[data[last + 1]]:
            return False, 0, i, last, 0
        check, last = 10, last + 1
    elif length != 18:
        return False, 0, i, last, 0
    if not is_birth(whole[14] - whole[6] * _POWER[8]) or id_check(digits) != check:
        return False, 0, i, last, 0
    return True, flags, i, last, whole[17] * 11 + check


@njit
def id15_at(i, whole, ge, gl, region):  # type: ignore[no-untyped-def]
    """Identity numbers of 15 digits: the year has two and is of the 20th century."""
    found = gl[0] == 15 and region[whole[6]]
    found = found and is_birth(19_000_000 + whole[12] - whole[6] * _POWER[6])
    return found, 0, i, ge[0], whole[15]


@njit
def card_at(i, digits, whole, ge, gl, gd, gsep, ng, shape, joined, card):  # type: ignore[no-untyped-def]
    """Payment cards: Luhn, or UnionPay's prefix where it does not hold."""
    length, last, flags = gl[0], ge[0], 0
    if length < 12:
        k = 0
        form = form_of(shape, joined[0], _CARD)
        if form >= 0:
            k = _CARD.groups[form]
            if form == 0 and ng > 4 and joined[0] > 4 and gl[4] <= 3:
                k = 5
        elif ng > 1 and length == 6 and 10 <= gl[1] <= 13:
            k = 2
        if k == 0 or gsep[1] == 46:
            return False, 0, i, last, 0
        length, last, flags = gd[k - 1] + gl[k - 1], ge[k - 1], GROUPED
    value = whole[length]
    if digits[0] == 0 or value == digits[0] * _ONES[length]:  # all digits are one
        return False, 0, i, last, 0
    known = (card[whole[4]] >> length) & 1
    if luhn(digits, length):
        return True, flags | known * ISSUER, i, last, value
    return known == 1 and whole[2] == 62, flags | UNCHECKED, i, last, value


@njit
def mobile_at(data, i, begin, whole, ge, gl, gsep, ng, shape, joined, mobile):  # type: ignore[no-untyped-def]
    """Mobile numbers of the mainland."""
    g, d, n, flags = 0, 0, 1, 0
    if gl[0] == 13 and whole[2] == 86:
        d, flags = 2, PREFIXED
    elif gl[0] == 15 and whole[4] == 86:
        d, flags = 4, PREFIXED
    else:
        if ng > 1 and 2 <= gl[0] <= 4 and whole[gl[0]] == 86:
            g, d, flags = 1, gl[0], PREFIXED
        if gl[g] != 11:
            form = form_of(shape >> (SHIFT * g), joined[g], _MOBILE)
            if form < 0:
                return False, 0, i, ge[0], 0
            n = _MOBILE.groups[form]
            flags |= GROUPED
            more = g + n
            if ng > more and gsep[more] == gsep[g + 1] and gl[more] == 4:
                flags |= JOINED
    value = whole[d + 11] - whole[d] * _POWER[11]
    segment = value // _POWER[8]
    if segment // 100 != 1 or not mobile[segment]:
        return False, 0, i, ge[0], 0
    first = i
    if i > begin and data[i - 1] == 43:
        first, flags = i - 1, flags | PREFIXED
    return True, flags, first, ge[g + n - 1], value


@njit
def landline_at(data, i, begin, digits, whole, ge, gl, gsep, ng, area):  # type: ignore[no-untyped-def]
    """Landline numbers of the mainland: area code, 7 or 8 digits, an extension."""
    g, d, flags = 0, 0, 0
    if ng > 1 and gl[0] == 2 and whole[2] == 86:
        g, d, flags = 1, 2, PREFIXED
    zero = 1 if digits[d] == 0 else 0
    if not zero and not g:
        return False, 0, i, ge[0], 0
    k = d + zero
    two = digits[k] * 10 + digits[k + 1]
    code = zero + 2  # digits of the area code, its zero too
    if two >= 30 or not area[two]:
        code = zero + 3
        if not area[two * 10 + digits[k + 2]]:
            return False, 0, i, ge[0], 0
    rest, n = gl[g] - code, 1
    if rest == 0 and ng > g + 1:
        rest, n = gl[g + 1], 2
        if (rest == 3 or rest == 4) and ng > g + 2 and gl[g + 2] == 4:
            rest, n = rest + 4, 3
    first_digit = digits[d + code]
    if (rest != 7 and rest != 8) or first_digit < 2 or first_digit > 8:
        return False, 0, i, ge[0], 0
    last, first = ge[g + n - 1], i
    if n > 1:
        flags |= GROUPED
    if i > begin and (data[i - 1] == 40 or data[i - 1] == 43):
        first = i - 1
    if ng > g + n and gsep[g + n] == 45 and gl[g + n] <= 6:
        last = ge[g + n]
    size = rest + code - zero
    return True, flags, first, last, whole[k + size] - whole[k] * _POWER[size]


@njit
def ssn_at(i, whole, ge, gsep, shape):  # type: ignore[no-untyped-def]
    """US social security numbers: areas and groups that are assigned."""
    mark = gsep[1]
    if shape & _THREE != _SSN or gsep[2] != mark or (mark != 45 and mark != 32):
        return False, 0, i, ge[0], 0
    head, value = whole[3], whole[9]
    good = head != 0 and head != 666 and head < 900
    good &= value // 10_000 % 100 != 0 and value % 10_000 != 0
    return good, GROUPED if mark == 45 else 0, i, ge[2], value


@njit
def phone_at(data, i, begin, digits, whole, ge, gl, gd, gsep, ng, shape):  # type: ignore[no-untyped-def]
    """Telephone numbers of other countries, to be judged by libphonenumber."""
    k, total, first, flags = 0, 0, i, 0
    while k < ng and total + gl[k] <= 15:
        total += gl[k]
        k += 1
    if k == 0:
        return False, 0, i, ge[0], 0
    before = data[i - 1] if i > begin else 0
    if before == 43 and total >= 8:
        first, flags = i - 1, PREFIXED | STRONG
    else:
        f = 1 if gl[0] == 1 and digits[0] == 1 and ng > 1 else 0
        d = gd[f]
        us = (shape >> (SHIFT * f)) & _THREE == _US_PHONE
        if us and digits[d] >= 2 and digits[d + 3] >= 2:
            k, total = f + 3, d + 10
            if gsep[f + 2] != 32 or gsep[f + 1] != 32:
                flags = STRONG
            if f == 0 and before == 40:
                first = i - 1
        elif total < 7:
            return False, 0, i, ge[0], 0
        elif before == 40 and ng > 1 and gsep[1] == 41:
            first = i - 1
    if k > 1:
        flags |= GROUPED
    return True, flags, first, ge[k - 1], whole[total]


@njit
def ipv4_at(i, digits, whole, ge, gl, gd, gsep, ng):  # type: ignore[no-untyped-def]
    """Four octets without leading zeros."""
    value = 0
    if ng < 4 or gsep[1] != 46 or gsep[2] != 46 or gsep[3] != 46:
        return False, 0, i, ge[0], value
    for k in range(4):
        n, d = gl[k], gd[k]
        if n > 3 or (n > 1 and digits[d] == 0):
            return False, 0, i, ge[0], value
        octet = whole[d + n] - whole[d] * _POWER[n]
        if octet > 255:
            return False, 0, i, ge[0], value
        value = value * 256 + octet
    return True, 0, i, ge[3], value


@njit
def uscc_at(data, i, begin, stop, gl, region):  # type: ignore[no-untyped-def]
    """Unified social credit codes: two characters, a division, an organisation code."""
    s = i
    if i > begin and (data[i - 1] == 97 or data[i - 1] == 110 or data[i - 1] == 121):  # A, N, Y
        s = i - 1
    if gl[0] + i - s < 8 or s + 18 > stop:
        return False, 0, i, i, 0
    if s > begin and (LETTERS[data[s - 1]] or DIGIT[data[s - 1]]):
        return False, 0, i, i, 0
    if LETTERS[data[s + 18]] or DIGIT[data[s + 18]]:
        return False, 0, i, i, 0
    code = 0
    for k in range(s + 2, s + 8):
        code = code * 10 + data[k] - 48
    real = 0 <= code < 1_000_000 and (region[code] or code % 100 == 0)
    if not real or not is_uscc(data, s):
        return False, 0, i, i, 0
    return True, 0 if is_organisation_code(data, s + 8) else UNCHECKED, s, s + 18, 0


@njit
def coordinates_at(data, i, begin, stop, whole, ge, gl, gsep, ng):  # type: ignore[no-untyped-def]
    """Two numbers with a point and four decimals or more, as latitudes and longitudes are."""
    end = ge[0]
    if ng < 2 or gsep[1] != 46 or gl[0] > 3 or gl[1] < 4 or gl[1] > 17:
        return False, 0, i, end, 0
    before = data[i - 1] if i > begin else 0
    end = _degrees_end(data, ge[1], stop)
    if end < stop and _COMPASS[data[end]]:
        end += 1
    marks = 0
    while end < stop and marks < 3 and _MARK[data[end]] > 0:
        end += _MARK[data[end]]
        marks += 1
    if before == 46 or marks == 0 or end >= stop:
        return False, 0, i, end, 0
    if data[end] == 45:
        end += 1
    point, other = end, 0
    while point < stop and DIGIT[data[point]] and point - end < 4:
        other = other * 10 + data[point] - 48
        point += 1
    if point == end or point - end > 3 or point + 1 >= stop or data[point] != 46:
        return False, 0, i, end, 0
    end = point + 1
    while end < stop and DIGIT[data[end]] and end - point <= 18:
        end += 1
    if end - point < 5 or end - point > 16 or (end < stop and data[end] == 46):
        return False, 0, i, end, 0
    one = whole[gl[0]]
    if one > 180 or other > 180 or (one > 90 and other > 90):
        return False, 0, i, end, 0
    end = _degrees_end(data, end, stop)
    if end < stop and _COMPASS[data[end]] and not LETTERS[data[end + 1]]:
        end += 1
    return True, 0, i - 1 if before == 45 else i, end, 0


@njit
def _degrees_end(data, i, stop):  # type: ignore[no-untyped-def]
    """The place behind a sign of degrees at i, or i."""
    return i + 2 if i + 1 < stop and data[i] == 0xC2 and data[i + 1] == 0xB0 else i
