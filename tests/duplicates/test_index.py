"""Across deliveries: what of this one do we have already?"""

import pytest
from conftest import KEY, prose, write

import corpus_audit
from corpus_audit.audit.store import AuditStore
from corpus_audit.duplicates.command import find_duplicates
from corpus_audit.duplicates.join import JoinOptions
from corpus_audit.duplicates.result import read_rows
from corpus_audit.errors import AuditError

FIRST = [{"id": f"old-{i}", "text": prose(i, 200)} for i in range(30)]
SECOND = [
    {"id": "again", "text": prose(0, 200)},
    {"id": "again-2", "text": prose(0, 200)},
    {"id": "spaced", "text": " ".join(prose(1, 200))},
    {"id": "near", "text": prose(2, 200) + "后记"},
    {"id": "short", "text": "好"},
    *({"id": f"new-{i}", "text": prose(500 + i, 200)} for i in range(5)),
]


@pytest.fixture
def deliveries(tmp_path):
    (tmp_path / "key").write_bytes(KEY)
    for name, documents in {"one": [*FIRST, {"id": "s", "text": "好"}], "two": SECOND}.items():
        write(tmp_path / f"{name}.jsonl", documents)
        corpus_audit.scan(
            tmp_path / f"{name}.jsonl", tmp_path / name, detectors=["fingerprints"],
            key_file=str(tmp_path / "key"),
        )  # fmt: skip
    return tmp_path


def joined(folder, audit, **options):
    numbers, _ = find_duplicates(
        str(folder / audit), JoinOptions(), key_file=str(folder / "key"), **options
    )
    table = read_rows(AuditStore(str(folder / audit))).to_pylist()
    return numbers, {row["doc"]: row for row in table}


def test_a_delivery_is_compared_with_earlier_ones(deliveries):
    index = str(deliveries / "index")
    joined(deliveries, "one", add_to=index)
    numbers, rows = joined(deliveries, "two", against=index)
    known = {doc: row["known"] for doc, row in rows.items() if row["known"]}
    assert known == {
        "again": "exact", "again-2": "exact", "spaced": "normalised", "near": "near",
        "short": "exact",
    }  # fmt: skip
    assert rows["again"]["known_doc"] == "old-0" and rows["near"]["known_doc"] == "old-2"
    assert rows["again"]["known_delivery"] == "one"
    total = numbers["sources"][-1]
    assert (total["known"], total["new"]) == (5, 5) and total["known_share"] == 0.5
    assert numbers["earlier"] == 31


def test_an_index_changes_no_cluster_of_the_audit(deliveries):
    index = str(deliveries / "index")
    _, alone = joined(deliveries, "two")
    joined(deliveries, "one", add_to=index)
    _, beside = joined(deliveries, "two", against=index)
    for doc, row in alone.items():
        assert (row["cluster"], row["kept"], row["tier"]) == (
            beside[doc]["cluster"], beside[doc]["kept"], beside[doc]["tier"],
        )  # fmt: skip
    assert beside["again-2"]["tier"] == "exact" and beside["near"]["cluster"] is None


def test_an_audit_is_never_known_by_itself(deliveries):
    index = str(deliveries / "index")
    for _ in range(2):  # adding it again replaces it
        joined(deliveries, "two", add_to=index)
    numbers, _ = joined(deliveries, "two", against=index)
    assert numbers["earlier"] == 0 and numbers["sources"][-1]["known"] == 0


def test_the_index_holds_no_exact_copy_twice(deliveries):
    import pyarrow.parquet as pq

    joined(deliveries, "two", add_to=str(deliveries / "index"))
    (file,) = (deliveries / "index").glob("*.parquet")
    assert pq.read_table(file).num_rows == len(SECOND) - 1


def test_another_key_stops_the_comparison(deliveries, tmp_path):
    index = str(deliveries / "index")
    joined(deliveries, "one", add_to=index)
    (tmp_path / "other-key").write_bytes(b"x" * 32)
    corpus_audit.scan(
        deliveries / "two.jsonl", tmp_path / "other", detectors=["fingerprints"],
        key_file=str(tmp_path / "other-key"),
    )  # fmt: skip
    for way in ("against", "add_to"):
        with pytest.raises(AuditError, match="another key"):
            find_duplicates(str(tmp_path / "other"), JoinOptions(), **{way: index})


def test_an_index_that_is_not_there_is_told(deliveries):
    with pytest.raises(AuditError, match="no index there"):
        joined(deliveries, "one", against=str(deliveries / "none"))
