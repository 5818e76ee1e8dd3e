"""Run all detectors over a batch and bring their answers into one order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpus_audit.text.batch import Batch
from corpus_audit.types import Detector, Findings, Observations, RuleInfo


@dataclass(frozen=True, slots=True)
class Observed:
    """What all detectors saw in one batch."""

    rules: tuple[RuleInfo, ...]  # of all detectors; findings index into it
    every: Findings  # all of them, to judge by
    findings: Findings  # at most so many per document and rule
    matches: npt.NDArray[np.int64]  # per finding: all matches of its rule in its document
    pair_row: npt.NDArray[np.int32]  # every (document, rule) that matched, once
    pair_rule: npt.NDArray[np.int32]
    pair_matches: npt.NDArray[np.int64]
    columns: Mapping[str, pa.Array]


def observe(batch: Batch, detectors: Sequence[Detector], max_findings: int) -> Observed:
    """Scan a batch with every detector."""
    rules: list[RuleInfo] = []
    parts: list[Findings] = []
    columns: dict[str, pa.Array] = {}
    for detector in detectors:
        seen = _run(detector, batch)
        found = seen.findings
        parts.append(
            Findings(found.row, found.rule + len(rules), found.start, found.end, found.trace)
        )
        rules += detector.rules
        columns |= {spec.name: seen.columns[spec.name] for spec in detector.columns}
    findings = _joined(parts)
    return Observed(tuple(rules), findings, *_capped(findings, max_findings), columns=columns)


def _run(detector: Detector, batch: Batch) -> Observations:
    try:
        return detector.scan(batch)
    except Exception as error:
        # The error of a plug-in may quote the text, so only its type is passed on.
        path, position = (batch.records.column(name)[0] for name in ("path", "position"))
        raise RuntimeError(
            f'detector "{detector.name}" failed with {type(error).__name__} in a batch of '
            f"{len(batch)} documents that begins at {path}, position {position}"
        ).with_traceback(error.__traceback__) from None


def _joined(parts: Sequence[Findings]) -> Findings:
    """All findings in order of (row, start, end, rule)."""
    if not any(len(part) for part in parts):
        return Findings.empty()
    arrays = [np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Findings)]
    row, rule, start, end, _ = arrays
    order = np.lexsort((rule, end, start, row))
    return Findings(*(array[order] for array in arrays))


def _capped(
    findings: Findings, limit: int
) -> tuple[
    Findings,
    npt.NDArray[np.int64],
    npt.NDArray[np.int32],
    npt.NDArray[np.int32],
    npt.NDArray[np.int64],
]:
    """The first `limit` findings of each document and rule; and each pair with its full count."""
    row, rule = findings.row, findings.rule
    order = np.lexsort((rule, row))  # stable: within a pair the order of the text stays
    first = np.flatnonzero(
        np.r_[True, (np.diff(row[order]) != 0) | (np.diff(rule[order]) != 0)][: len(order)]
    )
    counts = np.diff(np.r_[first, len(order)]).astype(np.int64)
    nth = np.empty(len(order), np.int64)
    nth[order] = np.arange(len(order)) - np.repeat(first, counts)
    matches = np.empty(len(order), np.int64)
    matches[order] = np.repeat(counts, counts)
    kept = np.flatnonzero(nth < limit)
    capped = Findings(*(getattr(findings, f.name)[kept] for f in fields(Findings)))
    return capped, matches[kept], row[order][first], rule[order][first], counts
