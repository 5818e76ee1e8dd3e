"""Signatures, their accuracy, and joins of 100,000 to 10,000,000 documents with known copies.

`CORPUS_AUDIT_JOIN=10000000` runs the largest join too (12 GB of disk, about 5 minutes).
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import rensa
from datasketch import MinHash, MinHashLSH

from benchmarks.corpus import best, report, texts
from corpus_audit import scan
from corpus_audit.audit.store import AuditStore
from corpus_audit.duplicates.bands import bands_for
from corpus_audit.duplicates.evidence import texts_of
from corpus_audit.duplicates.frame import Frame
from corpus_audit.duplicates.join import JoinOptions, join
from corpus_audit.raw import Corpus
from corpus_audit.text.buffers import Utf8
from corpus_audit.text.minhash import PERMUTATIONS, minhash
from corpus_audit.text.shingles import ShingleHash

FLOOR = 60  # MB/s
TIMES = 40  # those of datasketch
SAMPLE = 400  # documents that the slow ones get
#: (threshold, precision, recall) by estimates.
BY_ESTIMATE = ((0.8, 0.86, 0.87), (0.7, 0.90, 0.93))
#: documents -> seconds
LIMITS = {1_000_000: 30, 10_000_000: 240}
MEMORY = 4096  # MiB
RECALL = 0.95


def main(data: Path) -> None:
    for language in ("zh", "en"):
        _signatures(data, language)
    _docs(data / "dedup/pydocs-zh")
    sizes = [100_000, 300_000, 1_000_000]
    if largest := int(os.environ.get("CORPUS_AUDIT_JOIN", 0)):
        sizes.append(largest)
    _joins(sizes)


def _verdict(good: bool) -> str:
    return "ok" if good else "MISSED"


def _grams(text: str) -> list[str]:
    joined = "".join(text.split())
    return [joined[i : i + 5] for i in range(len(joined) - 4)]


def _signatures(data: Path, language: str) -> None:
    """Text to 128 minima, character 5-grams; each library makes its own shingles from the text."""
    column = texts(data, language)
    whole = Utf8.of(column)
    seconds = best(lambda: minhash(whole, ShingleHash()))
    report(f"signatures, {language}", whole.nbytes / 1e6, seconds, FLOOR)
    step = max(len(column) // SAMPLE, 1)
    piece = column.take(pa.array(range(0, len(column), step)))
    size, documents = Utf8.of(piece).nbytes / 1e6, piece.to_pylist()

    def by_datasketch() -> None:
        made = MinHash(num_perm=PERMUTATIONS, scheme="affine32")
        for text in documents:
            made.copy().update_batch([gram.encode() for gram in _grams(text)])

    def by_rensa() -> None:
        for text in documents:
            rensa.RMinHash(num_perm=PERMUTATIONS, seed=1).update(_grams(text))

    slow = best(by_datasketch, 1)
    report("  datasketch, its own SHA-1", size, slow)
    report("  rensa RMinHash", size, best(by_rensa, 1))
    ratio = whole.nbytes / 1e6 / seconds / (size / slow)
    print(f"  {ratio:.0f} times datasketch   floor {TIMES}: {_verdict(ratio >= TIMES)}")


def _docs(folder: Path) -> None:
    """Pairs against the exact ones, and the candidates against those of datasketch."""
    with gzip.open(folder / "pairs.jsonl.gz") as file:
        truth = {(p["a"], p["b"]): p["jaccard"] for p in map(orjson.loads, file)}
    with tempfile.TemporaryDirectory() as scratch:
        audit = f"{scratch}/audit"
        scan(folder / "docs.jsonl.gz", audit, detectors=["fingerprints"])
        store = AuditStore(audit)
        corpus = texts_of(Frame(store), Corpus(store, None))
        for threshold, precision, recall in BY_ESTIMATE:
            true = {pair for pair, jaccard in truth.items() if jaccard >= threshold}
            for verify, floors in (("estimate", (precision, recall)), ("exact", (1.0, RECALL))):
                found: set[tuple[int, int]] = set()

                def collect(left: Any, right: Any, _: Any, found: Any = found) -> None:
                    found.update(zip(left.tolist(), right.tolist(), strict=True))

                options = JoinOptions(threshold=threshold, verify=verify)  # type: ignore[arg-type]
                join(store, options, texts=corpus, found=collect)
                p, r = len(found & true) / len(found), len(found & true) / len(true)
                verdict = _verdict(p >= floors[0] and r >= floors[1])
                print(f"pydocs-zh at {threshold}, by {verify}: P {p:.3f} R {r:.3f}   floor "
                      f"{floors[0]:.2f} / {floors[1]:.2f}: {verdict}")  # fmt: skip
        with gzip.open(folder / "docs.jsonl.gz") as file:
            _beside_datasketch([orjson.loads(line)["text"] for line in file])


def _beside_datasketch(documents: list[str]) -> None:
    """The same parameters on the same shingles: candidates must be identical."""
    hash_, bands = ShingleHash(), bands_for(0.8)
    begin = time.perf_counter()
    index = MinHashLSH(num_perm=PERMUTATIONS, params=tuple(bands))
    signed = []
    for number, text in enumerate(documents):
        made = MinHash(num_perm=PERMUTATIONS, hashfunc=hash_, scheme="affine32")
        made.update_batch([gram.encode() for gram in _grams(text)])
        index.insert(number, made)
        signed.append(made)
    theirs = {
        (min(a, b), max(a, b)) for a, made in enumerate(signed) for b in index.query(made) if a != b
    }
    slow = time.perf_counter() - begin
    begin = time.perf_counter()
    text = Utf8.of(pa.array(documents, pa.large_string()))
    values, _ = minhash(text, hash_)
    ours = _candidates(values, bands)
    fast = time.perf_counter() - begin
    print(f"candidates beside MinHashLSH: {len(ours):,} and {len(theirs):,}, identical: "
          f"{_verdict(ours == theirs)}; {slow / fast:.0f} times as fast with signing")  # fmt: skip


def _candidates(values: Any, bands: Any) -> set[tuple[int, int]]:
    from corpus_audit.duplicates.candidates import Buckets, Keys, pairs_of
    from corpus_audit.text.minhash import band_keys

    keys = np.empty((len(values), bands.bands), np.uint64)
    band_keys(values, bands.bands, bands.rows, 0, keys)
    found: set[tuple[int, int]] = set()
    with tempfile.TemporaryDirectory() as spill:
        database = Keys(Path(spill), 1 << 30, 2)
        columns = {f"k{i}": np.ascontiguousarray(keys[:, i]) for i in range(bands.bands)}
        database.insert("bands", {"number": np.arange(len(values)), **columns})
        for band in range(bands.bands):
            for numbers, begins in database.shared("bands", f"k{band}"):
                left, right = pairs_of(numbers, begins, len(values), Buckets())
                found.update(zip(left.tolist(), right.tolist(), strict=True))
        database.close()
    return found


_JOIN = """
import json, sys, time
from pathlib import Path
import numpy as np
from benchmarks.generated import generate
from corpus_audit.audit.store import AuditStore
from corpus_audit.duplicates.join import JoinOptions, join
folder, truth = sys.argv[1:3]
pairs = []
begin = time.perf_counter()
answer = join(AuditStore(folder), JoinOptions(threads=2),
              found=lambda a, b, s: pairs.append(np.stack([a, b])))
seconds = time.perf_counter() - begin
status = Path("/proc/self/status").read_text()
found = np.concatenate([np.zeros((2, 0), np.int64), *pairs], axis=1)
stored = np.load(truth)
wanted = stored["original"] << 32 | stored["copy"]
hit = np.isin(wanted, found[0] << 32 | found[1]).mean() if len(wanted) else 1.0
print(json.dumps({"seconds": seconds, "recall": float(hit), "found": found.shape[1],
    "true": len(wanted), "peak": int(status.split("VmHWM:")[1].split()[0]) / 1024,
    "kept": answer["sources"][-1]["kept"], "large": answer["large_buckets"]}))
"""


def _joins(sizes: list[int]) -> None:
    measured = []
    with tempfile.TemporaryDirectory(dir=os.environ.get("CORPUS_AUDIT_SCRATCH")) as scratch:
        for size in sizes:
            answer = _join(Path(scratch), size)
            measured.append((size, answer["seconds"]))
            limit = LIMITS.get(size)
            floor = "" if limit is None else (
                f"   limits {limit} s, {MEMORY} MiB, recall {RECALL}: "
                + _verdict(answer["seconds"] < limit and answer["peak"] <= MEMORY
                           and answer["recall"] >= RECALL))  # fmt: skip
            print(f"join of {size:>10,}: {answer['seconds']:6.1f} s, peak "
                  f"{answer['peak']:,.0f} MiB, recall {answer['recall']:.4f} of "
                  f"{answer['true']:,}{floor}")  # fmt: skip
        answer = _join(Path(scratch), 300_000, boilerplate=100_000)
        print(f"join of 300,000, 100,000 of one boilerplate: {answer['seconds']:.1f} s, peak "
              f"{answer['peak']:,.0f} MiB, {answer['kept']:,} kept, largest bucket "
              f"{answer['large']['largest']:,}")  # fmt: skip
    if len(measured) > 1:
        x, y = (np.log([each[i] for each in measured]) for i in (0, 1))
        print(f"seconds grow with documents to the power of {np.polyfit(x, y, 1)[0]:.2f}")
        _plot(measured)


def _join(scratch: Path, size: int, boilerplate: int = 0) -> dict[str, Any]:
    """In a process of its own, so that its peak memory is the join's."""
    from benchmarks.generated import generate

    truth = generate(scratch / "audit", size, boilerplate=boilerplate)
    np.savez(scratch / "truth.npz", **truth._asdict())
    command = [sys.executable, "-c", _JOIN, str(scratch / "audit"), str(scratch / "truth.npz")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _plot(measured: list[tuple[int, float]]) -> None:
    """Bars on a logarithmic scale: a straight diagonal is linear growth."""
    for size, seconds in measured:
        print(f"{size:>12,} {seconds:7.1f} s {'#' * round(12 * np.log2(1 + seconds))}")
