"""Where evasion may be: the kernels of `corpus_audit.text.evasion.suspects`.

Bytes are marked by their shape (`corpus_audit.text.shapes`). Of these a gap is suspect where its
neighbours stand side by side in some literal; a word where, read as it may be meant, it is of one.
Two sets of literals are asked at once: what is said of each are bits of `EACH`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from corpus_audit.text.codepoints import decode
from corpus_audit.text.known import (
    EACH,
    HAN,
    HARD,
    LETTER,
    PAIR,
    STOP,
    TRIPLE,
    WHOLE,
    WORD,
    hashed,
    in_word,
    letter_of,
    plain_letter,
    sets,
)  # fmt: skip
from corpus_audit.text.masks import U1, zeros
from corpus_audit.text.shapes import STEP, marked

GAP = 4  # characters that a gap may have
TOKEN = 40  # characters: longer runs of letters and digits are no words

_LETTER = np.zeros(128, np.bool_)  # or digit
_LETTER[[*b"abcdefghijklmnopqrstuvwxyz0123456789"]] = True
_U0, _U3, _U7 = (np.uint64(n) for n in (0, 3, 7))


@njit(cache=True, nogil=True)
def find(data, begin, classes, looks, known, pairs, out, of):  # type: ignore[no-untyped-def]
    """Fill `out` with suspect bytes from `begin` on, `of` with their sets: (count, where to go on).

    `data` has 64 bytes at least. `pairs` has a bit for each PAIR of `known`: it stays in the cache.
    """
    n, known_to, words = np.int64(0), np.int64(-1), np.int64(0)
    while begin < len(data) and n + STEP <= len(out):
        (mask, gap), m = marked(data, begin - 2), n
        while mask:  # nearly all are gaps, and nearly all of these end here
            first = zeros(mask)
            mask &= mask - U1
            i = begin - 2 + np.int64(first)
            out[m] = i
            if gap >> first & U1 and data[i] != 0x40 and data[i] != 0x24:
                end = i + np.int64(zeros(~(gap >> first)))
                if i < 9 or end + 5 > len(data):
                    m += 1
                    continue
                if _stays(data, i, end):
                    continue
                if _han(data, i - 3):
                    left = np.int64(decode(data, np.uint64(i - 3))[0])
                else:
                    left, _i = _word_before(data, classes, i)
                if end - i <= GAP + 1 and _han(data, end):
                    right = np.int64(decode(data, np.uint64(end))[0])
                else:
                    right, _i = _word_after(data, classes, i + 1)
                pair = np.uint64(hashed(left, right))
                may = np.uint64(pairs[pair >> _U3]) >> (pair & _U7) & U1
                m += np.int64(may & np.uint64(left != 0))
            else:
                m += 1
        for k in range(n, m):
            i = out[n] = out[k]
            if _is_gap(data, i, classes):
                found = _joins(data, i, classes, known)
            else:
                if i >= known_to:  # a word has many marks, and is looked at once
                    words, known_to = _word_of(data, i, classes, looks, known)
                found = words
            of[n] = found
            n += np.int64(found != 0)
        begin += STEP
    return n, begin


@njit(cache=True, nogil=True, inline="always")
def _stays(data, i, end):  # type: ignore[no-untyped-def]
    """Does `undo` surely leave a gap at byte i, of ASCII up to `end`, as it stands?

    So it does before a longer word, and between sentences: after a full stop, between characters of
    which none stands alone.
    """
    byte, behind = data[end], data[end + 1]
    if byte < 0x80:
        return byte != 0 and (_LETTER[byte] and behind < 0x80 and _LETTER[behind])
    return (
        data[i - 3] == 0xE3 and data[i - 2] == 0x80 and data[i - 1] == 0x82
        and _han(data, end) and _han(data, end + 3) and _han(data, i - 6) and _han(data, i - 9)
    )  # fmt: skip


@njit(cache=True, nogil=True, inline="always")
def _han(data, i):  # type: ignore[no-untyped-def]
    """Does byte i lead a Han character? E4 leads hexagrams, too."""
    return 0xE4 <= data[i] <= 0xE9 and (data[i] != 0xE4 or data[i + 1] >= 0xB8)


@njit(cache=True, nogil=True, inline="always")
def _side_by_side(known, before, left, right, after):  # type: ignore[no-untyped-def]
    """In which sets two characters stand side by side in a literal that fits one more of the text.

    `before` and `after` are 0 where nothing is.
    """
    pair = hashed(left, right)
    of = sets(known[pair], PAIR)
    if of:
        whole, behind = sets(known[pair], WHOLE), sets(known[hashed(pair, after)], TRIPLE)
        of &= whole | behind | sets(known[hashed(hashed(before, left), right)], TRIPLE)
    return of


@njit(cache=True, nogil=True, inline="always")
def _is_han(code):  # type: ignore[no-untyped-def]
    """The Han characters of nearly all text, without a look at `classes`."""
    return code - np.uint32(0x4E00) < np.uint32(0x5200)


@njit(cache=True, nogil=True)
def _word_before(data, classes, i):  # type: ignore[no-untyped-def]
    """The nearest code point before byte i that stands in words, and its place; 0 for none near."""
    at, found = np.uint64(i), np.uint32(0)
    for _ in range(GAP + 1):
        if at == _U0:
            break
        at -= U1
        if data[at] >= 0x80:
            at -= U1
            while data[at] & 0xC0 == 0x80:
                at -= U1
        code, _n = decode(data, at)
        if _is_han(code) or classes[np.uint64(code)] > HARD:
            found = code
            break
    return np.int64(found), np.int64(at)


@njit(cache=True, nogil=True)
def _word_after(data, classes, i):  # type: ignore[no-untyped-def]
    """The nearest code point from byte i on that stands in words, and the byte behind it."""
    at, found = np.uint64(i), np.uint32(0)
    for _ in range(GAP + 1):
        if at >= np.uint64(len(data)):
            break
        code, nbytes = decode(data, at)
        at += nbytes
        if _is_han(code) or classes[np.uint64(code)] > HARD:
            found = code
            break
    return np.int64(found), np.int64(at)


@njit(cache=True, nogil=True)
def _word_of(data, i, classes, looks, known):  # type: ignore[no-untyped-def]
    """In which sets is the run of letters, digits and leet around byte i a word? And its end.

    Letters that are repeated count once. A sign before the word may be no part of it; then the word
    has to be odd besides.
    """
    first, chars = i, 0
    while first > 0 and chars <= TOKEN:
        j = first - 1
        while j > 0 and (data[j] & 0xC0) == 0x80:
            j -= 1
        code, _n = decode(data, np.uint64(j))
        if not in_word(code, classes, looks):
            break
        first = j
        chars += 1
    whole, bare, last, chars = np.int64(0), np.int64(0), np.int64(0), 0
    odd, many = False, False  # many: letters that differ
    while first < len(data) and chars <= TOKEN:
        code, nbytes = decode(data, np.uint64(first))
        if not in_word(code, classes, looks):
            break
        letter = np.int64(plain_letter(np.int64(code), looks))
        if letter != last:
            many |= last != 0
            whole = hashed(whole, letter)
            if chars > 0 or (code != 0x40 and code != 0x24):
                bare = hashed(bare, letter)
                odd |= letter_of(code, looks) != 0
        else:
            odd = True
        last = letter
        first += np.int64(nbytes)
        chars += 1
    many = many or (first < len(data) and _han(data, first))  # kkk粉, but not xxxx
    of = sets(known[whole], WORD) | (sets(known[bare], WORD) if odd else 0)
    return of if many and chars <= TOKEN else np.int64(0), max(first, i + 1)


@njit(cache=True, nogil=True, inline="always")
def _is_gap(data, i, classes):  # type: ignore[no-untyped-def]
    """Is the mark at byte i of a gap, or of a letter with a gap behind it? Others are of words."""
    code, nbytes = decode(data, np.uint64(i))
    kind = classes[np.uint64(code)]
    if kind == LETTER:
        code = decode(data, np.uint64(i + np.int64(nbytes)))[0]
        kind = classes[np.uint64(code)]
    if code == 64 or code == 36:  # @ and $ are leet beside a letter
        return 0 < i < len(data) - 1 and data[i - 1] >= 0x80 and data[i + 1] >= 0x80
    return kind <= HARD


@njit(cache=True, nogil=True)
def _joins(data, i, classes, known):  # type: ignore[no-untyped-def]
    """In which sets do the neighbours of a gap stand side by side, so that undoing joins them?"""
    code, nbytes = decode(data, np.uint64(i))
    kind = classes[np.uint64(code)]
    start, left = i, np.int64(code)
    if kind != LETTER:
        left, start = _word_before(data, classes, i)
    if left == 0:
        return np.int64(0)
    right, after = _word_after(data, classes, i + np.int64(nbytes))
    if not sets(known[hashed(left, right)], PAIR):
        return np.int64(0)
    if not (_ends_before(data, classes, left, start) and _ends_behind(data, classes, right, after)):
        return np.int64(0)
    before, begin = _word_before(data, classes, start)
    behind, stop = _word_after(data, classes, after)
    # of a letter that stands alone the next one that does: i/o of "i/o model" begins no word
    if classes[np.uint64(left)] != HAN and not _ends_before(data, classes, before, begin):
        before = np.int64(0)
    if classes[np.uint64(right)] != HAN and not _ends_behind(data, classes, behind, stop):
        behind = np.int64(0)
    return _side_by_side(known, before, left, right, behind)


@njit(cache=True, nogil=True, inline="always")
def parted(kind, neighbour):  # type: ignore[no-untyped-def]
    """Does a character not go on into its neighbour? Letters do not go on into Han characters."""
    return neighbour <= HARD or (kind == LETTER and neighbour == HAN)


@njit(cache=True, nogil=True)
def _ends_before(data, classes, point, i):  # type: ignore[no-untyped-def]
    """May the character at byte i be put together with what is before it: does none touch it?"""
    kind = classes[np.uint64(point)]
    if kind == HAN or i == 0:
        return True
    j = i - 1
    while j > 0 and data[j] & 0xC0 == 0x80:
        j -= 1
    neighbour = classes[np.uint64(decode(data, np.uint64(j))[0])]
    return neighbour == STOP or parted(kind, neighbour)


@njit(cache=True, nogil=True)
def _ends_behind(data, classes, point, i):  # type: ignore[no-untyped-def]
    """The same of a character that ends before byte i, and what is behind it."""
    kind = classes[np.uint64(point)]
    if kind == HAN or i >= len(data):
        return True
    neighbour = classes[np.uint64(decode(data, np.uint64(i))[0])]
    return neighbour == STOP or parted(kind, neighbour)


@njit(cache=True, nogil=True)
def _join(pairs, joined, left, right):  # type: ignore[no-untyped-def]
    """The character that two make, or 0."""
    key = left << 21 | right
    at = np.searchsorted(pairs, key)
    return np.int64(joined[at]) if at < len(pairs) and pairs[at] == key else np.int64(0)


@njit(cache=True, nogil=True)
def split_in_words(data, places, classes, pairs, joined, known, parts):  # type: ignore[no-untyped-def]
    """In which sets the one that two characters make stands in a literal, at each place."""
    of = np.zeros(len(places), np.uint8)
    for k in range(len(places)):
        left, i = _word_after(data, classes, places[k])
        right, i = _word_after(data, classes, i)
        char = _join(pairs, joined, left, right)
        one, i = _word_after(data, classes, i)
        two, i = _word_after(data, classes, i)
        a, j = _word_before(data, classes, places[k])
        b, j = _word_before(data, classes, j)
        both = _join(pairs, joined, one, two) if parts[np.uint64(one)] else np.int64(0)
        ahead = _join(pairs, joined, b, a) if parts[np.uint64(b)] else np.int64(0)
        beside = known[hashed(char, one)] | known[hashed(char, both)]
        beside |= known[hashed(a, char)] | known[hashed(ahead, char)]
        if not beside & EACH:
            continue
        three, i = _word_after(data, classes, i)
        c, j = _word_before(data, classes, j)
        of[k] = (
            _side_by_side(known, a, char, one, two)
            | _side_by_side(known, a, char, both, three)
            | _side_by_side(known, b, a, char, one)
            | _side_by_side(known, c, ahead, char, one)
            | _side_by_side(known, ahead, char, one, two)
            | _side_by_side(known, ahead, char, both, three)
        )
    return of
