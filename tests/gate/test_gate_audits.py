"""Audits held against policies: every measure, patterns, reuse of facts, where to look."""

import json
from datetime import date

import pytest
from deliveries import BET, PLAIN, texts

from corpus_audit.assess.model import Assessment
from corpus_audit.errors import AuditError, RuleError, UsageError
from corpus_audit.evidence.command import assess_audit
from corpus_audit.gate.model import LEVELS
from corpus_audit.gate.run import decide_audit
from corpus_audit.policies import Policy, load_policy

ALL = "fingerprints,keywords,language,licences"
WALK = "This is a walk in the park, day {}, and then we went home to read a book."
STATED = "第 {} 篇。版权所有，未经许可不得转载。CC BY-NC 4.0"
ID = "身份证号 110101199003074514，请核对第 {} 份"


def policy(*limits: dict, **sections) -> Policy:
    return Policy.model_validate({"limit": list(limits)} | sections)


def level(decision, limit: str, source: str = "") -> str:
    (found,) = [v for v in decision.verdicts if (v.limit, v.source) == (limit, source)]
    return found.level


def verdict(decision, limit: str, source: str = ""):
    (found,) = [v for v in decision.verdicts if (v.limit, v.source) == (limit, source)]
    return found


@pytest.fixture
def mixed(make_audit):
    rows = {
        "web": texts(90, bet=6, blade=4),
        "news": texts(99, bet=1, first=200),
        "copies": [PLAIN.format(0)] * 4 + texts(6, first=400),
        "english": [WALK.format(i) for i in range(10)],
        "stated": [STATED.format(i) for i in range(2)] + texts(8, first=600),
        "broken": ['{"text": 5}', *texts(9, first=800)],
    }  # fmt: skip
    return make_audit("mixed", rows, max_skipped=0.5, detectors=ALL)


def test_every_measure_is_counted_per_source_and_names_its_causes(mixed):
    limits = [
        {"name": "bets", "risk": "A.1.h", "fail": 0.05},
        {"name": "core", "risk": "A.1", "fail": 0.095},
        {"name": "clones", "duplicates": "exact", "fail": 0.2},
        {"name": "tongue", "languages": ["zh"], "fail": 0.5},
        {"name": "nc", "licence": "no", "warn": 0.1},
        {"name": "bad", "skipped": "not_a_string", "unit": "documents", "fail": 0},
        {"name": "all-bets", "risk": "A.1.h", "per": "corpus", "unit": "documents", "fail": 6},
    ]
    decision = decide_audit(mixed, policy(*limits, coverage={"max_skipped": 0.5}))
    assert decision.outcome == "fail" and decision.exit_code == 4
    expected = {
        ("ratio", "web"): "fail", ("bets", "web"): "fail", ("bets", "news"): "pass",
        ("core", "web"): "fail", ("clones", "copies"): "fail", ("clones", "news"): "pass",
        ("tongue", "english"): "fail", ("tongue", "web"): "pass", ("nc", "stated"): "warn",
        ("bad", "broken"): "fail", ("bad", "web"): "pass", ("all-bets", ""): "fail",
        ("coverage", ""): "pass", ("bets", "broken"): "undecided",
    }  # fmt: skip
    found = {key: level(decision, *key) for key in expected}
    assert found == expected
    bets = verdict(decision, "bets", "web")
    assert (bets.amount.hit, bets.amount.of) == (6, 100)
    assert [(cause.name, cause.documents) for cause in bets.causes] == [("t.bet", 6)]
    assert bets.places[0].line == 91 and bets.places[0].path.endswith("web/part.jsonl")
    core = verdict(decision, "core", "web")
    assert [(risk.name, risk.documents) for risk in core.risks] == [("A.1.h", 6), ("A.1.f", 4)]
    assert verdict(decision, "bad", "broken").places[0].line == 1
    assert verdict(decision, "tongue", "english").causes[0].name == "en"
    assert "CC-BY-NC-4.0" in verdict(decision, "nc", "stated").causes[0].name
    # gravest first
    levels = [v.level for v in decision.verdicts]
    assert levels == sorted(levels, key=LEVELS.index)


def test_unseen_records_are_taken_as_clean_only_where_the_limit_says_so(mixed):
    for unseen, expected in (("worst", "undecided"), ("clean", "pass")):
        limit = {"name": "bets", "risk": "A.1.h", "fail": 0, "unseen": unseen}
        decision = decide_audit(mixed, policy(limit, coverage={"max_skipped": 0.5}))
        assert level(decision, "bets", "broken") == expected


def test_what_nothing_looked_for_is_undecided_and_never_a_pass(make_audit):
    audit = make_audit("a", {"web": texts(3)}, detectors="keywords")
    limits = [
        {"name": "none", "risk": "A.2", "fail": 0},
        {"name": "pii", "pii": "sensitive", "fail": 0},
        {"name": "kind", "pii": "email", "fail": 0},
        {"name": "copies", "duplicates": "all", "fail": 0.1},
        {"name": "known", "duplicates": "known", "fail": 0.1},
        {"name": "nc", "licence": "no", "fail": 0},
        {"name": "tongue", "languages": ["zh"], "fail": 0},
    ]
    decision = decide_audit(audit, policy(*limits))
    found = {v.limit: v.unclear for v in decision.of("undecided")}
    assert found == {limit["name"]: "unmeasured" for limit in limits}
    assert decision.exit_code == 5


def test_personal_data_is_limited_by_kind_and_by_class(make_audit):
    rows = {"forms": [ID.format(i) for i in range(2)] + texts(8), "web": texts(10, first=100)}
    audit = make_audit("a", rows, detectors="keywords,pii")
    limits = [
        {"name": "ids", "pii": "cn_resident_id", "fail": 0},
        {"name": "sensitive", "pii": "sensitive", "fail": 0.1},
        {"name": "mail", "pii": "email", "fail": 0},
        {"name": "secrets", "pii": "secret", "fail": 0},
    ]
    decision = decide_audit(audit, policy(*limits))
    failed = {(v.limit, v.source): v.amount.hit for v in decision.of("fail")}
    assert failed == {("ids", "forms"): 2, ("sensitive", "forms"): 2}
    ids = verdict(decision, "ids", "forms")
    assert ids.causes[0].name == "pii.cn_resident_id" and ids.places[0].line == 1
    assert "--rule pii.cn_resident_id" in ids.command


def test_a_young_project_is_green_honestly(make_audit):
    """No ledger, no review, no person: clauses lack evidence, and gate nothing."""
    audit = make_audit("a", {"web": texts(97, bet=3)})
    chosen = policy()
    assessment = assess_audit(audit, "tc260-003-2024", chosen)
    assert assessment.conclusion.outcome != "pass"
    decision = decide_audit(audit, chosen, assessment=assessment)
    assert decision.outcome == "pass" and {v.limit for v in decision.verdicts} == {
        "ratio",
        "coverage",
    }
    (found,) = [c.outcome for c in assessment.clauses if c.id == "source-ratio-after"]
    assert found in ("needs-evidence", "needs-person")
    named = policy(clause=[{"id": "source-ratio-after", "fail": ["fail"], "warn": [found]}])
    decision = decide_audit(audit, named, assessment=assessment)
    assert decision.outcome == "pass" and level(decision, "source-ratio-after") == "warn"
    strict = policy(clause=[{"id": "source-ratio-after", "fail": ["fail", found]}])
    assert decide_audit(audit, strict, assessment=assessment).outcome == "fail"


def test_a_clause_that_the_standard_does_not_have_is_a_mistake(make_audit):
    audit = make_audit("a", {"web": texts(3)})
    chosen = policy(clause=[{"id": "no-such"}])
    with pytest.raises(UsageError, match="has no clause no-such"):
        decide_audit(audit, chosen, assessment=assess_audit(audit, "tc260-003-2024", chosen))


def test_a_sample_decides_by_its_bounds(make_audit):
    """1 of 50 is 2 %, and may well be over 5 % of what it was drawn from."""
    audit = make_audit("a", {"web": texts(49, bet=1)})
    plain = assess_audit(audit, "tc260-003-2024", policy())
    stored = json.loads(plain.model_dump_json())
    (source,) = stored["sources"]
    source["population"] = 100_000
    source["share"]["bounds"]["method"] = "hypergeometric"
    drawn = Assessment.model_validate(stored)
    assert decide_audit(audit, policy(), assessment=plain).outcome == "pass"
    decision = decide_audit(audit, policy(), assessment=drawn)
    assert (decision.outcome, decision.verdicts[0].unclear) == ("undecided", "few")


def test_another_way_of_judging_is_refused_not_guessed(make_audit):
    audit = make_audit("a", {"web": texts(3)})
    with pytest.raises(UsageError, match=r"judged under another \[judge\]"):
        decide_audit(audit, policy(judge={"profile": "strict"}))


def test_an_expired_waiver_stops_the_gate_before_it_looks(make_audit):
    terms = {"limit": "ratio", "owner": "li", "reason": "r", "expires": date(2026, 1, 1)}
    with pytest.raises(RuleError, match=r"\[ratio\] li expired on 2026-01-01"):
        decide_audit("nowhere", policy(waiver=[terms]), today=date(2026, 1, 2))


def test_a_waived_source_passes_in_sight_and_one_that_ends_soon_is_told(make_audit):
    audit = make_audit("a", {"web": texts(90, bet=10)})
    terms = {
        "limit": "ratio",
        "source": "w*",
        "owner": "li",
        "reason": "r",
        "expires": date(2026, 1, 8),
    }
    decision = decide_audit(audit, policy(waiver=[terms]), today=date(2026, 1, 2))
    assert decision.outcome == "pass" and level(decision, "ratio", "web") == "waived"
    assert "in 7 days" in decision.notes[0].en
    terms |= {"source": "n*"}
    decision = decide_audit(audit, policy(waiver=[terms]), today=date(2025, 1, 2))
    assert decision.outcome == "fail" and decision.unused_waivers == ("[ratio n*] li",)
    assert decision.notes == ()


# --- baseline --------------------------------------------------------------------------------


def against(audit: str, baseline: str, *limits: dict):
    decision = decide_audit(audit, policy(*limits), baseline=baseline)
    return decision, verdict(decision, "ratio", "web")


def test_what_the_baseline_had_does_not_fail_again(make_audit):
    rows = texts(80, bet=20)
    old = make_audit("old", {"web": rows})
    new = make_audit("new", {"web": rows})
    decision, web = against(new, old)
    assert decision.outcome == "pass" and web.level == "known"
    assert (web.before.hit, web.before.new_hit, web.before.new_of) == (20, 0, 0)
    assert decide_audit(new, policy()).outcome == "fail"


def test_new_hits_fail_even_where_the_share_fell(make_audit):
    old = make_audit("old", {"web": texts(80, bet=20)})
    new = make_audit("new", {"web": texts(80, bet=20) + texts(90, bet=10, first=1000)})
    decision, web = against(new, old)
    assert decision.outcome == "fail" and web.level == "fail"
    assert (web.before.new_hit, web.before.new_of) == (10, 100)


def test_a_clean_delivery_to_a_source_that_was_over_passes(make_audit):
    old = make_audit("old", {"web": texts(80, bet=20)})
    new = make_audit("new", {"web": texts(80, bet=20) + texts(98, bet=2, first=1000)})
    decision, web = against(new, old)
    assert decision.outcome == "pass" and (web.before.new_hit, web.before.new_of) == (2, 100)


def test_a_share_that_rose_fails_though_no_hit_is_new(make_audit):
    old = make_audit("old", {"web": texts(80, bet=20)})
    new = make_audit("new", {"web": texts(40, bet=20)})
    decision, web = against(new, old)
    assert decision.outcome == "fail" and web.before.new_hit == 0


def test_content_counts_and_neither_names_nor_places_do(make_audit):
    rows = texts(80, bet=20)
    old = make_audit("old", {"web": rows})
    moved = make_audit("moved", {"renamed": rows[::-1]})
    decision = decide_audit(moved, policy(), baseline=old)
    assert level(decision, "ratio", "renamed") == "known"
    edited = [row.replace("局", "场") for row in rows]
    changed = make_audit("changed", {"web": edited})
    _, web = against(changed, old)
    assert web.level == "fail" and web.before.new_hit == 20


def test_old_documents_that_another_rule_hits_now_are_new(make_audit, rules, tmp_path):
    rows = texts(80, bet=20)
    old_rules = tmp_path / "old.toml"
    old_rules.write_text(rules.read_text("utf-8").replace("梭哈必胜", "血刃必胜"), encoding="utf-8")
    other = rows[:80] + [row.replace("梭哈必胜", "血刃必胜") + "，梭哈必胜" for row in rows[80:]]
    old = make_audit("old", {"web": other}, rules=old_rules)
    text = rules.read_text("utf-8").replace('id = "t.bet"', 'id = "t.new-bet"')
    new_rules = tmp_path / "new.toml"
    new_rules.write_text(text, encoding="utf-8")
    new = make_audit("new", {"web": other}, rules=new_rules)
    decision, web = against(new, old)
    assert web.level == "fail" and (web.before.new_hit, web.before.by_rules) == (20, 20)
    assert "scanned with other rules" in decision.notes[0].en


@pytest.mark.parametrize(
    ("limit", "kind"),
    [
        ({"name": "l", "languages": ["en"], "fail": 0}, "language"),
        ({"name": "l", "licence": "no", "fail": 0}, "licence"),
        ({"name": "l", "duplicates": "exact", "fail": 0}, "duplicates"),
        ({"name": "l", "risk": "A.1.h", "unit": "documents", "fail": 0, "per": "corpus"}, "risk"),
        ({"name": "l", "skipped": "not_a_string", "fail": 0, "unit": "documents"}, "skipped"),
    ],
)
def test_every_measure_knows_what_was_there_before(make_audit, limit, kind):
    needs = {"language": "language", "licence": "licences", "duplicates": "fingerprints"}
    needs = needs.get(kind, "keywords")
    rows = [
        *texts(6),
        PLAIN.format(0),
        BET.format(1),
        "转载须注明。CC BY-NC 4.0 许可",
        '{"text": 5}',
    ]
    old = make_audit("old", {"web": rows}, max_skipped=0.5, detectors=needs)
    new = make_audit("new", {"web": [*rows, *texts(1, first=50)]}, max_skipped=0.5, detectors=needs)
    worse = [*rows, PLAIN.format(1), BET.format(2), STATED.format(9), '{"text": 6}']
    more = make_audit("more", {"web": worse}, max_skipped=0.5, detectors=needs)
    chosen = policy(limit, coverage={"max_skipped": 0.5}, ratio={"gate": "warn"})
    same = decide_audit(new, chosen, baseline=old)
    found = {v.level for v in same.verdicts if v.limit == "l"}
    assert found == ({"fail"} if kind == "language" else {"known"}), same.verdicts
    worse = decide_audit(more, chosen, baseline=old)
    assert {v.level for v in worse.verdicts if v.limit == "l"} == {"fail"}


def test_a_baseline_under_another_key_stops_the_gate(make_audit, tmp_path):
    key = tmp_path / "other.key"
    key.write_bytes(bytes(range(32)))
    old = make_audit("old", {"web": texts(3)}, key_file=str(key))
    new = make_audit("new", {"web": texts(8, bet=2)})
    with pytest.raises(AuditError, match="another key"):
        decide_audit(new, policy(), baseline=old)


def test_the_shipped_policy_is_what_a_gate_takes_by_itself(make_audit):
    audit = make_audit("a", {"web": texts(95, bet=5)})
    decision = decide_audit(audit, load_policy())
    assert decision.outcome == "pass" and decision.counted == ("A.1", "A.2", "A.3", "A.4")
