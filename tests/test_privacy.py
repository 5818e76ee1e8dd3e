"""Planted values appear nowhere without --show-evidence: outputs, files, logs and errors."""

import json
import shutil
import signal
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from corpus_audit.cli.app import main

SECRETS = {
    "mobile": "13912345679", "id": "110101199003074514", "card": "6212262502009182455",
    "mail": "li.lei@corp.cn", "name": "王小明", "wechat": "abc_xyz_1234", "plate": "京A7K21B",
    "passport": "E12345678", "landline": "010-62345678",
    "token": "ghp_aB3dE5fG7hI9jK1lM2nO4pQ6rS8tU0vW2xY4", "password": "xK9#mQ2vLp",
    "address": "海淀区中关村大街27号1101室", "medical": "ZY20230817", "military": "军字第2001988号",
}  # fmt: skip
TEXT = (
    "出售冰毒，货到付款。姓名：{name}，电话{mobile}，身份证{id}，卡号{card}，邮箱{mail}，微信号：{wechat}，车牌{plate}，"
    "护照{passport}，座机{landline}，令牌{token}，密码：{password}，住址：北京市{address}，病历号：{medical}，{military}。"
    "注册送彩金，真人荷官在线。"
)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Path:
    """Values in texts, ids, URLs, sources, paths, and in records that cannot be read."""
    folder = tmp_path_factory.mktemp("planted") / "corpus"
    (folder / "患者王小明").mkdir(parents=True)
    text = TEXT.format(**SECRETS)
    url = f"https://h.cn/p?mobile={SECRETS['mobile']}&token={SECRETS['token']}"
    rows = [
        {"id": f"user-{value}", "text": text, "url": url, "source": f"board {value}"}
        for name, value in SECRETS.items()
        if name in ("mobile", "id", "card", "mail", "token")
    ]
    rows.append({"id": "姓名：王小明", "text": text, "source": "board"})
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    lines += [f'{{"id": "x", "text": "{text}', json.dumps({"id": SECRETS["mail"], "text": 5})]
    (folder / f"{SECRETS['mobile']}.jsonl").write_text("\n".join(lines) + "\n")
    (folder / "plain.jsonl").write_text(json.dumps({"text": text}) + "\n")
    (folder / f"患者王小明/{SECRETS['mail']}.txt").write_text(text)
    (folder / f"身份证{SECRETS['id']}.txt").write_text(text)
    (folder / f"{SECRETS['mobile']}.unknown").write_text(text)
    (folder / f"{SECRETS['card']}.parquet").write_text("broken")
    return folder


@dataclass
class Said:
    """What a command printed, and how it ended."""

    text: str
    code: int


@pytest.fixture
def run(tmp_path, monkeypatch, capfd) -> Callable[..., Said]:
    """Runs a command as a shell does, in this process: the libraries load once."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(signal, "signal", lambda number, action: None)

    def call(*arguments: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["corpus-audit", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        printed = capfd.readouterr()
        return Said(printed.out + printed.err, int(stopped.value.code or 0))

    return call


def stored(place: Path) -> str:
    """Everything that a file or the files of a folder hold, names of files too."""
    assert place.exists()
    parts = []
    for path in [place, *sorted(place.rglob("*"))]:
        parts.append(str(path.relative_to(place.parent)))
        if path.suffix == ".parquet":
            parts += [str(row) for row in pq.read_table(path).to_pylist()]
        elif path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                parts += [book.read(name).decode("utf-8", "replace") for name in book.namelist()]
        elif path.is_file():
            parts.append(path.read_bytes().decode("utf-8", "replace"))
    return "\n".join(parts)


def leaks(text: str) -> list[str]:
    return [name for name, value in SECRETS.items() if value in text]


SCAN = "corpus -o audit --rules rules.toml --max-skipped 0.9 --workers 1 --detectors"
#: Every command that reads data or an audit, in an order in which each finds what it needs, and how
#: it ends. `{detectors}` are those of the scan. A new command gets a line here.
COMMANDS = {
    f"scan {SCAN} {{detectors}}": 5,  # one file cannot be read
    f"scan {SCAN} {{detectors}} --log-format json": 5,
    f"scan {SCAN} {{detectors}} --dry-run": 0,
    "scan corpus/plain.jsonl -o part --rules rules.toml --detectors {detectors}": 0,
    "show audit --limit 500": 0,
    "stats audit": 0,
    "stats audit --format csv": 0,
    "stats audit --format json": 0,
    "stats audit --personal": 0,
    "stats audit --personal --format json": 0,
    "duplicates audit": 0,
    "duplicates audit --format json --add-to index": 0,
    "duplicates audit --against index": 0,
    "merge part -o merged": 0,
    "filter corpus --audit audit -o broken": 5,
    "filter --audit audit --ids -o ids.jsonl": 0,
    "filter corpus/plain.jsonl --audit audit -o filtered": 0,
    "sources init corpus -o ledger.toml": 0,
    "sources check ledger.toml --data corpus --audit audit": 2,  # papers are missing
    "sources stats audit": 0,
    "sources export ledger.toml --audit audit": 0,
    "gate audit --annotations --json gate/o.json --sarif gate/o.sarif --junit gate/o.xml": 5,
    "gate audit --lang zh --markdown gate/o.md": 5,  # one file cannot be read
    "gate corpus/plain.jsonl --rules rules.toml --detectors {detectors} --json gate/p.json": 4,
    "redact corpus/plain.jsonl -o redacted": 0,
    "assess audit": 4,
    "assess audit --lang zh --format json": 4,
    **{
        f"report audit --format {name}": 0
        for name in ("html", "md", "xlsx", "csv", "json", "parquet")
    },
    "report audit --lang zh --format html -o -": 0,
    "sample audit --seed 7 --draw-only": 0,
    "sample part --seed 7 --sheets sheets": 0,  # the sheets are the marked exception
    "review status audit": 0,
    "verify audit --log": 0,
    "diff part audit --risks": 0,
    "redact corpus -o redacted2": 5,
}
OTHERS = "fingerprints,keywords,language,licences,origins"
#: What they write of their own. Copies of the corpus and the drafted ledger are the user's, who
#: needs them as they are.
WRITTEN = ("audit", "part", "merged", "index", "ids.jsonl", "redacted", "gate")
RULES = """
[[rule]]
id = "planted"
risk = "A.1.f"
title = { en = "planted", zh = "planted" }
severity = "high"
confidence = "high"
terms = ["出售冰毒"]
hits = ["有人出售冰毒"]
misses = ["出售冰糖"]
"""


@pytest.mark.parametrize(
    "detectors",
    [f"{OTHERS},pii", OTHERS],
)
def test_no_planted_value_leaves_the_tool_with_the_detector_on_or_off(
    corpus, run, tmp_path, detectors
):
    shutil.copytree(corpus, tmp_path / "corpus")
    (tmp_path / "rules.toml").write_text(RULES)
    said = {command: run(*command.format(detectors=detectors).split()) for command in COMMANDS}
    assert {name: done.code for name, done in said.items()} == COMMANDS, "".join(
        f"{name}: {done.code}, {done.text[-300:]}"
        for name, done in said.items()
        if done.code != COMMANDS[name]
    )
    assert {name: leaks(done.text) for name, done in said.items() if leaks(done.text)} == {}
    assert "出售冰毒" in said["show audit --limit 500"].text  # words around stay readable
    assert {name: leaks(stored(tmp_path / name)) for name in WRITTEN} == {n: [] for n in WRITTEN}
    evidence = run("show", "audit", "--show-evidence", "--limit", 500)
    assert SECRETS["mobile"] in evidence.text  # the marked exception


@pytest.mark.parametrize(
    "command",
    [
        ("scan", "nothing-13912345679.jsonl", "-o", "a"),
        ("scan", "--rules", "13912345679.toml", ".", "-o", "a"),
        ("show", "li.lei@corp.cn"),
        ("stats", "身份证110101199003074514"),
        ("redact", "nothing/13912345679.jsonl", "-o", "out"),
    ],
)
def test_errors_mask_what_they_name(command, run):
    done = run(*command)
    assert done.code not in (0, 1)
    assert leaks(done.text) == []


def test_distinct_values_are_told_from_occurrences(run, tmp_path):
    rows = [{"text": "客服电话13912345679", "source": "firm"} for _ in range(50)]
    rows += [{"text": f"电话139{10_000_000 + 7919 * i}", "source": "people"} for i in range(50)]
    rows += [{"text": "电话13800138000", "source": "manual"}]
    (tmp_path / "c.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")
    (tmp_path / "r.toml").write_text(RULES)
    done = run("scan", "c.jsonl", "-o", "audit", "--detectors", "keywords,pii", "--rules", "r.toml")
    assert done.code == 0, done.text
    table = pd.read_csv(tmp_path / "audit/personal.csv").set_index(["source", "kind"])
    firm, people = table.loc[("firm", "cn_mobile")], table.loc[("people", "cn_mobile")]
    assert (firm.documents, firm.occurrences, firm.distinct) == (50, 50, 1)
    assert (people.documents, people.occurrences, people.distinct) == (50, 50, 50)
    manual = table.loc[("manual", "placeholder")]
    assert (manual.documents, manual.occurrences_low) == (0, 1)  # marked, not counted
    sources = pd.read_csv(tmp_path / "audit/sources.csv").set_index("source")
    assert (sources.hit_documents == 0).all() and (sources.status == "under").all()


def test_a_policy_can_make_personal_data_count(run, tmp_path):
    (tmp_path / "c.jsonl").write_text('{"text": "电话13912345679", "source": "s"}\n')
    (tmp_path / "p.toml").write_text("[ratio]\npersonal_data = true\n")
    scan = ("scan", "c.jsonl", "--detectors", "pii", "-o")
    assert run(*scan, "audit", "--policy", "p.toml").code == 0
    (row,) = pd.read_csv(tmp_path / "audit/sources.csv").to_dict("records")
    assert (row["hit_documents"], row["hit_A.4"], row["status"]) == (1, 1, "over")
    assert run(*scan, "by-default").code == 0
    (row,) = pd.read_csv(tmp_path / "by-default/sources.csv").to_dict("records")
    assert (row["hit_documents"], row["hit_A.4"], row["status"]) == (0, 0, "not-assessed")
