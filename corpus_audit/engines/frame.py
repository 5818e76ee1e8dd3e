"""The first look of a scan of a sample: how many documents each source has, and their numbers.

Nothing is detected, so this costs as much as reading does.
"""

from __future__ import annotations

import concurrent.futures
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from corpus_audit.config import ScanConfig
from corpus_audit.draw import Asked, Draw, UInt64s, draw, numbers_by_source
from corpus_audit.errors import UsageError
from corpus_audit.intake import numbered_batches
from corpus_audit.plan import Plan, Unit

_SMALL = 256 << 20  # stored bytes below which further processes cost more than they save


def draw_sample(plan: Plan, config: ScanConfig, asked: Asked, workers: int | None = None) -> Draw:
    """Read everything once and settle which documents are scanned."""
    if any(part.file.path == "-" for unit in plan.units for part in unit.parts):
        raise UsageError("--sample reads the corpus twice, and standard input is there only once.")
    return draw(asked, _found(plan.units, config, asked, workers or os.cpu_count() or 1))


def _found(
    units: Sequence[Unit], config: ScanConfig, asked: Asked, workers: int
) -> Iterator[dict[str, UInt64s]]:
    look = partial(_numbers_of, config=config, asked=asked)
    if workers <= 1 or len(units) <= 1 or sum(unit.nbytes for unit in units) < _SMALL:
        yield from map(look, units)
        return
    context = multiprocessing.get_context("spawn")  # threads of Arrow do not survive a fork
    with concurrent.futures.ProcessPoolExecutor(min(workers, len(units)), context) as pool:
        yield from pool.map(look, units)


def _numbers_of(unit: Unit, config: ScanConfig, asked: Asked) -> dict[str, UInt64s]:
    pieces: dict[str, list[UInt64s]] = {}
    for batch, every in numbered_batches(unit, config, asked.seed):
        for source, some in numbers_by_source(batch, every).items():
            pieces.setdefault(source, []).append(some)
    return {source: np.concatenate(parts) for source, parts in pieces.items()}
