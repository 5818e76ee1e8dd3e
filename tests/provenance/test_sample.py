"""The sample corpus scanned with its ledger: what was planted is found, counted and exported."""

import csv
import io
import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from corpus_audit.ledger.reading import load_ledger
from corpus_audit.provenance.contradictions import check_audit
from corpus_audit.provenance.statistics import statistics
from corpus_audit.provenance.tallies import ledger_matches, read_audit

ROOT = Path(__file__).parent.parent.parent
LEDGER = ROOT / "sample_data/provenance/sources.toml"


def run(*arguments: object, code: int = 0) -> str:
    command = [sys.executable, "-m", "corpus_audit", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=dict(os.environ))
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def audit(tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("sample") / "audit"
    run(
        "scan",
        "sample_data/corpus",
        "-o",
        folder,
        "--ledger",
        LEDGER,
        "--max-skipped",
        "0.02",
        "-q",
    )
    return str(folder)


@pytest.fixture(scope="module")
def audited(audit):
    return read_audit(audit, load_ledger(LEDGER).ledger)


def test_the_ledger_alone_has_no_fault():
    assert "0 faults" in run("sources", "check", LEDGER, "--today", "2025-06-30")


def test_every_planted_contradiction_is_found_and_no_other(audited):
    found = check_audit(load_ledger(LEDGER), audited)
    grave = [str(fault) for fault in found if fault.grave]
    for source, count, words in (
        ("encyclopedia", "2 of 80", "all rights are reserved"),
        ("encyclopedia", "2 of 80", "forbid copying without permission"),
        ("encyclopedia", "1 of 80", "only links or lists of links"),
        ("crawl", "3 of 60", "robots.txt refused the crawler"),
        ("crawl", "2 of 60", "reserves them from AI"),
        ("crawl", "1 of 60", "block lists (blocklist)"),
        ("chat", "2 of 40", "neither service and user id"),
    ):
        (one,) = (f for f in grave if f'"{source}"' in f and count in f and words in f)
        grave.remove(one)
    assert grave == []
    warnings = [str(fault) for fault in found if not fault.grave]
    assert any("120 of 120" in w and "CCBot, GPTBot" in w for w in warnings)


def test_check_with_an_audit_ends_2_and_a_changed_ledger_is_noted(audit, tmp_path):
    said = run("sources", "check", LEDGER, "--audit", audit, code=2)
    assert "7 faults" in said and "was not made with" not in said
    other = LEDGER.parent / "none.toml"
    assert not other.exists()
    assert ledger_matches(read_audit(audit, None), load_ledger(LEDGER))


def test_statistics_count_owners_not_sources(audited):
    found = statistics(audited, load_ledger(LEDGER).ledger)
    languages = {each.name: each for each in found.languages}
    assert len(languages["zh"].sources) == 7 and len(languages["zh"].owners) == 5
    assert languages["zh"].enough
    assert sum(share.documents for share in found.origins) == found.documents == 486
    assert {share.name: share.sources for share in found.origins} == {"domestic": 6, "overseas": 2}
    rows = {row.source: row for row in found.inventory}
    assert rows["chat"].without_metadata == 2 and rows["news"].without_metadata == 0
    assert rows["encyclopedia"].fitness == "conditions" and rows["books"].fitness == "fit"


def test_tables_are_printed_as_text_json_and_csv(audit):
    text = run("sources", "stats", audit, "--ledger", LEDGER)
    assert "article 19" in text and "渡口出版社" in text
    parsed = json.loads(run("sources", "stats", audit, "--ledger", LEDGER, "--format", "json"))
    rows = list(csv.DictReader(io.StringIO(run("sources", "stats", audit, "--format", "csv"))))
    assert len(rows) == len(parsed["inventory"]) == 8


def test_the_croissant_export_passes_mlcroissant(audit, tmp_path):
    mlc = pytest.importorskip("mlcroissant")
    for arguments in ([], ["--audit", audit]):
        file = tmp_path / f"croissant-{len(arguments)}.json"
        run("sources", "export", LEDGER, *arguments, "-o", file, "--name", "sample corpus")
        with warnings.catch_warnings():  # of the libraries that it calls
            warnings.simplefilter("ignore")
            dataset = mlc.Dataset(jsonld=str(file))
        issues = dataset.metadata.ctx.issues
        assert not issues.errors and not issues.warnings, issues.report()
        written = dataset.metadata.to_json()
        assert "http://mlcommons.org/croissant/1.1" in written["conformsTo"]
        assert len(written["distribution"]) == 8
        assert "sample-model 1.0" in json.dumps(written)
        assert any("consent" in each for each in written["rai:personalSensitiveInformation"])


def test_the_prov_export_refers_to_nothing_that_it_does_not_hold(audit):
    document = json.loads(run("sources", "export", LEDGER, "--audit", audit, "--format", "prov"))
    known = {name for kind in ("entity", "activity", "agent") for name in document[kind]}
    for relation in (
        "wasAttributedTo",
        "wasGeneratedBy",
        "used",
        "wasDerivedFrom",
        "wasAssociatedWith",
    ):
        for ends in document[relation].values():
            assert set(ends.values()) <= known, ends
    assert document["entity"]["source:news"]["ca:documents"] == 120


def test_init_never_overwrites(tmp_path):
    target = tmp_path / "sources.toml"
    target.write_text("mine")
    run("sources", "init", "sample_data/corpus", "-o", target, code=2)
    assert target.read_text() == "mine"


def test_an_audit_without_the_detectors_is_refused_with_the_way_out(tmp_path):
    run("scan", "sample_data/corpus/news", "-o", tmp_path / "a", "--detectors", "keywords", "-q")
    said = run("sources", "stats", tmp_path / "a", code=2)
    assert "--detectors" in said


def test_the_schema_and_the_licences_are_printed():
    assert json.loads(run("sources", "schema"))["title"] == "Ledger"
    assert "MulanPSL" in run("sources", "licences")
