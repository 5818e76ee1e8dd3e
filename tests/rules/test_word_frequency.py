"""jieba's dictionary, read without starting jieba."""

from pathlib import Path

import jieba
import pytest

from corpus_audit.rules.edges import cuts_a_word
from corpus_audit.rules.word_frequency import Prefixes, word_frequencies


@pytest.fixture(scope="module")
def built():
    """What jieba builds itself: (counts by word and beginning, their sum)."""
    with Path(jieba.__file__).with_name("dict.txt").open("rb") as file:
        return jieba.Tokenizer.gen_pfdict(file)


def test_words_entered_as_they_are_asked_for_are_those_of_jieba(built):
    counts, total = built
    prefixes = Prefixes()
    assert prefixes.total == total
    assert "宝鸡" in prefixes
    assert len(prefixes) < 10_000
    assert prefixes.get("蘸水") == 0  # begins a word and is none
    assert all(word in prefixes for word in counts)
    assert prefixes == counts


def test_what_begins_no_word_is_none_of_the_dictionary():
    prefixes = Prefixes()
    assert [word in prefixes for word in ("", "\n", "🙂", "宝鸡巴", "宝鸡")] == [False] * 4 + [True]


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
