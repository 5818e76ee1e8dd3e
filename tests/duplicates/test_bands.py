"""Thresholds become bands as datasketch's optimiser says; buckets are compared within reason."""

import itertools

import numpy as np
import pytest
from datasketch.lsh import _optimal_param
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_audit.duplicates.bands import WEIGHTS, bands_for, explain
from corpus_audit.duplicates.candidates import _NEIGHBOURS, BUCKET, Buckets, Keys, pairs_of
from corpus_audit.errors import UsageError


@pytest.mark.parametrize("threshold", [0.5, 0.7, 0.8, 0.9, 0.95, 1.0])
def test_bands_are_those_of_datasketch(threshold):
    assert tuple(bands_for(threshold)) == _optimal_param(threshold, 128, *WEIGHTS)


@pytest.mark.parametrize("threshold", [0.0, 0.1, 1.1, -1, float("nan")])
def test_a_threshold_that_is_no_similarity_is_refused(threshold):
    with pytest.raises(UsageError, match="Jaccard"):
        bands_for(threshold)


def test_the_curve_is_explained():
    assert "14 bands of 9" in explain(0.8)
    assert "0.80   86.7%" in explain(0.8)


def pairs(sizes, limit=10**9, first=0):
    """Pairs within buckets of these sizes, of documents in a row."""
    numbers = np.arange(first, first + sum(sizes), dtype=np.int64)
    begins = np.zeros(len(numbers), np.bool_)
    begins[np.cumsum([0, *sizes[:-1]])] = True
    seen = Buckets()
    left, right = pairs_of(numbers, begins, limit, seen)
    return list(zip(left.tolist(), right.tolist(), strict=True)), seen


@given(st.lists(st.integers(2, BUCKET), min_size=1, max_size=5))
def test_all_pairs_of_a_bucket_are_compared(sizes):
    found, seen = pairs(sizes)
    expected, at = [], 0
    for size in sizes:
        expected += itertools.combinations(range(at, at + size), 2)
        at += size
    assert sorted(found) == expected
    assert seen == Buckets()


def test_a_large_bucket_costs_as_much_as_its_size():
    found, seen = pairs([100_000])
    assert len(found) <= 100_000 * (_NEIGHBOURS + 1)
    assert seen == Buckets(1, 100_000)
    assert {b for _, b in found} == set(range(1, 100_000))  # each is compared with something
    assert {(0, b) for b in range(1, 100_000)} <= set(found)


def test_earlier_documents_are_not_compared_with_each_other():
    found, _ = pairs([6], limit=3)
    assert found and all(left < 3 for left, _ in found)


rows = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), max_size=40)


@settings(max_examples=20)
@given(rows, st.integers(1, 7))
def test_shared_keys_are_those_that_occur_again(tmp_path_factory, keys, chunk):
    from corpus_audit.duplicates import candidates

    held, candidates._CHUNK = candidates._CHUNK, chunk
    database = Keys(tmp_path_factory.mktemp("spill"), 256 << 20, 1)
    try:
        if keys:
            database.insert(
                "t",
                {
                    "number": np.arange(len(keys)),
                    "k0": np.array([key[0] for key in keys], np.uint64),
                    "k1": np.array([key[1] for key in keys], np.uint64),
                },
            )
        groups, expected = [], {}
        for numbers, begins in database.shared("t", "k0, k1"):
            assert begins[0]
            groups += [g.tolist() for g in np.split(numbers, np.flatnonzero(begins)[1:])]
    finally:
        database.close()
        candidates._CHUNK = held
    for number, key in enumerate(keys):
        expected.setdefault(key, []).append(number)
    assert sorted(groups) == sorted(each for each in expected.values() if len(each) > 1)
