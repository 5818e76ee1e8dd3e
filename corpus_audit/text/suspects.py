"""Where evasion may be: the kernels of `corpus_audit.text.evasion.suspects`."""

from __future__ import annotations

import numpy as np
from numba import njit

from corpus_audit.text.codepoints import decode

#: What a code point of a folded text is. SOFT is put between the characters of a word; HARD parts
#: sentences, so it takes more to believe in evasion.
SOFT, HARD, LETTER, DIGIT, HAN, OTHER, STOP = range(7)
GAP = 4  # characters that a gap may have
HASH, HASH_BITS = 1_000_003, 20

# Bits of a byte of a folded text, by their shift.
_LET, _DIG, _SUB, _SFT, _PUN, _LEAD, _SIGN, _HIGH = range(8)


@njit(cache=True, nogil=True)
def classify(data, kinds):  # type: ignore[no-untyped-def]
    """The bits of each byte, into `kinds[1:]`. Comparisons vectorise; table look-ups do not.

    Letters, digits, leet characters, what may be put between characters, ASCII punctuation, leads
    of Han characters, leads of symbols and emoji, bytes beyond ASCII.
    """
    for i in range(len(data)):
        b = data[i]
        letter = (b >= 97) & (b <= 122)
        digit = (b >= 48) & (b <= 57)
        pun = (b > 0) & (b < 128) & (letter ^ True) & (digit ^ True)
        hard = (b == 44) | (b == 33) | (b == 63) | (b == 58) | (b == 59) | (b == 34) | (b == 39)
        hard |= (b == 40) | (b == 41)
        sub = digit & (b != 50) & (b != 54) & (b < 56) | (b == 64) | (b == 36)
        sign = (b == 0xC2) | (b == 0xE2) | (b == 0xF0)
        kinds[i + 1] = (
            letter * 1 | digit * 2 | sub * 4 | (pun & (hard ^ True)) * 8 | pun * 16
            | ((b >= 0xE4) & (b <= 0xE9)) * 32 | sign * 64 | (b >= 128) * 128
        )  # fmt: skip


@njit(cache=True, nogil=True)
def mark(data, kinds, marks):  # type: ignore[no-untyped-def]
    """Mark bytes where evasion may be. Without branches, so that many bytes go at a time.

    `kinds` has a byte before and eight behind those of the data. Slices, because an index that is
    a sum might be negative for all that numba knows.
    """
    kp, k0, k1, k2, k3 = kinds, kinds[1:], kinds[2:], kinds[3:], kinds[4:]
    k4, k5, b1, b2 = kinds[5:], kinds[6:], data[1:], data[2:]
    b6, b7 = data[6:], data[7:]
    for i in range(len(data) - 7):
        p, k, a, b, c, x = kp[i], k0[i], k1[i], k2[i], k3[i], data[i]
        # Han, soft gap, Han; then a symbol behind Han
        m = (k >> _SFT) & (p >> _HIGH) & ((a >> _LEAD) | (a >> _SFT))
        m |= (k >> _SIGN) & (p >> _HIGH) & (b1[i] != 0x80)
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
        m |= (k >> _LET) & (x == b1[i]) & (x == b2[i]) & (x != 119)  # www
        m |= (k >> _SUB) & (a >> _LET) & ((p >> _LET) | (b >> _LET))
        m |= (p >> _LET) & (k >> _SUB) & (a >> _SUB)
        marks[i] = m & 1


@njit(cache=True, nogil=True, inline="always")
def _before(data, i):  # type: ignore[no-untyped-def]
    """Where the code point begins that ends at byte i."""
    i -= 1
    while i > 0 and (data[i] & 0xC0) == 0x80:
        i -= 1
    return i


@njit(cache=True, nogil=True)
def filtered(data, words, classes, known):  # type: ignore[no-untyped-def]
    """Marked bytes; of gaps those whose neighbours stand side by side in a literal."""
    found = []
    for w in range(len(words)):
        if words[w] == 0:
            continue
        for i in range(w * 8, min(w * 8 + 8, len(data))):
            if (words[w] >> np.uint64(8 * (i - w * 8))) & np.uint64(0xFF) == 0:
                continue
            code, nbytes = decode(data, np.uint64(i))
            kind = classes[np.uint64(code)]
            sub = code == 0x40 or code == 0x24  # @ and $ are leet where a letter stands beside them
            if kind >= LETTER or sub:
                after = np.uint64(i) + nbytes
                code2, nbytes = decode(data, after)
                if kind != LETTER or classes[np.uint64(code2)] > HARD or code2 in (0x40, 0x24):
                    found.append(i)
                    continue
                left, j = code, after
            else:
                b = _before(data, i)
                for _ in range(GAP):
                    left, _n = decode(data, np.uint64(b))
                    if classes[np.uint64(left)] > HARD or b <= 0:
                        break
                    b = _before(data, b)
                j = np.uint64(i)
            right = np.uint32(0)
            for _ in range(GAP + 1):
                right, nbytes = decode(data, j)
                if classes[np.uint64(right)] > HARD:
                    break
                j += nbytes
            if known[(np.int64(left) * HASH + np.int64(right)) & ((1 << HASH_BITS) - 1)]:
                found.append(i)
    out = np.empty(len(found), np.int64)
    for k in range(len(found)):
        out[k] = found[k]
    return out
