"""A big public list made usable: houbb's words, calibrated on half of bulk/zh, tried on the other.

Even documents (as scan reads them) calibrate, odd ones are scanned at the profile `regular`: by the
list alone as it came, then with the demotions, at both confidences that a library may be given.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa

from benchmarks.corpus import load
from corpus_audit.calibrate import Calibration, calibrate
from corpus_audit.cli.library import print_calibration
from corpus_audit.detectors.keywords import KeywordDetector
from corpus_audit.judge import judge
from corpus_audit.plan import plan
from corpus_audit.policies import load_policy
from corpus_audit.rules.demotions import beside, to_csv
from corpus_audit.rules.importing import gather, write_library
from corpus_audit.rules.lists import read_list
from corpus_audit.rules.loader import read_rules
from corpus_audit.text.batch import REQUIRED, Batch
from corpus_audit.types import Level, ReadOptions

LIST = "wordlists/houbb_dict_v20240407.txt.gz"
WANTED = {"matched": 0.05, "judged": 0.01, "kept": 0.95}


def main(data: Path) -> None:
    table = load(data, "zh")
    with tempfile.TemporaryDirectory() as folder:
        for name, half in (("even", 0), ("odd", 1)):
            with (Path(folder) / f"{name}.jsonl").open("wb") as file:
                for row in table.take(np.arange(half, len(table), 2)).to_pylist():
                    file.write(orjson.dumps(row) + b"\n")
        clean = _batch(table.take(np.arange(1, len(table), 2)))
        confidences: tuple[Level, ...] = ("high", "medium")
        for confidence in confidences:
            _run(data / LIST, Path(folder), confidence, clean)


def _run(words: Path, folder: Path, confidence: Level, clean: Batch) -> None:
    imported = gather([read_list(words, format="houbb")], risk="A.1.h", licence="Apache-2.0")
    rule_file = folder / f"{confidence}.toml"
    write_library(imported, rule_file, confidence)
    (source,) = imported.sources
    print(f"\nimported at {confidence}: {source.read:,} terms, {source.taken:,} taken")
    _report("as it came", _scan(rule_file, clean), clean)
    rules = read_rules([rule_file], demotions=False)
    options = ReadOptions(source_field="source")
    found = calibrate(plan([str(folder / "even.jsonl")], options), rules, options)
    beside(rule_file).write_text(to_csv(found.demotions(rules, "bulk/zh, even", date.today())))
    if confidence == "high":
        print_calibration(found, rules, top=20, max_rate=1e-4)
    _verdict("terms kept at their confidence", _kept(found), WANTED["kept"], least=True)
    matched, judged = _scan(rule_file, clean)
    _report("calibrated", (matched, judged), clean)
    _verdict("documents with any term", len(matched) / len(clean), WANTED["matched"])
    _verdict("hit documents", len(judged) / len(clean), WANTED["judged"])


def _kept(found: Calibration) -> float:
    return 1 - len(found.demoted) / found.searched


def _scan(rule_file: Path, clean: Batch) -> tuple[set[int], set[int]]:
    """Documents with any finding, and documents that hit."""
    policy = load_policy()
    detector = KeywordDetector({"rules": [str(rule_file)], "profile": policy.judge.profile})
    findings = detector.scan(clean).findings
    hits = judge(findings, detector.rules, policy.judge)
    return set(findings.row.tolist()), set(hits.row.tolist())


def _report(what: str, seen: tuple[set[int], set[int]], clean: Batch) -> None:
    names = clean.records.column("source").to_pylist()
    total = Counter(names)
    matched, judged = (Counter(names[row] for row in rows) for rows in seen)
    print(f"{what + ':':<22} {'documents':>9} {'any term':>9} {'hit':>8}")
    for name in sorted(total, key=lambda name: -judged[name] / total[name]):
        print(
            f"  {name:<20} {total[name]:>9,} {matched[name] / total[name]:>9.2%} "
            f"{judged[name] / total[name]:>8.2%}"
        )
    everything = len(clean)
    print(
        f"  {'all':<20} {everything:>9,} {len(seen[0]) / everything:>9.2%} "
        f"{len(seen[1]) / everything:>8.2%}"
    )


def _verdict(what: str, value: float, wanted: float, *, least: bool = False) -> None:
    met = value >= wanted if least else value <= wanted
    limit = f"at {'least' if least else 'most'} {wanted:.0%}"
    print(f"{what + ':':<34} {value:.3%}   {limit}: {'ok' if met else 'MISSED'}")


def _batch(table: pa.Table) -> Batch:
    def column(name: str) -> pa.Array:
        return table[name].combine_chunks()

    size = len(table)
    values = {
        "doc": column("id"), "source": column("source"), "path": ["odd.jsonl"] * size,
        "position": range(size), "text": column("text"),
    }  # fmt: skip
    arrays = [
        v.cast(f.type) if isinstance(v := values[f.name], pa.Array) else pa.array(v, f.type)
        for f in REQUIRED
    ]
    return Batch(pa.record_batch(arrays, schema=pa.schema(list(REQUIRED))))
