"""What there is to scan in a unit: read, named by its source, drawn, joined into batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpus_audit.config import ScanConfig
from corpus_audit.draw import numbers, only
from corpus_audit.pii.masking import mask_labels
from corpus_audit.plan import Unit, changed_since
from corpus_audit.readers.registry import reader_named
from corpus_audit.readers.sources import name_source, relative_path, rename_source
from corpus_audit.tally import Tally
from corpus_audit.text.batch import Batch
from corpus_audit.types import Loss, Part, Skipped

_JOINED = 4096  # batches joined at most


def intake(unit: Unit, config: ScanConfig, tally: Tally) -> Iterator[Batch | Skipped | Loss]:
    """Everything of a unit; documents that the draw leaves out are counted in the tally."""
    return _coalesced(_drawn(unit, config, tally), config.read.batch_bytes)


def numbered_batches(
    unit: Unit, config: ScanConfig, seed: int
) -> Iterator[tuple[Batch, npt.NDArray[np.uint64]]]:
    """All documents of a unit with the numbers that a draw goes by."""
    for part, item in _items(unit, config):
        if isinstance(item, Batch):
            yield item, numbers(item, seed, relative_path(part.file), part.file.path)


def _drawn(unit: Unit, config: ScanConfig, tally: Tally) -> Iterator[Batch | Skipped | Loss]:
    """What there is to scan; documents that the draw leaves out are counted."""
    for part, item in _items(unit, config):
        if config.draw is not None and isinstance(item, Batch):
            taken = config.draw.takes(item, relative_path(part.file), part.file.path)
            _count_undrawn(only(item, ~taken), config, tally)
            item = only(item, taken)
            if not len(item):
                continue
        yield item


def _count_undrawn(batch: Batch, config: ScanConfig, tally: Tally) -> None:
    if not len(batch):
        return
    encoded = mask_labels(batch.records.column("source"), config.key).dictionary_encode()
    code = encoded.indices.to_numpy(zero_copy_only=False)
    names = encoded.dictionary.to_pylist()
    documents, chars = (
        np.bincount(code, minlength=len(names)),
        sums_by(code, batch.chars, len(names)),
    )
    for i, name in enumerate(names):
        tally.source(name).undrawn += int(documents[i])
        tally.source(name).undrawn_chars += int(chars[i])


def _items(unit: Unit, config: ScanConfig) -> Iterator[tuple[Part, Batch | Skipped | Loss]]:
    """What the readers give for the parts of a unit, and a loss where a file changed meanwhile."""
    for part in unit.parts:
        for item in reader_named(part.reader).read(part, config.read):
            yield part, rename_source(item, config.aliases) if config.aliases else item
        if changed_since(part.file):
            source = name_source(part.file, config.read.source_patterns)
            loss = Loss(
                part.file.path, part.start, "changed while it was read: scan it again", source
            )
            yield part, rename_source(loss, config.aliases) if config.aliases else loss


def _coalesced(
    items: Iterable[Batch | Skipped | Loss], target: int
) -> Iterator[Batch | Skipped | Loss]:
    """Join small neighbouring batches: a tree of small files gives one batch a file."""
    waiting: list[pa.RecordBatch] = []
    nbytes = 0

    def joined() -> Batch:
        batch = waiting[0] if len(waiting) == 1 else pa.concat_batches(waiting)
        waiting.clear()
        return Batch(batch)

    for item in items:
        if not isinstance(item, Batch):
            yield item
            continue
        fits = nbytes + item.text.nbytes <= target and len(waiting) < _JOINED
        if waiting and not (fits and waiting[0].schema == item.records.schema):
            yield joined()
            nbytes = 0
        waiting.append(item.records)
        nbytes += item.text.nbytes
    if waiting:
        yield joined()


def sums_by(code: Any, values: Any, groups: int) -> Any:
    """Exact integer sums by group."""
    sums = np.zeros(groups, np.int64)
    np.add.at(sums, code, values)
    return sums
