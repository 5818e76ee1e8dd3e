"""Out + quarantined = in, for every format; what stays is not changed by a byte."""

import bz2
import csv
import gzip
import io
import json
import lzma
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import corpus_audit
from corpus_audit.errors import AuditError, CorpusAuditError, UsageError
from corpus_audit.filter.run import Filtered, filter_corpus, write_list

ROOT = Path(__file__).parents[2]
AD = "注册送彩金，真人荷官在线，马上来玩吧朋友们。"
TEXTS = [
    "一篇普通的文章，讲的是城市里的图书馆和公园。", AD, "Plain English text about a harbour.",
    "第二篇普通的文章，\n有两行，还有\"引号\"。",
    f"昨天有人在论坛里留言：{AD}大家不要相信，小心为上。", "最后一篇，讲的是山里的天气。",
]  # fmt: skip
KEPT = [TEXTS[0], TEXTS[2], TEXTS[3], TEXTS[5]]
ZSTD = pa.Codec("zstd")


def scan(data, out, **options):
    return corpus_audit.scan(data, out, max_skipped=1.0, **options)


def filtered(folder: Path, data: Path, drop: str = "hit", **options) -> tuple[Filtered, Path, Path]:
    scan(data, folder / "audit", **options)
    out, aside = folder / "out", folder / "aside"
    done = filter_corpus(
        [str(data)], str(folder / "audit"), str(out), str(aside), drop=drop.split(",")
    )
    return done, out, aside


def reasons(aside: Path) -> list[dict]:
    return [json.loads(line) for line in (aside / "reasons.jsonl").read_text().splitlines()]


LINES = [
    '{"id":1,  "text": "' + TEXTS[0] + '"}\n', json.dumps({"text": AD}) + "\r\n", "\n", "  \n",
    json.dumps({"text": TEXTS[2]}) + "\n", "{broken\n",
    json.dumps({"text": TEXTS[4], "b": [1, 2.50]}, ensure_ascii=False) + "\n", '{"text": null}\n',
    json.dumps({"text": TEXTS[5]}),
]  # fmt: skip
CODECS = {
    "": (bytes, bytes), ".gz": (gzip.compress, gzip.decompress),
    ".bz2": (bz2.compress, bz2.decompress), ".xz": (lzma.compress, lzma.decompress),
}  # fmt: skip


def unpacked(path: Path) -> bytes:
    for suffix, (_, unpack) in CODECS.items():
        if suffix and path.name.endswith(suffix):
            return unpack(path.read_bytes())
    if path.suffix in (".zst", ".lz4"):
        with pa.input_stream(str(path), compression="detect") as stream:
            return stream.read()
    return path.read_bytes()


@pytest.mark.parametrize("suffix", ["", ".gz", ".bz2", ".xz", ".zst", ".lz4"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_kept_lines_keep_their_bytes(tmp_path, suffix, mark):
    data = tmp_path / f"data/forum.jsonl{suffix}"
    data.parent.mkdir()
    raw = mark + "".join(LINES).encode()
    if suffix in (".zst", ".lz4"):
        with pa.CompressedOutputStream(str(data), "zstd" if suffix == ".zst" else "lz4") as out:
            out.write(raw)
    else:
        data.write_bytes(CODECS[suffix][0](raw))
    done, out, aside = filtered(tmp_path, tmp_path / "data", "hit,skipped")
    name = f"forum.jsonl{suffix}"
    gone = [LINES[i] for i in (1, 5, 6, 7)]
    assert unpacked(aside / name) == "".join(gone).encode()
    assert unpacked(out / name) == mark + "".join(x for x in LINES if x not in gone).encode()
    assert (done.kept, done.dropped) == (3, 4)
    assert [row["reasons"] for row in reasons(aside)] == [
        "risk:A.1.h", "skipped:bad_record", "risk:A.1.h", "skipped:no_text",
    ]  # fmt: skip


@pytest.mark.parametrize("unit_bytes", [50, 300, 64 << 20])
def test_a_file_cut_into_units_is_filtered_alike(tmp_path, unit_bytes):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/a.jsonl").write_text("".join(LINES) * 5, encoding="utf-8")
    done, out, aside = filtered(tmp_path, tmp_path / "data", unit_bytes=unit_bytes)
    assert (done.kept, done.dropped) == (21, 10)
    kept = (out / "a.jsonl").read_bytes()
    dropped = (aside / "a.jsonl").read_bytes()
    assert len(kept) + len(dropped) == (tmp_path / "data/a.jsonl").stat().st_size
    assert AD.encode() not in kept and json.dumps(AD)[1:-1].encode() not in kept


@pytest.mark.parametrize("block", [1, 7, 64])
def test_lines_are_copied_alike_wherever_blocks_end(tmp_path, monkeypatch, block):
    from corpus_audit.readers import opening

    (tmp_path / "data").mkdir()
    (tmp_path / "data/a.jsonl").write_bytes(b"\xef\xbb\xbf" + "".join(LINES).encode())
    scan(tmp_path / "data", tmp_path / "audit")
    monkeypatch.setattr(opening, "CHUNK", block)
    done = filter_corpus(
        [str(tmp_path / "data")], str(tmp_path / "audit"), str(tmp_path / "o"),
        str(tmp_path / "q"), drop=["hit"],
    )  # fmt: skip
    assert done.dropped == 2
    assert (tmp_path / "q/a.jsonl").read_bytes() == (LINES[1] + LINES[6]).encode()


def test_lines_of_another_encoding_keep_their_bytes(tmp_path):
    (tmp_path / "data").mkdir()
    raw = "".join(LINES).encode("gb18030")
    (tmp_path / "data/a.jsonl").write_bytes(raw)
    done, out, aside = filtered(tmp_path, tmp_path / "data", encoding="gb18030")
    gone = (LINES[1] + LINES[6]).encode("gb18030")
    assert (aside / "a.jsonl").read_bytes() == gone
    assert len((out / "a.jsonl").read_bytes()) == len(raw) - len(gone) and done.dropped == 2


@pytest.mark.parametrize("codec", ["zstd", "snappy", "gzip", "none", "lz4"])
def test_parquet_keeps_rows_schema_and_codec(tmp_path, codec):
    (tmp_path / "data").mkdir()
    table = pa.table(
        {
            "text": TEXTS * 3,
            "n": pa.array(range(18), pa.int16()),
            "meta": [{"a": [i], "b": None} for i in range(18)],
            "kind": pa.array(["x", "y"] * 9).dictionary_encode(),
        }
    ).replace_schema_metadata({"origin": "test"})
    pq.write_table(table, tmp_path / "data/a.parquet", row_group_size=5, compression=codec)
    done, out, aside = filtered(tmp_path, tmp_path / "data")
    kept, dropped = pq.read_table(out / "a.parquet"), pq.read_table(aside / "a.parquet")
    hit = [AD in text for text in table["text"].to_pylist()]
    assert kept.equals(table.filter(pa.array([not each for each in hit])))
    assert dropped.equals(table.filter(pa.array(hit)))
    schemas = [pq.read_schema(folder / "a.parquet") for folder in (tmp_path / "data", out, aside)]
    assert all(schema.equals(schemas[0], check_metadata=True) for schema in schemas)
    original = pq.ParquetFile(tmp_path / "data/a.parquet").metadata.row_group(0).column(0)
    written = pq.ParquetFile(out / "a.parquet").metadata
    assert written.row_group(0).column(0).compression == original.compression
    assert written.num_row_groups == 4 and (done.kept, done.dropped) == (12, 6)


@pytest.mark.parametrize("make", [pa.ipc.new_file, pa.ipc.new_stream])
def test_arrow_keeps_rows_and_kind(tmp_path, make):
    (tmp_path / "data").mkdir()
    table = pa.table({"text": TEXTS * 2, "n": range(12)})
    with make(str(tmp_path / "data/a.arrow"), table.schema) as writer:
        writer.write_table(table, max_chunksize=5)
    _, out, aside = filtered(tmp_path, tmp_path / "data")
    opened = pa.ipc.open_file if make is pa.ipc.new_file else pa.ipc.open_stream
    kept, dropped = (opened(str(folder / "a.arrow")).read_all() for folder in (out, aside))
    assert kept["text"].to_pylist() == KEPT * 2
    assert kept.num_rows + dropped.num_rows == 12


CSV = (
    "\ufeffid,text\r\n" + f'1,"{TEXTS[0]}"\r\n' + f'2,"{AD}"\r\n\r\n'
    + "3,one,cell too many\r\n"
    + '4,"two\nlines, ""quoted"""\n' + f"5,{AD}\r\n" + "6,last"
)  # fmt: skip


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz"])
def test_csv_records_keep_their_bytes(tmp_path, suffix):
    data = tmp_path / f"data/a{suffix}"
    data.parent.mkdir()
    data.write_bytes(CODECS[".gz" if "gz" in suffix else ""][0](CSV.encode()))
    done, out, aside = filtered(tmp_path, tmp_path / "data", "hit,skipped")
    kept, dropped = unpacked(out / f"a{suffix}"), unpacked(aside / f"a{suffix}")
    head = "\ufeffid,text\r\n".encode()
    assert dropped == head + f'2,"{AD}"\r\n3,one,cell too many\r\n5,{AD}\r\n'.encode()
    assert kept == head + f'1,"{TEXTS[0]}"\r\n\r\n4,"two\nlines, ""quoted"""\n6,last'.encode()
    assert (done.kept, done.dropped) == (3, 3)


def test_a_csv_with_a_quote_that_never_closes_is_copied_whole(tmp_path):
    (tmp_path / "data").mkdir()
    text = f'id,text\n1,fine\n2,"never closed\n3,{AD}\n4,end\n'
    (tmp_path / "data/a.csv").write_text(text, encoding="utf-8")
    done, out, _ = filtered(tmp_path, tmp_path / "data", "hit,skipped")
    kept = (out / "a.csv").read_text(encoding="utf-8")
    assert kept == "id,text\n1,fine\n4,end\n" and (done.kept, done.dropped) == (2, 2)
    rows = list(csv.reader(io.StringIO(kept)))
    assert len(rows) == 3


@pytest.mark.parametrize(
    ("before", "after"), [("[", "]"), ('{"v": 1, "rows": [', '], "end": true}'), ("  [\n", "\n]\n")]
)
def test_json_elements_keep_their_text(tmp_path, before, after):
    (tmp_path / "data").mkdir()
    elements = [f'{{"text":  "{TEXTS[0]}", "n": 1.50}}', json.dumps({"text": AD}),
                json.dumps({"text": TEXTS[2]}), '{"text": null}']  # fmt: skip
    text = before + ", ".join(elements) + after
    (tmp_path / "data/a.json").write_text(text, encoding="utf-8")
    done, out, aside = filtered(tmp_path, tmp_path / "data")
    kept = (out / "a.json").read_text(encoding="utf-8")
    assert all(elements[i] in kept for i in (0, 2, 3)) and elements[1] not in kept
    values = json.loads(kept)
    assert len(values if isinstance(values, list) else values["rows"]) == 3
    if isinstance(values, dict):
        assert values["v"] == 1 and values["end"] is True
    assert json.loads((aside / "a.json").read_text(encoding="utf-8")) == [{"text": AD}]
    assert (done.kept, done.dropped) == (3, 1)


def test_text_files_go_as_they_are(tmp_path):
    (tmp_path / "data/sub").mkdir(parents=True)
    (tmp_path / "data/a.txt").write_bytes(b"\xef\xbb\xbf" + TEXTS[0].encode() + b"\r\n")
    (tmp_path / "data/sub/b.md").write_text(AD, encoding="utf-8")
    done, out, aside = filtered(tmp_path, tmp_path / "data")
    assert (out / "a.txt").read_bytes() == (tmp_path / "data/a.txt").read_bytes()
    assert (aside / "sub/b.md").read_text(encoding="utf-8") == AD
    assert not (out / "sub/b.md").exists() and not (aside / "a.txt").exists()
    assert (done.kept, done.dropped) == (1, 1)


def warc_record(kind: str, number: int, block: bytes) -> bytes:
    content = "application/http; msgtype=response" if kind == "response" else "text/plain"
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{number}-{kind}>\r\n"
        f"WARC-Target-URI: http://x/{number}\r\nWARC-Date: 2025-01-01T00:00:00Z\r\n"
        f"Content-Type: {content}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


@pytest.mark.parametrize("packed", [False, True])
def test_warc_records_keep_their_bytes(tmp_path, packed):
    pytest.importorskip("warcio")
    pytest.importorskip("resiliparse")
    (tmp_path / "data").mkdir()
    records = [warc_record("warcinfo", 0, b"software: test")]
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    records += [warc_record("response", i, http + text.encode()) for i, text in enumerate(TEXTS)]
    raw = b"".join(records)
    name = "a.warc.gz" if packed else "a.warc"
    stored = b"".join(map(gzip.compress, records)) if packed else raw
    (tmp_path / "data" / name).write_bytes(stored)
    done, out, aside = filtered(tmp_path, tmp_path / "data")
    kept, dropped = unpacked(out / name), unpacked(aside / name)
    assert kept == b"".join(records[i] for i in (0, 1, 3, 4, 6))
    assert dropped == records[2] + records[5] and (done.kept, done.dropped) == (4, 2)


@pytest.mark.parametrize(
    ("drop", "gone"),
    [
        ("risk:A.1.h", 2), ("risk:A.1", 2), ("risk:A.2", 0), ("hit", 2), ("duplicate", 1),
        ("hit,duplicate", 3), ("skipped", 1), ("hit,duplicate,skipped", 4), ("contaminated", None),
        ("known", None), ("nothing", None), ("risk:B", None),
    ],
)  # fmt: skip
def test_each_way_to_drop(tmp_path, drop, gone):
    (tmp_path / "data").mkdir()
    rows = [*({"text": text} for text in TEXTS[:5]), {"text": TEXTS[0]}]
    lines = "".join(json.dumps(row) + "\n" for row in rows) + "{bad\n"
    (tmp_path / "data/a.jsonl").write_text(lines)
    if gone is None:
        with pytest.raises(CorpusAuditError):
            filtered(tmp_path, tmp_path / "data", drop)
        return
    done, _, aside = filtered(tmp_path, tmp_path / "data", drop)
    assert done.dropped == gone == len(reasons(aside)) and done.kept == 7 - gone
    listed = write_list(str(tmp_path / "audit"), str(tmp_path / "list.jsonl"), drop=drop.split(","))
    assert (listed.kept, listed.dropped, listed.reasons) == (done.kept, gone, done.reasons)
    listed_lines = (tmp_path / "list.jsonl").read_text().splitlines()
    positions = [json.loads(line)["position"] for line in listed_lines]
    assert positions == [row["position"] for row in reasons(aside)]


def test_known_documents_of_earlier_deliveries_are_dropped(tmp_path):
    from corpus_audit.duplicates.command import find_duplicates
    from corpus_audit.duplicates.join import JoinOptions

    for name, texts in {"one": TEXTS[:3], "two": TEXTS}.items():
        (tmp_path / f"{name}.jsonl").write_text(
            "".join(json.dumps({"text": t}) + "\n" for t in texts)
        )
        scan(tmp_path / f"{name}.jsonl", tmp_path / name)
    index = str(tmp_path / "index")
    find_duplicates(str(tmp_path / "one"), JoinOptions(), add_to=index)
    find_duplicates(str(tmp_path / "two"), JoinOptions(), against=index)
    done = filter_corpus(
        [str(tmp_path / "two.jsonl")], str(tmp_path / "two"), str(tmp_path / "o"),
        str(tmp_path / "q"), drop=["known"],
    )  # fmt: skip
    assert (done.kept, done.dropped) == (3, 3)


def test_contaminated_documents_are_dropped(tmp_path):
    held = "which of these towns lies furthest north of the river that floods every spring"
    (tmp_path / "held.txt").write_text(held)
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"text": t}) + "\n" for t in ["x", held]))
    command = [sys.executable, "-m", "corpus_audit"]
    for more in (
        ["scan", "a.jsonl", "-o", "audit", "--protect", "held.txt"],
        ["filter", "a.jsonl", "--audit", "audit", "-o", "out", "--drop", "contaminated"],
    ):
        done = subprocess.run([*command, *more], capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert "2 records in 1 files = 1 kept in out + 1 dropped in out-quarantine" in done.stdout
    assert (tmp_path / "out/a.jsonl").read_text() == json.dumps({"text": "x"}) + "\n"


@pytest.fixture
def small(tmp_path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/a.jsonl").write_text(json.dumps({"text": AD}) + "\n")
    scan(tmp_path / "data", tmp_path / "audit")
    return tmp_path


def refused(folder: Path, data: Path, match: str, kind=CorpusAuditError) -> None:
    with pytest.raises(kind, match=match):
        filter_corpus(
            [str(data)], str(folder / "audit"), str(folder / "o"), str(folder / "q"), drop=["hit"]
        )
    assert not list(folder.glob("o/*")) and not list(folder.glob("q/*"))


def test_a_changed_file_is_refused(small):
    (small / "data/a.jsonl").write_text(json.dumps({"text": "another"}) + "\n")
    refused(small, small / "data", "changed since the scan", AuditError)


def test_a_file_that_nobody_looked_at_is_refused(small):
    (small / "data/b.jsonl").write_text(json.dumps({"text": "new"}) + "\n")
    refused(small, small / "data", "not in the audit", AuditError)


def test_an_output_that_is_there_is_refused(small):
    (small / "o").mkdir()
    (small / "o/old.txt").write_text("x")
    with pytest.raises(UsageError, match="is not empty"):
        filter_corpus(
            [str(small / "data")], str(small / "audit"), str(small / "o"), str(small / "q"),
            drop=["hit"],
        )  # fmt: skip
    assert (small / "o/old.txt").read_text() == "x"


def test_an_archive_is_refused_and_listed(tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.jsonl", json.dumps({"text": AD}))
    scan(tmp_path / "a.zip", tmp_path / "audit")
    refused(tmp_path, tmp_path / "a.zip", "unpack it", UsageError)
    assert write_list(str(tmp_path / "audit"), str(tmp_path / "l"), drop=["hit"]).dropped == 1


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_an_encoding_whose_bytes_would_change_is_refused(tmp_path, name):
    (tmp_path / "data").mkdir()
    text = json.dumps({"text": AD}, ensure_ascii=False) if "json" in name else f"text\n{AD}\n"
    (tmp_path / "data" / name).write_text(text, encoding="utf-16")
    scan(tmp_path / "data", tmp_path / "audit")
    refused(tmp_path, tmp_path / "data", "UTF-16", UsageError)


def test_paths_with_personal_data_are_found_and_never_shown(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/13812345678.jsonl").write_text(json.dumps({"text": AD}) + "\n")
    done, _, aside = filtered(tmp_path, tmp_path / "data")
    assert done.dropped == 1
    assert "13812345678" not in (aside / "reasons.jsonl").read_text()


def test_the_sample_corpus_adds_up(tmp_path):
    done, out, aside = filtered(tmp_path, ROOT / "sample_data/corpus", "hit,duplicate,skipped")
    audit = corpus_audit.Audit(str(tmp_path / "audit"))
    assert done.kept + done.dropped == len(audit.documents()) + len(audit.skipped())
    assert len(reasons(aside)) == done.dropped > 20
    again = scan(out, tmp_path / "again")
    assert len(again.documents()) == done.kept and not len(again.skipped())
    assert again.sources()["hit_documents"].sum() == 0
