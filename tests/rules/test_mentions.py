"""A word that is mentioned in quotation marks is not used."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.writing import pieces, rule

WORD = [rule(terms=("办假证", "bitch"), unless_quoted=6)]


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("墙上喷的“办假证”小广告", False),
        ("墙上喷的「办假证」小廣告", False),
        ("墙上喷的《办假证》小广告", False),
        ("墙上写着“快来办假证吧”", False),
        ("墙上写着“快来找我办假证，当天就能拿”", True),  # a longer one: more than six beside it
        ("专业办假证", True),
        ("他说“你好”。办假证，找“老王”", True),  # between two quotations
        ("“老王”办假证“快”", True),
        ("“办假证", True),  # never closed
        ("办假证”", True),
        ("stop play if they hear 'bitch' again", False),
        ('stop play if they hear "bitch" again', False),
        ('they said, "bitch" again', False),
        ("a style note: 'bitch' is no name", False),
        ("'bitch' is a word", False),  # a text may begin with a quotation
        ("don't bitch, it's late", True),  # apostrophes quote nothing
        ("the dogs' bitch wasn't there", True),
        ("“办假证”", True),  # the whole document, as a file that was read badly has it
        ('"办假证"', True),
        ('{"text": "办假证", "id": 1}', True),  # values of JSON and CSV are texts
        ('["x", "办假证", "y"]', True),
        ('1,"办假证",2', True),
        ('叫"办假证"的广告', False),
    ],
)
def test_a_word_counts_unless_a_short_quotation_holds_it(text, used):
    assert bool(pieces(WORD, text)) == used


def test_a_quotation_ends_with_its_document():
    assert pieces(WORD, "他说“", "办假证", "”") == ["办假证"]


def test_without_the_key_quotations_are_no_matter():
    assert pieces([rule(terms=("办假证",))], "墙上喷的“办假证”小广告") == ["办假证"]


@given(st.text("一二三", max_size=9), st.text("一二三", max_size=9), st.integers(0, 9))
def test_what_stands_with_it_is_counted_on_both_sides(before, after, most):
    text = f"见“{before}办假证{after}”一文"
    held = len(before) + len(after) <= most
    assert bool(pieces([rule(terms=("办假证",), unless_quoted=most)], text)) != held
