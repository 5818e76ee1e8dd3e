"""Is a match used or only mentioned: does it stand in a short quotation?

“办假证” in a warning, 'bitch' in a rule of the game. A quotation is part of a text: a document
quoted as a whole is none, and ASCII marks count only behind a word or at the start, so that values
of JSON and CSV, which are whole texts, are none.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from corpus_audit.text.buffers import Int64s
from corpus_audit.text.codepoints import decode
from corpus_audit.text.fold import View

_OPENS, _CLOSES = "“‘「『《«", "”’」』》»"
_CLOSE_OF = np.zeros(0x3100, np.uint16)  # by code point: what closes it
_CLOSE_OF[[*map(ord, _OPENS)]] = [*map(ord, _CLOSES)]
_CLOSE_OF[[*b"\"'"]] = [*b"\"'"]
_CLOSES_ONE = np.zeros(0x3100, np.bool_)
_CLOSES_ONE[[*map(ord, _CLOSES)]] = True
_APOSTROPHE, _SPACE, _COMMA, _COLON = 0x27, 0x20, 0x2C, 0x3A


def mentioned(
    view: View, row: npt.NDArray[np.int32], start: Int64s, end: Int64s, within: Int64s
) -> npt.NDArray[np.bool_]:
    """Which matches stand between quotation marks, with at most `within` more code points there.

    A negative `within` says that it is no matter.
    """
    found = np.zeros(len(row), np.bool_)
    left, right = view.offsets[row], view.offsets[row + 1] - 1
    _mentioned(view.data, start, end, left, right, within, _CLOSE_OF, _CLOSES_ONE, found)
    return found


@njit(cache=True, nogil=True)
def _mentioned(data, start, end, left, right, within, close_of, closes, found):  # type: ignore[no-untyped-def]
    for k in range(len(start)):
        i, more, close = start[k], within[k], np.int64(0)
        while more >= 0 and i > left[k]:  # back to what opens
            i = _before(data, i)
            point = np.int64(decode(data, np.uint64(i))[0])
            if point < len(close_of) and close_of[point]:
                if point >= 0x80 or _opens(data, i, left[k]):
                    close = np.int64(close_of[point])
                    break
                if point != _APOSTROPHE:
                    break
            elif point < len(closes) and closes[point] and not _in_word(data, i, left[k], right[k]):
                break
            more -= 1
        opened, i = i, end[k]
        while close and more >= 0 and i < right[k]:  # on to what closes
            point, size = decode(data, np.uint64(i))
            behind = i + np.int64(size)
            if point == close and not _in_word(data, i, left[k], right[k]):
                found[k] = opened > left[k] or behind < right[k]
                break
            i = behind
            more -= 1


@njit(cache=True, nogil=True, inline="always")
def _before(data, i):  # type: ignore[no-untyped-def]
    """The first byte of the character before byte i."""
    i -= 1
    while data[i] & 0xC0 == 0x80:
        i -= 1
    return i


@njit(cache=True, nogil=True, inline="always")
def _is_letter(byte):  # type: ignore[no-untyped-def]
    """Is it a byte of a letter or digit? Of those beyond ASCII only CJK punctuation is none."""
    return 0x61 <= byte <= 0x7A or 0x30 <= byte <= 0x39 or (byte >= 0x80 and byte != 0xE3)


@njit(cache=True, nogil=True)
def _opens(data, i, left):  # type: ignore[no-untyped-def]
    """Does the ASCII mark at byte i open a quotation: at the start, or behind a word?"""
    if i == left:
        return True
    j = _before(data, i)
    if data[j] == _SPACE:
        if j == left:
            return True
        j = _before(data, j)
        if (data[j] == _COMMA or (data[j] == _COLON and data[i] == _APOSTROPHE)) and j > left:
            j = _before(data, j)  # single marks quote no values of JSON
        return _is_letter(data[j])
    return data[j] >= 0xE4  # Han and the like: no space is written


@njit(cache=True, nogil=True)
def _in_word(data, i, left, right):  # type: ignore[no-untyped-def]
    """Is the mark at byte i an apostrophe, between two ASCII letters?"""
    behind = i + np.int64(decode(data, np.uint64(i))[1])
    if i == left or behind >= right:
        return False
    return 0x61 <= data[i - 1] <= 0x7A and 0x61 <= data[behind] <= 0x7A
