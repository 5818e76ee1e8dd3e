"""Clusters from pairs, and who is kept."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_audit.duplicates import clusters as clusters_module
from corpus_audit.duplicates.clusters import KEPT, TIERS, Edges, settle

EXACT, NORMALISED, NEAR = range(len(TIERS))


def array(values):
    return np.array(values, np.int64)


def components(pairs):
    edges = Edges()
    for left, right in pairs:
        edges.add(array([left]), array([right]))
    return tuple(each.tolist() for each in edges.components())


def by_hand(pairs):
    groups = {}
    for left, right in pairs:
        joined = groups.get(left, {left}) | groups.get(right, {right})
        groups |= dict.fromkeys(joined, joined)
    first = sorted({min(group) for group in groups.values()})
    members = sorted(groups)
    return members, [first.index(min(groups[m])) for m in members]


pairs_ = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=60)


@given(pairs_)
def test_components_are_what_is_linked(pairs):
    assert components(pairs) == by_hand(pairs)


@given(pairs_, st.randoms())
def test_the_order_of_pairs_changes_no_cluster(pairs, random):
    shuffled = [pair[::-1] if random.random() < 0.5 else pair for pair in pairs]
    random.shuffle(shuffled)
    assert components(shuffled) == components(pairs)


@given(pairs_)
def test_drawing_edges_together_changes_no_cluster(pairs):
    limit, clusters_module._MANY = clusters_module._MANY, 3
    try:
        assert components(pairs) == by_hand(pairs)
    finally:
        clusters_module._MANY = limit


@pytest.mark.parametrize(
    ("priority", "chars", "kept"),
    [
        ([0, 0, 0], [5, 9, 9], 1),  # the longest, then the first
        ([1, 1, 0], [5, 9, 1], 2),  # a preferred source before length
        ([0, 0, 0], [7, 7, 7], 0),
    ],
)
def test_the_kept_one_is_of_the_preferred_source_then_longest_then_first(priority, chars, kept):
    alone = array([0, 1, 2])
    settled = settle(alone, array([0, 0, 0]), alone, alone, array(priority), array(chars))
    assert settled.kept.tolist() == [kept] * 3
    assert [i for i, tier in enumerate(settled.tier) if tier == KEPT] == [kept]


def test_an_exact_copy_counts_as_exact_whatever_else_is_in_its_cluster():
    # 0 is kept; 1 is near to it, 2 is a copy of 1, 3 is 1 but for case, 4 a copy of 3
    settled = settle(
        array([0, 1, 2, 3, 4]), array([0] * 5), array([0, 1, 1, 3, 3]), array([0, 1, 1, 1, 1]),
        array([0] * 5), array([9, 5, 5, 5, 5]),
    )  # fmt: skip
    assert settled.tier.tolist() == [KEPT, NEAR, EXACT, NORMALISED, EXACT]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(1, 9)), min_size=1))
def test_exact_copies_are_documents_less_distinct_texts(rows):
    documents = array(range(len(rows)))
    cluster = array([row[0] for row in rows])
    _, cluster = np.unique(cluster, return_inverse=True)
    exact = array([row[0] * 3 + row[1] for row in rows])
    settled = settle(documents, cluster, exact, exact, array([0] * len(rows)), array(
        [100 * row[0] + row[1] for row in rows]))  # fmt: skip
    assert (settled.tier == EXACT).sum() == len(rows) - len(set(exact.tolist()))
    assert (settled.tier == KEPT).sum() == len(set(cluster.tolist()))
