"""`corpus-audit doctor` tells what is here, and what is not."""

import json
import subprocess
import sys

from corpus_audit import machine


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "corpus_audit", "doctor", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_it_names_packages_plugins_and_speeds():
    done = run("--format", "json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    versions = {each["name"]: each["version"] for each in found["packages"]}
    assert versions["pyarrow"] and found["missing"] == []
    assert "keywords" in found["plugins"]["detectors"] and "jsonl" in found["plugins"]["readers"]
    assert all(each["megabytes"] > 1 for each in found["speeds"])


def test_it_says_how_to_get_an_extra_that_is_missing(monkeypatch):
    monkeypatch.setattr(
        machine.importlib.metadata, "requires",
        lambda name: ["pyarrow>=18", "no-such-thing>=1 ; extra == 'excel'", "x; extra == 'dev'"],
    )  # fmt: skip
    found = {each.name: (each.version, each.extra) for each in machine.packages()}
    assert found["no-such-thing"] == (None, "excel")
    assert found["pyarrow"][0] and "x" not in found


def test_it_prints_a_table_without_measuring():
    done = run("--no-speed")
    assert done.returncode == 0
    assert "Nothing that corpus-audit needs is missing." in done.stdout
    assert "MB/s" not in done.stdout
