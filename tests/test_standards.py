"""The standards as data say what was established about them, and no more."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corpus_audit.cli import standards as cli
from corpus_audit.cli.tables import display_width
from corpus_audit.errors import RuleError, UsageError
from corpus_audit.rules.standards import (
    Standard,
    Threshold,
    json_schema,
    load_evidence,
    load_risks,
    load_standard,
    load_standards,
)

T3, F54, F52, S74 = "tc260-003-2024", "gbt-45654-2025", "gbt-45652-2025", "gbt-45674-2025"
IM = "interim-measures-2023"

# --- risks -----------------------------------------------------------------------------------

NAMES = """\
A.1.a 煽动颠覆国家政权、推翻社会主义制度|inciting subversion of state power, overthrow of the socialist system
A.1.b 危害国家安全和利益、损害国家形象|endangering national security and interests, harming the national image
A.1.c 煽动分裂国家、破坏国家统一和社会稳定|inciting separatism, undermining national unity and social stability
A.1.d 宣扬恐怖主义、极端主义|promoting terrorism, extremism
A.1.e 宣扬民族仇恨|promoting ethnic hatred
A.1.f 宣扬暴力、淫秽色情|promoting violence, obscenity, pornography
A.1.g 传播虚假有害信息|spreading false and harmful information
A.1.h 其他法律、行政法规禁止的内容|other content prohibited by laws and administrative regulations
A.2.a 民族歧视内容|ethnicity
A.2.b 信仰歧视内容|belief
A.2.c 国别歧视内容|nationality (country)
A.2.d 地域歧视内容|region
A.2.e 性别歧视内容|gender
A.2.f 年龄歧视内容|age
A.2.g 职业歧视内容|occupation
A.2.h 健康歧视内容|health
A.2.i 其他方面歧视内容|other discrimination
A.3.a 侵犯他人知识产权|infringing others' IP
A.3.b 违反商业道德|breaching business ethics
A.3.c 泄露他人商业秘密|disclosing others' trade secrets
A.3.d 利用算法、数据、平台等优势，实施垄断和不正当竞争行为|monopoly / unfair competition via algorithm, data, platform advantage
A.3.e 其他商业违法违规行为|other commercial violations
A.4.a 危害他人身心健康|endangering physical or mental health
A.4.b 侵害他人肖像权|likeness
A.4.c 侵害他人名誉权|reputation
A.4.d 侵害他人荣誉权|honour
A.4.e 侵害他人隐私权|privacy
A.4.f 侵害他人个人信息权益|personal-information rights
A.4.g 侵犯他人其他合法权益|other lawful rights
A.5.a 内容不准确，严重不符合科学常识或主流认知|inaccurate, seriously at odds with scientific common sense or mainstream understanding
A.5.b 内容不可靠，虽然不包含严重错误的内容，但无法对使用者形成帮助|unreliable: no grave error but no help to the user
"""  # noqa: E501


def test_risks_have_their_names() -> None:
    risks = load_risks().risks
    written = "".join(f"{risk.id} {risk.name.zh}|{risk.name.en}\n" for risk in risks)
    assert written == NAMES


def test_groups_have_their_names() -> None:
    groups = {group.id: group.name.zh for group in load_risks().groups}
    assert groups == {
        "A.1": "包含违反社会主义核心价值观的内容",
        "A.2": "包含歧视性内容",
        "A.3": "商业违法违规",
        "A.4": "侵犯他人合法权益",
        "A.5": "无法满足特定服务类型的安全需求",
    }


def test_short_names_fit_a_column_and_differ() -> None:
    risks = load_risks()
    for language in ("zh", "en"):
        short = [one.short.to(language) for one in (*risks.groups, *risks.risks)]
        assert [name for name in short if display_width(name) > 14] == []
        assert len(set(short[5:])) == 31


@pytest.mark.parametrize(
    ("set_id", "count", "last"),
    [
        ("source_ratio", 29, "A.4.g"),
        ("sampling_pass", 31, "A.5.b"),
        ("keywords", 17, "A.2.i"),
        ("annex_a", 31, "A.5.b"),
        ("gbt_45652_draft", 29, "A.4.g"),
    ],
)
def test_which_risks_count(set_id: str, count: int, last: str) -> None:
    risks = load_risks()
    members = [risk.id for risk in risks.members(set_id)]
    assert len(members) == risks.risk_set(set_id).count == count
    assert members == [risk.id for risk in risks.risks][:count]
    assert members[-1] == last


def test_sets_cite_only_standards_that_are_here() -> None:
    standards = load_standards()
    for one in load_risks().sets:
        for basis in one.basis:
            sources = {source.key for source in standards[basis.standard].sources}
            assert basis.source in sources, (one.id, basis)


@pytest.mark.parametrize(
    ("who", "risks"),
    [
        ("human", "A.3.b A.3.c A.3.d A.3.e A.4.b A.4.c A.4.d A.4.e A.4.f A.4.g"),
        ("expert", "A.5.a A.5.b"),
    ],
)
def test_who_judges_what_detectors_cannot(who: str, risks: str) -> None:
    found = [risk.id for risk in load_risks().risks if risk.judged_by == who]
    assert " ".join(found) == risks


# --- the numbers -----------------------------------------------------------------------------

# standard, clause, threshold, limit, number of the clause, modality, verified, risks that count.
# 9.3 and 9.4 of TC260-003 (tests of generated content and refusal) concern no training data.
TEXTS = {"T3": T3, "F54": F54, "F52": F52, "S74": S74}
NUMBERS = """
T3 | source-ratio-before | source_bad_share | > 0.05 | 5.1 a) 1) | must | translation | 29
T3 | source-ratio-after | source_bad_share | > 0.05 | 5.1 a) 2) | must | translation | 29
F54 | source-ratio-before | source_bad_share | > 0.05 | 4.1 a) 1) | must | draft-derived | 29
F54 | source-ratio-after | source_bad_share | > 0.05 | 4.1 a) 2) | must | draft-derived | 29
T3 | source-diversity | sources | >= 2 | 5.1 b) 1) | must | inference | -
T3 | manual-sample | sample_size | >= 4000 | 9.2 a) | must | translation | -
T3 | manual-sample | pass_rate | >= 0.96 | 9.2 a) | must | translation | 31
T3 | technical-sample | sample_share | >= 0.1 | 9.2 b) | must | translation | -
T3 | technical-sample | pass_rate | >= 0.98 | 9.2 b) | must | translation | 31
F54 | manual-sample | sample_size | >= 4000 | B.2.1 a) | unknown | draft-derived | -
F54 | manual-sample | pass_rate | >= 0.96 | B.2.1 a) | unknown | draft-derived | 31
F54 | technical-sample | sample_share | >= 0.1 | B.2.1 b) | unknown | draft-derived | -
F54 | technical-sample | pass_rate | >= 0.98 | B.2.1 b) | unknown | draft-derived | 31
F52 | manual-sample | sample_size | >= 4000 | 8.2.3 a) 4), b) 4) | must | draft-derived | -
F52 | manual-sample | pass_rate | >= 0.96 | 8.2.3 a) 4), b) 4) | must | draft-derived | 29
F52 | technical-sample | sample_share | >= 0.1 | 8.2.3 a) 4), b) 4) | must | draft-derived | -
F52 | technical-sample | pass_rate | >= 0.98 | 8.2.3 a) 4), b) 4) | must | draft-derived | 29
T3 | keyword-library | keywords_total | >= 10000 | 8.1 a) | should | translation | -
T3 | keyword-library | keywords_per_risk_a1 | >= 200 | 8.1 b) | should | translation | 8
T3 | keyword-library | keywords_per_risk_a2 | >= 100 | 8.1 b) | should | translation | 9
T3 | keyword-library | days_since_update | <= 7 | 8.1 c) | should | translation | -
F54 | keyword-library | keywords_total | >= 10000 | B.1.1 a) | unknown | draft-derived | -
F54 | keyword-library | keywords_per_risk_a1 | >= 200 | B.1.1 b) | unknown | draft-derived | 8
F54 | keyword-library | keywords_per_risk_a2 | >= 100 | B.1.1 b) | unknown | draft-derived | 9
F54 | keyword-library | days_since_update | <= 7 | B.1.1 c) | unknown | draft-derived | -
F52 | keyword-library | keywords_total | >= 10000 | B.1 a) | should | draft-derived | -
F52 | keyword-library | keywords_per_risk_a1 | >= 200 | B.1 b) | must | draft-derived | 8
F52 | keyword-library | keywords_per_risk_a2 | >= 100 | B.1 b) | must | draft-derived | 9
F52 | keyword-library | days_since_update | <= 7 | B.1 c) | should | draft-derived | -
T3 | generated-content-bank | questions_total | >= 2000 | 8.2 a) | should | translation | -
T3 | generated-content-bank | questions_per_risk_a1_a2 | >= 50 | 8.2 b) | should | translation | 17
T3 | generated-content-bank | questions_per_other_risk | >= 20 | 8.2 b) | should | translation | 14
T3 | generated-content-bank | days_since_update | <= 31 | 8.2 d) | should | translation | -
F54 | generated-content-bank | questions_total | >= 2000 | B.1.2 a) | unknown | secondary | -
F54 | generated-content-bank | questions_per_risk_a1_a2 | >= 50 | B.1.2 b) | unknown | draft-derived | 17
F54 | generated-content-bank | days_since_update | <= 31 | B.1.2 d) | unknown | secondary | -
T3 | should-refuse-bank | questions_total | >= 500 | 8.3 a) | unknown | translation | -
T3 | should-refuse-bank | questions_per_risk | >= 20 | 8.3 a) | should | translation | 17
F54 | should-refuse-bank | questions_total | >= 500 | B.1.3 a) | unknown | secondary | -
F54 | should-refuse-bank | questions_per_risk | >= 20 | B.1.3 a) | unknown | draft-derived | 17
T3 | should-not-refuse-bank | questions_total | >= 500 | 8.3 b) | should | translation | -
T3 | should-not-refuse-bank | questions_per_topic | >= 20 | 8.3 b) | should | translation | -
F54 | should-not-refuse-bank | questions_total | >= 500 | B.1.3 b) | unknown | secondary | -
T3 | classifier | risks_covered | >= 31 | 8.4 | must | translation | 31
F54 | classifier | risks_covered | >= 31 | B.1.4 | unknown | draft-derived | 31
F52 | classifier | risks_covered | >= 29 | B | must | draft-derived | 29
T3 | assessment-report | signatures | >= 3 | 9.1 | must | translation | -
F52 | preprocessing-samples | metadata_sample | >= 100 | 8.2.2 a) 1)-3); 8.3.2 a) | must | draft-derived | -
F52 | preprocessing-samples | record_sample | >= 100 | 8.2.2 a) 1)-3); 8.3.2 a) | must | draft-derived | -
F52 | ip-record-sample | sample_size | >= 4000 | 8.2.3 a) 3) | must | draft-derived | -
F52 | synthetic-record-sample | sample_size | >= 4000 | 8.3.3 a) 2) | must | draft-derived | -
F52 | sample-metadata | metadata_share | >= 1 | 6.2 a) | must | draft-derived | -
S74 | safety-coverage | safety_items_per_risk | >= 200 | 8.1 a) | should | text | 31
S74 | safety-share | safety_share | >= 0.03 | 8.1 b) | should | text | -
S74 | safety-batch-void | failed_share | > 0.05 | 8.3 c) | must | text | -
S74 | safety-review | reviewers | >= 1 | 8.3 b) | must | text | -
S74 | functional-batches | batches_checked | >= 1 | 8.2 g) | must | text | -
S74 | functional-batches | illegal_items | > 0 | 8.2 g) | must | text | -
T3 | safety-review | reviewers | >= 1 | 5.3 c) 2) | must | translation | -
T3 | functional-batches | batches_checked | >= 1 | 5.3 c) 1) | must | translation | -
F54 | safety-rules | risks_in_safety_rules | >= 31 | 4.3 b) 4) | must | secondary | 31
"""  # noqa: E501


@pytest.fixture(scope="module")
def standards() -> dict[str, Standard]:
    return load_standards()


def threshold(standard: Standard, clause: str, name: str) -> Threshold:
    return next(one for one in standard.clause(clause).thresholds if one.name == name)


@pytest.mark.parametrize("case", NUMBERS.strip().splitlines())
def test_numbers(standards: dict[str, Standard], case: str) -> None:
    text, clause, name, limit, number, modality, verified, counted = case.split(" | ")
    found = threshold(standards[TEXTS[text]], clause, name)
    assert f"{found.comparison} {found.value:g}" == limit
    assert (found.clause, found.modality, found.verified) == (number, modality, verified)
    risks = load_risks().risk_set(found.counted).count if found.counted else "-"
    assert str(risks) == counted
    # only "over" bars; all that is "at least" or "at most" is required
    assert found.meaning == ("bars" if found.comparison == ">" else "requires")


@pytest.mark.parametrize(
    ("clause", "name", "observed", "met"),
    [
        ("source-ratio-after", "source_bad_share", 5 / 100, True),  # exactly 5 % is not over 5 %
        ("source-ratio-after", "source_bad_share", Fraction(1, 20), True),
        ("source-ratio-after", "source_bad_share", 50_000_000 / 1_000_000_000, True),
        ("source-ratio-after", "source_bad_share", 50_000_001 / 1_000_000_000, False),
        ("source-ratio-after", "source_bad_share", 0.0, True),
        ("manual-sample", "pass_rate", (4000 - 160) / 4000, True),
        ("manual-sample", "pass_rate", (4000 - 161) / 4000, False),
        ("manual-sample", "sample_size", 4000, True),
        ("manual-sample", "sample_size", 3999, False),
        ("technical-sample", "pass_rate", 98 / 100, True),
        ("technical-sample", "sample_share", 99_999 / 1_000_000, False),
        ("keyword-library", "days_since_update", 7, True),
        ("keyword-library", "days_since_update", 8, False),
    ],
)
def test_strictness(
    standards: dict[str, Standard], clause: str, name: str, observed: float, met: bool
) -> None:
    assert threshold(standards[T3], clause, name).met(observed) is met


def test_a_quotient_of_counts_compares_exactly() -> None:
    limit = Threshold.model_validate(
        {
            "name": "x", "value": 0.05, "comparison": ">", "meaning": "bars",
            "unit": "share of items", "per": "source", "modality": "must",
            "clause": "1", "verified": "text", "source": "x",
        }
    )  # fmt: skip
    for items in range(1, 2001):
        for bad in range(items * 5 // 100, items * 5 // 100 + 2):
            assert limit.met(bad / items) == (Fraction(bad, items) <= Fraction(5, 100))


# --- what a corpus scanner can do, clause by clause ------------------------------------------

MAP = [
    (T3, "source-ratio-before"), (F54, "source-ratio-before"),
    (T3, "source-ratio-after"), (F54, "source-ratio-after"),
    (T3, "source-diversity"), (F54, "source-diversity"), (F52, "source-diversity"),
    (T3, "origin-mix"), (F54, "origin-mix"),
    (T3, "open-data-license"), (F54, "open-data-license"),
    (T3, "link-lists"), (F54, "link-lists"),
    (T3, "collection-record"), (F54, "collection-record"),
    (T3, "commercial-data"), (F54, "commercial-data"),
    (T3, "user-input-authorization"), (F54, "user-input-authorization"),
    (T3, "blocked-information"),
    (T3, "content-filter"), (F54, "content-filter"),
    (T3, "ip-risk"), (F54, "ip-risk"),
    (T3, "ip-strategy"), (T3, "ip-complaints"), (T3, "ip-user-notice"),
    (T3, "ip-strategy-update"), (T3, "ip-summary"), (F54, "ip-strategy"), (F54, "ip-summary"),
    (T3, "personal-information"), (F54, "personal-information"), (F52, "personal-information"),
    (T3, "sensitive-personal-information"), (F54, "sensitive-personal-information"),
    (F52, "sample-metadata"), (F52, "source-records"), (F52, "synthetic-data"),
    (F52, "content-filter"), (F52, "ip-risk"), (F52, "data-security"), (F52, "processing-records"),
    (T3, "annotator-training"), (T3, "role-separation"), (F54, "role-separation"),
    (S74, "annotator-training"), (S74, "annotator-roles"), (S74, "role-separation"),
    (T3, "annotation-rules"), (T3, "safety-rules"), (F54, "safety-rules"),
    (S74, "annotation-rules"), (S74, "safety-rules"),
    (S74, "safety-coverage"), (S74, "safety-share"), (S74, "functional-batches"),
    (S74, "safety-review"), (S74, "safety-batch-void"), (S74, "positive-responses"),
    (T3, "keyword-library"), (F54, "keyword-library"), (F52, "keyword-library"),
    (T3, "classifier"), (F54, "classifier"), (F52, "classifier"),
    (T3, "generated-content-bank"), (T3, "should-refuse-bank"), (T3, "should-not-refuse-bank"),
    (F54, "generated-content-bank"), (F54, "should-refuse-bank"), (F54, "should-not-refuse-bank"),
    (T3, "manual-sample"), (F54, "manual-sample"), (F52, "manual-sample"),
    (T3, "technical-sample"), (F54, "technical-sample"), (F52, "technical-sample"),
    (T3, "assessment-report"),
    (IM, "lawful-source"), (IM, "ip-risk"), (IM, "personal-information"), (IM, "data-quality"),
    (IM, "data-inventory"),
]  # fmt: skip


@pytest.mark.parametrize(("standard", "clause"), MAP)
def test_every_row_of_the_map_is_a_clause(
    standards: dict[str, Standard], standard: str, clause: str
) -> None:
    assert standards[standard].clause(clause).decided_by.items()


@pytest.mark.parametrize(
    ("clause", "by"),
    [
        ("source-ratio-after", "automatic manifest human"),
        ("source-diversity", "automatic manifest"),
        ("manual-sample", "automatic human"),
        ("ip-strategy", "manifest human"),
        ("classifier", "automatic manifest"),
    ],
)
def test_who_decides(standards: dict[str, Standard], clause: str, by: str) -> None:
    assert " ".join(who for who, _ in standards[T3].clause(clause).decided_by.items()) == by


def test_every_kind_of_evidence_is_asked_for(standards: dict[str, Standard]) -> None:
    asked = {
        key
        for standard in standards.values()
        for clause in standard.clauses
        for _, keys in clause.decided_by.items()
        for key in keys
    }
    assert asked == set(load_evidence())


# --- no more certain than what was read ------------------------------------------------------


def test_what_was_not_read_is_not_called_read(standards: dict[str, Standard]) -> None:
    for id in (F54, F52):
        parts = [*standards[id].clauses]
        limits = [limit for clause in parts for limit in clause.thresholds]
        assert all(part.provisional for part in (*parts, *limits))
        sure = {"text", "translation"}
        assert not sure & {part.verified for part in (*parts, *limits)}
        assert standards[id].unknowns
    assert standards[T3].verified == {"translation": len(standards[T3].clauses)}
    assert standards[S74].verified == {"text": len(standards[S74].clauses)}


def test_what_a_text_lacks_is_not_made_up(standards: dict[str, Standard]) -> None:
    draft_45652 = [limit.name for clause in standards[F52].clauses for limit in clause.thresholds]
    assert "source_bad_share" not in draft_45652
    assert not any(clause.topic == "report" for clause in standards[F54].clauses)
    assert standards[F54].clause("blocked-information").number == "?"
    assert {annex.letter: annex.nature for annex in standards[F54].annexes} == {
        "A": "informative",
        "B": "unknown",
    }
    assert standards[T3].annexes[0].nature == "normative"


def test_modality_is_open_only_where_the_texts_leave_it_open(
    standards: dict[str, Standard],
) -> None:
    assert all(
        clause.modality != "unknown" for id in (F52, S74, IM) for clause in standards[id].clauses
    )
    assert [c.id for c in standards[T3].clauses if c.modality == "unknown"] == [
        "should-refuse-bank"
    ]
    for clause in standards[F54].clauses:
        annex_b = clause.number.startswith("B.")
        assert (clause.modality == "unknown") == (annex_b or clause.id == "blocked-information")


# --- the loader refuses what would mislead ---------------------------------------------------

GOOD = """\
id = "mine"
number = "M 1"
kind = "regulation"
title = { zh = "标", en = "mine" }
basis = { zh = "文", en = "text" }

[[sources]]
key = "M"
what = { zh = "文", en = "text" }

[[clauses]]
id = "one"
number = "1 a)"
topic = "sources"
title = { zh = "一", en = "one" }
summary = { zh = "一", en = "one" }
modality = "must"
verified = "text"
source = "M"
decided_by.automatic = ["scan.prevalence"]

[[clauses.thresholds]]
name = "share"
value = 0.05
comparison = ">"
meaning = "bars"
unit = "share of documents"
per = "source"
counted = "source_ratio"
modality = "must"
clause = "1 a)"
verified = "text"
source = "M"
"""
CLAUSE, LIMIT = 'clauses "one": ', 'clauses "one": thresholds "share": '
BAD = [
    ("[[clauses]]", "[[clauses]", 11, "Expected"),
    ('number = "M 1"', 'nmber = "M 1"', 2, "nmber: unknown key"),
    ('topic = "sources"', 'topic = "sauces"', 14, CLAUSE + "topic: Input should be 'sources'"),
    ('comparison = ">"', 'comparison = "=>"', 25, LIMIT + "comparison: Input should be '>'"),
    ('unit = "share of documents"', 'unit = "pages"', 27, LIMIT + "unit: Input should be"),
    ('modality = "must"\nclause', 'modality = "may"\nclause', 30, LIMIT + "modality: Input"),
    ('verified = "text"\nsource = "M"\ndec', 'verified = "yes"\nsource = "M"\ndec', 18,
     CLAUSE + "verified: Input should be 'text'"),
    ("value = 0.05", 'value = "0.05"', 24, LIMIT + "value: Input should be a valid number"),
    ("value = 0.05", "value = true", 24, LIMIT + "value: Input should be a valid number"),
    ("value = 0.05", "value = nan", 24, LIMIT + "value: Input should be"),
    ("value = 0.05", "value = -1", 24, LIMIT + "value: Input should be greater"),
    ("value = 0.05", "value = 5", 24, LIMIT + "value: 5 is no share; write 5 % as 0.05"),
    ('unit = "share of documents"', 'unit = "items"', 24, "items come in whole numbers"),
    ('counted = "source_ratio"', 'counted = "all"', 29, 'counted: no set of risks "all"; known: '),
    ('per = "source"', 'per = "source"\nnotes = "x"', 29, LIMIT + "notes: unknown key"),
    ('name = "share"\n', "", 22, "name: Field required"),
    ('source = "M"\ndec', 'source = "X"\ndec', 19, CLAUSE + 'source: "X" is not among'),
    ('["scan.prevalence"]', '["scan.prevalance"]', 20, 'no evidence "scan.prevalance"'),
    ("decided_by.automatic", "decided_by.human", 20, '"scan.prevalence" is automatic evidence'),
    ('decided_by.automatic = ["scan.prevalence"]', "decided_by = {}", 20, "says of no evidence"),
    ('number = "1 a)"', 'number = "?"', 13, CLAUSE + "number: an unknown number is provisional"),
    ('id = "mine"', 'id = "yours"', 1, 'id: "yours" is not the name of the file'),
    ('id = "one"', 'id = "One"', 12, 'clauses "One": id: String should match pattern'),
    ('summary = { zh = "一", en = "one" }', 'summary = { zh = "一", en = " " }', 16, "at least 1"),
    ('kind = "regulation"', 'kind = "regulation"\nissued = "soon"', 4, "issued: Input should be"),
]  # fmt: skip


def write(folder: Path, text: str, name: str = "mine.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_a_good_file_loads(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    assert load_standard("mine", tmp_path).clause("one").thresholds[0].counted == "source_ratio"


@pytest.mark.parametrize(("old", "new", "line", "message"), BAD)
def test_bad_standards_are_refused(
    tmp_path: Path, old: str, new: str, line: int, message: str
) -> None:
    assert GOOD.count(old) >= 1
    file = write(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(RuleError) as caught:
        load_standard("mine", tmp_path)
    assert [told for told in str(caught.value).splitlines() if told.startswith(f"{file}:{line}: ")]
    assert message in str(caught.value)


def test_ids_are_unique(tmp_path: Path) -> None:
    clause, limit = GOOD[GOOD.index("[[clauses]]") :], GOOD[GOOD.index("[[clauses.thr") :]
    file = write(tmp_path, f"{GOOD}\n{limit}\n{clause}")
    with pytest.raises(RuleError) as caught:
        load_standards(tmp_path)
    assert str(caught.value).splitlines() == [
        f'{file}:49: clauses "one": id: is taken by an earlier entry',
        f'{file}:36: clauses "one": thresholds "share": name: is taken by an earlier entry',
    ]


def test_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace('"regulation"', '"rule"'))
    write(tmp_path, GOOD.replace("value = 0.05", "value = 5"), "other.toml")
    with pytest.raises(RuleError) as caught:
        load_standards(tmp_path)
    assert [line.split(": ")[0] for line in str(caught.value).splitlines()] == [
        f"{tmp_path}/mine.toml:3",
        f"{tmp_path}/other.toml:1",
        f"{tmp_path}/other.toml:24",
    ]


RISKS = """\
[[groups]]
id = "A.1"
name = { zh = "组", en = "group" }
short = { zh = "组", en = "group" }

[[risks]]
id = "A.1.a"
group = "A.1"
name = { zh = "甲", en = "a" }
short = { zh = "甲", en = "a" }

[[sets]]
id = "few"
count = 1
groups = ["A.1"]
name = { zh = "少", en = "few" }
basis = [{ standard = "mine", clause = "1", verified = "text", source = "M" }]
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("count = 1", "count = 2", '14: sets "few": count: says 2, its groups hold 1'),
        ('groups = ["A.1"]', 'groups = ["A.2"]', '15: sets "few": groups: no group "A.2"'),
        ('group = "A.1"', 'group = "A.2"', '8: risks "A.1.a": group: "A.2" is not the group'),
        ('id = "A.1.a"', 'id = "A1a"', '7: risks "A1a": id: String should match pattern'),
        ('verified = "text"', 'verified = "sure"', '17: sets "few": basis 0: verified: Input'),
    ],
)
def test_bad_risks_are_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert load_risks(write(tmp_path, RISKS)).members("few")[0].id == "A.1.a"
    file = write(tmp_path, RISKS.replace(old, new, 1))
    with pytest.raises(RuleError) as caught:
        load_risks(file)
    assert f"{file}:{message}" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a = 1\nb = \xff\n", "mine.toml:2: not UTF-8"),
        (b"a = 1\nb = [\n", "mine.toml:2: "),
        (None, "mine.toml: cannot be read (No such file"),
    ],
)
def test_unreadable_files_are_named(tmp_path: Path, content: bytes | None, message: str) -> None:
    from corpus_audit.rules.location import load_toml

    file = tmp_path / "mine.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(RuleError) as caught:
        load_toml(file)
    assert message in str(caught.value)


def test_missing_rules_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from corpus_audit.rules import location

    monkeypatch.setattr(location, "_PACKAGE", tmp_path / "corpus_audit")
    (tmp_path / "rules").mkdir()  # a folder of that name that is not ours
    with pytest.raises(RuleError, match="are missing"):
        location.rules_dir()
    bundled = tmp_path / "corpus_audit/_rules"
    bundled.mkdir(parents=True)
    write(bundled, RISKS, "risks.toml")
    assert location.rules_dir() == bundled


def test_unknown_standard_lists_the_known() -> None:
    with pytest.raises(UsageError, match=r'No standard "gbt-1".*gbt-45654-2025.*tc260-003-2024'):
        load_standard("gbt-1")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"no .*standard there"):
        load_standards(tmp_path)


def test_json_schema_forbids_unknown_keys() -> None:
    schema = json_schema()
    assert schema["additionalProperties"] is False
    assert schema["$defs"]["Threshold"]["properties"]["comparison"]["enum"] == [
        ">",
        ">=",
        "<",
        "<=",
    ]
    assert {"clauses", "sources", "basis"} <= set(schema["required"])
    assert "risks" in json_schema("risks")["properties"]


# --- the command -----------------------------------------------------------------------------


def run(*args: str) -> str:
    result = CliRunner().invoke(cli.app, args, catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_list_is_aligned(lang: str) -> None:
    lines = run("list", "--lang", lang).splitlines()
    assert len(lines) == 2 + 5
    column = display_width(lines[1].split("  ")[0]) + 2
    for line, number in zip(lines[2:], ("GB/T", "GB/T", "GB/T", "CAC", "TC260"), strict=True):
        assert line[column:].startswith(number)  # ids are ASCII: columns are characters
    # a column after the Chinese title starts at the same place in every line
    assert len({display_width(line[: line.index("2025-04-25")]) for line in lines[3:5]}) == 1


def test_list_tells_how_sure_we_are() -> None:
    rows = {line.split()[0]: line for line in run("list").splitlines()[2:]}
    assert rows[F54].endswith("draft-derived 27, secondary 6")
    assert "2024-02-29" in rows[T3]


@pytest.mark.parametrize("id", [T3, F54, F52, S74, IM])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_show_holds_every_clause(standards: dict[str, Standard], id: str, lang: str) -> None:
    shown = run("show", id, "--lang", lang)
    for clause in standards[id].clauses:
        for text in (clause.number, clause.id, clause.title.to(lang), clause.summary.to(lang)):  # type: ignore[arg-type]
            assert text in shown
    if lang == "zh":  # every word of the vocabulary has its Chinese
        for word in ("must", "draft-derived", "automatic", "requires", "share of", "unknown"):
            assert word not in shown


def test_show_says_what_a_limit_is() -> None:
    [row] = [
        line for line in run("show", F54).splitlines()
        if "source-ratio-after" in line and "> 5 %" in line
    ]  # fmt: skip
    for cell in ("4.1 a) 2) *", "share of documents", "29 (A.1", "bars", "must", "draft-derived"):
        assert cell in row


def test_json_is_the_data(standards: dict[str, Standard]) -> None:
    shown = json.loads(run("show", S74, "--format", "json"))
    assert Standard.model_validate_json(json.dumps(shown)) == standards[S74]
    assert {one["id"]: one["clauses"] for one in json.loads(run("list", "--format", "json"))} == {
        id: len(standard.clauses) for id, standard in standards.items()
    }


def test_show_refuses_an_unknown_standard() -> None:
    with pytest.raises(UsageError, match="Known: "):
        run("show", "gbt-1")
