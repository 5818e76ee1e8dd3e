"""A corpus and an audit in an object store: a real S3 server, on loopback."""

from __future__ import annotations

import gzip
import itertools
import json
import logging
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import corpus_audit
from corpus_audit.errors import AuditError, UsageError
from corpus_audit.plan import plan
from corpus_audit.types import ReadOptions

pytest.importorskip("s3fs", reason="needs s3fs: the extra s3")
boto3 = pytest.importorskip("boto3", reason="needs moto[server]: the extra dev")
moto_server = pytest.importorskip("moto.server", reason="needs moto[server]: the extra dev")

AD = "注册送彩金，真人荷官。"
UNIT = 20_000  # bytes: the big file becomes several units
NUMBERS = itertools.count()  # of buckets
FORUM, NEWS, WIKI, BROKEN = 900, 120, 400, 3  # records


@pytest.fixture(scope="module")
def server():
    """A client of the server, which the environment names as a user's would name theirs."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # else a line for each request
    running = moto_server.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    s3fs = fsspec.get_filesystem_class("s3")
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith("AWS_"):
                patch.delenv(name)
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "NO_PROXY": "127.0.0.1",
        }.items():
            patch.setenv(name, value)
        s3fs.clear_instance_cache()
        yield boto3.client("s3")
        s3fs.clear_instance_cache()
    running.stop()


@pytest.fixture
def bucket(server):
    """The name of a new bucket that keeps all versions of an object."""
    name = f"bucket-{next(NUMBERS)}"
    server.create_bucket(Bucket=name)
    server.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Path:
    """JSONL, JSONL in gzip and Parquet, and what stands beside them."""
    folder = tmp_path_factory.mktemp("s3") / "corpus"

    def record(number: int) -> dict[str, str]:
        text = f"第{number}篇文章。Some plain text, as long as it needs to be. " * (1 + number % 4)
        return {"id": f"d{number}", "text": text + AD * (number % 23 == 0)}

    def lines(count: int, **more: str) -> bytes:
        records = (record(number) | more for number in range(count))
        return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in records).encode()

    table = pa.Table.from_pylist([record(number) | {"source": "wiki"} for number in range(WIKI)])
    (folder / "news").mkdir(parents=True)
    (folder / ".cache").mkdir()
    (folder / "forum.jsonl").write_bytes(lines(FORUM) + b'{"text": "broken\n' * BROKEN)
    (folder / "news/01 #1.jsonl.gz").write_bytes(gzip.compress(lines(NEWS, source="news")))
    pq.write_table(table, folder / "wiki.parquet", row_group_size=50, compression="none")
    (folder / "README.md").write_text("About this corpus.")
    (folder / ".cache/forum.jsonl").write_bytes(lines(10))
    (folder.parent / "key").write_bytes(b"k" * 32)
    return folder


def upload(server: Any, corpus: Path, bucket: str) -> str:
    """The corpus in the bucket, with the empty objects that consoles make for folders."""
    for name in ("corpus/", "corpus/news/"):
        server.put_object(Bucket=bucket, Key=name, Body=b"")
    for path in corpus.rglob("*"):
        if path.is_file():
            server.upload_file(str(path), bucket, f"corpus/{path.relative_to(corpus)}")
    return f"s3://{bucket}/corpus"


def scan(path: object, out: object, corpus: Path, **more: Any) -> corpus_audit.Audit:
    options = {"key_file": str(corpus.parent / "key"), "unit_bytes": UNIT} | more
    return corpus_audit.scan(str(path), str(out), **options)


def records(audit: corpus_audit.Audit) -> Counter[tuple[Any, ...]]:
    """Every record, scanned or skipped, by all but its path."""
    seen = [*audit.documents()[["doc", "source", "position", "digest"]].itertuples(index=False)]
    return Counter(map(tuple, seen)) + Counter(audit.skipped()["position"].map(lambda at: (at,)))


def unit_versions(server: Any, bucket: str) -> Counter[str]:
    """How many times each file of a finished unit was written."""
    listed = server.list_object_versions(Bucket=bucket, Prefix="audits/a/units/")
    return Counter(version["Key"] for version in listed["Versions"])


@pytest.fixture(scope="module")
def local(corpus, tmp_path_factory) -> corpus_audit.Audit:
    """The audit of the same files on disk."""
    return scan(corpus, tmp_path_factory.mktemp("local") / "a", corpus)


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_corpus_in_s3_gives_the_answer_of_the_same_files_on_disk(
    server, bucket, corpus, local, tmp_path, slash
):
    audit = scan(upload(server, corpus, bucket) + slash, tmp_path / "a", corpus)
    assert (tmp_path / "a/sources.csv").read_bytes() == Path(local.url, "sources.csv").read_bytes()
    assert audit.sources().equals(local.sources())
    assert audit.sources()["source"].tolist() == ["forum", "news", "wiki"]
    assert records(audit) == records(local)
    assert records(audit).total() == FORUM + NEWS + WIKI + BROKEN
    coverage = audit.summary.coverage
    assert (coverage.scanned, coverage.unseen, coverage.losses) == (FORUM + NEWS + WIKI, BROKEN, 0)
    assert audit.summary.units == local.summary.units
    paths = audit.documents().groupby("path")["doc"].count().to_dict()
    assert paths == {
        f"s3://{bucket}/corpus/forum.jsonl": FORUM,
        f"s3://{bucket}/corpus/news/01 #1.jsonl.gz": NEWS,
        f"s3://{bucket}/corpus/wiki.parquet": WIKI,
    }


def test_files_in_s3_are_cut_like_files_on_disk(server, bucket, corpus):
    def cut(path: str) -> list[list[tuple[Any, ...]]]:
        made = plan([path], ReadOptions(), unit_bytes=UNIT)
        return [
            [
                (part.file.path.removeprefix(path), part.reader, part.start, part.end, part.weight)
                for part in unit.parts
            ]
            for unit in made.units
        ]

    remote = cut(upload(server, corpus, bucket))
    assert remote == cut(str(corpus))
    readers = Counter(unit[0][1] for unit in remote)
    assert readers["jsonl"] > 4 and readers["parquet"] > 2


def test_the_command_line_finds_the_server_by_the_setting_of_fsspec(
    server, bucket, corpus, local, tmp_path, monkeypatch
):
    url = upload(server, corpus, bucket)
    monkeypatch.setenv("FSSPEC_S3_ENDPOINT_URL", os.environ["AWS_ENDPOINT_URL"])
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    command = [sys.executable, "-m", "corpus_audit", "scan", f"{url}/**", "-o", tmp_path / "a",
               "--key-file", corpus.parent / "key"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 5, done.stderr  # some records are broken
    assert (tmp_path / "a/sources.csv").read_bytes() == Path(local.url, "sources.csv").read_bytes()


def test_an_audit_in_s3_reads_back_whole_and_is_not_made_twice(server, bucket, corpus, local):
    out = f"s3://{bucket}/audits/a"
    audit = scan(corpus, out, corpus)
    assert audit.sources().equals(local.sources())
    assert records(audit) == records(local)
    assert len(audit.findings()) == len(local.findings()) > 0
    units = unit_versions(server, bucket)
    assert len(units) == local.summary.units

    scan(corpus, out, corpus)
    assert unit_versions(server, bucket) == units

    lost = min(units)  # as if the scan had been stopped before this unit
    server.delete_object(Bucket=bucket, Key=lost)
    audit = scan(corpus, out, corpus)
    assert unit_versions(server, bucket) == units + Counter([lost])
    assert audit.sources().equals(local.sources())


def test_workers_go_on_with_an_audit_in_s3(server, bucket, corpus, local, monkeypatch):
    monkeypatch.setattr("corpus_audit.engines.run._SMALL", 0)  # else one process does it all
    out = f"s3://{bucket}/audits/a"
    server.upload_file(str(corpus / "wiki.parquet"), bucket, "corpus/wiki.parquet")
    audit = scan(f"s3://{bucket}/corpus", out, corpus)
    assert len(audit.documents()) == WIKI
    audit = scan(upload(server, corpus, bucket), out, corpus, workers=2)
    assert audit.sources().equals(local.sources())
    assert records(audit) == records(local)


def test_objects_that_came_or_changed_since_the_last_scan_are_seen(server, bucket, tmp_path):
    def put(name: str, count: int) -> None:
        server.put_object(Bucket=bucket, Key=f"c/{name}.jsonl", Body=b'{"text": "one"}\n' * count)

    def documents() -> dict[str, int]:
        audit = corpus_audit.scan(f"s3://{bucket}/c", tmp_path / "a", unit_bytes=10)
        assert audit.summary.losses == []
        return dict(audit.sources()[["source", "documents"]].itertuples(index=False))

    put("a", 2)
    assert documents() == {"a": 2}
    put("a", 3)
    put("b", 4)
    assert documents() == {"a": 3, "b": 4}
    server.delete_object(Bucket=bucket, Key="c/a.jsonl")
    assert documents() == {"b": 4}


def test_mistakes_are_told_plainly(server, bucket, corpus, tmp_path, monkeypatch):
    with pytest.raises(UsageError, match="nothing is there"):
        scan(f"s3://{bucket}/none", tmp_path / "a", corpus)
    with pytest.raises(UsageError, match="nothing is there"):
        scan("s3://no-such-bucket/corpus", tmp_path / "a", corpus)
    with pytest.raises(AuditError, match="bucket does not exist"):
        scan(corpus / "wiki.parquet", "s3://no-such-bucket/a", corpus)
    with pytest.raises(AuditError, match="no audit there"):
        corpus_audit.Audit(f"s3://{bucket}/none").summary  # noqa: B018
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    with pytest.raises(UsageError, match="credentials"):
        scan(f"s3://{bucket}", tmp_path / "a", corpus)
    with pytest.raises(AuditError, match="credentials"):
        scan(corpus / "wiki.parquet", f"s3://{bucket}/a", corpus)
    fsspec.get_filesystem_class("s3").clear_instance_cache()
