"""The whole join: copies by fingerprint, candidates by bands, verified, clustered, written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from corpus_audit.audit.store import SPILL, AuditStore
from corpus_audit.duplicates.bands import bands_for
from corpus_audit.duplicates.candidates import Buckets, Keys, pairs_of
from corpus_audit.duplicates.clusters import TIERS, Edges
from corpus_audit.duplicates.frame import Frame, Signatures, halves
from corpus_audit.duplicates.index import Earlier, Index, shingles_of
from corpus_audit.duplicates.known import Known
from corpus_audit.duplicates.result import Copies, Similarity, read_numbers, write_result
from corpus_audit.duplicates.verify import Estimates, ExactSets, Texts, within_budget
from corpus_audit.errors import UsageError
from corpus_audit.text.buffers import Int64s
from corpus_audit.text.minhash import band_keys
from corpus_audit.text.shingles import ShingleHash

_NUMBERS = 1 << 32  # signatures of one join

Found = Callable[[Int64s, Int64s, npt.NDArray[np.float32]], None]


@dataclass(frozen=True, slots=True)
class JoinOptions:
    """How copies are found and which one is kept."""

    threshold: float = 0.8  # Jaccard similarity from which two documents are near-duplicates
    verify: Literal["estimate", "exact"] = "estimate"
    budget: int = 1 << 30  # bytes of text read for exact verification
    prefer: tuple[str, ...] = ()  # sources whose documents are kept first
    memory: int = 2 << 30  # bytes that duckdb may use before it spills
    threads: int | None = None
    spill: str | None = None  # folder; None is the audit's own, or the system's for a remote one


def join(
    store: AuditStore,
    options: JoinOptions,
    *,
    index: Index | None = None,
    texts: Texts | None = None,
    found: Found = lambda left, right, similarity: None,
) -> dict[str, Any]:
    """Find the copies in a finished audit; writes `duplicates.parquet` and `duplicates.json`.

    `texts` is needed for exact verification; `found` gets the near-duplicates as they are verified.
    Returns what `duplicates.json` holds.
    """
    bands_for(options.threshold)  # a wrong one is told before anything is read
    manifest = store.read_manifest()
    frame = Frame(store)
    earlier = None if index is None else index.against(manifest, frame.documents)
    folder = options.spill or (str(store.local) if store.local else None)
    with tempfile.TemporaryDirectory(prefix=SPILL, dir=folder, ignore_cleanup_errors=True) as spill:
        threads = options.threads or os.cpu_count() or 1
        keys = Keys(Path(spill), options.memory, threads)
        try:
            hash_ = ShingleHash.named(shingles_of(manifest))
            parts = _Join(frame, earlier, options, keys, Path(spill), hash_, texts, found)
            copies = parts.run()
            keys.close()  # its memory is needed no longer
            return write_result(store, frame, earlier, copies, manifest, options)
        finally:
            keys.close()


def join_again(store: AuditStore, options: JoinOptions) -> None:
    """Find the copies, unless that was done for the same documents and threshold."""
    done = read_numbers(store)
    if done is None or done["threshold"] != options.threshold:
        join(store, options)


class _Join:
    """One join, step by step."""

    def __init__(
        self,
        frame: Frame,
        earlier: Earlier | None,
        options: JoinOptions,
        keys: Keys,
        spill: Path,
        hash_: ShingleHash,
        texts: Texts | None,
        found: Found,
    ) -> None:
        self._frame, self._earlier, self._options = frame, earlier, options
        self._keys, self._spill, self._hash = keys, spill, hash_
        self._texts, self._found = texts, found
        self._edges = Edges()
        self._known = Known()
        self._buckets = Buckets()
        self._compared = self._verified = 0

    def run(self) -> Copies:
        for source in self._deliveries():
            for numbers, exact, normalised in source.fingerprints():
                self._insert("exact", numbers, halves(exact))
                there = normalised.is_valid().to_numpy(zero_copy_only=False)
                self._insert("normalised", numbers[there], halves(normalised)[there])
        exact = self._groups("exact")
        normalised = self._groups("normalised")
        self._skip = exact[0][exact[0] != exact[1]]  # the first of each text stands for all
        similarity = self._near()
        members, cluster = self._edges.components()
        return Copies(
            members=members,
            cluster=cluster,
            exact=_group_of(members, *exact),
            normalised=_group_of(members, *normalised),
            similarity=similarity,
            known=self._known.settled(members, cluster),
            skip=self._skip,
            compared=self._compared,
            verified_exactly=self._verified,
            large_buckets=self._buckets,
        )

    def _deliveries(self) -> list[Frame | Earlier]:
        return [self._frame] if self._earlier is None else [self._frame, self._earlier]

    def _insert(self, table: str, numbers: Int64s, prints: npt.NDArray[np.uint64]) -> None:
        self._keys.insert(table, {"number": numbers, "k0": prints[:, 0], "k1": prints[:, 1]})

    def _groups(self, tier: str) -> tuple[Int64s, Int64s]:
        """(document, first document of its group) of equal fingerprints, by document."""
        limit = self._frame.documents
        found: list[tuple[Int64s, Int64s]] = []
        for numbers, begins in self._keys.shared(tier, "k0, k1"):
            group = np.cumsum(begins) - 1
            first = numbers[begins][group]
            old = numbers >= limit
            if old.any():  # the first of each group that an earlier delivery has
                places = np.flatnonzero(old)
                at = np.searchsorted(group[places], group)
                there = ~old & (at < len(places))
                there &= group[places[np.minimum(at, len(places) - 1)]] == group
                self._known.add(numbers[there], TIERS.index(tier), numbers[places[at[there]]])
            several = ~old & (np.bincount(group, ~old)[group] > 1)
            found.append((numbers[several], first[several]))
            self._edges.add(*found[-1])
        self._keys.drop(tier)
        document, first = (
            np.concatenate([np.zeros(0, np.int64), *(each[i] for each in found)]) for i in (0, 1)
        )
        order = np.argsort(document)
        return document[order], first[order]

    def _signatures(self) -> Iterator[Signatures]:
        """Of all documents but exact copies."""
        for source in self._deliveries():
            for piece in source.signatures():
                at = np.searchsorted(self._skip, piece.document)
                at = np.minimum(at, max(len(self._skip) - 1, 0))
                keep = np.ones(len(piece.document), np.bool_)
                if len(self._skip):
                    keep = self._skip[at] != piece.document
                if keep.all():
                    yield piece
                elif keep.any():
                    yield Signatures(piece.document[keep], piece.values[keep], piece.kind)

    def _near(self) -> Similarity:
        """Verify the candidates; returns the function that says how alike two documents are."""
        owner, kind, wanted = self._candidates()
        estimates = Estimates(np.flatnonzero(wanted), self._signatures(), self._spill)
        exact = self._exact_sets(owner, estimates) if self._options.verify == "exact" else None
        limit = self._frame.documents
        for a, b in self._keys.pairs("pairs"):
            left, right = owner[a], owner[b]
            similarity = estimates.similarity(a, b)
            if exact is not None:
                read = exact.similarity(left, right)
                self._verified += int((~np.isnan(read)).sum())
                similarity = np.where(np.isnan(read), similarity, read)
            self._compared += len(a)
            enough = similarity >= np.float32(self._options.threshold)
            old = enough & (right >= limit)
            self._known.add(left[old], TIERS.index("near"), right[old], similarity[old])
            enough &= ~old
            self._edges.add(left[enough], right[enough])
            self._found(left[enough], right[enough], similarity[enough])
        self._keys.drop("pairs")

        numbers = np.flatnonzero(wanted)

        def similarity_of(left: Int64s, right: Int64s) -> npt.NDArray[np.float32]:
            """Of any two documents; NaN where no signatures of one kind are at hand."""
            out = np.full(len(left), np.nan, np.float32)
            for which in (1, 0):  # the public ones last: they win
                mine = numbers[kind[numbers] == which]
                if not len(mine):
                    continue
                order = np.argsort(owner[mine])
                mine, owners = mine[order], owner[mine][order]
                at = [
                    np.minimum(np.searchsorted(owners, side), len(owners) - 1)
                    for side in (left, right)
                ]
                there = (owners[at[0]] == left) & (owners[at[1]] == right)
                out[there] = estimates.similarity(mine[at[0][there]], mine[at[1][there]])
            if exact is not None:
                read = exact.similarity(left, right)
                out = np.where(np.isnan(read), out, read)
            return out

        return similarity_of

    def _candidates(self) -> tuple[Int64s, npt.NDArray[np.int8], npt.NDArray[np.bool_]]:
        """Fill the table of pairs to compare.

        Returns the document and the kind of each signature, and which signatures are in a pair.
        """
        bands = bands_for(self._options.threshold)
        owners: list[Int64s] = [np.zeros(0, np.int64)]
        kinds: list[npt.NDArray[np.int8]] = [np.zeros(0, np.int8)]
        first = limit = 0  # `limit`: signatures of this audit
        for piece in self._signatures():
            out = np.empty((len(piece.document), bands.bands), np.uint64)
            band_keys(piece.values, bands.bands, bands.rows, piece.kind, out)
            columns: dict[str, npt.NDArray[Any]] = {
                f"k{band}": np.ascontiguousarray(out[:, band]) for band in range(bands.bands)
            }
            numbers = np.arange(first, first + len(out), dtype=np.int64)
            self._keys.insert("bands", {"number": numbers, **columns})
            owners.append(piece.document)
            kinds.append(np.full(len(out), piece.kind, np.int8))
            first += len(out)
            if len(piece.document) and piece.document[-1] < self._frame.documents:
                limit = first
        if first >= _NUMBERS:
            raise UsageError("more than 4,294,967,295 signatures: join parts of the corpus.")
        wanted = np.zeros(first, np.bool_)
        self._keys.insert("pairs", {name: np.zeros(0, np.uint32) for name in "ab"})
        for band in range(bands.bands):
            for numbers, begins in self._keys.shared("bands", f"k{band}"):
                left, right = pairs_of(numbers, begins, limit, self._buckets)
                wanted[left] = wanted[right] = True
                self._keys.insert(
                    "pairs", {"a": left.astype(np.uint32), "b": right.astype(np.uint32)}
                )
        self._keys.drop("bands")
        return np.concatenate(owners), np.concatenate(kinds), wanted

    def _exact_sets(self, owner: Int64s, estimates: Estimates) -> ExactSets:
        """The shingles of as many candidates as the budget allows, the least sure pairs first."""
        assert self._texts is not None
        left, right, unsure = [], [], []
        for a, b in self._keys.pairs("pairs"):
            ours = owner[b] < self._frame.documents
            left.append(owner[a[ours]])
            right.append(owner[b[ours]])
            unsure.append(np.abs(estimates.similarity(a[ours], b[ours]) - self._options.threshold))
        if not left:
            none = np.zeros(0, np.int64)
            return ExactSets(none, self._texts, self._hash, self._spill)
        chosen = within_budget(
            np.concatenate(left), np.concatenate(right), np.concatenate(unsure),
            lambda documents: gather(self._frame, documents, "bytes"), self._options.budget,
        )  # fmt: skip
        return ExactSets(chosen, self._texts, self._hash, self._spill)


def gather(frame: Frame, numbers: Int64s, column: str) -> Int64s:
    """A column of integers of `documents/` at some numbers, which are sorted."""
    out = np.zeros(len(numbers), np.int64)
    for stretch, table in frame.columns([column]):
        low, high = np.searchsorted(numbers, [stretch.first, stretch.first + stretch.count])
        if low < high:
            out[low:high] = table[column].to_numpy()[numbers[low:high] - stretch.first]
    return out


def _group_of(documents: Int64s, members: Int64s, first: Int64s) -> Int64s:
    """The group of each document: that of `members`, else a group of its own."""
    if not len(members):
        return documents
    at = np.minimum(np.searchsorted(members, documents), len(members) - 1)
    group: Int64s = np.where(members[at] == documents, first[at], documents)
    return group
