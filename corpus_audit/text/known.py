"""What is known of literals: which characters stand side by side in one, and which words it has.

A table of bits by hash, filled once (`know`) and asked of what looks like evasion.
"""

from __future__ import annotations

import numpy as np
from numba import njit

#: What a code point of a folded text is. SOFT is put between the characters of a word; HARD parts
#: sentences, so it takes more to believe in evasion.
SOFT, HARD, LETTER, DIGIT, HAN, OTHER, STOP = range(7)
HASH, HASH_BITS = 1_000_003, 20
#: What is known of two or three characters, or a word, by its hash: bits of `Neighbours.known`.
PAIR, WHOLE, TRIPLE, WORD = 1, 2, 4, 8
#: Two sets of literals share a table, of four bits each: the first bit of each.
EACH = 0x11


@njit(cache=True, nogil=True, inline="always")
def sets(known, bit):  # type: ignore[no-untyped-def]
    """Of which sets something is known: some of the bits of `EACH`."""
    return np.int64(known) // bit & EACH


@njit(cache=True, nogil=True, inline="always")
def hashed(left, right):  # type: ignore[no-untyped-def]
    """Where `known` says something of two characters, or of a hash and one more."""
    return (np.int64(left) * HASH + np.int64(right)) & ((1 << HASH_BITS) - 1)


@njit(cache=True, nogil=True, inline="always")
def letter_of(point, looks):  # type: ignore[no-untyped-def]
    """The letter that a leet character or a lookalike stands for, or 0."""
    return np.int64(looks[np.uint64(point)]) if point < len(looks) else 0


@njit(cache=True, nogil=True, inline="always")
def plain_letter(point, looks):  # type: ignore[no-untyped-def]
    """A character of a word as words are compared: leet and lookalikes read, l as i."""
    letter = letter_of(point, looks)
    point = letter if letter else point
    return 0x69 if point == 0x6C else point


@njit(cache=True, nogil=True, inline="always")
def in_word(point, classes, looks):  # type: ignore[no-untyped-def]
    kind = classes[np.uint64(point)]
    return kind in (LETTER, DIGIT) or letter_of(point, looks) != 0


@njit(cache=True, nogil=True)
def know(points, offsets, classes, looks, known):  # type: ignore[no-untyped-def]
    """Write down what `known` says of some texts, given as code points."""
    for t in range(len(offsets) - 1):
        first, last = offsets[t], offsets[t + 1]
        for i in range(first, last - 1):
            pair = hashed(points[i], points[i + 1])
            known[pair] |= PAIR
            if last - first == 2:
                known[pair] |= WHOLE
            if i + 2 < last:
                known[hashed(pair, points[i + 2])] |= TRIPLE
        word, before = np.int64(0), np.int64(0)
        for i in range(first, last + 1):
            if i < last and in_word(points[i], classes, looks):
                letter = np.int64(plain_letter(points[i], looks))
                if letter != before:
                    word = hashed(word, letter)
                before = letter
            else:
                if before:
                    known[word] |= WORD
                word = before = np.int64(0)
