"""Run all detectors over a batch and bring their answers into one order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpus_audit.errors import UsageError
from corpus_audit.text.batch import Batch
from corpus_audit.text.fold import TRANSFORMS
from corpus_audit.types import LEVELS, Detector, Findings, Observations, RuleInfo

_BUCKET = 2000  # code points: the window of the shipped policies
_FURTHER = 5  # times the limit: the most that is stored of one rule in one document


@dataclass(frozen=True, slots=True)
class Observed:
    """What all detectors saw in one batch."""

    rules: tuple[RuleInfo, ...]  # of all detectors; findings index into it
    every: Findings  # all of them, to judge by
    findings: Findings  # what is stored of them: see `_capped`
    matches: npt.NDArray[np.int64]  # per stored finding: all matches of its rule in its document
    pair_row: npt.NDArray[np.int32]  # every (document, rule) that matched, once
    pair_rule: npt.NDArray[np.int32]
    pair_matches: npt.NDArray[np.int64]
    columns: Mapping[str, pa.Array]
    suppressed: Findings  # all that somebody answers for: none of them is in the others
    values: pa.Array | None = None  # what `every` stands for, where a detector says so


def observe(
    batch: Batch,
    detectors: Sequence[Detector],
    max_findings: int,
    suppressed: Callable[[Findings, Sequence[RuleInfo]], npt.NDArray[np.bool_]] | None = None,
) -> Observed:
    """Scan a batch with every detector. What is `suppressed` does not count, and is kept apart."""
    rules: list[RuleInfo] = []
    parts: list[Findings] = []
    columns: dict[str, pa.Array] = {}
    given: list[pa.Array] = []
    for detector in detectors:
        seen = _run(detector, batch)
        found = seen.findings
        rule = found.rule.astype(np.int32) + np.int32(len(rules))
        parts.append(
            Findings(
                found.row.astype(np.int32),
                rule,
                found.start.astype(np.int64),
                found.end.astype(np.int64),
                found.trace.astype(np.int32),
                _levels(found, detector.rules),
            )
        )
        none = pa.nulls(len(found), pa.binary())
        given.append(none if seen.values is None else seen.values)
        rules += detector.rules
        columns |= {spec.name: seen.columns[spec.name] for spec in detector.columns}
    every, order = _joined(parts)
    values = _joined_values(given, order)
    muted = Findings.empty()
    if suppressed is not None and len(every):
        mask = suppressed(every, rules)
        every, muted = _only(every, ~mask), _only(every, mask)
        values = values and values.filter(pa.array(~mask))
    return Observed(
        tuple(rules),
        every,
        *_capped(every, max_findings),
        columns=columns,
        suppressed=muted,
        values=values,
    )


def _only(findings: Findings, kept: npt.NDArray[np.bool_]) -> Findings:
    return Findings(*(getattr(findings, f.name)[kept] for f in fields(Findings)))


def _levels(findings: Findings, rules: Sequence[RuleInfo]) -> npt.NDArray[np.int8]:
    """The weight class of each finding: its own, or its rule's."""
    if findings.level is not None:
        return findings.level.astype(np.int8)
    of_rule = np.array([LEVELS.index(rule.confidence) for rule in rules], np.int8)
    return of_rule[findings.rule] if len(findings) else np.zeros(0, np.int8)


def _run(detector: Detector, batch: Batch) -> Observations:
    try:
        seen = detector.scan(batch)
    except Exception as error:
        # The error of a plug-in may quote the text, so only its type is passed on.
        path, position = (batch.records.column(name)[0] for name in ("path", "position"))
        raise RuntimeError(
            f'detector "{detector.name}" failed with {type(error).__name__} in a batch of '
            f"{len(batch)} documents that begins at {path}, position {position}"
        ).with_traceback(error.__traceback__) from None
    if fault := _fault(detector, seen, batch):
        raise UsageError(
            f'detector "{detector.name}" gave an answer that cannot be used: {fault}. Results '
            "would be wrong: install another version of it, or leave it out with --detectors."
        )
    return seen


def _fault(detector: Detector, seen: object, batch: Batch) -> str | None:
    """How an answer breaks the contract of `Detector`. Never quotes text."""
    if not isinstance(seen, Observations) or not isinstance(seen.findings, Findings):
        return "it is no Observations with Findings"
    if set(seen.columns) != {spec.name for spec in detector.columns}:
        return "its columns are not those that it declares"
    for spec in detector.columns:
        column = seen.columns[spec.name]
        if not isinstance(column, pa.Array) or column.type != spec.type:
            return f'column "{spec.name}" is not the array of {spec.type} that it declares'
        if len(column) != len(batch):
            return f'column "{spec.name}" has {len(column)} values for {len(batch)} documents'
    if seen.values is not None and (
        seen.values.type != pa.binary() or len(seen.values) != len(seen.findings)
    ):
        return "its values are not binary, one a finding"
    return _findings_fault(seen.findings, len(detector.rules), batch)


def _findings_fault(found: Findings, rules: int, batch: Batch) -> str | None:
    arrays = [getattr(found, f.name) for f in fields(Findings)]
    arrays = [array for array in arrays if array is not None]
    if any(
        not isinstance(array, np.ndarray) or array.ndim != 1 or array.dtype.kind not in "iu"
        for array in arrays
    ):
        return "its findings are not flat arrays of integers"
    if len({len(array) for array in arrays}) > 1:
        return "the arrays of its findings differ in length"
    if not len(found):
        return None
    if found.row.min() < 0 or found.row.max() >= len(batch):
        return "a finding names a row that is not in the batch"
    if found.rule.min() < 0 or found.rule.max() >= rules:
        return "a finding names a rule that it does not declare"
    if (
        found.start.min() < 0
        or np.any(found.start >= found.end)
        or np.any(found.end > batch.chars[found.row])
    ):
        return "a finding has an empty span or one that is not in its document"
    if found.trace.min() < 0 or found.trace.max() >= 1 << len(TRANSFORMS):
        return "a finding has an unknown bit in its trace"
    if found.level is not None and not (0 <= found.level.min() <= found.level.max() < len(LEVELS)):
        return "a finding has an unknown level"
    return None


def _joined(parts: Sequence[Findings]) -> tuple[Findings, npt.NDArray[np.int64]]:
    """All findings in order of (row, start, end, rule), and that order."""
    if not any(len(part) for part in parts):
        return Findings.empty(), np.zeros(0, np.int64)
    arrays = [np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Findings)]
    row, rule, start, end = arrays[:4]
    order = np.lexsort((rule, end, start, row))
    return Findings(*(array[order] for array in arrays)), order


def _joined_values(given: Sequence[pa.Array], order: npt.NDArray[np.int64]) -> pa.Array | None:
    """The values of all findings in that order; None where none has one."""
    if all(values.null_count == len(values) for values in given):
        return None
    return pa.concat_arrays(given).take(pa.array(order))


def _capped(
    findings: Findings, limit: int
) -> tuple[
    Findings,
    npt.NDArray[np.int64],
    npt.NDArray[np.int32],
    npt.NDArray[np.int32],
    npt.NDArray[np.int64],
]:
    """What is stored of the findings, and each (document, rule) with its full count.

    Stored are the first `limit` of a pair and, so that later parts of a long document are not
    lost, the first in each further 2,000 code points, up to `limit` * 5 in all.

    Judging again from storage gives no hit that judging everything would not. It gives every hit
    that one rule makes by itself, and all hits of a document in which no rule matches more than
    `limit` times. Elsewhere it may miss a hit that several rules only make together: the stored
    finding of a rule may begin up to 2,000 code points before the one that the window would need,
    and behind the last stored one there is none.
    """
    row, rule = findings.row, findings.rule
    order = np.lexsort((rule, row))  # stable: within a pair the order of the text stays
    first = np.flatnonzero(
        np.r_[True, (np.diff(row[order]) != 0) | (np.diff(rule[order]) != 0)][: len(order)]
    )
    counts = np.diff(np.r_[first, len(order)]).astype(np.int64)
    bucket = findings.start[order] // _BUCKET
    stored = np.arange(len(order)) - np.repeat(first, counts) < limit
    stored |= np.r_[True, bucket[1:] != bucket[:-1]][: len(order)]
    so_far = np.r_[0, np.cumsum(stored)]  # stored before each finding, then within its pair
    stored &= so_far[:-1] - np.repeat(so_far[first], counts) < limit * _FURTHER
    matches = np.empty(len(order), np.int64)
    matches[order] = np.repeat(counts, counts)
    kept = np.sort(order[stored])
    capped = Findings(*(getattr(findings, f.name)[kept] for f in fields(Findings)))
    return capped, matches[kept], row[order][first], rule[order][first], counts
