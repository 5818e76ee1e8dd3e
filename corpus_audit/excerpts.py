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
    columns = (findings.row, findings.start, findings.end)
    spans = list(zip(*(column.tolist() for column in columns), strict=True))
    documents = {row: text.document(row).decode() for row in dict.fromkeys(findings.row.tolist())}
    reach = context + _MARGIN
    stretches, of = _joined(
        [(row, *_whole(documents[row], a - reach, b + reach)) for row, a, b in spans]
    )
    masked = mask_excerpts([documents[row][left:right] for row, left, right in stretches])
    places = [(start - stretches[i][1], end - stretches[i][1])  # masking keeps length
              for (_, start, end), i in zip(spans, of, strict=True)]  # fmt: skip
    personal: dict[int, list[tuple[int, int]]] = {}
    for i, place, rule in zip(of, places, findings.rule.tolist(), strict=True):
        if rules and rules[rule].personal:
            personal.setdefault(i, []).append(place)
    for i, inside in personal.items():
        masked[i] = star(masked[i], inside)
    shown = [(masked[i], start, end) for i, (start, end) in zip(of, places, strict=True)]
    return (
        [m[max(0, start - context) : start] for m, start, _ in shown],
        [m[start:end] for m, start, end in shown],
        [m[end : end + context] for m, _, end in shown],
    )


Window = tuple[int, int, int]  # row, and code points of its document


def _joined(windows: Sequence[Window]) -> tuple[list[Window], list[int]]:
    """Windows that overlap as one, and which of those each window is in: adverts hit many rules,
    and nothing should be masked as often."""
    joined: list[Window] = []
    of = [0] * len(windows)
    for i in sorted(range(len(windows)), key=windows.__getitem__):
        row, left, right = windows[i]
        if joined and joined[-1][0] == row and left <= joined[-1][2]:
            joined[-1] = (row, joined[-1][1], max(right, joined[-1][2]))
        else:
            joined.append((row, left, right))
        of[i] = len(joined) - 1
    return joined, of


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
