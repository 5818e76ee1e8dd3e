"""Documents of this audit that an earlier delivery holds already."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_audit.duplicates.clusters import TIERS
from corpus_audit.text.buffers import Int64s


class KnownDocuments(NamedTuple):
    """Aligned arrays, by document."""

    document: Int64s
    tier: npt.NDArray[np.int8]  # index into TIERS
    earlier: Int64s  # number of the document it is a copy of


class Known:
    """Collects matches with earlier deliveries."""

    def __init__(self) -> None:
        self._found: list[tuple[Int64s, int, Int64s, npt.NDArray[np.float32]]] = []

    def add(
        self,
        documents: Int64s,
        tier: int,
        earlier: Int64s,
        similarity: npt.NDArray[np.float32] | None = None,
    ) -> None:
        if len(documents):
            if similarity is None:
                similarity = np.ones(len(documents), np.float32)
            self._found.append((documents, tier, earlier, similarity))

    def settled(self, members: Int64s, cluster: Int64s) -> KnownDocuments:
        """The best match of each document; what shares a cluster with a match is near to it."""
        none = KnownDocuments(np.zeros(0, np.int64), np.zeros(0, np.int8), np.zeros(0, np.int64))
        if not self._found:
            return none
        document = np.concatenate([each[0] for each in self._found])
        tier = np.concatenate([np.full(len(each[0]), each[1], np.int8) for each in self._found])
        earlier = np.concatenate([each[2] for each in self._found])
        similarity = np.concatenate([each[3] for each in self._found])
        order = np.lexsort((earlier, -similarity, tier, document))
        document, tier, earlier = document[order], tier[order], earlier[order]
        first = np.r_[True, document[1:] != document[:-1]]
        document, tier, earlier = document[first], tier[first], earlier[first]
        if not len(members):
            return KnownDocuments(document, tier, earlier)
        of_cluster = np.full(int(cluster.max()) + 1, -1, np.int64)
        at = np.minimum(np.searchsorted(members, document), len(members) - 1)
        inside = members[at] == document
        # backwards, so that the match of the first document of a cluster stays
        of_cluster[cluster[at[inside]][::-1]] = earlier[inside][::-1]
        others = members[(of_cluster[cluster] >= 0) & ~np.isin(members, document)]
        theirs = of_cluster[cluster[np.searchsorted(members, others)]]
        near = np.full(len(others), TIERS.index("near"), np.int8)
        every = np.concatenate([document, others])
        order = np.argsort(every)
        return KnownDocuments(
            every[order],
            np.concatenate([tier, near])[order],
            np.concatenate([earlier, theirs])[order],
        )
