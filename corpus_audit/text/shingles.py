"""Shingles of a text and their 32-bit hash: what MinHash signatures are made of.

A shingle is `size` neighbouring elements of the raw text: code points that are no white space, or
words. A word is a run of letters, marks and digits; of scripts that write without spaces between
words (Han, kana, Thai, ...) each character is a word, so that no document is without any.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt
from numba import njit

from corpus_audit.errors import UsageError
from corpus_audit.text.buffers import Bytes
from corpus_audit.text.codepoints import decode
from corpus_audit.text.scripts import CLASS, SCRIPTS, load_classes

Unit = Literal["char", "word"]

_SPACED = np.uint8(1)  # part of a word
_ALONE = np.uint8(2)  # a word by itself
_UNSPACED = (
    "Han", "Hiragana", "Katakana", "Bopomofo", "Thai", "Lao", "Khmer", "Myanmar", "Tibetan", "Yi",
)  # fmt: skip
_WORD_MULTIPLIER = np.uint64(0x9FB21C651E98DF25)
_S32 = np.uint64(32)
#: No code point above it is white space.
_LAST_SPACE = 0x3000


@dataclass(frozen=True, slots=True)
class ShingleHash:
    """A hash of shingles to 32 bits, as `hashfunc` of `datasketch.MinHash` takes it.

    With the elements c_1 ... c_n of a shingle as numbers (code points, or `word_hash` of words),
    all modulo 2^64: v = sum of c_i * multiplier^(n - i); the hash is the upper half of
    (v xor (v >> 32)) * finaliser. It rolls: the next shingle costs two multiplications.
    """

    unit: Unit = "char"
    size: int = 5
    # Steele and Vigna's spectrally good multiplier, Stafford's mix 13; a keyed hash has others.
    multiplier: int = 0xD1342543DE82EF95
    finaliser: int = 0xBF58476D1CE4E5B9

    @classmethod
    def named(cls, name: str) -> ShingleHash:
        """Of `char:5`, `word:3`, ... Raises UsageError."""
        unit, _, size = name.partition(":")
        if unit not in ("char", "word") or not size.isdecimal() or not 1 <= int(size) <= 64:
            raise UsageError(
                f"--dup-shingles {name!r}: it is char:N or word:N with N from 1 to 64, such as "
                "char:5. Without shingles no near-duplicate could be found."
            )
        return cls("char" if unit == "char" else "word", int(size))

    def keyed(self, key: bytes) -> ShingleHash:
        """The hash that nobody without the key can try texts on."""
        digest = hashlib.blake2b(b"shingles", key=key, digest_size=16).digest()
        multiplier = int.from_bytes(digest[:8], "little") | 1
        return ShingleHash(
            self.unit, self.size, multiplier, int.from_bytes(digest[8:], "little") | 1
        )

    @property
    def name(self) -> str:
        return f"{self.unit}:{self.size}"

    def __call__(self, shingle: bytes) -> int:
        """The hash of one shingle in UTF-8; words are separated by one space."""
        text = shingle.decode()
        elements = map(ord, text) if self.unit == "char" else map(word_hash, text.split(" "))
        value = 0
        for element in elements:
            value = (value * self.multiplier + element) & 0xFFFF_FFFF_FFFF_FFFF
        return ((value ^ value >> 32) * self.finaliser >> 32) & 0xFFFF_FFFF


def word_hash(word: str) -> int:
    """The number that stands for a word: its code points c as polynomial, 64 bits."""
    value = 0
    for char in word:
        value = (value * int(_WORD_MULTIPLIER) + ord(char) + 1) & 0xFFFF_FFFF_FFFF_FFFF
    return value


@lru_cache
def element_classes(unit: Unit) -> Bytes:
    """What each code point is to a unit: 0 is between elements."""
    if unit == "char":
        classes = np.ones(0x110000, np.uint8)
        classes[[code for code in range(_LAST_SPACE + 1) if chr(code).isspace()]] = 0
        return classes
    kinds = (unicodedata.category(chr(code))[0] for code in range(0x110000))
    classes = np.fromiter((kind in "LMN" for kind in kinds), np.uint8, 0x110000)
    alone = [SCRIPTS.index(name) for name in _UNSPACED]
    classes[np.isin(load_classes() & CLASS, alone)] = _ALONE
    return classes


@njit(cache=True, nogil=True, inline="always")
def next_char(data, i, stop, classes):  # type: ignore[no-untyped-def]
    """The next code point that is no white space: (found, element, byte after it)."""
    while i < stop:
        code, nbytes = decode(data, i)
        i += nbytes
        if classes[np.uint64(code)]:
            return True, np.uint64(code), i
    return False, np.uint64(0), i


@njit(cache=True, nogil=True)
def next_word(data, i, stop, classes):  # type: ignore[no-untyped-def]
    """The next word: (found, element, byte after it)."""
    value, inside = np.uint64(0), False
    while i < stop:
        code, nbytes = decode(data, i)
        kind = classes[np.uint64(code)]
        if inside and kind != _SPACED:
            break
        i += nbytes
        if kind:
            value = np.uint64(value * _WORD_MULTIPLIER + np.uint64(code) + np.uint64(1))
            inside = True
            if kind == _ALONE:
                break
    return inside, value, i


@njit(cache=True, nogil=True, inline="always")
def finish(value, finaliser):  # type: ignore[no-untyped-def]
    """The 32-bit hash of a rolled value."""
    return np.uint32(((value ^ (value >> _S32)) * finaliser) >> _S32)


def power(base: int, exponent: int) -> np.uint64:
    """base^exponent modulo 2^64: what the element that leaves a window is worth."""
    return np.uint64(pow(base, exponent, 1 << 64))


Uint32s = npt.NDArray[np.uint32]
Uint64s = npt.NDArray[np.uint64]
