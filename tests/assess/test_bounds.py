"""Bounds against exact rational enumeration and published tables."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_audit.assess.bounds import (
    allowed_failures,
    at_most,
    census,
    clopper_pearson,
    convincing_failures,
    hypergeometric,
    sampled,
)


def binomial_at_most(hits: int, drawn: int, share: Fraction) -> Fraction:
    return sum(
        (comb(drawn, k) * share**k * (1 - share) ** (drawn - k) for k in range(hits + 1)),
        Fraction(0),
    )


def hypergeometric_at_most(hits: int, drawn: int, marked: int, population: int) -> Fraction:
    ways = sum(comb(marked, k) * comb(population - marked, drawn - k) for k in range(hits + 1))
    return Fraction(ways, comb(population, drawn))


@st.composite
def samples(draw: st.DrawFn) -> tuple[int, int, int]:
    population = draw(st.integers(2, 70))
    drawn = draw(st.integers(1, population))
    return draw(st.integers(0, drawn)), drawn, population


@given(samples(), st.integers(0, 70))
def test_the_chance_of_at_most_so_many_is_that_of_exact_enumeration(sample, marked):
    hits, drawn, population = sample
    marked = min(marked, population)
    exact = hypergeometric_at_most(hits, drawn, marked, population)
    assert at_most(hits, drawn, marked, population) == pytest.approx(float(exact), abs=1e-11)


@given(samples(), st.sampled_from([1, 2]))
def test_hypergeometric_bounds_are_the_shares_that_exact_tests_do_not_reject(sample, sides):
    hits, drawn, population = sample
    error = Fraction(1, 20) / sides
    fits = [
        marked
        for marked in range(hits, population - (drawn - hits) + 1)
        if hypergeometric_at_most(hits, drawn, marked, population) > error
        and 1 - (hypergeometric_at_most(hits - 1, drawn, marked, population) if hits else 0) > error
    ]
    bounds = hypergeometric(hits, drawn, population, sides=sides)
    assert (bounds.low, bounds.high) == (fits[0] / population, fits[-1] / population)


@given(st.integers(1, 80).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_binomial_bounds_solve_the_exact_tail_equations(sample):
    hits, drawn = sample
    bounds = clopper_pearson(hits, drawn)
    if hits < drawn:
        tail = binomial_at_most(hits, drawn, Fraction(bounds.high))
        assert float(tail) == pytest.approx(0.025, rel=1e-9)
    if hits:
        tail = 1 - binomial_at_most(hits - 1, drawn, Fraction(bounds.low))
        assert float(tail) == pytest.approx(0.025, rel=1e-9)


@pytest.mark.parametrize(
    ("hits", "drawn", "low", "high"),
    [  # C. J. Clopper and E. S. Pearson 1934; E. L. Crow 1956; tables of exact 95 % limits
        (0, 10, 0.0, 0.3085),
        (1, 10, 0.0025, 0.4450),
        (2, 10, 0.0252, 0.5561),
        (5, 10, 0.1871, 0.8129),
        (10, 10, 0.6915, 1.0),
        (4, 20, 0.0573, 0.4366),
        (10, 100, 0.0490, 0.1762),
    ],
)
def test_binomial_bounds_are_those_of_published_tables(hits, drawn, low, high):
    bounds = clopper_pearson(hits, drawn)
    assert (round(bounds.low, 4), round(bounds.high, 4)) == (low, high)


def test_hypergeometric_bounds_are_those_of_a_published_example():
    # G. Kauermann and H. Küchenhoff, Stichproben (2010), in the README of the R package
    # samplingbook: 45 of 100 employees drawn from 300 give 110 to 161. It prints the first numbers
    # that the tests reject, we the last that they do not.
    bounds = hypergeometric(45, 100, 300)
    assert bounds.low * 300 == pytest.approx(110 + 1)
    assert bounds.high * 300 == pytest.approx(161 - 1)


def test_what_was_seen_whole_has_no_width_and_of_nothing_nothing_is_known():
    assert (census(3, 60).low, census(3, 60).high) == (0.05, 0.05)
    assert hypergeometric(3, 60, 60) == census(3, 60)
    for population in (None, 10):
        nothing = sampled(0, 0, population)
        assert (nothing.low, nothing.high) == (0.0, 1.0)


def test_a_population_without_end_is_the_limit_of_large_ones():
    large, endless = hypergeometric(160, 4000, 400_000_000), clopper_pearson(160, 4000)
    assert large.low == pytest.approx(endless.low, rel=1e-4)
    assert large.high == pytest.approx(endless.high, rel=1e-4)


@pytest.mark.parametrize(
    ("drawn", "limit", "population", "allowed", "convincing"),
    [
        (4000, 0.96, None, 160, 139),
        (4000, 0.96, 10_000_000, 160, 139),
        (4000, 0.96, 4000, 160, 160),  # every document was looked at
        (1000, 0.98, None, 20, 12),
        (59, 0.95, None, 2, 0),  # 59 without a failure are the fewest that show 95 %
        (58, 0.95, None, 2, -1),
        (0, 0.96, None, 0, -1),
    ],
)
def test_so_many_failures_are_allowed_and_so_few_convince(
    drawn, limit, population, allowed, convincing
):
    assert allowed_failures(drawn, limit) == allowed
    assert convincing_failures(drawn, limit, population) == convincing


@pytest.mark.parametrize("convincing", [139, 12, 0])
def test_one_failure_more_would_not_convince(convincing):
    drawn, share = {139: (4000, "0.04"), 12: (1000, "0.02"), 0: (59, "0.05")}[convincing]
    line = Fraction(share)
    assert binomial_at_most(convincing, drawn, line) <= Fraction(1, 20)
    assert binomial_at_most(convincing + 1, drawn, line) > Fraction(1, 20)
