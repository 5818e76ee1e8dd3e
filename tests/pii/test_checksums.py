"""Check digits: the algebra that standards promise, and their own examples."""

import calendar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_audit.pii.checksums import digits_of, id_check, is_date, luhn
from corpus_audit.pii.digits import is_valid_uscc
from corpus_audit.pii.patterns import _iban_length

digits = st.lists(st.integers(0, 9), min_size=17, max_size=17)
USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def luhn_complete(body: list[int]) -> list[int]:
    return next([*body, d] for d in range(10) if luhn(np.array([*body, d]), len(body) + 1))


@given(st.lists(st.integers(0, 9), min_size=11, max_size=18), st.data())
def test_luhn_sees_every_single_wrong_digit(body, data):
    number = luhn_complete(body)
    place = data.draw(st.integers(0, len(number) - 1))
    wrong = data.draw(st.integers(0, 9).filter(lambda d: d != number[place]))
    changed = [*number[:place], wrong, *number[place + 1 :]]
    assert not luhn(np.array(changed), len(changed))


@given(digits, st.data())
def test_the_identity_check_digit_sees_every_wrong_digit_and_every_exchange(body, data):
    check = id_check(np.array(body))
    place = data.draw(st.integers(0, 16))
    wrong = data.draw(st.integers(0, 9).filter(lambda d: d != body[place]))
    assert id_check(np.array([*body[:place], wrong, *body[place + 1 :]])) != check
    at = data.draw(st.integers(0, 15))
    if body[at] != body[at + 1]:
        exchanged = [*body[:at], body[at + 1], body[at], *body[at + 2 :]]
        assert id_check(np.array(exchanged)) != check


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_the_examples_of_gb_11643_check(number):
    check = 10 if number[-1] == "X" else int(number[-1])
    assert id_check(digits_of(number[:17])) == check


@given(st.text(st.sampled_from(USCC), min_size=17, max_size=17), st.data())
def test_the_credit_code_has_one_right_character_and_sees_a_wrong_one(body, data):
    right = [char for char in USCC if is_valid_uscc(body + char)]
    assert len(right) == 1
    place = data.draw(st.integers(0, 16))
    wrong = data.draw(st.sampled_from(USCC).filter(lambda char: char != body[place]))
    assert not is_valid_uscc(body[:place] + wrong + body[place + 1 :] + right[0])


@given(st.dates())
def test_every_day_of_the_calendar_is_a_date(day):
    assert is_date(day.year, day.month, day.day)
    assert not is_date(day.year, day.month, 32) and not is_date(day.year, 13, day.day)
    assert is_date(day.year, 2, 29) == calendar.isleap(day.year)


@pytest.mark.parametrize(
    ("written", "length"),
    [("gb82 west 1234 5698 7654 32", 27), ("de89370400440532013000", 22), ("gb82west12345698765433", 0),
     ("xx82west12345698765432", 0), ("de8937040044053201300012", 0)],
)  # fmt: skip
def test_ibans_are_checked_by_country_length_and_mod_97(written, length):
    assert _iban_length(written) == length
