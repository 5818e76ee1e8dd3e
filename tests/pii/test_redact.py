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
    with pytest.raises(UsageError, match="cannot be written again"):
        redact_corpus([str(tmp_path / "b.zip")], tmp_path / "out2", redactor, ReadOptions())


def test_records_that_cannot_be_read_are_left_out_and_counted_never_copied(tmp_path):
    (tmp_path / "a.jsonl").write_text(f'{{"text": "好"}}\n{{"text": "{MOBILE}\n')
    done = subprocess.run(
        [sys.executable, "-m", "corpus_audit", "redact", "a.jsonl", "-o", "out"],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 5 and "LEFT OUT" in done.stdout
    assert MOBILE not in (tmp_path / "out/a.jsonl").read_text() + done.stdout + done.stderr


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
