"""The kernel that scores documents by a script's n-gram profiles, over raw UTF-8."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from corpus_audit.text.buffers import Int64s, Utf8
from corpus_audit.text.codepoints import decode
from corpus_audit.text.language_profiles import (
    SPACE,
    UNKNOWN,
    WIDTH,
    load_marks,
    load_profile,
)

#: langdetect looks at this many code points, counted after URLs and mail addresses are gone.
MAX_CHARS = 10_000

_URL, _MAIL, _HOST = (np.uint8(bit) for bit in (1, 2, 4))


def _ascii_classes() -> npt.NDArray[np.uint8]:
    """langdetect's character classes: of URLs, of mail addresses, of a host before its dots."""
    classes = np.zeros(256, np.uint8)
    word = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"
    for chars, bit in ((word + ".?&~;+=/#", _URL), (word + ".", _MAIL), (word, _HOST)):
        classes[[ord(char) for char in chars]] |= bit
    return classes


_CLASSES = _ascii_classes()


def score(text: Utf8, rows: Int64s, script: str) -> tuple[npt.NDArray[np.int32], Int64s]:
    """Log-odds (times `SCALE`) of the script's languages for some documents, and letters seen."""
    scores = np.zeros((len(rows), WIDTH), np.int32)
    letters = np.zeros(len(rows), np.int64)
    profile = load_profile(script)
    _score(*text, rows, _CLASSES, *load_marks(), *profile, scores, letters)
    return scores, letters


_1 = np.uint64(1)


@njit(cache=True, nogil=True)
def _url_end(data, i, stop, classes):  # type: ignore[no-untyped-def]
    """`://[...]{1,2076}` at the colon i: the end of the match, or 0."""
    if i + np.uint64(3) >= stop or data[i + _1] != 47 or data[i + np.uint64(2)] != 47:
        return np.uint64(0)
    end = begin = i + np.uint64(3)
    while end < stop and end - begin < 2076 and classes[data[end]] & _URL:
        end += _1
    return end if end > begin else np.uint64(0)


@njit(cache=True, nogil=True)
def _mail_end(data, i, stop, classes):  # type: ignore[no-untyped-def]
    """`@[-_0-9A-Za-z]{1,255}[-_.0-9A-Za-z]{1,255}` at the @ i: the end of the match, or 0."""
    begin = i + _1
    dot = begin
    while dot < stop and dot - begin < 255 and classes[data[dot]] & _HOST:
        dot += _1
    end = dot
    while end < stop and end - dot < 255 and classes[data[end]] & _MAIL:
        end += _1
    return end if dot > begin and end - begin >= 2 else np.uint64(0)


@njit(cache=True, nogil=True)
def _normalise(data, i, stop, classes, order, composed, letters, out):  # type: ignore[no-untyped-def]
    """Write the letters of a document as langdetect sees them, one for each code point.

    URLs and mail addresses become a space. As ASCII is one letter for one byte, the part of them
    that is already written is taken back by moving `n`.
    """
    n = np.uint64(0)
    floor = i  # taking back stops at the last URL or address
    before = np.uint32(0)
    while i < stop and n < len(out):
        byte = data[i]
        if byte < 0x80:
            if byte == 58 or byte == 64:  # : @
                back = np.uint64(0)
                end = np.uint64(0)
                if byte == 58:
                    s = np.uint64(data[i - _1] == 115) if i > floor else np.uint64(0)
                    back = np.uint64(4) + s
                    if (
                        i >= floor + back
                        and data[i - back] == 104
                        and data[i - back + _1] == 116
                        and data[i - back + np.uint64(2)] == 116
                        and data[i - back + np.uint64(3)] == 112
                    ):
                        end = _url_end(data, i, stop, classes)
                else:
                    while back < 64 and i > floor + back and classes[data[i - back - _1]] & _MAIL:
                        back += _1
                    if back:
                        end = _mail_end(data, i, stop, classes)
                if end:
                    n -= back
                    i = floor = end
                    before = np.uint32(32)
                    out[n] = SPACE
                    n += _1
                    continue
            before = np.uint32(byte)
            out[n] = letters[byte]
            n += _1
            i += _1
            continue
        code, width = decode(data, i)
        i += width
        if code >= 0x300 and code < 0x370:
            index = order[code - np.uint32(0x300)]
            if index != 255 and before < 0x200 and n and composed[index, before]:
                code = np.uint32(composed[index, before])
                n -= _1
        before = code
        out[n] = letters[code] if code < len(letters) else UNKNOWN
        n += _1
    return n


@njit(cache=True, nogil=True)
def _find_rows(letters, n, follow, step):  # type: ignore[no-untyped-def]
    """Replace each letter by the row that it adds; returns how many are of the alphabet."""
    size = np.uint64(follow.shape[1])
    follow, step = follow.ravel(), step.ravel()
    state = b = np.uint64(SPACE)
    seen = np.int64(0)
    for k in range(n):
        c = np.uint64(letters[k])
        seen += c > UNKNOWN
        letters[k] = step[state * size + c]
        state = np.uint64(follow[b * size + c])
        b = c
    return seen


@njit(cache=True, nogil=True)
def _add_rows(indices, n, rows, total):  # type: ignore[no-untyped-def]
    """Sum rows, four at a time: LLVM makes SIMD of that, and of one at a time it does not."""
    width = np.uint64(WIDTH)
    rows = rows.ravel()
    for k in range(0, n, 4):
        a, b = np.uint64(indices[k]) * width, np.uint64(indices[k + 1]) * width
        c, d = np.uint64(indices[k + 2]) * width, np.uint64(indices[k + 3]) * width
        for language in range(WIDTH):
            j = np.uint64(language)
            total[language] += np.int32(rows[a + j]) + rows[b + j] + rows[c + j] + rows[d + j]


@njit(cache=True, nogil=True)
def _score(  # type: ignore[no-untyped-def]
    offsets, data, documents, classes, order, composed, letters, follow, step, rows, scores, seen
):  # fmt: skip
    buffer = np.empty(MAX_CHARS + 4, np.uint16)
    total = np.zeros(WIDTH, np.int32)
    for k in range(len(documents)):
        i = np.uint64(offsets[documents[k]])
        stop = np.uint64(offsets[documents[k] + 1])
        n = _normalise(data, i, stop, classes, order, composed, letters, buffer[:MAX_CHARS])
        seen[k] = _find_rows(buffer, n, follow, step)
        buffer[n : n + np.uint64(4)] = 0  # row 0 adds nothing
        total[:] = 0
        _add_rows(buffer, n, rows, total)
        scores[k] = total
