"""The fold, its way back to the raw text, and its table."""

import itertools
import subprocess
import sys
import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_audit.text.buffers import Utf8
from corpus_audit.text.fold import (
    BASE,
    CODE,
    COLLAPSE,
    DELETE,
    EXPAND,
    MARK,
    TABLES,
    TRANSFORMS,
    fold,
    fold_text,
    load_table,
    locate,
)

texts = st.text(st.characters(exclude_categories=("Cs",)))  # all of Unicode, unassigned included
nasty = st.text(st.sampled_from("aA Ｆ　賭赌\u0301\u200b\u0e49ทé①㎏ﷺ\n\t\x00İßΣ가각が\U0001f600𝐀"))


def utf8(*documents: str) -> Utf8:
    return Utf8.of(pa.array(documents, pa.large_string()))


def reference(text: str) -> list[tuple[str, int]]:
    """The fold in plain Python: (folded text, raw position) per raw character."""
    table = load_table()
    pieces: list[tuple[str, int]] = []
    on_base, after_space = False, True
    for position, char in enumerate(text):
        entry = int(table.table[ord(char)])
        out = ""
        if entry & int(DELETE):
            pass
        elif entry & int(MARK):
            out = "" if on_base else char
            after_space = after_space and on_base
        elif entry & int(COLLAPSE):
            out = "" if after_space else " "
            on_base, after_space = False, True
        else:
            on_base, after_space = bool(entry & int(BASE)), False
            if entry & int(EXPAND):
                index = entry & int(CODE)
                begin, end = table.expansion_offsets[index : index + 2]
                out = table.expansion_data[begin:end].tobytes().decode()
            else:
                out = chr(entry & int(CODE))
        pieces.append((out, position))
    return pieces


@given(st.lists(texts | nasty))
def test_a_view_holds_each_document_folded_and_separated(documents):
    view = fold(utf8(*documents))
    folded = [view.data[a : b - 1].tobytes().decode() for a, b in itertools.pairwise(view.offsets)]
    assert folded == ["".join(out for out, _ in reference(text)) for text in documents]
    assert all(view.data[end - 1] == 0 for end in view.offsets[1:])


@given(st.lists(texts | nasty, min_size=1, max_size=4), st.data())
def test_every_span_of_a_view_leads_back_to_the_characters_that_made_it(documents, data):
    view = fold(utf8(*documents))
    rows, starts, ends, wanted = [], [], [], []
    for row, text in enumerate(documents):
        owner = [position for out, position in reference(text) for _ in out.encode()]
        if not owner:
            continue
        for _ in range(data.draw(st.integers(0, 4))):
            a = data.draw(st.integers(0, len(owner) - 1))
            b = data.draw(st.integers(a + 1, len(owner)))
            rows.append(row)
            starts.append(view.offsets[row] + a)
            ends.append(view.offsets[row] + b)
            wanted.append((owner[a], owner[b - 1] + 1))
    order = sorted(range(len(rows)), key=lambda i: (rows[i], starts[i]))
    arrays = [np.array([values[i] for i in order], np.int64) for values in (starts, ends)]
    row = np.array([rows[i] for i in order], np.int32)
    spans = locate(utf8(*documents), view, row, *arrays, "plain")
    assert [*zip(spans.start.tolist(), spans.end.tolist(), strict=True)] == [
        wanted[i] for i in order
    ]
    for i, r in enumerate(row):
        raw = documents[r].encode()
        piece = documents[r][spans.start[i] : spans.end[i]]
        assert raw[spans.byte_start[i] : spans.byte_end[i]].decode() == piece


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("ＨＥＬＬＯ　Wörld", "hello world"),  # width, case, mark
        ("賭博網站", "赌博网站"),  # traditional
        ("赌\u200b\u2060博\ufe0f", "赌博"),  # invisible
        ("e\u0301\u0302te\u0301", "ete"),  # marks on Latin
        ("赌\u0336博\u0336", "赌博"),  # struck out
        ("ที่นี่", "ที่นี่"),  # Thai marks are spelling
        ("हिन्दी", "हिन्दी"),
        ("が", "が"),
        ("й", "и"),
        ("Straße İstanbul", "strasse istanbul"),
        ("①②③ ㎏ ﬁ", "123 kg fi"),
        ("a \t\r\n\u3000 b", "a b"),  # a run of white space is one space
        ("\n\n a", "a"),
        ("a\x00b", "ab"),
        ("", ""),
    ],
)
def test_fold(raw, folded):
    assert fold_text(raw).decode() == folded


@given(texts | nasty)
def test_folding_twice_changes_nothing_more(text):
    once = fold_text(text).decode()
    twice = fold_text(once).decode()
    # a mark that became deletable by what was removed before it is the one exception
    assert fold_text(twice).decode() == twice


def test_texts_that_grow_are_folded_whole():
    assert fold_text("ﷺ" * 10_000).decode() == unicodedata.normalize("NFKC", "ﷺ") * 10_000


@pytest.mark.parametrize(
    ("raw", "transforms"),
    [
        ("赌博", ()),
        ("賭博", ("simplified",)),
        ("Ｄｉｃｅ", ("width", "case")),
        ("DICE", ("case",)),
        ("赌\u200b博", ("invisible",)),
        ("dicé", ("mark",)),
        ("㎏", ("variant",)),
    ],
)
def test_the_trace_names_what_was_folded(raw, transforms):
    text = utf8(raw)
    view = fold(text)
    ends = np.array([view.offsets[1] - 1])
    spans = locate(text, view, np.zeros(1, np.int32), np.zeros(1, np.int64), ends, "plain")
    named = {name for i, name in enumerate(TRANSFORMS) if spans.trace[0] >> i & 1}
    assert named == set(transforms)


def test_a_sliced_column_folds_like_a_fresh_one():
    column = pa.array(["a", "賭", "ｃ", "d"], pa.large_string())
    sliced, fresh = fold(Utf8.of(column[1:3])), fold(utf8("賭", "ｃ"))
    assert sliced.data.tobytes() == fresh.data.tobytes()


@pytest.mark.parametrize("name", TABLES)
def test_the_shipped_tables_are_those_that_the_script_builds(tables_built, name):
    with (
        np.load(tables_built / f"fold_{name}.npz") as new,
        np.load(f"corpus_audit/text/data/fold_{name}.npz") as shipped,
    ):
        assert all((new[part] == shipped[part]).all() for part in shipped.files)


@pytest.fixture(scope="module")
def tables_built(tmp_path_factory):
    pytest.importorskip("opencc")
    pytest.importorskip("pypinyin")
    if unicodedata.unidata_version != load_shipped_version():
        pytest.skip("this Python has another Unicode version than the shipped table")
    built = tmp_path_factory.mktemp("tables")
    subprocess.run([sys.executable, "scripts/build_fold_table.py", built], check=True)
    return built


def load_shipped_version() -> str:
    with np.load("corpus_audit/text/data/fold_plain.npz") as shipped:
        return str(shipped["unicode"])
