"""The log of an audit: what was changed since it was written is found and named."""

import json
import shutil
from pathlib import Path

import pytest

import corpus_audit
from corpus_audit.audit.log import entries, verify
from corpus_audit.audit.store import AuditStore
from corpus_audit.evidence.command import assess_audit, write_assessment


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("log")
    (root / "one.jsonl").write_text('{"text": "first"}\n{"text": "second"}\n', encoding="utf-8")
    audit = root / "audit"
    corpus_audit.scan(root / "one.jsonl", audit, detectors="language")
    write_assessment(str(audit), assess_audit(str(audit), "tc260-003-2024"))
    return audit


@pytest.fixture
def audit(made, tmp_path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "audit"))


def faults(audit: Path, head: str | None = None) -> list[str]:
    return verify(AuditStore(str(audit)), head)[0]


def test_an_untouched_audit_has_no_fault_and_says_who_did_what(audit):
    store = AuditStore(str(audit))
    assert faults(audit) == []
    lines = list(entries(store))
    assert [line["action"] for line in lines] == ["scan", "assess"]
    assert all(line["by"] and line["time"] and line["version"] for line in lines)
    assert lines[0]["facts"]["counts"]["scanned"] == 2
    assert lines[1]["facts"]["standard"] == "tc260-003-2024"
    assert lines[1]["before"] == lines[0]["digest"]


def test_every_file_that_is_changed_is_named(audit):
    store = AuditStore(str(audit))
    _, _, compared = verify(store)
    files = [
        path.relative_to(audit).as_posix()
        for path in sorted(audit.rglob("*"))
        if path.is_file() and path.name not in ("log.jsonl", ".lock", "files.json")
    ]
    assert compared == len(files) + 1  # and files.json
    for name in files:
        path = audit / name
        before = path.read_bytes()
        path.write_bytes(before + b" ")
        assert faults(audit) == [f"{name}: was changed after it was written."]
        path.write_bytes(before)
    assert faults(audit) == []


def test_files_that_are_removed_or_added_are_named(audit):
    (audit / "sources.csv").unlink()
    (audit / "documents/0.parquet").write_bytes(b"x")
    assert sorted(faults(audit)) == [
        "documents/0.parquet: is in no line of the log. It was added.",
        "sources.csv: is in the log and not there. It was removed.",
    ]


def edit(audit: Path, change) -> None:
    lines = (audit / "log.jsonl").read_text(encoding="utf-8").splitlines()
    (audit / "log.jsonl").write_text("\n".join(change(lines)) + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: [lines[0].replace('"by":', '"by":"x","bY":'), lines[1]], "log.jsonl:1: was"),
        (lambda lines: lines[1:], "log.jsonl:1: does not follow"),
        (lambda lines: [lines[1], lines[0]], "log.jsonl:1: does not follow"),
        (lambda lines: [lines[0], lines[0], lines[1]], "log.jsonl:2: does not follow"),
        (lambda lines: [lines[0], "{", lines[1]], "log.jsonl:2: is no line of a log"),
        (lambda lines: [lines[0], "[]", lines[1]], "log.jsonl:2: is no line of a log"),
    ],
    ids=["changed", "first removed", "swapped", "repeated", "broken", "foreign"],
)
def test_a_log_that_was_edited_is_found(audit, change, said):
    edit(audit, change)
    assert any(fault.startswith(said) for fault in faults(audit))


def test_a_log_cut_at_its_end_is_found_by_the_head_that_was_written_down(audit):
    _, head, _ = verify(AuditStore(str(audit)))
    edit(audit, lambda lines: lines[:1])
    assert faults(audit) == []  # nothing inside can show it
    assert "cut off" in faults(audit, head)[0]


def test_a_list_of_files_that_was_adapted_is_found(audit):
    (audit / "sources.csv").write_bytes(b"x")
    listed = json.loads((audit / "files.json").read_text(encoding="utf-8"))
    listed.pop("sources.csv")
    (audit / "files.json").write_text(json.dumps(listed), encoding="utf-8")
    assert "files.json: was changed after it was written." in faults(audit)


def test_without_a_log_nothing_is_shown(audit):
    (audit / "log.jsonl").unlink()
    assert "is missing" in faults(audit)[0]
