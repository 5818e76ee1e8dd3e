"""What documents say of their own licence and rights, and what their licence field holds.

Anchors are found in the plain view by one hyperscan pass; regular expressions run only around them.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar

import hyperscan
import numpy as np
import pyarrow as pa

from corpus_audit.rules.licences import canonical_id, load_licences
from corpus_audit.rules.statements import StatementSpec, load_statements
from corpus_audit.text.batch import Batch
from corpus_audit.text.fold import View, fold_texts, locate
from corpus_audit.types import ColumnSpec, Findings, Observations, RuleInfo

VERSION = 1
_WINDOW = 160  # bytes of the view on each side of an anchor
_LONGEST = 4096  # bytes that patterns see at once: anchors side by side join their windows
_ANCHORS = 1000  # from either end of a document: a longer list of licences repeats itself
_NAMED = 8  # statements kept in the column of a document
_SHIFT = 40
#: What `licence_field` says of a licence that the tables do not know.
OTHER = "(other)"


class LicenceDetector:
    """Columns `statements` and `licence_field`; a finding for each statement. No configuration.

    `statements` holds ids joined by spaces, in order of their names, at most eight: licences
    (`CC-BY-4.0`) and others (`no-reprint`); null where there is none.
    """

    name: ClassVar[str] = "licences"
    columns: tuple[ColumnSpec, ...] = (
        ColumnSpec("statements", pa.string(), "category"),
        ColumnSpec("licence_field", pa.string(), "category"),
    )

    def __init__(self, config: Mapping[str, object]) -> None:
        given = config.get("statements")
        loaded = load_statements(Path(str(given)) if given else None)
        self._specs = loaded.specs
        table = repr(load_licences()).encode()
        self.digest = hashlib.blake2b(
            f"{VERSION} {loaded.digest}".encode() + table, digest_size=16
        ).hexdigest()
        self.rules: tuple[RuleInfo, ...] = tuple(
            RuleInfo(f"statement.{spec.id}", "", spec.name.en, spec.name.zh, "low", "high")
            for spec in self._specs
        )
        owners: dict[bytes, list[int]] = {}
        for index, spec in enumerate(self._specs):
            for literal in fold_texts(spec.anchors):
                owners.setdefault(literal, []).append(index)
        literals = sorted(owners)
        self._owners = [owners[literal] for literal in literals]
        self._lengths = np.array([len(literal) for literal in literals], np.int64)
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._database.compile(
            expressions=literals, ids=list(range(len(literals))), elements=len(literals),
            flags=0, literal=True,
        )  # fmt: skip

    def scan(self, batch: Batch) -> Observations:
        view = batch.view("plain")
        rows: list[int] = []
        rules: list[int] = []
        starts: list[int] = []
        ends: list[int] = []
        stated: dict[int, set[str]] = {}
        for row, first, last, wanted in self._windows(view):
            raw = view.data[first:last].tobytes()
            text = raw.decode("utf-8", "ignore")
            plain = len(text) == len(raw)
            for index in sorted(wanted):
                for start, end, names in _matches(self._specs[index], text):
                    if not plain:
                        start, end = (len(text[:at].encode()) for at in (start, end))
                    rows.append(row)
                    rules.append(index)
                    starts.append(first + start)
                    ends.append(first + end)
                    stated.setdefault(row, set()).update(names)
        return Observations(
            _findings(batch, view, rows, rules, starts, ends),
            {
                "statements": _joined(stated, len(batch)),
                "licence_field": _normalised(batch.column("license"), len(batch)),
            },
        )

    def _windows(self, view: View) -> Iterator[tuple[int, int, int, set[int]]]:
        """(row, begin, end, kinds of statement): stretches of the view around anchors."""
        packed = array("q")
        append = packed.append

        def collect(literal: int, _start: int, end: int, _flags: int, _context: object) -> None:
            append(end << 16 | literal)

        offsets = view.offsets
        for begin, stop in _pieces(offsets):
            del packed[:]
            self._database.scan(view.data[begin:stop], match_event_handler=collect)  # type: ignore[type-var]
            found = np.sort(np.array(packed, np.int64))
            literal, end = found & 0xFFFF, (found >> 16) + begin
            start = end - self._lengths[literal]
            row = np.searchsorted(offsets, start, side="right") - 1
            kept = _outer(row)
            literal, start, end, row = literal[kept], start[kept], end[kept], row[kept]
            low = np.maximum(start - _WINDOW, offsets[row])
            high = np.minimum(end + _WINDOW, offsets[row + 1] - 1)
            yield from self._joined_windows(view, row, low, high, literal)

    def _joined_windows(
        self, view: View, row: np.ndarray, low: np.ndarray, high: np.ndarray, literal: np.ndarray
    ) -> Iterator[tuple[int, int, int, set[int]]]:
        at: tuple[int, int, int] | None = None
        wanted: set[int] = set()
        for r, a, b, which in zip(
            row.tolist(), low.tolist(), high.tolist(), literal.tolist(), strict=True
        ):
            if at and r == at[0] and a <= at[2] and b - at[1] <= _LONGEST:
                at = (r, min(at[1], a), max(at[2], b))
            else:
                if at:
                    yield at[0], *_whole(view, at[1], at[2]), wanted
                at, wanted = (r, a, b), set()
            wanted.update(self._owners[which])
        if at:
            yield at[0], *_whole(view, at[1], at[2]), wanted


def _outer(row: np.ndarray) -> np.ndarray:
    """Which of the anchors, in order of their rows, are among the first or last of a document."""
    first = np.searchsorted(row, row, side="left")
    last = np.searchsorted(row, row, side="right")
    at = np.arange(len(row))
    return np.asarray((at - first < _ANCHORS) | (last - at <= _ANCHORS))


def _pieces(offsets: np.ndarray) -> Iterator[tuple[int, int]]:
    """Whole documents in calls below hyperscan's 32 bits; one document may take a call alone."""
    begin, last = int(offsets[0]), int(offsets[-1])
    while begin < last:
        stop = int(offsets[np.searchsorted(offsets, begin + (1 << 30), side="right") - 1])
        if stop <= begin:
            stop = int(offsets[np.searchsorted(offsets, begin, side="right")])
        yield begin, stop
        begin = stop


def _whole(view: View, first: int, last: int) -> tuple[int, int]:
    """A window moved outwards to whole characters: a continuation byte is 10xxxxxx."""
    while first > 0 and view.data[first] & 0xC0 == 0x80:
        first -= 1
    while last < len(view.data) and view.data[last] & 0xC0 == 0x80:
        last += 1
    return first, last


def _matches(spec: StatementSpec, text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Spans in characters, the leftmost of each stretch that patterns share, and what they say."""
    if not spec.may_stand_in(text):
        return
    found = sorted(
        (match.start(), -match.end(), names)
        for expression in spec.expressions
        for match in expression.finditer(text)
        if match.end() > match.start() and (names := spec.names(match))
    )
    reached = -1
    for start, negative, names in found:
        if start >= reached:
            reached = -negative
            yield start, reached, names
        elif spec.licence:  # `CC BY 4.0 (creativecommons.org/licenses/by-sa/4.0)` says two things
            yield start, -negative, names


def _findings(
    batch: Batch, view: View, rows: list[int], rules: list[int], starts: list[int], ends: list[int]
) -> Findings:
    if not rows:
        return Findings.empty()
    row, rule = np.array(rows, np.int32), np.array(rules, np.int32)
    start, end = np.array(starts, np.int64), np.array(ends, np.int64)
    order = np.lexsort((end, start, rule, row))
    fresh = np.r_[
        True,
        (np.diff(row[order]) != 0) | (np.diff(rule[order]) != 0) | (np.diff(start[order]) != 0),
    ]
    kept = np.sort(order[fresh])
    kept = kept[np.lexsort((rule[kept], end[kept], start[kept], row[kept]))]
    row, rule, start, end = row[kept], rule[kept], start[kept], end[kept]
    spans = locate(batch.text, view, row, start, end, "plain")
    return Findings(row, rule, spans.start, spans.end, spans.trace)


def _joined(stated: Mapping[int, set[str]], count: int) -> pa.Array:
    values: list[str | None] = [None] * count
    for row, names in stated.items():
        values[row] = " ".join(sorted(_most_exact(names))[:_NAMED])
    return pa.array(values, pa.string())


def _most_exact(names: set[str]) -> set[str]:
    """Without `CC-BY` where `CC-BY-4.0` says the same with its version."""
    return {
        name
        for name in names
        if not any(
            other.startswith(f"{name}-") and other[len(name) + 1].isdigit() for other in names
        )
    }


def _normalised(column: pa.Array | None, count: int) -> pa.Array:
    """The licence field by the id of its licence; null where the document has none."""
    if column is None:
        return pa.nulls(count, pa.string())
    encoded = column.dictionary_encode()
    known = [
        None if not value.strip() else canonical_id(value) or OTHER
        for value in encoded.dictionary.to_pylist()
    ]
    return pa.array(known, pa.string()).take(encoded.indices)
