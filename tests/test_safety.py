"""Nothing is lost, doubled, overwritten or called fine by mistake."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import corpus_audit
from corpus_audit.engines.merge import merge_audits
from corpus_audit.errors import AuditError, UsageError

AD = "注册送彩金，真人荷官。"


def run(*arguments: object, cwd: Path | None = None, stdin: str | None = None):
    command = [sys.executable, "-m", "corpus_audit", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=cwd, input=stdin
    )


def write(path: Path, count: int, text: str = "plain") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps({"text": f"{text} {i}"}) + "\n" for i in range(count)))
    return path


def documents(audit: Path) -> int:
    return int(corpus_audit.Audit(str(audit)).sources()["documents"].sum())


@pytest.fixture
def corpus(tmp_path) -> Path:
    """Two sources of 20 and 10 documents."""
    write(tmp_path / "m/zh/a.jsonl", 20)
    write(tmp_path / "m/en/b.jsonl", 10)
    return tmp_path / "m"


@pytest.mark.parametrize("folder", ["documents", "findings", "units", "skipped"])
def test_a_scan_never_touches_files_that_are_not_its_own(tmp_path, folder):
    mine = write(tmp_path / folder / "mine.jsonl", 3)
    draft = tmp_path / folder / ".draft.tmp"
    draft.write_text("keep me")
    with pytest.raises(AuditError, match="belongs to no audit"):
        corpus_audit.scan(tmp_path / folder, tmp_path)
    assert mine.exists() and draft.exists()


def test_files_that_a_user_adds_to_an_audit_stay(corpus, tmp_path):
    corpus_audit.scan(corpus, tmp_path / "a")
    note = tmp_path / "a/documents/note.txt"
    note.write_text("reviewed by me")
    (tmp_path / "a/.mine.tmp").write_text("")
    corpus_audit.scan(corpus, tmp_path / "a")
    assert note.exists() and (tmp_path / "a/.mine.tmp").exists()


def test_every_standard_input_is_another_corpus(tmp_path):
    for name, count in {"one": 4, "two": 7}.items():
        lines = write(tmp_path / f"{name}.jsonl", count).read_text()
        done = run("scan", "-", "-o", tmp_path / "a", stdin=lines)
        assert done.returncode == 0 and f"{count} records read" in done.stdout
        run("scan", "-", "-o", tmp_path / name, stdin=lines)
    merge_audits([str(tmp_path / "one"), str(tmp_path / "two")], str(tmp_path / "both"))
    assert documents(tmp_path / "both") == 11


def test_merging_never_counts_a_record_twice(corpus, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    corpus_audit.scan("m", "whole")
    corpus_audit.scan("m/zh", "part")
    corpus_audit.scan(str(corpus), "again")
    with pytest.raises(AuditError, match="count twice"):
        merge_audits(["whole", "part"], "x")
    merge_audits(["whole", "again"], "y")  # cut and named alike: the same units
    assert documents(tmp_path / "y") == 30


def test_a_narrower_scan_does_not_drop_what_an_audit_holds(corpus, tmp_path):
    corpus_audit.scan(corpus, tmp_path / "a")
    corpus_audit.scan(corpus / "zh", tmp_path / "zh")
    corpus_audit.scan(corpus / "en", tmp_path / "en")
    merge_audits([str(tmp_path / "zh"), str(tmp_path / "en")], str(tmp_path / "merged"))
    for audit in ("a", "merged"):
        with pytest.raises(AuditError, match="Its results would be lost"):
            corpus_audit.scan(corpus / "zh", tmp_path / audit)
        assert documents(tmp_path / audit) == 30


def test_one_corpus_may_be_written_in_several_ways(corpus, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written = []
    for paths in (["m"], ["./m"], [str(corpus)], ["m", "m/../m"]):
        corpus_audit.scan(paths, "a")
        assert documents(tmp_path / "a") == 30
        units = (tmp_path / "a/units").iterdir()
        written.append({path.name: path.stat().st_mtime_ns for path in units})
    assert all(units == written[0] for units in written)  # nothing was scanned again
    assert corpus_audit.Audit("a").sources()["source"].tolist() == ["en", "zh"]


def test_new_files_and_files_that_went_are_followed(corpus, tmp_path):
    corpus_audit.scan(corpus, tmp_path / "a")
    write(corpus / "fr/c.jsonl", 5)
    (corpus / "en/b.jsonl").unlink()
    corpus_audit.scan(corpus, tmp_path / "a")
    assert documents(tmp_path / "a") == 25


def test_a_file_that_was_lost_is_read_again_once_it_is_mended(corpus, tmp_path):
    good = gzip.compress((corpus / "en/b.jsonl").read_bytes())
    packed = corpus / "en/c.jsonl.gz"
    packed.write_bytes(good[: len(good) // 2])
    status = packed.stat()
    assert run("scan", corpus, "-o", tmp_path / "a").returncode == 5
    packed.write_bytes(good)
    os.utime(packed, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert run("scan", corpus, "-o", tmp_path / "a").returncode == 0
    assert documents(tmp_path / "a") == 40


def test_an_audit_inside_its_corpus_is_no_part_of_it(corpus):
    for _ in range(2):
        done = run("scan", ".", "-o", "audit", cwd=corpus)
        assert done.returncode == 0, done.stderr
        assert "30 records read" in done.stdout
    run("scan", ".", "-o", "other", cwd=corpus)
    assert documents(corpus / "other") == 30


def test_inputs_that_cannot_be_read_are_lost_loudly(corpus, tmp_path):
    (corpus / "zh/gone.jsonl").symlink_to(tmp_path / "nowhere")
    done = run("scan", corpus, "-o", tmp_path / "a")
    assert done.returncode == 5
    assert "gone.jsonl" in done.stdout and "LOST" in done.stdout
    assert "undecided" in done.stdout
    alone = run("scan", corpus / "zh/gone.jsonl", "-o", tmp_path / "b")
    assert alone.returncode == 5 and "Traceback" not in alone.stderr
    named = os.fsencode(str(corpus)) + b"/zh/\xd6\xd0.jsonl"
    Path(os.fsdecode(named)).write_text('{"text": "x"}\n')
    done = run("scan", corpus, "-o", tmp_path / "c")
    assert done.returncode == 5 and "not valid UTF-8" in done.stdout


def test_files_of_unknown_format_are_named_and_not_called_scanned(corpus, tmp_path):
    (corpus / "zh/report.pdf").write_bytes(b"%PDF")
    done = run("scan", corpus, "-o", tmp_path / "a")
    assert "NOT SCANNED: 1 file of unknown format" in done.stdout and "report.pdf" in done.stdout


def test_a_source_pattern_that_names_nothing_is_an_error(corpus, tmp_path):
    with pytest.raises(UsageError, match="matches no file"):
        corpus_audit.scan(corpus, tmp_path / "a", source_patterns=("site/{source}/*.jsonl",))


def test_detectors_that_look_for_no_counted_risk_assess_nothing(corpus, tmp_path):
    done = run("scan", corpus, "-o", tmp_path / "a", "--detectors", "language")
    assert "not assessed" in done.stdout and "under" not in done.stdout
    assert "Not assessed: the detectors that ran (language)" in done.stdout


def test_matches_too_weak_to_count_are_told(tmp_path):
    (tmp_path / "talk.jsonl").write_text(json.dumps({"text": "fuck off"}) + "\n")
    done = run("scan", tmp_path / "talk.jsonl", "-o", tmp_path / "a")
    assert "0 of 1 source over" in done.stdout
    assert "1 further document matched rules that are too weak" in done.stdout


@pytest.mark.parametrize("share", ["5", "-1"])
def test_a_share_outside_its_range_is_refused(corpus, tmp_path, share):
    done = run("scan", corpus, "-o", tmp_path / "a", "--max-skipped", share)
    assert done.returncode == 2 and "max-skipped" in done.stderr


def test_raising_the_allowed_share_scans_nothing_again(corpus, tmp_path):
    with (corpus / "zh/a.jsonl").open("a") as file:
        file.write("broken\n")
    assert run("scan", corpus, "-o", tmp_path / "a").returncode == 5
    done = run("scan", corpus, "-o", tmp_path / "a", "--max-skipped", "0.5")
    assert done.returncode == 0 and "finished by an earlier run" in done.stdout


def test_an_output_that_cannot_be_written_is_told_plainly(corpus, tmp_path):
    (tmp_path / "file").write_text("")
    done = run("scan", corpus, "-o", tmp_path / "file")
    assert done.returncode == 2 and "cannot be written" in done.stderr


def test_a_dry_run_of_nothing_says_so(tmp_path):
    (tmp_path / "empty.jsonl").write_text("")
    done = run("scan", tmp_path / "empty.jsonl", "--dry-run")
    assert done.returncode == 0 and "nothing to estimate" in done.stdout
    assert run("scan", "-", "--dry-run", stdin="").returncode == 2


def test_a_tree_of_small_files_makes_few_batches(tmp_path):
    for i in range(300):
        file = tmp_path / f"tree/site-{'abc'[i % 3]}/{i}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{AD if i % 10 == 0 else ''} text {i}", encoding="utf-8")
    audit = corpus_audit.scan(tmp_path / "tree", tmp_path / "a")
    (file,) = (tmp_path / "a/documents").glob("*.parquet")
    assert pq.ParquetFile(file).num_row_groups <= 2
    assert audit.sources()["documents"].tolist() == [100, 100, 100]
    assert audit.sources()["hit_documents"].tolist() == [10, 10, 10]
    assert audit.documents()["path"].nunique() == 300


def test_an_unexpected_error_shows_no_text_of_the_data(tmp_path):
    secret = "张三的电话是一三八零零"
    plugin = tmp_path / "leaky.py"
    plugin.write_text(
        "import corpus_audit.readers.jsonl as j\n"
        "from corpus_audit.cli.app import main\n"
        "def bad(self, part, options):\n"
        "    raise ValueError(open(part.file.path, encoding='utf-8').read())\n"
        "    yield\n"
        "j.JsonlReader.read = bad\n"
        "main()\n",
        encoding="utf-8",
    )
    data = tmp_path / "a.jsonl"
    data.write_text(json.dumps({"text": secret}, ensure_ascii=False), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, plugin, "scan", data, "-o", tmp_path / "a"], capture_output=True, text=True
    )
    assert done.returncode == 1 and "ValueError" in done.stderr
    assert secret not in done.stderr + done.stdout


def test_a_suggested_command_is_safe_to_paste(tmp_path):
    name = "a'; touch pwned; '"
    lines = [json.dumps({"text": AD, "source": name})] * 3
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    done = run("scan", tmp_path / "a.jsonl", "-o", tmp_path / "a")
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("See why")]
    import shlex

    assert shlex.split(line)[-1] == name
