"""Counts of code points and of letters per script."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_audit.text.buffers import Utf8
from corpus_audit.text.scripts import (
    CLASS,
    HANS,
    HANT,
    SCRIPTS,
    count_chars,
    count_scripts,
    load_classes,
)

texts = st.text(st.characters(exclude_categories=("Cs",)))
mixed = st.text(st.sampled_from("aZ 9é漢国のカ한กع\u0430α\U00020000\U0001f600\n"), max_size=90)
padded = st.builds(lambda a, b, c: a + "plain ASCII " * b + c, mixed, st.integers(0, 9), mixed)


def utf8(*documents: str) -> Utf8:
    return Utf8.of(pa.array(documents, pa.large_string()))


def expected(text: str) -> list[int]:
    """The counts in plain Python."""
    counts = [0] * (len(SCRIPTS) + 2)
    for entry in load_classes()[[ord(char) for char in text]] if text else ():
        if entry & CLASS:
            counts[entry & CLASS] += 1
            counts[HANS] += bool(entry & 0x40)
            counts[HANT] += bool(entry & 0x80)
    return counts


@given(st.lists(texts | mixed))
def test_chars_are_code_points(documents):
    assert count_chars(*utf8(*documents)).tolist() == [len(text) for text in documents]


@given(st.lists(texts | padded))
def test_letters_are_counted_per_script(documents):
    assert count_scripts(*utf8(*documents)).tolist() == [expected(text) for text in documents]


@given(st.lists(padded, min_size=1), st.data())
def test_a_slice_counts_as_the_whole(documents, data):
    begin = data.draw(st.integers(0, len(documents)))
    column = pa.array(documents, pa.large_string())
    sliced = Utf8.of(column.slice(begin))
    assert count_chars(*sliced).tolist() == count_chars(*Utf8.of(column)).tolist()[begin:]
    assert count_scripts(*sliced).tolist() == count_scripts(*Utf8.of(column)).tolist()[begin:]


@pytest.mark.parametrize(
    ("char", "script"),
    [
        ("a", "Latin"), ("ｚ", "Latin"), ("ß", "Latin"), ("漢", "Han"), ("々", "Han"),
        ("〇", "Han"), ("\U00031350", "Han"), ("ひ", "Hiragana"), ("ー", "Katakana"),
        ("ｱ", "Katakana"), ("ㄅ", "Bopomofo"), ("한", "Hangul"), ("ไ", "Thai"), ("ش", "Arabic"),
        ("ש", "Hebrew"), ("я", "Cyrillic"), ("ω", "Greek"), ("क", "Devanagari"), ("ি", "Bengali"),
        ("ཀ", "Tibetan"), ("ᠮ", "Mongolian"), ("ꆈ", "Yi"), ("ა", "Georgian"), ("Ꭰ", "other"),
        ("5", "none"), ("，", "none"), ("。", "none"), ("\u0301", "none"), ("😀", "none"),
    ],
)  # fmt: skip
def test_class_of_a_character(char, script):
    assert SCRIPTS[load_classes()[ord(char)] & CLASS] == script


def test_characters_of_one_chinese_variant():
    both = "後后台里干你我"  # both national character sets hold these
    counts = count_scripts(*utf8("国发这", "國發這", both))
    assert counts[:, [HANS, HANT]].tolist() == [[3, 0], [0, 3], [0, 0]]


def test_limit_stops_counting():
    counts = count_scripts(*utf8("漢" * 50 + "a" * 50), limit=50)
    assert np.flatnonzero(counts[0, : len(SCRIPTS)]).tolist() == [SCRIPTS.index("Han")]


def test_nothing_to_count():
    assert count_chars(*utf8()).tolist() == []
    assert count_scripts(*utf8()).shape == (0, len(SCRIPTS) + 2)
    assert count_chars(*utf8("", "")).tolist() == [0, 0]
