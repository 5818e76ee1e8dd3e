"""Where evasion may be: the kernels of `corpus_audit.text.evasion.suspects`."""

from __future__ import annotations

import numpy as np
from numba import njit

from corpus_audit.text.codepoints import decode

#: What a code point of a folded text is. SOFT is put between the characters of a word; HARD parts
#: sentences, so it takes more to believe in evasion.
SOFT, HARD, LETTER, DIGIT, HAN, OTHER, STOP = range(7)
GAP = 4  # characters that a gap may have
TOKEN = 40  # characters: longer runs of letters and digits are no words
BLOCK = 1 << 16  # bytes that are classified together, so that they stay in the cache
HASH, HASH_BITS = 1_000_003, 20
#: What is known of two or three characters, or a word, by its hash: bits of `Neighbours.known`.
PAIR, WHOLE, TRIPLE, WORD = 1, 2, 4, 8

# Bits of a byte of a folded text, by their shift.
_LET, _DIG, _SUB, _SFT, _PUN, _LEAD, _SIGN, _HIGH = range(8)


@njit(cache=True, nogil=True)
def find(data, classes, looks, known, out, begin, padded, kinds, marks):  # type: ignore[no-untyped-def]
    """Fill `out` with suspect bytes from `begin`, a multiple of BLOCK; (count, where to go on).

    The last three are room for a block.
    """
    n = 0
    while begin < len(data) and n + BLOCK <= len(out):
        stop = min(begin + BLOCK, len(data))
        padded[:] = 0
        kinds[:] = 0
        left, right = min(begin, 8), min(stop + 8, len(data))
        _classify(data[begin - left : right], padded[8 - left :], kinds[8 - left :])
        _mark(padded[: stop - begin + 16], kinds, marks)
        marks[stop - begin : BLOCK] = 0
        n = _filtered(data, begin, marks.view(np.uint64), classes, looks, known, out, n)
        begin = stop
    return n, begin


@njit(cache=True, nogil=True)
def _classify(data, padded, kinds):  # type: ignore[no-untyped-def]
    """Copy the bytes, and write the bits of each one.

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
        padded[i] = b
        kinds[i] = (
            letter * 1 | digit * 2 | sub * 4 | (pun & (hard ^ True)) * 8 | pun * 16
            | ((b >= 0xE4) & (b <= 0xE9)) * 32 | sign * 64 | (b >= 128) * 128
        )  # fmt: skip


@njit(cache=True, nogil=True)
def _mark(padded, kinds, marks):  # type: ignore[no-untyped-def]
    """Mark bytes where evasion may be; eight zeros or bytes of context stand on both sides.

    Without branches, so that many bytes go at a time.

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
def hashed(left, right):  # type: ignore[no-untyped-def]
    """Where `known` says something of two characters, or of a hash and one more."""
    return (np.int64(left) * HASH + np.int64(right)) & ((1 << HASH_BITS) - 1)


@njit(cache=True, nogil=True, inline="always")
def _side_by_side(known, before, left, right, after):  # type: ignore[no-untyped-def]
    """Do two characters stand side by side in some literal that fits one more of the text?

    `before` and `after` are 0 where nothing is.
    """
    pair = hashed(left, right)
    if not known[pair] & PAIR:
        return False
    return (
        known[pair] & WHOLE
        or known[hashed(pair, after)] & TRIPLE
        or known[hashed(hashed(before, left), right)] & TRIPLE
    ) != 0


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


@njit(cache=True, nogil=True, inline="always")
def letter_of(point, looks):  # type: ignore[no-untyped-def]
    """The letter that a leet character or a lookalike stands for, or 0."""
    if point == 0x30:
        return 0x6F
    if point == 0x31:
        return 0x69
    if point == 0x33:
        return 0x65
    if point == 0x34 or point == 0x40:
        return 0x61
    if point == 0x35 or point == 0x24:
        return 0x73
    if point == 0x37:
        return 0x74
    return np.int64(looks[np.uint64(point)]) if point < len(looks) else 0


@njit(cache=True, nogil=True, inline="always")
def plain_letter(point, looks):  # type: ignore[no-untyped-def]
    """A character of a word as words are compared: leet and lookalikes read, l as i."""
    letter = letter_of(point, looks)
    point = letter if letter else point
    return 0x69 if point == 0x6C else point


@njit(cache=True, nogil=True, inline="always")
def _in_word(point, classes, looks):  # type: ignore[no-untyped-def]
    kind = classes[np.uint64(point)]
    return kind in (LETTER, DIGIT) or letter_of(point, looks) != 0


@njit(cache=True, nogil=True)
def _is_word(data, i, classes, looks, known):  # type: ignore[no-untyped-def]
    """Is the run of letters, digits and leet around byte i a word of some literal?

    Letters that are repeated count once; a sign before the word may be no part of it.
    """
    first, chars = i, 0
    while first > 0 and chars <= TOKEN:
        j = first - 1
        while j > 0 and (data[j] & 0xC0) == 0x80:
            j -= 1
        code, _n = decode(data, np.uint64(j))
        if not _in_word(code, classes, looks):
            break
        first = j
        chars += 1
    whole, bare, last, chars = np.int64(0), np.int64(0), np.int64(0), 0
    while first < len(data) and chars <= TOKEN:
        code, nbytes = decode(data, np.uint64(first))
        if not _in_word(code, classes, looks):
            break
        letter = np.int64(plain_letter(np.int64(code), looks))
        if letter != last:
            whole = hashed(whole, letter)
            if chars > 0 or (code != 0x40 and code != 0x24):
                bare = hashed(bare, letter)
        last = letter
        first += np.int64(nbytes)
        chars += 1
    return chars <= TOKEN and ((known[whole] | known[bare]) & WORD) != 0


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
            if i < last and _in_word(points[i], classes, looks):
                letter = np.int64(plain_letter(points[i], looks))
                if letter != before:
                    word = hashed(word, letter)
                before = letter
            else:
                if before:
                    known[word] |= WORD
                word = before = np.int64(0)


@njit(cache=True, nogil=True)
def _filtered(data, begin, words, classes, looks, known, found, n):  # type: ignore[no-untyped-def]
    """Append marked bytes: of gaps those whose neighbours stand side by side in a literal, of words
    those that are words of one."""
    for w in range(len(words)):
        if words[w] == 0:
            continue
        for i in range(begin + w * 8, min(begin + w * 8 + 8, len(data))):
            if (words[w] >> np.uint64(8 * (i - begin - w * 8))) & np.uint64(0xFF) == 0:
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
                start = i
                if kind == LETTER:
                    left = np.int64(code)
                else:
                    left, start = _word_before(data, classes, i)
                if left == 0:
                    continue
                right, after = _word_after(data, classes, after)
                kept = known[hashed(left, right)] & PAIR != 0 and _side_by_side(
                    known, _word_before(data, classes, start)[0], left,
                    right, _word_after(data, classes, after)[0],
                )  # fmt: skip
            else:
                kept = _is_word(data, i, classes, looks, known)
            if kept:
                found[n] = i
                n += 1
    return n


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
        one, i = _word_after(data, classes, i)
        two, i = _word_after(data, classes, i)
        three, i = _word_after(data, classes, i)
        a, j = _word_before(data, classes, places[k])
        b, j = _word_before(data, classes, j)
        c, j = _word_before(data, classes, j)
        both, ahead = _join(pairs, joined, one, two), _join(pairs, joined, b, a)
        kept[k] = (
            _side_by_side(known, a, char, one, two)
            or _side_by_side(known, a, char, both, three)
            or _side_by_side(known, b, a, char, one)
            or _side_by_side(known, c, ahead, char, one)
            or _side_by_side(known, ahead, char, one, two)
            or _side_by_side(known, ahead, char, both, three)
        )
    return kept
