"""Agreement against worked examples of the literature."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_audit.review.agreement import cohen_kappa, krippendorff_alpha


def table(*rows: tuple[int, ...]) -> list[tuple[int, int]]:
    return [
        (i, j) for i, row in enumerate(rows) for j, count in enumerate(row) for _ in range(count)
    ]


@pytest.mark.parametrize(
    ("pairs", "kappa"),
    [
        # J. Cohen 1960, table 1: proportions of 200 pairs
        (table((88, 14, 18), (10, 40, 10), (2, 6, 12)), 0.492),
        # 50 grant proposals, the usual textbook example: 20, 5, 10, 15
        (table((20, 5), (10, 15)), 0.4),
        (table((45, 15), (25, 15)), 0.1304),
        (table((25, 35), (5, 35)), 0.2593),
    ],
)
def test_kappa_is_that_of_published_tables(pairs, kappa):
    assert cohen_kappa(pairs) == pytest.approx(kappa, abs=5e-4)


#: K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), D: 4 observers, 12 units.
OBSERVERS = (
    "1 2 3 3 2 1 4 1 2 - - -",
    "1 2 3 3 2 2 4 1 2 5 - 3",
    "- 3 3 3 2 3 4 2 2 5 1 -",
    "1 2 3 3 2 4 4 1 2 5 1 -",
)


def test_alpha_is_that_of_its_authors_example_with_missing_values():
    rows = [line.split() for line in OBSERVERS]
    units = [[value for value in unit if value != "-"] for unit in zip(*rows, strict=True)]
    assert krippendorff_alpha(units) == pytest.approx(0.743, abs=5e-4)


def test_alpha_of_two_observers_is_that_of_its_authors_example():
    # the same paper, A: ten units, binary
    meg = ["0", "1", "0", "0", "0", "0", "0", "0", "1", "0"]
    owen = ["1", "1", "1", "0", "0", "1", "0", "0", "0", "0"]
    assert krippendorff_alpha(zip(meg, owen, strict=True)) == pytest.approx(0.095, abs=5e-4)


def test_without_anything_to_disagree_about_there_is_no_coefficient():
    assert cohen_kappa([]) is None
    assert cohen_kappa([("yes", "yes")] * 5) is None
    assert krippendorff_alpha([]) is None
    assert krippendorff_alpha([["yes"], ["no"]]) is None


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=2, max_size=40))
def test_coefficients_do_not_depend_on_who_is_first_and_are_one_where_all_agree(pairs):
    swapped = [(other, one) for one, other in pairs]
    assert cohen_kappa(pairs) == pytest.approx(cohen_kappa(swapped))
    assert krippendorff_alpha(pairs) == pytest.approx(krippendorff_alpha(swapped))
    same = [(one, one) for one, _ in pairs]
    assert cohen_kappa(same) in (None, 1)
    assert krippendorff_alpha(same) in (None, 1)
