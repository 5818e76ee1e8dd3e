"""Plain tables for terminals, aligned where Chinese characters take two columns."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from corpus_audit.pii.masking import CONTROL


def display_width(text: str) -> int:
    """Terminal columns of a text."""
    return sum(map(_width, text))


def _width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def shorten(text: str, width: int) -> str:
    """Cut a text to so many columns, with an ellipsis; control characters become spaces."""
    text = CONTROL.sub(" ", text[: 8 * width])  # marks that take no column may stand between
    columns = 0
    for place, char in enumerate(text):
        columns += _width(char)
        if columns > width:
            while columns > width - 1:
                columns -= _width(text[place])
                place -= 1
            return text[: place + 1] + "…"
    return text


def render_table(
    headers: Sequence[str], rows: Sequence[Sequence[str]], align: str = "", limit: int = 40
) -> str:
    """A table; `align` holds `<` or `>` per column, cells are cut to `limit` columns."""
    align = align.ljust(len(headers), "<")
    cells = [[shorten(str(cell), limit) for cell in row] for row in (headers, *rows)]
    widths = [max(display_width(row[i]) for row in cells) for i in range(len(headers))]
    cells.insert(1, ["─" * width for width in widths])
    return "\n".join(
        "  ".join(
            _pad(cell, width, side) for cell, width, side in zip(row, widths, align, strict=False)
        ).rstrip()
        for row in cells
    )


def _pad(cell: str, width: int, side: str) -> str:
    space = " " * (width - display_width(cell))
    return space + cell if side == ">" else cell + space
