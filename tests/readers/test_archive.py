"""Members of archives go through the readers of their own formats."""

import gzip
import io
import tarfile
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from reading import read, stored

from corpus_audit.readers.registry import reader_named
from corpus_audit.text.batch import Batch
from corpus_audit.types import Loss, Part, ReadOptions, Skipped


def table():
    out = io.BytesIO()
    pq.write_table(pa.table({"text": ["in parquet"]}), out)
    return out.getvalue()


MEMBERS = {
    "forum/a.jsonl": b'{"text": "in jsonl"}\n',
    "forum/b.jsonl.gz": gzip.compress(b'{"text": "in gzip"}\n'),
    "books/c.txt": "在文本中".encode(),
    "wiki/d.parquet": table(),
    "wiki/e.csv": b"id,text\n1,in csv\n",
    "wiki/f.json": b'[{"text": "in json"}]',
}
TEXTS = {"in jsonl", "in gzip", "在文本中", "in parquet", "in csv", "in json"}


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(members, mode="w"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


ARCHIVES = {
    "a.zip": zipped,
    "a.tar": tarred,
    "a.tar.gz": lambda members: tarred(members, "w:gz"),
    "a.tgz": lambda members: tarred(members, "w:gz"),
    "a.tar.bz2": lambda members: tarred(members, "w:bz2"),
    "a.txz": lambda members: tarred(members, "w:xz"),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_members_are_read_by_their_own_readers(tmp_path, name):
    file = stored(tmp_path, name, ARCHIVES[name](MEMBERS))
    documents, skipped, losses = read(file, "archive")
    assert {text for _, _, text in documents} == TEXTS
    assert not skipped and not losses


def test_a_path_names_the_member_and_its_folder_the_source(tmp_path):
    file = stored(tmp_path, "a.zip", zipped(MEMBERS))
    rows = [
        row
        for batch in reader_named("archive").read(Part(file, "archive"), ReadOptions())
        for row in batch.records.select(["path", "source"]).to_pylist()
    ]
    assert {"path": f"{file.path}!/forum/a.jsonl", "source": "forum"} in rows
    assert {row["source"] for row in rows} == {"forum", "books", "wiki"}


@pytest.mark.parametrize("name", ["a.zip", "a.tar"])
def test_members_that_no_reader_knows_are_skipped_and_system_files_are_no_members(tmp_path, name):
    members = {
        "x.jsonl": b'{"text": "one"}',
        "y.bin": b"?",
        "z.zip": zipped({}),
        "__MACOSX/x": b"",
        ".hidden": b"",
    }
    documents, skipped, losses = read(stored(tmp_path, name, ARCHIVES[name](members)), "archive")
    assert len(documents) == 1 and not losses
    assert [s.reason for s in skipped] == ["unsupported_format"] * 2


def test_an_encrypted_member_is_skipped(tmp_path):
    data = bytearray(zipped({"x.txt": b"one", "y.txt": b"two"}))
    for sign, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + flag] |= 1
    documents, skipped, _ = read(stored(tmp_path, "a.zip", bytes(data)), "archive")
    assert [text for _, _, text in documents] == ["two"]
    assert [s.reason for s in skipped] == ["encrypted"]


def test_a_damaged_member_costs_only_itself(tmp_path):
    data = bytearray(zipped({"x.txt": b"one " * 99, "y.txt": b"two"}))
    data[data.index(b"x.txt") + 7] ^= 0xFF
    documents, _, losses = read(stored(tmp_path, "a.zip", bytes(data)), "archive")
    assert [text for _, _, text in documents] == ["two"] and len(losses) == 1


@pytest.mark.parametrize("name", ARCHIVES)
def test_a_truncated_archive_is_a_loss_and_keeps_what_came_before(tmp_path, name):
    members = {
        f"{i}.txt": bytes((i * j * 7919) % 251 % 95 + 32 for j in range(9_000)) for i in range(40)
    }
    data = ARCHIVES[name](members)
    documents, _, losses = read(stored(tmp_path, name, data[: len(data) // 2]), "archive")
    assert losses
    if not name.endswith(
        (".zip", ".bz2", ".txz")
    ):  # these hold the index, or one block, at the end
        assert len(documents) >= 10


def test_a_bomb_in_an_archive_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr("corpus_audit.readers.archive._BOMB_FLOOR", 1 << 20)
    file = stored(tmp_path, "a.zip", zipped({"x.txt": b" " * (8 << 20)}))
    found = list(reader_named("archive").read(Part(file, "archive"), ReadOptions(max_expansion=10)))
    assert not [item for item in found if isinstance(item, Batch | Skipped)]
    assert [item for item in found if isinstance(item, Loss) and "--max-expansion" in item.detail]
