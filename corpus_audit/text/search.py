"""Many literals at once in a folded text: the kernels of `corpus_audit.rules.literals`.

A literal is looked for where its key stands: its first eight bytes; of a shorter one its first two
characters; of a shorter one that begins with an ASCII word, that word with two bytes or a character
behind it, or the word alone. A small table of bits turns nearly all places away, by whole
characters and words and hardly with a branch (`candidates`). What is left is asked of an exact
table of keys, then found by bisection among the sorted literals (`occurrences`).
"""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

#: Bytes of an ASCII word in a folded text.
WORD = np.zeros(256, np.bool_)
WORD[[*b"abcdefghijklmnopqrstuvwxyz0123456789_"]] = True
#: Bytes of the character that a byte leads.
WIDTH = np.ones(256, np.uint8)
WIDTH[0xC0:], WIDTH[0xE0:], WIDTH[0xF0:] = 2, 3, 4
_BEHIND = np.maximum(WIDTH, 2)  # bytes of a key behind a word: a space alone would say nothing

_MIX = np.uint64(0x9E37_79B9_7F4A_7C15)
_U0, _U1, _U7, _U8 = (np.uint64(n) for n in (0, 1, 7, 8))
_U20, _U26, _U56, _U63, _BYTE = (np.uint64(n) for n in (20, 26, 56, 63, 255))
_FIRST = np.array([(1 << 8 * min(n, 8)) - 1 for n in range(13)], np.uint64)  # the first n bytes
_EACH, _LOW, _HIGH = (np.uint64(byte * 0x0101_0101_0101_0101) for byte in (1, 0x7F, 0x80))
_DIGIT, _DIGITS = (np.uint64((0x80 - n) * 0x0101_0101_0101_0101) for n in (0x30, 0x3A))
_A, _Z, _LINE = (np.uint64(n * 0x0101_0101_0101_0101) for n in (0x80 - 0x61, 0x80 - 0x7B, 0x5F))
_COUNT = np.uint64(0x0001_0203_0405_0607)
_START, _SINGLE = np.uint8(1), np.uint8(2)


@intrinsic
def _load(_context, data, i):  # type: ignore[no-untyped-def]
    """Eight bytes from any byte on in one load: numba would do eight."""

    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
        array = context.make_array(signature.args[0])(context, builder, args[0])
        eight = ir.IntType(64)
        place = builder.gep(array.data, [args[1]])
        return builder.load(builder.bitcast(place, eight.as_pointer()), align=1)

    return types.uint64(data, i), generate


@njit(cache=True, nogil=True, inline="always")
def _eight(data, i):  # type: ignore[no-untyped-def]
    """The eight bytes at i as one number, the first one lowest; zeros behind the end.

    `data` has eight bytes at least.
    """
    at = min(i, np.uint64(len(data)) - _U8)
    return _load(data, at) >> (i - at) * _U8


@njit(cache=True, nogil=True, inline="always")
def _word_bytes(x):  # type: ignore[no-untyped-def]
    """How many of the eight bytes of x, from the first one on, are of an ASCII word."""
    low = x & _LOW  # the sums below carry into the high bit of their byte, never further
    letter = (low + _A) & ~(low + _Z)
    digit = (low + _DIGIT) & ~(low + _DIGITS)
    line = ~((low ^ _LINE) + _LOW)
    other = ~((letter | digit | line) & ~x) & _HIGH
    if other == _U0:
        return _U8
    return ((other & (~other + _U1)) >> _U7) * _COUNT >> _U56


@njit(cache=True, nogil=True, inline="always")
def _more(x, i, widths):  # type: ignore[no-untyped-def]
    """Of eight bytes, the first i and, as `widths` say of the one behind, some more."""
    return x & _FIRST[i + np.uint64(widths[x >> (i * _U8 & _U56) & _BYTE])]


@njit(cache=True, nogil=True, inline="always")
def _two(key, shift):  # type: ignore[no-untyped-def]
    """A word of the table of bits, and two of its bits, for a key."""
    mixed = key * _MIX
    return mixed >> shift, mixed >> _U20 & _U63, mixed >> _U26 & _U63


@njit(cache=True, nogil=True, inline="always")
def _maybe(bits, shift, key):  # type: ignore[no-untyped-def]
    """1 where a key may be among those of the table, else 0."""
    at, one, other = _two(key, shift)
    return (bits[at] >> one) & (bits[at] >> other) & _U1


@njit(cache=True, nogil=True, inline="always")
def _slot(keys, key):  # type: ignore[no-untyped-def]
    """Where a key stands in the exact table, or would stand; an empty slot holds 0."""
    mask = np.uint64(len(keys) - 1)
    slot = (key * _MIX >> np.uint64(32)) & mask
    while keys[slot] != key and keys[slot] != _U0:
        slot = (slot + _U1) & mask
    return slot


@njit(cache=True, nogil=True)
def index(text, offsets, loose, shift, bits, keys, low, high, parent, starts, further):  # type: ignore[no-untyped-def]
    """Fill the tables for sorted literals.

    `low` and `high`: which literals have a key; `parent`: the longest literal that another one
    begins with, or -1; `starts`: bytes that begin a literal, but no word, and whether one that is
    a single character; `further`: bytes that loose ones begin with which begin with a word.
    """
    for k in range(len(offsets) - 1):
        i, stop = np.uint64(offsets[k]), np.uint64(offsets[k + 1])
        parent[k] = k - 1
        while parent[k] >= 0 and not _begins(text, offsets, parent[k], i, stop):
            parent[k] = parent[parent[k]]
        size, word = stop - i, WORD[text[i]]
        key = _eight(text, i) & _FIRST[min(size, _U8)]
        first, widths = np.uint64(WIDTH[text[i]]), WIDTH
        if not word:
            starts[text[i]] |= _SINGLE if first == size else _START
        elif loose[k]:
            further[text[i]] = True
        else:
            first, widths = _word_bytes(key), _BEHIND
        if size < _U8:
            whole = first == size or first + widths[text[i + first]] <= size
            key = _more(key, first, widths) if whole else key & _FIRST[first]
        slot = _slot(keys, key)
        keys[slot] = key
        low[slot], high[slot] = min(low[slot], k), max(high[slot], k + 1)
        word_at, one, other = _two(key, shift)
        bits[word_at] |= _U1 << one | _U1 << other


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
def candidates(data, begin, shift, bits, starts, out):  # type: ignore[no-untyped-def]
    """Fill `out` with bytes from `begin` on at which a key may stand: (count, where to go on)."""
    i, stop, n, room = np.uint64(begin), np.uint64(len(data)), 0, len(out) - 1
    spaces = np.uint64(starts[0x20] == 0)
    while i < stop and n < room:
        b, here = data[i], i
        if b < 0x80 and WORD[b]:
            x = _eight(data, i)
            size = _word_bytes(x)
            hit = _maybe(bits, shift, x) | _maybe(bits, shift, x & _FIRST[size])
            hit |= _maybe(bits, shift, _more(x, size, _BEHIND))
            i += size
            while size == _U8:
                size = _word_bytes(_eight(data, i))
                i += size
            i += spaces & np.uint64(data[i] == 0x20)  # not worth a turn
        elif b >= 0x80 or starts[b]:  # nearly all of the former begin some literal
            x, wide = _eight(data, i), np.uint64(WIDTH[b])
            hit = _maybe(bits, shift, x) | _maybe(bits, shift, _more(x, wide, WIDTH))
            if starts[b] & _SINGLE:
                hit |= _maybe(bits, shift, x & _FIRST[wide])
            i += wide
        else:
            i += _U1
            continue
        out[n] = here
        n += hit
    return n, np.int64(i)


@njit(cache=True, nogil=True)
def standing(data, begin, byte, out):  # type: ignore[no-untyped-def]
    """Fill `out` with places of one byte from `begin` on: (count, where to go on)."""
    i, stop, n, room = np.uint64(begin), np.uint64(len(data)), 0, len(out) - 8
    each = np.uint64(byte) * _EACH
    while i < stop and n < room:
        x = _eight(data, i) ^ each
        found = ~((x & _LOW) + _LOW | x) & _HIGH  # of the bytes that are zero
        while found:
            out[n] = i + (((found & (~found + _U1)) >> _U7) * _COUNT >> _U56)
            n += 1
            found &= found - _U1
        i += _U8
    return n, np.int64(i)


@njit(cache=True, nogil=True)
def occurrences(data, at, anywhere, keys, low, high, text, offsets, loose, parent):  # type: ignore[no-untyped-def]
    """Literal, start and end of every occurrence that starts at one of the bytes `at`.

    Those that are not `loose` do not stand within an ASCII word, at neither end. `anywhere`: look
    for those that `further` is about, which may begin within a word. A longer key comes first: its
    literals, and those that they begin with, are all there are.
    """
    n = 0
    literals, starts = np.empty(len(at) + 16, np.int64), np.empty(len(at) + 16, np.int64)
    ends = np.empty(len(at) + 16, np.int64)
    for p in range(len(at)):
        here = np.uint64(at[p])
        x, first, widths = _eight(data, here), np.uint64(WIDTH[data[here]]), WIDTH
        if WORD[data[here]] and not anywhere:
            first, widths = _word_bytes(x), _BEHIND
        slot = _slot(keys, x)
        if keys[slot] == _U0 and first < _U8:
            slot = _slot(keys, _more(x, first, widths))
            if keys[slot] == _U0:
                slot = _slot(keys, x & _FIRST[first])
        if keys[slot] == _U0:
            continue
        left, right = np.int64(low[slot]), np.int64(high[slot])
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
        inside = here > _U0 and WORD[data[here]] and WORD[data[here - _U1]]
        k = left - 1
        while k >= 0:
            i, end, j = np.uint64(offsets[k]), np.uint64(offsets[k + 1]), here
            while i < end and text[i] == data[j]:
                i += _U1
                j += _U1
            if i == end and (loose[k] or not (inside or (WORD[data[j - _U1]] and WORD[data[j]]))):
                if n == len(starts):
                    literals = np.concatenate((literals, np.empty(n, np.int64)))
                    starts = np.concatenate((starts, np.empty(n, np.int64)))
                    ends = np.concatenate((ends, np.empty(n, np.int64)))
                literals[n], starts[n], ends[n] = k, here, j
                n += 1
            k = parent[k]
    return literals[:n], starts[:n], ends[:n]
