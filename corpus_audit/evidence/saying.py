"""Sentences that several kinds of evidence say of a source."""

from __future__ import annotations

from corpus_audit.assess.facts import Shown, words
from corpus_audit.assess.shares import percent
from corpus_audit.provenance.tallies import Counted
from corpus_audit.rules.clauses import Words


def not_run(detector: str) -> Shown:
    return Shown(
        False,
        get=words(
            f"用 --detectors ...,{detector} 重新扫描。",
            f"Scan again with --detectors ...,{detector}.",
        ),
    )


def many(each: Counted, count: int) -> tuple[str, str]:
    share = percent(count / max(each.tally.documents, 1))
    of = f"{count:,} / {each.tally.documents:,}"
    return f"{each.name} 有 {of} 篇（{share}）", f"{each.name}: {of} documents ({share})"


def says(each: Counted, count: int, zh: str, en: str) -> Words:
    many_zh, many_en = many(each, count)
    return words(f"{many_zh}{zh}。", f"{many_en} {en}.")
