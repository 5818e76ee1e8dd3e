"""Size and speed of the reports of audits with 200 and 5,000 sources, assessed, with excerpts.

The audits are made, not scanned: `made_audit` writes one from tallies and findings.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from corpus_audit import __version__
from corpus_audit.audit import schema
from corpus_audit.audit.store import MANIFEST, AuditStore
from corpus_audit.duplicates.index import delivery_of
from corpus_audit.duplicates.result import NUMBERS, ROWS
from corpus_audit.evidence.command import assess_audit, write_assessment
from corpus_audit.personal import SCHEMA as PERSONAL
from corpus_audit.policies import load_policy
from corpus_audit.reports.formats import FORMATS
from corpus_audit.reports.gather import gather
from corpus_audit.rules.standards import load_risks
from corpus_audit.tally import SourceTally, Tally
from corpus_audit.units import UnitResult

UNIT = "0" * 32
#: sources -> largest HTML in bytes
LARGEST = {200: 3_000_000, 5000: 10_000_000}
SECONDS = 5.0
DETECTORS = ("fingerprints", "keywords", "language", "licences", "origins", "pii")


def main(_data: Path) -> None:
    for sources, largest in LARGEST.items():
        with tempfile.TemporaryDirectory() as folder:
            audit = made_audit(Path(folder) / "audit", *many_sources(sources))
            write_assessment(audit, assess_audit(audit, "tc260-003-2024"))
            start = time.process_time()
            data = gather(audit)
            gathered = time.process_time() - start
            for name, form in FORMATS.items():
                start = time.process_time()
                written = form.render(data, "zh")
                seconds = gathered + time.process_time() - start
                verdict = ""
                if name == "html":
                    good = len(written) < largest and seconds < SECONDS
                    verdict = "ok" if good else "MISSED"
                size = f"{len(written) / 1e6:6.2f} MB"
                print(f"{sources:>5,} sources  {name:8} {size}  {seconds:5.2f} s  {verdict}")


def made_audit(
    folder: Path,
    sources: Mapping[str, SourceTally],
    findings: Iterable[Mapping[str, Any]] = (),
    personal: Iterable[Mapping[str, Any]] = (),
    copies: Mapping[str, Any] | None = None,
    **manifest: Any,
) -> str:
    """Write a finished audit of these sources; returns its path."""
    store = AuditStore(str(folder))
    result = UnitResult(UNIT, "made", [], Tally(dict(sources)))
    store.write(f"units/{UNIT}.json", result.to_bytes())
    written = {
        "schema": schema.SCHEMA_VERSION, "version": __version__, "complete": True,
        "config": "made", "key_id": "made", "units": [UNIT], "ledger": {}, "losses": [],
        "ignored": [], "max_findings": 20, "counts": {},
        "inputs": [{"path": "made.jsonl", "root": "made.jsonl", "real": "made.jsonl", "size": 1,
                    "stamp": "1"}],
        "detectors": {name: {} for name in DETECTORS},
        "risks": [risk.id for risk in load_risks().risks if risk.group != "A.5"],
        "policy": load_policy().model_dump(),
        "read": {"text_fields": [], "id_field": None, "source_field": "source",
                 "source_patterns": [], "keep_fields": [], "encoding": "utf-8"},
    } | manifest  # fmt: skip
    store.write(MANIFEST, orjson.dumps(written))
    rows = [_finding(i, each) for i, each in enumerate(findings)]
    for name, table in (
        (f"findings/{UNIT}.parquet", pa.Table.from_pylist(rows, schema.FINDINGS)),
        ("personal.parquet", pa.Table.from_pylist(list(personal), PERSONAL)),
        (ROWS, schema.DUPLICATES.empty_table()),
    ):
        with store.writing(name) as path:
            pq.write_table(table, path)
    if copies is not None:
        store.write(NUMBERS, orjson.dumps({"of": delivery_of(written)} | dict(copies)))
    return str(folder)


def _finding(place: int, given: Mapping[str, Any]) -> dict[str, Any]:
    usual = {
        "doc": f"doc-{place}", "path": "made.jsonl", "position": place, "confidence": "high",
        "start": 0, "end": 1, "matches": 1, "suppressed": False, "trace": "",
        "before": "", "match": "", "after": "",
    }  # fmt: skip
    return usual | dict(given)


def many_sources(
    count: int, seed: int = 8
) -> tuple[dict[str, SourceTally], list[dict[str, Any]], list[dict[str, Any]]]:
    """Sources as a crawl has them: most clean, some with a few hits, a few full of them."""
    chance = random.Random(seed)
    risks = [risk.id for risk in load_risks().risks if risk.group in ("A.1", "A.2", "A.4")]
    sources: dict[str, SourceTally] = {}
    findings: list[dict[str, Any]] = []
    personal: list[dict[str, Any]] = []
    for i in range(count):
        name = f"{chance.choice(('www', 'bbs', 'news', 'blog'))}.site-{i:05d}.example/栏目{i % 17}"
        documents = int(chance.lognormvariate(6, 1.5)) + 1
        tally = SourceTally(documents=documents, chars=documents * 900, bytes=documents * 2200)
        share = chance.choice((0, 0, 0, 0.004, 0.01, 0.03, 0.08, 0.3))
        for risk in chance.sample(risks, 4):
            hits = min(documents, int(documents * share * chance.random()))
            if hits:
                tally.hits[risk] = tally.any_hit[risk] = hits
                tally.any_hit_chars[risk] = tally.hit_chars[risk] = hits * 900
                findings += (
                    {"source": name, "risk": risk, "rule": "made.rule", "before": "前文" * 20,
                     "match": "匹配的文字", "after": "后文" * 20}
                    for _ in range(min(hits, 8))
                )  # fmt: skip
        chinese = int(documents * chance.random())
        tally.categories["language"] = {"zh": chinese, "en": documents - chinese}
        tally.categories["statements"] = {"": documents - 1, "all-rights-reserved": 1}
        held = int(documents * 0.02)
        tally.categories["personal_data"] = {"none": documents - held, "general": held}
        if chance.random() < 0.1:
            tally.skipped = {"bad_record": 1 + documents // 50, "empty_text": 1}
        if held:
            personal.append(
                {"source": name, "kind": "cn_mobile", "class": "general", "risk": "A.4.f",
                 "documents": held, "share": held / documents, "occurrences": held * 2,
                 "distinct": held, "documents_high": held, "documents_medium": 0,
                 "documents_low": 1, "occurrences_low": 1}
            )  # fmt: skip
        sources[name] = tally
    return sources, findings, personal
