"""Does a corpus hold texts that it must not: benchmarks, held-back evaluation sets?

A document is contaminated when it shares a run of 13 words with a protected text (GPT-3's measure,
Brown et al. 2020, appendix C). Words are those of folded text; a Han character is a word.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

import numpy as np
import pyarrow as pa
from numba import njit

from corpus_audit.errors import UsageError
from corpus_audit.plan import plan
from corpus_audit.readers.registry import reader_named
from corpus_audit.text.batch import Batch
from corpus_audit.text.buffers import Int64s
from corpus_audit.text.fold import View, load_table
from corpus_audit.text.shingles import Uint64s, element_classes, next_word, power
from corpus_audit.types import (
    HARMLESS_SKIPS,
    ColumnSpec,
    Loss,
    Observations,
    ReadOptions,
    RuleInfo,
    Skipped,
)

WORDS = 13
VERSION = 1
_MULTIPLIER = 0xD1342543DE82EF95
_SPREAD = np.uint64(0xBF58476D1CE4E5B9)
_S32, _U1 = np.uint64(32), np.uint64(1)


class ContaminationDetector:
    """Configuration: `protect`, the files that hold protected texts, in any format read."""

    name: ClassVar[str] = "contamination"
    rules: tuple[RuleInfo, ...] = ()
    columns: tuple[ColumnSpec, ...] = (
        ColumnSpec("contaminated", pa.int8(), "sum"),  # 1 or 0: sources count documents
        ColumnSpec("protected_share", pa.float32()),  # of its words, those in protected runs
    )

    def __init__(self, config: Mapping[str, object]) -> None:
        paths = config.get("protect")
        if not isinstance(paths, list | tuple) or not paths:
            raise UsageError(
                'detector "contamination" needs texts to look for. Pass --protect FILE.'
            )
        grams, self.texts, self.too_short = read_protected([str(path) for path in paths])
        facts = f"{self.name} {VERSION} {WORDS}".encode()
        folded = b"".join(array.tobytes() for array in load_table())
        self.digest = hashlib.blake2b(facts + grams.tobytes() + folded, digest_size=16).hexdigest()
        self._runs = RunTable(grams)

    def scan(self, batch: Batch) -> Observations:
        words, covered = self._runs.cover(batch.view("plain"))
        share = covered / np.maximum(words, 1)
        return Observations(
            columns={
                "contaminated": pa.array((covered > 0).astype(np.int8)),
                "protected_share": pa.array(share.astype(np.float32)),
            }
        )


class RunTable:
    """Runs of 13 words by their hashes, to be met again in views."""

    def __init__(self, grams: Uint64s) -> None:
        self._slots = _table(grams)

    def cover(self, view: View) -> tuple[Int64s, Int64s]:
        """Words of each document, and those in runs that the table holds."""
        words = np.zeros(len(view.offsets) - 1, np.int64)
        covered = np.zeros(len(view.offsets) - 1, np.int64)
        _cover(
            view.offsets, view.data, element_classes("word"), np.uint64(_MULTIPLIER),
            power(_MULTIPLIER, WORDS), self._slots, words, covered,
        )  # fmt: skip
        return words, covered

    def stretches(self, view: View, row: int) -> Int64s:
        """(begin, end) in bytes of the view of each stretch of one document in such runs."""
        first, last = int(view.offsets[row]), int(view.offsets[row + 1])
        out = np.zeros(((last - first) // WORDS + 1, 2), np.int64)
        count = _stretch(
            first, last, view.data, element_classes("word"), np.uint64(_MULTIPLIER),
            power(_MULTIPLIER, WORDS), self._slots, out,
        )  # fmt: skip
        return out[:count]


def read_protected(paths: Sequence[str], option: str = "--protect") -> tuple[Uint64s, int, int]:
    """Sorted hashes of all runs of 13 words, the number of texts, and of those too short for one.

    Raises UsageError where a text cannot be read or none is long enough: a search that looks for
    less than it was given would give false comfort.
    """
    texts = too_short = 0
    runs: list[Uint64s] = [np.zeros(0, np.uint64)]
    for batch in _batches(paths, option):
        view = batch.view("plain")
        out = np.empty(len(view.data) + 1, np.uint64)
        counts = np.zeros(len(batch), np.int64)
        found = _runs(
            view.offsets, view.data, element_classes("word"), np.uint64(_MULTIPLIER),
            power(_MULTIPLIER, WORDS), out, counts,
        )  # fmt: skip
        runs.append(np.unique(out[:found]))
        texts += len(batch)
        too_short += int((counts == 0).sum())
    if too_short == texts:
        raise UsageError(
            f"{option} {', '.join(paths)}: none of {texts:,} texts has {WORDS} words or Han "
            "characters in a row, so nothing could be looked for. Protect longer texts."
        )
    return np.unique(np.concatenate(runs)), texts, too_short


def _batches(paths: Sequence[str], option: str) -> Iterator[Batch]:
    options = ReadOptions()
    for unit in plan(paths, options).units:
        for part in unit.parts:
            for item in reader_named(part.reader).read(part, options):
                if isinstance(item, Batch):
                    yield item
                elif isinstance(item, Loss) or (
                    isinstance(item, Skipped) and item.reason not in HARMLESS_SKIPS
                ):
                    what = item.detail if isinstance(item, Loss) else item.reason
                    raise UsageError(
                        f"{option} {item.path}: what is at {item.position} cannot be read "
                        f"({what}), so it would not be looked for. Mend or remove it."
                    )


def _table(grams: Uint64s) -> Uint64s:
    """An open hash table, half empty or more; 0 is an empty slot."""
    slots = np.zeros(1 << max(int(2 * len(grams)).bit_length(), 10), np.uint64)
    _fill(grams, slots)
    return slots


@njit(cache=True, nogil=True)
def _fill(grams, slots):  # type: ignore[no-untyped-def]
    mask = np.uint64(len(slots) - 1)
    for gram in grams:
        slot = ((gram * _SPREAD) >> _S32) & mask
        while slots[slot] != 0:
            slot = (slot + _U1) & mask
        slots[slot] = gram


@njit(cache=True, nogil=True)
def _runs(offsets, data, classes, multiplier, leaving, out, counts):  # type: ignore[no-untyped-def]
    """Write the hashes of all runs of each document, never 0; returns how many."""
    window = np.zeros(WORDS, np.uint64)
    written = 0
    for row in range(len(offsets) - 1):
        window[:] = 0
        value, words = np.uint64(0), 0
        i, stop = np.uint64(offsets[row]), np.uint64(offsets[row + 1])
        while True:
            found, word, i = next_word(data, i, stop, classes)
            if not found:
                break
            value = np.uint64(value * multiplier + word - window[words % WORDS] * leaving)
            window[words % WORDS] = word
            words += 1
            if words >= WORDS:
                out[written] = value if value != 0 else _U1
                written += 1
                counts[row] += 1
    return written


@njit(cache=True, nogil=True)
def _cover(offsets, data, classes, multiplier, leaving, slots, total, covered):  # type: ignore[no-untyped-def]
    """Count the words of each document, and those in runs that the table holds."""
    mask = np.uint64(len(slots) - 1)
    window = np.zeros(WORDS, np.uint64)
    for row in range(len(offsets) - 1):
        window[:] = 0
        value, words, until = np.uint64(0), 0, 0
        i, stop = np.uint64(offsets[row]), np.uint64(offsets[row + 1])
        while True:
            found, word, i = next_word(data, i, stop, classes)
            if not found:
                break
            value = np.uint64(value * multiplier + word - window[words % WORDS] * leaving)
            window[words % WORDS] = word
            words += 1
            if words < WORDS:
                continue
            gram = value if value != 0 else _U1
            slot = ((gram * _SPREAD) >> _S32) & mask
            while slots[slot] != 0 and slots[slot] != gram:
                slot = (slot + _U1) & mask
            if slots[slot] == gram:
                covered[row] += words - max(words - WORDS, until)
                until = words
        total[row] = words


@njit(cache=True, nogil=True)
def _stretch(first, last, data, classes, multiplier, leaving, slots, out):  # type: ignore[no-untyped-def]
    """Write where the runs of one document that the table holds begin and end; returns how many.

    Runs that overlap or touch make one stretch.
    """
    mask = np.uint64(len(slots) - 1)
    window = np.zeros(WORDS, np.uint64)
    begins = np.zeros(WORDS, np.int64)  # of the words in the window
    value, words, written, until = np.uint64(0), 0, 0, -1
    i, stop = np.uint64(first), np.uint64(last)
    while True:
        before = np.int64(i)
        found, word, i = next_word(data, i, stop, classes)
        if not found:
            return written
        value = np.uint64(value * multiplier + word - window[words % WORDS] * leaving)
        window[words % WORDS] = word
        begins[words % WORDS] = before
        words += 1
        if words < WORDS:
            continue
        gram = value if value != 0 else _U1
        slot = ((gram * _SPREAD) >> _S32) & mask
        while slots[slot] != 0 and slots[slot] != gram:
            slot = (slot + _U1) & mask
        if slots[slot] == gram:
            if until >= words - WORDS and written:
                out[written - 1, 1] = np.int64(i)
            else:
                out[written, 0], out[written, 1] = begins[words % WORDS], np.int64(i)
                written += 1
            until = words
