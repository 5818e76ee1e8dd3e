"""`assess` on an audit of ten million documents: time and memory of the command as a user runs it.

Every twentieth document is a copy, so that shares with copies counted once are part of the work.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.big_audit import UNIT, generate
from corpus_audit.audit.log import record_scan
from corpus_audit.audit.schema import DUPLICATES
from corpus_audit.audit.store import AuditStore
from corpus_audit.duplicates.index import delivery_of
from corpus_audit.duplicates.result import NUMBERS, ROWS
from corpus_audit.policies import Policy

DOCUMENTS, SECONDS, MIB = 10_000_000, 20, 1024
_EVERY = 20


def main(data: Path) -> None:
    del data  # everything is generated
    with tempfile.TemporaryDirectory() as scratch:
        audit = Path(scratch) / "audit"
        generate(audit, DOCUMENTS, sources=200, flagged=(0.0, 0.002, 0.03, 0.0499, 0.0501, 0.2))
        _complete(audit)
        for standard in ("tc260-003-2024", "gbt-45652-2025"):
            seconds, cpu, peak = _run(audit, standard)
            verdict = "ok" if cpu <= SECONDS and peak <= MIB else "MISSED"
            print(
                f"{DOCUMENTS:,} documents, {standard}: {seconds:.1f} s, {cpu:.1f} s of CPU, peak "
                f"{peak:,.0f} MiB   limit {SECONDS} s, {MIB:,} MiB: {verdict}"
            )


def _complete(audit: Path) -> None:
    """What a scan writes beside documents and tallies."""
    store = AuditStore(str(audit))
    manifest = store.read_manifest()
    risks = sorted(
        {risk for tally in manifest["tally"]["sources"].values() for risk in tally["hits"]}
    )
    manifest |= {
        "losses": [],
        "risks": risks,
        "policy": Policy().model_dump(),
        "detectors": {"keywords": {}, "language": {}, "fingerprints": {}},
        "ledger": {},
    }
    store.write_manifest(manifest)
    _write_copies(store, manifest["units"])
    numbers = {"of": delivery_of(manifest), "sources": [{"kept_share": 1 - 1 / _EVERY}]}
    store.write(NUMBERS, orjson.dumps(numbers))
    record_scan(store, manifest)


def _write_copies(store: AuditStore, units: list[str]) -> None:
    rows = np.arange(0, UNIT, _EVERY)
    with store.writing(ROWS) as path, pq.ParquetWriter(path, DUPLICATES) as writer:
        for unit in units:
            count = len(rows)
            same = {
                "doc": "d", "source": "s", "path": "p", "unit": unit, "tier": "near",
                "known": None, "known_delivery": None, "known_doc": None,
            }  # fmt: skip
            columns = {name: pa.array([value] * count, pa.string()) for name, value in same.items()}
            columns |= {
                "position": pa.array(rows),
                "row": pa.array(rows),
                "cluster": pa.array(rows // 2),
                "kept": pa.array(rows % (2 * _EVERY) == 0),
                "similarity": pa.array(np.full(count, 0.9, np.float32)),
            }
            writer.write_table(
                pa.table([columns[field.name] for field in DUPLICATES], schema=DUPLICATES)
            )


def _run(audit: Path, standard: str) -> tuple[float, float, float]:
    begin = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-c", _CHILD, str(audit), standard]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, cpu, int(done.stdout.splitlines()[-1]) / 1024


_CHILD = """
import sys
from pathlib import Path
from corpus_audit.cli.app import main
sys.argv = ["corpus-audit", "assess", sys.argv[1], "--standard", sys.argv[2]]
try:
    main()
except SystemExit as stop:
    assert stop.code == 4, stop.code
print(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""
