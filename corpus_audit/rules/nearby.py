"""Could a word of some list stand near a match? Cheap, and wrong only when it says that one may.

Of the many matches of common anchors few have near them what their rules want. To search all words
of all lists around each of them would cost more than to search the text for anchors. So each list
has its words' keys (`corpus_audit.text.search`) in two tables of bits that all lists share, each
with its own salt, and only the lists that the rule of a match names are asked.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from corpus_audit.rules.literals import Literals
from corpus_audit.text.buffers import Bytes, Int64s
from corpus_audit.text.masks import U1, between, eight, words, zeros
from corpus_audit.text.search import (
    MIX,
    SINGLE,
    WIDTH,
    WORD,
    characters,
    has_both,
    hashed,
    keyed,
)  # fmt: skip

_BEHIND = 128  # bytes that are read ahead, at most
_STEP = 56
_U0, _U3, _U6, _U8, _BYTE = (np.uint64(n) for n in (0, 3, 6, 8, 255))
_WORDS = 14  # of 64 bits, as a power of two


class Nearby:
    """The words of lists. `member`: which literals each list has."""

    def __init__(self, literals: Literals, member: npt.NDArray[np.bool_]) -> None:
        list_of, literal = np.nonzero(member)
        salt = (list_of.astype(np.uint64) + U1) * MIX
        self._shift = np.uint64(64 - _WORDS)
        self._heads, self._keys = np.zeros((2, 1 << _WORDS), np.uint64)
        for bits, column in ((self._heads, 0), (self._keys, 1)):
            key = (literals.hashes[literal, column] ^ salt) * MIX
            for by in (32, 38):
                bit = U1 << (key >> np.uint64(by) & np.uint64(63))
                np.bitwise_or.at(bits, key >> self._shift, bit)
        self._kinds = np.zeros(len(member), np.int64)
        np.bitwise_or.at(self._kinds, list_of, literals.kinds[literal])
        self._others = literals.others
        self._longest = np.zeros(len(member), np.int64)  # code points
        np.maximum.at(self._longest, list_of, literals.points[literal])

    def may(
        self, data: Bytes, rule: Int64s, start: Int64s, stop: Int64s, left: Int64s, right: Int64s,
        first: Int64s, lists: Int64s, within: Int64s,
    ) -> npt.NDArray[np.bool_]:  # fmt: skip
        """Near which matches may stand a word of each list that their rules name?

        It stands between `left` and `right`, and at most `within` code points from the match, of
        which it is no part. The lists of rule r are those from `first[r]` to `first[r + 1]`.
        """
        found = np.ones(len(start), np.bool_)
        _may(
            data, rule, start, stop, left, right, first, lists, within, self._longest, self._kinds,
            self._others, self._shift, self._heads, self._keys, found,
        )  # fmt: skip
        return found


@njit(cache=True, nogil=True)
def _may(  # type: ignore[no-untyped-def]
    data, rule, start, stop, left, right, first, lists, within, longest, kinds, others, shift,
    heads, keys, found,
):  # fmt: skip
    for k in range(len(start)):
        for c in range(first[rule[k]], first[rule[k] + 1]):
            of = lists[c]
            begin, end = start[k], stop[k]
            points = within[c] + longest[of]
            while points > 0 and begin > left[k]:
                begin -= 1
                points -= data[begin] & 0xC0 != 0x80
            points = within[c] + 1
            while points > 0 and end < right[k]:
                points -= data[end] & 0xC0 != 0x80
                end += 1
            if end + _BEHIND > len(data):  # the last characters of all: may be
                continue
            salt, kind = np.uint64(of + 1) * MIX, kinds[of]
            found[k] = _begins(
                data, np.uint64(stop[k]), np.uint64(end), salt, kind, others, shift, heads, keys
            ) or _begins(
                data, np.uint64(begin), np.uint64(start[k]), salt, kind, others, shift, heads, keys
            )
            if not found[k]:
                break


@njit(cache=True, nogil=True, inline="always")
def _has(bits, shift, key, salt):  # type: ignore[no-untyped-def]
    return has_both(bits, shift, (key ^ salt) * MIX)


@njit(cache=True, nogil=True, inline="always")
def _any(data, at, size, salt, shift, keys):  # type: ignore[no-untyped-def]
    """Is there a key with a head of so many bytes?"""
    first, behind = hashed(eight(data, at), size), eight(data, at + size)
    hit = _has(keys, shift, keyed(first, behind, _U6), salt)
    hit |= _has(keys, shift, keyed(first, behind, _U3), salt)
    return (hit | _has(keys, shift, keyed(first, behind, _U0), salt)) != _U0


@njit(cache=True, nogil=True, inline="always")
def _alone(x, size, salt, shift, heads, keys):  # type: ignore[no-untyped-def]
    """Is there a key that is a head of so many bytes alone?"""
    head = hashed(x, size)
    return _has(heads, shift, head, salt) != _U0 and _has(keys, shift, head | U1, salt) != _U0


@njit(cache=True, nogil=True)
def _begins(data, i, end, salt, kinds, others, shift, heads, keys):  # type: ignore[no-untyped-def]
    """May a word of the list with this salt begin between two bytes?"""
    inside = np.uint64(i > _U0 and WORD[data[i - U1]])
    while i < end:
        kept = (U1 << min(end - i, np.uint64(_STEP))) - U1
        word, char = words(data, i), between(data, i, 0xC0, 0xFF)
        for k in range(len(others)):
            char |= between(data, i, others[k], others[k])
        mask = char & kept
        while mask:
            at = i + zeros(mask)
            mask &= mask - U1
            x = eight(data, at)
            if _has(heads, shift, hashed(x, _U6), salt) and _any(data, at, _U6, salt, shift, keys):
                return True
            if kinds:
                size, wide = characters(x), np.uint64(WIDTH[x & _BYTE])
                if size < _U6 and _alone(x, size, salt, shift, heads, keys):
                    return True
                if kinds & SINGLE and _alone(x, wide, salt, shift, heads, keys):
                    return True
        mask = word & ~(word << U1 | inside) & kept
        inside = word >> np.uint64(_STEP - 1) & U1
        while mask:
            first = zeros(mask)
            mask &= mask - U1
            size, at = min(zeros(~(word >> first)), _U8), i + first
            head = hashed(eight(data, at), size)
            if _has(heads, shift, head, salt) and _any(data, at, size, salt, shift, keys):
                return True
        i += np.uint64(_STEP)
    return False
