"""Faults seeded into the worked ledger: each is found, with its line and what to do."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from corpus_audit.errors import LedgerError
from corpus_audit.ledger.check import check_ledger
from corpus_audit.ledger.reading import load_ledger
from corpus_audit.provenance.claims import check_claims

SAMPLE = Path(__file__).parent.parent.parent / "sample_data"
TODAY = date(2025, 6, 30)
CONTRACT = "valid_from = 2025-01-01\nvalid_until = 2035-12-31"

#: What is replaced in the ledger, by what, and words of the message that must say so.
SEEDED = [
    ('kind = "open"\norigin', 'kind = "opened"\norigin', "kind: Input should be 'open'"),
    ('languages = ["zh", "en"]\nowner', "owner", "languages: missing"),
    ('owner = "样例百科社区"', 'ownr = "样例百科社区"', "ownr: unknown key"),
    ('id = "books"', 'id = "news"', 'names source "news" too'),
    ('paths = ["books/**"]', 'paths = ["news/**"]', 'is claimed by source "books" too'),
    ('paths = ["books/**"]', 'paths = ["../books/**"]', "goes up a folder"),
    ('paths = ["books/**"]', 'paths = ["boks/**"]', "matches no file"),
    ('paths = ["books/**"]', 'paths = ["books/**", "**/*.gz"]', "that source"),
    ('licence = "CC-BY-4.0"\n', "", "open data without a licence"),
    ('licence = "CC-BY-4.0"', 'licence = "CC-BY-4.0 AND ("', "is no SPDX expression"),
    ('licence = "CC-BY-4.0"', 'licence = "CC-BYE-4.0"', 'licence "CC-BYE-4.0" is not known'),
    ('licence = "CC-BY-4.0"', 'licence = "CC-BY-NC-4.0"', "does not allow commercial use"),
    ('licence = "CC-BY-4.0"', 'licence = "LicenseRef-all-rights-reserved"', "does not allow use"),
    ('file = "evidence/books-license.txt"', 'file = "evidence/lost.txt"', "no such file"),
    ('file = "evidence/books-license.txt"', 'file = "/etc/passwd"', "out of the ledger's folder"),
    ('file = "evidence/books-license.txt"', 'file = "../README.md"', "out of the ledger's folder"),
    ('file = "evidence/books-license.txt"', 'file = "evidence/link.txt"', "by a symbolic link"),
    ('file = "evidence/books-license.txt"', 'file = "evidence/empty.txt"', "is empty"),
    ('file = "evidence/books-license.txt"', 'file = "evidence/changed.txt"', "its digest is"),
    (CONTRACT, "valid_from = 2025-01-01\nvalid_until = 2025-05-31", "expired on 2025-05-31"),
    (CONTRACT, "valid_from = 2026-01-01\nvalid_until = 2035-12-31", "not in force before"),
    (CONTRACT, "valid_from = 2025-01-01\nvalid_until = 2024-01-01", "before it begins"),
    ('parties = ["Sample Lab", "Forum Data Ltd"]', 'parties = ["Sample Lab", "X"]', "its parties"),
    ('kind = "contract"', 'kind = "contrakt"', "decides no clause"),
    ('kind = "proof"', 'kind = "ip_strategy"', "holds for the corpus"),
    ('kind = "commitment"', 'kind = "source_record"', 'needs evidence "commitment"'),
    ('kind = "authorization"', 'kind = "source_record"', 'needs evidence "authorization"'),
    ('kind = "opt_out"', 'kind = "source_record"', 'needs evidence "opt_out"'),
    ('kind = "consent"', 'kind = "source_record"', "consent is claimed but not shown"),
    ('kind = "collection_record"', 'kind = "source_record"', 'needs evidence "collection_record"'),
    ('robots = "robots/news.example.txt"\n', "", "no robots.txt of that time"),
    ("first = 2025-02-01", "first = 2025-03-01", "it ends before"),
    ("last = 2025-02-28", "last = 2026-02-28", "is in the future"),
    ("first = 2025-02-01", "first = 2024-12-01", "after collection began"),
    ("population = 48000", "", "without the number of documents"),
    ('delivery = "sample"\n', "", "only a sample has a population"),
    ('[source.generated]\nmodel = "sample-model"', "[source.generated]", "model: missing"),
    ('kind = "synthetic"', 'kind = "self-collected"', "and yet a model generated it"),
    ('seeds = ["encyclopedia"]', 'seeds = ["encyclopaedia"]', 'no source "encyclopaedia"'),
    ('basis = "none-held" }', 'basis = "none-held" }\nsensitive_data = { basis = "consent" }',
     "needs separate consent"),
    ('basis = "consent" }', 'basis = "consent" }\nsensitive_data = { basis = "separate-consent" }',
     "impact assessment"),
    ('person = "A. Sample, counsel"\n', "", "no file and no person"),
    ('origin = "overseas"', 'origin = "TODO"', "origin is still TODO"),
    ('personal_data = { basis = "consent" }\n', "", "what users typed holds personal data"),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(SAMPLE / "provenance", tmp_path / "provenance")
    shutil.copytree(SAMPLE / "corpus", tmp_path / "corpus")
    evidence = tmp_path / "provenance/evidence"
    (evidence / "link.txt").symlink_to(SAMPLE / "README.md")
    (evidence / "empty.txt").touch()
    (evidence / "changed.txt").write_text("another text\n")
    return tmp_path / "provenance"


def faults(folder: Path) -> list[str]:
    try:
        file = load_ledger(folder / "sources.toml")
    except LedgerError as error:
        return str(error).splitlines()
    found = check_ledger(file, TODAY) + list(check_claims(file, str(folder.parent / "corpus")))
    return [str(fault) for fault in sorted(found)]


def test_the_worked_ledger_has_every_kind_of_source_and_no_fault(folder):
    file = load_ledger(folder / "sources.toml")
    assert {source.kind for source in file.ledger.source} == {
        "open", "self-collected", "commercial", "user-input", "synthetic",
    }  # fmt: skip
    (only,) = faults(folder)
    assert "warning" in only and "A person must read" in only


@pytest.mark.parametrize(("old", "new", "says"), SEEDED)
def test_a_seeded_fault_is_found_with_file_and_line(folder, old, new, says):
    path = folder / "sources.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = [fault for fault in faults(folder) if says in fault]
    assert found, faults(folder)
    where, _, line = found[0].partition(":")
    assert (where == str(path) and int(line.partition(":")[0]) > 1) or "evidence" in found[0]


def test_all_faults_are_told_at_once(folder):
    path = folder / "sources.toml"
    text = path.read_text(encoding="utf-8")
    # not those of the form, which hide all others
    for old, new, _ in (SEEDED[9], SEEDED[13], SEEDED[20], SEEDED[25], SEEDED[30], SEEDED[41]):
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    assert len(faults(folder)) >= 6


def test_the_line_of_a_fault_is_that_of_its_key(folder):
    path = folder / "sources.toml"
    text = path.read_text(encoding="utf-8").replace('licence = "CC-BY-4.0"', 'licence = "nope"')
    path.write_text(text, encoding="utf-8")
    number = text.splitlines().index('licence = "nope"') + 1
    assert any(
        fault.startswith(f'{path}:{number}: source "encyclopedia"') for fault in faults(folder)
    )
