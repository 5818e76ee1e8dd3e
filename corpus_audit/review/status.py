"""The state and the results of all reviews of an audit, as plain values."""

from __future__ import annotations

from typing import Any

from corpus_audit.assess.bounds import CONFIDENCE
from corpus_audit.assess.model import Bounds
from corpus_audit.audit.store import AuditStore
from corpus_audit.errors import UsageError
from corpus_audit.review.detection import missed_share
from corpus_audit.review.importing import disputed
from corpus_audit.review.passing import manual_result
from corpus_audit.review.results import Estimate, Review, load_review
from corpus_audit.review.samples import read_drawn, read_samples
from corpus_audit.rules.clauses import Clause
from corpus_audit.rules.standards import load_risks, load_standards

_CLAUSE = "manual-sample"


def status_of(store: AuditStore, counted: str, id: str | None = None) -> list[dict[str, Any]]:
    """One entry a sample; `counted` names the set of risks that count."""
    risks = load_risks()
    known = [one.id for one in risks.sets]
    if counted not in known:
        raise UsageError(f"--counted {counted}: there is {', '.join(known)}.")
    store.read_manifest()
    chosen = risks.risk_set(counted)
    ids = [id] if id else [sample.id for sample in read_samples(store)]
    return [
        _one(store, load_review(store, each, chosen.counts), counted, chosen.count) for each in ids
    ]


def _one(store: AuditStore, review: Review, counted: str, count: int) -> dict[str, Any]:
    sample = review.sample
    kappa, alpha, twice = review.agreement()
    overall = review.estimate()
    passing = []
    if sample.ask.plan == "standard":
        for standard in load_standards().values():
            for clause in standard.clauses:
                if clause.id == _CLAUSE and _rate_counts(clause, counted):
                    result = manual_result(review, clause).model_dump()
                    passing.append(result | {"clause": f"{standard.number} {clause.number}"})
    parts = [("all", overall)]
    parts += [
        (name, review.estimate(flagged=flag))
        for name, flag in (("with a hit: precision", True), ("without a hit", False))
    ]
    parts += [(source, review.estimate(source)) for source in sample.frame]
    return {
        "sample": sample.id,
        "plan": sample.ask.plan,
        "seed": sample.ask.seed,
        "counted": count,
        "counted_set": counted,
        "confidence": CONFIDENCE,
        "population": sample.population,
        "drawn": sample.drawn,
        "judged": review.judged,
        "open": len(disputed(read_drawn(store, sample.id), review.reviews)),
        "sheets": [sheet.model_dump() for sheet in review.reviews.sheets],
        "passing": passing,
        "technical": sample.technical.model_dump() if sample.technical else None,
        "agreement": {"documents": twice, "kappa": kappa, "alpha": alpha},
        "readings": {
            "both_harmful": review.readings.both_harmful,
            "settled_harmful": review.readings.settled_harmful,
            "both_harmless": review.readings.both_harmless,
            "settled_harmless": review.readings.settled_harmless,
        },
        "sensitivity": _bounds(review.readings.sensitivity()),
        "specificity": _bounds(review.readings.specificity()),
        "missed": _bounds(missed_share(review)),
        "method": overall.bounds.method if overall else None,
        "parts": [_part(name, each) for name, each in parts if each],
    }


def _rate_counts(clause: Clause, counted: str) -> bool:
    """Does the clause ask for a pass rate over this set of risks?"""
    return any(t.name == "pass_rate" and t.counted == counted for t in clause.thresholds)


def _part(name: str, estimate: Estimate) -> dict[str, Any]:
    return {
        "part": name,
        "population": estimate.population,
        "judged": estimate.judged,
        "hits": estimate.hits,
        "open": estimate.open,
        "value": estimate.value,
        "bounds": _bounds(estimate.bounds),
        "as_judged": _bounds(estimate.as_judged),
        "corrected": _bounds(estimate.corrected),
    }


def _bounds(bounds: Bounds | None) -> dict[str, Any] | None:
    return bounds.model_dump() if bounds else None
