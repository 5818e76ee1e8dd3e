"""How well rules find what they should, and stay quiet on what they should not.

    python -m benchmarks --data DIR detection       the sets of DIR, and those of this folder
    python -m benchmarks --data FILE.jsonl detection    any labelled file: text, label, ground

Shares come with exact (Clopper-Pearson) 95 % bounds. A text is hit at the regular profile.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from scipy.stats import beta

from benchmarks.corpus import load
from benchmarks.detection import evasion, public, sets, solicitation
from benchmarks.detection.judged import found_rules, hit_risks
from corpus_audit.rules.loader import RuleSet, load_rules
from corpus_audit.rules.pinyin import PinyinTerms


def main(data: Path) -> None:
    rules = load_rules()
    if data.is_file():
        show_set(rules, data.name, public.labelled(data))
        return
    show_own(rules)
    show_evasion(rules)
    show_set(rules, "COLD train", public.cold(data, "train"))
    show_set(rules, "COLD dev", public.cold(data, "dev"))
    show_set(rules, "SWSR", public.swsr(data))
    tweets = public.davidson(data)
    show_set(rules, "Davidson, rows to work on", [t for t in tweets if _half(t.text)])
    show_set(rules, "Davidson, rows set aside", [t for t in tweets if not _half(t.text)])
    show_set(rules, "madlibs", public.madlibs(data))
    show_set(rules, "JADE", public.jade(data))
    show_bulk(rules, data)


def share(hits: int, total: int) -> str:
    """A share in percent with its bounds."""
    if not total:
        return "none"
    low = beta.ppf(0.025, hits, total - hits + 1) if hits else 0.0
    high = beta.ppf(0.975, hits + 1, total - hits) if hits < total else 1.0
    return f"{hits:>6,} of {total:>6,}  {hits / total:7.2%}  [{low:.2%}, {high:.2%}]"


def show_set(rules: RuleSet, name: str, texts: Sequence[public.Labelled]) -> None:
    """Recall and false alarms of a labelled set, by ground."""
    hits = [bool(risks) for risks in hit_risks(rules, [text.text for text in texts])]
    harmful = [hit for hit, text in zip(hits, texts, strict=True) if text.harmful]
    quiet = [hit for hit, text in zip(hits, texts, strict=True) if not text.harmful]
    print(f"\n{name}: {len(texts):,} texts")
    print(f"  precision              {share(sum(harmful), sum(hits))}")
    print(f"  recall                 {share(sum(harmful), len(harmful))}")
    print(f"  false alarms           {share(sum(quiet), len(quiet))}")
    for ground in sorted({text.ground for text in texts}):
        of = [(h, t.harmful) for h, t in zip(hits, texts, strict=True) if t.ground == ground]
        for said, wanted in (("harmful", True), ("harmless", False)):
            kept = [hit for hit, is_harmful in of if is_harmful == wanted]
            if kept:
                print(f"    {ground + ', ' + said:<20} {share(sum(kept), len(kept))}")


def show_own(rules: RuleSet) -> None:
    """The sets of this folder. Of the test half only counts are shown."""
    for half in sets.halves():
        size = len(sets.solicitation(half).templates) if half == "more" else 480
        cases = solicitation.generate(half, size)
        hits = hit_risks(rules, [case.text for case in cases])
        print(f"\nsolicitation, {half}: recall of any risk, and of the risk itself")
        names = sorted({case.category for case in cases})
        for name in ("all", *names):
            mine = [
                (case.risk in found, bool(found))
                for case, found in zip(cases, hits, strict=True)
                if name in ("all", case.category)
            ]
            print(f"  {name:<22} {share(sum(any_ for _, any_ in mine), len(mine))}", end="")
            print(f"   itself {sum(own for own, _ in mine) / len(mine):.2%}")
        near = sets.near_misses(half)
        false = hit_risks(rules, [case.text for case in near])
        print(f"near misses, {half}: hit {share(sum(map(bool, false)), len(near))}")
        if half != "test":
            for case, risks in zip(near, false, strict=True):
                if risks:
                    print(f"    {case.id} {sorted(risks)}")


def show_evasion(rules: RuleSet) -> None:
    """Recall of the evasion suite over the terms of high rules, where the plain text is found."""
    terms = sorted(
        {
            (rule.spec.risk, term)
            for rule in rules.rules
            if rule.spec.confidence == "high" and not any(c.wanted for c in rule.conditions)
            for term in rule.terms
        }
    )
    cases = evasion.suite(terms)
    plain = found_rules(rules, [case.plain for case in cases])
    found = found_rules(rules, [case.text for case in cases])
    fair = [(c, bool(f & p)) for c, p, f in zip(cases, plain, found, strict=True) if p]
    print(f"\nevasion: {len(fair):,} of {len(cases):,} cases, where the plain sentence is found")
    for said, wanted in (("deterministic", True), ("opt-in, not asked for", False)):
        mine = [hit for case, hit in fair if case.deterministic == wanted]
        print(f"  {said:<22} {share(sum(mine), len(mine))}")
    sounds = PinyinTerms(rules.rules)
    heard = found_rules(rules, [case.text for case in cases], sounds)
    mine = [
        bool(h & p)
        for c, p, h in zip(cases, plain, heard, strict=True)
        if p and not c.deterministic
    ]
    print(f"  {'opt-in, with pinyin':<22} {share(sum(mine), len(mine))}")
    for kind in sorted({case.kind for case, _ in fair}):
        mine = [hit for case, hit in fair if case.kind == kind]
        print(f"    {kind:<20} {share(sum(mine), len(mine))}")


def show_bulk(rules: RuleSet, data: Path) -> None:
    """Hits of presumed harmless documents, in all and by source, with the rules behind them."""
    sources: list[str] = []
    texts: list[str] = []
    for language in ("zh", "en"):
        table = load(data, language)
        sources += [f"{language}/{name}" for name in table["source"].to_pylist()]
        texts += table["text"].to_pylist()
    hits = hit_risks(rules, texts)
    print(f"\nbulk: documents hit {share(sum(map(bool, hits)), len(hits))}")
    total = Counter(sources)
    counts = Counter(source for source, found in zip(sources, hits, strict=True) if found)
    for source, count in counts.most_common():
        print(f"    {source:<20} {share(count, total[source])}")
    heard = hit_risks(rules, texts, PinyinTerms(rules.rules))
    more = sum(bool(a) > bool(b) for a, b in zip(heard, hits, strict=True))
    print(f"    more with --evasion pinyin {share(more, len(hits))}")
    concerned = [i for i, found in enumerate(hits) if found]
    _show_behind(rules, [texts[i] for i in concerned], [hits[i] for i in concerned])


def _show_behind(rules: RuleSet, texts: Sequence[str], hits: Iterable[frozenset[str]]) -> None:
    for ids, risks in zip(found_rules(rules, texts), hits, strict=True):
        print(f"    {' '.join(sorted(risks))}: {' '.join(sorted(ids))}")


def _half(text: str) -> bool:
    """One half of a set, by a hash of the text."""
    return hashlib.blake2b(text.encode(), digest_size=1).digest()[0] % 2 == 0
