"""The report as one JSON document, for programs: the same facts, no words but the conclusion's."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson

from corpus_audit.reports import story, tables
from corpus_audit.reports.data import ReportData, SourceView, digest_of_inputs
from corpus_audit.reports.texts import Texts

VERSION = 1


def render_json(data: ReportData, language: str) -> bytes:
    """The document; `language` chooses that of the conclusion."""
    t = Texts(language)
    coverage = data.coverage
    answer = {
        "report": VERSION,
        "made": data.made,
        "audit": data.url,
        "version": data.manifest["version"],
        "conclusion": {
            "headline": story.headline(data, t),
            "sentences": story.lead(data, t),
            "outcome": data.assessment.conclusion.outcome if data.assessment else None,
            "over": [source.name for source in data.with_status("over")],
            "undecided": [source.name for source in data.with_status("undecided")],
        },
        "next": [asdict(step) for step in story.next_steps(data, t)],
        "limit": data.limit,
        "counted": data.policy.ratio.counted,
        "documents": data.total.documents,
        "chars": data.total.chars,
        "hit_documents": data.hit,
        "coverage": {
            "read": coverage.read,
            "scanned": coverage.scanned,
            "skipped": coverage.skipped,
            "unseen": coverage.unseen,
            "complete": coverage.complete,
            "losses": list(data.losses),
        },
        "sources": [_source(data, source) for source in data.sources],
        "risks": [
            {
                "risk": row.risk.id,
                "name": row.risk.name.model_dump(),
                "documents": row.documents,
                "share": row.share,
                "sources": row.sources,
                "counted": row.counted,
                "looked_for": row.looked,
            }
            for row in tables.risk_rows(data)
        ],
        "personal_data": [asdict(row) for row in tables.personal_rows(data)]
        if data.personal is not None
        else None,
        "duplicates": data.copies,
        "origin": data.statistics.to_json() if data.statistics else None,
        "assessment": data.assessment.model_dump(mode="json") if data.assessment else None,
        "excerpts": [asdict(example) for example in data.examples],
        "reproduce": {
            "scan": story.scan_command(data),
            "assess": data.assessment.reproduce if data.assessment else None,
            "config": data.manifest["config"],
            "inputs": digest_of_inputs(data.manifest),
            "key_id": data.manifest["key_id"],
            "policy": data.policy.model_dump(mode="json"),
        },
    }
    return orjson.dumps(answer, option=orjson.OPT_INDENT_2) + b"\n"


def _source(data: ReportData, source: SourceView) -> dict[str, Any]:
    low, high = source.bounds or (None, None)
    return {
        "source": source.name,
        "status": source.status,
        "outcome": source.outcome.outcome if source.outcome else None,
        "documents": source.tally.documents,
        "chars": source.tally.chars,
        "skipped": source.tally.skipped,
        "hit_documents": source.row["hit_documents"],
        "prevalence": source.share,
        "low": low,
        "high": high,
        "worst": source.worst,
        "deduplicated": source.deduplicated,
        "risks": source.hits,
        "languages": source.tally.categories.get("language", {}),
        "personal_data": {row["kind"]: row["documents"] for row in source.personal},
    }
