"""Many literals at once in a folded text: the kernels of `corpus_audit.rules.literals`.

Each literal has a head: its first six bytes, which are two Han characters; of one that begins with
an ASCII word, that word, or eight bytes of a longer one; of a shorter one its first two characters,
or its only one. Behind the head a tail of six bytes, three or none belongs to its key.

A text is looked at where heads may stand: at each character beyond ASCII and the start of each
word, which come as masks of 64 bytes. Three tables turn them away, each asked only of what the one
before let pass: bits of heads, bits of keys, and the keys themselves. What is left is found by
bisection among the sorted literals. The first two are filled and asked without a branch.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from corpus_audit.text.masks import U1, between, eight, words, zeros

#: Bytes of an ASCII word in a folded text.
WORD = np.zeros(256, np.bool_)
WORD[[*b"abcdefghijklmnopqrstuvwxyz0123456789_"]] = True
#: Bytes of the character that a byte leads.
WIDTH = np.ones(256, np.uint8)
WIDTH[0xC0:], WIDTH[0xE0:], WIDTH[0xF0:] = 2, 3, 4

_STEP = 56  # bytes that a turn is about: of 64 the last eight are read ahead, for whole words
_TOGETHER = 32 * _STEP  # bytes that go through each of the tables together
_PADDED = 256  # zeros behind the last turns: a key is at most 14 bytes behind a place
MIX = np.uint64(0x9E37_79B9_7F4A_7C15)
_U0, _U3, _U4, _U6, _U8, _U15 = (np.uint64(n) for n in (0, 3, 4, 6, 8, 15))
_U32, _U38, _U55, _U63, _U64, _BYTE = (np.uint64(n) for n in (32, 38, 55, 63, 64, 255))
_STEPPED, _KEPT, _AT_ONCE = (np.uint64(n) for n in (_STEP, (1 << _STEP) - 1, _TOGETHER))
#: Kinds of literals, other than those with heads of six bytes and words.
MIXED, SHORT, SINGLE = 1, 2, 4


@njit(cache=True, nogil=True, inline="always")
def _first(x, size):  # type: ignore[no-untyped-def]
    """The first `size` bytes, one to eight, of eight."""
    unused = _U64 - _U8 * size
    return x << unused >> unused


@njit(cache=True, nogil=True, inline="always")
def hashed(x, size):  # type: ignore[no-untyped-def]
    """A hash of the first `size` bytes, one to eight, of eight."""
    return _first(x, size) * MIX


@njit(cache=True, nogil=True, inline="always")
def keyed(head, behind, size):  # type: ignore[no-untyped-def]
    """A hash of a head, given as its hash, and of a tail: the first `size` of eight bytes."""
    return ((head ^ _first(behind, size)) * MIX if size else head) | U1


@njit(cache=True, nogil=True, inline="always")
def _has(bits, shift, key):  # type: ignore[no-untyped-def]
    """1 where a table of bits may hold a hash, which sets one of them, else 0."""
    return bits[key >> shift] >> (key >> _U32 & _U63) & U1


@njit(cache=True, nogil=True, inline="always")
def has_both(bits, shift, key):  # type: ignore[no-untyped-def]
    """1 where a table of bits may hold a hash, which sets two of them, else 0."""
    word = bits[key >> shift]
    return (word >> (key >> _U32 & _U63)) & (word >> (key >> _U38 & _U63)) & U1


@njit(cache=True, nogil=True, inline="always")
def _slot(keys, key):  # type: ignore[no-untyped-def]
    """Where a key stands in the exact table, or would stand; an empty slot holds 0."""
    mask = np.uint64(len(keys) - 1)
    slot = (key >> _U32) & mask
    while keys[slot] != key and keys[slot] != _U0:
        slot = (slot + U1) & mask
    return slot


@njit(cache=True, nogil=True, inline="always")
def characters(x):  # type: ignore[no-untyped-def]
    """Bytes of the first two characters of eight, six at most."""
    wide = np.uint64(WIDTH[x & _BYTE])
    return min(wide + np.uint64(WIDTH[x >> _U8 * wide & _BYTE]), _U6)


@njit(cache=True, nogil=True)
def index(text, offsets, loose, shift, heads, bits, keys, ranges, parent, starts, hashes, kinds):  # type: ignore[no-untyped-def]
    """Fill the tables for sorted literals, behind which stand eight zeros.

    `ranges`: which literals have a key, from and to; `parent`: the longest literal that another one
    begins with, or -1; `starts`: ASCII bytes, other than the first ones of words, that begin one;
    `hashes`: of the head and the key of each; `kinds`: one of three, where heads are shorter.
    """
    for k in range(len(offsets) - 1):
        i, stop = np.uint64(offsets[k]), np.uint64(offsets[k + 1])
        parent[k] = k - 1
        while parent[k] >= 0:  # one literal is all of it that stands there
            size, same = _matched(text, offsets, parent[k], text, i)
            if same == size and size <= stop - i:
                break
            parent[k] = parent[parent[k]]
        size, x, head = stop - i, eight(text, i), _U0
        word = WORD[text[i]] and not loose[k]
        if word:
            while head < min(size, _U8) and WORD[text[i + head]]:
                head += U1
        else:
            head = min(characters(x) if size < _U6 else _U6, size)
            ascii = text[i] < 0x80
            starts[text[i]] |= ascii
            if head == np.uint64(WIDTH[text[i]]):
                kinds[k] = SINGLE
            elif head < _U6:
                mixed = ascii or (WIDTH[text[i]] == 3 and WORD[text[i + _U3]])
                kinds[k] = MIXED if mixed else SHORT
        first, rest = hashed(x, head), size - head if word or head == _U6 else _U0
        heads[first >> shift] |= U1 << (first >> _U32 & _U63)
        tail = _U6 if rest >= _U6 else _U3 if rest >= _U3 else _U0
        key = keyed(first, eight(text, i + head), tail)
        hashes[k, 0], hashes[k, 1] = first, key
        bits[key >> shift] |= U1 << (key >> _U32 & _U63) | U1 << (key >> _U38 & _U63)
        slot = _slot(keys, key)
        if keys[slot] == _U0:
            keys[slot], ranges[slot, 0] = key, k
        ranges[slot, 1] = k + 1


@njit(cache=True, nogil=True, inline="always")
def _matched(text, offsets, k, data, at):  # type: ignore[no-untyped-def]
    """The bytes that literal k has, and how many of them stand at a byte of data."""
    i, end = np.uint64(offsets[k]), np.uint64(offsets[k + 1])
    size, same = end - i, _U0
    while same < size and text[i + same] == data[at + same]:
        same += U1
    return size, same


@njit(cache=True, nogil=True, inline="always")
def _maybe(data, at, head, shift, bits):  # type: ignore[no-untyped-def]
    """1 where a key with a head of so many bytes may stand, else 0."""
    first, behind = hashed(eight(data, at), head), eight(data, at + head)
    hit = has_both(bits, shift, keyed(first, behind, _U6))
    hit |= has_both(bits, shift, keyed(first, behind, _U3))
    return hit | has_both(bits, shift, keyed(first, behind, _U0))


@njit(cache=True, nogil=True, inline="always")
def _spread(mask, base, out, n, together):  # type: ignore[no-untyped-def]
    """Write `base` and the place of each bit of a mask: how many are written then.

    Several at a time, because each end of a loop is a guess of the processor that fails.
    """
    count = n
    while mask:
        for _ in range(together):
            out[count] = base + zeros(mask)
            count += np.int64(mask != _U0)
            mask &= mask - U1
    return count


@njit(cache=True, nogil=True)
def candidates(data, begin, kinds, others, shift, heads, bits, out):  # type: ignore[no-untyped-def]
    """Fill `out` with places from byte `begin` on at which a key may stand, nearly in order:
    (count, where to go on).

    Beside the byte stands the size of a head that is a word; 15 for one of six bytes; 0 for any
    other.
    """
    i, stop, n = np.uint64(begin), np.uint64(len(data)), np.int64(0)
    room = _TOGETHER + 64
    chars, odd = np.empty(room, np.uint64), np.empty(room, np.uint64)
    starts = np.empty(room, np.uint64)
    padded, source, base = np.zeros(2 * _PADDED, np.uint8), data, _U0
    inside, whole = np.uint64(i > _U0 and WORD[data[i - U1]]), True
    while i < stop and n + 3 * _TOGETHER < len(out):
        if whole and stop - i < _PADDED:
            padded[: stop - i] = data[i:]
            source, base, i, stop, whole = padded, i, _U0, stop - i, False
        end = min(i + _AT_ONCE, stop - np.uint64(_PADDED - _STEP)) if whole else stop
        a, b, c = 0, 0, np.int64(0)
        while i < end:
            word, lead, other = words(source, i), between(source, i, 0xC0, 0xFF), _U0
            for k in range(len(others)):
                other |= between(source, i, others[k], others[k])
            short = lead | other if kinds & SINGLE else lead & word >> _U3 | other
            if kinds & SHORT:  # not only a character and a word, but all but two Han characters
                short |= lead & ~(between(source, i, 0xE0, 0xFF) >> _U3)
            if not kinds:
                short = _U0
            asked = (lead | other) & ~short & _KEPT
            hits, mask = _U0, asked
            while mask:  # six at a time, because each end of a loop is a guess that fails
                for _ in range(6):
                    at = zeros(mask) & _U63  # of no bit 0, which counts only if it was asked
                    hits |= _has(heads, shift, hashed(eight(source, i + at), _U6)) << at
                    mask &= mask - U1
            a = _spread(hits & asked, i, chars, a, 3)
            b = _spread(short & _KEPT, i, odd, b, 4)
            mask = word & ~(word << U1 | inside) & _KEPT
            inside = word >> _U55 & U1
            while mask:
                for _ in range(4):
                    first = zeros(mask) & _U63
                    starts[c] = (i + first) << _U4 | min(zeros(~(word >> first)), _U8)
                    c += np.int64(mask != _U0)
                    mask &= mask - U1
            i += _STEPPED
        for p in range(a):
            out[n] = (base + chars[p]) << _U4 | _U15
            n += np.int64(_maybe(source, chars[p], _U6, shift, bits))
        for p in range(b):
            x, hit = eight(source, odd[p]), _maybe(source, odd[p], _U6, shift, bits)
            hit |= has_both(bits, shift, hashed(x, characters(x)) | U1)
            hit |= has_both(bits, shift, hashed(x, np.uint64(WIDTH[x & _BYTE])) | U1)
            out[n] = (base + odd[p]) << _U4
            n += np.int64(hit)
        kept = np.int64(0)
        for p in range(c):
            at, size = starts[p] >> _U4, starts[p] & _U15
            starts[kept] = starts[p]
            kept += np.int64(_has(heads, shift, hashed(eight(source, at), size)))
        for p in range(kept):
            at, size = starts[p] >> _U4, starts[p] & _U15
            out[n] = (base + at) << _U4 | size
            n += np.int64(_maybe(source, at, size, shift, bits))
    return n, np.int64(base + i)


@njit(cache=True, nogil=True, inline="always")
def _eight(data, i):  # type: ignore[no-untyped-def]
    """The eight bytes at i; zeros behind the end. `data` has eight bytes at least."""
    at = min(i, np.uint64(len(data)) - _U8)
    behind = (i - at) * _U8
    return eight(data, at) >> behind if behind < _U64 else _U0


@njit(cache=True, nogil=True)
def _keys_at(data, at, head, keys, ranges, text, offsets):  # type: ignore[no-untyped-def]
    """Which literals have the longest key that stands at a byte with a head of so many bytes."""
    first, behind, tail = hashed(_eight(data, at), head), _eight(data, at + head), _U6
    while True:
        slot = _slot(keys, keyed(first, behind, tail))
        if keys[slot]:
            low, high = np.int64(ranges[slot, 0]), np.int64(ranges[slot, 1])
            if _matched(text, offsets, low, data, at)[1] >= head + tail:
                return low, high
        if not tail:
            return 0, 0
        tail -= _U3


@njit(cache=True, nogil=True)
def occurrences(data, places, keys, ranges, text, offsets, loose, parent):  # type: ignore[no-untyped-def]
    """Literal, start and end of every occurrence that starts at one of the places.

    Those that are not `loose` do not stand within an ASCII word, at neither end. With a key stand
    the last of the sorted literals that does not come behind the text, and those that this one
    begins with: they are all there are, for the longest key is looked for first.
    """
    n = 0
    literals, starts = np.empty(len(places) + 16, np.int64), np.empty(len(places) + 16, np.int64)
    ends = np.empty(len(places) + 16, np.int64)
    for p in range(len(places)):
        at, size = places[p] >> _U4, places[p] & _U15
        word = _U0 < size < _U15
        x, head = _eight(data, at), size if word else _U6
        left, right = _keys_at(data, at, head, keys, ranges, text, offsets)
        if right == 0 and size == _U0:
            head = characters(x)
            left, right = _keys_at(data, at, head, keys, ranges, text, offsets)
        if right == 0 and size == _U0:
            head = np.uint64(WIDTH[x & _BYTE])
            left, right = _keys_at(data, at, head, keys, ranges, text, offsets)
        if right == 0:
            continue
        while left < right:  # the first literal that comes behind the text
            middle = (left + right) >> 1
            size, same = _matched(text, offsets, middle, data, at)
            if same == size or text[np.uint64(offsets[middle]) + same] < data[at + same]:
                left = middle + 1
            else:
                right = middle
        k = left - 1
        while k >= 0:
            size, same = _matched(text, offsets, k, data, at)
            if same == size:
                end = at + size
                cut = WORD[data[end - U1]] and WORD[data[end]]
                cut |= WORD[data[at]] and not word
                fits = not word if loose[k] else not cut  # loose ones stand as characters
                if fits:
                    if n == len(starts):
                        literals = np.concatenate((literals, np.empty(n, np.int64)))
                        starts = np.concatenate((starts, np.empty(n, np.int64)))
                        ends = np.concatenate((ends, np.empty(n, np.int64)))
                    literals[n], starts[n], ends[n] = k, at, end
                    n += 1
            k = parent[k]
    return literals[:n], starts[:n], ends[:n]
