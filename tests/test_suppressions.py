"""Findings that somebody answers for do not count, and are not hidden."""

import json
from datetime import date

import pytest

import corpus_audit
from corpus_audit.errors import RuleError
from corpus_audit.suppressions import load_suppressions

RULES = """
[[rule]]
id = "x.bet"
title = { en = "t", zh = "t" }
risk = "A.1.h"
severity = "high"
confidence = "high"
terms = ["真人荷官", "澳门开奖"]
hits = ["真人荷官"]
misses = ["打牌"]
"""
RECORDS = [
    {"id": "a", "text": "注册就有真人荷官", "source": "ads"},
    {"id": "b", "text": "澳門開獎 结果", "source": "ads"},
    {"id": "c", "text": "澳门开奖结果", "source": "news"},
    {"id": "d", "text": "真人荷官，澳门开奖", "source": "news"},
]


def suppression(**about):
    lines = "\n".join(f"{key} = {value!r}" for key, value in about.items())
    return f"""
[[suppression]]
{lines}
owner = "li"
reason = "state lottery"
expires = 2999-01-01
"""


@pytest.fixture
def scanned(tmp_path):
    (tmp_path / "rules.toml").write_text(RULES, "utf-8")
    lines = "\n".join(json.dumps(record, ensure_ascii=False) for record in RECORDS)
    (tmp_path / "in.jsonl").write_text(lines, "utf-8")

    def scan(**about):
        (tmp_path / "mute.toml").write_text(suppression(**about), "utf-8")
        audit = corpus_audit.scan(
            tmp_path / "in.jsonl", tmp_path / "out", detectors="keywords",
            rules=tmp_path / "rules.toml", suppressions=tmp_path / "mute.toml",
        )  # fmt: skip
        documents = audit.documents()
        hit = documents[documents.risks != ""].doc.tolist()
        return hit, audit

    return scan


@pytest.mark.parametrize(
    ("about", "hit"),
    [
        ({"rule": "x.bet"}, []),
        ({"rule": "x.bet", "source": "news"}, ["a", "b"]),
        ({"term": "澳门开奖"}, ["a", "d"]),  # the other term of d still counts
        ({"term": "澳门开奖", "source": "ads"}, ["a", "c", "d"]),
        ({"document": "a"}, ["b", "c", "d"]),
        ({"document": "d", "term": "真人荷官"}, ["a", "b", "c", "d"]),
        ({"document": "a", "start": 4}, ["b", "c", "d"]),  # one finding
        ({"document": "a", "start": 3}, ["a", "b", "c", "d"]),
        ({"rule": "x.other"}, ["a", "b", "c", "d"]),
    ],
)
def test_what_is_suppressed_makes_no_hit_and_stays_in_the_audit(scanned, about, hit):
    found, audit = scanned(**about)
    assert found == hit
    findings = audit.findings()
    assert len(findings) == 5
    of_hits = set(findings[~findings.suppressed].doc)
    assert of_hits == set(hit)


def test_a_suppression_is_part_of_what_an_answer_depends_on(scanned):
    assert scanned(rule="x.bet")[0] == []
    assert scanned(rule="x.other")[0] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (suppression(rule="x").replace("2999", "2001"), "expired on 2001-01-01.*li|li.*expired"),
        (suppression(source="news"), "say what it is about"),
        (suppression(rule="x", start=3), "say in which one"),
        (suppression(rule="x").replace('owner = "li"', ""), "owner"),
        (suppression(rule="x", colour="red"), "colour"),
        ("", "suppression"),
    ],
)
def test_a_suppression_that_is_expired_or_says_too_little_is_refused(tmp_path, content, message):
    file = tmp_path / "mute.toml"
    file.write_text(content, "utf-8")
    with pytest.raises(RuleError, match=message):
        load_suppressions(file)


def test_the_day_of_expiry_still_counts(tmp_path):
    file = tmp_path / "mute.toml"
    file.write_text(suppression(rule="x"), "utf-8")
    assert load_suppressions(file, date(2999, 1, 1))
    with pytest.raises(RuleError):
        load_suppressions(file, date(2999, 1, 2))
