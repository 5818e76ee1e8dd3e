"""Redaction: the same formats out as in, nothing of the values left, stable pseudonyms."""

import csv
import gzip
import json
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus_audit.errors import UsageError
from corpus_audit.pii.checksums import digits_of, id_check, luhn
from corpus_audit.pii.digits import is_valid_uscc
from corpus_audit.pii.finder import Finder
from corpus_audit.pii.pseudonyms import pseudonym
from corpus_audit.pii.redactor import METHODS, Redactor
from corpus_audit.redact.run import redact_corpus
from corpus_audit.types import ReadOptions

MOBILE, CARD, ID = "13912345679", "6212262502009182455", "110101199003074514"
TEXT = f"联系人：王小明，电话{MOBILE}，身份证{ID}，卡号{CARD}，微信号：abc_1234，邮箱 li.lei@corp.cn。今天天气很好。"
VALUES = ["王小明", MOBILE, ID, CARD, "abc_1234", "li.lei@corp.cn"]
KEY = b"k" * 32
ROWS = [{"id": i, "text": TEXT, "n": 1.5} for i in range(3)] + [{"id": 9, "text": "干净", "n": 0.0}]


def write(folder, name):
    path = folder / name
    if ".jsonl" in name:
        data = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode()
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    elif name.endswith(".json"):
        path.write_text(json.dumps(ROWS, ensure_ascii=False))
    elif name.endswith(".parquet"):
        pq.write_table(pa.Table.from_pylist(ROWS), path)
    elif name.endswith(".arrow"):
        table = pa.Table.from_pylist(ROWS)
        with pa.ipc.new_stream(str(path), table.schema) as out:
            out.write_table(table)
    elif name.endswith(".csv"):
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(ROWS[0]))
            writer.writeheader()
            writer.writerows(ROWS)
    else:
        path.write_text(TEXT)
    return path


def read(path):
    name = path.name
    if ".jsonl" in name:
        data = path.read_bytes()
        data = gzip.decompress(data) if name.endswith(".gz") else data
        return [json.loads(line) for line in data.splitlines()]
    if name.endswith(".json"):
        return json.loads(path.read_text())
    if name.endswith(".parquet"):
        return pq.read_table(path).to_pylist()
    if name.endswith(".arrow"):
        return pa.ipc.open_stream(path.read_bytes()).read_all().to_pylist()
    if name.endswith(".csv"):
        with path.open(newline="", encoding="utf-8") as file:
            return [{"id": int(r["id"]), "text": r["text"], "n": float(r["n"])}
                    for r in csv.DictReader(file)]  # fmt: skip
    return path.read_text()


NAMES = ["a.jsonl", "a.jsonl.gz", "a.json", "a.parquet", "a.arrow", "a.csv", "a.txt"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("method", METHODS)
def test_every_format_comes_back_as_it_was_but_for_the_values(tmp_path, name, method):
    write(tmp_path, name)
    options = ReadOptions()
    report = redact_corpus(
        [str(tmp_path / name)], tmp_path / "out", Redactor(method, key=KEY), options
    )
    answer = read(tmp_path / "out" / name)
    (text,), _ = Redactor(method, key=KEY).redact([TEXT])
    assert not any(value in text for value in VALUES) and text.endswith("今天天气很好。")
    if name == "a.txt":
        assert answer == text
    else:
        expected = [{**row, "text": text if row["text"] == TEXT else row["text"]} for row in ROWS]
        assert answer == expected
        assert (report.records, report.changed) == (4, 3)
    log = json.loads((tmp_path / "out/redaction.json").read_text())
    assert log["counts"]["cn_mobile"] == report.counts["cn_mobile"] >= 1
    assert not any(value in json.dumps(log, ensure_ascii=False) for value in VALUES)


def test_an_unredacted_format_or_an_existing_target_is_refused(tmp_path):
    write(tmp_path, "a.jsonl")
    redactor = Redactor("mask")
    redact_corpus([str(tmp_path / "a.jsonl")], tmp_path / "out", redactor, ReadOptions())
    with pytest.raises(UsageError, match="is not empty"):
        redact_corpus([str(tmp_path / "a.jsonl")], tmp_path / "out", redactor, ReadOptions())
    import zipfile

    with zipfile.ZipFile(tmp_path / "b.zip", "w") as packed:
        packed.write(tmp_path / "a.jsonl", "a.jsonl")
    with pytest.raises(UsageError, match=r"cannot be written again.*jsonl, parquet"):
        redact_corpus([str(tmp_path / "b.zip")], tmp_path / "out2", redactor, ReadOptions())


DAMAGED = {
    "a.jsonl": (
        f'{{"text": "好", "n": 1.50,  "big": 123456789012345678901234567890}}\n{{"text": "{MOBILE}\n\n'
        f'[1]\n{{"text": "\\ud83d {MOBILE}"}}\n{{"text": "电话{MOBILE}", "n": 1e400}}\r\n',
        '{"text": "好", "n": 1.50,  "big": 123456789012345678901234567890}\n', 3,
    ),
    "a.json": (
        f'{{"version": 1, "rows": [\n{{"text":  "好"}}, {{"text": "{MOBILE}" x}},\n{{"text": "去"}}]}}',
        '{"text":  "好"},\n{"text": "去"}', 1,
    ),
    "a.csv": (
        f'id,text\r\n1,"好,\n的"\r\n\r\n2,{MOBILE},{MOBILE}\r\n3,"{MOBILE}\r\n',
        'id,text\r\n1,"好,\n的"\r\n\r\n', 2,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGED)
def test_records_keep_their_bytes_and_damaged_ones_are_left_out_never_copied(tmp_path, name):
    data, kept, left_out = DAMAGED[name]
    (tmp_path / name).write_bytes(data.encode())
    done = subprocess.run(
        [sys.executable, "-m", "corpus_audit", "redact", name, "-o", "out"],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    written = (tmp_path / "out" / name).read_bytes().decode()
    assert (
        done.returncode == 5 and f"{left_out} record" in done.stdout and "LEFT OUT" in done.stdout
    )
    assert kept in written
    assert MOBILE not in written + done.stdout + done.stderr
    if name == "a.json":
        assert [row["text"] for row in json.loads(written)["rows"]] == ["好", "去"]


def test_encodings_come_back_and_a_tag_that_does_not_fit_is_escaped(tmp_path):
    row = json.dumps({"text": f"電話{MOBILE}"}, ensure_ascii=False) + "\n"
    (tmp_path / "a.jsonl").write_bytes(row.encode("big5"))
    redact_corpus([str(tmp_path / "a.jsonl")], tmp_path / "out", Redactor("tag"),
                  ReadOptions(encoding="big5"))  # fmt: skip
    written = (tmp_path / "out/a.jsonl").read_bytes().decode("big5")
    assert json.loads(written)["text"] == "電話[手机号]" and "\\u624b" in written


def test_file_names_are_masked_and_keep_their_format(tmp_path):
    (tmp_path / "in/患者王小明").mkdir(parents=True)
    data = gzip.compress(json.dumps({"text": TEXT}).encode() + b"\n")
    (tmp_path / f"in/患者王小明/{MOBILE}.jsonl.gz").write_bytes(data)
    redact_corpus([str(tmp_path / "in")], tmp_path / "out", Redactor(key=KEY), ReadOptions())
    (file,) = (tmp_path / "out").rglob("*.jsonl.gz")
    assert MOBILE not in file.name and "王小明" not in str(file.relative_to(tmp_path))
    assert not any(value in gzip.decompress(file.read_bytes()).decode() for value in VALUES)


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow"])
def test_tables_keep_schema_groups_and_codecs(tmp_path, name):
    schema = pa.schema({"text": pa.string(), "kind": pa.dictionary(pa.int8(), pa.string()),
                        "at": pa.timestamp("us"), "deep": pa.list_(pa.struct({"text": pa.string()}))},
                       metadata={"k": "v"})  # fmt: skip
    rows = [{"text": TEXT, "kind": "a", "at": 1_700_000_000_000_123, "deep": [{"text": TEXT}, None]},
            {"text": None, "kind": None, "at": None, "deep": None}] * 3  # fmt: skip
    table = pa.Table.from_pylist(rows, schema)
    if name == "a.parquet":
        pq.write_table(table, tmp_path / name, compression="zstd", row_group_size=2)
        table = pq.read_table(tmp_path / name)
    else:
        with pa.ipc.new_file(str(tmp_path / name), schema) as out:
            out.write_table(table, max_chunksize=2)
    redact_corpus([str(tmp_path / name)], tmp_path / "out", Redactor("tag"), ReadOptions(),
                  all_fields=True)  # fmt: skip
    place = tmp_path / "out" / name
    if name == "a.parquet":
        meta = pq.ParquetFile(place).metadata
        assert (meta.num_row_groups, meta.row_group(0).column(0).compression) == (3, "ZSTD")
        answer = pq.read_table(place)
    else:
        with pa.ipc.open_file(place.read_bytes()) as file:
            assert file.num_record_batches == 3
            answer = file.read_all()
    assert answer.schema.equals(table.schema, check_metadata=True)
    assert answer.drop(["text", "deep"]) == table.drop(["text", "deep"])
    assert not any(value in str(answer.to_pylist()) for value in VALUES)


def test_only_the_kinds_that_are_named_are_replaced():
    (text,), (counts,) = Redactor("tag", ["cn_mobile"]).redact([TEXT])
    assert "[手机号]" in text and ID in text and counts == {"cn_mobile": 1}
    with pytest.raises(UsageError, match="no such kind"):
        Redactor("tag", ["mobile"])


PSEUDONYMS = {
    "cn_mobile": ["13912345679", "139-1234-5679", "+86 139 1234 5679"],
    "bank_card": ["6212262502009182455", "6212 2625 0200 9182 455"],
    "cn_resident_id": ["110101199003074514", "11010119900307002X"],
    "us_ssn": ["536-22-1234"],
    "cn_landline": ["010-62345678", "(0755)82345678"],
    "ip_address": ["203.1.113.9"],
}


@pytest.mark.parametrize(("kind", "values"), PSEUDONYMS.items())
def test_pseudonyms_are_stable_keyed_and_keep_the_format(kind, values):
    for value in values:
        made = pseudonym(kind, value, KEY)
        assert made == pseudonym(kind, value, KEY) != pseudonym(kind, value, b"another")
        assert made != value
        if kind != "ip_address":
            assert len(made) == len(value)
            marks = [char if not char.isalnum() else "" for char in value]
            assert marks == [char if not char.isalnum() else "" for char in made]


def test_one_number_has_one_pseudonym_however_it_is_written():
    made = {digits_of(pseudonym("cn_mobile", v, KEY))[-11:].tobytes()
            for v in PSEUDONYMS["cn_mobile"]}  # fmt: skip
    assert len(made) == 1


@pytest.mark.parametrize("seed", range(200))
def test_pseudonyms_carry_a_wrong_check_digit_and_are_never_found_as_real(seed):
    body = digits_of(f"11010119900307{seed:03}")
    number = f"11010119900307{seed:03}" + "0123456789X"[id_check(body)]
    made = pseudonym("cn_resident_id", number, KEY)
    assert "0123456789X"[id_check(digits_of(made[:17]))] != made[-1]
    card = pseudonym("bank_card", str(6212262502009182455 + seed), KEY)
    assert not luhn(digits_of(card), len(card))
    assert not is_valid_uscc(pseudonym("cn_social_credit_code", f"91230184MA1BUFL{seed:03}", KEY))


def test_what_was_redacted_is_found_no_more():
    checked = {"cn_resident_id", "bank_card", "cn_mobile", "cn_landline"}
    finder = Finder()
    for method in METHODS:
        (text,), _ = Redactor(method, key=KEY).redact([TEXT])
        (matches,) = finder.matches([text])
        assert not checked & {m.kind for m in matches if m.level != "low"}
