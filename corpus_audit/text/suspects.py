"""Where evasion may be: the kernels of `corpus_audit.text.evasion.suspects`."""

from __future__ import annotations

import numpy as np
from numba import njit

from corpus_audit.text.codepoints import decode

#: What a code point of a folded text is. SOFT is put between the characters of a word; HARD parts
#: sentences, so it takes more to believe in evasion.
SOFT, HARD, LETTER, DIGIT, HAN, OTHER, STOP = range(7)
GAP = 4  # characters that a gap may have
TOKEN = 24  # characters: longer runs of letters and digits are no words
HASH, HASH_BITS = 1_000_003, 20

# Bits of a byte of a folded text, by their shift.
_LET, _DIG, _SUB, _SFT, _PUN, _LEAD, _SIGN, _HIGH = range(8)


@njit(cache=True, nogil=True)
def classify(data, padded, kinds):  # type: ignore[no-untyped-def]
    """Copy the bytes, and the bits of each one, to where eight zeros stand on both sides.

    Letters, digits, leet characters, what may be put between characters, ASCII punctuation, leads
    of Han characters, leads of symbols and emoji, bytes beyond ASCII. By comparisons, because table
    look-ups do not vectorise.
    """
    for i in range(len(data)):
        b = data[i]
        letter = (b >= 97) & (b <= 122)
        digit = (b >= 48) & (b <= 57)
        pun = (b > 0) & (b < 128) & (letter ^ True) & (digit ^ True)
        hard = (b == 44) | (b == 33) | (b == 63) | (b == 58) | (b == 59) | (b == 34) | (b == 39)
        hard |= (b == 40) | (b == 41)
        sub = digit & (b != 50) & (b != 54) & (b < 56) | (b == 64) | (b == 36)
        sign = (b == 0xC2) | (b == 0xE2) | (b == 0xF0)  # not of Greek, Cyrillic and Han
        padded[i + 8] = b
        kinds[i + 8] = (
            letter * 1 | digit * 2 | sub * 4 | (pun & (hard ^ True)) * 8 | pun * 16
            | ((b >= 0xE4) & (b <= 0xE9)) * 32 | sign * 64 | (b >= 128) * 128
        )  # fmt: skip


@njit(cache=True, nogil=True)
def mark(padded, kinds, marks):  # type: ignore[no-untyped-def]
    """Mark bytes where evasion may be. Without branches, so that many bytes go at a time.

    Slices, because an index that is a sum might be negative for all that numba knows.
    """
    kp, k0, k1, k2, k3 = kinds[7:], kinds[8:], kinds[9:], kinds[10:], kinds[11:]
    k4, k5, before, b0, b1 = kinds[12:], kinds[13:], padded[6:], padded[8:], padded[9:]
    b2, b6, b7 = padded[10:], padded[14:], padded[15:]
    for i in range(len(padded) - 16):
        p, k, a, b, c, x = kp[i], k0[i], k1[i], k2[i], k3[i], b0[i]
        # Han, soft gap, Han; then a symbol behind Han
        m = (k >> _SFT) & (p >> _HIGH) & ((a >> _LEAD) | (a >> _SFT))
        shown = (b1[i] != 0x80) | (b2[i] >= 0xA0) & (b2[i] != 0xA6)  # no dash, quote, ellipsis
        m |= (k >> _SIGN) & (p >> _HIGH) & shown
        # one Han character between gaps (ASCII or such as 。), and a Han character behind
        m |= (k >> _PUN) & (a >> _LEAD) & (k4[i] >> _PUN) & (k5[i] >> _LEAD)
        stop = (x == 0xE3) & (b1[i] == 0x80) & (b6[i] == 0xE3) & (b7[i] == 0x80)
        m |= stop & (c >> _LEAD)
        # two single letters with a gap; one and a symbol; one beside Han
        lone = (k >> _LET) & ~((p >> _LET) | (p >> _DIG))
        m |= lone & (a >> _PUN) & (b >> _LET) & ~((c >> _LET) | (c >> _DIG))
        m |= lone & (a >> _SIGN) & (b2[i] != 0x80)
        m |= lone & (a >> _SFT) & (b >> _LEAD)
        m |= (k >> _SFT) & (p >> _HIGH) & (a >> _LET) & ~((b >> _LET) | (b >> _DIG))
        # a letter three times; a leet character before a letter and beside another
        www = (x == 119) & ~((p >> _LET) | (c >> _LET))
        m |= (k >> _LET) & (x == b1[i]) & (x == b2[i]) & ~www
        m |= (k >> _SUB) & (a >> _LET) & ((p >> _LET) | (b >> _LET) | (b >> _SUB) | (b >> _HIGH))
        m |= (p >> _LET) & (k >> _SUB) & (a >> _SUB)
        # Greek or Cyrillic beside a Latin letter
        m |= (k >> _LET) & (b1[i] >= 0xCD) & (b1[i] <= 0xD6)
        m |= (k >> _LET) & (kp[i] >> _HIGH) & (before[i] >= 0xCD) & (before[i] <= 0xD6)
        marks[i] = m & 1


@njit(cache=True, nogil=True, inline="always")
def _known(known, left, right):  # type: ignore[no-untyped-def]
    return known[(np.int64(left) * HASH + np.int64(right)) & ((1 << HASH_BITS) - 1)]


@njit(cache=True, nogil=True)
def _word_before(data, classes, i):  # type: ignore[no-untyped-def]
    """The nearest code point before byte i that stands in words, and its place; 0 for none near."""
    for _ in range(GAP + 1):
        i -= 1
        while i > 0 and (data[i] & 0xC0) == 0x80:
            i -= 1
        if i < 0:
            break
        code, _n = decode(data, np.uint64(i))
        if classes[np.uint64(code)] > HARD:
            return np.int64(code), i
    return np.int64(0), i


@njit(cache=True, nogil=True)
def _word_after(data, classes, i):  # type: ignore[no-untyped-def]
    """The nearest code point from byte i on that stands in words, and the byte behind it."""
    for _ in range(GAP + 1):
        if i >= len(data):
            break
        code, nbytes = decode(data, np.uint64(i))
        i += np.int64(nbytes)
        if classes[np.uint64(code)] > HARD:
            return np.int64(code), i
    return np.int64(0), i


@njit(cache=True, nogil=True)
def _is_word(data, i):  # type: ignore[no-untyped-def]
    """Is the run of letters and leet characters around byte i a word, not a number or a hash?"""
    first, last, letters = i, i, 0
    while first > 0 and _in_token(data[first - 1]) and i - first <= TOKEN:
        first -= 1
    while last + 1 < len(data) and _in_token(data[last + 1]) and last - i <= TOKEN:
        last += 1
    for j in range(first, last + 1):
        letters += 97 <= data[j] <= 122
    return last - first < TOKEN and letters * 4 >= last - first + 1


@njit(cache=True, nogil=True, inline="always")
def _in_token(b):  # type: ignore[no-untyped-def]
    return 97 <= b <= 122 or 48 <= b <= 57 or b == 64 or b == 36


@njit(cache=True, nogil=True)
def filtered(data, words, classes, known):  # type: ignore[no-untyped-def]
    """Marked bytes; of gaps those whose neighbours stand side by side in a literal."""
    found = np.empty(1024, np.int64)
    n = 0
    for w in range(len(words)):
        if words[w] == 0:
            continue
        for i in range(w * 8, min(w * 8 + 8, len(data))):
            if (words[w] >> np.uint64(8 * (i - w * 8))) & np.uint64(0xFF) == 0:
                continue
            code, nbytes = decode(data, np.uint64(i))
            kind = classes[np.uint64(code)]
            after = i + np.int64(nbytes)
            sub = code == 64 or code == 36  # @ and $ are leet where a letter stands beside them
            gap = kind <= HARD and not sub
            if kind == LETTER:
                follower, _n = decode(data, np.uint64(after))
                gap = classes[np.uint64(follower)] <= HARD and follower != 64 and follower != 36
            if gap:
                left = np.int64(code) if kind == LETTER else _word_before(data, classes, i)[0]
                kept = _known(known, left, _word_after(data, classes, after)[0])
            else:
                kept = kind == LETTER or _is_word(data, i)
            if kept:
                if n == len(found):
                    found = np.concatenate((found, np.empty(n, np.int64)))
                found[n] = i
                n += 1
    return found[:n]


@njit(cache=True, nogil=True)
def _join(pairs, joined, left, right):  # type: ignore[no-untyped-def]
    """The character that two make, or 0."""
    key = left << 21 | right
    at = np.searchsorted(pairs, key)
    return np.int64(joined[at]) if at < len(pairs) and pairs[at] == key else np.int64(0)


@njit(cache=True, nogil=True)
def split_in_words(data, places, classes, pairs, joined, known):  # type: ignore[no-untyped-def]
    """Which places, of two characters that make one, make one that stands in a literal there."""
    kept = np.zeros(len(places), np.bool_)
    for k in range(len(places)):
        left, i = _word_after(data, classes, places[k])
        right, i = _word_after(data, classes, i)
        char = _join(pairs, joined, left, right)
        one, j = _word_after(data, classes, i)
        two, j = _word_after(data, classes, j)
        kept[k] = _known(known, char, one) or _known(known, char, _join(pairs, joined, one, two))
        one, j = _word_before(data, classes, places[k])
        two, j = _word_before(data, classes, j)
        kept[k] |= _known(known, one, char) or _known(known, _join(pairs, joined, two, one), char)
    return kept
