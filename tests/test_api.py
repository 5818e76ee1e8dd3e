"""The Python API takes what the command takes."""

import inspect
import json
from pathlib import Path

import pytest

import corpus_audit
from corpus_audit.errors import CorpusAuditError, UsageError

AD = "注册送彩金，真人荷官。"


@pytest.fixture
def data(tmp_path) -> Path:
    """Nine records of three sources, and a broken one."""
    lines = [json.dumps({"body": AD, "title": "x", "site": f"s{i % 3}"}) for i in range(9)]
    (tmp_path / "a.jsonl").write_text("\n".join([*lines, "broken"]))
    return tmp_path / "a.jsonl"


@pytest.mark.parametrize("body", ["body", ["body"], ("body",)])
def test_a_field_may_be_given_as_text_list_or_tuple(data, tmp_path, body):
    audit = corpus_audit.scan(data, tmp_path / "a", text_fields=body, keep_fields=["title"])
    assert audit.sources()["documents"].sum() == 9
    assert audit.sources()["hit_documents"].sum() == 9


def test_patterns_detectors_and_paths_may_be_one_text(data, tmp_path):
    audit = corpus_audit.scan(
        str(data), tmp_path / "a", text_fields="body", detectors="keywords",
        source_patterns="{source}.jsonl",
    )  # fmt: skip
    assert audit.sources()["source"].tolist() == ["a"]
    assert audit.summary.detectors == ("keywords",)


def test_the_share_that_may_be_skipped_is_as_of_the_command(data, tmp_path):
    strict = corpus_audit.scan(data, tmp_path / "a", text_fields="body")
    loose = corpus_audit.scan(data, tmp_path / "b", text_fields="body", max_skipped=0.5)
    assert not strict.summary.coverage.complete and loose.summary.coverage.complete


@pytest.mark.parametrize("share", [-0.1, 1.5, float("nan")])
def test_a_share_outside_its_range_is_refused(data, tmp_path, share):
    with pytest.raises(UsageError, match="from 0 to 1"):
        corpus_audit.scan(data, tmp_path / "a", text_fields="body", max_skipped=share)
    assert not (tmp_path / "a").exists()


def test_more_sources_than_allowed_are_an_error(data, tmp_path):
    options = {"text_fields": "body", "source_field": "site"}
    audit = corpus_audit.scan(data, tmp_path / "a", max_sources=4, **options)
    assert len(audit.sources()) == 4  # one of them holds the broken record
    with pytest.raises(CorpusAuditError, match="sources"):
        corpus_audit.scan(data, tmp_path / "b", max_sources=2, **options)
    assert inspect.signature(corpus_audit.scan).parameters["max_sources"].default == 100_000


def test_an_audit_inside_the_corpus_is_no_part_of_it(data, tmp_path):
    for _ in range(2):
        audit = corpus_audit.scan(tmp_path, tmp_path / "audit", text_fields="body")
        assert audit.sources()["documents"].sum() == 9
