"""WARC: pages become text; what is not a page is counted."""

import gzip
import json

import pytest
from reading import read, stored

from corpus_audit.readers.registry import reader_named
from corpus_audit.types import Part, ReadOptions

pytest.importorskip("warcio")
pytest.importorskip("resiliparse")


def record(url, kind, body, status="200 OK", record_type="response"):
    http = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    head = (
        f"WARC/1.0\r\nWARC-Type: {record_type}\r\nWARC-Target-URI: {url}\r\n"
        f"WARC-Date: 2024-05-06T07:08:09Z\r\nWARC-Record-ID: <urn:uuid:{url}>\r\n"
        f"Content-Type: application/http\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


PAGE = "<html><head><script>no()</script></head><body><p>汉字</p><p>two</p></body></html>"
RECORDS = [
    record("http://a.example/1", "text/html; charset=gb18030", PAGE.encode("gb18030")),
    record("http://a.example/1", "text/html", b"", record_type="request"),
    record("http://a.example/2", "image/png", b"\x89PNG"),
    record("http://a.example/3", "text/html", b"<p>gone", "404 Not Found"),
    record("http://a.example/4", "text/plain", "plain 文字".encode()),
    record("http://a.example/5", "text/html", b"<html></html>"),
    record(
        "http://a.example/6",
        "text/html",
        PAGE.replace("<head>", '<head><meta charset="big5">').replace("汉", "漢").encode("big5"),
    ),
]


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_pages_become_text_and_everything_is_counted(tmp_path, name):
    data = b"".join(gzip.compress(r) if name.endswith("gz") else r for r in RECORDS)
    documents, skipped, losses = read(stored(tmp_path, name, data), "warc")
    assert [text.split() for _, _, text in documents] == [
        ["汉字", "two"],
        ["plain", "文字"],
        ["漢字", "two"],
    ]
    assert [s.reason for s in skipped] == ["no_content", "no_content", "empty_text"]
    assert not losses


def test_url_and_date_are_kept(tmp_path):
    file = stored(tmp_path, "a.warc", b"".join(RECORDS))
    batch = next(
        i
        for i in reader_named("warc").read(Part(file, "warc"), ReadOptions())
        if hasattr(i, "records")
    )
    row = batch.records.to_pylist()[0]
    assert row["url"] == "http://a.example/1" and row["collected_at"].startswith(
        "2024-05-06T07:08:09"
    )
    assert row["position"] == 0


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_a_truncated_file_is_a_loss_and_keeps_what_came_before(tmp_path, name):
    records = [*RECORDS[:1], record("http://a.example/9", "text/plain", bytes(range(32, 127)) * 40)]
    data = b"".join(gzip.compress(r) if name.endswith("gz") else r for r in records)
    documents, _, losses = read(stored(tmp_path, name, data[:-40]), "warc")
    assert len(documents) == 1 and len(losses) == 1


def test_a_file_that_is_no_warc_is_a_loss(tmp_path):
    documents, _, losses = read(stored(tmp_path, "a.warc", b"no warc at all\n" * 50), "warc")
    assert not documents and len(losses) == 1


def test_headers_and_meta_tags_that_reserve_rights_are_kept(tmp_path):
    html = b'<html><head><META content="noai" name="robots"><meta name=tdm-reservation content=1>'
    page = html + b"</head><body><p>Text.</p></body></html>"
    http = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Robots-Tag: noimageai\r\n"
        b"X-Robots-Tag: noindex\r\nServer: x\r\n\r\n" + page
    )
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/1\r\n"
        "WARC-Date: 2024-05-06T07:08:09Z\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    file = stored(tmp_path, "p.warc", head.encode() + http + b"\r\n\r\n")
    batch = next(iter(reader_named("warc").read(Part(file, "warc"), ReadOptions())))
    (row,) = batch.records.to_pylist()
    assert json.loads(row["headers"]) == {
        "x-robots-tag": "noimageai, noindex", "meta robots": "noai", "meta tdm-reservation": "1",
    }  # fmt: skip
