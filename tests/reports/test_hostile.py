"""Whatever a corpus holds, a report of it is only text: in every format."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
from html.parser import HTMLParser

import openpyxl
import pandas as pd
import pytest
from hostile_text import HOSTILE

import corpus_audit
from corpus_audit.cli.tables import shorten
from corpus_audit.reports.html import render_html
from corpus_audit.reports.json_document import render_json
from corpus_audit.reports.markdown import render_markdown
from corpus_audit.reports.tidy import render_csv, render_parquet
from corpus_audit.reports.workbook import render_workbook
from corpus_audit.text.inert import cell, clipped, code_span, printable

ACTIVE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
LANGUAGES = ("en", "zh")


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, attributes))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_has_the_elements_of_its_template_and_no_others(hostile_data, language):
    page = render_html(hostile_data, language)
    tags = Tags()
    tags.feed(page)
    assert [dict(a).get("type") for tag, a in tags.seen if tag == "script"] == [
        "application/json", None
    ]  # fmt: skip
    assert not {"img", "iframe", "object", "form", "base"} & {tag for tag, _ in tags.seen}
    names = [name for _, attributes in tags.seen for name, _ in attributes]
    assert not [name for name in names if name.startswith("on") or name in ("src", "srcdoc")]
    links = [value for _, attributes in tags.seen for name, value in attributes if name == "href"]
    assert all(link.startswith("#") for link in links)
    assert not ACTIVE.search(page)
    assert len(page) < 300_000  # a name of 1 MB is cut


def test_the_data_of_a_page_is_json_that_ends_where_its_element_ends(hostile_data):
    page = render_html(hostile_data, "en")
    (raw,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    assert "<" not in raw and ">" not in raw and "&" not in raw
    data = json.loads(raw)
    assert len(data["rows"]) == len(HOSTILE)
    assert {row[0] for row in data["rows"]} == {clipped(name) for name in HOSTILE}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_cell_of_a_workbook_is_a_formula(hostile_data, language):
    book = openpyxl.load_workbook(io.BytesIO(render_workbook(hostile_data, language)))
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    texts = [cell.value for cell in cells if cell.data_type == "s"]
    assert not [text for text in texts if ACTIVE.search(text)]
    quoted = [cell for cell in cells if isinstance(cell.value, str) and cell.value[0] in "=+-@"]
    assert quoted and all(cell.quotePrefix for cell in quoted)


def test_no_field_of_a_csv_begins_a_formula(hostile_data):
    text = render_csv(hostile_data).decode()
    assert not ACTIVE.search(text)
    csv.field_size_limit(10_000_000)
    rows = list(csv.reader(io.StringIO(text)))
    assert {len(row) for row in rows} == {6}
    assert not [row for row in rows if row[0].lstrip()[:1] in tuple("=+-@")]


def test_a_scan_writes_names_inert_into_its_csv_and_as_they_are_into_parquet(tmp_path):
    names = [*HOSTILE[3:7], "plain"]
    corpus = tmp_path / "a.jsonl"
    corpus.write_text("".join(json.dumps({"text": "plain", "source": n}) + "\n" for n in names))
    corpus_audit.scan(corpus, tmp_path / "a", source_field="source", detectors="language")
    csv_names = pd.read_csv(tmp_path / "a/sources.csv", keep_default_na=False)["source"]
    assert set(csv_names) == {cell(name) for name in names}
    assert set(pd.read_parquet(tmp_path / "a/sources.parquet")["source"]) == set(names)


def test_parquet_keeps_names_as_they_are(hostile_data):
    frame = pd.read_parquet(io.BytesIO(render_parquet(hostile_data)))
    assert set(HOSTILE) <= set(frame["source"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_markdown_quotes_names_as_code_and_keeps_its_tables(hostile_data, language):
    text = render_markdown(hostile_data, language)
    assert not ACTIVE.search(text)
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text)
    assert "<script" not in outside and "javascript:" not in outside and "<img" not in outside
    for line in text.splitlines():
        if line.startswith("| "):
            bars = len(re.findall(r"(?<!\\)\|", line))
            assert bars in (3, 4, 5, 6, 7), line
    assert len(text) < 200_000


def test_json_says_all_and_is_json(hostile_data):
    found = json.loads(render_json(hostile_data, "en"))
    assert {each["source"] for each in found["sources"]} == set(HOSTILE)


def run_on_terminal(arguments: list[str], **environment: str) -> str:
    """The output of a command whose standard output is a terminal."""
    outer, inner = pty.openpty()
    command = [sys.executable, "-m", "corpus_audit", *arguments]
    env = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | {"TERM": "xterm"} | environment
    process = subprocess.Popen(["timeout", "60", *command], stdout=inner, env=env)
    os.close(inner)
    pieces = []
    while True:
        try:
            piece = os.read(outer, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        pieces.append(piece)
    os.close(outer)
    assert process.wait() == 0
    return b"".join(pieces).decode()


def test_the_terminal_gets_colours_of_ours_only_and_none_where_no_color_asks(hostile, tmp_path):
    arguments = ["report", hostile, "-o", str(tmp_path / "r.html")]
    coloured = run_on_terminal(arguments)
    codes = set(re.findall(r"\x1b(\[[0-9;]*m)?", coloured))
    assert codes == {"[1m", "[33m", "[0m"}
    assert not ACTIVE.search(re.sub(r"\x1b\[[0-9;]*m|\r", "", coloured))
    plain = run_on_terminal(arguments, NO_COLOR="1")
    assert "\x1b" not in plain
    assert max(map(len, plain.splitlines())) < 1000


TEXTS = {
    "=1+1": "'=1+1", " =1": "' =1", "＝1": "'＝1", "-1": "'-1", "a=1": "a=1", "": "",
    "\t=1": "' =1",
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_a_csv_cell_is_no_formula(text):
    assert cell(text) == TEXTS[text]


SPANS = {"a": "`a`", "a`b": "``a`b``", "`a": "`` `a ``", "a|b": "`a\\|b`", "": "` `"}


@pytest.mark.parametrize("text", SPANS)
def test_a_code_span_holds_any_text(text):
    assert code_span(text) == SPANS[text]


def test_printable_text_has_one_line_and_clipped_text_keeps_both_ends():
    assert printable("a\nb\x1b\u202ec") == "a b  c"
    long = clipped("start" + "x" * 5_000_000 + "end", 100)
    assert len(long) == 100 and long.startswith("start") and long.endswith("end")


WIDTHS = {"short": "short", "n" * 3_000_000: "n" * 9 + "…", "中" * 9: "中" * 4 + "…", "a\nb": "a b"}


@pytest.mark.parametrize("text", WIDTHS, ids=range(len(WIDTHS)))
def test_a_cell_at_the_terminal_is_cut_to_its_columns_at_once(text):
    assert shorten(text, 10) == WIDTHS[text]
