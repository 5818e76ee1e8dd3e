"""What we hand to build servers works: each is run here, step by step, with a shell."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jinja2
import pytest
import yaml
from deliveries import texts, write

ROOT = Path(__file__).parents[2]
GOOD, BAD = {"web": texts(99, bet=1)}, {"web": texts(80, bet=20)}
BIN = Path(sys.executable).parent


def environment(**more: object) -> dict[str, str]:
    """As a build server gives it: nothing of ours but the command on the path."""
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    return kept | {"PATH": path} | {name: str(value) for name, value in more.items()}


def bash(script: str, cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True)


@pytest.fixture
def repository(tmp_path, rules) -> Path:
    """A dataset repository with a policy."""
    folder = tmp_path / "repository"
    folder.mkdir()
    shutil.copy(rules, folder / "rules.toml")
    shutil.copy(ROOT / "rules/policies/starter.en.toml", folder / "policy.toml")
    text = (folder / "policy.toml").read_text("utf-8")
    (folder / "policy.toml").write_text(text[: text.index("[[limit]]")], encoding="utf-8")
    return folder


SCAN = "--rules rules.toml --detectors keywords"

# --- GitHub ----------------------------------------------------------------------------------


def run_action(folder: Path, temp: Path, **inputs: str):
    """The steps of action.yml one after the other, as a runner does; stops at the first failure."""
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    assert action["runs"]["using"] == "composite"
    given = {name: spec.get("default", "") for name, spec in action["inputs"].items()} | inputs
    known = {"github.action_path": str(ROOT), "runner.temp": str(temp)}
    known |= {f"inputs.{name}": value for name, value in given.items()}
    temp.mkdir()
    files = {name: temp / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.touch()
    done = None
    for step in action["runs"]["steps"]:
        assert step["shell"] == "bash" and "${{" not in step["run"]  # no input becomes script
        env = {
            name: re.sub(r"\$\{\{ (.+?) \}\}", lambda m: known[m[1]], value)
            for name, value in step["env"].items()
        }
        done = bash(step["run"], folder, environment(**files, **env))
        if done.returncode:
            break
    outputs = dict(
        line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text("utf-8").splitlines()
    )
    for name, spec in action["outputs"].items():
        assert spec["value"] == f"${{{{ steps.gate.outputs.{name} }}}}"
    return done, outputs, files["GITHUB_STEP_SUMMARY"].read_text("utf-8")


def test_the_action_passes_a_good_delivery_and_fails_a_bad_one(repository, tmp_path):
    write(repository / "data", GOOD)
    done, outputs, summary = run_action(
        repository, tmp_path / "one", paths=f"data\n{SCAN}", policy="policy.toml"
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert (
        outputs["outcome"] == "pass" and "GATE PASSED" in summary and "::error" not in done.stdout
    )
    assert json.loads(Path(outputs["json"]).read_text("utf-8"))["outcome"] == "pass"
    baseline = outputs["audit"]

    key = Path(baseline).parent / "corpus-audit.key"
    write(repository / "data", BAD)
    done, outputs, summary = run_action(
        repository, tmp_path / "two", paths=f"data {SCAN}", policy="policy.toml", lang="zh",
        baseline=baseline, **{"key-file": str(key)},
    )  # fmt: skip
    assert done.returncode == 4
    assert outputs["outcome"] == "fail" and "闸门未通过" in summary
    assert "新增命中 19 篇（新内容 19 篇）" in summary
    assert "::error file=data/web/part.jsonl,line=81," in done.stdout
    assert Path(outputs["sarif"]).exists() and Path(outputs["junit"]).exists()


def test_the_action_says_so_where_it_cannot_decide(repository, tmp_path):
    write(repository / "data", GOOD)
    policy = repository / "policy.toml"
    with policy.open("a", encoding="utf-8") as file:
        file.write(
            '[[waiver]]\nlimit = "ratio"\nowner = "li"\nreason = "r"\nexpires = 2020-01-01\n'
        )
    done, outputs, summary = run_action(
        repository, tmp_path / "t", paths=f"data {SCAN}", policy="policy.toml"
    )
    assert done.returncode == 2 and (outputs, summary) == ({}, "")
    assert "[ratio] li expired on 2020-01-01" in done.stderr
    assert "::error::corpus-audit could not decide" in done.stdout


def test_inputs_of_the_action_are_arguments_and_never_script(repository, tmp_path):
    write(repository / "data", GOOD)
    evil = "data $(touch owned) `touch owned` ; touch owned #"
    done, outputs, _ = run_action(repository, tmp_path / "t", paths=evil)
    assert done.returncode == 2 and outputs == {}
    assert not (repository / "owned").exists()


# --- GitLab ----------------------------------------------------------------------------------


def test_the_gitlab_job_fails_a_bad_delivery_and_keeps_what_says_why(repository):
    job = yaml.safe_load((ROOT / "ci/gitlab.yml").read_text("utf-8"))["corpus-audit"]
    write(repository / "deliveries", BAD)
    variables = job["variables"] | {"CORPUS": f"deliveries/ {SCAN}"}
    script = "\n".join([*job["before_script"], *job["script"]])
    done = bash(script, repository, environment(**variables))
    assert done.returncode == 4, done.stderr
    assert (repository / job["artifacts"]["reports"]["junit"]).exists()
    for path in job["artifacts"]["paths"]:
        assert (repository / path).exists()


# --- pre-commit ------------------------------------------------------------------------------


def test_the_pre_commit_hook_stops_a_bad_commit_only(repository, tmp_path):
    (hook, check) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    arguments = ["data/", "--policy", "policy.toml", "--output", ".git/corpus-audit/audit"]
    local = [
        hook | {"language": "system", "args": [*arguments, *SCAN.split()]},
        check | {"language": "system"},
    ]
    config = {"repos": [{"repo": "local", "hooks": local}]}
    (repository / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    env = environment(
        PRE_COMMIT_HOME=tmp_path / "cache", GIT_CONFIG_GLOBAL=os.devnull,
        GIT_AUTHOR_NAME="a", GIT_AUTHOR_EMAIL="a@b.c",
        GIT_COMMITTER_NAME="a", GIT_COMMITTER_EMAIL="a@b.c",
    )  # fmt: skip
    hook_script = f"{sys.executable} -m pre_commit install"
    write(repository / "data", GOOD)
    done = bash(f"git init -q && {hook_script} && git add . && git commit -m good", repository, env)
    assert done.returncode == 0, done.stderr
    write(repository / "data", BAD)
    done = bash("git add . && git commit -m bad", repository, env)
    assert done.returncode != 0 and "20 of 100 documents hit a counted risk" in done.stderr
    write(repository / "data", GOOD)
    (repository / "notes").write_text("no data")
    done = bash("git add . && git commit -m notes", repository, env)
    assert done.returncode == 0 and "Skipped" in done.stderr


# --- cron, Airflow ---------------------------------------------------------------------------


def test_the_cron_script_moves_what_passes_and_tells_once_of_what_does_not(repository, tmp_path):
    inbox, accepted = tmp_path / "inbox", tmp_path / "accepted"
    write(inbox / "monday", GOOD)
    write(inbox / "tuesday", BAD)
    (inbox / "wednesday").mkdir()
    # cron has no project file: the defaults of a scan come from the one in its working folder
    project = '[scan]\nrules = ["rules.toml"]\ndetectors = "keywords"\n'
    (repository / "corpus-audit.toml").write_text(project)
    key = tmp_path / "k"
    key.write_bytes(bytes(range(32)))
    command = f"{ROOT}/ci/cron.sh {inbox} {accepted} policy.toml"
    done = bash(command, repository, environment(CORPUS_AUDIT_KEY=key))
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        f"tuesday: FAILED, see {inbox}/.corpus-audit/tuesday/gate.md",
        "wednesday: holds no document",
    ]
    assert (accepted / "monday/web/part.jsonl").exists() and not (inbox / "monday").exists()
    again = bash(command, repository, environment(CORPUS_AUDIT_KEY=key))
    assert (again.returncode, again.stdout) == (0, "")


def test_the_airflow_task_fails_for_good_on_a_bad_delivery_and_is_retried_on_a_crash(
    repository, tmp_path
):
    source = (ROOT / "ci/airflow_dag.py").read_text("utf-8")
    parts = [
        node for node in ast.parse(source).body if isinstance(node, ast.Assign | ast.FunctionDef)
    ]

    class FailForGood(Exception):
        """Airflow is no part of these tests: only its exception has a stand-in."""

    names: dict = {"AirflowFailException": FailForGood}
    exec(compile(ast.Module(parts, []), "airflow_dag.py", "exec"), names)
    write(repository / "deliveries/2026-01-02", BAD)
    key = tmp_path / "k"
    key.write_bytes(bytes(range(32)))
    params = {
        "deliveries": "deliveries", "audits": tmp_path / "audits", "policy": "policy.toml",
        "key_file": key, "lang": "en",
    }  # fmt: skip
    template = jinja2.Template(names["COMMAND"], undefined=jinja2.StrictUndefined)

    def command(day: str) -> str:
        path = environment()["PATH"]
        rendered = template.render(ds=day, params=params).replace("--quiet", f"--quiet {SCAN}")
        return f"cd '{repository}' && export PATH='{path}'\n{rendered}"

    with pytest.raises(FailForGood, match="exit code 4"):
        names["run_gate"](command("2026-01-02"))
    with pytest.raises(FailForGood, match="exit code 2"):
        names["run_gate"](command("2026-01-03"))  # no delivery: a person has to look
    with pytest.raises(RuntimeError, match="ended with 137"):
        names["run_gate"]("exit 137")


def test_every_file_for_build_servers_names_only_options_that_exist():
    files = [
        "action.yml",
        "ci/gitlab.yml",
        "ci/cron.sh",
        "ci/airflow_dag.py",
        ".pre-commit-hooks.yaml",
    ]
    helps = [
        subprocess.run([sys.executable, "-m", "corpus_audit", name, "--help"], capture_output=True,
                       text=True, check=True).stdout for name in ("gate", "scan")
    ]  # fmt: skip
    known = set(re.findall(r"--[a-z-]+", " ".join(helps)))
    others = {"--quiet", "--version", "--disable-pip-version-check"}
    for file in files:
        used = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", (ROOT / file).read_text("utf-8")))
        assert used <= known | others, (file, used - known - others)
