"""Matching terms over views."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_audit.rules.literals import Literals
from corpus_audit.rules.matcher import Matcher
from corpus_audit.rules.model import Rule, RuleSpec, Title
from corpus_audit.text.buffers import Utf8
from corpus_audit.text.fold import fold


def rule(id_: str, *terms: str, edges: str = "auto") -> Rule:
    spec = RuleSpec(
        id=id_, title=Title(en="t", zh="t"), risk="A.1.f", severity="high", confidence="high",
        terms=terms, edges=edges, hits=("x",), misses=("y",),
    )  # fmt: skip
    return Rule(spec, terms, Path("test"), 1)


def match(rules, *texts, **options):
    raw = Utf8.of(pa.array(texts, pa.large_string()))
    found = Matcher(rules, **options).match(raw, fold(raw))
    columns = (found.row, found.rule, found.start, found.end)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [(row, rules[r].spec.id, texts[row][a:b]) for row, r, a, b in rows]


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("spic", "spic", ["spic"]),
        ("spic", "despicable spice spic_x 2spic", []),  # ASCII word edges
        ("spic", "是spic吗", ["spic"]),  # Han characters are an edge, `\b` says no
        ("spic", "(SPIC)!", ["SPIC"]),
        ("free porn", "FREE\n  PORN", ["FREE\n  PORN"]),
        ("冰毒", "出售冰毒", ["冰毒"]),
        ("賭博", "赌博", ["赌博"]),  # terms are folded too
        ("赌博", "賭\u200b博", ["賭\u200b博"]),
        ("pk10", "ＰＫ１０计划", ["ＰＫ１０"]),
        ("pk10", "pk101", []),
        ("c++", "c++20", ["c++"]),
        ("赌博", "赌。博", []),
        ("ab", "a\x00b", ["a\x00b"]),
        ("赌博", "😀赌博😀", ["赌博"]),
        ("kg", "5㎏ x", []),  # 5 is a word character
        ("kg", "㎏", ["㎏"]),
    ],
)
def test_terms_match(term, text, found):
    assert [piece for _, _, piece in match([rule("r", term)], text)] == found


def test_no_match_crosses_from_one_document_into_the_next():
    assert match([rule("r", "ab", "b c", edges="none")], "xa", "bx", "b", "c") == []


def test_of_matches_of_one_rule_inside_each_other_only_the_longest_counts():
    terms = ("网络赌博", "赌博", "博平台")  # the last one cuts a word
    rules = [rule("one", *terms, edges="none"), rule("two", "赌博")]
    assert match(rules, "网络赌博平台赌博") == [
        (0, "one", "网络赌博"),
        (0, "two", "赌博"),
        (0, "one", "博平台"),
        (0, "one", "赌博"),
        (0, "two", "赌博"),
    ]


def test_no_rules_and_no_text_match_nothing():
    assert match([], "text") == []
    assert match([rule("r", "x")]) == []
    assert match([rule("r", "xx")], "", "") == []


@given(st.lists(st.text("abc 赌博\u200b", max_size=12), max_size=5))
def test_matches_agree_with_searching_every_document_by_hand(texts):
    terms = ["ab", "赌博", "b c"]
    rules = [rule(f"r{i}", term, edges="none") for i, term in enumerate(terms)]
    found = [(row, id_) for row, id_, _ in match(rules, *texts, undo=False)]
    wanted = []
    for row, text in enumerate(texts):
        plain = " ".join(text.replace("\u200b", "").split(" "))
        while "  " in plain:
            plain = plain.replace("  ", " ")
        plain = plain.removeprefix(" ")
        wanted += [
            (row, f"r{i}")
            for i, term in enumerate(terms)
            for at in range(len(plain))
            if plain.startswith(term, at)
        ]
    assert sorted(found) == sorted(wanted)


LETTERS = st.text("ab 赌博毒_.", min_size=1, max_size=5).filter(str.strip)


@given(
    st.lists(st.text("aab  赌赌博毒_.", max_size=40), max_size=5),
    st.lists(st.tuples(LETTERS, st.booleans()), max_size=12, unique_by=lambda each: each[0]),
)
def test_literals_are_found_as_by_searching_every_place_by_hand(texts, wanted):
    view = fold(Utf8.of(pa.array(texts, pa.large_string())))
    literals, loose = [literal.encode() for literal, _ in wanted], [each for _, each in wanted]
    found = Literals(literals, np.array(loose, np.bool_)).find(view)
    data = view.data.tobytes()
    by_hand = [
        (at, number)
        for number, literal in enumerate(literals)
        for at in range(len(data))
        if data.startswith(literal, at)
        and (loose[number] or not (_goes_on(data, at) or _goes_on(data, at + len(literal))))
    ]
    assert sorted(zip(found.start.tolist(), found.literal.tolist(), strict=True)) == sorted(by_hand)
    assert found.end.tolist() == [
        at + len(literals[n]) for at, n in zip(found.start, found.literal, strict=True)
    ]


def _goes_on(data, at):
    """Does an ASCII word go on from before a byte to that byte?"""
    word = b"abcdefghijklmnopqrstuvwxyz0123456789_"
    return at > 0 and data[at - 1] in word and data[at] in word


def test_more_occurrences_than_one_round_holds_are_all_found():
    view = fold(Utf8.of(pa.array(["赌博 ab" * 100_000, "ab"], pa.large_string())))
    found = Literals([b"ab", "赌博".encode(), "博 ab".encode()]).find(view)
    assert np.bincount(found.literal).tolist() == [100_001, 100_000, 100_000]
    assert sorted(found.start.tolist()) == found.start.tolist()
