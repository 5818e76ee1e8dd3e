"""Terms that hit presumed-clean text weigh less from then on."""

import json
from datetime import date

import numpy as np
import pytest
from scipy.stats import binom

from corpus_audit.calibrate import calibrate, upper_bound
from corpus_audit.detectors.keywords import KeywordDetector
from corpus_audit.errors import RuleError, UsageError
from corpus_audit.plan import plan
from corpus_audit.rules.demotions import beside, read_demotions, to_csv
from corpus_audit.rules.loader import load_rules, read_rules
from corpus_audit.types import LEVELS, ReadOptions

RULES = """
updated = 2026-03-01

[[rule]]
id = "own.terms"
title = { en = "t", zh = "t" }
risk = "A.1.h"
severity = "high"
confidence = "high"
terms = ["产品介绍", "用户", "地下赌场", "冰毒出售"]
hits = ["地下赌场"]
misses = ["打牌"]

[[rule]]
id = "own.asked"
title = { en = "t", zh = "t" }
risk = "A.1.h"
severity = "high"
confidence = "high"
all = [["产品"], ["微信"]]
hits = ["产品加微信"]
misses = ["产品"]
"""
PLAIN = "，今天天气很好" * 60
OPTIONS = ReadOptions(source_field="site")


@pytest.fixture
def rule_file(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(RULES, "utf-8")
    return file


def corpus(folder, texts):
    """Documents of two sources in turns, so that both halves have both."""
    file = folder / "clean.jsonl"
    rows = [{"text": text, "site": f"s{n // 2 % 2}"} for n, text in enumerate(texts)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return plan([str(file)], OPTIONS)


def test_terms_seen_too_often_are_demoted_and_common_words_that_were_not_seen(tmp_path, rule_file):
    rules = read_rules([rule_file])
    texts = ["产品介绍，产品介绍" + PLAIN, "产品", "今天天气很好"] * 40
    found = calibrate(corpus(tmp_path, texts), rules, OPTIONS, max_rate=0.001)
    assert [(term.term, term.hit, term.reason) for term in found.terms] == [
        ("产品", 80, ""),  # asked for with another word: alone it says nothing
        ("产品介绍", 40, "hit"),
        ("用户", 0, "common"),
    ]
    assert (found.documents, found.searched) == (120, 5)
    assert [(s.source, s.documents, s.before) for s in found.sources] == [
        ("s0", 60, 40), ("s1", 60, 40),
    ]  # fmt: skip


def test_a_demoted_term_stays_is_found_at_low_weight_and_is_not_searched_by_the_gate(
    tmp_path, rule_file, make_batch
):
    rules = read_rules([rule_file])
    found = calibrate(corpus(tmp_path, ["产品介绍" + PLAIN] * 50), rules, OPTIONS, max_rate=0.001)
    beside(rule_file).write_text(to_csv(found.demotions(rules, "clean.jsonl", date(2026, 3, 2))))
    loaded = load_rules([rule_file])
    assert "产品介绍" in loaded.rules[0].terms
    assert {term.decode() for term in loaded.rules[0].demoted} == {"产品介绍", "用户"}
    (row, _) = [row for _, row in read_demotions(beside(rule_file))]
    assert (row.documents_hit, row.documents, row.rate, row.corpus) == (50, 50, 1.0, "clean.jsonl")
    batch = make_batch("产品介绍", "地下赌场")
    for profile, levels in (("audit", ["low", "high"]), ("regular", ["high"])):
        detector = KeywordDetector({"rules": [str(rule_file)], "profile": profile})
        assert [LEVELS[level] for level in detector.scan(batch).findings.level] == levels


def test_what_is_left_is_counted_in_the_half_that_did_not_choose(tmp_path, rule_file):
    rules = read_rules([rule_file])
    texts = (
        ["冰毒出售"] * 10 + ["地下赌场"] + ["今天天气很好"] * 9
    )  # one document, of the even half
    found = calibrate(corpus(tmp_path, texts), rules, OPTIONS, max_rate=0.001)
    assert sum(source.before for source in found.sources) == 11
    assert sum(source.after for source in found.sources) == 1  # the odd half knew nothing of it


def test_the_bound_is_the_share_at_which_so_few_hits_have_a_chance_of_5_percent():
    hit = np.array([0, 1, 7, 50])
    bound = upper_bound(hit, 50)
    assert bound[-1] == 1.0
    assert binom.cdf(hit[:-1], 50, bound[:-1]) == pytest.approx(0.05)


def test_an_empty_corpus_measures_nothing(tmp_path, rule_file):
    with pytest.raises(UsageError, match="no document in the corpus"):
        calibrate(corpus(tmp_path, []), read_rules([rule_file]), OPTIONS)


HEADER = "rule,term,documents_hit,documents,rate,upper,reason,corpus,date,tool"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b\n", r":1: no demotion file"),
        (f"{HEADER}\nown.terms,用户,1\n", r":2: it has not 10 values"),
        (f"{HEADER}\nown.terms,用户,x,9,0,0,hit,c,d,t\n", r":2: documents_hit is 'x'"),
        (f"{HEADER}\nnone,用户,1,9,0,0,hit,c,d,t\n", r':2: no rule "none" was loaded'),
        (f"{HEADER}\nown.terms,旧词,1,9,0,0,hit,c,d,t\n", r":2: rule \"own.terms\" has no term"),
    ],
)
def test_a_demotion_file_that_does_not_fit_is_refused_with_its_line(rule_file, content, message):
    beside(rule_file).write_text(content, "utf-8")
    with pytest.raises(RuleError, match=message):
        read_rules([rule_file])
