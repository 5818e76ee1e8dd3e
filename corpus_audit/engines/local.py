"""Run units on this machine: in this process, or in one worker process per core."""

from __future__ import annotations

import concurrent.futures
import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from corpus_audit.audit.store import AuditStore
from corpus_audit.config import ScanConfig
from corpus_audit.detectors.registry import load_detectors
from corpus_audit.engines.lean import start_lean
from corpus_audit.errors import CorpusAuditError, RunError
from corpus_audit.plan import Unit
from corpus_audit.types import Detector
from corpus_audit.units import UnitResult, scan_unit

Progress = Callable[[int], None]

_IN_FLIGHT = 4  # units handed out per worker; more would only hold memory
_POLL = 0.2  # seconds between looks at the workers' progress


def run_units(
    units: Sequence[Unit],
    config: ScanConfig,
    detectors: Sequence[Detector],
    url: str,
    *,
    workers: int,
    progress: Progress,
) -> Iterator[UnitResult]:
    """Scan units in any order. Documents never travel between processes, only tallies do."""
    if workers <= 1 or len(units) <= 1:
        store = AuditStore(url)
        for unit in units:
            yield scan_unit(unit, config, detectors, store, progress)
    else:
        yield from _run_pool(units, config, url, min(workers, len(units)), progress)


def _run_pool(
    units: Sequence[Unit], config: ScanConfig, url: str, workers: int, progress: Progress
) -> Iterator[UnitResult]:
    context = multiprocessing.get_context("spawn")  # threads of Arrow do not survive a fork
    done = context.RawArray("q", workers)  # one slot a worker: no lock that a dead one could keep
    slots = context.Value("i", 0)
    pool = concurrent.futures.ProcessPoolExecutor(
        workers, context, _start_worker, (config, url, done, slots, os.getpid())
    )
    reported = 0
    waiting = iter(units)
    running: set[concurrent.futures.Future[UnitResult]] = set()
    try:
        while True:
            while len(running) < workers * _IN_FLIGHT and (unit := next(waiting, None)):
                running.add(pool.submit(_scan_in_worker, unit))
            if not running:
                break
            finished, running = concurrent.futures.wait(
                running, _POLL, concurrent.futures.FIRST_COMPLETED
            )
            total = sum(done)
            progress(total - reported)
            reported = total
            for future in finished:
                yield future.result()
    except BrokenProcessPool:
        raise RunError(
            "a worker process died; the usual cause is lack of memory. Finished units are kept: "
            "run the same command again to go on, with fewer --workers or a smaller --batch-size "
            "or --max-document-bytes. With --workers 1 another cause shows itself."
        ) from None
    finally:
        for process in list((pool._processes or {}).values()):  # a stop waits for no unit
            if running:
                process.terminate()
        pool.shutdown(cancel_futures=True)


_worker: dict[str, Any] = {}  # what a worker process builds once


def _start_worker(config: ScanConfig, url: str, done: Any, slots: Any, parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with slots.get_lock():
        slot = slots.value
        slots.value += 1
    _worker.update(config=config, url=url, done=done, slot=slot, parent=parent)


def _scan_in_worker(unit: Unit) -> UnitResult:
    try:
        return _scan(unit)
    except (CorpusAuditError, OSError):
        raise
    except Exception as error:
        # Not every error survives the way to the parent, and its message may quote the text.
        frames = "".join(traceback.format_tb(error.__traceback__))
        raise RuntimeError(f"{type(error).__name__} in a worker:\n{frames}") from None


def _scan(unit: Unit) -> UnitResult:
    if "detectors" not in _worker:
        start_lean(_worker["config"].detectors)
        _worker["store"] = AuditStore(_worker["url"])
        _worker["detectors"] = load_detectors(_worker["config"].detectors, _worker["config"].key)

    def progress(nbytes: int) -> None:
        done, slot = _worker["done"], _worker["slot"]
        if slot < len(done):
            done[slot] += nbytes
        if os.getppid() != _worker["parent"]:
            os._exit(1)  # the parent was killed: nobody waits for this unit

    return scan_unit(unit, _worker["config"], _worker["detectors"], _worker["store"], progress)
