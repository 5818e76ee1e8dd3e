"""Evasion undone around given places: the kernels of `corpus_audit.text.evasion.undo`."""

from __future__ import annotations

import numpy as np
from numba import njit

from corpus_audit.text.codepoints import decode, encode
from corpus_audit.text.fold import SEPARATOR
from corpus_audit.text.suspects import GAP, HAN, HARD, LETTER, TOKEN

#: What was undone before or at a character of an undone stretch.
SOFT_GAP, HARD_GAP, JOINED, REPEAT, LEET = 1, 2, 4, 8, 16
_AROUND = 72  # bytes of context on each side of a suspect: 24 Han characters
_LONGEST = 4096  # bytes of one stretch; denser evasion makes stretches that overlap


@njit(cache=True, nogil=True)
def stretches(data, places, row, offsets):  # type: ignore[no-untyped-def]
    """Join the surroundings of places, within documents, up to `_LONGEST` bytes."""
    n = len(places)
    first, last = np.empty(n, np.int64), np.empty(n, np.int64)
    rows = np.empty(n, np.int64)
    count = 0
    for k in range(n):
        begin = max(places[k] - _AROUND, offsets[row[k]])
        while (data[begin] & 0xC0) == 0x80:
            begin -= 1
        stop = min(places[k] + _AROUND, offsets[row[k] + 1] - 1)
        while (data[stop] & 0xC0) == 0x80:
            stop += 1
        joins = count > 0 and rows[count - 1] == row[k] and begin <= last[count - 1]
        if joins and stop - first[count - 1] <= _LONGEST:
            last[count - 1] = stop
            continue
        first[count], last[count], rows[count] = begin, stop, row[k]
        count += 1
    return first[:count], last[:count], rows[:count]


@njit(cache=True, nogil=True)
def undo(  # type: ignore[no-untyped-def]
    data, first, last, rows, classes, pairs, joined, parts, joinable,
    out, start, end, what, offsets, owner,
):  # fmt: skip
    room = 1
    for k in range(len(first)):
        room = max(room, last[k] - first[k] + 1)
    code, where, kind = (
        np.empty(room, np.uint32),
        np.empty(room, np.int64),
        np.empty(room, np.uint8),
    )
    char, begin, stop = (
        np.empty(room, np.uint32),
        np.empty(room, np.int64),
        np.empty(room, np.int64),
    )
    bits = np.empty(room, np.uint8)
    count = 0
    for k in range(len(first)):
        n = 0
        i = np.uint64(first[k])
        while i < np.uint64(last[k]):
            point, nbytes = decode(data, i)
            code[n], where[n], kind[n] = point, np.int64(i), classes[np.uint64(point)]
            n += 1
            i += nbytes
        where[n] = last[k]
        alone = first[k] == 0 or data[first[k] - 1] == SEPARATOR  # nothing stands before
        m, changed = _close_gaps(code, where, kind, n, alone, char, begin, stop, bits)
        m, more = _join_parts(char, begin, stop, bits, m, pairs, joined, parts, joinable)
        if changed or more:
            _write(
                char, begin, stop, bits, m, out, start, end, what, offsets, owner, count, rows[k]
            )
            count += 1
        for ones in range(2):
            told = _read_leet(
                char, begin, stop, bits, m, classes, ones,
                out, start, end, what, offsets, count,
            )  # fmt: skip
            if not told:
                break
            owner[count] = rows[k]
            count += 1
            if told == 1:  # the other reading would be the same
                break
    return count


@njit(cache=True, nogil=True)
def _close_gaps(code, where, kind, n, alone, char, begin, stop, bits):  # type: ignore[no-untyped-def]
    """Copy the characters, leaving out the gaps that may be there to evade."""
    m, j = 0, 0
    before = np.uint8(0)
    changed = False
    while j < n:
        if kind[j] > HARD:
            char[m], begin[m], stop[m], bits[m] = code[j], where[j], where[j + 1], before
            before = np.uint8(0)
            m += 1
            j += 1
            continue
        g, hard = j, False
        while g < n and kind[g] <= HARD:
            hard |= kind[g] == HARD
            g += 1
        if j > 0 and g < n and g - j <= GAP:
            x, y = j - 1, g
            x_lone = kind[x - 1] <= HARD if x > 0 else alone
            y_lone = y + 1 == n or kind[y + 1] <= HARD
            han = kind[x] == HAN and kind[y] == HAN
            beside = (kind[x] == HAN and kind[y] == LETTER and y_lone) or (
                kind[y] == HAN and kind[x] == LETTER and x_lone
            )
            letters = kind[x] == LETTER and kind[y] == LETTER
            leet = letters and g - j == 1 and (code[j] == 0x40 or code[j] == 0x24)
            if (x_lone and y_lone and not leet) or ((han or beside) and not hard):
                before = np.uint8(HARD_GAP if hard else SOFT_GAP)
                changed = True
                j = g
                continue
        while j < g:
            char[m], begin[m], stop[m], bits[m] = code[j], where[j], where[j + 1], 0
            m += 1
            j += 1
    return m, changed


@njit(cache=True, nogil=True)
def _join_parts(char, begin, stop, bits, m, pairs, joined, parts, joinable):  # type: ignore[no-untyped-def]
    """Put two characters that make one of a literal together, in place."""
    o, i = 0, 0
    while i < m:
        char[o], begin[o], stop[o], bits[o] = char[i], begin[i], stop[i], bits[i]
        if i + 1 < m and parts[np.uint64(char[i])]:
            key = np.int64(char[i]) << 21 | np.int64(char[i + 1])
            at = np.searchsorted(pairs, key)
            if at < len(pairs) and pairs[at] == key and joinable[np.uint64(joined[at])]:
                char[o], stop[o] = joined[at], stop[i + 1]
                bits[o] |= JOINED
                i += 1
        o += 1
        i += 1
    return o, o < m


@njit(cache=True, nogil=True, inline="always")
def _emit(out, start, end, what, o, point, begin, stop, bits):  # type: ignore[no-untyped-def]
    """Write a code point with its origin; returns the byte after it."""
    after = np.int64(encode(out, np.uint64(o), point))
    for b in range(o, after):
        start[b], end[b], what[b] = begin, stop, bits
    return after


@njit(cache=True, nogil=True)
def _write(  # type: ignore[no-untyped-def]
    char, begin, stop, bits, m, out, start, end, what, offsets, owner, count, row
):
    o = offsets[count]
    for i in range(m):
        o = _emit(out, start, end, what, o, char[i], begin[i], stop[i], bits[i])
    out[o] = SEPARATOR
    start[o], end[o], what[o] = stop[m - 1], stop[m - 1], 0
    offsets[count + 1] = o + 1
    owner[count] = row


@njit(cache=True, nogil=True, inline="always")
def _plain_letter(point, ones):  # type: ignore[no-untyped-def]
    """The letter that a leet character stands for, or 0. A 1 is an i, and in other texts an l."""
    if point == 0x30:
        return 0x6F
    if point == 0x31:
        return 0x6C if ones else 0x69
    if point == 0x33:
        return 0x65
    if point == 0x34 or point == 0x40:
        return 0x61
    if point == 0x35 or point == 0x24:
        return 0x73
    if point == 0x37:
        return 0x74
    return 0


@njit(cache=True, nogil=True)
def _read_leet(  # type: ignore[no-untyped-def]
    char, begin, stop, bits, m, classes, ones, out, start, end, what, offsets, count
):
    """Write with leet read and repeats shortened. 0: no change; 2: another reading differs."""
    o = offsets[count]
    told = 0
    i = 0
    while i < m:
        j, letters, leet = i, 0, 0
        while j < m:
            kind = classes[np.uint64(char[j])]
            reads = _plain_letter(char[j], ones) != 0
            if kind != LETTER and not reads:
                break
            letters += kind == LETTER
            leet += reads
            j += 1
        if j == i:
            o = _emit(out, start, end, what, o, char[i], begin[i], stop[i], bits[i])
            i += 1
            continue
        reading = letters > 0 and leet > 0 and j - i <= TOKEN
        while i < j:
            point, flag = np.int64(char[i]), bits[i]
            if reading and _plain_letter(point, ones):
                told = max(told, 2 if point == 0x31 else 1)
                point, flag = _plain_letter(point, ones), flag | LEET
            r = i + 1
            while r < j and char[r] == char[i]:
                r += 1
            times = r - i
            if times > 2 and point > 0x60:
                told, flag, times = 2, flag | REPEAT, ones + 1
                for _ in range(times):
                    o = _emit(out, start, end, what, o, point, begin[i], stop[r - 1], flag)
            else:
                for t in range(i, r):
                    o = _emit(out, start, end, what, o, point, begin[t], stop[t], flag)
            i = r
    if told:
        out[o] = SEPARATOR
        start[o], end[o], what[o] = stop[m - 1], stop[m - 1], 0
        offsets[count + 1] = o + 1
    return told


@njit(cache=True, nogil=True)
def undone_in(data, what, starts, ends, bits, full):  # type: ignore[no-untyped-def]
    for k in range(len(starts)):
        chars, gaps, seen = 0, 0, np.uint8(0)
        for i in range(starts[k], ends[k]):
            if (data[i] & 0xC0) == 0x80:
                continue
            flag = what[i]
            if i == starts[k]:
                flag &= ~np.uint8(SOFT_GAP | HARD_GAP)  # that gap is before the match
            chars += 1
            gaps += (flag & (SOFT_GAP | HARD_GAP)) != 0
            seen |= flag
        full[k] = chars > 2 and gaps == chars - 1
        bits[k] = 0 if (seen & HARD_GAP) and not full[k] else seen
