"""The join of an audit: every tier, one answer however the work was cut, numbers that add up."""

import json
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pyarrow.parquet as pq
import pytest
from conftest import KEY, prose, write

import corpus_audit
from corpus_audit.audit.store import AuditStore
from corpus_audit.detectors.fingerprints import BOTH, GUESSABLE, FingerprintDetector
from corpus_audit.duplicates.command import find_duplicates
from corpus_audit.duplicates.join import JoinOptions, join
from corpus_audit.duplicates.numbers import ALL
from corpus_audit.duplicates.result import read_numbers
from corpus_audit.engines.merge import merge_audits
from corpus_audit.errors import AuditError, UsageError


def scan(corpus, out, **options):
    options = {"detectors": ["fingerprints"], "key_file": str(corpus / "key")} | options
    return corpus_audit.scan(corpus / "data", out, **options)


def rows(audit) -> list[dict]:
    return pq.read_table(f"{audit}/duplicates.parquet").to_pylist()


def answer(audit) -> list[tuple]:
    names = ("doc", "source", "position", "cluster", "kept", "tier", "similarity")
    return [tuple(row[name] for name in names) for row in rows(audit)]


@pytest.fixture(scope="module")
def audit(corpus, tmp_path_factory):
    out = tmp_path_factory.mktemp("audit") / "a"
    scan(corpus, out)
    return out


@pytest.fixture(scope="module")
def found(audit) -> dict[str, dict]:
    return {row["doc"]: row for row in rows(audit)}


@pytest.mark.parametrize(
    ("doc", "tier", "with_"),
    [
        ("exact", "exact", "alpha-0"),
        ("exact-2", "exact", "alpha-0"),
        ("alpha-2", "normalised", "spaced"),  # the spaced one is longer
        ("near", "near", "alpha-1"),
        ("alpha-3", "near", "longer"),
        ("short-1", "near", "short-2"),
        ("tiny-2", "exact", "tiny-1"),
        ("border-1", "near", "border-2"),
    ],
)
def test_copies_of_every_tier_are_found(found, doc, tier, with_):
    assert found[doc]["tier"] == tier and not found[doc]["kept"]
    assert found[doc]["cluster"] == found[with_]["cluster"]
    assert found[doc]["similarity"] is None or found[doc]["similarity"] >= 0.75


def test_texts_too_short_for_shingles_are_compared_by_fingerprint(found):
    tiers = [found[f"tiny-{i}"]["tier"] for i in (1, 2, 3)]
    assert tiers == ["normalised", "exact", None] and found["tiny-3"]["kept"]


def test_what_is_half_alike_is_no_copy(found):
    assert "half" not in found


def test_each_cluster_keeps_one(found):
    clusters = {row["cluster"] for row in found.values()}
    assert len(clusters) == sum(row["kept"] for row in found.values())
    assert clusters == set(range(len(clusters)))
    assert all(row["similarity"] == 1.0 for row in found.values() if row["kept"])


def test_numbers_add_up_per_source_and_pair(audit, found):
    numbers = read_numbers(AuditStore(str(audit)))
    total = numbers["sources"][-1]
    assert total["source"] == ALL and total["documents"] == 133
    for row in numbers["sources"]:
        assert row["documents"] == row["kept"] + row["exact"] + row["normalised"] + row["near"]
    for name in ("documents", "kept", "exact", "normalised", "near"):
        assert sum(row[name] for row in numbers["sources"][:-1]) == total[name]
    copies = sum(not row["kept"] for row in found.values())
    assert sum(r["exact"] + r["normalised"] + r["near"] for r in numbers["pairs"]) == copies
    across = {(row["source"], row["kept_in"]): row for row in numbers["pairs"]}
    assert across["gamma", "alpha"]["exact"] == 2


@pytest.mark.parametrize("unit_bytes", [5_000, 64 << 20])
@pytest.mark.parametrize("batch_bytes", [1, 4_000])
def test_batch_and_unit_sizes_change_no_cluster(corpus, audit, tmp_path, unit_bytes, batch_bytes):
    scan(corpus, tmp_path / "a", unit_bytes=unit_bytes, batch_bytes=batch_bytes)
    assert answer(tmp_path / "a") == answer(audit)


def test_workers_change_no_cluster(corpus, audit, tmp_path):
    command = [
        sys.executable, "-m", "corpus_audit", "scan", str(corpus / "data"), "-o",
        str(tmp_path / "a"), "--key-file", str(corpus / "key"), "--detectors", "fingerprints",
        "--workers", "2", "--unit-size", "9k",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert answer(tmp_path / "a") == answer(audit)


def test_a_killed_scan_gives_the_same_clusters_after_resuming(corpus, audit, tmp_path):
    command = [
        sys.executable, "-m", "corpus_audit", "scan", str(corpus / "data"), "-o",
        str(tmp_path / "a"), "--key-file", str(corpus / "key"), "--detectors", "fingerprints",
        "--unit-size", "4k", "--batch-size", "1k",
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not list((tmp_path / "a").glob("units/*.json")) and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    (tmp_path / "a/.spill-left").mkdir()  # as a killed join leaves it
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert answer(tmp_path / "a") == answer(audit)
    assert not list((tmp_path / "a").glob(".spill*"))


def test_merged_audits_are_joined_as_one(corpus, audit, tmp_path):
    for name in ("alpha", "beta", "gamma"):
        corpus_audit.scan(
            corpus / f"data/{name}.jsonl", tmp_path / name, detectors=["fingerprints"],
            key_file=str(corpus / "key"),
        )  # fmt: skip
    parts = [str(tmp_path / name) for name in ("gamma", "alpha", "beta")]
    merge_audits(parts, str(tmp_path / "m"))
    assert answer(tmp_path / "m") == answer(audit)


def test_exact_verification_gives_true_similarities(corpus, audit, tmp_path):
    shutil.copytree(audit, tmp_path / "a")
    options = JoinOptions(verify="exact", threshold=0.8)
    numbers, _ = find_duplicates(str(tmp_path / "a"), options, key_file=str(corpus / "key"))
    assert numbers["pairs_verified_exactly"] == numbers["pairs_compared"] > 0
    near = {row["doc"]: row for row in rows(tmp_path / "a")}["near"]
    base = prose(1, 300)
    other = base[:150] + "某" + base[151:]
    left, right = ({text[i : i + 5] for i in range(len(text) - 4)} for text in (base, other))
    assert near["similarity"] == pytest.approx(len(left & right) / len(left | right), abs=1e-6)


def test_without_a_budget_the_estimate_decides(corpus, audit, tmp_path):
    shutil.copytree(audit, tmp_path / "a")
    options = JoinOptions(verify="exact", budget=0)
    numbers, _ = find_duplicates(str(tmp_path / "a"), options, key_file=str(corpus / "key"))
    assert numbers["pairs_verified_exactly"] == 0
    assert answer(tmp_path / "a") == answer(audit)


def test_a_preferred_source_is_kept(audit, tmp_path):
    shutil.copytree(audit, tmp_path / "a")
    join(AuditStore(str(tmp_path / "a")), JoinOptions(prefer=("gamma",)))
    found = {row["doc"]: row for row in rows(tmp_path / "a")}
    assert found["exact"]["kept"] and found["alpha-0"]["tier"] == "exact"
    assert found["near"]["kept"] and found["alpha-1"]["tier"] == "near"


def test_the_largest_clusters_are_shown_masked(tmp_path):
    text = "请联系张先生，电话13812345678，邮箱zhang@example.com。" + prose(4, 200)
    write(tmp_path / "data/a.jsonl", [{"text": text}, {"text": text}])
    corpus_audit.scan(tmp_path / "data", tmp_path / "a", detectors=["fingerprints"])
    _, clusters = find_duplicates(str(tmp_path / "a"), JoinOptions())
    assert clusters[0]["documents"] == 2 and clusters[0]["excerpt"].startswith("请联系张先生")
    assert "13812345678" not in clusters[0]["excerpt"] and "zhang" not in clusters[0]["excerpt"]
    (tmp_path / "corpus-audit.key").unlink()
    _, clusters = find_duplicates(str(tmp_path / "a"), JoinOptions())
    assert "--key-file" in clusters[0]["excerpt"]


def test_prevalence_is_told_before_and_after(tmp_path):
    ad = "注册送彩金，真人荷官在线。" + prose(1, 100)
    plain = [{"text": prose(i, 150)} for i in range(10, 16)]
    write(tmp_path / "data/forum.jsonl", [*plain, *[{"text": ad}] * 4])
    corpus_audit.scan(tmp_path / "data", tmp_path / "a")
    numbers = read_numbers(AuditStore(str(tmp_path / "a")))
    row = next(r for r in numbers["risks"] if r["source"] == "forum" and r["risk"] == "A.1.h")
    assert (row["hits"], row["hits_kept"]) == (4, 1)
    assert row["prevalence"] == 4 / 10 and row["prevalence_kept"] == 1 / 7


def test_boilerplate_does_not_blow_up(tmp_path):
    body = prose(8, 400)
    write(tmp_path / "data/a.jsonl", [{"text": f"{body}第{i:05}页"} for i in range(3_000)])
    corpus_audit.scan(tmp_path / "data", tmp_path / "a", detectors=["fingerprints"])
    numbers = read_numbers(AuditStore(str(tmp_path / "a")))
    assert numbers["sources"][-1]["kept"] == 1
    assert numbers["pairs_compared"] < 3_000 * 40
    assert 2_000 < numbers["large_buckets"]["largest"] <= 3_000


def test_an_audit_without_documents_has_no_copies(tmp_path):
    write(tmp_path / "data/a.jsonl", [{"text": ""}])
    corpus_audit.scan(tmp_path / "data", tmp_path / "a", max_skipped=1.0)
    numbers = read_numbers(AuditStore(str(tmp_path / "a")))
    assert numbers["sources"][-1]["documents"] == 0
    assert rows(tmp_path / "a") == []


def test_an_audit_without_fingerprints_says_so(corpus, tmp_path):
    scan(corpus, tmp_path / "a", detectors=["language"])
    assert not (tmp_path / "a/duplicates.json").exists()
    with pytest.raises(AuditError, match="without fingerprints"):
        join(AuditStore(str(tmp_path / "a")), JoinOptions())


def test_a_wrong_threshold_is_told_before_anything_is_read(audit):
    with pytest.raises(UsageError, match="Jaccard"):
        join(AuditStore(str(audit)), JoinOptions(threshold=2))


def test_rescanning_more_of_a_corpus_joins_it_anew(tmp_path):
    write(tmp_path / "data/a.jsonl", [{"text": prose(1, 100)}])
    corpus_audit.scan(tmp_path / "data", tmp_path / "a", detectors=["fingerprints"])
    assert rows(tmp_path / "a") == []
    write(tmp_path / "data/b.jsonl", [{"text": prose(1, 100)}])
    corpus_audit.scan(tmp_path / "data", tmp_path / "a", detectors=["fingerprints"])
    assert len(rows(tmp_path / "a")) == 2


def test_short_texts_have_keyed_signatures_only(make_batch):
    documents = [prose(1, n + 4) for n in (1, GUESSABLE - 1, GUESSABLE, BOTH - 1, BOTH)]
    one, other = (
        FingerprintDetector({"key": key}).scan(make_batch(*documents)).columns
        for key in (KEY, b"x" * 32)
    )
    assert [value.is_valid for value in one["minhash"]] == [False, False, True, True, True]
    assert [value.is_valid for value in one["minhash_keyed"]] == [True, True, True, True, False]
    assert one["minhash"].equals(other["minhash"])
    for name in ("minhash_keyed", "normalised"):
        for mine, theirs in zip(one[name], other[name], strict=True):
            assert not mine.is_valid or mine != theirs


def test_stored_signatures_load_in_datasketch(audit):
    from datasketch import MinHash

    (file, *_) = sorted((audit / "signatures").glob("*.parquet"))
    row = next(r for r in pq.read_table(file).to_pylist() if r["minhash"])
    loaded = MinHash(hashvalues=np.frombuffer(row["minhash"], "<u4"), scheme="affine32")
    assert loaded.jaccard(loaded) == 1.0


def test_numbers_are_plain_json(audit):
    assert json.loads((audit / "duplicates.json").read_text())["bands"] == 14


def test_the_command_prints_numbers_clusters_and_json(corpus, audit, tmp_path):
    shutil.copytree(audit, tmp_path / "a")
    command = [
        sys.executable, "-m", "corpus_audit", "duplicates", str(tmp_path / "a"), "--key-file",
        str(corpus / "key"), "--top", "2",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Copies across sources" in done.stdout and "14 bands of 9" in done.stdout
    assert done.stdout.count("\ncluster ") == 2
    done = subprocess.run([*command, "--format", "json"], capture_output=True, text=True)
    printed = json.loads(done.stdout)
    assert len(printed["clusters"]) == 2 and printed["sources"][-1]["documents"] == 133


def test_word_shingles_find_copies_too(tmp_path):
    text = " ".join(f"word{i}" for i in range(100))
    texts = [text, f"{text} end", prose(1, 90), prose(1, 90) + "完"]
    write(tmp_path / "data/a.jsonl", [{"text": each} for each in texts])
    corpus_audit.scan(
        tmp_path / "data", tmp_path / "a", detectors=["fingerprints"], dup_shingles="word:3"
    )
    assert read_numbers(AuditStore(str(tmp_path / "a")))["shingles"] == "word:3"
    assert sum(row["tier"] == "near" for row in rows(tmp_path / "a")) == 2


def test_a_rerun_of_a_finished_scan_joins_nothing_again(corpus, audit, tmp_path):
    shutil.copytree(audit, tmp_path / "a")
    before = (tmp_path / "a/duplicates.json").stat().st_mtime_ns
    scan(corpus, tmp_path / "a")
    assert (tmp_path / "a/duplicates.json").stat().st_mtime_ns == before
    scan(corpus, tmp_path / "a", dup_threshold=0.9)
    assert read_numbers(AuditStore(str(tmp_path / "a")))["threshold"] == 0.9


def test_frames_of_copies_and_signatures_are_at_hand(audit):
    opened = corpus_audit.Audit(str(audit))
    assert set(opened.duplicates()["tier"].dropna()) == {"exact", "normalised", "near"}
    assert opened.signatures()["doc"].tolist() == opened.documents()["doc"].tolist()
