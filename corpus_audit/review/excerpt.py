"""What a reviewer gets to read of a document: all of it, or what there is room for."""

from __future__ import annotations

from collections.abc import Sequence

from corpus_audit.pii.masking import CONTROL

_WINDOWS = 8  # around matches, and as many spread over the rest

Span = tuple[int, int]


def shown(text: str, matches: Sequence[Span], room: int, *, marked: bool) -> str:
    """A text with its matches in 【】, cut to about `room` characters.

    Of a longer one the beginning, the end, the surroundings of matches and places in between; what
    is left out is told. Where matches are not marked they are cut out the same way.
    """
    if len(text) <= room:
        return _inert(_marked(text, 0, len(text), matches if marked else ()))
    pieces = []
    at = 0
    for start, end in _windows(text, matches, room):
        if start > at:
            pieces.append(f"\n[… {start - at:,} …]\n")
        pieces.append(_marked(text, start, end, matches if marked else ()))
        at = end
    if at < len(text):
        pieces.append(f"\n[… {len(text) - at:,} …]")
    return _inert("".join(pieces))


def _windows(text: str, matches: Sequence[Span], room: int) -> list[Span]:
    half = room // (4 * _WINDOWS)
    step = len(text) / (_WINDOWS + 1)
    middles = [int(step * (i + 1)) for i in range(_WINDOWS)]
    middles += [(start + end) // 2 for start, end in matches[:_WINDOWS]]
    wanted = [(0, room // 4), (len(text) - room // 8, len(text))]
    wanted += [(max(0, middle - half), min(len(text), middle + half)) for middle in middles]
    joined: list[Span] = []
    for start, end in sorted(wanted):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _marked(text: str, start: int, end: int, matches: Sequence[Span]) -> str:
    pieces = []
    at = start
    for left, right in sorted(matches):
        if left < at or right > end:
            continue
        pieces += [text[at:left], "【", text[left:right], "】"]
        at = right
    return "".join([*pieces, text[at:end]])


def _inert(text: str) -> str:
    """Line feeds stay; no other control or direction character reaches a sheet."""
    return "\n".join(CONTROL.sub(" ", line) for line in text.split("\n"))
