"""The evaluation sets of detection are what their README says; no rule is run on them here."""

from __future__ import annotations

import ast
import random
import re
import unicodedata
from collections import Counter
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from benchmarks.detection import evasion, sets, solicitation

ROOT = Path(__file__).parent.parent
HALVES: tuple[sets.Half, ...] = tuple(half for half in sets.halves() if half != "more")
PAIRS = tuple(combinations(HALVES, 2))
RISKS = {"pornography": "A.1.f"} | dict.fromkeys(sets.CATEGORIES[1:], "A.1.h")
TERMS = [
    *(
        ("A.1.h", term)
        for term in ("出售冰毒", "办理假证", "pk10计划", "强力迷药", "三唑仑货到付款")
    ),
    *(("A.1.f", term) for term in ("一夜情交友", "好看的成人视频")),
    *(
        ("A.1.h", term)
        for term in ("no deposit casino bonus", "buy cocaine online", "top 10 slots")
    ),
]
# Of issue and standard practice: whatever a detector must undo by default.
DEMANDED = {
    *("upper case", "mixed case", "full width", "traditional", "invisible", "soft hyphen"),
    *("variation selector", "combining mark", "accent", "mathematical", "enclosed", "spaced"),
    *("punctuation", "one mark", "emoji", "line breaks", "repeated letters", "leet", "lookalike"),
    *("digits", "split", "combined"),
}


def words(text: str) -> set[str]:
    """Runs of six Han characters and of four Latin words, of the text outside slots."""
    found = set()
    for part in sets.SLOT.split(text)[::2]:
        for run in re.findall(r"[\u4e00-\u9fff]{6,}", part):
            found |= {run[i : i + 6] for i in range(len(run) - 5)}
        latin = re.findall(r"[a-z']+", part.lower())
        found |= {" ".join(latin[i : i + 4]) for i in range(len(latin) - 3)}
    return found


def test_the_parts_to_develop_on_are_there() -> None:
    assert set(sets.halves()) >= {"dev", "spent", "more"}


@pytest.mark.parametrize("pair", PAIRS)
def test_halves_share_no_template_or_slot(pair: tuple[sets.Half, sets.Half]) -> None:
    one, other = (sets.solicitation(half) for half in pair)
    assert not {t.text for t in one.templates} & {t.text for t in other.templates}
    assert not one.slots.keys() & other.slots.keys()


@pytest.mark.parametrize("half", [half for half in HALVES if half != "dev"])
def test_no_value_of_the_development_half_stands_in_another(half: sets.Half) -> None:
    # The later halves have authors who did not see each other's: some goods and cities recur.
    dev, other = (
        {value for slot in sets.solicitation(each).slots.values() for value in slot}
        for each in ("dev", half)
    )
    assert not dev & other


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if "dev" in pair])
def test_no_phrase_of_the_development_half_stands_in_another(
    pair: tuple[sets.Half, sets.Half],
) -> None:
    one, other = (
        set().union(*(words(t.text) for t in sets.solicitation(half).templates)) for half in pair
    )
    assert len(one) > 500
    assert not one & other


@pytest.mark.parametrize("half", HALVES)
def test_templates_are_enough_and_two_thirds_chinese(half: sets.Half) -> None:
    templates = sets.solicitation(half).templates
    assert Counter(t.category for t in templates) == dict.fromkeys(sets.CATEGORIES, 12)
    chinese = sum(t.lang == "zh" for t in templates)
    assert chinese == round(len(templates) * 2 / 3)
    assert all(t.risk == RISKS[t.category] for t in templates)
    assert all(bool(re.search("[\u4e00-\u9fff]", t.text)) == (t.lang == "zh") for t in templates)


@pytest.mark.parametrize("half", HALVES)
def test_texts_are_spread_evenly_filled_and_all_different(half: sets.Half) -> None:
    cases = solicitation.generate(half, 480, 7)
    assert len({case.text for case in cases}) == 480
    counts = Counter(case.template for case in cases).values()
    assert max(counts) - min(counts) <= 1
    assert not [case.text for case in cases if "{" in case.text or "}" in case.text]


@pytest.mark.parametrize("pair", PAIRS)
def test_two_halves_yield_six_hundred_texts_and_share_none(
    pair: tuple[sets.Half, sets.Half],
) -> None:
    one, other = ({case.text for case in solicitation.generate(half)} for half in pair)
    assert len(one | other) == len(one) + len(other) >= 600


def test_the_same_seed_gives_the_same_texts_and_another_one_others() -> None:
    assert solicitation.generate("dev", 90, 1) == solicitation.generate("dev", 90, 1)
    assert solicitation.generate("dev", 90, 1) != solicitation.generate("dev", 90, 2)
    assert evasion.suite(TERMS, 1, 200) == evasion.suite(TERMS, 1, 200)
    assert evasion.suite(TERMS, 1, 200) != evasion.suite(TERMS, 2, 200)


def test_a_slot_named_twice_takes_two_values() -> None:
    (template,) = (t for t in sets.solicitation("dev").templates if t.id == "dev.drugs.09")
    assert template.slots.count("drug_en") == 2
    drugs = sets.solicitation("dev").slots["drug_en"]
    for case in solicitation.generate("dev", 480):
        if case.template == template.id:
            assert sum(drug in case.text for drug in drugs) == 2


def test_more_texts_than_slots_yield_are_refused() -> None:
    with pytest.raises(ValueError, match="different texts"):
        solicitation.generate("dev", 72 * 40)


@pytest.mark.parametrize("half", HALVES)
def test_no_contact_could_be_real(half: sets.Half) -> None:
    for case in solicitation.generate(half):
        assert not re.search(r"\d{5,}", case.text), case.text
        for host in re.findall(r"(?:https?://|@)([\w-]+(?:\.[\w-]+)+)", case.text):
            assert host.endswith(".example"), host


def test_near_misses_are_enough_and_about_two_thirds_chinese() -> None:
    cases = [case for half in HALVES for case in sets.near_misses(half)]
    assert len(cases) >= 340
    assert len({case.text for case in cases}) == len(cases)
    assert 0.6 <= sum(case.lang == "zh" for case in cases) / len(cases) <= 0.75
    genres = {half: {case.genre for case in sets.near_misses(half)} for half in HALVES}
    assert genres["dev"] == genres["spent"]


@pytest.mark.parametrize("half", [*HALVES, "more"])
def test_each_near_miss_holds_the_term_that_would_wrongly_fire(half: sets.Half) -> None:
    simplified = pytest.importorskip("opencc").OpenCC("t2s").convert
    for case in sets.near_misses(half):
        text = simplified(unicodedata.normalize("NFKC", case.text)).casefold()
        bare = "".join(c for c in text if c.isalnum())
        assert case.naive in text or case.naive in bare, case


def test_the_third_part_holds_enough_adverts_of_every_trade_and_language() -> None:
    templates = sets.solicitation("more").templates
    assert len(templates) >= 120
    counts = Counter((t.category, t.lang) for t in templates)
    assert min(counts[c, lang] for c in sets.CATEGORIES for lang in sets.LANGUAGES) >= 8
    assert all(t.risk == RISKS[t.category] for t in templates)
    assert not [t.id for t in templates if t.slots]


def test_the_third_part_holds_near_misses_of_its_own_in_both_languages() -> None:
    more = {case.text: case.lang for case in sets.near_misses("more")}
    assert len(more) >= 250
    assert 0.4 <= sum(lang == "zh" for lang in more.values()) / len(more) <= 0.7
    assert not more.keys() & {case.text for half in HALVES for case in sets.near_misses(half)}


@pytest.mark.parametrize("name", ["near_misses", "solicitation"])
def test_no_contact_of_the_third_part_could_be_real(name: str) -> None:
    text = (sets.FOLDER / f"{name}_more.toml").read_text("utf-8")
    assert not re.search(r"\d{6,}", text)
    for host in re.findall(r"(?:https?://|@)([\w-]+(?:\.[\w-]+)+)", text):
        assert host.endswith(".example"), host


def test_deterministic_kinds_cover_what_is_demanded() -> None:
    assert evasion.DETERMINISTIC.keys() == DEMANDED
    assert evasion.OPT_IN.keys() == {"pinyin", "homophone"}


@pytest.mark.parametrize("term", [term for _, term in TERMS])
def test_every_perturbation_changes_the_term(term: str) -> None:
    for seed in range(20):
        for kind, perturbed in evasion.perturbations(term, random.Random(seed)):
            assert perturbed != term, kind


@pytest.mark.parametrize(
    ("term", "kinds"),
    [
        (
            "出售假证",
            DEMANDED - {"upper case", "mixed case", "full width", "combining mark", "accent"},
        ),
        ("buy cocaine 10", DEMANDED - {"traditional", "one mark", "split"}),
    ],
)
def test_kinds_that_fit_a_term_apply(term: str, kinds: set[str]) -> None:
    latin_only = {"mathematical", "enclosed", "repeated letters", "leet", "lookalike", "digits"}
    expected = kinds - (latin_only if "出" in term else set())
    found = {kind for s in range(9) for kind, _ in evasion.perturbations(term, random.Random(s))}
    assert found - evasion.OPT_IN.keys() == expected


@pytest.mark.parametrize(
    ("kind", "term", "expected"),
    [
        ("upper case", "free slots", "FREE SLOTS"),
        ("full width", "av 1", "ａｖ\u3000１"),
        ("traditional", "办证赌场", "辦證賭場"),
        ("soft hyphen", "毒品", "毒\u00ad品"),
        ("split", "强", "弓虽"),
        ("pinyin", "毒", "du"),
    ],
)
def test_perturbations_write_what_they_say(kind: str, term: str, expected: str) -> None:
    assert evasion.KINDS[kind](term, random.Random(0)) == expected


def test_marks_stand_between_all_characters_and_keep_words_apart() -> None:
    for seed in range(30):
        for kind in ("punctuation", "emoji"):
            words = evasion.KINDS[kind]("赌博网 ab", random.Random(seed)).split(" ")
            assert [w[0] + w[-1] for w in words] == ["赌网", "ab"]
            assert all(not a.isalnum() or not b.isalnum() for w in words for a, b in pairwise(w))


def test_the_suite_spreads_over_kinds_and_embeds_each_term() -> None:
    cases = evasion.suite(TERMS, 0, 600)
    assert len({case.text for case in cases}) == 600
    counts = Counter(case.kind for case in cases)
    assert counts.keys() == evasion.KINDS.keys()
    assert max(counts.values()) - min(counts.values()) <= 1
    assert sum(case.deterministic for case in cases) >= 500
    for case in cases:
        assert case.term in case.plain
        assert case.text != case.plain
        assert not case.text.startswith(case.term)
        assert (case.risk, case.term) in TERMS


def test_han_stands_right_beside_chinese_terms() -> None:
    for case in evasion.suite(TERMS, 0, 300):
        before, after = case.plain.split(case.term)
        if evasion.is_han(case.term[0]):
            assert evasion.is_han(before[-1])
            assert evasion.is_han(after[0])


def test_kinds_that_fit_no_term_are_left_out() -> None:
    kinds = {
        case.kind for case in evasion.suite([("A.1.h", "出售冰毒"), ("A.1.h", "办假证")], 0, 100)
    }
    assert not kinds & {"leet", "upper case", "accent"}
    assert "traditional" in kinds


def test_a_suite_too_large_for_its_terms_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer than 500"):
        evasion.suite([("A.1.h", "林")], 0, 500)


def test_the_suite_imports_nothing_that_it_tests() -> None:
    for path in (ROOT / "benchmarks/detection").glob("evasion*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [n for n in names if n.startswith(("corpus_audit", "opencc", "unicodedata"))]
