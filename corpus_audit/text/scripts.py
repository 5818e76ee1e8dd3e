"""Code points and letters per script, counted over UTF-8 buffers."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
from numba import njit

from corpus_audit.text.buffers import Bytes, Int64s
from corpus_audit.text.codepoints import decode

Int32s = npt.NDArray[np.int32]

#: Classes of letters. The first holds everything that is no letter, `other` all further scripts.
SCRIPTS = (
    "none", "Latin", "Han", "Hiragana", "Katakana", "Bopomofo", "Hangul", "Thai", "Arabic",
    "Hebrew", "Cyrillic", "Greek", "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Tamil",
    "Telugu", "Kannada", "Malayalam", "Armenian", "Georgian", "Khmer", "Lao", "Myanmar",
    "Sinhala", "Ethiopic", "Tibetan", "Mongolian", "Yi", "Oriya", "other",
)  # fmt: skip

# An entry of the table is a class with these flags.
SIMPLIFIED = np.uint8(0x40)  # a Han character that traditional Chinese does not write
TRADITIONAL = np.uint8(0x80)  # nor simplified
CLASS = np.uint8(0x3F)

#: Columns of the counts behind those of the scripts.
HANS, HANT = len(SCRIPTS), len(SCRIPTS) + 1

_NO_LIMIT = np.iinfo(np.int64).max


@lru_cache
def load_classes() -> Bytes:
    """Class and flags of every code point."""
    with (files("corpus_audit.text") / "data/scripts.npz").open("rb") as file:
        stored = dict(np.load(file, allow_pickle=False))
    if tuple(stored["scripts"]) != SCRIPTS:
        raise ValueError("data/scripts.npz is stale: run scripts/build_language_tables.py")
    lengths = np.diff(stored["starts"].astype(np.int64), append=0x110000)
    classes: Bytes = np.repeat(stored["classes"], lengths)
    return classes


def count_chars(offsets: Int64s, data: Bytes) -> Int64s:
    """Code points of each document."""
    out = np.zeros(len(offsets) - 1, np.int64)
    _count_chars(offsets, data, out)
    return out


def count_scripts(offsets: Int64s, data: Bytes, limit: int = _NO_LIMIT) -> Int32s:
    """Letters of each document per script, then characters only in simplified or traditional.

    Columns are `SCRIPTS`, `HANS`, `HANT`; the first, of what is no letter, stays 0. `limit` stops
    after about that many code points of a document (at the next multiple of 32 ASCII bytes).
    """
    out = np.zeros((len(offsets) - 1, len(SCRIPTS) + 2), np.int32)
    _count_scripts(offsets, data, load_classes(), limit, out)
    return out


@njit(cache=True, nogil=True)
def _count_chars(offsets, data, out):  # type: ignore[no-untyped-def]
    """Count the bytes that are not continuation bytes; LLVM makes SIMD of the inner loop."""
    for row in range(len(offsets) - 1):
        chars = 0
        for byte in data[offsets[row] : offsets[row + 1]]:
            chars += (byte & 0xC0) != 0x80
        out[row] = chars


_BLOCK = 32
_LATIN = SCRIPTS.index("Latin")


@njit(cache=True, nogil=True)
def _count_scripts(offsets, data, classes, limit, out):  # type: ignore[no-untyped-def]
    # Flags count as classes of their own, so that the loop over Han has no branch.
    counts = np.zeros(256, np.int32)
    for row in range(len(offsets) - 1):
        counts[:] = 0
        i, stop = np.uint64(offsets[row]), np.uint64(offsets[row + 1])
        chars = 0
        latin = np.int64(0)
        while i < stop and chars < limit:
            if data[i] < 0x80 and i + np.uint64(_BLOCK) <= stop:
                block = data[i : i + np.uint64(_BLOCK)]
                high = np.uint8(0)
                letters = np.uint8(0)
                for k in range(_BLOCK):
                    high |= block[k]
                    letters += np.uint8(np.uint8((block[k] | 0x20) - 97) < 26)
                if high < 0x80:
                    latin += np.int64(letters)
                    chars += _BLOCK
                    i += np.uint64(_BLOCK)
                    continue
            code, width = decode(data, i)
            counts[classes[np.uint64(code)]] += 1
            chars += 1
            i += width
        for entry in range(1, 256):
            if entry & CLASS and counts[entry]:
                out[row, entry & CLASS] += counts[entry]
                if entry & SIMPLIFIED:
                    out[row, HANS] += counts[entry]
                if entry & TRADITIONAL:
                    out[row, HANT] += counts[entry]
        out[row, _LATIN] += latin
