"""The sample corpus, scanned as a user scans it, against what was planted in it."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import corpus_audit

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "sample_data/corpus"
STORED = json.loads((ROOT / "sample_data/expected.json").read_text(encoding="utf-8"))
EXPECTED = STORED["sources"]


@pytest.fixture(scope="module")
def audit(tmp_path_factory) -> corpus_audit.Audit:
    return corpus_audit.scan(CORPUS, tmp_path_factory.mktemp("e2e") / "audit")


def reasons(cell: str) -> dict[str, int]:
    return {name: int(count) for name, count in (pair.split("=") for pair in cell.split())}


def test_every_source_has_the_documents_hits_and_status_that_were_planted(audit):
    frame = audit.sources().set_index("source")
    found = {
        name: {
            "documents": int(row.documents),
            "hit_documents": int(row.hit_documents),
            "status": row.status,
            "skipped": reasons(row.skip_reasons),
        }
        for name, row in frame.iterrows()
    }
    assert found == EXPECTED


def test_each_record_is_scanned_or_listed_with_its_reason(audit):
    documents, skipped = audit.documents(), audit.skipped()
    assert len(documents) == sum(source["documents"] for source in EXPECTED.values())
    assert len(skipped) == sum(sum(s["skipped"].values()) for s in EXPECTED.values())
    assert not pd.concat([documents, skipped]).duplicated(["path", "position"]).any()
    assert skipped["reason"].is_unique


def test_findings_point_at_what_was_planted_and_say_through_what(audit):
    findings = audit.findings()
    market = findings[findings["source"] == "market-board"]
    traces = set(market["trace"])
    assert {"", "simplified", "invisible", "case+width"} <= traces
    evasive = market[market["trace"] == "invisible"].iloc[0]
    assert "冰" in evasive["match"] and "毒" in evasive["match"]


def test_csv_and_parquet_say_the_same(audit):
    csv = pd.read_csv(Path(audit.url) / "sources.csv", keep_default_na=False)
    parquet = audit.sources()
    assert csv["source"].tolist() == parquet["source"].tolist()
    assert csv["hit_documents"].tolist() == parquet["hit_documents"].tolist()


def test_personal_data_is_counted_by_documents_and_by_distinct_values(audit):
    found: dict[str, dict[str, list[int]]] = {}
    for row in audit.personal().itertuples():
        if row.documents:
            found.setdefault(row.source, {})[row.kind] = [row.documents, row.distinct]
    assert found == STORED["personal"]


def test_languages_are_told_per_source(audit):
    frame = audit.sources().set_index("source")
    assert frame.loc["news", "language"].startswith("zh=120")
    assert frame.loc["forum-en", "language"].startswith("en=")


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "corpus_audit", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def test_the_command_line_gives_the_same_answer_and_says_that_coverage_is_incomplete(
    tmp_path, audit
):
    done = run("scan", "sample_data/corpus", "-o", tmp_path / "a")
    assert done.returncode == 5
    assert "COVERAGE INCOMPLETE" in done.stdout
    accepted = run("scan", "sample_data/corpus", "-o", tmp_path / "b", "--max-skipped", "0.02")
    assert accepted.returncode == 0, accepted.stderr
    mine = (tmp_path / "b/sources.csv").read_text(encoding="utf-8")
    assert mine == (Path(audit.url) / "sources.csv").read_text(encoding="utf-8")


def test_show_gives_masked_context_and_evidence_on_request(tmp_path):
    corpus = tmp_path / "talk.jsonl"
    corpus.write_text('{"text": "联系13812345678，出售冰毒，货到付款"}\n', encoding="utf-8")
    run("scan", corpus, "-o", tmp_path / "a")
    masked = run("show", tmp_path / "a", "--risk", "A.1")
    assert "【出售冰毒】" in masked.stdout
    assert "13812345678" not in masked.stdout
    plain = run("show", tmp_path / "a", "--show-evidence")
    assert "联系13812345678" in plain.stdout
    corpus.write_text('{"text": "联系13812345678，出售冰毒，货到付钱"}\n', encoding="utf-8")
    changed = run("show", tmp_path / "a", "--show-evidence")
    assert "changed since the scan" in changed.stdout
    assert "13812345678" not in changed.stdout
