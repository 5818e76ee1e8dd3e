"""Candidates of all finders in one list, and which of those that overlap stay."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from corpus_audit.text.buffers import Int64s

HIGH, MEDIUM, LOW = 0, 1, 2

#: Which kind keeps a stretch that several claim; a kind not named here has the middle.
_RANK = {
    "private_key": 95, "url_credentials": 90, "jwt": 88, "git_token": 87, "cloud_token": 86,
    "iban": 82, "cn_resident_id": 80, "cn_hmt_residence_permit": 80, "cn_social_credit_code": 78,
    "cn_foreigner_residence_card": 79, "alipay": 76, "crypto_wallet": 75, "email": 68,
    "cn_address": 66, "cn_number_plate": 64, "mac_address": 63, "cn_mobile": 60, "bank_card": 62,
    "cn_driving_licence": 72, "cn_landline": 55, "us_ssn": 54, "coordinates": 53,
    "ip_address": 50, "birth_date": 50, "wechat_id": 61, "password": 45, "person_name": 40,
    "phone": 30, "url": 20,
}  # fmt: skip


class Candidates(NamedTuple):
    """Aligned arrays, in order of (row, start)."""

    kind: npt.NDArray[np.int16]  # index into the kinds of the finder
    row: npt.NDArray[np.int64]
    start: Int64s  # bytes of the view
    end: Int64s
    level: npt.NDArray[np.int8]  # HIGH, MEDIUM, LOW
    placeholder: npt.NDArray[np.bool_]
    value: npt.NDArray[np.uint64]  # of numbers: their digits; 0: the folded text is the value

    def __len__(self) -> int:
        return len(self.kind)

    def take(self, which: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Candidates:
        columns: list[Any] = [column[which] for column in self]
        return Candidates(*columns)


class Collector:
    """Gathers candidates of one view. Of each document and finder at most `cap` are looked at."""

    def __init__(self, kinds: list[str], documents: int, cap: int) -> None:
        self.index = {name: i for i, name in enumerate(kinds)}
        self.cap = cap
        self.capped = np.zeros(documents, np.int64)
        self._rows: list[tuple[int, int, int, int, int, bool]] = []
        self._parts: list[Candidates] = []

    def admit(self, finder: str, row: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Which of some rows (rising) are within the cap; the others are counted."""
        n = len(row)
        fresh = np.r_[True, row[1:] != row[:-1]][:n]
        first = np.flatnonzero(fresh)
        nth = np.arange(n) - np.repeat(first, np.diff(np.r_[first, n]))
        kept: npt.NDArray[np.bool_] = nth < self.cap
        if not kept.all():
            np.add.at(self.capped, row[~kept], 1)
        return kept

    def add(
        self, kind: str, row: int, start: int, end: int, level: int, placeholder: bool = False
    ) -> None:
        """Add one candidate, if its kind is wanted."""
        if kind in self.index:
            self._rows.append((self.index[kind], row, start, end, level, placeholder))

    def sure(self, kinds: tuple[str, ...]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Rows and starts of what was found of some kinds, without what is unsure."""
        wanted = [self.index[kind] for kind in kinds if kind in self.index]
        parts = [
            part.take(np.isin(part.kind, wanted) & (part.level != LOW)) for part in self._parts
        ]
        rows = np.concatenate([np.zeros(0, np.int64), *(part.row for part in parts)])
        starts = np.concatenate([np.zeros(0, np.int64), *(part.start for part in parts)])
        return rows, starts

    def extend(self, part: Candidates) -> None:
        self._parts.append(part)

    def take(self) -> Candidates:
        """All of them in order, without those that a better one overlaps."""
        table = np.array(self._rows, np.int64).reshape(-1, 6)
        single = Candidates(
            table[:, 0].astype(np.int16), table[:, 1], table[:, 2], table[:, 3],
            table[:, 4].astype(np.int8), table[:, 5].astype(np.bool_),
            np.zeros(len(table), np.uint64),
        )  # fmt: skip
        every = [*self._parts, single]
        columns: list[Any] = [
            np.concatenate([part[i] for part in every]) for i in range(len(Candidates._fields))
        ]
        joined = Candidates(*columns)
        order = np.lexsort((-joined.end, joined.start))
        joined = joined.take(order)
        names = sorted(self.index, key=lambda name: self.index[name])
        rank = np.array([_RANK.get(name, 70) for name in names], np.int64)
        score = 2 * (rank[joined.kind] - 50 * (joined.level == LOW)) + (joined.level == HIGH)
        kept = np.empty(len(joined), np.int64)
        return joined.take(kept[: _apart(joined.start, joined.end, score, kept)])


def rows_of(which: npt.NDArray[np.intp], *columns: Int64s) -> Iterator[tuple[int, ...]]:
    """Some rows of columns, as plain numbers."""
    return zip(*(column[which].tolist() for column in columns), strict=True)


@njit(cache=True, nogil=True)
def _apart(start, end, score, kept):  # type: ignore[no-untyped-def]
    """Write the indices of candidates, none of which overlaps a better one that stays."""
    n = 0
    for i in range(len(start)):
        good = True
        k = n
        while k > 0 and end[kept[k - 1]] > start[i]:
            other = kept[k - 1]
            longer = end[other] - start[other] >= end[i] - start[i]
            if score[other] > score[i] or (score[other] == score[i] and longer):
                good = False
                break
            k -= 1
        if good:
            n = k
            kept[n] = i
            n += 1
    return n
