"""Texts of documents by their number, from the corpus: for exact similarities and excerpts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus_audit.audit.store import AuditStore
from corpus_audit.duplicates.frame import Frame
from corpus_audit.duplicates.result import read_rows
from corpus_audit.duplicates.verify import Texts
from corpus_audit.errors import AuditError
from corpus_audit.pii.masking import mask_excerpt
from corpus_audit.raw import Corpus, Place, reason_for
from corpus_audit.text.buffers import Int64s

_SHOWN = 80  # code points of an excerpt
_MARGIN = 32  # read behind it, so that no number is cut before it is masked


def texts_of(frame: Frame, corpus: Corpus) -> Texts:
    """Fetches texts of an audit from its corpus."""

    def texts(wanted: Int64s) -> Iterator[tuple[int, str]]:
        for stretch, table in frame.columns(["path", "position"]):
            low, high = np.searchsorted(wanted, [stretch.first, stretch.first + stretch.count])
            if low == high:
                continue
            rows = table.take(pa.array(wanted[low:high] - stretch.first)).to_pylist()
            numbers: dict[Place, list[int]] = {}
            for number, row in zip(wanted[low:high].tolist(), rows, strict=True):
                numbers.setdefault((row["path"], row["position"]), []).append(number)
            for place, text in corpus.texts(stretch.name, numbers):
                for number in numbers.pop(place, ()):
                    yield number, text

    return texts


def largest_clusters(
    store: AuditStore, numbers: dict[str, Any], top: int, key_file: str | None
) -> list[dict[str, Any]]:
    """The largest clusters, each with its kept document and the masked start of its text."""
    chosen = numbers["clusters"][:top]
    if not chosen:
        return []
    rows = read_rows(store)
    wanted = pa.array([cluster["cluster"] for cluster in chosen])
    rows = rows.filter(pc.and_(rows["kept"], pc.is_in(rows["cluster"], wanted)))
    kept = {row["cluster"]: row for row in rows.to_pylist()}
    try:
        corpus: Corpus | None = Corpus(store, key_file)
        why = ""
    except AuditError:
        if key_file:
            raise
        corpus, why = None, "(cannot be shown without the key of the scan: pass --key-file)"
    shown = []
    for cluster in chosen:
        row = kept[cluster["cluster"]]
        place = (row["path"], row["position"])
        excerpt = why
        if corpus is not None:
            excerpt = reason_for(place[0], corpus.parts(row["unit"]))
            for _, text in corpus.texts(row["unit"], [place]):
                excerpt = mask_excerpt(text[: _SHOWN + _MARGIN])[:_SHOWN]
        names = ("doc", "source", "path", "position")
        shown.append({**cluster, **{name: row[name] for name in names}, "excerpt": excerpt})
    return shown
