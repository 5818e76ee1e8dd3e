"""Licence statements on own cases: precision and recall of (case, statement) pairs.

python -m benchmarks.provenance.licences dev [-v]
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from pathlib import Path

import pyarrow as pa

from corpus_audit.detectors.licences import LicenceDetector
from corpus_audit.text.batch import REQUIRED, Batch

SETS = Path(__file__).parent / "sets"


def measure(name: str, show: bool = False) -> tuple[float, float, int]:
    """Precision, recall and the number of cases of `licence_<name>.toml`."""
    cases = tomllib.loads((SETS / f"licence_{name}.toml").read_text(encoding="utf-8"))["cases"]
    rows = len(cases)
    columns = [
        [str(i) for i in range(rows)], ["s"] * rows, ["p"] * rows, list(range(rows)),
        [case["text"] for case in cases],
    ]  # fmt: skip
    arrays = [pa.array(c, field.type) for c, field in zip(columns, REQUIRED, strict=True)]
    batch = Batch(pa.record_batch(arrays, schema=REQUIRED))
    seen = LicenceDetector({}).scan(batch).columns["statements"].to_pylist()
    total: Counter[str] = Counter()
    for case, found in zip(cases, seen, strict=True):
        expected, got = set(case["expect"]), set((found or "").split())
        total["right"] += len(expected & got)
        total["spurious"] += len(got - expected)
        total["missed"] += len(expected - got)
        if show and expected != got:
            print(f"{case['text']}\n   +{sorted(got - expected)} -{sorted(expected - got)}")
    precision = total["right"] / max(total["right"] + total["spurious"], 1)
    recall = total["right"] / max(total["right"] + total["missed"], 1)
    return precision, recall, rows


if __name__ == "__main__":
    precision, recall, rows = measure(sys.argv[1], "-v" in sys.argv)
    print(f"{sys.argv[1]}: {rows} cases, precision {precision:.3f}, recall {recall:.3f}")
