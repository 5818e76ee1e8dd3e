"""A decision in each format: valid, complete, within limits, and inert whatever names hold."""

import gzip
import html
import json
import random
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import jsonschema
import junitparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_audit.gate.model import LEVELS, Amount, Before, Cause, Decision, Pardon, Place, Verdict
from corpus_audit.gate.words import LEVEL_WORDS
from corpus_audit.reports.gate_json import decision_json
from corpus_audit.reports.gate_text import decision_text, log_line
from corpus_audit.reports.github import ANNOTATIONS, decision_annotations, decision_summary
from corpus_audit.reports.junit import PASSES, decision_junit
from corpus_audit.reports.sarif import BYTES, RESULTS, decision_sarif, uri_of
from corpus_audit.rules.clauses import Words

SARIF = json.loads(
    (Path(__file__).parents[1] / "reports/sarif-schema-2.1.0.json").read_text("utf-8")
)
HOSTILE = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "=cmd|' /C calc'!A0",
    "\x1b]0;owned\x07\x1b[31mred\x1b[2J",
    "x\n::error file=a::owned\n##[error]owned\r##vso[task.setvariable variable=a]b",
    "::add-mask::a",
    "safe\u202egnp.exe\u2066\u200f\u061c",
    "| a | b |\n|---|---|\n# heading\n[link](javascript:alert(1)) @octocat `tick` ``two``",
    "]]></failure><testcase name='x'/>\x00\x08\ufffe\ud800",
    "a,b:c%0A::warning::x",
    "$(touch /tmp/owned) `touch /tmp/owned` '; rm -rf ~ #",
    "名" * 1_000_000,
]
ACTIVE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


PLACES = (Place("data/web.jsonl", 120, 3, "t.bet"), Place("data/web.jsonl", 9, None, "t.blade"))


def verdict(level="fail", source="web", **changes) -> Verdict:
    made = Verdict(
        limit="ratio",
        measure="risk",
        value="counted",
        source=source,
        level=level,
        amount=Amount(12, 60),
        fail=0.05,
        causes=(Cause("t.bet", 9), Cause("t.blade", 3)),
        places=PLACES,
        command=f"corpus-audit show audit --source '{source[:50]}'",
        pardon=Pardon("li", "known", "2027-01-01", None) if level == "waived" else None,
        before=Before(12, 60, 0, 0) if level == "known" else None,
        unclear="unseen" if level == "undecided" else None,
    )  # fmt: skip
    return replace(made, **changes)


def decision(*verdicts: Verdict, **changes) -> Decision:
    counts = {level: sum(v.level == level for v in verdicts) for level in LEVELS}
    made = Decision(
        outcome="fail",
        audit="audit",
        policy="policy.toml",
        policy_digest="d" * 32,
        standard="TC260-003",
        baseline=None,
        sources=3,
        documents=180,
        counted=("A.1", "A.2"),
        profile="regular",
        verdicts=verdicts,
        tool_version="0.1.0",
        made="2026-01-02T03:04:05+00:00",
        counts=counts,
    )
    return replace(made, **changes)


def hostile(text: str) -> Decision:
    """The text wherever data, or people who write policies, may put one."""
    bad = verdict(
        source=text,
        causes=(Cause(text, 9), Cause("t.blade", 3)),
        places=(Place(text, 1, 7, text), Place(f"data/{text}", 2, None, "t.blade")),
        command=f"corpus-audit show audit --source {text}",
    )
    waived = replace(bad, level="waived", pardon=Pardon(text, text, "2027-01-01", None))
    told = text.encode("utf-8", "ignore").decode()
    words = Words(zh=told, en=told)
    kind = replace(bad, level="undecided", measure="licence", value=told, limit="nc")
    clause = Verdict(
        limit="c", measure="clause", value="fail", source="", level="fail",
        clause=words, reason=words, todo=words,
    )  # fmt: skip
    return decision(
        bad, clause, kind, waived, audit=text, policy=text, unused_waivers=(text,),
        notes=(words,),
    )  # fmt: skip


def sarif(found: Decision, **options) -> dict:
    log = json.loads(decision_sarif(found, **options))
    jsonschema.Draft4Validator(
        SARIF, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER
    ).validate(log)
    return log


def every(value) -> list[str]:
    """All strings of a JSON value."""
    if isinstance(value, dict):
        return [text for each in value.items() for one in each for text in every(one)]
    if isinstance(value, list):
        return [text for each in value for text in every(each)]
    return [value] if isinstance(value, str) else []


# --- what each says --------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_text_says_what_failed_by_how_much_where_and_what_to_run(lang):
    text = decision_text(
        decision(*(verdict(level, f"s-{level}") for level in LEVELS)), ("data",), lang
    )
    for part in (
        "12", "60", "20.00 %", "5 %", "t.bet 9", "data/web.jsonl", "corpus-audit show",
        "corpus-audit filter data --audit audit", "li", "2027-01-01",
    ):  # fmt: skip
        assert part in text, part
    for level in LEVELS[:-1]:
        assert f"{LEVEL_WORDS[level].to(lang)}  s-{level}" in text
    assert "s-pass" not in text  # what is kept is counted, not listed
    if lang == "zh":
        words = re.sub(r"corpus-audit \S+.*|--\S+|data/\S+|t\.\w+|s-\w+", "", text)
        assert not re.search(r"[a-z]{4,} [a-z]{4,}", words), words


def test_text_beyond_twenty_verdicts_is_counted():
    found = decision(*(verdict(source=f"s{i}") for i in range(50)))
    assert "and 30 more" in decision_text(found, ("data",))


def test_colour_is_only_what_the_caller_paints():
    found = decision(verdict())
    painted = decision_text(found, (), "en", lambda level, words: f"<{level}>{words}</>")
    assert "<fail>FAIL</>  web" in painted and "\x1b" not in decision_text(found, ())


def test_an_open_gate_says_what_it_does_not_say():
    found = decision(verdict("pass"), outcome="pass")
    assert "a person confirms it" in decision_text(found, ())
    assert "由人抽样确认" in decision_text(found, (), "zh")


def test_json_has_every_verdict_with_its_numbers_and_both_languages():
    found = json.loads(decision_json(decision(*map(verdict, LEVELS)), ("data",)))
    assert (found["outcome"], found["exit_code"]) == ("fail", 4)
    assert [v["level"] for v in found["verdicts"]] == list(LEVELS)
    first = found["verdicts"][0]
    assert first["amount"]["hit"] == 12 and first["amount"]["share"] == 0.2
    assert first["places"][0] == {
        "path": "data/web.jsonl",
        "position": 120,
        "line": 3,
        "rule": "t.bet",
    }
    assert "20.00 %" in first["text"]["en"] and "20.00 %" in first["text"]["zh"]


def test_sarif_has_a_result_for_each_source_and_rule_with_the_gravest_level():
    found = decision(
        verdict(), verdict("warn", limit="bets"), verdict("undecided", "news"), verdict("pass", "x")
    )
    (run,) = sarif(found)["runs"]
    results = {
        (r["message"]["text"].split(": ")[0], r["level"], r["properties"]["limit"])
        for r in run["results"]
    }
    assert results == {("t.bet", "error", "ratio"), ("t.blade", "error", "ratio")}
    assert len(run["results"]) == 4  # two sources, two rules; the warning is about the same two
    first = run["results"][0]
    place = first["locations"][0]["physicalLocation"]
    assert (
        place["artifactLocation"]["uri"] == "data/web.jsonl" and place["region"]["startLine"] == 3
    )
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[r["ruleIndex"]]["id"] == r["ruleId"] for r in run["results"])
    prints = [r["partialFingerprints"]["corpusAudit/v1"] for r in run["results"]]
    assert len(set(prints)) == 4


def test_fingerprints_of_sarif_do_not_depend_on_numbers_or_places():
    one = sarif(decision(verdict()))["runs"][0]["results"][0]
    other = sarif(decision(verdict(amount=Amount(30, 70), places=())))["runs"][0]["results"][0]
    assert one["partialFingerprints"] == other["partialFingerprints"]
    assert other["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "policy.toml"


def test_sarif_of_an_open_gate_is_valid_and_empty_so_that_alerts_close():
    assert sarif(decision(verdict("pass"), outcome="pass"))["runs"][0]["results"] == []


def test_sarif_tells_what_is_waived_and_what_is_known():
    found = decision(verdict("waived"), verdict("known", "b"), verdict("fail", "c"), baseline="old")
    results = sarif(found)["runs"][0]["results"]
    assert results[0]["suppressions"][0]["justification"] == "li (2027-01-01): known"
    assert [r["baselineState"] for r in results] == [
        "new",
        "new",
        "unchanged",
        "unchanged",
        "new",
        "new",
    ]


def test_paths_below_the_working_folder_are_written_from_there():
    found = decision(verdict(places=(Place("/srv/repo/data/a b.jsonl", 0, 1, "t.bet"),)))
    (first, _) = sarif(found, base="/srv/repo")["runs"][0]["results"]
    assert (
        first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "data/a%20b.jsonl"
    )
    assert "file=data/a b.jsonl,line=1" in decision_annotations(found, base="/srv/repo")


def test_sarif_has_no_more_results_than_github_takes_and_says_how_many_it_left_out():
    found = decision(*(verdict(source=f"s{i}", causes=()) for i in range(RESULTS + 500)))
    (run,) = json.loads(decision_sarif(found))["runs"]
    assert (len(run["results"]), run["properties"]["resultsLeftOut"]) == (RESULTS, 500)


def test_sarif_is_no_larger_than_github_takes():
    chance = random.Random(7)
    names = ["".join(chr(chance.randrange(0x4E00, 0x9FFF)) for _ in range(400)) for _ in range(999)]
    found = decision(*(verdict(source=name, causes=()) for name in names))
    data = decision_sarif(found, size=100_000)  # of BYTES, to be quick
    (run,) = json.loads(data)["runs"]
    assert 0 < len(run["results"]) < 999 and len(gzip.compress(data, 6)) <= 100_000 < BYTES
    assert run["properties"]["resultsLeftOut"] == 999 - len(run["results"])


def test_junit_reads_back_as_failures_errors_skips_and_passes():
    found = decision(*(verdict(level, f"s-{level}") for level in LEVELS))
    xml = junitparser.JUnitXml.fromstring(decision_junit(found))
    (suite,) = list(xml)
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (6, 1, 1, 2)
    cases = {case.name: [type(r).__name__ for r in case.result] for case in suite}
    assert cases == {
        "s-fail": ["Failure"], "s-undecided": ["Error"], "s-warn": [], "s-waived": ["Skipped"],
        "s-known": ["Skipped"], "s-pass": [],
    }  # fmt: skip
    (warned,) = [case for case in suite if case.name == "s-warn"]
    assert "20.00 %" in warned.system_out
    (failed,) = [case for case in suite if case.name == "s-fail"]
    assert "9 too many" in failed.result[0].message and "corpus-audit show" in failed.result[0].text


def test_junit_of_very_many_sources_counts_the_passes_that_it_leaves_out():
    found = decision(verdict(), *(verdict("pass", f"s{i}") for i in range(PASSES + 500)))
    data = decision_junit(found)
    (suite,) = list(junitparser.JUnitXml.fromstring(data))
    assert suite.tests == PASSES + 1 and "500 more" in ET.fromstring(data)[0][-1].text


def test_annotations_are_as_many_as_github_shows():
    found = decision(
        *(verdict(source=f"s{i}") for i in range(40)),
        *(verdict("warn", f"w{i}") for i in range(10)),
    )
    lines = decision_annotations(found).splitlines()
    assert sum(line.startswith("::error ") for line in lines) == ANNOTATIONS
    assert sum(line.startswith("::warning ") for line in lines) == 10
    assert "31 more" in lines[ANNOTATIONS - 1]


# --- hostile text ----------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_hostile_text_is_inert_in_every_format(text, lang):
    found = hostile(text)
    lines = decision_text(found, ("data", text), lang).split("\n")
    for line in lines:
        assert not ACTIVE.search(line) and len(line) < 3000
        assert not line.lstrip().startswith("::") and not re.search(r"##\w*\[", line)
    # JSON is for programs: names are whole there, and escaped as JSON escapes
    assert json.loads(decision_json(found, ()).decode())["verdicts"][0]["source"]

    log = sarif(found, lang=lang)
    for value in every(log):
        assert not ACTIVE.search(value) and len(value) < 5000
    for result in log["runs"][0]["results"]:
        for location in result["locations"]:
            uri = location["physicalLocation"]["artifactLocation"]["uri"]
            assert re.fullmatch(r"[A-Za-z0-9._~!/%:-]+", uri) and "javascript:" not in uri

    data = decision_junit(found, lang)
    assert not re.search("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", data.decode())
    root = ET.fromstring(data)
    assert [case.get("classname") for case in root.iter("testcase")].count("x") == 0
    assert len(list(root.iter("testcase"))) == len(found.verdicts)

    commands = decision_annotations(found, lang).split("\n")
    for line in filter(None, commands):
        assert re.match(r"::(error|warning) [^:]*::", line), line
        properties = line.split("::")[1].partition(" ")[2]
        assert set(re.findall(r"(?:^|,)(\w+)=", properties)) <= {"file", "line", "title"}
        assert not ACTIVE.search(line)

    summary = decision_summary(found, ("data", text), lang)
    assert not ACTIVE.search(summary) and len(summary) < 100_000
    prose = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", summary)  # what is outside of code spans
    prose = re.sub(r"(?m)^    .*$", "", prose)  # and of code blocks
    prose = (
        prose.replace("<details><summary>", "").replace("</summary>", "").replace("</details>", "")
    )
    assert "<" not in prose and "@octocat" not in prose and "](" not in prose
    for line in summary.split("\n"):
        if line.startswith("| "):
            outside = re.sub(r"\\\|", "", line)
            assert outside.count("|") == 7, line  # six cells: no name makes another


def test_the_command_of_a_hostile_source_is_quoted_for_the_shell(make_audit):
    from deliveries import texts

    from corpus_audit.gate.run import decide_audit
    from corpus_audit.policies import Policy

    name = "$(touch owned) 'x'"
    audit = make_audit("a", {name: texts(8, bet=2)})
    command = decide_audit(audit, Policy()).verdicts[0].command
    import shlex

    assert shlex.split(command)[-1] == name


@given(st.text())
def test_a_log_line_never_begins_a_command(text):
    line = log_line(text)
    assert "\n" not in line and not line.lstrip().startswith("::")
    assert not re.search(r"##\w*\[", line)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_path_becomes_a_uri_of_harmless_characters(path):
    assert re.fullmatch(r"[A-Za-z0-9._~!/%:-]+", uri_of(path)), html.escape(path)


def test_personal_data_in_names_reaches_no_format(make_audit, tmp_path):
    from deliveries import texts

    from corpus_audit.gate.run import decide_audit
    from corpus_audit.policies import Policy

    phone, mail = "13912345679", "li.lei@corp.cn"
    names = {f"board {phone}": texts(8, bet=2), f"患者 {mail}": texts(8, bet=2, first=50)}
    audit = make_audit("a", names)
    found = decide_audit(audit, Policy())
    assert found.outcome == "fail"
    formats = (
        decision_text(found, ()), decision_summary(found, ()), decision_annotations(found),
        decision_json(found, ()).decode(), decision_sarif(found).decode(),
        decision_junit(found).decode(),
    )  # fmt: skip
    for text in formats:
        assert "t.bet" in text
        assert phone not in text and mail not in text
