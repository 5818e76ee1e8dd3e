"""A detector and a reader of another package: what a plug-in author writes, and no more."""

import re
from pathlib import Path

import numpy as np
import pyarrow as pa

from corpus_audit.text.batch import REQUIRED, Batch
from corpus_audit.types import ColumnSpec, Findings, Observations, Part, RuleInfo


class ShoutingDetector:
    """Finds words of ten or more capitals and counts exclamation marks."""

    name = "shouting"
    digest = "1"
    rules = (RuleInfo("shouting.capitals", "A.5.b", "Shouting", "喊叫", "low", "high"),)
    columns = (ColumnSpec("exclamations", pa.int64(), "sum"),)

    def __init__(self, config):
        self.pattern = re.compile("[A-Z]{10,}")

    def scan(self, batch):
        texts = batch.column("text").to_pylist()
        found = [
            (row, m.start(), m.end())
            for row, t in enumerate(texts)
            for m in self.pattern.finditer(t)
        ]
        row, start, end = np.array(found, np.int64).reshape(-1, 3).T
        zeros = np.zeros(len(row), np.int32)
        findings = Findings(row.astype(np.int32), zeros, start, end, zeros)
        return Observations(
            findings, {"exclamations": pa.array([t.count("!") for t in texts], pa.int64())}
        )


class LinesReader:
    """Every line of a `.lines` file is a document."""

    name = "lines"
    suffixes = (".lines",)

    def split(self, file, target):
        return [Part(file, self.name, weight=file.size)]

    def read(self, part, options):
        lines = Path(part.file.path).read_text(encoding="utf-8").splitlines()
        columns = {
            "doc": [f"line-{i}" for i in range(len(lines))],
            "source": [Path(part.file.path).stem] * len(lines),
            "path": [part.file.path] * len(lines),
            "position": range(len(lines)),
            "text": lines,
        }
        yield Batch(
            pa.record_batch([pa.array(columns[f.name], f.type) for f in REQUIRED], schema=REQUIRED)
        )
