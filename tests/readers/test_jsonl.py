"""JSONL: wherever a file is cut, each record belongs to exactly one part."""

import itertools
import json

from hypothesis import given
from hypothesis import strategies as st
from reading import read, stored

from corpus_audit.readers.registry import reader_named
from corpus_audit.text.batch import Batch
from corpus_audit.types import Part, ReadOptions, Skipped

LINES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).map(
        lambda text: json.dumps({"text": text}, ensure_ascii=False).encode()
    ),
    st.sampled_from([b"", b" ", b"{broken", b"\xff\xfa", b'{"text": null}', b"[1]", b"\x00"]),
)


@given(
    lines=st.lists(LINES, max_size=30),
    end=st.sampled_from([b"\n", b"\r\n"]),
    last=st.booleans(),
    bom=st.booleans(),
    data=st.data(),
)
def test_parts_cut_anywhere_give_each_record_once(tmp_path_factory, lines, end, last, bom, data):
    content = b"\xef\xbb\xbf" * bom + end.join(lines) + end * last
    file = stored(tmp_path_factory.mktemp("cut"), "a.jsonl", content)
    cuts = data.draw(st.lists(st.integers(0, len(content)), max_size=8))
    edges = sorted({0, *cuts, len(content)})
    parts = [Part(file, "jsonl", a, b) for a, b in itertools.pairwise(edges)]
    whole, pieces = events([Part(file, "jsonl")]), events(parts)
    assert pieces == whole
    assert len(whole) == sum(bool(line.strip()) for line in lines)


def events(parts):
    found = []
    for part in parts:
        for item in reader_named("jsonl").read(part, ReadOptions()):
            if isinstance(item, Batch):
                rows = (item.records.column(name).to_pylist() for name in ("position", "text"))
                found += zip(*rows, strict=True)
            else:
                assert isinstance(item, Skipped)
                found.append((item.position, item.reason))
    return sorted(found)


def test_a_line_far_over_the_limit_is_counted_and_never_held(tmp_path):
    import tracemalloc

    line = b'{"text": "' + b"x" * 60_000_000 + b'"}\n'
    file = stored(tmp_path, "a.jsonl", b'{"text": "one"}\n' + line + b'{"text": "two"}\n')
    del line
    tracemalloc.start()
    documents, skipped, _ = read(file, "jsonl", ReadOptions(max_document_bytes=1_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [text for _, _, text in documents] == ["one", "two"]
    assert [(s.reason, s.position) for s in skipped] == [("too_large", 16)]
    assert peak < 40_000_000


def test_a_damaged_line_still_tells_its_source(tmp_path):
    lines = [b'{"text": "one", "source": "a"}', b'{"source": "b", "text": "two', b"{"]
    _, skipped, _ = read(stored(tmp_path, "forum.jsonl", b"\n".join(lines)), "jsonl")
    assert [s.source for s in skipped] == ["b", None]
    _, skipped, _ = read(stored(tmp_path, "forum.jsonl", b'{"text": "one"}\n{'), "jsonl")
    assert [s.source for s in skipped] == ["forum"]


def test_numbers_that_json_does_not_know_are_read(tmp_path):
    line = b'{"text": "one", "score": NaN, "high": Infinity}'
    assert len(read(stored(tmp_path, "a.jsonl", line), "jsonl")[0]) == 1


def test_a_part_in_the_middle_uses_the_fields_of_the_first_records(tmp_path):
    first = [{"content": f"c{i}"} for i in range(150)]
    later = [{"content": f"c{i}", "text": "not this"} for i in range(150, 400)]
    lines = "".join(json.dumps(record) + "\n" for record in first + later)
    file = stored(tmp_path, "a.jsonl", lines.encode())
    documents, skipped, _ = read(file, "jsonl", target=700)
    assert [text for _, _, text in documents] == [f"c{i}" for i in range(400)] and not skipped
