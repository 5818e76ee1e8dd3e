"""Signatures with known copies, as an audit holds them, without texts: for joins of any size."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from numba import njit

from corpus_audit.audit.schema import DOCUMENTS, SCHEMA_VERSION, SIGNATURES
from corpus_audit.audit.store import AuditStore
from corpus_audit.detectors.fingerprints import FingerprintDetector
from corpus_audit.tally import Tally
from corpus_audit.text.minhash import PERMUTATIONS, _permute, permutations
from corpus_audit.units import UnitResult

SHINGLES = 200  # distinct ones a document
_UNIT = 100_000  # documents
_SOURCES = 20


class Truth(NamedTuple):
    """Which document is a near-duplicate of which, and how alike they are."""

    copy: npt.NDArray[np.int64]
    original: npt.NDArray[np.int64]
    similarity: npt.NDArray[np.float64]


@njit(cache=True, nogil=True)
def _mix(x):  # type: ignore[no-untyped-def]
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@njit(cache=True, nogil=True)
def _sign(seed, changed, first, factors, summands, out):  # type: ignore[no-untyped-def]
    """Document i has the shingles of `seed[i]`, the first `changed[i]` of them its own."""
    block = np.zeros(9, np.uint32)
    for i in range(len(out)):
        own = np.uint64(first + i) << np.uint64(20)
        for s in range(0, SHINGLES, 8):
            for k in range(8):
                base = own if s + k < changed[i] else np.uint64(seed[i]) << np.uint64(20)
                block[k] = np.uint32(_mix(base + np.uint64(s + k + 1)) >> np.uint64(32))
            _permute(block, factors, summands, out[i])


def generate(folder: Path, documents: int, *, copies: float = 0.2, boilerplate: int = 0) -> Truth:
    """Write an audit of so many documents; `copies` of them are near-duplicates of others.

    A copy shares all but 1 to 16 of 200 shingles with its original (Jaccard 0.99 to 0.85), and
    `boilerplate` documents all share 199 of theirs.
    """
    shutil.rmtree(folder, ignore_errors=True)
    random = np.random.default_rng(documents)
    seed = np.arange(documents, dtype=np.int64)
    changed = np.zeros(documents, np.int64)
    chosen = np.sort(random.choice(documents, int(2 * copies * documents) // 2 * 2, replace=False))
    pairs = random.permutation(chosen).reshape(-1, 2)
    original, copy = pairs.min(axis=1), pairs.max(axis=1)
    seed[copy] = original
    changed[copy] = random.integers(1, 17, len(copy))
    similarity = (SHINGLES - changed[copy]) / (SHINGLES + changed[copy])
    if boilerplate:
        alike = random.choice(
            np.setdiff1d(np.arange(documents), chosen), boilerplate, replace=False
        )
        seed[alike], changed[alike] = documents, 1
    store = AuditStore(str(folder))
    units = []
    for number, first in enumerate(range(0, documents, _UNIT)):
        rows = slice(first, min(first + _UNIT, documents))
        units.append(_write_unit(store, number, first, seed[rows], changed[rows]))
    facts = {"schema": SCHEMA_VERSION, "version": "0", "complete": True, "units": units}
    detectors: dict[str, object] = {"fingerprints": {}}
    store.write_manifest(
        {**facts, "config": "generated", "key_id": "generated", "detectors": detectors}
    )
    return Truth(copy, original, similarity)


def _write_unit(
    store: AuditStore,
    number: int,
    first: int,
    seed: npt.NDArray[np.int64],
    changed: npt.NDArray[np.int64],
) -> str:
    count = len(seed)
    signatures = np.full((count, PERMUTATIONS), 0xFFFFFFFF, np.uint32)
    _sign(seed, changed, first, *permutations(), signatures)
    numbers = np.arange(first, first + count)
    prints = np.zeros((count, 2), np.uint64)
    prints[:, 0] = numbers
    digest = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(16), count, [None, pa.py_buffer(prints)]
    )
    ids = pa.array([f"document-{n}" for n in numbers.tolist()])
    sources = pa.array([f"source-{n}" for n in range(_SOURCES)])
    path = f"generated/{number:05}.jsonl"
    code = pa.array((numbers % _SOURCES).astype(np.int32))
    documents = pa.table(
        [
            ids, pa.DictionaryArray.from_arrays(code, sources),
            pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), pa.array([path])),
            pa.array(np.arange(count)), digest, pa.array(np.full(count, 600)),
            pa.array(np.full(count, 1200)), pa.array([""] * count),
        ],
        schema=DOCUMENTS,
    )  # fmt: skip
    minhash = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(4 * PERMUTATIONS), count, [None, pa.py_buffer(signatures)]
    )
    fields = [pa.field(spec.name, spec.type) for spec in FingerprintDetector.columns]
    signed = pa.table(
        [
            ids, digest, pa.array(np.full(count, SHINGLES, np.int32)), minhash,
            pa.nulls(count, pa.binary(4 * PERMUTATIONS)),
        ],
        schema=pa.schema([*SIGNATURES, *fields]),
    )  # fmt: skip
    key = f"{number:032x}"
    for name, table in (("documents", documents), ("signatures", signed)):
        with store.writing(f"{name}/{key}.parquet") as file:
            pq.write_table(table, file, compression="none", use_dictionary=name == "documents")
    part = {"file": {"path": path}, "start": 0}
    store.write(f"units/{key}.json", UnitResult(key, "generated", [part], Tally()).to_bytes())
    return key
