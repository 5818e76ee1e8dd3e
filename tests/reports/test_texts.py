"""Two languages, complete and never mixed."""

from __future__ import annotations

import re
import string
from html.parser import HTMLParser

import pytest

from corpus_audit.errors import UsageError
from corpus_audit.reports.gather import gather
from corpus_audit.reports.html import render_html
from corpus_audit.reports.page import page_data
from corpus_audit.reports.texts import LANGUAGES, Texts, load_texts

HAN = re.compile("[\u4e00-\u9fff]")
#: Three words in a row are English; names, ids, units and licences are shorter or marked up.
ENGLISH = re.compile(r"[A-Za-z]{2,}(?: [a-z]{2,}){2,}")
#: What quotes the data, or is typed at a terminal.
QUOTED = ("bdi", "code", "blockquote", "mark", "script", "style")


#: Chinese texts without a Chinese character: signs only, and names that are filled in.
WITHOUT_WORDS = {
    "format.percent", "format.thousand", "format.comma", "format.colon", "clauses.intro",
    "clauses.requires",
}  # fmt: skip
#: Names of owners in the ledger of the sample, which reasons quote.
NAMES = re.compile("样例[百科社区新闻网]+|渡口出版社|corpus-audit(?: (?:review )?[a-z]+)?")


class Visible(HTMLParser):
    """The text of a page that its author wrote, attributes that are read aloud included."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.texts: list[str] = []

    def handle_starttag(self, tag, attributes):
        self.depth += tag in QUOTED
        self.texts += [
            value for name, value in attributes if name in ("aria-label", "title", "placeholder")
        ]

    def handle_endtag(self, tag):
        self.depth -= tag in QUOTED

    def handle_data(self, data):
        if not self.depth and data.strip():
            self.texts.append(data.strip())


def visible(page: str) -> list[str]:
    parser = Visible()
    parser.feed(page)
    return [NAMES.sub("", text) for text in parser.texts]


def test_both_languages_have_the_same_keys_and_fill_in_the_same_values():
    zh, en = (load_texts(language) for language in ("zh", "en"))
    assert zh.keys() == en.keys()

    def fields(text: str) -> set[str]:
        return {name for _, name, *_ in string.Formatter().parse(text) if name is not None}

    assert {key for key in zh if fields(zh[key]) != fields(en[key])} == set()


def test_each_text_is_in_its_language():
    allowed = {"format.lang"}
    zh = {key: text for key, text in load_texts("zh").items() if key not in allowed}
    assert {key for key, text in zh.items() if ENGLISH.search(text)} == set()
    assert {key for key, text in load_texts("en").items() if HAN.search(text)} == set()
    without_han = {key for key, text in zh.items() if not HAN.search(text)}
    assert without_han <= WITHOUT_WORDS


@pytest.mark.parametrize("which", ["sample", "scanned"])
def test_a_chinese_page_holds_no_english_sentence_and_an_english_page_no_chinese(which, request):
    data = gather(request.getfixturevalue(which))
    pages = {language: visible(render_html(data, language)) for language in LANGUAGES}
    assert len(pages["zh"]) > 150 and len(pages["en"]) > 150
    assert [text for text in pages["zh"] if ENGLISH.search(text)] == []
    assert [text for text in pages["en"] if HAN.search(text)] == []


def test_what_the_script_writes_is_in_the_language_of_the_page(sample_data):
    scripted = {language: page_data(sample_data, Texts(language)) for language in LANGUAGES}
    for language, found in scripted.items():
        texts = [*found["t"].values(), *found["labels"], *(name for _, name in found["outcomes"])]
        texts += [word for risk in found["risks"] for word in risk[1:3]]
        texts += [text for row in found["rows"] for _, text in row[9]]
        wrong = HAN if language == "en" else ENGLISH
        assert [text for text in texts if wrong.search(NAMES.sub("", text))] == []


def test_an_unknown_language_is_refused():
    with pytest.raises(UsageError, match=r"it is (en or zh|zh or en)"):
        Texts("fr")
