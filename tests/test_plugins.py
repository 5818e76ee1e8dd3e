"""A detector and a reader of another package load by entry point."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PLUGIN = Path(__file__).parent / "plugin"


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The plug-in, installed into a folder of its own."""
    target = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--no-index", "--target", target, PLUGIN], check=True)
    return {**os.environ, "PYTHONPATH": str(target)}


def run(installed, *arguments):
    command = [sys.executable, "-m", "corpus_audit", *map(str, arguments)]
    return subprocess.run(command, env=installed, capture_output=True, text=True, check=False)


def test_a_scan_uses_the_detector_and_the_reader_of_a_plug_in(installed, tmp_path):
    corpus = tmp_path / "talk.lines"
    corpus.write_text("ABSOLUTELYNOT!!\nquiet\n注册送彩金!\n", encoding="utf-8")
    done = run(installed, "scan", corpus, "-o", tmp_path / "a", "--detectors", "keywords,shouting")
    assert done.returncode == 0, done.stderr
    answer = run(installed, "stats", tmp_path / "a", "--format", "json")
    (source,) = json.loads(answer.stdout)["sources"]
    assert (source["source"], source["documents"], source["sum_exclamations"]) == ("talk", 3, 3)
    assert source["risks"] == "A.1.h=1 A.5.b=1"


def test_a_missing_plug_in_is_named_with_what_is_there(tmp_path):
    done = run(dict(os.environ), "scan", tmp_path, "-o", tmp_path / "a", "--detectors", "shouting")
    assert done.returncode in (2, 3)
    (tmp_path / "a.txt").write_text("x")
    done = run(dict(os.environ), "scan", tmp_path, "-o", tmp_path / "b", "--detectors", "shouting")
    assert done.returncode == 2
    named = "contamination, fingerprints, keywords, language, licences, origins, pii, works"
    assert f'no detector "shouting" (installed: {named})' in done.stderr
