"""The shapes of evasion, in masks of 64 bytes of a folded text: clean text costs only this."""

from __future__ import annotations

import numpy as np
from numba import njit

from corpus_audit.text.masks import U1, alike, between

STEP = 55  # bytes that a mask tells about: of 64 two stand before, seven behind
_U0, _U2, _U3, _U4, _U5, _U6 = (np.uint64(n) for n in (0, 2, 3, 4, 5, 6))
_KEPT = np.uint64(((1 << STEP) - 1) << 2)


@njit(cache=True, nogil=True)
def marked(data, i):  # type: ignore[no-untyped-def]
    """The mask of the bytes from i + 2 on at which evasion may be, by their shape; that of gaps.

    Two bytes before them and seven behind are read; zeros stand around the data.
    """
    at = np.uint64(min(max(i, 0), len(data) - 64))
    up, down = np.uint64(max(-i, 0)), np.uint64(max(i - np.int64(at), 0))
    high = between(data, at, 0x80, 0xFF) << up >> down
    letter = between(data, at, 97, 122) << up >> down
    digit = between(data, at, 48, 57) << up >> down
    gap = between(data, at, 1, 127) << up >> down & ~(letter | digit)
    hard = between(data, at, 33, 34) | between(data, at, 39, 41) | between(data, at, 44, 44)
    hard |= between(data, at, 58, 59) | between(data, at, 63, 63)
    soft = gap & ~(hard << up >> down)
    mask = _U0
    if high:
        lead = between(data, at, 0xE4, 0xE9) << up >> down
        x80 = between(data, at, 0x80, 0x80) << up >> down
        sign = between(data, at, 0xC2, 0xC2) | between(data, at, 0xE2, 0xE2)  # no Greek, no Han
        sign = (sign | between(data, at, 0xF0, 0xF0)) << up >> down
        xe3 = between(data, at, 0xE3, 0xE3) << up >> down
        greek = between(data, at, 0xCD, 0xD6) << up >> down  # or Cyrillic
        mark = between(data, at, 0xA0, 0xA5) | between(data, at, 0xA7, 0xFF)
        mark = mark << up >> down
        behind_high = high << U1
        # Han, soft gap, Han; then a symbol, but no dash, quote or ellipsis, behind Han
        mask = soft & behind_high & (lead | soft) >> U1
        mask |= sign & behind_high & (~(x80 >> U1) | mark >> _U2)
        # one Han character between gaps (ASCII or such as 。), and a Han character behind
        mask |= gap & lead >> U1 & gap >> _U4 & lead >> _U5
        stop = xe3 & x80 >> U1
        mask |= stop & lead >> _U3 & stop >> _U6
    if letter:
        word = letter | digit
        lone = letter & ~(word << U1)
        # two single letters with a gap; a letter three times
        mask |= lone & gap >> U1 & letter >> _U2 & ~(word >> _U3)
        same = letter & alike(data, at) << up >> down
        same &= same >> U1
        if same:
            www = between(data, at, 119, 119) << up >> down & ~(letter << U1 | letter >> _U3)
            mask |= same & ~www
        # a leet character before a letter and beside another
        leet = between(data, at, 48, 49) | between(data, at, 51, 53) | between(data, at, 55, 55)
        leet |= between(data, at, 64, 64) | between(data, at, 36, 36)
        leet = leet << up >> down
        mask |= leet & letter >> U1 & (letter << U1 | (letter | leet | high) >> _U2)
        mask |= letter << U1 & leet & leet >> U1
        if high:
            # a single letter and a symbol, or beside Han; one beside Greek or Cyrillic
            mask |= lone & sign >> U1 & ~(x80 >> _U2)
            mask |= lone & soft >> U1 & lead >> _U2
            mask |= soft & behind_high & letter >> U1 & ~(word >> _U2)
            mask |= letter & (greek >> U1 | greek << _U2 & behind_high)
    return mask & _KEPT, gap
