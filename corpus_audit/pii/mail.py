"""E-mail addresses and credentials in URLs, found from each @ outwards."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from corpus_audit.pii.groups import table_of
from corpus_audit.text.buffers import Int64s
from corpus_audit.text.fold import View

MAIL, HAN_MAIL, CREDENTIALS = 0, 1, 2

_STRETCH = 4 << 20  # bytes looked at together: bounds the memory of a document of nothing but @
_LOCAL_LIMIT = 64  # RFC 5321 4.5.3.1
_DOMAIN_LIMIT = 253
_LETTER = table_of(b"abcdefghijklmnopqrstuvwxyz")
_LOCAL = table_of(b"abcdefghijklmnopqrstuvwxyz0123456789._%+-")
_HOST = table_of(b"abcdefghijklmnopqrstuvwxyz0123456789.-")
_EDGE = table_of(b".-%+")  # with which no local part begins
_HAN = table_of(range(0xE4, 0xEA))  # first bytes
_END = table_of([*range(33), *b"@\"'<", *range(0x80, 256)])  # of a URL, looked at from its right


class Mails(NamedTuple):
    """Spans in bytes of the view, in order; and how many a cap left out, by document."""

    what: npt.NDArray[np.int8]
    start: Int64s
    end: Int64s
    capped: Int64s


def find_mails(view: View, cap: int) -> Mails:
    """All of a view; of one document at most `cap`."""
    counts = np.zeros(len(view.offsets) - 1, np.int64)
    parts = [np.zeros((3, 0), np.int64)]
    for begin in range(0, len(view.data), _STRETCH):
        places = np.flatnonzero(view.data[begin : begin + _STRETCH] == 64) + begin
        if len(places):
            rows = np.searchsorted(view.offsets, places, side="right") - 1
            out = np.empty((3, len(places)), np.int64)
            parts.append(out[:, : _scan(*view, places, rows, cap, counts, out)])
    what, start, end = np.concatenate(parts, axis=1)
    return Mails(what.astype(np.int8), start, end, np.maximum(counts - cap, 0))


@njit(cache=True, nogil=True)
def _scan(offsets, data, places, rows, cap, counts, out):  # type: ignore[no-untyped-def]
    """Look around each @; of what is there, write what it is, where it starts and ends."""
    n = 0
    for j in range(len(places)):
        at, row = places[j], rows[j]
        begin, stop = offsets[row], offsets[row + 1] - 1
        # --- right: labels with points between, the last one of letters
        e, limit = at + 1, at + 1 + _DOMAIN_LIMIT
        if limit > stop:
            limit = stop
        while e < limit and _HOST[data[e]]:
            e += 1
        while e > at + 1 and (data[e - 1] == 46 or data[e - 1] == 45):
            e -= 1
        dot = e - 1
        while dot > at and _LETTER[data[dot]]:
            dot -= 1
        named = dot > at + 1 and e - dot > 2 and data[dot] == 46
        for k in range(at + 1, e - 1):  # no empty label
            if data[k] == 46 and data[k + 1] == 46:
                named = False
        # --- left
        s, floor = at, at - _LOCAL_LIMIT
        if floor < begin:
            floor = begin
        while s > floor and _LOCAL[data[s - 1]]:
            s -= 1
        bounded = s == begin or not _LOCAL[data[s - 1]]
        while s < at and _EDGE[data[s]]:
            s += 1
        # --- scheme://user:password@host
        back, floor = at - 1, at - 158
        if floor < begin + 2:
            floor = begin + 2
        while back >= floor and data[back] != 47 and not _END[data[back]]:
            back -= 1
        what = -1
        if back >= floor and data[back] == 47 and data[back - 1] == 47 and data[back - 2] == 58:
            colon = back + 1
            while colon < at and data[colon] != 58:
                colon += 1
            if colon + 1 < at and e > at + 1:
                what, s = CREDENTIALS, back - 2
                while s > begin and _LETTER[data[s - 1]]:
                    s -= 1
        elif named and bounded and s < at and data[at - 1] != 46:
            what = MAIL
        elif named and s == at and at - 3 >= begin and _HAN[data[at - 3]]:
            what = HAN_MAIL
            while s - 3 >= begin and _HAN[data[s - 3]] and at - s < 30:
                s -= 3
        if what >= 0:
            counts[row] += 1
            if counts[row] <= cap:
                out[0, n], out[1, n], out[2, n] = what, s, e
                n += 1
    return n
