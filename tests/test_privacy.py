"""Planted values appear nowhere without --show-evidence: outputs, files, logs and errors."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

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


def run(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "corpus_audit", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)


def said(done: subprocess.CompletedProcess[str]) -> str:
    return done.stdout + done.stderr


def stored(folder: Path) -> str:
    """Everything that the files of an audit hold, names of files too."""
    parts = []
    for path in sorted(folder.rglob("*")):
        parts.append(str(path.relative_to(folder)))
        if path.suffix == ".parquet":
            parts += [str(row) for row in pq.read_table(path).to_pylist()]
        elif path.is_file():
            parts.append(path.read_bytes().decode("utf-8", "replace"))
    return "\n".join(parts)


def leaks(text: str) -> list[str]:
    return [name for name, value in SECRETS.items() if value in text]


@pytest.mark.parametrize("detectors", ["keywords,language,pii", "keywords,language"])
def test_no_planted_value_leaves_the_tool_with_the_detector_on_or_off(corpus, tmp_path, detectors):
    audit = tmp_path / "audit"
    scan = ("scan", corpus, "-o", audit, "--detectors", detectors, "--max-skipped", "0.9")
    outputs = {
        "scan": run(*scan, cwd=tmp_path),
        "json log": run(*scan, "--log-format", "json", cwd=tmp_path),
        "dry run": run(*scan, "--dry-run", cwd=tmp_path),
        "show": run("show", audit, "--limit", 500, cwd=tmp_path),
        "stats": run("stats", audit, cwd=tmp_path),
        "csv": run("stats", audit, "--format", "csv", cwd=tmp_path),
        "json": run("stats", audit, "--format", "json", cwd=tmp_path),
        "personal": run("stats", audit, "--personal", cwd=tmp_path),
    }
    assert "出售冰毒" in outputs["show"].stdout  # words around stay readable
    assert {name: leaks(said(done)) for name, done in outputs.items() if leaks(said(done))} == {}
    assert leaks(stored(audit)) == []
    evidence = run("show", audit, "--show-evidence", "--limit", 500, cwd=tmp_path)
    assert SECRETS["mobile"] in evidence.stdout  # the marked exception


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
def test_errors_mask_what_they_name(command, tmp_path):
    done = run(*command, cwd=tmp_path)
    assert done.returncode not in (0, 1)
    assert leaks(said(done)) == []


def test_distinct_values_are_told_from_occurrences(tmp_path):
    rows = [{"text": "客服电话13912345679", "source": "firm"} for _ in range(50)]
    rows += [{"text": f"电话139{10_000_000 + 7919 * i}", "source": "people"} for i in range(50)]
    rows += [{"text": "电话13800138000", "source": "manual"}]
    (tmp_path / "c.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")
    done = run("scan", "c.jsonl", "-o", "audit", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    table = pd.read_csv(tmp_path / "audit/personal.csv").set_index(["source", "kind"])
    firm, people = table.loc[("firm", "cn_mobile")], table.loc[("people", "cn_mobile")]
    assert (firm.documents, firm.occurrences, firm.distinct) == (50, 50, 1)
    assert (people.documents, people.occurrences, people.distinct) == (50, 50, 50)
    manual = table.loc[("manual", "placeholder")]
    assert (manual.documents, manual.occurrences_low) == (0, 1)  # marked, not counted
    sources = pd.read_csv(tmp_path / "audit/sources.csv").set_index("source")
    assert (sources.hit_documents == 0).all() and (sources.status == "under").all()


def test_a_policy_can_make_personal_data_count(tmp_path):
    (tmp_path / "c.jsonl").write_text('{"text": "电话13912345679", "source": "s"}\n')
    (tmp_path / "p.toml").write_text("[ratio]\npersonal_data = true\n")
    run("scan", "c.jsonl", "-o", "audit", "--policy", "p.toml", cwd=tmp_path)
    (row,) = pd.read_csv(tmp_path / "audit/sources.csv").to_dict("records")
    assert (row["hit_documents"], row["hit_A.4"], row["status"]) == (1, 1, "over")
