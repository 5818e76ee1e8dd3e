"""A gate's decision as JSON: every verdict with its numbers, sentences in both languages."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from corpus_audit.gate.model import DECISION_VERSION, Decision, Verdict
from corpus_audit.gate.story import caveat, headline, steps
from corpus_audit.gate.words import sentence
from corpus_audit.rules.clauses import Language
from corpus_audit.text.inert import printable

LANGUAGES: tuple[Language, ...] = ("zh", "en")


def decision_json(decision: Decision, roots: tuple[str, ...]) -> bytes:
    """The whole decision. Names are as the audit has them: a program joins on them."""
    stored = {
        "version": DECISION_VERSION,
        "outcome": decision.outcome,
        "exit_code": decision.exit_code,
        "headline": {lang: headline(decision, lang) for lang in LANGUAGES},
        "steps": {lang: steps(decision, roots, lang) for lang in LANGUAGES},
        "caveat": {lang: caveat(decision, lang) for lang in LANGUAGES},
        "counts": decision.counts,
        "audit": decision.audit,
        "baseline": decision.baseline,
        "policy": {
            "name": decision.policy,
            "digest": decision.policy_digest,
            "profile": decision.profile,
            "counted": list(decision.counted),
        },
        "standard": decision.standard or None,
        "sources": decision.sources,
        "documents": decision.documents,
        "notes": [note.model_dump() for note in decision.notes],
        "unused_waivers": list(decision.unused_waivers),
        "tool_version": decision.tool_version,
        "made": decision.made,
        "verdicts": [_verdict(verdict) for verdict in decision.verdicts],
    }
    text = json.dumps(stored, ensure_ascii=False, indent=2)
    return text.encode("utf-8", "replace") + b"\n"  # a path may hold bytes that are no text


def _verdict(verdict: Verdict) -> dict[str, Any]:
    amount, before, pardon = verdict.amount, verdict.before, verdict.pardon
    return {
        "level": verdict.level,
        "limit": verdict.limit,
        "measure": verdict.measure,
        "value": verdict.value,
        "source": verdict.source or None,
        "unit": verdict.unit,
        "warn": verdict.warn,
        "fail": verdict.fail,
        "unclear": verdict.unclear,
        "amount": amount and asdict(amount) | {"share": amount.share},
        "baseline": before and asdict(before),
        "waiver": pardon and asdict(pardon),
        "risks": [{"name": c.name, "documents": c.documents} for c in verdict.risks],
        "causes": [{"name": c.name, "documents": c.documents} for c in verdict.causes],
        "places": [asdict(place) for place in verdict.places],
        "command": verdict.command or None,
        "text": {lang: printable(sentence(verdict, lang)) for lang in LANGUAGES},
    }
