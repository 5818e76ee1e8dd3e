"""The command line: exit codes, messages, project file."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

AD = "注册送彩金，真人荷官。"


def run(*arguments: object, cwd: Path | None = None, stdin: str | None = None):
    command = [sys.executable, "-m", "corpus_audit", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=cwd, input=stdin
    )


@pytest.fixture
def corpus(tmp_path) -> Path:
    file = tmp_path / "data/site.jsonl"
    file.parent.mkdir()
    file.write_text(
        "".join(json.dumps({"text": t}) + "\n" for t in ["plain", AD]), encoding="utf-8"
    )
    return file


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["scan", "{corpus}", "-o", "{out}"], 0, ""),
        (["scan", "{corpus}"], 2, "-o AUDIT"),
        (["scan", "{corpus}", "-o", "{out}", "--rules", "nowhere"], 2, "no such rule file"),
        (
            ["scan", "{corpus}", "-o", "{out}", "--policy", "nowhere.toml"],
            2,
            "nowhere.toml: cannot be read",
        ),
        (["scan", "{corpus}", "-o", "{out}", "--batch-size", "big"], 2, "is not a size"),
        (["scan", "{corpus}", "-o", "{out}", "--text-field", "body"], 2, "found: text"),
        (
            ["scan", "{corpus}", "-o", "{out}", "--detectors", "magic"],
            2,
            "installed: contamination",
        ),
        (["scan", "{corpus}", "-o", "{out}", "--format", "xlsx"], 2, "xlsx"),
        (["scan", "{corpus}", "-o", "{out}", "--log-format", "xml"], 2, "text or json"),
        (["scan", "{tmp}/nowhere", "-o", "{out}"], 2, "nowhere"),
        (["scan", "{tmp}/empty", "-o", "{out}"], 3, "no file to scan"),
        (["scan", "--no-such-option"], 2, "No such option"),
        (["stats", "{tmp}/nowhere"], 2, "no audit there"),
        (["show", "{tmp}/nowhere"], 2, "no audit there"),
        (["merge", "{tmp}/nowhere", "-o", "{out}"], 2, "no audit there"),
        (["duplicates", "{tmp}/nowhere"], 2, "no audit there"),
        (["duplicates", "{tmp}/nowhere", "--verify", "hope"], 2, "estimate or exact"),
        (["duplicates", "{tmp}/nowhere", "--format", "xml"], 2, "text or json"),
        (["duplicates", "--dup-threshold", "0.7"], 0, ""),
        (["duplicates", "--dup-threshold", "7"], 2, "Jaccard"),
        (["duplicates"], 2, "name an audit"),
        (["filter", "{corpus}", "-o", "{out}"], 2, "--audit"),
        (["filter", "{corpus}", "--audit", "{tmp}/nowhere", "-o", "{out}"], 2, "no audit there"),
        (["filter", "--audit", "{tmp}/nowhere", "-o", "{out}"], 2, "name the corpus"),
        (["filter", "--audit", "{tmp}/no", "-o", "{out}", "--drop", ""], 2, "names nothing"),
        (["filter", "{corpus}", "--ids", "--audit", "{tmp}/no", "-o", "{out}"], 2, "leave the"),
        (["scan", "{corpus}", "-o", "{out}", "--dup-shingles", "word"], 2, "word:N"),
        (["scan", "{corpus}", "-o", "{out}", "--dup-threshold", "80"], 2, "Jaccard"),
        (["scan", "{corpus}", "-o", "{out}", "--protect", "{tmp}/nowhere"], 2, "nowhere"),
        (["scan", "{corpus}", "-o", "{out}", "--protect", "{corpus}"], 2, "none of 2 texts"),
        (["standards", "show", "gb-0"], 2, "gb-0"),
        (["standards", "list"], 0, ""),
    ],
)
def test_exit_codes_and_messages(corpus, tmp_path, arguments, code, message):
    (tmp_path / "empty").mkdir()
    names = {"corpus": corpus, "out": tmp_path / "a", "tmp": tmp_path}
    done = run(*(argument.format(**names) for argument in arguments))
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_help_is_fast_and_names_every_command():
    run("--help")
    begin = time.perf_counter()
    done = run("--help")
    assert done.returncode == 0
    for command in ("scan", "stats", "show", "merge", "duplicates", "filter", "standards"):
        assert command in done.stdout
    assert time.perf_counter() - begin < 5  # a hang, not a benchmark


def test_standard_input_is_a_corpus(tmp_path):
    lines = "".join(json.dumps({"text": text, "source": "pipe"}) + "\n" for text in ["x", AD])
    done = run("scan", "-", "-o", tmp_path / "a", stdin=lines)
    assert done.returncode == 0, done.stderr
    rows = json.loads(run("stats", tmp_path / "a", "--format", "json").stdout)["sources"]
    assert [(row["source"], row["documents"], row["hit_documents"]) for row in rows] == [
        ("pipe", 2, 1)
    ]


def test_a_dry_run_shows_the_plan_and_writes_nothing(corpus, tmp_path):
    done = run("scan", corpus, "--dry-run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "jsonl" in done.stdout and "about" in done.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]


def test_a_project_file_gives_defaults_and_refuses_what_it_does_not_know(corpus, tmp_path):
    project = tmp_path / "corpus-audit.toml"
    project.write_text(f'[scan]\noutput = "{tmp_path / "a"}"\ndetectors = "keywords"\n')
    assert run("scan", corpus, cwd=tmp_path).returncode == 0
    assert (tmp_path / "a/sources.csv").exists()
    project.write_text("[scan]\noutptu = 'a'\n")
    done = run("scan", corpus, cwd=tmp_path)
    assert done.returncode == 2 and "outptu is not an option" in done.stderr
    project.write_text("[scna]\n")
    done = run("scan", corpus, cwd=tmp_path)
    assert done.returncode == 2 and "[scna] is not a command" in done.stderr


def test_progress_as_json_lines_goes_to_stderr(corpus, tmp_path):
    done = run("scan", corpus, "-o", tmp_path / "a", "--log-format", "json")
    events = [json.loads(line) for line in done.stderr.splitlines()]
    assert events[-1]["event"] == "end"
    assert events[-1]["stored_bytes"] == corpus.stat().st_size
    quiet = run("scan", corpus, "-o", tmp_path / "b", "--quiet")
    assert quiet.stderr == ""


def test_an_audit_of_another_schema_is_refused_with_the_way_out(corpus, tmp_path):
    run("scan", corpus, "-o", tmp_path / "a")
    manifest = json.loads((tmp_path / "a/audit.json").read_text())
    (tmp_path / "a/audit.json").write_text(json.dumps(manifest | {"schema": 999}))
    done = run("stats", tmp_path / "a")
    assert done.returncode == 2 and "schema 999" in done.stderr


def test_the_key_is_beside_the_audit_and_private(corpus, tmp_path):
    run("scan", corpus, "-o", tmp_path / "audits/a")
    key = tmp_path / "audits/corpus-audit.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert not list((tmp_path / "audits/a").rglob("*.key"))
