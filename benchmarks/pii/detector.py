"""corpus-audit's own answers in the form that the scores take."""

from __future__ import annotations

from functools import cache

from benchmarks.pii.generate import Span
from corpus_audit.pii.finder import Finder
from corpus_audit.pii.kinds import default_kinds


@cache
def _finder(*more: str) -> Finder:
    return Finder([*default_kinds(), *more])


def predict(texts: list[str]) -> list[list[Span]]:
    """What counts: high or medium confidence, no placeholders."""
    return [
        [(m.start, m.end, m.kind) for m in matches if m.level != "low" and not m.placeholder]
        for matches in _finder().matches(texts)
    ]


def with_placeholders(texts: list[str]) -> list[list[Span]]:
    """The same, test values and URLs too: what sets of made-up sentences are scored by."""
    return [
        [(m.start, m.end, m.kind) for m in matches if m.level != "low"]
        for matches in _finder("url").matches(texts)
    ]
