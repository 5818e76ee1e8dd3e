"""Lists from elsewhere become a rule file."""

import gzip
import json
from datetime import date

import pytest

from corpus_audit.errors import RuleError, UsageError
from corpus_audit.rules.importing import gather, load_mapping, write_library
from corpus_audit.rules.lists import read_list
from corpus_audit.rules.loader import load_rules, read_rules

DAY = date(2026, 3, 1)


def write(folder, name, content):
    path = folder / name
    data = content if isinstance(content, bytes) else content.encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


@pytest.mark.parametrize(
    ("name", "content", "options", "entries"),
    [
        ("a.txt", "赌场\n\n 六合彩 \n#1 店\n", {}, [("赌场",), ("六合彩",), ("#1 店",)]),
        ("a.txt.gz", "赌场\n", {}, [("赌场",)]),
        ("a.txt", "\ufeff赌场\r\n", {}, [("赌场",)]),
        ("a.txt", "赌场 色情\n", {}, [("赌场 色情",)]),
        ("a.txt", "赌场 1,2\n六合彩\n", {"format": "houbb"}, [("赌场", "1", "2"), ("六合彩",)]),
        ("a.csv", 'term,category\n"a, b",x\nc,\n', {}, [("a, b", "x"), ("c",)]),
        ("a.csv", "w,k\na,x\n", {"term_column": "w", "category_columns": ["k"]}, [("a", "x")]),
        ("a.json", '["a", "b"]', {}, [("a",), ("b",)]),
        ("a.json", '[{"word": "a", "tags": ["x", "y"]}]', {}, [("a", "x", "y")]),
        ("a.json", '{"x": ["a"], "y": ["a"]}', {}, [("a", "x"), ("a", "y")]),
        ("a.json", '[{"match": "fu*ck|f@g"}]', {}, [("fuck",), ("f@g",)]),
        ("a.txt", "赌场\n".encode("gb18030"), {"encoding": "gb18030"}, [("赌场",)]),
    ],
)
def test_a_list_is_read_in_the_form_it_has(tmp_path, name, content, options, entries):
    read = read_list(write(tmp_path, name, content), **options)
    assert [(entry.term, *entry.categories) for entry in read.entries] == entries


@pytest.mark.parametrize(
    ("name", "content", "options", "message"),
    [
        ("a.txt", "", {}, "no term in it"),
        ("a.txt", "赌场\n".encode("gb18030"), {}, r"a\.txt:1: not utf-8.*gb18030"),
        ("a.txt", "x", {"encoding": "klingon"}, "no such encoding"),
        ("a.json", "[1]", {}, "entry 0 is neither"),
        ("a.json", "[", {}, r"a\.json:1: not JSON"),
        ("a.json", "3", {}, "neither a list nor an object"),
        ("a.json", '[{"x": "a"}]', {}, "--term-column"),
        ("a.csv", "x,y\n1,2\n", {}, "--term-column, one of x, y"),
        ("a.csv", "term\na\n", {"category_columns": ["k"]}, "no column 'k'; it has term"),
        ("a.txt.gz", None, {}, "damaged gzip"),
    ],
)
def test_what_is_no_list_is_refused_with_what_to_do(tmp_path, name, content, options, message):
    path = write(tmp_path, name, content or "")
    if content is None:
        path.write_bytes(gzip.compress(b"term\n" * 99)[:20])
    with pytest.raises(UsageError, match=message):
        read_list(path, **options)


def imported(folder, terms, **options):
    path = write(folder, "list.txt", "\n".join(terms))
    return gather([read_list(path)], risk="A.1.h", today=DAY, **options)


def test_terms_that_fold_alike_are_one_and_what_is_no_term_is_left_out_with_its_reason(tmp_path):
    got = imported(tmp_path, ["賭博網站", "赌博网站", "ＡＢＣＤ", "abcd", "赌", "\u200b"])
    assert list(got.terms["A.1.h"].values()) == ["賭博網站", "ＡＢＣＤ"]
    assert [(term, reason[:11]) for _, term, reason in got.left_out] == [
        ("赌", "is one char"),
        ("\u200b", "is empty af"),
    ]
    (source,) = got.sources
    assert (source.read, source.taken, source.duplicates, source.left_out) == (6, 2, 2, 2)
    assert (source.file, source.imported, len(source.sha256)) == ("list.txt", DAY, 64)


MAPPING = '[categories]\nporn = "A.1.f"\nboth = ["A.1.f", "A.1.h"]\npolite = false\n'


def test_a_mapping_sends_categories_to_risks_and_tells_those_it_does_not_know(tmp_path):
    content = {"porn": ["aaaa"], "both": ["bbbb"], "polite": ["cccc"]}
    words = read_list(write(tmp_path, "list.json", json.dumps(content)))
    mapping = load_mapping(write(tmp_path, "map.toml", MAPPING))
    got = gather([words], mapping=mapping, today=DAY)
    assert {risk: list(terms.values()) for risk, terms in got.terms.items()} == {
        "A.1.f": ["aaaa", "bbbb"],
        "A.1.h": ["bbbb"],
    }
    assert got.left_out == [("list.json", "cccc", "category polite: left out by the mapping")]
    del mapping["both"]
    with pytest.raises(UsageError, match='"both" = false  # 1 terms'):
        gather([words], mapping=mapping)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[categories]\na = true\n", "says no risk"),
        ('[categories]\na = "A.1.x"\n', "categories.a"),
        ('[categories]\na = "A.2.j"\n', "categories.a"),
        ('[categories]\na = "A.5.i"\n', "no risk A.5.i"),
        ("[categories]\na = []\n", "categories.a"),
        ('a = "A.1.f"\n', "map.toml"),
    ],
)
def test_a_mapping_that_says_nothing_is_refused(tmp_path, content, message):
    with pytest.raises(RuleError, match=message):
        load_mapping(write(tmp_path, "map.toml", content))


def test_without_a_risk_terms_have_no_place(tmp_path):
    words = read_list(write(tmp_path, "list.txt", "赌博网站"))
    for options, message in (
        ({}, "--risk A.1.f or --mapping"),
        ({"mapping": {}}, "1 terms have no category"),
        ({"risk": "A.9.z"}, "no such risk"),
    ):
        with pytest.raises(UsageError, match=message):
            gather([words], **options)


def test_what_is_written_loads_with_its_provenance_and_weighs_short_terms_less(tmp_path):
    terms = ["赌博网站", "六合彩", "#1 casino", "@home", "{a}", '\\"q"', "del\x7fete"]
    file = tmp_path / "own.toml"
    written = write_library(imported(tmp_path, terms, licence="CC0-1.0"), file, "high")
    assert [path.name for path in written] == ["own.a1h.txt", "own.a1h.short.txt", "own.toml"]
    long, short = load_rules([file]).rules
    assert {*long.terms, *short.terms} == {*terms}
    assert {*short.terms} == {"六合彩", "{a}"}
    assert (long.spec.confidence, short.spec.confidence) == ("high", "medium")
    assert long.updated == DAY
    assert 'licence = "CC0-1.0"' in file.read_text()


def test_importing_again_says_what_changed_and_drops_demotions_of_terms_that_are_gone(tmp_path):
    file = tmp_path / "own.toml"
    write_library(imported(tmp_path, ["赌博网站", "代开发票"]), file)
    row = "own.a1h,{},1,9,0.1,0.4,hit,clean,2026-03-01,corpus-audit"
    header = "rule,term,documents_hit,documents,rate,upper,reason,corpus,date,tool"
    demotions = tmp_path / "own.demotions.csv"
    demotions.write_text("\n".join([header, row.format("赌博网站"), row.format("代开发票")]))
    again = imported(tmp_path, ["赌博网站", "刻章办证"])
    write_library(again, file)
    assert (again.added, again.removed, again.stale) == (1, 1, 1)
    assert read_rules([file])[0].demoted == {"赌博网站".encode()}


def test_a_file_that_no_import_wrote_is_never_overwritten(tmp_path):
    file = write(tmp_path, "own.toml", "# mine\n")
    with pytest.raises(UsageError, match="not written by an import"):
        write_library(imported(tmp_path, ["赌博网站"]), file)
    with pytest.raises(UsageError, match=r"ends in \.toml"):
        write_library(imported(tmp_path, ["赌博网站"]), tmp_path / "own.txt")
    assert file.read_text() == "# mine\n"
