"""An index of earlier deliveries: the fingerprints of their documents, one file a delivery.

`index.json` holds the id of the key and the shingles; two audits go together only where both are
the same, because fingerprints of short texts are keyed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from corpus_audit.audit.store import AuditStore
from corpus_audit.config import digest_of
from corpus_audit.duplicates.frame import (
    Frame,
    Signatures,
    Stretch,
    open_parquet,
    read_signatures,
)
from corpus_audit.errors import AuditError
from corpus_audit.pii.masking import mask_label
from corpus_audit.text.buffers import Int64s

FORMAT = 1
_MANIFEST = "index.json"
_COLUMNS = ("digest", "normalised", "minhash", "minhash_keyed")


def delivery_of(manifest: dict[str, Any]) -> str:
    """A name for what an audit holds: adding the same one again replaces it."""
    return digest_of([manifest["config"], manifest["units"]])


class Index:
    """Fingerprints of earlier deliveries; their documents are numbered behind those of an audit."""

    def __init__(self, url: str, manifest: dict[str, Any], *, create: bool = False) -> None:
        self.store = AuditStore(url)
        self._wanted = {
            "format": FORMAT,
            "key_id": manifest["key_id"],
            "shingles": shingles_of(manifest),
        }
        if not self.store.exists(_MANIFEST):
            if not create:
                raise AuditError(
                    f"{url}: no index there ({_MANIFEST} is missing). Make one with `corpus-audit "
                    "duplicates AUDIT --add-to`."
                )
            self.deliveries: dict[str, Any] = {}
            return
        stored = orjson.loads(self.store.read(_MANIFEST))
        reasons = {
            "format": "in another format: build it again with this version",
            "key_id": "with another key, so fingerprints of short texts cannot be compared: scan "
            "with the --key-file of the index",
            "shingles": f"of other shingles ({stored.get('shingles')}): scan with the same "
            "--dup-shingles",
        }
        for name, reason in reasons.items():
            if stored.get(name) != self._wanted[name]:
                raise AuditError(f"{url}: the index was made {reason}.")
        self.deliveries = stored["deliveries"]

    def add(self, frame: Frame, manifest: dict[str, Any], copies: Int64s) -> None:
        """Add the documents of an audit, without `copies` (sorted numbers): exact copies."""
        name = delivery_of(manifest)
        with self.store.writing(f"{name}.parquet") as path:
            count = _write(frame, path, copies)
        self.deliveries[name] = {"name": _label(frame.store.url), "documents": count}
        stored = {**self._wanted, "deliveries": self.deliveries}
        options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS
        self.store.write(_MANIFEST, orjson.dumps(stored, option=options))

    def against(self, manifest: dict[str, Any], first: int) -> Earlier:
        """Its deliveries but for the audit itself, numbered from `first` on."""
        return Earlier(self, delivery_of(manifest), first)


class Earlier:
    """The documents of an index, in order."""

    def __init__(self, index: Index, itself: str, first: int) -> None:
        self._index = index
        self.stretches: list[Stretch] = []
        for name in sorted(index.deliveries):
            if name == itself or not re.fullmatch(r"[0-9a-f]{32}", name):
                continue
            count = self._open(name).metadata.num_rows
            self.stretches.append(Stretch(name, first, count))
            first += count
        self.documents = sum(stretch.count for stretch in self.stretches)

    def _open(self, name: str) -> pq.ParquetFile:
        return open_parquet(self._index.store, f"{name}.parquet")

    def fingerprints(self) -> Iterator[tuple[Int64s, pa.Array, pa.Array]]:
        for stretch in self.stretches:
            first = stretch.first
            for batch in self._open(stretch.name).iter_batches(
                1 << 16, columns=["digest", "normalised"]
            ):
                yield np.arange(first, first + len(batch)), batch.column(0), batch.column(1)
                first += len(batch)

    def signatures(self) -> Iterator[Signatures]:
        for stretch in self.stretches:
            yield from read_signatures(self._open(stretch.name), stretch.first)

    def labels(self, numbers: Int64s) -> tuple[list[str | None], list[str | None]]:
        """(delivery, document) of each number; None for -1."""
        deliveries: list[str | None] = [None] * len(numbers)
        documents: list[str | None] = [None] * len(numbers)
        for stretch in self.stretches:
            inside = (numbers >= stretch.first) & (numbers < stretch.first + stretch.count)
            places = np.flatnonzero(inside)
            if not len(places):
                continue
            ids = self._open(stretch.name).read(["doc"])["doc"]
            found = ids.take(pa.array(numbers[places] - stretch.first)).to_pylist()
            for place, doc in zip(places.tolist(), found, strict=True):
                deliveries[place] = self._index.deliveries[stretch.name]["name"]
                documents[place] = doc
        return deliveries, documents


def shingles_of(manifest: dict[str, Any]) -> str:
    """The shingles that an audit was scanned with, such as `char:5`."""
    return str(manifest["detectors"].get("fingerprints", {}).get("shingles", "char:5"))


def _label(url: str) -> str:
    return mask_label(url.rstrip("/").rsplit("/", 1)[-1])


def _write(frame: Frame, path: Any, copies: Int64s) -> int:
    """Write the rows of an audit that are no exact copies; returns how many."""
    count = 0
    writer: pq.ParquetWriter | None = None
    try:
        for stretch in frame.stretches:
            keep = _kept(stretch, copies)
            documents = open_parquet(frame.store, f"documents/{stretch.name}.parquet")
            digests = documents.read(["digest"])["digest"].combine_chunks()
            signed = open_parquet(frame.store, f"signatures/{stretch.name}.parquet")
            row = 0
            for batch in signed.iter_batches(8192, columns=["doc", *_COLUMNS[1:]]):
                rows = pa.table(
                    {"doc": batch["doc"], "digest": digests.slice(row, len(batch))}
                    | {name: batch[name] for name in _COLUMNS[1:]}
                ).filter(pa.array(keep[row : row + len(batch)]))
                row += len(batch)
                if writer is None:
                    writer = pq.ParquetWriter(
                        path, rows.schema, compression="none", use_dictionary=False
                    )
                writer.write_table(rows)
                count += rows.num_rows
    finally:
        if writer is not None:
            writer.close()
    return count


def _kept(stretch: Stretch, copies: Int64s) -> npt.NDArray[np.bool_]:
    keep = np.ones(stretch.count, np.bool_)
    low, high = np.searchsorted(copies, [stretch.first, stretch.first + stretch.count])
    keep[copies[low:high] - stretch.first] = False
    return keep
