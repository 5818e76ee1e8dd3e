"""Each format says the same, and the tools that people have can read it."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pytest

from corpus_audit.errors import UsageError
from corpus_audit.reports.formats import FORMATS, render, write_report
from corpus_audit.reports.gather import gather
from corpus_audit.reports.html import render_html
from corpus_audit.reports.texts import load_texts
from corpus_audit.reports.tidy import MEASURES, SCHEMA, statistics_table


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "corpus_audit", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_is_written_into_the_audit_by_default(sample, sample_data, format):
    path = Path(write_report(sample_data, format))
    assert path == Path(sample) / FORMATS[format].file
    assert path.stat().st_size > 500


def test_the_long_table_reads_into_pandas_and_duckdb_alike(sample_data, tmp_path):
    parquet = write_report(sample_data, "parquet", output=str(tmp_path / "s.parquet"))
    csv = write_report(sample_data, "csv", output=str(tmp_path / "s.csv"))
    frame = pd.read_parquet(parquet)
    assert list(frame.columns) == SCHEMA.names
    asked = """select source, value, low, high from {}
               where measure = 'prevalence' and risk = '' and source = 'market-board'"""
    for table in (f"'{parquet}'", f"read_csv('{csv}', allow_quoted_nulls = false)"):
        (row,) = duckdb.sql(asked.format(table)).fetchall()
        assert row == ("market-board", 0.2, 0.2, 0.2)
    again = pd.read_csv(csv, keep_default_na=False, na_values={"value": "", "low": "", "high": ""})
    pd.testing.assert_frame_equal(frame, again, check_dtype=False)
    pivot = frame[frame["risk"] == ""].pivot(index="source", columns="measure", values="value")
    assert pivot.loc["market-board", "hit_documents"] == 12


def test_each_measure_and_column_is_explained_in_both_languages(sample_data):
    found = {
        re.sub(":.*", ":", name) for name in statistics_table(sample_data)["measure"].to_pylist()
    }
    assert found <= set(MEASURES)
    for language in ("en", "zh"):
        texts = load_texts(language)
        assert {name for name in MEASURES if f"measure.{name.rstrip(':')}" not in texts} == set()
        assert {name for name in SCHEMA.names if f"column.{name}" not in texts} == set()


def test_the_workbook_has_real_tables_numbers_and_frozen_headers(sample_data):
    book = openpyxl.load_workbook(io.BytesIO(render(sample_data, "xlsx", "zh")))
    sheet = book["来源"]
    assert "Sources" in sheet.tables and sheet.freeze_panes == "B2"
    headers = [cell.value for cell in sheet[1]]
    row = dict(zip(headers, sheet[2], strict=True))
    assert row["来源"].value == "market-board"
    assert row["占比"].value == 0.2 and row["占比"].number_format == "0.00%"
    rules = [rule.type for each in sheet.conditional_formatting for rule in each.rules]
    assert {"dataBar", "cellIs"} <= set(rules)
    assert {"条款", "核对项", "风险", "来源与风险", "摘录", "列说明"} <= set(book.sheetnames)


def test_all_formats_agree_on_the_sources(sample_data):
    expected = {source.name: source.row["hit_documents"] for source in sample_data.sources}
    document = json.loads(render(sample_data, "json", "en"))
    assert {each["source"]: each["hit_documents"] for each in document["sources"]} == expected
    page = render_html(sample_data, "en")
    (raw,) = re.findall(r'id="data">(.*?)</script>', page, re.S)
    assert {row[0]: row[2] for row in json.loads(raw)["rows"]} == expected
    markdown = render(sample_data, "md", "en").decode()
    assert all(f"| `{name}` |" in markdown for name in expected)


def test_an_audit_without_assessment_says_so_and_shows_the_rest(scanned):
    data = gather(scanned)
    page = render_html(data, "en")
    assert "There is no assessment yet" in page
    assert "No assessment was made of this audit" in page
    assert f"corpus-audit assess {scanned}" in page
    assert "Sign an assessment, not a scan" in page
    for format in FORMATS:
        assert render(data, format, "zh")


def test_an_assessment_of_an_earlier_state_is_shown_as_such(hostile):
    manifest = Path(hostile) / "audit.json"
    before = manifest.read_bytes()
    try:
        manifest.write_bytes(before + b"\n")
        page = render_html(gather(hostile), "en")
    finally:
        manifest.write_bytes(before)
    assert "made of an earlier state" in page
    assert "made of an earlier state" not in render_html(gather(hostile), "en")


def test_the_command_prints_the_conclusion_and_where_the_report_is(sample, tmp_path):
    done = run("report", sample, "--lang", "zh", "-o", tmp_path / "报告.html")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("本语料不符合 TC260-003。")
    assert f"报告：{tmp_path}/报告.html" in done.stdout and "\x1b" not in done.stdout
    assert (tmp_path / "报告.html").read_text("utf-8").startswith("<!doctype html>")
    printed = run("report", sample, "--format", "json", "-o", "-")
    assert json.loads(printed.stdout)["conclusion"]["over"] == ["market-board"]


WRONG = {
    ("--format", "pdf"): "html, md, xlsx",
    ("--lang", "fr"): "--lang fr",
    ("-o", "/nowhere/at/all.html"): "there is no folder",
}


@pytest.mark.parametrize("arguments", WRONG)
def test_a_wrong_call_says_what_is_right(sample, arguments):
    done = run("report", sample, *arguments)
    assert done.returncode == 2 and WRONG[arguments] in done.stderr


def test_an_unknown_format_is_refused(sample_data):
    with pytest.raises(UsageError, match="html, md, xlsx, csv, json, parquet"):
        render(sample_data, "pdf", "en")


def test_no_text_of_the_corpus_but_masked_excerpts_is_in_a_page(tmp_path):
    import corpus_audit

    corpus = tmp_path / "talk.jsonl"
    corpus.write_text('{"text": "联系13812345678，出售冰毒，货到付款"}\n', encoding="utf-8")
    corpus_audit.scan(corpus, tmp_path / "a")
    data = gather(str(tmp_path / "a"))
    for format in FORMATS:
        assert b"13812345678" not in render(data, format, "zh")
    page = render_html(data, "zh")
    assert "出售冰毒" in page and "手机号" in page
