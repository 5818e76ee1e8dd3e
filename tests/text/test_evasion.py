"""Writing that evades is undone; ordinary writing is left alone."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_audit.rules.literals import Literals
from corpus_audit.rules.numbers import number_styles
from corpus_audit.text import evasion
from corpus_audit.text.buffers import Utf8
from corpus_audit.text.fold import fold, fold_texts
from tests.rules.writing import found, pieces, rule

TERMS = (
    *("赌博", "网络赌博", "强奸", "枪支弹药", "k粉", "六合彩", "鸡巴"),
    *("fuck", "free porn", "casino", "asshole", "slut", "ak47 for sale"),
)
RULES = [rule(terms=TERMS)]


@pytest.mark.parametrize(
    ("text", "piece", "trace"),
    [
        ("网络赌.博", "网络赌.博", "squeezed"),
        ("我们赌 博吧", "赌 博", "squeezed"),
        ("赌😀博", "赌😀博", "squeezed"),
        ("赌·博", "赌·博", "squeezed"),
        ("赌•博", "赌•博", "squeezed"),
        ("赌$博", "赌$博", "squeezed"),
        ("我@赌@博@", "赌@博", "squeezed"),
        ("枪。支。弹。药", "枪。支。弹。药", "squeezed"),
        ("买枪，支，弹，药吗", "枪，支，弹，药", "width+squeezed"),
        ("枪\n支\n弹\n药", "枪\n支\n弹\n药", "squeezed"),
        ("f u c k", "f u c k", "squeezed"),
        ("是f.u.c.k吗", "f.u.c.k", "squeezed"),
        ("F u C k", "F u C k", "case+squeezed"),
        ("f r e e   p o r n", "f r e e   p o r n", "squeezed"),
        ("c✨a✨s✨i✨n✨o", "c✨a✨s✨i✨n✨o", "squeezed"),
        ("出售k 粉", "k 粉", "squeezed"),
        ("弓虽女干", "弓虽女干", "split"),
        ("弓虽奸犯", "弓虽奸", "split"),
        ("贝者博", "贝者博", "split"),
        ("贝者.博", "贝者.博", "squeezed+split"),
        ("fuuuuck", "fuuuuck", "repeat"),
        ("assssshole", "assssshole", "repeat"),
        ("fr33 p0rn", "fr33 p0rn", "leet"),
        ("c@51n0", "c@51n0", "leet"),
        ("$1ut", "$1ut", "leet"),
        ("fuсk", "fuсk", "lookalike"),  # a Cyrillic с
        ("рοrn, free рοrn", "free рοrn", "lookalike"),
        ("ⓕⓤⓒⓚ", "ⓕⓤⓒⓚ", "variant"),
        ("🅕🅤🅒🅚", "🅕🅤🅒🅚", "variant"),
        ("⒡⒰⒞⒦", "⒡⒰⒞⒦", "variant"),
        ("føck fųćķ", "fųćķ", "mark"),
        ("6合彩", "6合彩", "variant"),
        ("陆合彩", "陆合彩", "variant"),
        ("⑥合彩", "⑥合彩", "variant"),
        ("ak四七 for sale", "ak四七 for sale", "variant"),
        ("赌\u200b博", "赌\u200b博", "invisible"),
    ],
)
def test_a_term_written_to_evade_is_found_with_what_it_took(text, piece, trace):
    assert [(p, t) for _, _, p, t in found(RULES, text)] == [(piece, trace)]


@pytest.mark.parametrize(
    "text",
    [
        "他好赌。博士毕业了",  # sentence ends are not put into words
        "他好赌，博士毕业了",
        "他好赌\n博士毕业了",
        "不要赌 博士才是正道",  # a word that the next one needs
        "坐宝鸡巴士",
        "宝鸡 巴士站",
        "a s s e t",
        "the f.u. of c.k.",
        "3f4a9c0ffee51ca51n0d00d3f4a9c0ffee51ca51n0d00d",
        "女子木木日月十八人可",
        "слова and слова",
        "Δοκιμή, test",
        "version 4.5.1, 3rd, 4th",
    ],
)
def test_ordinary_writing_is_left_alone(text):
    assert found(RULES, text) == []


@pytest.mark.parametrize(
    "text",
    ["an i/o model, e.g. c/c++", "$home and @home of $user", "xxxxxx aaaa", "ok。 ## <a name",
     "├── home", "i d card"],
)  # fmt: skip
def test_what_undoing_would_not_put_together_is_no_suspect(text):
    view = fold(Utf8.of(pa.array([text], pa.large_string())))
    terms = ("iota", "eggs", "ccm", "home", "user", "axxa", "oka", "id card")
    neighbours = evasion.Neighbours(fold_texts(terms))
    assert len(evasion.Suspects(neighbours).find(view, view.offsets[:0])[0]) == 0


def test_what_was_never_asked_for_is_not_undone():
    view = fold(Utf8.of(pa.array(["天.气 好 f u n"], pa.large_string())))
    neighbours = evasion.Neighbours(fold_texts(["赌博"]))
    assert len(evasion.Suspects(neighbours).find(view, view.offsets[:0])[0]) == 0


@pytest.mark.parametrize("place", ["first", "middle", "last"])
@pytest.mark.parametrize("text", ["赌.博", "f u c k", "弓虽奸", "fuuuck", "fr33 porn", "fuсk"])
def test_evasion_is_found_at_either_end_of_a_batch(text, place):
    texts = {"first": [text, "x", "y"], "middle": ["x", text, "y"], "last": ["x", "y", text]}
    assert pieces(RULES, *texts[place]) == [text]
    assert pieces(RULES, text) == [text]


MARKS = st.sampled_from([".", "*", " ", "😀", "-", "·", "_"])


@given(
    st.text("的一是在不了有和人这abz，。 \n𠮷é", max_size=30),
    MARKS,
    st.sampled_from(["网络赌博", "枪支弹药"]),
    st.text("的一是在不了有和人这，。\n", max_size=30),
)
def test_spans_point_into_the_raw_text(before, mark, term, after):
    written = mark.join(term)
    text = f"{before}，{written}，{after}"
    assert written in pieces(RULES, text)


@given(st.text("ab赌博.😀 \u200b弓虽奸0$。\n", max_size=60), st.text("x赌. 博", max_size=9))
def test_a_document_is_judged_the_same_beside_any_neighbour(text, other):
    alone = [(p, t) for _, _, p, t in found(RULES, text)]
    beside = [(p, t) for row, _, p, t in found(RULES, other, text, other) if row == 1]
    assert beside == alone


@pytest.mark.parametrize(
    ("term", "styles"),
    [
        ("六合彩", {"6合彩", "陆合彩"}),
        ("3p", {"三p", "叁p"}),
        ("百家乐", {"佰家乐"}),
        ("赌博", set()),
    ],
)
def test_the_numbers_of_a_term_have_three_styles(term, styles):
    assert number_styles(term) == styles


@given(st.text("赌博冰毒贝者.。 -abp0rn$❤", max_size=60))
def test_two_sets_of_literals_are_asked_as_each_alone_would_be(text):
    view = fold(Utf8.of(pa.array([text], pa.large_string())))
    one, other = (
        evasion.Neighbours(fold_texts(terms)) for terms in (["赌博", "porn"], ["冰毒", "赌毒品"])
    )
    pairs = {*fold_texts(one.split_pairs()), *fold_texts(other.split_pairs())}
    splits = Literals(sorted(pairs)).find(view).start
    both = evasion.Suspects(one, other).find(view, splits)
    alone = [evasion.Suspects(each).find(view, splits)[0] for each in (one, other)]
    assert [places.tolist() for places in both] == [places.tolist() for places in alone]
