"""Texts whose rights others hold, found again in a corpus: `scan --works DIR`, under risk A.3.a.

The runs of 13 words are those by which contamination is found (`corpus_audit.contamination`), so a
copy is met whatever stands around it. A document copies a work where half of its words, or 200 of
them, lie in runs of the works; less is a quotation, which alone makes no hit. The two limits are
ours: the standards name none, and whether a use infringes is for a person to say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpus_audit.contamination import WORDS, RunTable, read_protected
from corpus_audit.errors import UsageError
from corpus_audit.text.batch import Batch
from corpus_audit.text.fold import load_table, locate
from corpus_audit.types import ColumnSpec, Findings, Observations, RuleInfo

VERSION = 1
COPIED_SHARE = 0.5  # of the words of a document
COPIED_WORDS = 200  # or so many of them: a page

_COPIED = RuleInfo(
    "works.copied", "A.3.a", "copies a work of others", "复制他人作品", "high", "high", copied=True
)
_QUOTED = RuleInfo(
    "works.quoted", "A.3.a", "quotes a work of others", "引用他人作品", "medium", "low", copied=True
)


class WorksDetector:
    """Configuration: `works`, files or folders of texts whose rights others hold.

    A finding for each stretch that a document shares with a work; `works_share` is the part of its
    words that lie in them.
    """

    name: ClassVar[str] = "works"
    rules: tuple[RuleInfo, ...] = (_COPIED, _QUOTED)
    columns: tuple[ColumnSpec, ...] = (ColumnSpec("works_share", pa.float32()),)

    def __init__(self, config: Mapping[str, object]) -> None:
        paths = config.get("works")
        if not isinstance(paths, list | tuple) or not paths:
            raise UsageError('detector "works" needs texts to look for. Pass --works DIR.')
        grams, self.texts, self.too_short = read_protected([str(p) for p in paths], "--works")
        facts = f"{self.name} {VERSION} {WORDS} {COPIED_SHARE} {COPIED_WORDS}".encode()
        folded = b"".join(array.tobytes() for array in load_table())
        self.digest = hashlib.blake2b(facts + grams.tobytes() + folded, digest_size=16).hexdigest()
        self._runs = RunTable(grams)

    def scan(self, batch: Batch) -> Observations:
        view = batch.view("plain")
        words, covered = self._runs.cover(view)
        share = covered / np.maximum(words, 1)
        rows: list[npt.NDArray[np.int64]] = []
        for row in np.flatnonzero(covered).tolist():
            stretches = self._runs.stretches(view, row)
            copied = share[row] >= COPIED_SHARE or covered[row] >= COPIED_WORDS
            facts = np.full((len(stretches), 2), (row, 0 if copied else 1))
            rows.append(np.hstack([facts, stretches]))
        columns = {"works_share": pa.array(share.astype(np.float32))}
        if not rows:
            return Observations(columns=columns)
        row, rule, start, end = np.vstack(rows).T
        found = locate(batch.text, view, row.astype(np.int32), start, end, "plain")
        findings = Findings(
            row.astype(np.int32), rule.astype(np.int32), found.start, found.end, found.trace
        )
        return Observations(findings, columns)
