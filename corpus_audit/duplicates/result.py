"""What a join found, as the audit keeps it: a row per copy, and the numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus_audit import __version__
from corpus_audit.audit import schema
from corpus_audit.audit.store import AuditStore
from corpus_audit.duplicates.bands import bands_for
from corpus_audit.duplicates.candidates import BUCKET, Buckets
from corpus_audit.duplicates.clusters import KEPT, TIERS, Clusters, settle
from corpus_audit.duplicates.frame import Frame, Stretch, open_parquet
from corpus_audit.duplicates.index import Earlier, delivery_of, shingles_of
from corpus_audit.duplicates.known import KnownDocuments
from corpus_audit.duplicates.numbers import Numbers
from corpus_audit.text.buffers import Int64s

if TYPE_CHECKING:
    from corpus_audit.duplicates.join import JoinOptions

ROWS, NUMBERS = "duplicates.parquet", "duplicates.json"
_LARGEST = 100  # clusters named in the numbers

Float32s = npt.NDArray[np.float32]
Similarity = Callable[[Int64s, Int64s], Float32s]


@dataclass(frozen=True, slots=True)
class Copies:
    """What belongs together, by number of the document."""

    members: Int64s  # documents with copies, sorted
    cluster: Int64s
    exact: Int64s  # the first document with the same text
    normalised: Int64s
    similarity: Similarity
    known: KnownDocuments
    skip: Int64s  # exact copies: they have no part in comparisons
    compared: int  # pairs
    verified_exactly: int
    large_buckets: Buckets


def write_result(
    store: AuditStore,
    frame: Frame,
    earlier: Earlier | None,
    copies: Copies,
    manifest: dict[str, Any],
    options: JoinOptions,
) -> dict[str, Any]:
    """Settle the clusters and write rows and numbers; returns the numbers."""
    source, names, chars = _sources_and_chars(frame, copies.members)
    place = {name: i for i, name in enumerate(options.prefer)}
    priority = np.array([place.get(name, len(place)) for name in names], np.int64)
    clusters = settle(
        copies.members, copies.cluster, copies.exact, copies.normalised,
        priority[source] if len(names) else source, chars,
    )  # fmt: skip
    numbers = Numbers(names)
    similarity = _similarity(clusters, copies)
    with (
        store.writing(ROWS) as path,
        pq.ParquetWriter(path, schema.DUPLICATES, compression="zstd") as writer,
    ):
        for stretch, table in frame.columns(["doc", "source", "path", "position", "risks"]):
            rows, tier, known = _rows(stretch, table, clusters, similarity, copies.known, earlier)
            if rows.num_rows:
                writer.write_table(rows)
            numbers.add(table, tier, known)
    kept_at = np.searchsorted(clusters.document, clusters.kept)
    numbers.add_pairs(source, source[kept_at], clusters.tier)
    bands = bands_for(options.threshold)
    answer = {
        "version": __version__,
        "of": delivery_of(manifest),
        "threshold": options.threshold,
        "bands": bands.bands,
        "rows": bands.rows,
        "shingles": shingles_of(manifest),
        "verify": options.verify,
        "prefer": list(options.prefer),
        "pairs_compared": copies.compared,
        "pairs_verified_exactly": copies.verified_exactly,
        "large_buckets": {
            "over": BUCKET,
            "count": copies.large_buckets.count,
            "largest": copies.large_buckets.largest,
        },
        "earlier": None if earlier is None else earlier.documents,
        "clusters": _largest(clusters, similarity),
        **numbers.to_json(),
    }
    store.write(NUMBERS, orjson.dumps(answer, option=orjson.OPT_INDENT_2))
    return answer


def read_numbers(store: AuditStore) -> dict[str, Any] | None:
    """What the last join of an audit found; None where there was none of the present units."""
    if not store.exists(NUMBERS) or not store.exists(ROWS):
        return None
    stored: dict[str, Any] = orjson.loads(store.read(NUMBERS))
    manifest = store.read_manifest()
    return stored if manifest["complete"] and stored["of"] == delivery_of(manifest) else None


def forget(store: AuditStore) -> None:
    """Remove what an earlier join wrote."""
    for name in (ROWS, NUMBERS):
        if store.exists(name):
            store.remove(name)


def read_rows(store: AuditStore, columns: list[str] | None = None) -> pa.Table:
    """All rows of `duplicates.parquet`."""
    return open_parquet(store, ROWS).read(columns)


def _sources_and_chars(frame: Frame, members: Int64s) -> tuple[Int64s, list[str], Int64s]:
    """The source (an index into names) and the length of documents."""
    source = np.zeros(len(members), np.int64)
    chars = np.zeros(len(members), np.int64)
    codes: dict[str, int] = {}
    for stretch, table in frame.columns(["source", "chars"]):
        low, high = np.searchsorted(members, [stretch.first, stretch.first + stretch.count])
        if low == high:
            continue
        at = members[low:high] - stretch.first
        encoded = table["source"].combine_chunks()
        own = [codes.setdefault(name, len(codes)) for name in encoded.dictionary.to_pylist()]
        source[low:high] = np.array(own)[encoded.indices.to_numpy()[at]]
        chars[low:high] = table["chars"].to_numpy()[at]
    return source, list(codes), chars


def _similarity(clusters: Clusters, copies: Copies) -> Float32s:
    """How alike each document is to the kept one of its cluster; NaN where it was not measured."""
    own = copies.exact
    theirs = own[np.searchsorted(clusters.document, clusters.kept)]
    out = np.ones(len(own), np.float32)
    other = own != theirs
    out[other] = copies.similarity(own[other], theirs[other])
    return out


def _rows(
    stretch: Stretch,
    table: pa.Table,
    clusters: Clusters,
    similarity: Float32s,
    known: KnownDocuments,
    earlier: Earlier | None,
) -> tuple[pa.Table, npt.NDArray[np.int8], npt.NDArray[np.bool_]]:
    """The rows of one unit; and of all its documents the tier, and whether they are known."""
    ends = [stretch.first, stretch.first + stretch.count]
    low, high = np.searchsorted(clusters.document, ends)
    k_low, k_high = np.searchsorted(known.document, ends)
    inside = clusters.document[low:high] - stretch.first
    old = known.document[k_low:k_high] - stretch.first
    tier = np.full(stretch.count, KEPT, np.int8)
    tier[inside] = clusters.tier[low:high]
    cluster = np.full(stretch.count, -1, np.int64)
    cluster[inside] = clusters.cluster[low:high]
    alike = np.full(stretch.count, np.nan, np.float32)
    alike[inside] = similarity[low:high]
    known_tier = np.full(stretch.count, KEPT, np.int8)
    known_tier[old] = known.tier[k_low:k_high]
    match = np.full(stretch.count, -1, np.int64)
    match[old] = known.earlier[k_low:k_high]

    at = np.union1d(inside, old)
    labels = pa.array([*TIERS, None], pa.string())
    delivery, doc = ([None] * len(at),) * 2 if earlier is None else earlier.labels(match[at])
    taken = table.select(["doc", "source", "path", "position"]).take(pa.array(at))
    measured = alike[at]
    columns = [
        *(column.cast(pa.string()) for column in taken.columns[:3]),
        taken["position"],
        pa.array([stretch.name] * len(at), pa.string()),
        pa.array(at),
        pa.array(cluster[at], mask=cluster[at] < 0),
        pa.array(tier[at] == KEPT),
        labels.take(pa.array(tier[at])),
        pa.array(measured, mask=np.isnan(measured)),
        labels.take(pa.array(known_tier[at])),
        pa.array(delivery, pa.string()),
        pa.array(doc, pa.string()),
    ]
    return pa.table(columns, schema=schema.DUPLICATES), tier, known_tier < KEPT


def _largest(clusters: Clusters, similarity: Float32s) -> list[dict[str, Any]]:
    """The largest clusters, by size and then by their place in the corpus."""
    sizes = np.bincount(clusters.cluster)
    order = np.lexsort((np.arange(len(sizes)), -sizes))[:_LARGEST]
    found = []
    for cluster in order.tolist():
        at = np.flatnonzero(clusters.cluster == cluster)
        tiers = np.bincount(clusters.tier[at], minlength=KEPT)
        found.append(
            {"cluster": cluster, "documents": len(at)}
            | {name: int(tiers[i]) for i, name in enumerate(TIERS)}
            | {"least_similar": float(np.nanmin(similarity[at]))}
        )
    return found


def copies_of(store: AuditStore, frame: Frame, tier: str) -> Int64s:
    """The numbers of the documents that are copies of a tier, sorted."""
    rows = read_rows(store, ["unit", "row", "tier"])
    rows = rows.filter(pc.equal(rows["tier"], tier))
    first = {stretch.name: stretch.first for stretch in frame.stretches}
    units = rows["unit"].combine_chunks().dictionary_encode()
    base = np.array([first[name] for name in units.dictionary.to_pylist()], np.int64)
    numbers: Int64s = np.zeros(0, np.int64)
    if rows.num_rows:
        numbers = np.sort(base[units.indices.to_numpy()] + rows["row"].to_numpy())
    return numbers
