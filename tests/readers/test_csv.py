"""CSV: what a quote can do, and that no row is lost without a word."""

import pytest
from reading import read, stored

from corpus_audit.types import ReadOptions


def texts(documents):
    return [text for _, _, text in documents]


def test_quotes_hold_delimiters_quotes_and_new_lines(tmp_path):
    file = stored(tmp_path, "a.csv", b'id,text\r\n1,"a, ""b""\r\nc"\r\n2,d\r\n')
    assert texts(read(file, "csv")[0]) == ['a, "b"\r\nc', "d"]


@pytest.mark.parametrize(
    ("name", "mark"), [("a.tsv", "\t"), ("a.csv", ";"), ("a.csv", "|"), ("a.tab", "\t")]
)
def test_the_delimiter_is_found(tmp_path, name, mark):
    file = stored(tmp_path, name, f"id{mark}text\n1{mark}one, and more\n".encode())
    assert texts(read(file, "csv")[0]) == ["one, and more"]


def test_a_row_with_other_cells_than_the_header_is_a_bad_record(tmp_path):
    file = stored(tmp_path, "a.csv", b"id,text\n1,one\n2\n3,three,more\n\n4,four\n")
    documents, skipped, _ = read(file, "csv")
    assert texts(documents) == ["one", "four"]
    assert [(s.reason, s.position) for s in skipped] == [("bad_record", 1), ("bad_record", 2)]


def test_a_quote_that_is_never_closed_costs_one_row(tmp_path):
    rows = b"".join(b"%d,row %d\n" % (i, i) for i in range(50))
    file = stored(tmp_path, "a.csv", b'id,text\n900,"open\n' + rows)
    documents, skipped, _ = read(file, "csv")
    assert len(documents) == 50
    assert [s.reason for s in skipped] == ["bad_record"] and "line 2" in skipped[0].detail


def test_a_row_over_the_limit_costs_itself_and_reading_goes_on_at_the_next_line(tmp_path):
    rows = b"".join(b"%d,row %d\n" % (i, i) for i in range(500))
    for start in (b'900,"open\n', b"900," + b"x" * 5_000 + b"\n"):
        file = stored(tmp_path, "a.csv", b"id,text\n" + start + rows)
        documents, skipped, _ = read(file, "csv", ReadOptions(max_document_bytes=1_000))
        assert len(documents) == 500
        assert [s.reason for s in skipped] == ["too_large"]


def test_a_file_with_only_a_header_holds_nothing(tmp_path):
    assert read(stored(tmp_path, "a.csv", b"id,text\n"), "csv") == ([], [], [])


def test_nul_bytes_and_old_line_ends_are_read(tmp_path):
    file = stored(tmp_path, "a.csv", b"id,text\r1,a\x00b\r2,c\r")
    assert texts(read(file, "csv")[0]) == ["a\x00b", "c"]
