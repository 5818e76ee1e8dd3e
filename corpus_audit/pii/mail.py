"""E-mail addresses and credentials in URLs, found from each @ outwards in one pass over a view."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from corpus_audit.text.buffers import Int64s
from corpus_audit.text.fold import View

MAIL, HAN_MAIL, CREDENTIALS = 0, 1, 2

_LOCAL_LIMIT = 64  # RFC 5321 4.5.3.1
_DOMAIN_LIMIT = 253
_LOCAL = np.zeros(256, np.bool_)
_LOCAL[[*b"abcdefghijklmnopqrstuvwxyz0123456789._%+-"]] = True
_HOST = np.zeros(256, np.bool_)
_HOST[[*b"abcdefghijklmnopqrstuvwxyz0123456789.-"]] = True


class Mails(NamedTuple):
    """Spans in bytes of the view, in order; and how many a cap left out, by document."""

    what: npt.NDArray[np.int8]
    start: Int64s
    end: Int64s
    capped: Int64s


def find_mails(view: View, cap: int) -> Mails:
    """All of a view; of one document at most `cap`."""
    size = max(len(view.data) // 256, 256)
    capped = np.zeros(len(view.offsets) - 1, np.int64)
    while True:
        what = np.empty(size, np.int8)
        start, end = np.empty(size, np.int64), np.empty(size, np.int64)
        capped[:] = 0
        n = _scan(*view, _LOCAL, _HOST, cap, what, start, end, capped)
        if n <= size:
            return Mails(what[:n], start[:n], end[:n], capped)
        size = n


@njit(cache=True, nogil=True)
def _scan(offsets, data, local, host, cap, whats, starts, ends, capped):  # type: ignore[no-untyped-def]
    n = 0
    for row in range(len(offsets) - 1):
        begin, stop = offsets[row], offsets[row + 1] - 1
        found = 0
        for at in range(begin, stop):
            if data[at] != 64:
                continue
            # --- right: labels with points between, the last one of letters
            e = at + 1
            limit = min(stop, at + 1 + _DOMAIN_LIMIT)
            while e < limit and host[data[e]]:
                e += 1
            while e > at + 1 and (data[e - 1] == 46 or data[e - 1] == 45):
                e -= 1
            dot = e - 1
            while dot > at and data[dot] != 46:
                dot -= 1
            named = dot > at + 1 and e - dot > 2
            for k in range(dot + 1, e):
                named &= 97 <= data[k] <= 122
            for k in range(at + 1, e - 1):  # no empty label
                named &= not (data[k] == 46 and data[k + 1] == 46)
            # --- left
            s = at
            floor = max(begin, at - _LOCAL_LIMIT)
            while s > floor and local[data[s - 1]]:
                s -= 1
            bounded = s == begin or not local[data[s - 1]]
            while s < at and (data[s] == 46 or data[s] == 45 or data[s] == 37 or data[s] == 43):
                s += 1
            # --- scheme://user:password@host
            back = at - 1
            floor = max(begin, at - 160)
            slashes = False
            while back >= floor + 2:
                c = data[back]
                if c <= 32 or c == 64 or c == 34 or c == 39 or c == 60 or c >= 0x80:
                    break
                if c == 47:
                    slashes = data[back - 1] == 47 and data[back - 2] == 58
                    break
                back -= 1
            what = -1
            if slashes:
                colon = back + 1
                while colon < at and data[colon] != 58:
                    colon += 1
                if colon + 1 < at and e > at + 1:
                    what = CREDENTIALS
                    s = back - 2
                    while s > begin and 97 <= data[s - 1] <= 122:
                        s -= 1
            elif named and bounded and s < at and data[at - 1] != 46:
                what = MAIL
            elif named and s == at and at - 3 >= begin and 0xE4 <= data[at - 3] <= 0xE9:
                what = HAN_MAIL
                while s - 3 >= begin and 0xE4 <= data[s - 3] <= 0xE9 and at - s < 30:
                    s -= 3
            if what < 0:
                continue
            found += 1
            if found > cap:
                capped[row] += 1
                continue
            if n < len(whats):
                whats[n], starts[n], ends[n] = what, s, e
            n += 1
    return n
