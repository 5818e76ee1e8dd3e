"""Masking of excerpts and labels."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_audit.excerpts import cut_excerpts
from corpus_audit.pii.masking import (
    is_masked,
    mask_excerpt,
    mask_excerpts,
    mask_label,
    mask_labels,
)
from corpus_audit.text.buffers import Utf8
from corpus_audit.types import Findings

PLANTED = [
    "13812345678", "138-1234-5678", "138 1234 5678", "１３８１２３４５６７８", "110101199003074514",
    "11010119900307451X", "6222020000000000", "zhangsan@example.org", "zhang.san＠example.org",
    "+8613812345678", "E12345678", "192.168.13.77", "4111 1111 1111 1111", "010-62345678",
    "AKIAIOSFODNN7EXAMPLE", "wxid_abc12345",
]  # fmt: skip


@pytest.mark.parametrize("secret", PLANTED)
@pytest.mark.parametrize("frame", ["{}", "电话{}谢谢", "call {} now", "（{}）", "x：{}。"])
def test_excerpts_hold_no_planted_value(secret, frame):
    text = frame.format(secret)
    masked = mask_excerpt(text)
    assert secret not in masked
    assert len(masked) == len(text)


def test_ordinary_words_stay_readable():
    text = "注册送彩金，真人荷官，2024 年 free porn videos in HD."
    assert mask_excerpt(text) == text


def test_control_and_direction_characters_become_inert():
    assert mask_excerpt("a\x1b[31mb\u202ec\nd") == "a [31mb c d"


def cut_all(
    documents: list[str], spans: list[tuple[int, int, int]], context: int
) -> list[tuple[str, str, str]]:
    column = Utf8.of(pa.array(documents, pa.large_string()))
    row, start, end = np.array(spans, np.int64).reshape(-1, 3).T
    rule = np.zeros(len(spans), np.int32)
    findings = Findings(row.astype(np.int32), rule, start, end, rule)
    return [*zip(*cut_excerpts(column, findings, context), strict=True)]


def cut(document: str, start: int, end: int, context: int) -> tuple[str, str, str]:
    return cut_all(["", document], [(1, start, end)], context)[0]


@given(
    st.lists(st.text("在冰毒 ab，。\n", min_size=20, max_size=700), min_size=1, max_size=3),
    st.data(),
)
def test_findings_that_lie_close_show_the_same_as_each_alone(documents, data):
    spans = []
    for row, document in enumerate(documents):
        for _ in range(data.draw(st.integers(0, 4))):
            start = data.draw(st.integers(0, len(document) - 1))
            spans.append((row, start, data.draw(st.integers(start, len(document)))))
    together = cut_all(documents, sorted(spans), 40)
    assert together == [cut_all(documents, [span], 40)[0] for span in sorted(spans)]
    for (row, start, end), (before, match, after) in zip(sorted(spans), together, strict=True):
        shown = documents[row][max(0, start - 40) : end + 40].replace("\n", " ")
        assert before + match + after == shown


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)))))
def test_masking_keeps_length_so_spans_stay_true(texts):
    masked = mask_excerpts(texts)
    assert [*map(len, masked)] == [*map(len, texts)]
    for text, together in zip(texts, masked, strict=True):
        alone = mask_excerpt(text)  # together, no less is masked
        assert all(t in (a, "*") for a, t in zip(alone, together, strict=True))
    for text in texts:
        before, match, after = cut("x" * 60 + text, 60, 60 + len(text), 10)
        assert (len(before), len(match), after) == (10, len(text), "")


def test_a_number_on_the_border_of_an_excerpt_is_masked_as_a_whole():
    document = "手机13812345678" + "在" * 35 + "冰毒"
    start = document.index("冰毒")
    before, _, _ = cut(document, start, start + 2, 40)
    assert before.startswith("****8在")  # five of its digits lie inside the excerpt


@pytest.mark.parametrize(
    "label",
    ["zh-221588", "train-00000-of-00009", "2024/11/05/part-0001.jsonl", "a b",
     "1699999999999", "9787115428028"],
)  # fmt: skip
def test_ordinary_labels_stay_as_they_are(label):
    assert mask_label(label) == label


@pytest.mark.parametrize(
    "label",
    [
        "user-13812345678",
        "a/zhangsan@example.org.txt",
        "110101199003074514",
        "card 4111111111111111",
    ],
)
def test_labels_with_the_shape_of_personal_data_are_masked_and_stay_distinct(label):
    other = label.replace("7", "3", 1).replace("a", "b", 1).replace("41", "43", 1)
    assert label not in mask_label(label, b"k")
    assert mask_label(label, b"k") != mask_label(label, b"other key")
    assert mask_labels(pa.array([label, "x"]), b"k").to_pylist() == [mask_label(label, b"k"), "x"]
    assert mask_label(other, b"k") != mask_label(label, b"k")


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("length", [30, 100, 250])
def test_a_mail_address_longer_than_the_margin_is_masked_as_a_whole(side, length):
    mail = "zhangsan." * (length // 9) + "@example.org"
    if side == "after":
        mail = f"a@{'mail.' * (length // 5)}example.org"
    for gap in (0, 20, 60, 110):
        words = "在 " * (gap // 2)
        document = f"{mail} {words}冰毒" if side == "before" else f"冰毒 {words}{mail} end"
        at = document.index("冰毒")
        before, _, after = cut(document, at, at + 2, 40)
        shown = before + after
        assert not any(word in shown for word in ("zhang", "san.", "mail", "example"))


def test_a_mail_address_that_the_window_cuts_on_its_left_is_masked():
    document = "x " + "zhangsan" * 30 + "@example.org 冰毒"
    at = document.index("冰毒")
    before, _, _ = cut(document, at, at + 2, 20)
    assert "example" not in before and "zhang" not in before


def test_a_position_that_ends_a_default_id_is_no_number():
    assert mask_label("crawl/a.jsonl#13812345678", b"k") == "crawl/a.jsonl#13812345678"
    assert mask_label("a.jsonl#4111111111111111", b"k") == "a.jsonl#4111111111111111"
    path = mask_label("13812345678.jsonl", b"k")
    assert is_masked(path) and not is_masked("13812345678.jsonl")
    assert mask_label("13812345678.jsonl#13812345679", b"k") == f"{path}#13812345679"


@pytest.mark.parametrize(
    "label",
    [
        "１３８１２３４５６７８", "1３8１2３4５6７8", "user ４１１１１１１１１１１１１１１１",
        "１１０１０１１９９００３０７４５１４", "11010119900307451Ｘ", "138 1234-5678",
        "https://h/p?X-Amz-Signature=0af3b", "https://h/p?a=1&token=hunter", "h?sig=a%2B",
        "p;password=x1", "https://h/p?apiKey=abc#frag", "h?AWSAccessKeyId=AKIA",
    ],
)  # fmt: skip
def test_what_a_label_is_masked_for_is_also_suspect_in_a_column(label):
    masked = mask_label(label, b"k")
    assert masked != label and is_masked(masked)
    assert mask_labels(pa.array([label]), b"k").to_pylist() == [masked]


@given(st.text(st.sampled_from("0129１３８٣८ -@＠aX.?&=#*~tokensig;"), max_size=40))
def test_a_column_is_masked_as_its_values_are(label):
    assert mask_labels(pa.array([label, "x"]), b"k").to_pylist() == [mask_label(label, b"k"), "x"]


def test_secret_values_of_urls_are_starred_and_others_stay():
    masked = mask_label("https://h/p.jsonl?part=7&X-Amz-Signature=0af3&x=1#t", b"k")
    assert masked.startswith("https://h/p.jsonl?part=7&X-Amz-Signature=****&x=1#t~")
    for label in ("https://h/p?page=7&lang=zh", "key=1/date=2024/part-0.parquet", "?design=a"):
        assert mask_label(label, b"k") == label


def test_a_column_that_repeats_itself_is_looked_at_once_for_each_value(monkeypatch):
    from corpus_audit.pii import masking

    seen: list[int] = []
    plain = masking._mask_each
    monkeypatch.setattr(
        masking, "_mask_each", lambda column, key: seen.append(len(column)) or plain(column, key)
    )
    paths = pa.array(["13812345678.txt", "b.txt"] * 500)
    expected = [mask_label("13812345678.txt", b"k"), "b.txt"] * 500
    assert mask_labels(paths, b"k").to_pylist() == expected
    assert mask_labels(paths, b"k").type == paths.type
    mask_labels(pa.array([f"id-{i}" for i in range(1000)]), b"k")
    mask_labels(pa.array([], pa.string()), b"k")
    assert seen == [2, 2, 1000, 0]
