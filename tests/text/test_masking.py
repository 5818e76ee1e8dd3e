"""Masking of excerpts and labels."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_audit.excerpts import cut_excerpts
from corpus_audit.text.buffers import Utf8
from corpus_audit.text.masking import mask_excerpt, mask_excerpts, mask_label, mask_labels
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


def cut(document: str, start: int, end: int, context: int) -> tuple[str, str, str]:
    column = Utf8.of(pa.array(["", document], pa.large_string()))
    one = np.ones(1, np.int32)
    findings = Findings(one, one, np.array([start]), np.array([end]), one)
    before, match, after = cut_excerpts(column, findings, context)
    return before[0], match[0], after[0]


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
