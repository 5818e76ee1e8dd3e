"""Many literals at once in a folded text: the kernels of `corpus_audit.rules.literals`.

A literal is looked for where its key stands: the whole first word of one that begins with an ASCII
word, else its first two characters; then a longer key, of three and one character more. Tables of
hashed keys turn nearly all places away (`places`); what is left is found by bisection among the
sorted literals (`occurrences`).
"""

from __future__ import annotations

import numpy as np
from numba import njit

#: Bytes of an ASCII word in a folded text.
WORD = np.zeros(256, np.bool_)
WORD[[*b"abcdefghijklmnopqrstuvwxyz0123456789_"]] = True

_MIX = np.uint64(0x9E37_79B9_7F4A_7C15)
_U0, _U1, _U2, _U3, _U4, _U8, _U32 = (np.uint64(n) for n in (0, 1, 2, 3, 4, 8, 32))
#: Of a key: some literal has no longer one; some has; some literal is that one character.
_LAST, _MORE, _SINGLE = np.uint8(1), np.uint8(2), np.uint8(4)
_WORD, _PAIR = 3, 1  # characters that the longer key of a word, and of two characters, has more


@njit(cache=True, nogil=True, inline="always")
def _char(data, i):  # type: ignore[no-untyped-def]
    """The bytes of the character at i as one number, and their count."""
    b = np.uint64(data[i])
    if b < 0x80:
        return b, _U1
    if b < 0xE0:
        return b << _U8 | np.uint64(data[i + _U1]), _U2
    b = b << _U8 | np.uint64(data[i + _U1])
    if b < 0xF000:
        return b << _U8 | np.uint64(data[i + _U2]), _U3
    return (b << _U8 | np.uint64(data[i + _U2])) << _U8 | np.uint64(data[i + _U3]), _U4


@njit(cache=True, nogil=True, inline="always")
def _more(key, char):  # type: ignore[no-untyped-def]
    return (key ^ key >> _U32) * _MIX + char


@njit(cache=True, nogil=True, inline="always")
def _slot(key, shift):  # type: ignore[no-untyped-def]
    return key * _MIX >> shift


@njit(cache=True, nogil=True)
def index(text, offsets, loose, word, shift, keys, longer, low, high, parent, further):  # type: ignore[no-untyped-def]
    """Fill the tables for sorted literals.

    `low` and `high`: which literals have the first key; `parent`: the longest literal that another
    one begins with, or -1; `further`: bytes that literals for `further_places` begin with.
    """
    for k in range(len(offsets) - 1):
        i, stop = np.uint64(offsets[k]), np.uint64(offsets[k + 1])
        parent[k] = k - 1
        while parent[k] >= 0 and not _begins(text, offsets, parent[k], i, stop):
            parent[k] = parent[parent[k]]
        a, wide = _char(text, i)
        if word[text[i]] and not loose[k]:
            key, begin = _U0, i
            while i < stop and word[text[i]]:
                key = key << _U8 | np.uint64(text[i])
                i += _U1
            key, more = key + (i - begin), _WORD
        elif i + wide == stop:
            further[text[i]] = True
            slot = _slot(a, shift)
            keys[slot] |= _SINGLE
            low[slot], high[slot] = min(low[slot], k), max(high[slot], k + 1)
            continue
        else:
            further[text[i]] |= word[text[i]]
            b, w = _char(text, i + wide)
            key, more = a << _U32 | b, _PAIR
            i += wide + w
        slot = _slot(key, shift)
        low[slot], high[slot] = min(low[slot], k), max(high[slot], k + 1)
        while i < stop and more:
            a, wide = _char(text, i)
            key = _more(key, a)
            i += wide
            more -= 1
        keys[slot] |= _LAST if more else _MORE
        if not more:
            longer[_slot(key, shift - _U2)] = True


@njit(cache=True, nogil=True)
def _begins(text, offsets, k, i, stop):  # type: ignore[no-untyped-def]
    """Do the bytes from i to stop begin with literal k?"""
    at, end = np.uint64(offsets[k]), np.uint64(offsets[k + 1])
    if end - at > stop - i:
        return False
    while at < end:
        if text[at] != text[i]:
            return False
        at += _U1
        i += _U1
    return True


@njit(cache=True, nogil=True)
def places(data, begin, word, shift, keys, longer, out, slots):  # type: ignore[no-untyped-def]
    """Fill `out` with bytes from `begin` on at which a key stands; returns (count, where to go on).

    `data` ends with a byte 0, which no literal holds.
    """
    i, stop, n, room = np.uint64(begin), np.uint64(len(data)), 0, len(out)
    while i < stop and n < room:
        here = i
        if word[data[i]]:
            key = _U0
            while word[data[i]]:
                key = key << _U8 | np.uint64(data[i])
                i += _U1
            key, more, j = key + (i - here), _WORD, i
        else:
            a, wide = _char(data, i)
            i += wide
            if a == 0 or data[i] == 0:
                continue
            b, wide = _char(data, i)
            key, more, j = a << _U32 | b, _PAIR, i + wide
        slot = _slot(key, shift)
        flags = keys[slot] & (_LAST | _MORE)
        if not flags:
            continue
        if flags == _MORE:
            while more and data[j] != 0:
                a, wide = _char(data, j)
                key = _more(key, a)
                j += wide
                more -= 1
            if more or not longer[_slot(key, shift - _U2)]:
                continue
        out[n], slots[n] = here, slot
        n += 1
    return n, np.int64(i)


@njit(cache=True, nogil=True)
def further_places(data, begin, word, shift, keys, further, out, slots):  # type: ignore[no-untyped-def]
    """The same for literals of one character, and for loose ones that begin with a word."""
    i, stop, n, room = np.uint64(begin), np.uint64(len(data)), 0, len(out) - 1
    while i < stop and n < room:
        if not further[data[i]]:
            i += _U1
            continue
        a, wide = _char(data, i)
        slot = _slot(a, shift)
        if keys[slot] & _SINGLE:
            out[n], slots[n] = i, slot
            n += 1
        if word[data[i]] and data[i + wide] != 0:
            b, _w = _char(data, i + wide)
            slot = _slot(a << _U32 | b, shift)
            if keys[slot] & (_LAST | _MORE):
                out[n], slots[n] = i, slot
                n += 1
        i += wide
    return n, np.int64(i)


@njit(cache=True, nogil=True)
def occurrences(data, at, low, high, text, offsets, loose, word, parent):  # type: ignore[no-untyped-def]
    """Literal, start and end of every occurrence that starts at one of the bytes `at`.

    `low` and `high` say for each byte between which literals to look. Those that are not `loose`
    do not stand within an ASCII word, at neither end.
    """
    n = 0
    literals, starts = np.empty(len(at) + 16, np.int64), np.empty(len(at) + 16, np.int64)
    ends = np.empty(len(at) + 16, np.int64)
    for p in range(len(at)):
        here = np.uint64(at[p])
        left, right = np.int64(low[p]), np.int64(high[p])
        if data[here] < text[offsets[left]] or data[here] > text[offsets[right - 1]]:
            continue  # of another key with the same hash
        while left < right:  # the first literal that comes behind the text here
            middle = (left + right) >> 1
            i, end, j = np.uint64(offsets[middle]), np.uint64(offsets[middle + 1]), here
            while i < end and text[i] == data[j]:
                i += _U1
                j += _U1
            if i == end or text[i] < data[j]:
                left = middle + 1
            else:
                right = middle
        inside = here > _U0 and word[data[here]] and word[data[here - _U1]]
        k = left - 1
        while k >= 0:
            i, end, j = np.uint64(offsets[k]), np.uint64(offsets[k + 1]), here
            while i < end and text[i] == data[j]:
                i += _U1
                j += _U1
            if i == end and (loose[k] or not (inside or (word[data[j - _U1]] and word[data[j]]))):
                if n == len(starts):
                    literals = np.concatenate((literals, np.empty(n, np.int64)))
                    starts = np.concatenate((starts, np.empty(n, np.int64)))
                    ends = np.concatenate((ends, np.empty(n, np.int64)))
                literals[n], starts[n], ends[n] = k, here, j
                n += 1
            k = parent[k]
    return literals[:n], starts[:n], ends[:n]
