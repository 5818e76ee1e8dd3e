"""An audit of millions of documents, without texts: for what works on the audit directory."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from corpus_audit.audit.schema import DOCUMENTS, SCHEMA_VERSION
from corpus_audit.audit.store import AuditStore
from corpus_audit.tally import SourceTally, Tally, merge
from corpus_audit.units import UnitResult

UNIT = 100_000  # documents
#: Joined risks of hit documents, as scans store them.
RISKS = ("A.1.f", "A.1.h", "A.2.e", "A.1.f A.1.h", "A.4.c", "A.5.a")
_CHARS, _BYTES = 600, 1_200


def generate(
    folder: Path, documents: int, *, sources: int = 20, flagged: Sequence[float] = (0.02,)
) -> None:
    """Write an audit of so many documents; source i has the share `flagged[i % len]` of hits."""
    shutil.rmtree(folder, ignore_errors=True)
    store = AuditStore(str(folder))
    random = np.random.default_rng(documents)
    units, tallies = [], []
    for number, first in enumerate(range(0, documents, UNIT)):
        rows = np.arange(first, min(first + UNIT, documents))
        code = (rows % sources).astype(np.int32)
        share = np.array([flagged[i % len(flagged)] for i in range(sources)])
        hit = random.random(len(rows)) < share[code]
        risk = np.where(hit, random.integers(0, len(RISKS), len(rows)) + 1, 0).astype(np.int32)
        key, tally = _write_unit(store, number, rows, code, risk, sources)
        units.append(key)
        tallies.append(tally)
    store.write_manifest(
        {
            "schema": SCHEMA_VERSION,
            "version": "0",
            "complete": True,
            "units": units,
            "config": "generated",
            "key_id": "generated",
            "detectors": {"keywords": {}},
            "tally": merge(tallies).to_json(),
        }
    )


def _write_unit(
    store: AuditStore,
    number: int,
    rows: npt.NDArray[np.int64],
    code: npt.NDArray[np.int32],
    risk: npt.NDArray[np.int32],
    sources: int,
) -> tuple[str, Tally]:
    count = len(rows)
    path = f"generated/{number:05}.jsonl"
    digests = np.zeros((count, 2), np.uint64)
    digests[:, 0] = rows
    joined = pa.DictionaryArray.from_arrays(pa.array(risk), pa.array(["", *RISKS]))
    table = pa.table(
        [
            pa.array([f"{path}#{i * _BYTES}" for i in range(count)]),
            pa.DictionaryArray.from_arrays(
                pa.array(code), pa.array([f"source-{n:03}" for n in range(sources)])
            ),
            pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), pa.array([path])),
            pa.array(np.arange(count) * _BYTES),
            pa.FixedSizeBinaryArray.from_buffers(
                pa.binary(16), count, [None, pa.py_buffer(digests)]
            ),
            pa.array(np.full(count, _CHARS)),
            pa.array(np.full(count, _BYTES)),
            joined.cast(pa.string()),
        ],
        schema=DOCUMENTS,
    )
    key = f"{number:032x}"
    with store.writing(f"documents/{key}.parquet") as file:
        pq.write_table(table, file, compression="zstd", row_group_size=16_384)
    tally = _tally(code, risk, sources)
    part = {"file": {"path": path, "root": "generated", "size": count * _BYTES, "stamp": ""}}
    store.write(f"units/{key}.json", UnitResult(key, "generated", [part], tally).to_bytes())
    return key, tally


def _tally(code: npt.NDArray[np.int32], risk: npt.NDArray[np.int32], sources: int) -> Tally:
    tally = Tally()
    width = len(RISKS) + 1
    counts = np.bincount(code * width + risk, minlength=sources * width).reshape(-1, width)
    for source, row in enumerate(counts.tolist()):
        total = sum(row)
        one = SourceTally(documents=total, chars=total * _CHARS, bytes=total * _BYTES)
        for joined, hits in zip(RISKS, row[1:], strict=True):
            if hits:
                one.any_hit[joined] = hits
                one.any_hit_chars[joined] = hits * _CHARS
                for single in joined.split(" "):
                    one.hits[single] = one.hits.get(single, 0) + hits
                    one.hit_chars[single] = one.hit_chars.get(single, 0) + hits * _CHARS
        tally.sources[f"source-{source:03}"] = one
    return tally
