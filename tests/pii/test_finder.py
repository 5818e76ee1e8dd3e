"""What holds for every text: spans, independence of documents, caps, hostile input."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_audit.pii.finder import Finder
from corpus_audit.text.buffers import Utf8
from corpus_audit.text.fold import fold

PIECES = [
    "姓名：张伟", "电话13912345678 ", "１３９１２３４５６７８", "卡号6222 0212 3456 7890 128", " ", "\n", "，", "a@b.cn",
    "110101199003074514", "11010119900307002x", "微信号abc_123", "京A12345", "北京市海淀区中关村大街1号", "1", "@", ".",
    "://", "u:p4ssw0rd1@h.cn", "°", "39.9042,116.4074", "出生", "1990-01-01", "\u200b", "😀", "ﬁ", "½", "ghp_", "eyJ",
    "-----BEGIN ", "姓名,电话,护照号 ", "E12345678,", "1.2.3.4", "ab:cd:ef:01:23:45", "\x00", "先生", "李小明",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=14).map(
    lambda parts: "".join(parts).encode("utf-8", "ignore").decode()
)


@pytest.fixture(scope="module")
def finder() -> Finder:
    return Finder()


@settings(max_examples=60)
@given(st.lists(texts, max_size=5))
def test_a_document_is_judged_alike_alone_and_among_others(finder, documents):
    together = finder.matches(documents)
    assert together == [finder.matches([text])[0] for text in documents]
    for text, matches in zip(documents, together, strict=True):
        end = 0
        for match in matches:
            assert end <= match.start < match.end <= len(text)  # in order, none in another
            end = match.end


HOSTILE = ["1", "@", ".", "1.", "a@", "0123456789 ", "姓名", "密码=", "北京市", "ab:", "京a1", "eyJ", "姓名,",
           "-----begin ", "token=", "13812345678 "]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_gives_no_more_than_the_cap_and_says_what_it_left_out(piece):
    """Work is bounded, not timed: per finder and document at most `cap` candidates are judged."""
    finder = Finder(cap=50)
    counts = []
    for size in (20_000, 40_000):
        column = Utf8.of(
            pa.array([piece * (size // len(piece)), "电话13912345678"], pa.large_string())
        )
        found, capped = finder.find(column, fold(column))
        counts.append((int((found.row == 0).sum()), int(capped[0])))
        assert (found.row == 1).sum() == 1 and capped[1] == 0  # no other document suffers
    (few, left), (again, more) = counts
    assert few <= 50 * 12 and again <= 50 * 12
    assert more <= 2.2 * left + 200  # linear in the text


def test_what_the_cap_leaves_out_is_counted():
    finder = Finder(cap=10)
    column = Utf8.of(pa.array(["13812345679 " * 30], pa.large_string()))
    found, capped = finder.find(column, fold(column))
    assert len(found) == 10
    assert capped[0] >= 20
