"""Evasion undone: what was put between, doubled, replaced or taken apart is put right again.

Writing such as 赌.博, c a s i n o, fuuuck, p0rn and 贝者博 is found by its shape in a folded text
(`Suspects`: one branch-free pass over the bytes), and only the stretches around such places are
written again as they would be without it (`undo`). Clean text costs the one pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_audit.text import known, undoing
from corpus_audit.text import suspects as marks
from corpus_audit.text.buffers import Bytes, Int64s
from corpus_audit.text.fold import View

_WAYS = 4  # in which a stretch is written
_ROOM = 1 << 13  # places that are found together


class Tables(NamedTuple):
    """The data behind: classes by code point, and which two characters make which one."""

    classes: npt.NDArray[np.uint8]
    pairs: Int64s  # left << 21 | right, rising
    joined: npt.NDArray[np.uint32]
    looks: Bytes  # by code point below its length: the letter it is read as (leet, lookalike), or 0


class Undone(NamedTuple):
    """Stretches as they would be without evasion, and where each byte came from in the view."""

    view: View  # one entry a stretch
    row: Int64s  # document of each stretch
    origin: Int64s  # byte of the searched view that each stretch is from
    start: npt.NDArray[np.uint16]  # per byte: where it is from, as bytes from there on
    end: npt.NDArray[np.uint16]
    what: Bytes  # per byte: bits of SOFT_GAP, ...; gaps stand before the character

    def spans(self, start: Int64s, end: Int64s) -> tuple[npt.NDArray[np.intp], Int64s, Int64s]:
        """Of matches `[start, end)` in the stretches: which stretch, and the bytes in the view."""
        stretch = np.searchsorted(self.view.offsets, start, side="right") - 1
        origin = self.origin[stretch]
        return stretch, origin + self.start[start], origin + self.end[end - 1]


class Neighbours:
    """What stands side by side in some literal: the filter that keeps undoing cheap.

    Two characters of text are looked at again where a literal has them, and has before or behind
    them what the text has; words written oddly, where they are words of a literal.
    """

    def __init__(self, literals: Iterable[bytes]) -> None:
        texts = [literal.decode() for literal in set(literals)]
        self.characters = "".join(sorted(set().union(*texts)))
        points = np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32).astype(np.int64)
        offsets = np.cumsum([0, *map(len, texts)], dtype=np.int64)
        tables = load_tables()
        self.known = np.zeros(1 << known.HASH_BITS, np.uint8)
        known.know(points, offsets, tables.classes, tables.looks, self.known)
        self.pairs = np.packbits(self.known & known.PAIR, bitorder="little")
        self.joinable = np.zeros(0x110000, np.bool_)
        self.joinable[[ord(char) for char in self.characters]] = True
        self.parts = np.zeros(0x110000, np.bool_)  # the first of two that make a joinable one
        self.parts[tables.pairs[self.joinable[tables.joined]] >> 21] = True

    def split_pairs(self) -> list[str]:
        """The ways to write the characters of the literals as two."""
        tables = load_tables()
        mask = (1 << 21) - 1
        keys = tables.pairs[self.joinable[tables.joined]].tolist()
        return [chr(key >> 21) + chr(key & mask) for key in keys]


class Suspects:
    """Where something looks like evasion of a literal of one of some sets, two at most."""

    def __init__(self, *sets: Neighbours) -> None:
        self._sets = range(len(sets))
        self._known, self._parts = np.zeros_like(sets[0].known), np.zeros_like(sets[0].parts)
        for number, one in enumerate(sets):
            self._known |= one.known << 4 * number
            self._parts |= one.parts
        self._pairs = np.packbits((self._known & known.EACH) > 0, bitorder="little")

    def find(self, view: View, splits: Int64s) -> list[Int64s]:
        """For each set the bytes of a view, rising, at which it looks like evasion of a literal.

        `splits`: where `split_pairs` of the sets stand.
        """
        tables, begin = load_tables(), 0
        data = view.data
        if len(data) < 64:  # the kernel reads as many at a time
            data = np.r_[data, np.zeros(64 - len(data), np.uint8)]
        out, of = np.empty(_ROOM, np.int64), np.empty(_ROOM, np.uint8)
        places, owners = (
            [splits],
            [marks.split_in_words(view.data, splits, *tables[:3], self._known, self._parts)],
        )
        while begin < len(data):
            count, begin = marks.find(
                data, begin, tables.classes, tables.looks, self._known, self._pairs, out, of
            )
            places.append(out[:count].copy())
            owners.append(of[:count].copy())
        place, owner = np.concatenate(places), np.concatenate(owners)
        return [np.unique(place[owner >> 4 * number & 1 > 0]) for number in self._sets]


@lru_cache
def load_tables() -> Tables:
    """The tables that ship with the package."""
    with (files("corpus_audit.text") / "data/evasion.npz").open("rb") as file:
        stored = np.load(file, allow_pickle=False)
        tables = Tables(*(stored[name] for name in Tables._fields))
    for read, letter in zip(b"0134@5$7", b"oieaasst", strict=True):
        tables.looks[read] = letter
    return tables


def undo(view: View, places: Int64s, neighbours: Neighbours) -> Undone:
    """Write the stretches around some places (rising) as they would be without evasion.

    A stretch is written up to four times: put together; with a letter that stands three times or
    more written once, and twice; with leet and lookalikes read. In the last one i and l are both
    i, because a 1 stands for either: match it against `skeletons`.
    """
    row = np.searchsorted(view.offsets, places, side="right") - 1
    first, last, rows = undoing.stretches(view.data, places, row, view.offsets)
    room = int((_WAYS * (last - first + 1)).sum())
    data, what = np.empty(room, np.uint8), np.empty(room, np.uint8)
    start, end = np.empty(room, np.uint16), np.empty(room, np.uint16)
    offsets = np.zeros(_WAYS * len(first) + 1, np.int64)
    owner, origin = np.zeros((2, _WAYS * len(first)), np.int64)
    count = undoing.undo(
        view.data, first, last, rows, *load_tables(), neighbours.parts, neighbours.joinable,
        data, start, end, what, offsets, owner, origin,
    )  # fmt: skip
    size = offsets[count]
    stretches = View(offsets[: count + 1], data[:size])
    return Undone(stretches, owner[:count], origin[:count], start[:size], end[:size], what[:size])


def bare(literals: Sequence[bytes]) -> list[bytes]:
    """Literals without what may stand in gaps; those that are nothing else as they are."""
    text = b"".join(literal + b"\0" for literal in literals).decode()
    points = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    kept = points[(load_tables().classes[points] > known.HARD) | (points == 0)]
    texts = kept.tobytes().decode("utf-32-le").encode().split(b"\0")[:-1]
    return [text or literal for text, literal in zip(texts, literals, strict=True)]


def skeletons(literals: Sequence[bytes]) -> list[bytes]:
    """Literals as texts are written in which leet is read."""
    return [literal.replace(b"l", b"i") for literal in literals]


def undone_in(undone: Undone, start: Int64s, end: Int64s) -> tuple[Bytes, npt.NDArray[np.bool_]]:
    """What was undone within matches `[start, end)` of the stretches, and which are parted fully.

    Fully parted: something stands between every two of three or more characters. Zero where
    nothing was undone, or where what parts sentences stands in a match that is not fully parted.
    """
    bits, full = np.zeros(len(start), np.uint8), np.zeros(len(start), np.bool_)
    undoing.undone_in(undone.view.data, undone.what, start, end, bits, full)
    return bits, full
