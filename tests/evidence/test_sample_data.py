"""The sample corpus under four standards: every outcome, derived by hand, with its reason."""

import pytest
from sample import LEDGER, STANDARDS

from corpus_audit.assess.model import Assessment
from corpus_audit.evidence.command import assess_audit
from corpus_audit.rules.loader import read_rules
from corpus_audit.rules.standards import load_standard

F, P, E, H = "fail", "pass", "needs-evidence", "needs-person"

#: What TC260-003 and the draft-derived GB/T 45654 share.
SOURCES = {
    "source-ratio-before": (H, "each source has a dated record; borderline ones are for people"),
    "source-ratio-after": (F, "market-board: 12 of 60 documents hit, 20 % is over 5 %"),
    "source-diversity": (P, "zh from 5 owners, en from 4, text from 6: each at least 2"),
    "origin-mix": (H, "crawl and forum-en are from overseas; no ratio is given"),
    "open-data-license": (F, "2 of 80 in encyclopedia reserve all rights, against CC-BY-4.0"),
    "link-lists": (E, "1 of 80 in encyclopedia is a list of links, and no record of collection"),
    "collection-record": (F, "crawl holds 3 pages that robots.txt refused, and 2 marked noai"),
    "commercial-data": (
        H,
        "forum-en has its four papers; whether they bind is for people",
    ),
    "user-input-authorization": (F, "2 of 40 chats name no user"),
    "blocked-information": (F, "crawl holds 1 page of a blocked site"),
    "content-filter": (E, "no filter log, no log of manual checks"),
    "ip-strategy": (H, "strategy and responsible person are there; adequacy is for people"),
    "ip-risk": (E, "no record of identified risks"),
    "ip-complaints": (E, "no complaint channel"),
    "ip-user-notice": (E, "no user agreement"),
    "ip-strategy-update": (H, "the strategy is there"),
    "ip-summary": (E, "no summary was published"),
    "personal-information": (E, "the detector of personal data did not run"),
    "sensitive-personal-information": (E, "the detector of personal data did not run"),
}
NO_ANNOTATION = (E, "no annotation records and no papers of annotation were given")
ANNOTATION = dict.fromkeys(
    (
        "annotator-training", "role-separation", "annotation-rules", "safety-rules",
        "functional-batches", "safety-review", "safety-storage",
    ),
    NO_ANNOTATION,
)  # fmt: skip
BANKS = dict.fromkeys(
    ("generated-content-bank", "should-refuse-bank", "should-not-refuse-bank", "classifier"),
    (E, "no bank and no model card was given"),
)
SAMPLES = {
    "manual-sample": (E, "no sample was drawn for people"),
    "technical-sample": (E, "486 were checked; crawl stands for 48,000, a tenth of all is 4,843"),
}
#: The shipped library is large enough; relevance is for people, once its files are dated.
DATED = any(rule.updated for rule in read_rules())
LIBRARY = {"keyword-library": (H if DATED else E, "large enough, relevance is for people")}
EXPECTED = {
    "tc260-003-2024": {
        **SOURCES, **ANNOTATION, **BANKS, **SAMPLES, **LIBRARY,
        "assessment-report": (E, "nobody is named to sign"),
        "overall-conclusion": (H, "nobody has signed"),
    },
    "gbt-45654-2025": {**SOURCES, **ANNOTATION, **BANKS, **SAMPLES, **LIBRARY},
    "gbt-45652-2025": {
        **SAMPLES, **LIBRARY,
        "data-security": (E, "no policy on grading, access, backup"),
        "processing-records": (E, "the log of the audit is whole, yet no records of processing"),
        "source-diversity": SOURCES["source-diversity"],
        "source-records": (H, "the ledger has them; legal validity is for people"),
        "sample-metadata": (F, "2 of 40 chats name neither service and user nor another origin"),
        "content-filter": SOURCES["content-filter"],
        "ip-risk": SOURCES["ip-risk"],
        "personal-information": SOURCES["personal-information"],
        "sensitive-personal-information": SOURCES["sensitive-personal-information"],
        "synthetic-data": (P, "20 of 20 records of qa-synthetic name model and time"),
        "synthetic-filter": (E, "no filter log"),
        "preprocessing-samples": (E, "no sample was drawn"),
        "ip-record-sample": (E, "no sample was drawn, no record of identified risks"),
        "synthetic-record-sample": (E, "no sample was drawn"),
        "classifier": BANKS["classifier"],
    },
    "gbt-45674-2025": {
        clause.id: (E, "no annotation records and no papers of annotation were given")
        for clause in load_standard("gbt-45674-2025").clauses
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def assessed(sample_audit, today) -> dict[str, Assessment]:
    return {
        standard: assess_audit(str(sample_audit), standard, ledger=LEDGER, today=today)
        for standard in STANDARDS
    }


@pytest.mark.parametrize("standard", STANDARDS)
def test_every_clause_has_the_outcome_that_was_derived_by_hand(assessed, standard):
    found = {clause.id: clause.outcome for clause in assessed[standard].clauses}
    assert found == {id: outcome for id, (outcome, _) in EXPECTED[standard].items()}


@pytest.mark.parametrize("standard", STANDARDS)
def test_every_clause_says_why_and_what_next_in_both_languages(assessed, standard):
    told = load_standard(standard)
    for clause in assessed[standard].clauses:
        assert clause.reason.zh != clause.reason.en
        assert (clause.next is None) == (clause.outcome in ("pass", "not-applicable"))
        assert {use.key for use in clause.evidence} >= {
            key for _, keys in told.clause(clause.id).decided_by.items() for key in keys
        }


def test_each_source_has_the_outcome_of_the_five_per_cent_rule(assessed):
    found = {each.source: each for each in assessed["tc260-003-2024"].sources}
    assert {name: each.outcome for name, each in found.items()} == {
        "books": H, "chat": H, "crawl": "inconclusive", "encyclopedia": H, "forum-en": H,
        "market-board": F, "news": H, "qa-synthetic": H,
    }  # fmt: skip
    assert (found["chat"].share.hit, found["chat"].share.of) == (2, 40)  # exactly 5 %: not over
    assert found["crawl"].basis == "sample" and found["crawl"].population == 48_000
    assert found["crawl"].unseen == 5  # six were skipped, one of them empty
    assert found["market-board"].share.value == 0.2
    assert found["market-board"].share_chars.hit == 1267
    assert len(assessed["tc260-003-2024"].counted) == 29
    assert len(assessed["tc260-003-2024"].counted_samples) == 31
    assert len(assessed["gbt-45652-2025"].counted_samples) == 29


def test_a_standard_without_the_rule_judges_no_source(assessed):
    assert {each.outcome for each in assessed["gbt-45652-2025"].sources} == {"not-applicable"}


def test_draft_derived_text_and_limits_are_labelled(assessed):
    assert all(clause.draft_derived for clause in assessed["gbt-45654-2025"].clauses)
    assert all(clause.draft_derived for clause in assessed["gbt-45652-2025"].clauses)
    assert not any(clause.draft_derived for clause in assessed["gbt-45674-2025"].clauses)


def test_what_fails_makes_the_conclusion_and_should_clauses_do_not(assessed):
    assert {name: each.conclusion.outcome for name, each in assessed.items()} == {
        "tc260-003-2024": F, "gbt-45654-2025": F, "gbt-45652-2025": F, "gbt-45674-2025": E,
    }  # fmt: skip
    told = assessed["tc260-003-2024"]
    advisory = [clause for clause in told.clauses if clause.modality == "should"]
    assert sum(told.conclusion.advisory_counts.values()) == len(advisory) == 5
    assert sum(told.conclusion.counts.values()) == len(told.clauses) - 5
