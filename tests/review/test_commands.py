"""The commands as a user calls them: what they print, how they end, what they leave behind."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.review.test_round import fill


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "corpus_audit", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_round_by_the_command_line(audit, tmp_path):
    sheets = tmp_path / "mine"
    asked = (
        "--plan",
        "flags",
        "--size",
        "40",
        "--seed",
        "5",
        "--format",
        "csv",
        "--sheets",
        sheets,
    )
    drawn = run("sample", audit, *asked, "--reviewer", "甲", "--reviewer", "乙")
    assert drawn.returncode == 0, drawn.stderr
    sample = drawn.stdout.split(":")[0]
    assert "seed 5" in drawn.stdout and "raw text, readable by you only" in drawn.stdout
    files = sorted(sheets.iterdir())
    refused = run("review", "import", audit, *files)
    assert refused.returncode == 2
    assert "have no verdict here" in refused.stderr and "Traceback" not in refused.stderr
    for seed, path in enumerate(files):
        fill(path, misses=0.2 * seed)
    taken = run("review", "import", audit, *files)
    assert taken.returncode == 0, taken.stderr
    assert f"{sample}, 甲:" in taken.stdout and f"{sample}, 乙:" in taken.stdout
    told = run("review", "status", audit)
    assert "with a hit: precision" in told.stdout and "kappa" in told.stdout
    found = json.loads(run("review", "status", audit, "--format", "json").stdout)[0]
    assert (found["sample"], found["seed"], found["judged"]) == (sample, 5, found["drawn"])
    settle = run("review", "adjudicate", audit, sample, "--sheets", sheets, "--format", "csv")
    assert f"{found['open']} documents to settle" in settle.stdout
    [sheet] = sheets.glob("*adjudication*")
    assert run("review", "import", audit, fill(sheet)).returncode == 0
    assert "nothing is open" in run("review", "adjudicate", audit, sample).stdout
    checked = run("verify", audit)
    assert checked.returncode == 0, checked.stdout
    log = (Path(audit) / "log.jsonl").read_text(encoding="utf-8")
    assert log.count('"review import"') == 3 and log.count('"action":"sample"') == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--plan", "all"), "--plan all: there is standard, sources, flags"),
        (("--by", "none", "--by", "source"), "--by none"),
        (("--format", "doc"), "--format doc: there is xlsx, csv, label-studio"),
        (("--max-chars", "50000"), "--max-chars 50000"),
        (("--double", "0.1", "--reviewer", "甲"), "there must be two"),
    ],
)
def test_what_cannot_be_asked_for_ends_two_and_says_why(audit, arguments, told):
    done = run("sample", audit, "--seed", "1", *arguments)
    assert done.returncode == 2
    assert told in done.stderr


def test_without_a_sample_the_status_says_how_to_draw_one(audit):
    done = run("review", "status", audit)
    assert done.returncode == 0 and f"corpus-audit sample {audit}" in done.stdout
