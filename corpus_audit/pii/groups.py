"""Characters, separators and groups of digits: what the shapes of numbers are read from.

Classes of characters are looked up in tables, and what several shapes ask of the groups is worked
out once (`shape_of`, `joined_of`): numba takes a millisecond for each operation that it compiles,
and compiles a function anew for each constant that it is called with.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from corpus_audit.text.buffers import Int64s

# What is known of a candidate beside its digits.
GROUPED = 1  # written with separators, as people write identifiers
PREFIXED = 2  # +86, 0086, or + with a country code
JOINED = 4  # tied to further digits by a hyphen or a point: part of something longer
LETTER = 8  # tied to an ASCII letter or an underscore
ISSUER = 16  # the issuer prefix of the card is known
UNCHECKED = 32  # the check digit does not hold: counts for nothing without a word that names it
STRONG = 64  # of a phone: the shape alone says telephone


def table_of(characters: Iterable[int]) -> npt.NDArray[np.bool_]:
    """A table by byte: which are among some characters."""
    table = np.zeros(256, np.bool_)
    table[[*characters]] = True
    return table


DIGIT = table_of(b"0123456789")
LETTERS = table_of(b"abcdefghijklmnopqrstuvwxyz_")
_TIE = table_of(b"-.:")  # between a candidate and further digits
_DASH = 0xE2  # the first byte of U+2010 to U+2015, U+2212
_SEPARATORS = np.zeros(256, np.int64)  # 0: it is none
_SEPARATORS[[*b" -.()", _DASH]] = [*b" -.()", _DASH]

SHIFT = 5  # bits of a group in a shape: none is longer than 24 digits


def packed(*lengths: int) -> int:
    """A shape: the lengths of groups, the first one in the lowest bits."""
    return sum(length << SHIFT * place for place, length in enumerate(lengths))


class Forms(NamedTuple):
    """Shapes in which a kind is written, as columns for kernels."""

    shape: Int64s
    mask: Int64s  # the bits by which a shape that goes on is compared
    groups: Int64s
    joined: Int64s  # how many of the groups one separator must join

    @classmethod
    def of(cls, *forms: tuple[int, ...], free: Collection[tuple[int, ...]] = ()) -> Forms:
        """`free`: those forms in which separators may differ."""
        rows = [
            (packed(*form), (1 << SHIFT * len(form)) - 1, len(form), len(form) * (form not in free))
            for form in forms
        ]
        return cls(*np.array(rows, np.int64).T.copy())


@njit
def form_of(shape, joined, forms):  # type: ignore[no-untyped-def]
    """The form, by its place, with which a shape begins whose separators are right; -1: none."""
    for k in range(len(forms.shape)):
        if shape & forms.mask[k] == forms.shape[k] and joined >= forms.joined[k]:
            return k
    return -1


@njit
def shape_of(gl, ng):  # type: ignore[no-untyped-def]
    """The lengths of all groups in one number, as `packed` does it."""
    shape = 0
    for k in range(ng):
        shape |= gl[k] << (SHIFT * k)
    return shape


@njit
def joined_of(gsep, ng, joined):  # type: ignore[no-untyped-def]
    """How many groups, from each one on, are joined by the same character."""
    joined[ng - 1] = 1
    for k in range(ng - 2, -1, -1):
        same = k + 2 < ng and gsep[k + 2] == gsep[k + 1]
        joined[k] = joined[k + 1] + 1 if same else 2


@njit
def is_dash(data, i, stop):  # type: ignore[no-untyped-def]
    """A dash of three bytes at i."""
    if i + 3 > stop or data[i] != _DASH:
        return False
    last = data[i + 2]
    if data[i + 1] == 0x80:
        return 0x90 <= last <= 0x95
    return data[i + 1] == 0x88 and last == 0x92


@njit
def separator_at(data, i, stop):  # type: ignore[no-untyped-def]
    """(kind, bytes) of a separator at i with a digit behind it; kind 0: there is none."""
    kind, wide = _SEPARATORS[data[i]], 1
    if kind == 0:
        return 0, 0
    if kind == _DASH:
        if not is_dash(data, i, stop):
            return 0, 0
        kind, wide = 45, 3
    elif i + 1 < stop:
        if kind == 32 and data[i + 1] == 40:
            kind, wide = 40, 2
        elif kind == 41 and (data[i + 1] == 32 or data[i + 1] == 45):
            wide = 2
    if i + wide < stop and DIGIT[data[i + wide]]:
        return kind, wide
    return 0, 0


@njit
def edges_of(data, first, last, begin, stop):  # type: ignore[no-untyped-def]
    """JOINED and LETTER for a candidate `[first, last)` of a document."""
    flags = 0
    if first > begin:
        left = data[first - 1]
        if LETTERS[left]:
            flags |= LETTER
        elif _TIE[left]:
            if first - 1 > begin:
                flags |= _tie_of(left, data[first - 2])
        elif first - 3 > begin and is_dash(data, first - 3, stop) and DIGIT[data[first - 4]]:
            flags |= JOINED
    right = data[last]
    if LETTERS[right]:
        flags |= LETTER
    elif _TIE[right]:
        if last + 1 < stop:
            flags |= _tie_of(right, data[last + 1])
    elif is_dash(data, last, stop) and last + 3 < stop and DIGIT[data[last + 3]]:
        flags |= JOINED
    return flags


@njit
def _tie_of(tie, beyond):  # type: ignore[no-untyped-def]
    """The flag of a candidate tied to what stands beyond a hyphen, a point or a colon."""
    if DIGIT[beyond]:
        return JOINED
    if LETTERS[beyond] and tie == 45:
        return LETTER
    return 0
