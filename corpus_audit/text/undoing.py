"""Evasion undone around given places: the kernels of `corpus_audit.text.evasion.undo`."""

from __future__ import annotations

import numpy as np
from numba import njit

from corpus_audit.text.codepoints import decode, encode
from corpus_audit.text.fold import SEPARATOR
from corpus_audit.text.known import DIGIT, HAN, HARD, LETTER, letter_of
from corpus_audit.text.suspects import GAP, parted

#: What was undone before or at a character of an undone stretch.
SOFT_GAP, HARD_GAP, JOINED, REPEAT, LEET, LOOKS = 1, 2, 4, 8, 16, 32
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
    data, first, last, rows, classes, pairs, joined, looks, parts, joinable,
    out, start, end, what, offsets, owner, origin,
):  # fmt: skip
    """Write each stretch in its ways; `start`, `end` and `origin` as `Undone` has them."""
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
    bits, letter = np.empty(room, np.uint8), np.empty(room, np.uint8)
    count = 0
    for k in range(len(first)):
        n, at = 0, np.uint64(first[k])
        while at < np.uint64(last[k]):
            point, nbytes = decode(data, at)
            code[n], where[n] = point, np.int64(at) - first[k]
            kind[n] = classes[np.uint64(point)]
            n += 1
            at += nbytes
        where[n] = last[k] - first[k]
        alone = first[k] == 0 or data[first[k] - 1] == SEPARATOR  # nothing stands before
        m, changed = _close_gaps(code, where, kind, n, alone, char, begin, stop, bits)
        m, more = _join_parts(char, begin, stop, bits, m, pairs, joined, parts, joinable)
        if changed or more:
            _write(char, begin, stop, bits, m, out, start, end, what, offsets, count)
            owner[count], origin[count] = rows[k], first[k]
            count += 1
        for i in range(m):
            kind[i], letter[i] = classes[np.uint64(char[i])], letter_of(char[i], looks)
        repeats, reads = _odd(char, kind, letter, m)
        for way in range(0 if repeats else 2, 3 if reads else 2):
            _read(
                char, kind, letter, begin, stop, bits, m, way,
                out, start, end, what, offsets, count,
            )  # fmt: skip
            owner[count], origin[count] = rows[k], first[k]
            count += 1
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
            x_lone = parted(kind[x], kind[x - 1]) if x > 0 else alone
            y_lone = y + 1 == n or parted(kind[y], kind[y + 1])
            han = kind[x] == HAN and kind[y] == HAN
            beside = (kind[x] == HAN and kind[y] == LETTER and y_lone) or (
                kind[y] == HAN and kind[x] == LETTER and x_lone
            )
            letters = kind[x] == LETTER and kind[y] == LETTER
            leet = letters and g - j == 1 and (code[j] == 0x40 or code[j] == 0x24)
            chain = (x_lone and y_lone and not leet) or (han and (x_lone or y_lone))
            if chain or ((han or beside) and not hard):
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
    char, begin, stop, bits, m, out, start, end, what, offsets, count
):
    o = offsets[count]
    for i in range(m):
        o = _emit(out, start, end, what, o, char[i], begin[i], stop[i], bits[i])
    out[o] = SEPARATOR
    start[o], end[o], what[o] = stop[m - 1], stop[m - 1], 0
    offsets[count + 1] = o + 1


@njit(cache=True, nogil=True, inline="always")
def _run(kind, letter, i, m):  # type: ignore[no-untyped-def]
    """The end of the run of letters and of what is read as one that begins at a character."""
    j = i
    while j < m and (kind[j] == LETTER or letter[j]):
        j += 1
    return j


@njit(cache=True, nogil=True, inline="always")
def _is_read(char, kind, letter, i, j, m):  # type: ignore[no-untyped-def]
    """Are leet and lookalikes in a run read? Not in numbers, nor in such as 3d."""
    letters, others, alike = 0, 0, 0
    for k in range(i, j):
        letters += kind[k] == LETTER
        others += letter[k] != 0
        alike += letter[k] != 0 and char[k] > 0x7F
    if others == 0 or (letters == 0 and alike < j - i):
        return False
    beside = (i > 0 and kind[i - 1] == HAN) or (j < m and kind[j] == HAN)
    return j - i > 2 or beside or kind[i] != DIGIT


@njit(cache=True, nogil=True)
def _odd(char, kind, letter, m):  # type: ignore[no-untyped-def]
    """Does a letter stand three times, and is leet or a lookalike read? Mostly neither."""
    repeats, reads, i = False, False, 0
    while i < m:
        j = _run(kind, letter, i, m)
        for k in range(i + 2, j):
            alike = char[k] == char[k - 1] and char[k] == char[k - 2]
            repeats |= alike and char[k] > 0x60
        reads = reads or (i < j and _is_read(char, kind, letter, i, j, m))
        i = max(j, i + 1)
    return repeats, reads


@njit(cache=True, nogil=True)
def _read(  # type: ignore[no-untyped-def]
    char, kind, letter, begin, stop, bits, m, way, out, start, end, what, offsets, count
):
    """Write with repeats made one (`way` 0) or two (1), or with leet and lookalikes read (2)."""
    o, i = offsets[count], 0
    while i < m:
        j = _run(kind, letter, i, m)
        if j == i:
            o = _emit(out, start, end, what, o, char[i], begin[i], stop[i], bits[i])
            i += 1
            continue
        reading = way == 2 and _is_read(char, kind, letter, i, j, m)
        while i < j:
            point, flag, r = np.int64(char[i]), bits[i], i + 1
            while way < 2 and r < j and char[r] == char[i]:
                r += 1
            if r - i > 2 and point > 0x60:
                for _ in range(way + 1):
                    o = _emit(out, start, end, what, o, point, begin[i], stop[r - 1], flag | REPEAT)
                i = r
                continue
            if reading and letter[i]:
                flag |= LEET if point < 0x80 else LOOKS
                point = np.int64(letter[i])
            elif reading and point == 0x6C:
                point = np.int64(0x69)
            o = _emit(out, start, end, what, o, point, begin[i], stop[i], flag)
            i += 1
    out[o] = SEPARATOR
    start[o], end[o], what[o] = stop[m - 1], stop[m - 1], 0
    offsets[count + 1] = o + 1


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
