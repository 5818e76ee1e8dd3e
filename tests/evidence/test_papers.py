"""Take one paper away and its clause is short of evidence, and nothing else changes."""

import re
import shutil
import tomllib
from pathlib import Path

import pytest
from sample import LEDGER

from corpus_audit.assess.model import Assessment, ClauseOutcome
from corpus_audit.cli.assess import exit_code
from corpus_audit.evidence.command import assess_audit
from corpus_audit.policies import Policy
from corpus_audit.rules.standards import load_standard

STANDARDS = ("tc260-003-2024", "gbt-45652-2025", "gbt-45654-2025", "gbt-45674-2025")
PAPERS = [
    (source["id"], paper["kind"])
    for source in tomllib.loads(LEDGER.read_text(encoding="utf-8"))["source"]
    for paper in source["evidence"]
]
CORPUS_PAPERS = [
    paper["kind"] for paper in tomllib.loads(LEDGER.read_text(encoding="utf-8"))["evidence"]
]


@pytest.fixture(scope="module")
def assess(clean_audit, full_ledger, today):
    """Assess the clean audit with a ledger in which some text was replaced."""

    def assessed(change=None, standard="tc260-003-2024", accept=False, **options) -> Assessment:
        policy = Policy.model_validate(
            {"coverage": {"max_skipped": 0.02}, "assess": {"accept_indicator": accept}}
        )
        ledger = full_ledger
        if change is not None:
            ledger = full_ledger.with_name("changed.toml")
            ledger.write_text(change(full_ledger.read_text(encoding="utf-8")), encoding="utf-8")
        return assess_audit(str(clean_audit), standard, policy, ledger, today=today, **options)

    return assessed


@pytest.fixture(scope="module")
def whole(assess) -> dict[str, Assessment]:
    return {standard: assess(standard=standard) for standard in STANDARDS}


def without(kind: str, source: str | None):
    """Drop one [[evidence]] of a source, or of the corpus."""

    def change(text: str) -> str:
        blocks = re.split(r"(?m)^(?=\[\[)", text)
        current, kept = None, []
        for block in blocks:
            if found := re.match(r'\[\[source\]\]\nid = "([^"]+)"', block):
                current = found[1]
            of = current if block.startswith("[[source.evidence]]") else None
            evidence = re.match(r"\[\[(?:source\.)?evidence\]\]", block)
            if evidence and f'kind = "{kind}"' in block and of == source:
                continue
            kept.append(block)
        assert len(kept) == len(blocks) - 1, "one paper, no more and no less"
        return "".join(kept)

    return change


def changed(before: Assessment, after: Assessment) -> dict[str, ClauseOutcome]:
    old = {clause.id: clause for clause in before.clauses}
    return {c.id: c for c in after.clauses if c.outcome != old[c.id].outcome}


def asking(standard: str, kind: str) -> set[str]:
    key = kind if "." in kind else f"ledger.{kind}"
    clauses = load_standard(standard).clauses
    return {clause.id for clause in clauses if key in clause.decided_by.manifest}


@pytest.mark.parametrize(
    ("standard", "source", "kind"),
    [
        *((STANDARDS[0], *paper) for paper in PAPERS),
        *((STANDARDS[0], None, kind) for kind in CORPUS_PAPERS),
        *((STANDARDS[1], "chat", "consent"), (STANDARDS[1], "forum-en", "supply_review")),
    ],
)
def test_without_a_paper_its_clauses_need_evidence_and_no_other_changes(
    assess, whole, standard, source, kind
):
    found = changed(whole[standard], assess(without(kind, source), standard))
    assert set(found) == asking(standard, kind)
    for clause in found.values():
        assert clause.outcome == "needs-evidence"
        lacking = [use for use in clause.evidence if not use.present and use.by == "manifest"]
        assert [use.missing for use in lacking] == [(source,) if source else ()]
        assert source is None or source in clause.reason.en


FIELDS = [
    ("owner", 'owner = "样例新闻网"', 'owner = "TODO"', {"source-diversity"}),
    ("origin", 'origin = "overseas"', 'origin = "TODO"', {"origin-mix"}),
    ("robots", 'robots = "robots/news.example.txt"', "", {"collection-record"}),
]


@pytest.mark.parametrize(("name", "old", "new", "clauses"), FIELDS, ids=[f[0] for f in FIELDS])
def test_what_the_entry_of_a_source_says_is_evidence_too(assess, whole, name, old, new, clauses):
    found = changed(whole["tc260-003-2024"], assess(lambda text: text.replace(old, new, 1)))
    assert {id: clause.outcome for id, clause in found.items()} == dict.fromkeys(
        clauses, "needs-evidence"
    )


def test_a_paper_that_was_changed_supplies_nothing(assess, whole, full_ledger):
    file = full_ledger.parent / "evidence/forum-contract.txt"
    before = file.read_bytes()
    try:
        file.write_bytes(before + b"x")
        assert set(changed(whole["tc260-003-2024"], assess())) == {"commercial-data"}
    finally:
        file.write_bytes(before)


def test_a_paper_that_expired_supplies_nothing(assess, whole):
    found = changed(
        whole["tc260-003-2024"],
        assess(lambda text: text.replace("valid_until = 2035-12-31", "valid_until = 2025-01-02")),
    )
    assert {id: c.outcome for id, c in found.items()} == {"commercial-data": "needs-evidence"}


@pytest.mark.parametrize(
    ("issued", "outcome", "said"),
    [
        (
            "2025-02-02",
            "fail",
            "news: assessed on 2025-02-02, after collection began on 2025-02-01",
        ),
        ("2025-02-01", "needs-person", ""),
        ("", "needs-evidence", "(news)"),
    ],
)
def test_an_assessment_before_collection_is_dated_before_it(assess, issued, outcome, said):
    """news was collected from 2025-02-01; its record names the file that all sources share."""

    def change(text: str) -> str:
        head, tail = text.split('id = "news"', 1)
        line = f"issued = {issued}\n" if issued else ""
        return head + 'id = "news"' + tail.replace("issued = 2024-12-20\n", line, 1)

    found = {c.id: c for c in assess(change).clauses}["source-ratio-before"]
    assert found.outcome == outcome
    assert said in found.reason.en


def test_a_sample_taken_before_collection_is_counted_again(assess, sample_audit):
    """Of the sample of market-board 12 of 60 hit; of news none of 120, which is enough to tell."""
    found = {c.id: c for c in assess(before=str(sample_audit)).clauses}["source-ratio-before"]
    outcomes = {check.subject: check.outcome for check in found.checks}
    assert outcomes["market-board"] == "fail"
    assert outcomes["news"] == "pass"
    assert outcomes["books"] == "inconclusive"
    assert found.outcome == "fail"


def test_without_a_ledger_nothing_passes_that_needs_one(clean_audit, today, tmp_path):
    audit = Path(shutil.copytree(clean_audit, tmp_path / "audit"))
    manifest = (audit / "audit.json").read_text(encoding="utf-8")
    (audit / "audit.json").write_text(manifest.replace("sources.toml", "gone.toml"))
    found = assess_audit(str(audit), "tc260-003-2024", today=today)
    for clause in found.clauses:
        if any(use.key.startswith("ledger.") for use in clause.evidence):
            assert clause.outcome in ("needs-evidence", "not-applicable"), clause.id


def test_with_all_papers_judgements_and_annotation_everything_passes(
    assess, all_judged, annotations, whole
):
    """Not one clause waits for what cannot be given."""
    table, roster = annotations
    for standard in ("tc260-003-2024", "gbt-45652-2025", "gbt-45674-2025"):
        found = assess(
            standard=standard, judgements=all_judged, annotations=table, roster=roster,
            accept=True,
        )  # fmt: skip
        left = {
            c.id: (c.outcome, c.reason.en)
            for c in found.clauses
            if c.outcome not in ("pass", "not-applicable")
        }
        assert left == {} and exit_code(found) == 0
        assert found.indicator_accepted
