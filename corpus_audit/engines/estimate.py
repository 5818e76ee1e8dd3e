"""How long will it take: measured on the first documents of the plan."""

from __future__ import annotations

import time

from corpus_audit.config import ScanConfig
from corpus_audit.detectors.registry import load_detectors
from corpus_audit.observe import observe
from corpus_audit.plan import Plan
from corpus_audit.readers.registry import reader_named
from corpus_audit.text.batch import Batch

_ENOUGH = 2.0  # seconds


def estimate(plan: Plan, config: ScanConfig) -> float:
    """MB of stored bytes per second on one worker. The first batch only warms up."""
    detectors = load_detectors(config.detectors, config.key)
    text = stored = 0
    spent, batches = 0.0, 0
    for unit in plan.units:
        for part in unit.parts:
            begin, part_text = time.perf_counter(), 0
            for item in reader_named(part.reader).read(part, config.read):
                if isinstance(item, Batch):
                    observe(item, detectors, config.max_findings)
                    part_text += item.text.nbytes
                    batches += 1
                    if batches == 1:
                        begin = time.perf_counter()
                if spent + time.perf_counter() - begin > _ENOUGH:
                    break
            else:
                text, stored = text + part_text, stored + part.weight
                spent += time.perf_counter() - begin
                continue
            # stopped inside a part: assume that it is as dense as the ones before, or as text
            density = stored / text if text else 1.0
            stored += int(part_text * density)
            spent += time.perf_counter() - begin
            return stored / 1e6 / max(spent, 1e-3)
    return stored / 1e6 / max(spent, 1e-3)
