"""Evidence: raw text is found again, or it is told why not. Keys and findings that it needs."""

import gzip
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import corpus_audit
from corpus_audit import raw
from corpus_audit.audit.keys import KEY_FILE, load_key
from corpus_audit.errors import AuditError, UsageError
from corpus_audit.findings import count_findings, iter_findings
from corpus_audit.readers.jsonl import JsonlReader
from corpus_audit.types import Part

AD = "注册送彩金，真人荷官。"


def jsonl(count: int = 10) -> str:
    lines = [
        json.dumps({"text": f"{AD} 第 {i} 篇 13812345678"}, ensure_ascii=False)
        for i in range(count)
    ]
    return "\n".join(lines)


def evidence(audit: Path, key_file: str | None = None) -> list[str]:
    found = list(iter_findings(str(audit), {}, 1000))
    shown = list(raw.with_evidence(str(audit), found, key_file))
    assert [(f["path"], f["position"], f["start"]) for f in shown] == [
        (f["path"], f["position"], f["start"]) for f in found
    ]
    return [f["before"] + f["match"] + f["after"] for f in shown]


def assert_all_found(shown: list[str]) -> None:
    assert shown and all("13812345678" in text for text in shown)
    for i in range(10):
        assert any(f"第 {i} 篇" in text for text in shown)


@pytest.fixture
def audited(tmp_path) -> Path:
    (tmp_path / "a.jsonl").write_text(jsonl(), encoding="utf-8")
    corpus_audit.scan(tmp_path / "a.jsonl", tmp_path / "a")
    return tmp_path / "a"


@pytest.mark.parametrize("line", [0, 8 << 20])
@pytest.mark.parametrize("kind", ["jsonl", "jsonl.gz", "gb18030", "utf-16", "zip"])
def test_evidence_is_found_in_every_kind_of_file(tmp_path, monkeypatch, kind, line):
    monkeypatch.setattr(raw, "_LINE", line)
    data, options = tmp_path / "a.jsonl", {}
    if kind == "jsonl.gz":
        data = tmp_path / "a.jsonl.gz"
        data.write_bytes(gzip.compress(jsonl().encode()))
    elif kind == "zip":
        data = tmp_path / "a.zip"
        with zipfile.ZipFile(data, "w") as archive:
            archive.writestr("13912345678.jsonl", jsonl())
    elif kind == "jsonl":
        data.write_text(jsonl(), encoding="utf-8")
        options = {"unit_bytes": 200}
    else:
        data.write_text(jsonl(), encoding=kind)
        options = {"encoding": kind if kind == "gb18030" else "utf-8"}
    corpus_audit.scan(data, tmp_path / "a", **options)
    assert_all_found(evidence(tmp_path / "a"))


def test_a_file_is_read_once_for_all_its_findings(audited, monkeypatch):
    read: list[Part] = []
    plain = JsonlReader.read
    monkeypatch.setattr(
        JsonlReader,
        "read",
        lambda self, part, options: read.append(part) or plain(self, part, options),
    )
    opened: list[str] = []
    plain_read = raw.AuditStore.read
    monkeypatch.setattr(
        raw.AuditStore, "read", lambda self, name: opened.append(name) or plain_read(self, name)
    )
    assert_all_found(evidence(audited))
    assert [(part.start, part.end) for part in read] == [(0, -1)]
    assert sum(name.startswith("units/") for name in opened) == 1


def test_single_lines_of_a_large_part_are_read_alone(audited, monkeypatch):
    monkeypatch.setattr(raw, "_LINE", 0)
    read: list[Part] = []
    plain = JsonlReader.read
    monkeypatch.setattr(
        JsonlReader,
        "read",
        lambda self, part, options: read.append(part) or plain(self, part, options),
    )
    assert_all_found(evidence(audited))
    assert len(read) == 10 and all(part.end == part.start + 1 for part in read)


def test_what_came_from_standard_input_is_told_as_such(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(jsonl().encode())))
    corpus_audit.scan("-", tmp_path / "a")
    monkeypatch.setattr("sys.stdin", None)
    shown = evidence(tmp_path / "a")
    assert set(shown) == {"(cannot be shown: it came from standard input)"}


@pytest.mark.parametrize("packed", [False, True])
def test_a_masked_path_is_told_as_such(tmp_path, packed):
    folder = tmp_path / "dump-13812345678"
    folder.mkdir()
    if packed:
        with zipfile.ZipFile(folder / "a.zip", "w") as archive:
            archive.writestr("a.jsonl", jsonl())
    else:
        (folder / "a.jsonl").write_text(jsonl(), encoding="utf-8")
    corpus_audit.scan(folder, tmp_path / "a")
    shown = evidence(tmp_path / "a")
    assert shown and all("its path is masked" in text for text in shown)


def test_a_file_that_changed_or_went_is_told_as_such(audited):
    data = audited.parent / "a.jsonl"
    data.write_text(jsonl().replace("第 3 篇", "第 4 篇"), encoding="utf-8")
    gone = "(cannot be shown: the file moved or changed since the scan)"
    shown = evidence(audited)
    assert gone in shown and any("第 5 篇" in text for text in shown)
    data.unlink()
    assert set(evidence(audited)) == {gone}


def test_evidence_needs_the_key_of_the_scan_and_makes_none(audited):
    (audited.parent / "other").write_bytes(b"o" * 32)
    with pytest.raises(AuditError, match="not the one of the scan"):
        evidence(audited, str(audited.parent / "other"))
    (audited.parent / KEY_FILE).unlink()
    with pytest.raises(AuditError, match="key of the scan is not there"):
        evidence(audited)
    assert not (audited.parent / KEY_FILE).exists()


def test_a_key_file_that_is_not_there_is_never_made(tmp_path):
    for create in (True, False):
        with pytest.raises(UsageError, match="head -c 32 /dev/urandom"):
            load_key(str(tmp_path / "kee"), str(tmp_path / "a"), create=create)
    assert not list(tmp_path.iterdir())
    with pytest.raises(UsageError, match="cannot be read"):
        load_key(str(tmp_path), str(tmp_path / "a"))
    key = load_key(None, str(tmp_path / "a"), create=True)
    assert load_key(None, str(tmp_path / "a"), create=False) == key


def test_only_the_units_of_the_manifest_are_read(audited):
    audit = corpus_audit.Audit(str(audited))
    before = len(audit.findings()), len(audit.documents())
    for table in ("findings", "documents"):
        (stored,) = (audited / table).iterdir()
        (audited / table / f"{'0' * 32}.parquet").write_bytes(stored.read_bytes())
    assert (len(audit.findings()), len(audit.documents())) == before
    assert count_findings(str(audited), {}) == before[0]
    assert len(list(iter_findings(str(audited), {}, 10_000))) == before[0]
    assert len(list(iter_findings(str(audited), {}, 3))) == 3


def test_counting_fits_what_is_listed(audited):
    for wanted in ({"risk": "A"}, {"risk": "A.2"}, {"source": "a", "rule": None}, {"doc": "no"}):
        listed = list(iter_findings(str(audited), wanted, 10_000))
        assert count_findings(str(audited), wanted) == len(listed)
    assert count_findings(str(audited), {"risk": "A"}) > 0


def test_an_unfinished_audit_is_refused_with_the_way_on(audited):
    manifest = json.loads((audited / "audit.json").read_text())
    del manifest["units"]
    (audited / "audit.json").write_text(json.dumps(manifest | {"complete": False}))
    audit = corpus_audit.Audit(str(audited))
    for ask in (
        audit.sources, audit.findings, audit.documents, audit.skipped,
        lambda: count_findings(str(audited), {}),
        lambda: list(iter_findings(str(audited), {}, 1)),
    ):  # fmt: skip
        with pytest.raises(AuditError, match=r"not finished.*Run the same"):
            ask()


def test_show_prints_raw_text_only_when_asked_to(audited):
    command = [sys.executable, "-m", "corpus_audit", "show", str(audited), "--limit", "100"]
    plain, raw_ = (
        subprocess.run([*command, *more], capture_output=True, text=True, check=True)
        for more in ([], ["--show-evidence"])
    )
    assert "彩金" in plain.stdout and "13812345678" not in plain.stdout + plain.stderr
    assert "13812345678" in raw_.stdout
