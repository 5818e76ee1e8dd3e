"""One table of awkward inputs for all readers: every record once, in a batch or as skipped."""

import csv
import gzip
import io
import json
from collections import Counter
from dataclasses import replace

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from reading import read, stored

from corpus_audit.readers.registry import reader_named
from corpus_audit.types import InputFile, Part, ReadOptions

TEXTS = [
    "plain",
    "汉字和標點，繁體",
    "emoji 👩‍👩‍👧 and 𠮷",
    "nul \x00 inside",
    "two\nlines",
    "x" * 5_000,
]


def _jsonl(records):
    return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records).encode()


def _json(records):
    return json.dumps(records, ensure_ascii=False, indent=1).encode()


def _csv(records):
    names = list(dict.fromkeys(name for record in records for name in record))
    out = io.StringIO()
    writer = csv.DictWriter(out, names)
    writer.writeheader()
    writer.writerows(records)
    return out.getvalue().encode()


def _table(records):
    names = dict.fromkeys(name for record in records for name in record)
    return pa.table({n: pa.array([record.get(n) for record in records]) for n in names})


def _parquet(records):
    out = io.BytesIO()
    pq.write_table(_table(records), out, row_group_size=2)
    return out.getvalue()


def _ipc(make):
    def write(records):
        out = io.BytesIO()
        table = _table(records)
        with make(out, table.schema) as writer:
            writer.write_table(table, max_chunksize=2)
        return out.getvalue()

    return write


#: How each record format is written: (reader, suffix, records to bytes).
FORMATS = {
    "jsonl": ("jsonl", "jsonl", _jsonl),
    "json": ("json", "json", _json),
    "csv": ("csv", "csv", _csv),
    "parquet": ("parquet", "parquet", _parquet),
    "arrow file": ("arrow", "arrow", _ipc(pa.ipc.new_file)),
    "arrow stream": ("arrow", "arrow", _ipc(pa.ipc.new_stream)),
}
NULLS = [name for name in FORMATS if name != "csv"]  # CSV has no null
TYPED = ["jsonl", "json"]  # where a field can hold another type in each record


@pytest.fixture(params=FORMATS)
def format_(request):
    return request.param


def written(tmp_path, format_, records, wrap=lambda data: data, suffix=""):
    reader, ending, write = FORMATS[format_]
    return stored(tmp_path, f"forum.{ending}{suffix}", wrap(write(records))), reader


def test_texts_come_back_unchanged(tmp_path, format_):
    file, reader = written(
        tmp_path, format_, [{"id": str(i), "text": t} for i, t in enumerate(TEXTS)]
    )
    documents, skipped, losses = read(file, reader)
    assert [text for _, _, text in documents] == TEXTS
    assert [doc for doc, _, _ in documents] == [str(i) for i in range(len(TEXTS))]
    assert not skipped and not losses


@pytest.mark.parametrize("batch_bytes", [1, 6_000, 16 << 20])
def test_batch_size_changes_nothing(tmp_path, format_, batch_bytes):
    file, reader = written(tmp_path, format_, [{"text": t} for t in TEXTS * 20])
    documents, _, _ = read(file, reader, ReadOptions(batch_bytes=batch_bytes))
    assert [text for _, _, text in documents] == TEXTS * 20


@pytest.mark.parametrize("batch_bytes", [1, 6_000])
def test_batches_stay_under_their_size_but_for_one_document(tmp_path, format_, batch_bytes):
    file, reader = written(tmp_path, format_, [{"text": t} for t in TEXTS * 20])
    part = Part(file, reader)
    for batch in reader_named(reader).read(part, ReadOptions(batch_bytes=batch_bytes)):
        assert len(batch) == 1 or batch.text.nbytes <= batch_bytes


@pytest.mark.parametrize("target", [1, 50, 300, 4_000, 1 << 20])
def test_parts_give_each_record_exactly_once(tmp_path, format_, target):
    file, reader = written(
        tmp_path, format_, [{"text": f"{i} {t}"} for i, t in enumerate(TEXTS * 4)]
    )
    whole, _, _ = read(file, reader)
    parts, skipped, losses = read(file, reader, target=target)
    assert parts == whole and len(whole) == len(TEXTS) * 4
    assert not skipped and not losses


@pytest.mark.parametrize("format_", NULLS)
def test_null_and_empty_texts_are_skipped_and_counted(tmp_path, format_):
    records = [{"id": "a", "text": "one"}, {"id": "b", "text": None}, {"id": "c", "text": ""}]
    file, reader = written(tmp_path, format_, records * 3)
    documents, skipped, losses = read(file, reader)
    assert Counter(s.reason for s in skipped) == {"no_text": 3, "empty_text": 3}
    assert len(documents) == 3 and not losses


@pytest.mark.parametrize("format_", TYPED)
@pytest.mark.parametrize("value", [7, 1.5, True, ["list"], {"an": "object"}])
def test_a_field_that_changes_type_loses_only_that_record(tmp_path, format_, value):
    file, reader = written(tmp_path, format_, [{"text": "one"}, {"text": value}, {"text": "two"}])
    documents, skipped, _ = read(file, reader)
    assert [text for _, _, text in documents] == ["one", "two"]
    assert [s.reason for s in skipped] == ["not_a_string"]


@pytest.mark.parametrize("format_", TYPED)
def test_a_lone_surrogate_loses_only_its_record(tmp_path, format_):
    reader, ending, _ = FORMATS[format_]
    lines = ['{"text": "one"}', '{"text": "\\ud800"}', '{"text": "two"}']
    data = "\n".join(lines) if format_ == "jsonl" else f"[{','.join(lines)}]"
    documents, skipped, _ = read(stored(tmp_path, f"a.{ending}", data.encode()), reader)
    assert [text for _, _, text in documents] == ["one", "two"]
    assert [s.reason for s in skipped] == ["lone_surrogate"]


@pytest.mark.parametrize("format_", TYPED)
def test_values_that_are_no_objects_are_no_records(tmp_path, format_):
    file, reader = written(
        tmp_path, format_, [{"text": "one"}, 5, "words", None, [1], {"text": "two"}]
    )
    documents, skipped, _ = read(file, reader)
    assert len(documents) == 2
    assert [s.reason for s in skipped] == ["not_a_record"] * 4


def test_a_document_over_the_limit_is_too_large_and_names_its_source(tmp_path, format_):
    records = [
        {"text": "one", "source": "s"},
        {"text": "字" * 400, "source": "s"},
        {"text": "two", "source": "s"},
    ]
    file, reader = written(tmp_path, format_, records)
    documents, skipped, losses = read(file, reader, ReadOptions(max_document_bytes=1_000))
    assert [text for _, _, text in documents] == ["one", "two"]
    assert [(s.reason, s.source) for s in skipped] == [("too_large", "s")]
    assert not losses


def test_ids_that_are_numbers_become_text_and_missing_ones_a_place(tmp_path, format_):
    file, reader = written(tmp_path, format_, [{"id": 7, "text": "one"}, {"id": 8, "text": "two"}])
    assert [doc for doc, _, _ in read(file, reader)[0]] == ["7", "8"]
    file, reader = written(tmp_path, format_, [{"text": "one"}, {"text": "two"}])
    documents, _, _ = read(file, reader)
    name = file.path.rsplit("/", 1)[-1]
    assert [doc for doc, _, _ in documents] == [
        f"{name}#{position}" for _, position, _ in documents
    ]


def test_documents_with_the_same_id_are_all_kept(tmp_path, format_):
    file, reader = written(
        tmp_path, format_, [{"id": "a", "text": "one"}, {"id": "a", "text": "two"}]
    )
    assert len(read(file, reader)[0]) == 2


def test_a_blank_source_falls_back_to_the_path(tmp_path, format_):
    records = [{"text": "one", "source": "news"}, {"text": "two", "source": " "}]
    file, reader = written(tmp_path, format_, records)
    sources = [
        name
        for batch in reader_named(reader).read(Part(file, reader), ReadOptions())
        for name in batch.records.column("source").to_pylist()
    ]
    assert sources == ["news", "forum"]


def test_provenance_is_kept_and_always_a_column(tmp_path, format_):
    records = [{"text": "one", "url": "https://a.example", "licence": "CC0", "topic": "t"}]
    file, reader = written(tmp_path, format_, records)
    (batch,) = reader_named(reader).read(Part(file, reader), ReadOptions(keep_fields=("topic",)))
    row = batch.records.to_pylist()[0]
    assert (row["url"], row["license"], row["collected_at"]) == ("https://a.example", "CC0", None)
    assert row["topic"] == "t" and row["roles"] is None


def test_several_fields_are_one_document_with_roles(tmp_path, format_):
    records = [{"prompt": "问？", "chosen": "好👍", "rejected": "bad"}]
    file, reader = written(tmp_path, format_, records)
    (batch,) = reader_named(reader).read(Part(file, reader), ReadOptions())
    row = batch.records.to_pylist()[0]
    assert row["text"] == "问？\n好👍\nbad"
    said = {r["role"]: row["text"][r["start"] : r["end"]] for r in row["roles"]}
    assert said == {"prompt": "问？", "chosen": "好👍", "rejected": "bad"}


@pytest.mark.parametrize("format_", NULLS)
def test_a_chat_is_one_document_with_the_roles_of_its_messages(tmp_path, format_):
    chat = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "你好"}]
    file, reader = written(tmp_path, format_, [{"messages": chat}])
    (batch,) = reader_named(reader).read(Part(file, reader), ReadOptions())
    row = batch.records.to_pylist()[0]
    assert row["text"] == "hi\n你好"
    assert [(r["role"], r["start"], r["end"]) for r in row["roles"]] == [
        ("user", 0, 2),
        ("assistant", 3, 5),
    ]


def test_an_empty_file_holds_nothing_and_loses_nothing(tmp_path):
    for name, reader in (("a.jsonl", "jsonl"), ("a.json", "json"), ("a.csv", "csv")):
        assert read(stored(tmp_path, name, b""), reader) == ([], [], [])
    documents, skipped, losses = read(stored(tmp_path, "a.txt", b""), "text")
    assert [s.reason for s in skipped] == ["empty_text"] and not documents and not losses


@pytest.mark.parametrize("format_", [name for name in FORMATS if name != "csv"])
def test_a_file_that_is_cut_short_is_a_loss_and_never_an_exception(tmp_path, format_):
    records = [{"text": f"{i} {t}"} for i, t in enumerate(TEXTS * 50)]
    file, reader = written(tmp_path, format_, records)
    whole = (tmp_path / file.path).read_bytes()
    documents, skipped, losses = read(
        stored(tmp_path, file.path, whole[: len(whole) * 2 // 3]), reader
    )
    assert len(documents) < len(records)
    assert losses or [s.reason for s in skipped] == ["bad_record"]  # of the line that was cut


@pytest.mark.parametrize("format_", ["jsonl", "json", "csv"])
@pytest.mark.parametrize("suffix", [".gz", ".zst", ".bz2", ".xz", ".lz4"])
def test_a_truncated_compressed_file_keeps_what_was_read(tmp_path, format_, suffix):
    records = [
        {"text": f"{i} " + "".join(chr(0x4E00 + (i * j) % 20_000) for j in range(400))}
        for i in range(3_000)
    ]
    file, reader = written(tmp_path, format_, records, lambda data: compress(data, suffix), suffix)
    documents, skipped, losses = read(file, reader)
    assert len(documents) == len(records) and not skipped and not losses
    whole = (tmp_path / file.path).read_bytes()
    cut = stored(tmp_path, file.path, whole[: len(whole) * 9 // 10])
    documents, skipped, losses = read(cut, reader)
    assert len(losses) == 1
    assert len(documents) >= len(records) * 6 // 10  # bz2 and zstd lose a whole block
    assert not skipped


@pytest.mark.parametrize("suffix", [".gz", ".zst", ".bz2", ".xz", ".lz4"])
def test_members_and_frames_of_a_compressed_file_are_all_read(tmp_path, suffix):
    data = b"".join(compress(_jsonl([{"text": str(i)}]), suffix) for i in range(5))
    documents, _, losses = read(stored(tmp_path, f"a.jsonl{suffix}", data), "jsonl")
    assert [text for _, _, text in documents] == list("01234") and not losses


def compress(data, suffix):
    if suffix == ".gz":
        return gzip.compress(data)
    if suffix == ".bz2":
        import bz2

        return bz2.compress(data)
    if suffix == ".xz":
        import lzma

        return lzma.compress(data)
    out = pa.BufferOutputStream()
    with pa.CompressedOutputStream(out, {".zst": "zstd", ".lz4": "lz4"}[suffix]) as stream:
        stream.write(data)
    return out.getvalue().to_pybytes()


def test_a_bomb_is_bounded_and_says_how_to_raise_the_bound(tmp_path, monkeypatch):
    monkeypatch.setattr("corpus_audit.readers.decompression.EXPANSION_FLOOR", 1 << 20)
    data = gzip.compress(_jsonl([{"text": "one"}]) + b" " * (8 << 20))
    documents, _, losses = read(
        stored(tmp_path, "a.jsonl.gz", data), "jsonl", ReadOptions(max_expansion=10)
    )
    assert [text for _, _, text in documents] == ["one"]
    assert len(losses) == 1 and "--max-expansion" in losses[0].detail


@pytest.mark.parametrize("format_", ["jsonl", "json", "csv"])
@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "big5", "utf-16", "utf-8-sig"])
def test_other_encodings_are_read_when_named(tmp_path, format_, encoding):
    texts = (
        ["資料安全 and text", "第二行"] if encoding == "big5" else ["数据安全 and text", "第二行"]
    )
    file, reader = written(
        tmp_path, format_, [{"text": t} for t in texts], lambda data: data.decode().encode(encoding)
    )
    documents, skipped, losses = read(file, reader, ReadOptions(encoding=encoding))
    assert [text for _, _, text in documents] == texts
    assert not skipped and not losses


@pytest.mark.parametrize("format_", ["jsonl", "json", "csv"])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_a_byte_order_mark_is_enough(tmp_path, format_, encoding):
    file, reader = written(
        tmp_path,
        format_,
        [{"text": "数据"}, {"text": "b"}],
        lambda data: data.decode().encode(encoding),
    )
    documents, skipped, losses = read(file, reader)
    assert [text for _, _, text in documents] == ["数据", "b"] and not skipped and not losses


@pytest.mark.parametrize("format_", ["jsonl", "json", "csv"])
def test_bytes_of_another_encoding_cost_their_record_and_give_a_hint(tmp_path, format_):
    reader, ending, write = FORMATS[format_]
    records = [{"text": "good"}, {"text": "MARK"}, {"text": "more"}]
    data = write(records).replace(
        b"MARK", "这是一个关于数据安全的文件，请不要外传".encode("gb18030")
    )
    documents, skipped, losses = read(stored(tmp_path, f"a.{ending}", data), reader)
    assert [text for _, _, text in documents] == ["good", "more"]
    assert [s.reason for s in skipped] == ["invalid_encoding"] and not losses
    assert "--encoding gb18030" in skipped[0].detail


@pytest.mark.parametrize("format_", ["jsonl", "json", "csv"])
def test_utf_16_without_a_mark_is_a_loss_with_a_hint(tmp_path, format_):
    file, reader = written(
        tmp_path,
        format_,
        [{"text": "some text"}] * 9,
        lambda data: data.decode().encode("utf-16-le"),
    )
    documents, _, losses = read(file, reader)
    assert not documents and len(losses) == 1 and "--encoding utf-16-le" in losses[0].detail


def test_remote_files_are_read_like_local_ones(tmp_path, format_):
    reader, ending, write = FORMATS[format_]
    data = write([{"text": t} for t in TEXTS])
    path = f"memory://contract/forum.{ending}"
    with fsspec.open(path, "wb") as stream:
        stream.write(data)
    file = InputFile(path, "memory://contract", len(data), "1")
    for target in (None, 2_000):
        documents, skipped, losses = read(file, reader, target=target)
        assert [text for _, _, text in documents] == TEXTS and not skipped and not losses


def test_a_file_that_is_gone_is_a_loss(tmp_path, format_):
    file, reader = written(tmp_path, format_, [{"text": "one"}])
    documents, skipped, losses = read(replace(file, path=file.path + ".gone"), reader)
    assert not documents and not skipped and len(losses) == 1


def test_no_detail_holds_text_of_a_record(tmp_path):
    secret = "SECRETWORD"
    bad = [
        f'{{"text": "{secret}',
        f'{{"text": {secret}}}',
        f"\\{secret}",
        f'{{"text": "\x01{secret}"}}',
        f'{{"{secret}": 1}}',
    ]
    data = (
        "\n".join(['{"text": "ok"}', *bad]).encode() + b'\n{"text": "\xff' + secret.encode() + b'"}'
    )
    _, skipped, _ = read(stored(tmp_path, "a.jsonl", data), "jsonl")
    assert len(skipped) == 6 and not any(secret in s.detail for s in skipped)
