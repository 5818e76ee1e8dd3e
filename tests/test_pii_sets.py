"""The evaluation data: check digits, spans, determinism, disjoint halves; and the scoring."""

from __future__ import annotations

import gzip
import json
import math
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from benchmarks.pii import any_rule, checksums
from benchmarks.pii.generate import HALVES, SLOT, Case, generate, templates
from benchmarks.pii.kinds import EQUIVALENT, KINDS
from benchmarks.pii.lookalikes import FILLERS, LOOKALIKES, PLACEHOLDERS
from benchmarks.pii.score import overlaps_half, score, wilson
from benchmarks.pii.values import VALUES
from benchmarks.pii.vocabulary import DIVISIONS, REGION_CODES

ROOT = Path(__file__).parent.parent
SAMPLES = 300


def many(kind: str, variant: str = "") -> list[str]:
    rng = Random(kind)
    return [VALUES[kind](rng, variant) for _ in range(SAMPLES)]


@pytest.mark.parametrize(
    ("check", "number"),
    [
        (checksums.mod_11_2, "11010519491231002X"),  # GB 11643, its example
        (checksums.mod_11_2, "440524188001010014"),  # GB 11643, its example
        (checksums.luhn, "79927398713"),  # ISO/IEC 7812, the usual example
        (checksums.luhn, "4111111111111111"),
        (checksums.luhn, "378282246310005"),
        (checksums.credit_code, "91350100M000100Y43"),  # GB 32100, its example
        (checksums.weights_731, "5207273"),  # ICAO 9303: 5*7+2*3+0+7*7+2*3+7*1 = 103
    ],
)
def test_check_digits_agree_with_the_standards(check, number):
    assert check(number[:-1]) == number[-1]


def test_the_organisation_code_inside_a_credit_code_is_checked_too():
    # D2143569: 13*3 + 2*7 + 1*9 + 4*10 + 3*5 + 5*8 + 6*4 + 9*2 = 199 = 1 mod 11, so X (10)
    assert checksums.organisation_code("D2143569") == "X"
    for code in many("cn_social_credit_code"):
        assert checksums.credit_code(code[:17]) == code[17]
        assert checksums.organisation_code(code[8:16]) == code[16]


def test_resident_numbers_have_region_date_and_check_digit():
    assert len(DIVISIONS) >= 150
    for number in many("cn_resident_id"):
        plain = number.translate(dict(zip(range(0xFF10, 0xFF3B), range(0x30, 0x5B), strict=True)))
        assert checksums.mod_11_2(plain[:17]) == plain[17].upper()
        assert plain[:6] in REGION_CODES
        assert 1945 <= int(plain[6:10]) <= 2012
    assert all(len(number) == 15 for number in many("cn_resident_id", "15"))


def test_cards_pass_luhn_and_have_13_to_19_digits():
    lengths = set()
    for card in many("bank_card"):
        number = "".join(str(int(char)) for char in card if char.isdecimal())
        lengths.add(len(number))
        assert checksums.luhn(number[:-1]) == number[-1]
    assert {13, 15, 16, 17, 18, 19} >= lengths >= {15, 16, 19}


@pytest.mark.parametrize(
    "name",
    ["bad_id_check", "bad_id_date", "bad_id_region", "bad_card", "bad_credit_code", "serial18",
     "order_number"],
)  # fmt: skip
def test_near_misses_are_never_valid_by_chance(name):
    rng = Random(name)
    for _ in range(SAMPLES):
        value = LOOKALIKES[name](rng)
        if name in {"bad_id_check", "serial18"}:
            assert checksums.mod_11_2(value[:17]) != value[17].upper()
        if name == "bad_credit_code":
            assert checksums.credit_code(value[:17]) != value[17]
        if value.isdigit() and 13 <= len(value) <= 19 and value[0] in "23456":
            assert checksums.luhn(value[:-1]) != value[-1]


def test_wrong_regions_and_dates_have_a_right_check_digit_so_that_only_they_are_wrong():
    rng = Random(1)
    for _ in range(SAMPLES):
        region, day = LOOKALIKES["bad_id_region"](rng), LOOKALIKES["bad_id_date"](rng)
        assert checksums.mod_11_2(region[:17]) == region[17]
        assert checksums.mod_11_2(day[:17]) == day[17]
        assert region[:2] not in {code[:2] for code in REGION_CODES}
        assert day[:6] in REGION_CODES


@pytest.mark.parametrize("half", HALVES)
def test_every_kind_has_enough_values_and_every_span_its_place(half):
    cases = generate(half, 3000, 1)
    counts = Counter(kind for case in cases for _, _, kind in case.spans)
    assert set(counts) == set(KINDS)
    assert min(counts.values()) >= 60
    assert sum(not case.spans for case in cases) == 1500
    for case in cases:
        for group, names in ((case.spans, KINDS), (case.near_misses, LOOKALIKES),
                             (case.placeholders, PLACEHOLDERS)):  # fmt: skip
            for start, end, name in group:
                assert 0 <= start < end <= len(case.text)
                assert name in names
        everything = sorted(case.spans + case.near_misses + case.placeholders)
        assert all(a[1] <= b[0] for a, b in pairwise(everything))


def test_spans_point_at_the_values():
    for case in generate("dev", 600, 3):
        for start, end, kind in case.spans:
            value, around = case.text[start:end], case.text[start - 1 : start + 1]
            assert value == value.strip()
            if kind == "jwt":
                assert value.startswith("eyJ") and value.count(".") == 2
            if kind == "private_key":
                assert value.startswith("-----BEGIN") and value.endswith("-----")
            if kind == "cn_mobile":
                assert not (around.isascii() and around.isdigit() and start)
            if kind == "email":
                assert "@" in value or "＠" in value


def test_the_same_seed_gives_the_same_texts_and_another_seed_others():
    assert generate("dev", 200, 1) == generate("dev", 200, 1)
    assert generate("dev", 200, 1) != generate("dev", 200, 2)


@pytest.mark.parametrize("half", HALVES)
def test_templates_use_known_slots_in_at_least_twelve_genres(half):
    positive, near = templates(half)
    assert len(positive) >= 150
    assert len(near) >= 100
    assert len({template.genre for template in positive}) >= 12
    known = {*VALUES, *LOOKALIKES, *PLACEHOLDERS, *FILLERS}
    for template in positive + near:
        assert {name for name, _ in SLOT.findall(template.text)} <= known
        assert "{{" not in SLOT.sub("", template.text)
    assert all(template.kinds for template in positive)
    assert not any(template.kinds for template in near)
    uses = Counter(kind for template in positive for kind in template.kinds)
    assert min(uses[kind] for kind in KINDS) >= 6


def test_the_halves_share_no_template_and_no_genre():
    wordings = []
    for half in HALVES:
        positive, near = templates(half)
        texts = [SLOT.sub("_", template.text) for template in positive + near]
        assert len({SLOT.sub(r"{\1}", t.text) for t in positive + near}) == len(texts)
        wordings.append({"".join(text.split()) for text in texts})
        wordings[-1] -= {"", "_"}
    assert not wordings[0] & wordings[1]
    genres = [{t.genre for group in templates(half) for t in group} for half in HALVES]
    assert not genres[0] & genres[1]


def test_the_command_writes_one_record_a_line(tmp_path):
    output = tmp_path / "dev.jsonl"
    command = [sys.executable, "-m", "benchmarks.pii.generate", "--half", "dev", "-n", "20"]
    subprocess.run([*command, "-o", str(output)], check=True, capture_output=True, cwd=ROOT)
    records = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    assert len(records) == 20
    first = generate("dev", 20, 1)[0]
    assert records[0]["text"] == first.text
    assert [tuple(span) for span in records[0]["spans"]] == first.spans


def case(text: str, *spans, near=()) -> Case:
    return Case("1", "t", "g", text, list(spans), list(near), [])


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ((0, 10, "x"), (0, 10, "x"), True),
        ((0, 10, "x"), (0, 5, "x"), True),  # exactly half of the longer
        ((0, 10, "x"), (0, 4, "x"), False),
        ((0, 10, "x"), (8, 18, "x"), False),
        ((0, 5, "x"), (5, 10, "x"), False),
    ],
)
def test_overlap_is_half_of_the_longer(a, b, expected):
    assert overlaps_half(a, b) is overlaps_half(b, a) is expected


def test_each_prediction_is_right_once_or_a_false_alarm():
    cases = [case("0123456789", (0, 5, "email"), near=[(6, 9, "md5")]), case("abc", (0, 3, "qq"))]
    predictions = [
        [(0, 5, "email"), (0, 4, "email"), (0, 5, "qq"), (6, 9, "bank_card")],
        [],
    ]
    report = score(cases, lambda texts: predictions)
    email, qq = report.tallies["email"], report.tallies["qq"]
    assert (email.spans, email.found, email.predictions, email.right) == (1, 1, 2, 1)
    assert (qq.spans, qq.found, qq.predictions, qq.right) == (1, 0, 1, 0)
    assert report.false_alarms == {
        ("email", "label email"): 1,
        ("qq", "label email"): 1,
        ("bank_card", "near miss md5"): 1,
    }
    assert report.misses == {("qq", "t"): 1}


def test_equivalents_count_as_found_and_as_right():
    cases = [case("13912345678", (0, 11, "alipay"))]
    report = score(cases, lambda texts: [[(0, 11, "cn_mobile")]])
    assert report.tallies["alipay"].found == report.tallies["cn_mobile"].right == 1
    strict = score(cases, lambda texts: [[(0, 11, "cn_mobile")]], equivalent=())
    assert strict.tallies["alipay"].found == strict.tallies["cn_mobile"].right == 0
    assert all(truth in KINDS for truth, _ in EQUIVALENT)


def test_other_kinds_are_not_looked_at_when_the_set_does_not_label_them():
    report = score([case("abc")], lambda texts: [[(0, 3, "person_name")]], kinds={"email"})
    assert not report.tallies


def test_perfect_predictions_reach_every_floor():
    cases = generate("dev", 400, 5)
    report = score(cases, lambda texts: [case.spans for case in cases])
    assert all(
        tally.precision == tally.recall == tally.f1 == 1 for tally in report.tallies.values()
    )
    table = report.table({name: kind.floor for name, kind in KINDS.items()})
    assert "MISSED" not in table


def test_wilson_bounds_agree_with_a_published_value():
    low, high = wilson(81, 263)  # Newcombe 1998, table I: 0.2553 to 0.3662
    assert math.isclose(low, 0.2553, abs_tol=5e-5)
    assert math.isclose(high, 0.3662, abs_tol=5e-5)
    assert wilson(0, 0) == (0.0, 1.0)


def write_examples(data: Path, *records: dict[str, object]) -> None:
    path = data / "pii" / "any-rule-cn" / "examples.jsonl.gz"
    path.parent.mkdir(parents=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps({"counter_examples": [], **record}) + "\n" for record in records)


def test_examples_of_any_rule_count_by_their_place_in_the_table(tmp_path):
    write_examples(
        tmp_path,
        {"id": 52, "examples": ["812345609"]},
        {"id": 44, "examples": ["110105194912310021"]},
        {"id": 45, "examples": ["k12345670", "K12345670"]},
    )
    counted = any_rule.cases(tmp_path, "count")
    for case in counted:
        ((start, end, _),) = case.spans
        assert case.text[start:end] == {"52:0": "812345609", "45:1": "K12345670"}[case.id]
    assert {case.id for case in counted} == {"52:0", "45:1"}
    assert {case.id for case in any_rule.cases(tmp_path, "refuse")} == {"44:0"}


def test_an_example_of_any_rule_without_a_place_is_an_error(tmp_path):
    write_examples(tmp_path, {"id": 44, "examples": ["1", "2", "3", "4"]})
    with pytest.raises(ValueError, match="format 44, example 3: 0 rules"):
        any_rule.cases(tmp_path, "count")
