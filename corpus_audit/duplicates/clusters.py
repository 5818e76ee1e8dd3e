"""From pairs to clusters, and which document of each is kept."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from corpus_audit.text.buffers import Int64s

#: How a document is a copy of another, the strictest first; a kept one is none.
TIERS = ("exact", "normalised", "near")
KEPT = len(TIERS)
_MANY = 8 << 20  # edges held before they are drawn together


class Edges:
    """Pairs of documents that belong together, held in memory that grows with documents only."""

    def __init__(self) -> None:
        self._left: list[Int64s] = []
        self._right: list[Int64s] = []
        self._count = 0

    def add(self, left: Int64s, right: Int64s) -> None:
        self._left.append(left)
        self._right.append(right)
        self._count += len(left)
        if self._count > _MANY:
            members, cluster = self.components()
            _, first = np.unique(cluster, return_index=True)
            self._left, self._right = [members], [members[first][cluster]]
            self._count = 0

    def components(self) -> tuple[Int64s, Int64s]:
        """(documents, sorted; cluster of each): clusters are numbered by their first document."""
        if not self._left:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        left, right = np.concatenate(self._left), np.concatenate(self._right)
        members = np.unique(np.concatenate([left, right]))
        first = np.arange(len(members))
        _link(np.searchsorted(members, left), np.searchsorted(members, right), first)
        return members, np.unique(first, return_inverse=True)[1]


@njit(cache=True, nogil=True)
def _link(left, right, first):  # type: ignore[no-untyped-def]
    """Union-find: of each member the first one that pairs lead to, from itself on entry."""
    for k in range(len(left)):
        a, b = _first(first, left[k]), _first(first, right[k])
        first[max(a, b)] = min(a, b)
    for member in range(len(first)):  # what it refers to is lower, so it is settled
        first[member] = first[first[member]]


@njit(cache=True, nogil=True, inline="always")
def _first(first, member):  # type: ignore[no-untyped-def]
    while first[member] != member:
        first[member] = first[first[member]]  # halve the way for the next one
        member = first[member]
    return member


class Clusters(NamedTuple):
    """Documents that have copies, by number, and what became of each. Aligned arrays."""

    document: Int64s  # sorted
    cluster: Int64s
    kept: Int64s  # the number of the kept document of its cluster
    tier: npt.NDArray[np.int8]  # index into TIERS, or KEPT


def settle(
    document: Int64s,
    cluster: Int64s,
    exact: Int64s,
    normalised: Int64s,
    priority: Int64s,
    chars: Int64s,
) -> Clusters:
    """Keep one document of each cluster: of the preferred source, then the longest, then the first.

    `exact` and `normalised` name the group of equal fingerprints of each document. A document that
    is not kept is an exact copy if a preferred one has its very text, else a normalised one if a
    preferred one has its folded text, else a near one: so exact copies are all documents less all
    distinct texts, whatever else stands in their clusters.
    """
    rank = np.empty(len(document), np.int64)
    rank[np.lexsort((document, -chars, priority))] = np.arange(len(document))
    tier = np.full(len(document), TIERS.index("near"), np.int8)
    first_normalised = _is_first(normalised, rank)
    tier[~first_normalised] = TIERS.index("normalised")
    tier[~_is_first(exact, rank)] = TIERS.index("exact")
    first = _is_first(cluster, rank)
    tier[first] = KEPT
    kept_of = np.empty(int(cluster.max(initial=-1)) + 1, np.int64)
    kept_of[cluster[first]] = document[first]
    return Clusters(document, cluster, kept_of[cluster], tier)


def _is_first(group: Int64s, rank: Int64s) -> npt.NDArray[np.bool_]:
    """Has a document the least rank of its group?"""
    order = np.lexsort((rank, group))
    first = np.ones(len(group), np.bool_)
    first[order[1:]] = group[order[1:]] != group[order[:-1]]
    return first
