"""Views: the text folded so that one literal meets all spellings of a term.

A view is one UTF-8 buffer made by a fold table: per code point keep, replace, expand or delete.
The plain table folds case, width, compatibility variants, traditional to simplified Han, marks on
Latin, Greek, Cyrillic and Han bases, invisible characters, and runs of white space to one space.
The pinyin table writes Han characters by their sound besides.

No map back to the raw text is stored: only documents with matches need one, and folding these
again (`locate`) is cheaper than keeping positions for all.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from corpus_audit.text.buffers import Bytes, Int64s, Utf8
from corpus_audit.text.codepoints import U1, decode, encode, width

#: What can make a text match that its raw form would not; a finding's trace has a bit for each.
TRANSFORMS = (
    *("case", "width", "variant", "simplified", "mark", "invisible"),  # by the fold
    *("squeezed", "split", "repeat", "leet", "lookalike"),  # undone: corpus_audit.text.evasion
    "pinyin",
)
TABLES = ("plain", "pinyin")

# An entry is a code point, or an index of an expansion, with these flags.
DELETE = np.uint32(0x8000_0000)
MARK = np.uint32(0x4000_0000)  # deleted where the character before it is a BASE
EXPAND = np.uint32(0x2000_0000)
BASE = np.uint32(0x1000_0000)
COLLAPSE = np.uint32(0x0800_0000)  # deleted where the view already ends with the same character
CODE = np.uint32(0x001F_FFFF)
SEPARATOR = 0  # follows every document; no folded text holds it


class FoldTable(NamedTuple):
    """What each code point becomes (`table`), and which transforms that is (`bits`)."""

    table: npt.NDArray[np.uint32]
    bits: npt.NDArray[np.uint8]
    expansion_offsets: Int64s
    expansion_data: Bytes


class View(NamedTuple):
    """Folded documents: document i is `data[offsets[i]:offsets[i + 1] - 1]`, then a separator."""

    offsets: Int64s
    data: Bytes


class Spans(NamedTuple):
    """Spans in the raw text of a document, by code points and by bytes, with their trace."""

    start: Int64s
    end: Int64s
    byte_start: Int64s
    byte_end: Int64s
    trace: npt.NDArray[np.int32]


@lru_cache
def load_table(name: str = "plain") -> FoldTable:
    """The fold table of a view."""
    with (files("corpus_audit.text") / f"data/fold_{name}.npz").open("rb") as file:
        stored = dict(np.load(file, allow_pickle=False))
    stored["table"] ^= np.arange(len(stored["table"]), dtype=np.uint32)  # small when stored so
    return FoldTable(*(stored[field] for field in FoldTable._fields))


def fold(text: Utf8, name: str = "plain") -> View:
    """Fold documents into a view."""
    table = load_table(name)
    slack = text.nbytes // 16 + 1024  # few texts grow; those that do are folded again with more
    while True:
        out = np.empty(text.nbytes + len(text) + slack, np.uint8)
        offsets = np.zeros(len(text) + 1, np.int64)
        if _fold(text.offsets, text.data, *table, slack, offsets, out):
            return View(offsets, out[: offsets[-1]])
        slack *= 4


def fold_texts(texts: Sequence[str], name: str = "plain") -> list[bytes]:
    """Fold short texts, as terms are."""
    encoded = [text.encode() for text in texts]
    offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    offsets.setflags(write=False)  # as Arrow's are: one kernel for both
    view = fold(Utf8(offsets, np.frombuffer(b"".join(encoded), np.uint8)), name)
    data = view.data.tobytes()
    return [data[a : b - 1] for a, b in itertools.pairwise(view.offsets.tolist())]


def fold_text(text: str, name: str = "plain") -> bytes:
    """Fold one text."""
    return fold_texts([text], name)[0]


def locate(
    text: Utf8, view: View, row: npt.NDArray[np.int32], start: Int64s, end: Int64s, name: str
) -> Spans:
    """Find the raw spans of matches `[start, end)` (bytes of the view, end > start) by row.

    A span covers every raw character that gave a byte of the match. Matches come sorted by row.
    """
    n = len(row)
    zeros = [np.zeros(n, np.int64) for _ in range(4)]
    spans = Spans(zeros[0], zeros[1], zeros[2], zeros[3], np.zeros(n, np.int32))
    if n:
        order = np.lexsort((end, row))
        _locate(*text, *load_table(name), view.offsets, row, start, end, order, *spans)
    return spans


@njit(cache=True, nogil=True, inline="always")
def _step(entry, code, on_base, after_space, expansion_offsets):  # type: ignore[no-untyped-def]
    """What one table entry does: (bytes that it writes, state after it: on_base, after_space).

    The one place where the rules of folding stand; `_fold` writes and `_locate` counts by it.
    """
    none = np.uint64(0)
    if entry & DELETE:
        return none, on_base, after_space
    if entry & MARK:
        return (none if on_base else width(code)), on_base, after_space and on_base
    if entry & COLLAPSE:
        return (none if after_space else U1), False, True
    on_base = (entry & BASE) != 0
    if entry & EXPAND:
        index = np.uint64(entry & CODE)
        return np.uint64(expansion_offsets[index + U1] - expansion_offsets[index]), on_base, False
    return width(entry & CODE), on_base, False


@njit(cache=True, nogil=True)
def _fold(offsets, data, table, bits, expansion_offsets, expansion_data, slack, ends, out):  # type: ignore[no-untyped-def]
    """Write the view of all documents; False when growing texts have used up the slack.

    The two branches of nearly all text, ASCII above the space and one code point for one, are
    `_step` written out; the rest goes through it.
    """
    ascii = np.zeros(128, np.uint8)  # 0: not one for one
    for code in range(128):
        if not table[code] & (DELETE | COLLAPSE):
            ascii[code] = table[code] & CODE
    special = DELETE | MARK | EXPAND | COLLAPSE
    o = np.uint64(0)
    for row in range(len(offsets) - 1):
        i, stop = np.uint64(offsets[row]), np.uint64(offsets[row + 1])
        on_base, after_space = False, True  # a view never starts with a space
        while i < stop:
            byte = data[i]
            if byte < 0x80:
                folded = ascii[byte]
                if folded != 0:
                    out[o] = folded
                    o += U1
                    i += U1
                    on_base, after_space = (table[byte] & BASE) != 0, False
                    continue
            code, nbytes = decode(data, i)
            i += nbytes
            entry = table[np.uint64(code)]
            if not entry & special:
                code = entry & CODE
                on_base, after_space = (entry & BASE) != 0, False
                wide = width(code)
                if wide > nbytes:
                    slack -= np.int64(wide - nbytes)
                    if slack < 0:
                        return False
                o = encode(out, o, code)
                continue
            written, on_base, after_space = _step(
                entry, code, on_base, after_space, expansion_offsets
            )
            if written == 0:
                continue
            if written > nbytes:
                slack -= np.int64(written - nbytes)
                if slack < 0:
                    return False
            if entry & EXPAND:
                begin = np.uint64(expansion_offsets[np.uint64(entry & CODE)])
                for k in range(written):
                    out[o + np.uint64(k)] = expansion_data[begin + np.uint64(k)]
                o += written
            else:
                o = encode(out, o, entry & CODE)
        out[o] = SEPARATOR
        o += U1
        ends[row + 1] = o
    return True


@njit(cache=True, nogil=True)
def _locate(  # type: ignore[no-untyped-def]
    offsets, data, table, bits, expansion_offsets, expansion_data,
    view_offsets, rows, starts, ends, by_end,
    span_start, span_end, byte_start, byte_end, trace,
):  # fmt: skip
    """Walk each document with matches once; starts rise within a row, `by_end` orders the ends."""
    n = len(rows)
    first = 0
    while first < n:
        row = rows[first]
        last = first
        while last < n and rows[last] == row:
            last += 1
        i, stop = np.uint64(offsets[row]), np.uint64(offsets[row + 1])
        o = np.uint64(view_offsets[row])
        char = 0
        on_base, after_space = False, True
        s, e = first, first
        while i < stop and e < last:
            code, nbytes = decode(data, i)
            written, on_base, after_space = _step(
                table[np.uint64(code)], code, on_base, after_space, expansion_offsets
            )
            o += written
            while s < last and np.uint64(starts[s]) < o:
                span_start[s] = char
                byte_start[s] = np.int64(i) - offsets[row]
                s += 1
            i += nbytes
            char += 1
            while e < last and np.uint64(ends[by_end[e]]) <= o:
                span_end[by_end[e]] = char
                byte_end[by_end[e]] = np.int64(i) - offsets[row]
                e += 1
        for k in range(first, last):
            i = np.uint64(offsets[row] + byte_start[k])
            stop = np.uint64(offsets[row] + byte_end[k])
            while i < stop:
                code, nbytes = decode(data, i)
                trace[k] |= bits[np.uint64(code)]
                i += nbytes
        first = last
