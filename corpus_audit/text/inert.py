"""Makes text from a corpus harmless where people open it: terminals, spreadsheets, Markdown."""

from __future__ import annotations

import re

#: Control and direction characters: those of `masking.CONTROL`, and the marks that only push text.
_ACTIVE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
_BACKTICKS = re.compile("`+")
LONGEST = 200  # characters of a name that is shown to a person


def printable(text: str) -> str:
    """One line without control or direction characters; each becomes a space."""
    return _ACTIVE.sub(" ", text)


def clipped(text: str, limit: int = LONGEST) -> str:
    """A printable text, cut in its middle: names that begin alike mostly end differently."""
    text = printable(text[: 2 * limit] + text[-limit:] if len(text) > 4 * limit else text)
    if len(text) <= limit:
        return text
    tail = limit // 4
    return f"{text[: limit - tail - 1]}…{text[-tail:]}"


def cell(text: str) -> str:
    """For CSV: what a spreadsheet would take for a formula gets an apostrophe before it."""
    text = printable(text)
    return f"'{text}" if _FORMULA.match(text) else text


def code_span(text: str) -> str:
    """For Markdown, tables included: a code span, in which nothing is a link, a tag or a name."""
    text = clipped(text).replace("|", "\\|").strip() or " "
    fence = "`" * (1 + max((len(run) for run in _BACKTICKS.findall(text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"
