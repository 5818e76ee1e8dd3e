"""Chooses the stored findings that a report shows: few, of every source and risk, strongest first.

An audit may hold millions of findings, so tables are read in turn and what cannot be shown is
dropped at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus_audit.audit.store import AuditStore
from corpus_audit.findings import unit_tables
from corpus_audit.types import LEVELS

PER_RISK = 5  # of one source and risk
_COLUMNS = (
    "doc", "source", "path", "position", "rule", "risk", "confidence", "matches", "trace",
    "before", "match", "after",
)  # fmt: skip
_KEYS = ["source", "risk", "confidence", "doc"]


@dataclass(frozen=True, slots=True)
class Example:
    """One finding, its excerpt masked by the scan."""

    doc: str
    source: str
    path: str
    position: int
    rule: str
    risk: str
    confidence: str
    matches: int
    trace: str
    before: str
    match: str
    after: str


def choose_examples(
    store: AuditStore, manifest: Mapping[str, Any], sources: Sequence[str], limit: int
) -> tuple[Example, ...]:
    """At most `limit` findings: the strongest of each source and risk, another document each.

    When there is no room for all, every pair gets its first before any gets a second, in the
    order of `sources`.
    """
    found: dict[tuple[str, str, bool], list[tuple[int, Example]]] = {}
    for example in _candidates(store):
        kept = found.setdefault((example.source, example.risk, example.rule[:4] == "pii."), [])
        rank = LEVELS.index(example.confidence)
        if len(kept) == PER_RISK and kept[-1][0] <= rank:
            continue
        if any(other.doc == example.doc and other.path == example.path for _, other in kept):
            continue
        kept.append((rank, example))
        kept.sort(key=lambda each: each[0])  # stable: the order of the corpus stays
        del kept[PER_RISK:]
    order = {name: place for place, name in enumerate(sources)}
    ranked = [
        (place, order.get(source, len(order)), source, risk, example)
        for (source, risk, _), kept in found.items()
        for place, (_, example) in enumerate(kept)
    ]
    ranked.sort(key=lambda each: each[:4])
    chosen = sorted(ranked[:limit], key=lambda each: (each[1], each[2], each[3], each[0]))
    return tuple(example for *_, example in chosen)


def _candidates(store: AuditStore) -> Iterator[Example]:
    """The strongest findings of each table by source and risk: a few where there are millions."""
    for _, name in unit_tables(store, "findings"):
        with store.open(name) as file:
            stored = pq.ParquetFile(file)
            for group in range(stored.num_row_groups):
                table = stored.read_row_group(group, columns=[*_COLUMNS, "suppressed"])
                table = table.filter(
                    pc.and_(pc.invert(table["suppressed"]), pc.not_equal(table["risk"], ""))
                )
                for row in table.take(_strongest(table)).select(list(_COLUMNS)).to_pylist():
                    yield Example(**row)


def _strongest(table: pa.Table) -> pa.Array:
    """Rows of the first documents of each source, risk and confidence, in their order."""
    if not table.num_rows:
        return pa.array([], pa.int64())
    codes = np.zeros(table.num_rows, np.int64)
    for column in _KEYS[:3]:
        encoded = table[column].combine_chunks().dictionary_encode()
        codes = codes * (len(encoded.dictionary) + 1) + encoded.indices.to_numpy()
    doc = table["doc"].combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    _, first = np.unique(np.stack([codes, doc]), axis=1, return_index=True)  # one of a document
    first.sort()
    order = np.argsort(codes[first], kind="stable")
    ordered = codes[first][order]
    begin = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    place = np.arange(len(order)) - np.repeat(begin, np.diff(np.r_[begin, len(order)]))
    return pa.array(np.sort(first[order[place < PER_RISK]]))
