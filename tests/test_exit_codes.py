"""Command by code: every cell of the table of exit codes is run.

0 done; 1 internal error; 2 usage or a fault in a file; 3 nothing to scan; 4 gate or assessment
failed; 5 not decidable. What a command cannot answer has no cell. A new command needs a row.
"""

from __future__ import annotations

import csv
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
import typer.core
import typer.main

from corpus_audit.cli import app as cli
from corpus_audit.errors import RunError

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(Path(__file__).parent / "gate"))
from deliveries import RULES, texts, write  # noqa: E402

SCAN = "--rules {w}/rules.toml --detectors keywords,language,licences,origins --key-file {w}/key"
#: command -> code -> arguments. `{w}` is a folder of deliveries, their audits and files.
TABLE: dict[str, dict[int, str]] = {
    "scan": {
        0: "{w}/good -o {new} " + SCAN,
        2: "{w}/good",
        3: "{w}/nothing -o {new} " + SCAN,
        5: "{w}/broken -o {new} " + SCAN,
    },
    "gate": {
        0: "{w}/good -o {new} --policy {w}/policy.toml " + SCAN,
        2: "{w}/a-good --policy {w}/expired.toml",
        3: "{w}/nothing -o {new} " + SCAN,
        4: "{w}/a-bad --policy {w}/policy.toml",
        5: "{w}/a-broken --policy {w}/policy.toml",
    },
    "assess": {
        2: "{w}/nowhere",
        4: "{w}/a-bad",
        5: "{w}/a-good --standard gbt-45674-2025",
    },  # 0: below
    "stats": {0: "{w}/a-good", 2: "{w}/nowhere"},
    "show": {0: "{w}/a-good", 2: "{w}/nowhere"},
    "merge": {
        0: "{w}/a-good {w}/a-bad -o {new}",
        2: "{w}/nowhere -o {new}",
        3: "{w}/a-nothing -o {new}",
        5: "{w}/a-broken -o {new}",
    },
    "diff": {0: "{w}/a-good {w}/a-bad", 2: "{w}/a-good {w}/nowhere"},
    "doctor": {0: "--no-speed", 2: "--format xml"},
    "report": {0: "{w}/a-good --format json -o {new}.json", 2: "{w}/nowhere"},
    "verify": {0: "{w}/a-good", 2: "{w}/nowhere"},
    "sample": {
        0: "{w}/a-good --format csv --sheets {new} --size 10 --key-file {w}/key",
        2: "{w}/nowhere",
    },
    "review import": {
        0: "{w}/a-drawn {w}/sheets/1.csv {w}/sheets/2.csv --key-file {w}/key",
        2: "{w}/a-drawn {w}/sheets/empty.csv --key-file {w}/key",
    },
    "review adjudicate": {
        0: "{w}/a-judged {sample} --format csv --sheets {new} --key-file {w}/key",
        2: "{w}/a-judged none --key-file {w}/key",
    },
    "review status": {0: "{w}/a-judged", 2: "{w}/nowhere"},
    "duplicates": {0: "--dup-threshold 0.7", 2: "{w}/a-good"},
    "filter": {
        0: "{w}/good --audit {w}/a-good -o {new} --drop hit --key-file {w}/key",
        2: "{w}/good --audit {w}/nowhere -o {new}",
    },
    "redact": {0: "{w}/good -o {new}", 2: "{w}/nowhere -o {new}", 5: "{w}/broken -o {new}"},
    "sources init": {0: "{w}/good -o {new}.toml", 2: "{w}/nowhere -o {new}.toml"},
    "sources check": {0: "{w}/ledger.toml --today 2025-12-01", 2: "{w}/nowhere.toml"},
    "sources stats": {0: "{w}/a-good", 2: "{w}/nowhere"},
    "sources export": {0: "{w}/ledger.toml", 2: "{w}/nowhere.toml"},
    "sources schema": {0: ""},
    "sources licences": {0: ""},
    "policy init": {0: "{new}.toml", 2: "{w}/policy.toml"},
    "policy check": {0: "{w}/policy.toml", 2: "{w}/expired.toml"},
    "policy explain": {0: "{w}/expired.toml", 2: "{w}/nowhere.toml"},
    "policy schema": {0: ""},
    "standards list": {0: ""},
    "standards show": {0: "tc260-003-2024", 2: "gb-0"},
    "rules lint": {0: "{w}/rules.toml", 2: "{w}/faulty.toml"},
    "rules coverage": {0: "--rules {w}/rules.toml", 2: "--rules {w}/nowhere.toml"},
    "rules test": {0: "{w}/rules.toml", 2: "{w}/faulty.toml"},
    "rules show": {0: "t.bet --rules {w}/rules.toml", 2: "t.none --rules {w}/rules.toml"},
    "rules diff": {0: "{w}/rules.toml {w}/rules.toml", 2: "{w}/rules.toml {w}/nowhere.toml"},
    "rules schema": {0: ""},
    "rules import": {
        0: "{w}/words.txt --risk A.1.h -o {new}.toml",
        2: "{w}/nowhere.txt --risk A.1.h -o {new}.toml",
    },
    "rules calibrate": {
        0: "--on {w}/good --rules {w}/rules.toml",
        2: "--on {w}/nowhere --rules {w}/rules.toml",
    },
}
Run = Callable[..., int]


def leaves(group: click.Group, before: str = "") -> dict[str, click.Command]:
    """Every command that does something, by its full name."""
    found: dict[str, click.Command] = {}
    for name, command in group.commands.items():
        full = f"{before} {name}".strip()
        nested = getattr(command, "commands", None)
        found |= leaves(command, full) if nested else {full: command}  # type: ignore[arg-type]
    return found


COMMANDS = leaves(typer.main.get_command(cli.app))  # type: ignore[arg-type]


@pytest.fixture
def run(monkeypatch) -> Run:
    """Run the command line in this process, as `corpus-audit` does; returns the exit code."""

    def call(*arguments: str) -> int:
        handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        monkeypatch.setattr(sys, "argv", ["corpus-audit", *arguments])
        try:
            cli.main()
        except SystemExit as ended:
            return int(ended.code or 0)
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
        raise AssertionError("main always exits")

    return call


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Path:
    import corpus_audit

    folder = tmp_path_factory.mktemp("cells")
    (folder / "rules.toml").write_text(RULES, encoding="utf-8")
    (folder / "faulty.toml").write_text(RULES.replace("来，梭哈必胜", "来"), encoding="utf-8")
    (folder / "words.txt").write_text("梭哈必胜\n全部押上\n", encoding="utf-8")
    (folder / "key").write_bytes(bytes(range(32)))
    (folder / "policy.toml").write_text("[coverage]\nmax_skipped = 0.01\n")
    waiver = 'limit = "ratio"\nowner = "li"\nreason = "r"\nexpires = 2020-01-01\n'
    (folder / "expired.toml").write_text(f"[[waiver]]\n{waiver}")
    shutil.copytree(ROOT / "sample_data", folder / "sample_data")
    shutil.copy(folder / "sample_data/provenance/sources.toml", folder / "ledger.toml")
    for name in ("evidence", "robots"):
        shutil.copytree(folder / "sample_data/provenance" / name, folder / name)
    text = (folder / "ledger.toml").read_text("utf-8")
    (folder / "ledger.toml").write_text(text.replace("../corpus", "sample_data/corpus"))
    deliveries = {
        "good": texts(99, bet=1),
        "bad": texts(80, bet=20, first=500),
        "broken": [*texts(9), '{"text": "cut o'],
    }
    (folder / "nothing").mkdir()
    (folder / "nothing/empty.jsonl").touch()
    for name, rows in deliveries.items():
        write(folder / name, {f"web-{name}": rows})
    for name in (*deliveries, "nothing"):
        corpus_audit.scan(
            folder / name, folder / f"a-{name}", rules=folder / "rules.toml",
            detectors=["keywords", "language", "licences", "origins"], key_file=str(folder / "key"),
        )  # fmt: skip
    _judge(folder)
    return folder


def _judge(folder: Path) -> None:
    """A sample that was drawn; and the same where two people differ on every document."""
    audit, key = folder / "a-judged", folder / "key"
    shutil.copytree(folder / "a-good", audit)
    options = ["--format", "csv", "--size", "4", "--double", "1", "--key-file", key]
    _call("sample", audit, "--sheets", folder / "sheets", *options)
    shutil.copytree(audit, folder / "a-drawn")
    for number, sheet in enumerate(sorted((folder / "sheets").glob("*.csv")), 1):
        with sheet.open(encoding="utf-8-sig", newline="") as file:
            head, *rows = csv.reader(file)
        shutil.copy(sheet, folder / "sheets/empty.csv")
        filled = [[*row[:2], "no" if number == 1 else "unsure", *row[3:]] for row in rows]
        with (folder / f"sheets/{number}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([head, *filled])
    sheets = [folder / f"sheets/{number}.csv" for number in (1, 2)]
    _call("review", "import", audit, *sheets, "--key-file", key)


def _call(*arguments: object) -> None:
    command = [sys.executable, "-m", "corpus_audit", *map(str, arguments)]
    subprocess.run(command, check=True, capture_output=True)


def filled(line: str, workspace: Path, tmp_path: Path) -> str:
    sample = next((workspace / "a-judged/samples").iterdir()).stem
    return line.format(w=workspace, new=tmp_path / "new", sample=sample)


def test_every_command_has_a_row():
    assert set(TABLE) == set(COMMANDS)


@pytest.mark.parametrize(
    ("command", "code"), [(command, code) for command, row in TABLE.items() for code in row]
)
def test_each_cell_gives_its_code(run, workspace, tmp_path, capfd, command, code):
    line = filled(TABLE[command][code], workspace, tmp_path)
    assert run(*command.split(), *line.split()) == code, capfd.readouterr().err
    out, err = capfd.readouterr()
    assert "Traceback" not in err and "internal error" not in err
    assert (out + err).strip(), "a command says what it did"


@pytest.mark.parametrize("command", COMMANDS)
def test_an_option_that_no_command_has_is_a_usage_error(run, workspace, capfd, command):
    arguments = [str(workspace / "good")] if command == "gate" else []
    assert run(*command.split(), *arguments, "--no-such-option") == 2
    assert "--no-such-option" in capfd.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("error", "shown", "hidden"),
    [
        (ValueError("text of a document"), "ValueError", "text of a document"),
        (RunError("no space left on the disk"), "no space left", "Traceback"),
    ],
    ids=["a bug", "a full disk"],
)
def test_what_is_not_the_users_mistake_ends_1_and_quotes_no_data(
    run, workspace, tmp_path, monkeypatch, capfd, command, error, shown, hidden
):
    def fail(*_args: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr(typer.core.TyperCommand, "invoke", fail)  # of commands, not of groups
    line = filled(next(iter(TABLE[command].values())), workspace, tmp_path)
    assert run(*command.split(), *line.split()) == 1
    _, err = capfd.readouterr()
    assert shown in err and hidden not in err


@pytest.mark.parametrize(
    ("outcome", "code"),
    [("pass", 0), ("fail", 4), ("inconclusive", 5), ("needs-evidence", 5), ("needs-person", 5)],
)
def test_the_conclusion_of_an_assessment_decides_its_code(workspace, outcome, code):
    """No small delivery passes every clause, so this cell is run on a conclusion that was set."""
    from corpus_audit.cli.assess import exit_code
    from corpus_audit.evidence.command import assess_audit

    found = assess_audit(str(workspace / "a-good"), "interim-measures-2023")
    conclusion = found.conclusion.model_copy(update={"outcome": outcome})
    assert exit_code(found.model_copy(update={"conclusion": conclusion})) == code
