"""Terms by their sound: an option, and weak."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_audit.detectors.keywords import KeywordDetector
from corpus_audit.errors import UsageError
from corpus_audit.rules.matcher import Matcher
from corpus_audit.rules.pinyin import PinyinTerms
from corpus_audit.text.buffers import Utf8
from corpus_audit.text.fold import fold
from corpus_audit.types import LEVELS
from tests.rules.writing import names, rule

RULES = [
    rule(terms=("赌博网站", "赌博", "六合彩", "casino")),
    rule("u", all=(("冰毒",), ("出售",))),
]
SOUNDS, MATCHER = PinyinTerms(RULES), Matcher(RULES)


def heard(*texts):
    """(row, heard text, level, names of the trace) of what is only heard."""
    raw = Utf8.of(pa.array(texts, pa.large_string()))
    known = MATCHER.match(raw, fold(raw))
    found = SOUNDS.match(raw, fold(raw, "pinyin"), known)
    return [
        (row, texts[row][a:b], LEVELS[level], "+".join(names(trace)))
        for row, a, b, level, trace in zip(
            found.row, found.start, found.end, found.level, found.trace, strict=True
        )
    ]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("来读博网站玩", ["读博", "读博网站"]),  # homophones
        ("来du博wang站玩", ["du博"]),  # begun and ended in one way each, not mixed at will
        ("来dubo网站玩", ["dubo网站"]),
        ("来赌博wangzhan，玩", ["赌博wangzhan"]),
        ("dubowangzhan", ["dubowangzhan"]),
        ("the dubowangzhans", []),  # an edge of a word, as everywhere
        ("dubo", []),  # four letters are any word
        ("病毒，出售", []),  # rules that want more take no part
        ("赌博", []),  # known as written
        ("读，博", []),
    ],
)
def test_a_term_is_heard_and_weighs_low(text, pieces):
    assert [(piece, level) for _, piece, level, _ in heard(text)] == [(p, "low") for p in pieces]


def test_the_trace_says_that_it_was_heard():
    assert heard("今天", "去读博网站") == [
        (1, "读博", "low", "pinyin"), (1, "读博网站", "low", "pinyin"),
    ]  # fmt: skip


@given(
    st.text("的一读毒堵渡赌博播波泊ab，。 \n𠮷", max_size=30),
    st.sampled_from(["读博", "堵播", "渡波"]),
)
def test_spans_point_into_the_raw_text(before, homophone):
    assert homophone in [piece for _, piece, _, _ in heard(f"{before}，{homophone}，x")]


def test_it_is_off_until_it_is_asked_for(make_batch, tmp_path):
    batch = make_batch("来玩北京赛车计划群")
    plain, asked = KeywordDetector({}), KeywordDetector({"evasion": ["pinyin"]})
    assert plain.digest != asked.digest
    assert np.array_equal(plain.scan(batch).findings.row, asked.scan(batch).findings.row)
    with pytest.raises(UsageError, match="--evasion sonar: not known"):
        KeywordDetector({"evasion": ["sonar"]})
