"""jieba's dictionary, read without starting jieba."""

from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path

import jieba
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_audit.rules.edges import cuts_a_word
from corpus_audit.rules.word_frequency import Prefixes, word_frequencies


@cache
def dictionary():
    with Path(jieba.__file__).with_name("dict.txt").open("rb") as file:
        return jieba.Tokenizer.gen_pfdict(file)


@pytest.fixture
def built():
    """What jieba builds itself: (counts by word and beginning, their sum)."""
    return dictionary()


@cache
def tokenizer():
    made = jieba.Tokenizer()
    made.FREQ, made.total = dictionary()
    made.initialized = True
    return made


def test_words_entered_as_they_are_asked_for_are_those_of_jieba(built):
    counts, total = built
    prefixes = Prefixes()
    assert prefixes.total == total
    assert not prefixes
    prefixes.enter("宝蘸")
    assert prefixes["宝鸡"] == counts["宝鸡"]
    assert prefixes["蘸水"] == 0  # begins a word and is none
    assert {word[0] for word in prefixes} == {"宝", "蘸"}
    prefixes.enter("".join({word[0] for word in counts}) + "🙂\n")
    assert prefixes == counts


def test_word_frequencies_count_capitals_and_small_letters_together(built):
    counts, total = built
    seen = word_frequencies()
    assert seen.total == total
    assert seen.seen["中国"] == counts["中国"]
    assert seen.seen["at&t"] == counts["AT&T"]


@pytest.mark.parametrize(
    ("before", "match", "after", "cut"),
    [
        ("我在宝", "鸡巴", "士站等你", True),
        ("你这个", "鸡巴", "东西", False),
        ("出售", "K粉", "，有货", False),
        ("他去", "赌博", "机旁边", False),  # a longer word holds the whole match
        ("", "鸡巴", "", False),
    ],
)
def test_a_match_inside_a_longer_word_is_told_by_jieba(before, match, after, cut):
    assert cuts_a_word(before, match, after) == cut


@given(
    st.text("宝鸡巴士站毒品销售点卖淫秽k粉", max_size=12).filter(lambda t: "kk" not in t), st.data()
)
def test_only_matches_that_words_of_the_dictionary_cross_are_cut(text, data):
    # kk is one ASCII word: its edges are looked at before
    start = data.draw(st.integers(0, len(text)))
    stop = data.draw(st.integers(start, len(text)))
    tokens = [0, *accumulate(map(len, tokenizer().cut(text, HMM=False)))]
    cut = any(
        (a < start < b) != (a < stop < b) and not (a <= start and stop <= b)
        for a, b in pairwise(tokens)
    )
    assert cuts_a_word(text[:start], text[start:stop], text[stop:]) == cut
