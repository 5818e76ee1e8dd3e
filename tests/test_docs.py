"""The documents tell the truth: commands, exit codes, snippets, links, translations."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from corpus_audit import errors

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.zh-CN.md")
DOCUMENTS = [
    *READMES, "CHANGELOG.md", "rules/README.md", "sample_data/README.md", "benchmarks/README.md",
]  # fmt: skip


def blocks(document: str, language: str) -> list[str]:
    text = (ROOT / document).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def commands() -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "corpus_audit", "--help"], capture_output=True, text=True, check=True
    )
    listed = done.stdout.split("Commands:\n")[1].split("\n\n")[0]
    return re.findall(r"^  ([a-z]+) ", listed, re.MULTILINE)


@pytest.mark.parametrize("readme", READMES)
def test_every_command_is_documented(readme):
    text = (ROOT / readme).read_text(encoding="utf-8")
    assert len(commands()) >= 5
    for command in commands():
        assert f"corpus-audit {command}" in text


@pytest.mark.parametrize("command", commands())
def test_every_command_and_option_has_help(command):
    done = subprocess.run(
        [sys.executable, "-m", "corpus_audit", command, "--help"],
        capture_output=True, text=True, check=True, env={"COLUMNS": "100", "PATH": ""},
    )  # fmt: skip
    for line in re.findall(r"^  +(?:-\w, )?--[a-z-]+.*$", done.stdout, re.MULTILINE):
        assert re.search(r"\S  +\S", line.strip()) or len(line) > 30, line


@pytest.mark.parametrize("readme", READMES)
def test_every_exit_code_is_documented(readme):
    text = (ROOT / readme).read_text(encoding="utf-8")
    codes = {
        value.exit_code for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, errors.CorpusAuditError)
    }  # fmt: skip
    for code in codes | {0, 1}:
        assert re.search(rf"^\| {code} \|", text, re.MULTILINE), code


def test_the_python_of_the_readme_runs(tmp_path):
    (snippet,) = blocks("README.md", "python")
    (tmp_path / "sample_data").symlink_to(ROOT / "sample_data")
    done = subprocess.run(
        [sys.executable, "-c", snippet], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "market-board" in done.stdout and "A.1.h" in done.stdout


@pytest.mark.parametrize("readme", READMES)
def test_the_commands_of_the_readme_run(readme, tmp_path):
    (tmp_path / "sample_data").symlink_to(ROOT / "sample_data")
    lines = [
        line[2:] for block in blocks(readme, "console") for line in block.splitlines()
        if line.startswith("$ corpus-audit")
    ]  # fmt: skip
    assert len(lines) >= 2
    for line in lines:
        command = [sys.executable, "-m", "corpus_audit", *line.split()[1:]]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 0, (line, done.stderr)


def test_the_table_in_the_readme_is_what_a_scan_prints(tmp_path):
    (tmp_path / "sample_data").symlink_to(ROOT / "sample_data")
    command = ["scan", "sample_data/corpus", "-o", "audit-demo", "--max-skipped", "0.02"]
    done = subprocess.run(
        [sys.executable, "-m", "corpus_audit", *command],
        capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    printed = {re.sub(r"\s+", " ", line) for line in done.stdout.splitlines()}
    shown = "\n".join(blocks("README.md", "console")).split("corpus-audit show")[0].splitlines()
    rows = [re.sub(r"\s+", " ", line) for line in shown if " %" in line]
    assert len(rows) >= 4
    assert set(rows) <= printed


@pytest.mark.parametrize("readme", READMES)
def test_the_project_file_of_the_readme_is_valid_and_known(readme, tmp_path):
    toml = next(block for block in blocks(readme, "toml") if "[scan]" in block)
    assert tomllib.loads(toml)["scan"]
    (tmp_path / "corpus-audit.toml").write_text(toml)
    done = subprocess.run(
        [sys.executable, "-m", "corpus_audit", "stats", "nowhere"],
        capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert "no audit there" in done.stderr  # and not: is not an option


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_inside_the_project_lead_somewhere(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if "://" not in target:
            assert (ROOT / document).parent.joinpath(target).exists(), target
