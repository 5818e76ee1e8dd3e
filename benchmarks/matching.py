"""Loading the shipped rules, and matching them over the plain view.

Where the shipped rules have fewer than 20,000 terms, rare words of jieba's dictionary are added.
"""

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
LOADED = 1.5  # seconds of CPU
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
    if missing <= 0:
        return rules
    return [*rules, Rule(spec, tuple(rare_words(missing)), Path("bench"), 1)]


def rare_words(count: int) -> list[str]:
    """Random words of jieba's dictionary, three characters or more, seen at most ten times."""
    lines = Path(jieba.__file__).with_name("dict.txt").read_text(encoding="utf-8").splitlines()
    words = [
        w for w, seen, _ in (line.split(" ") for line in lines) if len(w) > 2 and int(seen) <= 10
    ]
    return random.Random(7).sample(words, count)


def main(data: Path) -> None:
    fold_text("a")  # numba reads its cache, and tables are loaded, once a process
    begin = time.process_time()
    loaded = load_rules()
    seconds = time.process_time() - begin
    verdict = "ok" if seconds < LOADED else "MISSED"
    print(
        f"{len(loaded.rules):,} shipped rules, {sum(len(r.terms) for r in loaded.rules):,} anchors "
        f"loaded and compiled in {seconds:.2f} s   limit {LOADED}: {verdict}"
    )
    rules = many_rules()
    matcher = Matcher(rules)
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
