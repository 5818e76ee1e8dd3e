"""The answer never depends on how the work was cut, who did it, or whether it was interrupted."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import corpus_audit
from corpus_audit.engines.merge import merge_audits
from corpus_audit.errors import AuditError, CorpusAuditError, UsageError

KEY = b"k" * 32
AD = "注册送彩金，真人荷官。"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Path:
    """3,000 documents of 5 sources in 4 files, some of them hits and some records broken."""
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "key").write_bytes(KEY)
    random_ = random.Random(11)
    for number in range(4):
        lines = []
        for i in range(750):
            text = "这是一篇普通的文章。Some plain text here. " * random_.randint(1, 12)
            record = {"id": f"{number}-{i}", "source": f"s{i % 5}", "text": text}
            if i % (17 + number) == 0:
                record["text"] += AD * random_.randint(1, 30)
            lines.append(json.dumps(record, ensure_ascii=False))
            if i % 300 == 7:
                lines.append(f'{{"source": "s{i % 5}", "text": "broken')
        (folder / f"data/{number}.jsonl").parent.mkdir(exist_ok=True)
        (folder / f"data/{number}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def answer(audit: Path) -> tuple[bytes, int]:
    found = corpus_audit.Audit(str(audit))
    return (audit / "sources.csv").read_bytes(), len(found.findings())


@pytest.fixture(scope="module")
def whole(corpus, tmp_path_factory):
    out = tmp_path_factory.mktemp("whole") / "a"
    corpus_audit.scan(corpus / "data", out, key_file=str(corpus / "key"))
    return answer(out)


@pytest.mark.parametrize("batch_bytes", [600, 5_000, 16 << 20])
@pytest.mark.parametrize("unit_bytes", [20_000, 64 << 20])
def test_batch_and_unit_sizes_change_nothing(corpus, whole, tmp_path, batch_bytes, unit_bytes):
    corpus_audit.scan(
        corpus / "data", tmp_path / "a", key_file=str(corpus / "key"),
        batch_bytes=batch_bytes, unit_bytes=unit_bytes,
    )  # fmt: skip
    assert answer(tmp_path / "a") == whole


def scan_command(corpus: Path, out: Path, *more: object) -> list[str]:
    return [
        sys.executable, "-m", "corpus_audit", "scan", str(corpus / "data"), "-o", str(out),
        "--key-file", str(corpus / "key"), *map(str, more),
    ]  # fmt: skip


def test_workers_change_nothing(corpus, whole, tmp_path, monkeypatch):
    # small corpora are scanned in one process; this one is told to use two
    code = (
        "import corpus_audit.engines.run as r; r._SMALL = 0; from corpus_audit.cli.app import main"
    )
    command = scan_command(corpus, tmp_path / "a", "--workers", 2, "--unit-size", "100k")
    script = tmp_path / "two.py"
    script.write_text(f"{code}\nif __name__ == '__main__':\n    main()\n")
    done = subprocess.run([sys.executable, script, *command[3:]], capture_output=True, text=True)
    assert done.returncode == 5, done.stderr  # 12 of 3,012 records are broken
    assert answer(tmp_path / "a") == whole


def test_parts_merged_are_the_whole(corpus, whole, tmp_path):
    for part, names in {"a": "01", "b": "23"}.items():
        files = [corpus / f"data/{name}.jsonl" for name in names]
        corpus_audit.scan(files, tmp_path / part, key_file=str(corpus / "key"))
    merge_audits([str(tmp_path / "a"), str(tmp_path / "b")], str(tmp_path / "c"))
    assert answer(tmp_path / "c") == whole


def test_merging_refuses_what_does_not_go_together(corpus, tmp_path):
    data = corpus / "data/0.jsonl"
    corpus_audit.scan(data, tmp_path / "a", key_file=str(corpus / "key"))
    corpus_audit.scan(data, tmp_path / "b", detectors=["keywords"], key_file=str(corpus / "key"))
    corpus_audit.scan(data, tmp_path / "sub/c")
    for other in ("b", "sub/c"):
        with pytest.raises(AuditError, match="scanned with another"):
            merge_audits([str(tmp_path / "a"), str(tmp_path / other)], str(tmp_path / "x"))
    with pytest.raises(AuditError, match="new folder"):
        merge_audits([str(tmp_path / "a")], str(tmp_path / "b"))
    with pytest.raises(AuditError, match="no audit there"):
        merge_audits([str(tmp_path / "none")], str(tmp_path / "x"))


@pytest.mark.parametrize("delay", [0.0, 0.3, 0.8])
def test_a_killed_scan_goes_on_where_it_stopped(corpus, whole, tmp_path, delay):
    out = tmp_path / "a"
    command = scan_command(corpus, out, "--unit-size", "20k", "--batch-size", "8k")
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not list(out.glob("units/*.json")) and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.wait()
    finished = {path: path.stat().st_mtime_ns for path in out.glob("units/*.json")}
    assert finished
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 5, done.stderr
    assert f"{len(finished)} of" in done.stdout or process.returncode == 5
    assert {path: path.stat().st_mtime_ns for path in finished} == finished
    assert not list(out.rglob(".*.tmp"))
    assert answer(out) == whole


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_scan_says_how_to_go_on(corpus, tmp_path, stop):
    out, data = tmp_path / "a", tmp_path / "data"
    data.mkdir()  # enough of it to be far from its end when the first unit is done
    texts = [f"{i}: {'nothing to be found here. ' * 8}" for i in range(20_000)]
    (data / "long.jsonl").write_text("\n".join(json.dumps({"text": text}) for text in texts))
    (tmp_path / "key").write_bytes((corpus / "key").read_bytes())
    command = scan_command(tmp_path, out, "--unit-size", "20k", "--batch-size", "1")
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    while not list(out.glob("units/*.json")) and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(stop)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 128 + stop
    assert "run the same command again" in errors
    assert "Traceback" not in errors


def test_a_changed_file_is_scanned_again_and_others_are_not(corpus, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    for name in "ab":
        (data / f"{name}.jsonl").write_text(json.dumps({"text": "plain " * 20}) + "\n")
    corpus_audit.scan(data, tmp_path / "a", unit_bytes=200)
    before = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "a/units").iterdir()}
    (data / "b.jsonl").write_text(json.dumps({"text": AD}) + "\n")
    audit = corpus_audit.scan(data, tmp_path / "a", unit_bytes=200)
    after = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "a/units").iterdir()}
    assert len(before.keys() & after.keys()) == 1 and len(after) == 2
    assert audit.sources()["hit_documents"].sum() == 1
    assert len(audit.documents()) == 2


def test_another_corpus_in_the_same_audit_is_refused(corpus, tmp_path):
    (tmp_path / "one.txt").write_text("one")
    (tmp_path / "two.txt").write_text("two")
    corpus_audit.scan(tmp_path / "one.txt", tmp_path / "a")
    with pytest.raises(AuditError, match="another corpus"):
        corpus_audit.scan(tmp_path / "two.txt", tmp_path / "a")


def test_two_scans_cannot_write_to_one_audit(tmp_path):
    from corpus_audit.audit.store import AuditStore

    (tmp_path / "one.txt").write_text("one")
    with AuditStore(str(tmp_path / "a")).lock(), pytest.raises(AuditError, match="another"):
        corpus_audit.scan(tmp_path / "one.txt", tmp_path / "a")


def test_too_many_sources_are_refused(tmp_path):
    lines = (json.dumps({"text": "x", "source": f"https://a.example/{i}"}) for i in range(30))
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    command = [sys.executable, "-m", "corpus_audit", "scan", str(tmp_path / "a.jsonl"), "-o",
               str(tmp_path / "a"), "--max-sources", "20"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2 and "--source-field" in done.stderr
    assert UsageError.exit_code == 2


def test_an_audit_can_live_in_another_file_system(tmp_path):
    (tmp_path / "key").write_bytes(KEY)
    (tmp_path / "one.txt").write_text(AD, encoding="utf-8")
    with pytest.raises(UsageError, match="--key-file"):
        corpus_audit.scan(tmp_path / "one.txt", "memory://audits/a")
    audit = corpus_audit.scan(
        tmp_path / "one.txt", "memory://audits/a", key_file=str(tmp_path / "key")
    )
    assert audit.sources()["hit_documents"].tolist() == [1]


def test_labels_with_personal_data_are_masked_wherever_they_are_stored(tmp_path):
    phone, mail, card = "13812345678", "zhangsan@example.org", "4111111111111111"
    data = tmp_path / f"dump-{phone}"
    data.mkdir()
    record = {"id": mail, "source": f"user {card}", "text": f"{AD} {phone} {mail} {card}"}
    (data / "a.jsonl").write_text(json.dumps(record) + '\n{"id": broken\n')
    out = tmp_path / "a"
    command = [sys.executable, "-m", "corpus_audit", "scan", str(data), "-o", str(out)]
    done = subprocess.run(command, capture_output=True, text=True)
    shown = subprocess.run(
        [sys.executable, "-m", "corpus_audit", "show", str(out)], capture_output=True, text=True
    )
    written = b"".join(path.read_bytes() for path in out.rglob("*") if path.is_file())
    frames = corpus_audit.Audit(str(out))
    written += "".join(
        frame.to_csv() for frame in (frames.documents(), frames.findings(), frames.skipped())
    ).encode()
    said = (done.stdout + done.stderr + shown.stdout + shown.stderr).encode()
    for value in (phone, mail, card):
        assert value.encode() not in written
        assert value.encode() not in said


def test_a_full_disk_is_told_plainly(tmp_path):
    if os.geteuid() != 0 or not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    from corpus_audit.audit.store import AuditStore

    store = AuditStore(str(tmp_path / "a"))
    with pytest.raises(OSError, match="No space"), store.writing("x") as path:
        path.symlink_to("/dev/full")
        path.write_bytes(b"x" * 10_000)
    assert not store.exists("x")
    assert issubclass(AuditError, CorpusAuditError)
