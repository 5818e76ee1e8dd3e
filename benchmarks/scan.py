"""A whole scan as a user runs it: Parquet in, audit directory out, one worker process.

Prints what reading the same file alone costs, the speed cold and warm, and the peak memory for
the corpus and for ten times as much.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.corpus import load, report
from benchmarks.matching import TERMS, many_rules

FLOOR, MEMORY = 60, 800

_READ = """
import sys, time, pyarrow.parquet as pq
begin = time.process_time()
for batch in pq.ParquetFile(sys.argv[1], buffer_size=1 << 20).iter_batches(batch_size=4096):
    pass
print(time.process_time() - begin)
"""

_SCAN = """
import json, sys, time
from pathlib import Path
from corpus_audit import scan
from corpus_audit.rules.loader import load_rules
path, out, rules = sys.argv[1:4]
seconds = []
for turn in range(int(sys.argv[4])):
    begin, cpu = time.perf_counter(), time.process_time()
    audit = scan(path, f"{out}/{turn}", rules=[rules], detectors=["keywords", "language"])
    seconds.append((time.perf_counter() - begin, time.process_time() - cpu))
begin = time.perf_counter()
load_rules([rules])
load = time.perf_counter() - begin
frame = audit.sources()
status = Path("/proc/self/status").read_text()  # ru_maxrss would count the parent's memory
print(json.dumps({"seconds": seconds, "documents": int(frame["documents"].sum()),
    "load": load, "peak_mb": int(status.split("VmHWM:")[1].split()[0]) / 1024}))
"""


def main(data: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        rules = _write_rules(folder)
        table = pa.concat_tables([load(data, "zh"), load(data, "en")])
        size = sum(len(text.as_py().encode()) for text in table["text"]) / 1e6
        for copies in (1, 10):
            corpus = folder / f"bulk-{copies}.parquet"
            with pq.ParquetWriter(corpus, table.schema, compression="zstd") as writer:
                for _ in range(copies):
                    writer.write_table(table, row_group_size=4096)
            megabytes = size * copies
            rows = table.num_rows * copies
            print(f"{megabytes:,.0f} MB of text, {rows:,} documents, {TERMS:,} terms")
            report("  reading alone (pyarrow, one thread of Python)", megabytes,
                   float(_run(_READ, corpus)))  # fmt: skip
            turns = 2 if copies == 1 else 1
            answer = json.loads(_run(_SCAN, corpus, folder / f"audit-{copies}", rules, turns))
            if answer["documents"] != rows:
                raise SystemExit(f"documents lost: {answer['documents']}")
            report("  first scan of the process, wall", megabytes, answer["seconds"][0][0])
            wall, cpu = answer["seconds"][-1]
            report("  warm, wall", megabytes, wall)
            report(
                f"  warm, CPU, less {answer['load']:.1f} s to load the rules",
                megabytes, cpu - answer["load"], FLOOR,
            )  # fmt: skip
            peak = answer["peak_mb"]
            verdict = "ok" if peak <= MEMORY else "MISSED"
            print(f"  peak memory {peak:,.0f} MB   limit {MEMORY}: {verdict}")


def _write_rules(folder: Path) -> Path:
    """All rules as one file, since the scan takes files."""
    lines = []
    for rule in many_rules():
        spec = rule.spec
        fields = {
            "id": spec.id, "title": {"en": spec.title.en, "zh": spec.title.zh}, "risk": spec.risk,
            "severity": spec.severity, "confidence": spec.confidence, "terms": list(rule.terms),
            "hits": [rule.terms[0]], "misses": ["nothing to see here"],
        }  # fmt: skip
        lines.append("[[rule]]")
        lines += [f"{name} = {_toml(value)}" for name, value in fields.items()]
    file = folder / "rules.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


def _run(code: str, *arguments: object) -> str:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main(Path(sys.argv[1]))
