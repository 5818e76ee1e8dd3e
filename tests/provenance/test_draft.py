"""`sources init` on layouts of others, and on what data alone shows."""

import json
import shutil
from pathlib import Path

import pytest

from corpus_audit.ledger.model import Ledger
from corpus_audit.ledger.reading import load_ledger
from corpus_audit.provenance.cards import card_of
from corpus_audit.provenance.claims import check_claims
from corpus_audit.provenance.draft import draft_ledger

LAYOUTS = Path(__file__).parent.parent / "data/layouts"


def drafted(data: Path, folder: Path) -> Ledger:
    path = folder / "sources.toml"
    path.write_text(draft_ledger(str(data), folder), encoding="utf-8")
    return load_ledger(path).ledger


@pytest.fixture
def layout(tmp_path):
    def copy(name: str) -> Ledger:
        shutil.copytree(LAYOUTS / name, tmp_path / name)
        return drafted(tmp_path / name, tmp_path)

    return copy


def test_a_dataset_card_of_hugging_face(layout):
    (source,) = layout("card").source
    assert source.id == "afqmc" and source.paths == ("afqmc/**",)
    assert source.name == "CLUE: Chinese Language Understanding Evaluation benchmark"
    assert source.languages == ("zh",)
    assert source.url == "https://www.cluebenchmarks.com"
    assert source.licence is None  # the card says `unknown`
    assert (source.kind, source.origin, source.owner) == ("TODO", "TODO", "TODO")


def test_a_croissant_file(layout):
    (source,) = layout("croissant").source
    assert source.name == "FLORES-200" and source.version == "0.0.1"
    assert source.licence == "CC-BY-SA-4.0" and source.kind == "open"
    assert source.url == "https://github.com/facebookresearch/flores"
    assert source.languages == ("en",)  # of the documents


def test_a_data_package(layout):
    (source,) = layout("datapackage").source
    assert source.licence == "PDDL-1.0" and source.kind == "open"
    assert source.owner == "Evan Wheeler"
    assert source.name.startswith("Comprehensive country codes")


def test_a_licence_file_becomes_evidence_with_its_digest(tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d/LICENSE").write_text("Attribution-ShareAlike 4.0 International\n...")
    (tmp_path / "d/texts.jsonl").write_text('{"text": "A text that goes on for a while."}\n')
    (source,) = drafted(tmp_path / "d", tmp_path).source
    assert source.licence == "CC-BY-SA-4.0"
    (paper,) = source.evidence
    assert (paper.kind, paper.file) == ("license", "d/LICENSE") and len(paper.sha256) == 64


def test_records_tell_of_models_users_and_sites(tmp_path):
    for name, record in {
        "made": {"text": "x", "model": "m-1", "generated_at": "2025-01-01"},
        "chats": {"text": "x", "service": "s", "user_id": "u1"},
        "pages": {
            "text": "x",
            "url": "https://a.example/1",
            "collected_at": "2025-02-03T01:00Z",
        },
    }.items():
        (tmp_path / "d" / name).mkdir(parents=True)
        (tmp_path / "d" / name / "f.jsonl").write_text(json.dumps(record) + "\n")
    ledger = drafted(tmp_path / "d", tmp_path)
    assert {s.id: s.kind for s in ledger.source} == {
        "made": "synthetic", "chats": "user-input", "pages": "self-collected",
    }  # fmt: skip
    assert str(ledger.find("pages").collected.first) == "2025-02-03"


def test_warc_files_are_self_collected_with_their_dates(tmp_path):
    pytest.importorskip("warcio")
    pytest.importorskip("resiliparse")
    body = b"<html><body><p>The river rose after three days of rain.</p></body></html>"
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/1\r\n"
        "WARC-Date: 2024-05-06T07:08:09Z\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    (tmp_path / "d").mkdir()
    (tmp_path / "d/crawl.warc").write_bytes(head.encode() + http + b"\r\n\r\n")
    (source,) = drafted(tmp_path / "d", tmp_path).source
    assert source.kind == "self-collected" and str(source.collected.first) == "2024-05-06"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("README.md", "---\nlicense: [unclosed\n---\n"), ("README.md", "no front matter"),
        ("README.md", "---\n- a list\n---\n"), ("datapackage.json", "{broken"),
        ("datapackage.json", "[1, 2]"), ("croissant.json", '{"name": "no context"}'),
        ("datapackage.json", '{"licenses": "MIT", "contributors": [null, 3]}'),
    ],
)  # fmt: skip
def test_papers_that_cannot_be_read_say_nothing(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    card = card_of(tmp_path)
    assert card.name is None


@pytest.mark.parametrize(
    ("front", "licence", "said"),
    [
        ("license: cc-by-sa-4.0", "CC-BY-SA-4.0", None),
        ("license: [mit, cc-by-4.0]", "MIT AND CC-BY-4.0", None),
        ("license: other\nlicense_name: our-terms", None, "our-terms"),
        ("license: openrail", "LicenseRef-OpenRAIL", None),
        ("license: odc-by", "ODC-By-1.0", None),
        ("license: unknown", None, None),
    ],
)
def test_licences_of_cards_are_named_by_their_ids(tmp_path, front, licence, said):
    (tmp_path / "README.md").write_text(f"---\n{front}\n---\n")
    card = card_of(tmp_path)
    assert (card.licence, card.licence_said) == (licence, said)


def test_a_draft_quotes_whatever_the_papers_say(tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d/README.md").write_text('---\npretty_name: "a \\"quoted\\"\\n[name]"\n---\n')
    (tmp_path / "d/texts.jsonl").write_text('{"text": "words"}\n')
    (source,) = drafted(tmp_path / "d", tmp_path).source
    assert source.name == 'a "quoted" [name]'


def test_many_shards_of_two_sources_in_one_folder_stay_apart(tmp_path):
    (tmp_path / "d/data").mkdir(parents=True)
    for name in ("wiki", "news"):
        for shard in range(25):
            (tmp_path / f"d/data/{name}-{shard:05d}-of-00025.jsonl").write_text('{"text": "x"}\n')
    ledger = drafted(tmp_path / "d", tmp_path)
    faults = check_claims(load_ledger(tmp_path / "sources.toml"), str(tmp_path / "d"))
    assert [str(fault) for fault in faults] == []
    assert all(len(source.paths) == 1 for source in ledger.source)
