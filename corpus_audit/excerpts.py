"""Text around findings, as a person gets to see it: masked, unless evidence was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import pyarrow as pa

from corpus_audit.pii.masking import BREAK, mask_excerpts, star
from corpus_audit.text.batch import Batch
from corpus_audit.text.buffers import Utf8
from corpus_audit.text.fold import TRANSFORMS
from corpus_audit.types import LEVELS, Findings, RuleInfo

#: Code points read beyond an excerpt: longer than numbers with separators, and than what stands
#: between a value and the word that tells it.
_MARGIN = 96
_RUN = 320  # code points read beyond that, to the end of a run: no mail address is longer


def cut_excerpts(
    text: Utf8, findings: Findings, context: int, rules: Sequence[RuleInfo] = ()
) -> tuple[list[str], list[str], list[str]]:
    """Masked text before, in and after each finding; `context` code points on each side.

    Findings of personal data are masked wherever an excerpt of their document shows them.
    """
    personal = _personal_spans(findings, rules)
    documents: dict[int, str] = {}
    windows: list[str] = []
    places: list[tuple[int, int]] = []
    spans = zip(findings.row.tolist(), findings.start.tolist(), findings.end.tolist(), strict=True)
    for row, start, end in spans:
        if row not in documents:
            documents = {row: text.document(row).decode()}  # rows come in order: one is enough
        left, right = _whole(documents[row], start - context - _MARGIN, end + context + _MARGIN)
        windows.append(documents[row][left:right])
        places.append((start - left, end - left))
    masked = mask_excerpts(windows)  # keeps length, so places stay true
    if personal:
        for i, (row, start) in enumerate(
            zip(findings.row.tolist(), findings.start.tolist(), strict=True)
        ):
            left = start - places[i][0]
            seen = (
                (max(a - left, 0), min(b - left, len(masked[i])))
                for a, b in personal.get(row, ())
                if a < left + len(masked[i]) and b > left
            )
            masked[i] = star(masked[i], seen)
    return (
        [m[max(0, a - context) : a] for m, (a, _) in zip(masked, places, strict=True)],
        [m[a:b] for m, (a, b) in zip(masked, places, strict=True)],
        [m[b : b + context] for m, (_, b) in zip(masked, places, strict=True)],
    )


def _personal_spans(
    findings: Findings, rules: Sequence[RuleInfo]
) -> dict[int, list[tuple[int, int]]]:
    spans: dict[int, list[tuple[int, int]]] = {}
    columns = (findings.row, findings.rule, findings.start, findings.end)
    for row, rule, start, end in zip(*(column.tolist() for column in columns), strict=True):
        if rules and rules[rule].personal:
            spans.setdefault(row, []).append((start, end))
    return spans


def _whole(document: str, left: int, right: int) -> tuple[int, int]:
    """A window widened until it cuts no unbroken run, or by `_RUN` at most.

    Between two Han characters no number, code or address is cut, so nothing is widened there.
    """
    left = max(0, left)
    if left and not _is_han(document[left]):
        run = document[max(0, left - _RUN) : left][::-1]
        found = BREAK.search(run)
        left -= found.start() if found else len(run)
    if right >= len(document) or _is_han(document[right - 1]):
        return left, right
    found = BREAK.search(document, right, right + _RUN)
    return left, found.start() if found else right + _RUN


def _is_han(char: str) -> bool:
    return "\u2e80" <= char < "\uff00"


def cut_raw(document: str, start: int, end: int, context: int) -> tuple[str, str, str]:
    """The same unmasked, for evidence only."""
    return document[max(0, start - context) : start], document[start:end], document[end:][:context]


def finding_columns(
    batch: Batch,
    labels: dict[str, pa.Array],
    rules: Sequence[RuleInfo],
    findings: Findings,
    matches: Any,
    context: int,
) -> dict[str, pa.Array]:
    """Rows of `findings/`; those without a match that counts are suppressed."""
    rule = pa.array(findings.rule)
    row = pa.array(findings.row)
    before, match, after = cut_excerpts(batch.text, findings, context, rules)
    return {
        **{name: column.take(row) for name, column in labels.items()},
        "position": batch.records.column("position").take(row),
        "rule": pa.array([info.id for info in rules], pa.string()).take(rule),
        "risk": pa.array([info.risk for info in rules], pa.string()).take(rule),
        "confidence": pa.array(LEVELS, pa.string()).take(pa.array(findings.level)),
        "start": pa.array(findings.start),
        "end": pa.array(findings.end),
        "matches": pa.array(matches),
        "suppressed": pa.array(matches == 0),
        "trace": pa.array([trace_names(bits) for bits in findings.trace.tolist()], pa.string()),
        "before": pa.array(before, pa.string()),
        "match": pa.array(match, pa.string()),
        "after": pa.array(after, pa.string()),
    }


@cache
def trace_names(bits: int) -> str:
    """The transforms of a trace, joined by `+`."""
    return "+".join(name for i, name in enumerate(TRANSFORMS) if bits >> i & 1)
