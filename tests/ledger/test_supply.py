"""What a ledger supplies to the clauses of the standards."""

from datetime import date
from pathlib import Path

from corpus_audit.ledger.reading import load_ledger
from corpus_audit.ledger.supply import supplied
from corpus_audit.rules.standards import load_evidence

SAMPLE = Path(__file__).parent.parent.parent / "sample_data/provenance/sources.toml"


def test_papers_and_entries_supply_the_keys_that_clauses_ask_for():
    found = supplied(load_ledger(SAMPLE), date(2025, 6, 30))
    assert set(found) == {k for k, each in load_evidence().items() if each.by == "manifest"}
    assert found["ledger.contract"].sources == ("forum-en",)
    assert found["ledger.license"].sources == ("encyclopedia", "books")
    assert found["ledger.robots"].sources == ("news", "crawl")
    assert found["ledger.synthetic"].sources == ("qa-synthetic",)
    assert len(found["ledger.owner"].sources) == 8
    assert found["ledger.ip_owner"].corpus and not found["ledger.security_log"].corpus


def test_a_paper_that_expired_supplies_nothing():
    found = supplied(load_ledger(SAMPLE), date(2036, 1, 1))
    assert found["ledger.contract"].sources == ()
    assert found["ledger.commitment"].sources == ("forum-en",)
