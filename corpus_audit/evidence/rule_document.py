"""Which risks an annotation rule document names, by number or by their Chinese name."""

from __future__ import annotations

import re

from corpus_audit.evidence.case import Case
from corpus_audit.ledger.papers import contained
from corpus_audit.rules.standards import load_risks

_TEXTS = frozenset({".txt", ".md", ".csv", ".json", ".toml", ".yaml", ".yml", ".html"})
_KEY = "annotation.rules"
_MOST = 16 << 20  # bytes


def risks_named(case: Case) -> frozenset[str] | None:
    """None where no rule document is there as text, or it changed since it was entered."""
    if case.ledger is None or not case.supplied[_KEY].corpus:
        return None
    named: set[str] = set()
    read = False
    for paper in case.ledger.ledger.evidence:
        if paper.key != _KEY or paper.file is None:
            continue
        file = contained(case.ledger.folder, paper.file)
        if file is None or file.suffix.lower() not in _TEXTS or not file.is_file():
            continue
        read = True
        with file.open("rb") as opened:
            text = opened.read(_MOST).decode("utf-8-sig", errors="replace")
        for risk in load_risks().risks:
            _, group, letter = risk.id.split(".")
            number = rf"A\.?{group}[\s.]*{letter}(?![a-z])"
            if re.search(number, text, re.IGNORECASE) or risk.name.zh in text:
                named.add(risk.id)
    return frozenset(named) if read else None
