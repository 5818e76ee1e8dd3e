"""Fetches raw text of stored documents from the corpus: by path, position and digest.

The only place where unmasked text leaves the corpus again.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow.parquet as pq

from corpus_audit.audit.keys import key_id, load_key
from corpus_audit.audit.store import AuditStore
from corpus_audit.errors import AuditError, CorpusAuditError
from corpus_audit.excerpts import cut_raw
from corpus_audit.readers.registry import reader_named
from corpus_audit.text.batch import Batch
from corpus_audit.types import InputFile, Part, ReadOptions
from corpus_audit.units import UnitResult

_CONTEXT = 80  # code points of evidence on each side


def with_evidence(
    audit: str, findings: Iterable[Mapping[str, Any]], key_file: str | None
) -> Iterator[dict[str, Any]]:
    """Findings with their excerpt replaced by raw text; where that cannot be had, says why."""
    store = AuditStore(audit)
    manifest = store.read_manifest()
    key = load_key(key_file, audit)
    if key_id(key) != manifest["key_id"]:
        raise AuditError(
            f"{audit}: the key is not the one of the scan, so documents could not be told from "
            "changed ones. Pass the scan's --key-file."
        )
    read = manifest["read"]
    settled: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in read.items()}
    options = ReadOptions(**settled)
    for finding in findings:
        result = UnitResult.from_bytes(store.read(f"units/{finding['unit']}.json"))
        text = _fetch(result, finding, options)
        if text is None or digest_of_text(text, key) != _stored_digest(store, finding):
            gone = "(cannot be shown: the file moved or changed since the scan)"
            yield {**finding, "before": "", "match": gone, "after": ""}
            continue
        span = (finding["start"], finding["end"])
        before, match, after = cut_raw(text, *span, _CONTEXT)
        yield {**finding, "before": before, "match": match, "after": after}


def _fetch(result: UnitResult, finding: Mapping[str, Any], options: ReadOptions) -> str | None:
    """The text of the document at a finding's path and position; None where it is not there."""
    for record in result.parts:
        part = Part(
            **(
                {k: v for k, v in record.items() if k != "real"}
                | {"file": InputFile(**record["file"])}
            )
        )
        if finding["path"].split("!/")[0] != part.file.path:
            continue
        if part.reader == "jsonl" and part.end != -1:  # a line can be read alone
            position = finding["position"]
            part = dataclasses.replace(part, start=position, end=position + 1)
        try:
            for item in reader_named(part.reader).read(part, options):
                if isinstance(item, Batch):
                    found = _in_batch(item, finding)
                    if found is not None:
                        return found
        except (OSError, CorpusAuditError):
            continue
    return None


def _in_batch(batch: Batch, finding: Mapping[str, Any]) -> str | None:
    positions = batch.records.column("position").to_pylist()
    paths = batch.records.column("path").to_pylist()
    for row, place in enumerate(zip(paths, positions, strict=True)):
        if place == (finding["path"], finding["position"]):
            return batch.text.document(row).decode()
    return None


def _stored_digest(store: AuditStore, finding: Mapping[str, Any]) -> bytes | None:
    with store.open(f"documents/{finding['unit']}.parquet") as file:
        table = pq.read_table(
            file,
            columns=["path", "digest"],
            filters=[("position", "=", finding["position"])],
        )
    for row in table.to_pylist():
        if row["path"] == finding["path"]:
            digest: bytes = row["digest"]
            return digest
    return None


def digest_of_text(text: str, key: bytes) -> bytes:
    """The keyed digest of a document, as `documents/` stores it."""
    return hashlib.blake2b(text.encode(), key=key, digest_size=16).digest()
