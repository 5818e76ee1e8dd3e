"""What must stand around a match, or must not."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.writing import found, pieces, rule


@pytest.mark.parametrize(
    ("keys", "text", "hit"),
    [
        ({"all": (("冰毒", "k粉"), ("出售", "有货"))}, "有货，上等冰毒", True),  # any order
        ({"all": (("冰毒", "k粉"), ("出售", "有货"))}, "冰毒的危害", False),
        ({"all": (("冰毒",), ("出售",), ("微信",))}, "出售冰毒", False),  # one of each list
        ({"all": (("冰毒",), ("出售",), ("微信",))}, "微信联系，出售冰毒", True),
        ({"all": (("冰毒",), ("出售",)), "within": 4}, "出售一二三四冰毒", True),
        ({"all": (("冰毒",), ("出售",)), "within": 4}, "出售一二三四五冰毒", False),
        ({"all": (("冰毒",), ("出售",)), "within": 4}, "冰毒一二三四出售", True),
        ({"all": (("冰毒",), ("出售",)), "within": 4}, "冰毒一二三四五出售", False),
        ({"terms": ("冰毒",), "near": ("@contact",), "near_within": 3}, "冰毒加QQ", True),
        ({"terms": ("冰毒",), "near": ("@contact",), "near_within": 3}, "冰毒" + "哦" * 9, False),
        ({"terms": ("冰毒",), "near": ("冰",)}, "冰毒", False),  # the match proves nothing itself
        ({"terms": ("冰毒",), "near": ("冰",)}, "冰毒，冰", True),
        ({"terms": ("冰毒",), "unless": ("@law",)}, "警方缴获冰毒", False),
        ({"terms": ("冰毒",), "unless": ("@law",)}, "出售冰毒", True),
        ({"terms": ("冰毒",), "unless": ("冰毒危害",)}, "冰毒危害大", False),  # an allow phrase
        ({"terms": ("冰毒",), "unless": ("打击",), "unless_within": 2}, "打击一二三冰毒", True),
        ({"terms": ("gun",), "near": ("buy",)}, "buyer of a gun", False),  # ASCII edges
        ({"terms": ("gun",), "near": ("buy",)}, "Ｂｕｙ a gun", True),  # folded like the terms
        ({"terms": ("{act}{paper}",)}, "代办学位证", True),
        ({"terms": ("{act}{paper}",)}, "代办签证", False),
        ({"terms": ("冰毒",), "unless": ("打击",)}, "打击\n\n冰毒", False),
        ({"terms": ("冰毒",), "unless_far": ("打击",)}, "打击" + "一" * 120 + "冰毒", False),
        ({"terms": ("冰毒",), "unless_far": ("打击",)}, "打击" + "一" * 121 + "冰毒", True),
        ({"terms": ("冰毒",), "unless": ("谨防",), "unless_far": ("@law",)}, "冰毒。警方", False),
    ],
)
def test_a_rule_asks_what_stands_around(keys, text, hit):
    assert bool(pieces([rule(**keys)], text)) == hit


def test_conditions_of_one_document_are_not_met_by_its_neighbours():
    rules = [rule(all=(("冰毒",), ("出售",))), rule("u", terms=("赌场",), unless=("打击",))]
    assert found(rules, "出售", "冰毒", "出售", "打击", "赌场", "打击") == [(4, "u", "赌场", "")]


def test_each_match_is_judged_by_its_own_surroundings():
    text = "出售冰毒" + "。" * 60 + "警方缴获冰毒" + "。" * 60 + "冰毒出售"
    rules = [rule(terms=("冰毒",), unless=("警方",), unless_within=10)]
    assert [text[: text.index(p)] for p in pieces(rules, text)[:1]] == ["出售"]
    assert len(pieces(rules, text)) == 2


def test_words_written_to_evade_count_as_surroundings():
    rules = [rule(terms=("冰毒",), near=("微信",))]
    assert pieces(rules, "冰毒，加微❤信") == ["冰毒"]
    assert pieces(rules, "冰 毒，加微信") == ["冰 毒"]


@given(
    st.lists(st.sampled_from(["甲", "乙", "，", "ab", "𠮷", " "]), max_size=40),
    st.integers(1, 6),
)
def test_distances_agree_with_counting_by_hand(parts, within):
    text = "".join(parts)
    plain = " ".join(text.split())
    wanted = [
        a
        for a, char in enumerate(plain)
        if char == "甲"
        and any(other == "乙" and 0 <= abs(a - b) - 1 <= within for b, other in enumerate(plain))
    ]
    rules = [rule(terms=("甲x", "甲"), near=("乙",), near_within=within, edges="none")]
    assert len(pieces(rules, text, undo=False)) == len(wanted)


WORDS = (
    "出售",
    "buy",
    "微信号",
    "v信",
    "at",
    "货到付款哦",
    "telegram",
    "🙂卖",
    "ab cd",
    "销",
    "加q",
)
FILLING = ("，", "。", "一", "z", " ", "buyer", "x1", "出", "售", "微信", "🙂", "卖", "ab", "tele")


def stands(text, word):
    """Spans of a word at ASCII edges, found by hand."""
    edges = [r"(?<![0-9a-z])" * word[0].isascii(), r"(?![0-9a-z])" * word[-1].isascii()]
    found = re.finditer(f"(?={edges[0]}{re.escape(word)}{edges[1]})", text)
    return [(m.start(), m.start() + len(word)) for m in found]


@given(
    st.lists(st.sampled_from([*WORDS, *FILLING, "甲x", "甲x"]), max_size=60),
    st.sets(st.sampled_from(WORDS), min_size=1, max_size=4),
    st.sampled_from([1, 2, 3, 8, 40]),
)
def test_words_of_every_kind_are_seen_as_far_as_a_rule_asks(parts, words, within):
    text = " ".join("".join(parts).split())
    spans = [span for word in words for span in stands(text, word)]
    starts = [match.start() for match in re.finditer("甲x", text)]
    near = [
        a
        for a in starts
        if any(0 <= a - end <= within or 0 <= begin - a - 2 <= within for begin, end in spans)
    ]
    keys = {"terms": ("甲x",), "edges": "none"}
    wanted = rule(near=tuple(sorted(words)), near_within=within, **keys)
    unwanted = rule("u", unless=tuple(sorted(words)), unless_within=within, **keys)
    assert len(pieces([wanted], text, undo=False)) == len(near)
    assert len(pieces([unwanted], text, undo=False)) == len(starts) - len(near)


@pytest.mark.parametrize(
    ("regex", "validator", "text", "piece"),
    [
        ("加微信[: ]?[a-z0-9_]{5,20}", "handle", "请加微信：ab12345谢谢", ["加微信：ab12345"]),
        ("加微信[: ]?[a-z0-9_]{5,20}", "handle", "加微信 hello", []),
        ("qq[0-9]{5,11}", None, "QQ１２３４５", ["QQ１２３４５"]),
        ("卡号[0-9]{12,19}", "luhn", "卡号4111111111111111", ["卡号4111111111111111"]),
        ("卡号[0-9]{12,19}", "luhn", "卡号4111111111111112", []),
    ],
)
def test_a_pattern_matches_the_folded_text_and_its_validator_agrees(regex, validator, text, piece):
    keys = {"regex": regex} | ({"validator": validator} if validator else {})
    assert pieces([rule(patterns=(keys,))], text) == piece


def test_a_pattern_never_crosses_from_one_document_into_the_next():
    assert pieces([rule(patterns=({"regex": "a.b"},))], "xa", "bx", "axb") == ["axb"]
