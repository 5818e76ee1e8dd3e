"""Audits for the reports: one that was scanned and assessed, and one made of hostile text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile_text import HOSTILE

import corpus_audit
from benchmarks.reports import made_audit, many_sources
from corpus_audit.evidence.command import assess_audit, write_assessment
from corpus_audit.reports.data import ReportData
from corpus_audit.reports.gather import gather
from corpus_audit.tally import SourceTally

ROOT = Path(__file__).parent.parent.parent
STANDARD = "tc260-003-2024"


@pytest.fixture(scope="session")
def sample(tmp_path_factory) -> str:
    """The sample corpus, scanned with its ledger and assessed."""
    audit = str(tmp_path_factory.mktemp("reports") / "sample")
    corpus_audit.scan(
        ROOT / "sample_data/corpus",
        audit,
        ledger=ROOT / "sample_data/provenance/sources.toml",
        max_skipped=0.02,
        workers=1,
    )
    write_assessment(audit, assess_audit(audit, STANDARD))
    return audit


@pytest.fixture(scope="session")
def sample_data(sample) -> ReportData:
    return gather(sample)


@pytest.fixture(scope="session")
def scanned(tmp_path_factory) -> str:
    """An audit of 60 sources that nobody has assessed."""
    return made_audit(tmp_path_factory.mktemp("reports") / "scanned", *many_sources(60))


@pytest.fixture(scope="session")
def hostile(tmp_path_factory) -> str:
    """Sources, ids, paths and excerpts that try to be more than text; assessed."""
    sources = {}
    findings = []
    for name in HOSTILE:
        sources[name] = SourceTally(
            documents=10, chars=100, bytes=100, skipped={"bad_record": 1}, hits={"A.1.f": 5},
            hit_chars={"A.1.f": 50}, any_hit={"A.1.f": 5}, any_hit_chars={"A.1.f": 50},
            categories={"language": {"zh": 10}, "statements": {name[:500]: 1}},
        )  # fmt: skip
        short = name[:2000]
        findings.append(
            {"source": name, "risk": "A.1.f", "rule": short, "doc": short, "path": short,
             "before": short, "match": short, "after": short, "trace": "case"}
        )  # fmt: skip
    losses = [{"path": HOSTILE[1], "position": 0, "detail": HOSTILE[0], "sources": []}]
    audit = made_audit(
        tmp_path_factory.mktemp("reports") / "hostile", sources, findings, losses=losses
    )
    write_assessment(audit, assess_audit(audit, STANDARD))
    return audit


@pytest.fixture(scope="session")
def hostile_data(hostile) -> ReportData:
    return gather(hostile)
