"""Responses of annotation data, looked at with the keyword rules and the policy of the audit."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import orjson

from corpus_audit.evidence.case import Case
from corpus_audit.text.batch import REQUIRED, Batch
from corpus_audit.types import Detector

_AT_ONCE = 20_000  # responses


@lru_cache(maxsize=1)
def _keywords(told: str, _config: str) -> Sequence[Detector]:
    """Compiled once for several standards; the digest of a scan's configuration names its rules."""
    from corpus_audit.detectors.registry import load_detectors

    return load_detectors({"keywords": orjson.loads(told)}, bytes(32))


def harmful_responses(case: Case, texts: Sequence[str]) -> list[bool]:
    """Which of these hit a risk, in their order."""
    import pyarrow as pa

    from corpus_audit.judge import judge
    from corpus_audit.observe import observe

    if not texts:
        return []
    told = case.audited.manifest["detectors"].get("keywords") or {}
    detectors = _keywords(orjson.dumps(told).decode(), case.audited.manifest["config"])
    hit: list[bool] = []
    for first in range(0, len(texts), _AT_ONCE):
        some = list(texts[first : first + _AT_ONCE])
        rows = range(len(some))
        columns = {
            "doc": [str(row) for row in rows],
            "source": ["annotations"] * len(some),
            "path": ["annotations"] * len(some),
            "position": list(rows),
            "text": some,
        }
        arrays = [pa.array(columns[field.name], field.type) for field in REQUIRED]
        batch = Batch(pa.record_batch(arrays, schema=REQUIRED))
        seen = observe(batch, detectors, max_findings=1)
        found = set(judge(seen.every, seen.rules, case.policy.judge).row.tolist())
        hit += [row in found for row in rows]
    return hit
