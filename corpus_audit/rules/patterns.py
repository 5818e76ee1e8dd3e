"""Regular expressions of rules, in the subset of hyperscan, and their validators."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import hyperscan
import numpy as np

from corpus_audit.rules.literals import Occurrences
from corpus_audit.text.fold import View

_FLAGS = hyperscan.HS_FLAG_SOM_LEFTMOST | hyperscan.HS_FLAG_UTF8 | hyperscan.HS_FLAG_DOTALL
_MOST_BYTES = 1 << 30  # hyperscan's lengths have 32 bits


def _is_handle(match: str) -> bool:
    """An account name or number: Latin letters with digits, or digits alone, not one repeated."""
    tail = re.search(r"[a-z0-9_-]+$", match)
    text = tail[0] if tail else ""
    return any(map(str.isdigit, text)) and len(set(text)) > 2


def _luhn(match: str) -> bool:
    """A number with a right check digit (ISO/IEC 7812-1)."""
    digits = [int(char) for char in match if char.isdigit()]
    doubled = (d * 2 - 9 * (d > 4) for d in digits[-2::-2])
    return len(digits) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


#: What a pattern may name as its `validator`: folded match -> is it one?
VALIDATORS: dict[str, Callable[[str], bool]] = {"handle": _is_handle, "luhn": _luhn}


def fault(regex: str, validator: str | None) -> str | None:
    """What is wrong with a pattern, or None."""
    if validator is not None and validator not in VALIDATORS:
        return f"validator {validator!r} is unknown; known: {', '.join(VALIDATORS)}"
    try:
        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        database.compile(expressions=[regex.encode()], ids=[0], elements=1, flags=_FLAGS)
    except hyperscan.error as error:
        return f"regex {regex!r} is not in hyperscan's subset ({error})"
    try:
        if re.compile(regex).match(""):
            return f"regex {regex!r} matches the empty text: it would match everywhere"
    except re.error:
        pass  # hyperscan reads it, and it alone matters
    return None


class Patterns:
    """Patterns in one database. The longest match from a start counts."""

    def __init__(self, patterns: Sequence[tuple[str, str | None]]) -> None:
        self._validators = [VALIDATORS[name] if name else None for _, name in patterns]
        self._database = None
        if patterns:
            self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
            self._database.compile(
                expressions=[regex.encode() for regex, _ in patterns],
                ids=list(range(len(patterns))),
                elements=len(patterns),
                flags=_FLAGS,
            )

    def find(self, view: View) -> Occurrences:
        """Valid matches; `literal` is the number of the pattern."""
        longest: dict[tuple[int, int], int] = {}

        def collect(number: int, start: int, end: int, _flags: int, _context: object) -> None:
            key = (number, start + base)
            longest[key] = max(longest.get(key, 0), end + base)

        base, last = 0, len(view.data)
        while self._database is not None and base < last:
            row = int(np.searchsorted(view.offsets, base + _MOST_BYTES, side="right")) - 1
            stop = int(view.offsets[row])
            if stop <= base:  # a document larger than that: cut it between characters
                stop = min(base + _MOST_BYTES, last)
                while stop < last and view.data[stop] & 0xC0 == 0x80:
                    stop -= 1
            self._database.scan(view.data[base:stop], match_event_handler=collect)  # type: ignore[type-var]
            base = stop
        kept = [
            (number, start, end)
            for (number, start), end in sorted(longest.items())
            if (check := self._validators[number]) is None
            or check(view.data[start:end].tobytes().decode(errors="replace"))
        ]
        columns = np.array(kept, np.int64).reshape(-1, 3)
        return Occurrences(columns[:, 0], columns[:, 1], columns[:, 2])
