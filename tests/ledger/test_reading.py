"""Ledgers in three forms, and what is refused before it is read."""

import json
import tomllib
from pathlib import Path

import pytest
import yaml

from corpus_audit.errors import LedgerError
from corpus_audit.ledger.model import ledger_schema
from corpus_audit.ledger.reading import MAX_BYTES, load_ledger

SAMPLE = Path(__file__).parent.parent.parent / "sample_data/provenance/sources.toml"
CONTENT = tomllib.loads(SAMPLE.read_text(encoding="utf-8"))


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_toml_yaml_and_json_give_the_same_ledger(tmp_path):
    as_yaml = write(tmp_path, "l.yaml", yaml.safe_dump(CONTENT, allow_unicode=True))
    as_json = write(tmp_path, "l.json", json.dumps(CONTENT, default=str, indent="\t"))
    expected = load_ledger(SAMPLE).ledger
    assert load_ledger(as_yaml).ledger == expected
    assert load_ledger(as_json).ledger == expected


@pytest.mark.parametrize("name", ["l.yaml", "l.json", "l.toml"])
def test_a_fault_has_its_line_in_every_form(tmp_path, name):
    content = json.loads(json.dumps(CONTENT, default=str))
    content["source"][3]["origin"] = "abroad"
    text = {
        "l.yaml": yaml.safe_dump(content, allow_unicode=True, sort_keys=False),
        "l.json": json.dumps(content, indent=2, ensure_ascii=False),
        "l.toml": SAMPLE.read_text("utf-8").replace('"overseas"', '"abroad"', 1),
    }[name]
    path = write(tmp_path, name, text)
    number = next(n for n, line in enumerate(text.splitlines(), 1) if "abroad" in line)
    with pytest.raises(LedgerError, match=rf'{name}:{number}: source "crawl": origin'):
        load_ledger(path)


def bomb(depth: int = 12) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, depth)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("l.yaml", bomb(), "aliases"),
        ("l.yaml", "a: &a [*a]", "nested too deeply"),
        ("l.yaml", "source: [unclosed", r"l\.yaml:\d: .*Correct the YAML"),
        ("l.yaml", "!!python/object/apply:os.system ['true']", "Correct the YAML"),
        ("l.yaml", "version: 1\nversion: 1\nsource: []", '"version" stands twice'),
        ("l.json", '{"version": 1, "version": 1, "source": []}', '"version" stands twice'),
        ("l.json", '{"version": 1,\n}', r"l\.json:2: .*Correct the JSON"),
        ("l.json", "[" * 5000 + "]" * 5000, "nested too deeply"),
        ("l.json", "[]", "the ledger"),
        ("l.toml", "version = 1\nversion = 2\n", r"l\.toml:2: "),
        ("l.toml", "version = \n", r"l\.toml:1: .*Correct the TOML"),
        ("l.toml", "", "source: missing"),
        ("l.toml", "version = 9\n[[source]]\n", "version"),
        ("l.txt", "version = 1", "a ledger is a .toml, .yaml or .json file"),
        ("l.yaml", "source:\n- id: a\n  languages: [no]\n", "YAML reads no and yes as truth"),
    ],
)
def test_a_ledger_that_cannot_be_read_says_why(tmp_path, name, text, says):
    with pytest.raises(LedgerError, match=says):
        load_ledger(write(tmp_path, name, text))


def test_a_huge_ledger_is_refused_unread(tmp_path):
    path = tmp_path / "l.toml"
    with path.open("wb") as file:
        file.truncate(50 << 20)
    with pytest.raises(LedgerError, match=r"52\.4 MB; a ledger has at most"):
        load_ledger(path)
    assert MAX_BYTES < 50 << 20


def test_bytes_that_are_no_text_and_missing_files_are_refused(tmp_path):
    (tmp_path / "l.toml").write_bytes(b"version = 1\n# \xff\n")
    with pytest.raises(LedgerError, match=r"l\.toml:2: not UTF-8"):
        load_ledger(tmp_path / "l.toml")
    with pytest.raises(LedgerError, match="sources init"):
        load_ledger(tmp_path / "none.toml")


def test_few_aliases_are_taken(tmp_path):
    text = yaml.safe_dump(CONTENT, allow_unicode=True)
    path = write(tmp_path, "l.yaml", text)
    assert "&id" in text or load_ledger(path)
    assert len(load_ledger(path).ledger.source) == 8


def test_the_schema_is_json_schema_of_every_part():
    schema = ledger_schema()
    assert {"Source", "Evidence", "Collection", "Generation"} <= set(schema["$defs"])
