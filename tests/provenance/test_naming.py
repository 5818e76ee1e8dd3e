"""The ledger names the sources of a scan: by path, by alias, whatever the records say."""

import json

import pytest

import corpus_audit
from corpus_audit.errors import LedgerError, UsageError

SOURCE = """
[[source]]
id = "{id}"
{paths}
kind = "open"
origin = "domestic"
languages = ["zh"]
owner = "o"
{more}
"""


def write_ledger(folder, *sources):
    text = "".join(
        SOURCE.format(id=id, paths=f"paths = {json.dumps(paths)}" if paths else "", more=more)
        for id, paths, more in sources
    )
    (folder / "sources.toml").write_text(text)
    return folder / "sources.toml"


def write(path, *records):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records))


def counts(audit):
    return {row.source: row.documents for row in audit.sources().itertuples()}


def test_a_path_of_the_ledger_beats_the_field_of_the_record(tmp_path):
    write(
        tmp_path / "d/dump/a.jsonl", {"text": "one", "source": "x"}, {"text": "two", "source": "y"}
    )
    write(
        tmp_path / "d/mixed/b.jsonl",
        {"text": "one", "source": "x"},
        {"text": "two", "source": "old"},
    )
    ledger = write_ledger(
        tmp_path, ("dump", ["dump/**"], ""), ("new", [], 'aliases = ["old"]'), ("x", [], "")
    )
    audit = corpus_audit.scan(tmp_path / "d", tmp_path / "a", ledger=ledger)
    assert counts(audit) == {"dump": 2, "new": 1, "x": 1}


def test_parquet_too_is_named_by_path(tmp_path):
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    (tmp_path / "d").mkdir()
    pq.write_table(pa.table({"text": ["a", "b"], "source": ["x", "y"]}), tmp_path / "d/t.parquet")
    audit = corpus_audit.scan(tmp_path / "d", tmp_path / "a", source_patterns="*.parquet => tables")
    assert counts(audit) == {"tables": 2}


def test_a_damaged_record_goes_to_the_source_of_its_path(tmp_path):
    write(tmp_path / "d/f.jsonl", {"text": "one", "source": "x"})
    with (tmp_path / "d/f.jsonl").open("a") as file:
        file.write('{"source": "x", "text": "bro\n')
    audit = corpus_audit.scan(
        tmp_path / "d", tmp_path / "a", source_patterns="f.jsonl => told", max_skipped=1
    )
    row = audit.sources().set_index("source").loc["told"]
    assert (row.documents, row.skipped) == (1, 1)


@pytest.mark.parametrize("pattern", ["f.jsonl => ", "{source}/f.jsonl => x", "f.jsonl"])
def test_a_pattern_names_a_source_in_one_way(tmp_path, pattern):
    write(tmp_path / "d/f.jsonl", {"text": "one"})
    with pytest.raises(UsageError, match="source-from"):
        corpus_audit.scan(tmp_path / "d", tmp_path / "a", source_patterns=pattern)


def test_the_audit_records_the_ledger_and_a_change_of_papers_scans_nothing_again(tmp_path):
    write(tmp_path / "d/f.jsonl", {"text": "one"})
    ledger = write_ledger(tmp_path, ("s", ["*.jsonl"], ""))
    first = corpus_audit.scan(tmp_path / "d", tmp_path / "a", ledger=ledger)
    manifest = json.loads((tmp_path / "a/audit.json").read_text())
    ledger.write_text(ledger.read_text() + "# a remark\n")
    corpus_audit.scan(tmp_path / "d", tmp_path / "a", ledger=ledger)
    again = json.loads((tmp_path / "a/audit.json").read_text())
    assert manifest["ledger"]["digest"] != again["ledger"]["digest"]
    assert manifest["units"] == again["units"] and first.summary


def test_a_ledger_whose_robots_are_not_there_stops_the_scan(tmp_path):
    write(tmp_path / "d/f.jsonl", {"text": "one"})
    ledger = write_ledger(tmp_path, ("s", ["*.jsonl"], 'robots = "robots"'))
    with pytest.raises(LedgerError, match="sources check"):
        corpus_audit.scan(tmp_path / "d", tmp_path / "a", ledger=ledger)
