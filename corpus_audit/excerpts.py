"""Text around findings, as a person gets to see it: masked, unless evidence was asked for."""

from __future__ import annotations

from corpus_audit.text.buffers import Utf8
from corpus_audit.text.masking import mask_excerpt
from corpus_audit.types import Findings

_MARGIN = 80  # code points read beyond an excerpt, so that no number is cut into unmasked pieces


def cut_excerpts(
    text: Utf8, findings: Findings, context: int
) -> tuple[list[str], list[str], list[str]]:
    """Masked text before, in and after each finding; `context` code points on each side."""
    pieces: tuple[list[str], list[str], list[str]] = ([], [], [])
    current, document = -1, ""
    spans = zip(
        findings.row.tolist(), findings.start.tolist(), findings.end.tolist(), strict=True
    )
    for row, start, end in spans:
        if row != current:
            current, document = row, text.document(row).decode()
        for piece, part in zip(pieces, cut_excerpt(document, start, end, context), strict=True):
            piece.append(part)
    return pieces


def cut_excerpt(document: str, start: int, end: int, context: int) -> tuple[str, str, str]:
    """One masked excerpt in three pieces."""
    left, right = max(0, start - context - _MARGIN), end + context + _MARGIN
    window = mask_excerpt(document[left:right])  # masking keeps length, so spans stay true
    begin, stop = start - left, end - left
    return (
        window[max(0, begin - context) : begin],
        window[begin:stop],
        window[stop : stop + context],
    )


def cut_raw(document: str, start: int, end: int, context: int) -> tuple[str, str, str]:
    """The same unmasked, for evidence only."""
    return document[max(0, start - context) : start], document[start:end], document[end:][:context]
