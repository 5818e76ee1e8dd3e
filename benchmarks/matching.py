"""Matching 20,000 literals over the plain view: the shipped terms and rare words of jieba."""

from __future__ import annotations

import random
import time
from pathlib import Path

import ahocorasick_rs
import jieba

from benchmarks.corpus import best, report, texts
from corpus_audit.rules.loader import load_rules
from corpus_audit.rules.matcher import Matcher
from corpus_audit.rules.model import Rule, RuleSpec, Title
from corpus_audit.text.buffers import Utf8
from corpus_audit.text.fold import fold, fold_text

FLOOR = 250
TERMS = 20_000


def many_rules(total: int = TERMS) -> list[Rule]:
    """The shipped rules, and one rule of rare Chinese words that brings them to `total` terms."""
    rules = list(load_rules().rules)
    missing = total - sum(len(rule.terms) for rule in rules)
    spec = RuleSpec(
        id="bench.rare-words", title=Title(en="rare words", zh="生僻词"), risk="A.1.h",
        severity="low", confidence="low", terms=("x",), hits=("x",), misses=("y",),
        edges="none",  # words of jieba's own dictionary need not be asked about
    )  # fmt: skip
    return [*rules, Rule(spec, tuple(rare_words(missing)), Path("bench"), 1)]


def rare_words(count: int) -> list[str]:
    """Random words of jieba's dictionary, three characters or more, seen at most ten times."""
    lines = Path(jieba.__file__).with_name("dict.txt").read_text(encoding="utf-8").splitlines()
    words = [
        w for w, seen, _ in (line.split(" ") for line in lines) if len(w) > 2 and int(seen) <= 10
    ]
    return random.Random(7).sample(words, count)


def main(data: Path) -> None:
    begin = time.perf_counter()
    rules = many_rules()
    matcher = Matcher(rules)
    print(f"{TERMS:,} terms loaded and compiled in {time.perf_counter() - begin:.2f} s")
    terms = [fold_text(term).decode() for rule in rules for term in rule.terms]
    automaton = ahocorasick_rs.AhoCorasick(terms, implementation=None)
    for language in ("zh", "en"):
        text = Utf8.of(texts(data, language))
        view = fold(text)
        found = matcher.match(text, view)
        report(f"match, {language} ({len(found):,} findings)", text.nbytes / 1e6, best(
            lambda text=text, view=view: matcher.match(text, view)), FLOOR)  # fmt: skip
        whole = view.data.tobytes().decode()
        report("  ahocorasick_rs over the same view, indices only", text.nbytes / 1e6, best(
            lambda whole=whole: automaton.find_matches_as_indexes(whole, overlapping=True), 1)
        )  # fmt: skip
