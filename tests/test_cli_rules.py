"""`corpus-audit rules ...`, as somebody meets them who has a list of words and a corpus."""

import json

import pytest
from typer.testing import CliRunner

from corpus_audit.cli.app import app
from corpus_audit.errors import CorpusAuditError, UsageError
from corpus_audit.rules.location import rules_dir
from corpus_audit.rules.model import RuleFile

WORDS = "赌博网站\n賭博網站\n地下赌场\n用户\n赌\n"


@pytest.fixture
def call(tmp_path, monkeypatch):
    """Run a command in an empty folder: (exit code, what it printed)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments):
        result = CliRunner().invoke(app, ["rules", *map(str, arguments)])
        if isinstance(result.exception, CorpusAuditError):
            raise result.exception
        return result.exit_code, result.output

    return run


@pytest.fixture
def library(call, tmp_path):
    """A list, imported."""
    (tmp_path / "words.txt").write_text(WORDS, "utf-8")
    code, said = call(
        "import", "words.txt", "--risk", "A.1.h", "-o", "own.toml", "--confidence", "high",
        "--left-out", "out.csv",
    )  # fmt: skip
    assert code == 0
    return said


def test_an_import_tells_what_became_of_every_term_and_what_to_do_next(library, tmp_path):
    assert "5 terms read as lines, 3 taken, 1 the same after folding, 1 left out" in library
    assert "left out, 1: is one character" in library
    assert "rules calibrate --rules own.toml --on" in library
    assert (tmp_path / "out.csv").read_text("utf-8").splitlines()[1].startswith("words.txt,赌,is")


def test_a_library_is_calibrated_looked_over_and_compared(library, call, tmp_path):
    page = "用户请先登录。今天天气很好。" * 30
    rows = "".join(json.dumps({"text": page}) + "\n" for _ in range(30))
    (tmp_path / "clean.jsonl").write_text(rows, "utf-8")
    code, said = call("lint", "own.toml")
    assert (code, said.splitlines()[-1]) == (0, "0 faults, 1 warnings")
    assert said.startswith(
        "own.a1h.short.txt:1: warning: rule \"own.a1h.short\": term '用户' is a common word"
    )
    code, said = call("calibrate", "--rules", "own.toml", "--on", "clean.jsonl")
    assert code == 0
    assert "1 of 3 terms demoted" in said
    assert "written: own.demotions.csv" in said
    code, said = call("lint", "own.toml")
    assert (code, "all terms are demoted" in said) == (0, True)
    code, said = call("show", "own.a1h.short", "--rules", "own.toml", "--format", "json")
    assert json.loads(said)["demoted"] == ["用户"]
    call("import", "words.txt", "--risk", "A.1.h", "-o", "other/own.toml")
    code, said = call("diff", "own.toml", "other/own.toml")
    assert "confidence: high -> medium" in said
    assert "- 1 demoted: 用户" in said
    code, said = call("coverage", "own.toml", "--format", "json")
    (one,) = [risk for risk in json.loads(said)["risks"] if risk["risk"] == "A.1.h"]
    assert (one["base"], one["demoted"], one["base_short_by"]) == (3, 1, 197)
    code, said = call("coverage", "own.toml", "--lang", "zh")
    assert "最近更新" in said and "要求：不超过 7 天" in said


def test_a_rule_that_fails_its_own_examples_ends_tests_and_lint_with_2(library, call, tmp_path):
    assert call("test", "own.toml") == (0, "4 examples of 2 rules, 0 fail\n")
    file = tmp_path / "own.toml"
    file.write_text(file.read_text("utf-8").replace('hits = ["赌博网站"]', 'hits = ["麻将"]'))
    for command in ("test", "lint"):
        code, said = call(command, "own.toml")
        assert code == 2
        assert "does not match its own hit '麻将'" in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["import", "words.txt", "-o", "x.toml"], "--risk A.1.f or --mapping"),
        (["import", "none.txt", "--risk", "A.1.h", "-o", "x.toml"], "none.txt: cannot be read"),
        (["calibrate", "--on", "words.txt"], "say where the demotions go"),
        (["calibrate", "--rules", "own.toml", "--on", "none"], "none"),
        (
            ["calibrate", "--rules", "own.toml", "--on", "words.txt", "-o", "x.csv"],
            "is named \\*.demotions.csv",
        ),
        (["show", "own.a1", "--rules", "own.toml"], "Like it: own.a1h, own.a1h.short"),
        (["diff", "own.toml", "none.toml"], "no such rule file"),
        (["coverage", "--standard", "gbt-45674-2025"], "asks nothing of a keyword library"),
    ],
)
def test_a_wrong_call_says_what_to_do(library, call, arguments, message):
    with pytest.raises(CorpusAuditError, match=message) as raised:
        call(*arguments)
    assert isinstance(raised.value, UsageError) or "rule file" in message or arguments[-1] == "none"


def test_the_schema_that_ships_is_that_of_the_model_and_is_what_the_command_prints(call):
    shipped = json.loads((rules_dir() / "rule.schema.json").read_text("utf-8"))
    assert shipped == RuleFile.model_json_schema()
    assert json.loads(call("schema")[1]) == shipped


def test_shipped_rule_files_are_valid_by_the_schema():
    import tomllib

    import jsonschema

    check = jsonschema.Draft202012Validator(
        RuleFile.model_json_schema(), format_checker=jsonschema.FormatChecker()
    )
    for file in sorted((rules_dir() / "keywords").glob("*.toml")):
        content = json.loads(json.dumps(tomllib.loads(file.read_text("utf-8")), default=str))
        assert not [fault.message for fault in check.iter_errors(content)], file
