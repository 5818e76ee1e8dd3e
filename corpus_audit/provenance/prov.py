"""The ledger and its audit as a summary in PROV-JSON (W3C Member Submission, 2013-04-24)."""

from __future__ import annotations

from typing import Any

from corpus_audit.ledger.model import Evidence, Ledger, Source
from corpus_audit.ledger.reading import LedgerFile
from corpus_audit.provenance.tallies import Audited

_PREFIX = {
    "ca": "urn:corpus-audit:", "source": "urn:corpus-audit:source:",
    "paper": "urn:corpus-audit:paper:", "owner": "urn:corpus-audit:owner:",
    "act": "urn:corpus-audit:activity:",
}  # fmt: skip


def to_prov(file: LedgerFile, audit: Audited | None, *, name: str) -> dict[str, Any]:
    """Sources and papers as entities, collection and scan as activities, owners as agents."""
    ledger = file.ledger
    document: dict[str, Any] = {
        "prefix": _PREFIX,
        **{
            key: {}
            for key in (
                "entity", "activity", "agent", "wasAttributedTo", "wasGeneratedBy", "used",
                "wasDerivedFrom", "wasAssociatedWith",
            )
        },
    }  # fmt: skip
    document["entity"]["ca:corpus"] = {"prov:label": name, "prov:type": "prov:Collection"}
    document["entity"]["ca:ledger"] = {
        "prov:label": file.path.name, "ca:blake2b128": file.digest, "prov:type": "prov:Plan",
    }  # fmt: skip
    _organisation(document, ledger)
    for number, paper in enumerate(ledger.evidence):
        _paper(document, f"paper:corpus-{number}", paper, "ca:corpus")
    for source in ledger.source:
        _source(document, source, audit)
    if audit is not None:
        _scan(document, audit)
    return {key: value for key, value in document.items() if value}


def _relate(document: dict[str, Any], relation: str, **ends: str) -> None:
    known = document[relation]
    known[f"_:{relation}{len(known)}"] = {f"prov:{end}": value for end, value in ends.items()}


def _organisation(document: dict[str, Any], ledger: Ledger) -> None:
    if ledger.organisation:
        document["agent"]["owner:keeper"] = {
            "prov:type": "prov:Organization", "prov:label": ledger.organisation,
        }  # fmt: skip
        _relate(document, "wasAttributedTo", entity="ca:corpus", agent="owner:keeper")


def _source(document: dict[str, Any], source: Source, audit: Audited | None) -> None:
    entity, owner = f"source:{source.id}", f"owner:{source.owner}"
    facts: dict[str, Any] = {
        "prov:label": source.name or source.id,
        "ca:kind": source.kind,
        "ca:origin": source.origin,
        "ca:languages": " ".join(source.languages),
        "ca:modality": " ".join(source.modality),
    }
    for key, value in (
        ("licence", source.licence),
        ("url", source.url),
        ("version", source.version),
    ):
        if value:
            facts[f"ca:{key}"] = value
    counted = next((c for c in audit.sources if c.name == source.id), None) if audit else None
    if counted is not None:
        facts |= {"ca:documents": counted.tally.documents, "ca:characters": counted.tally.chars}
    document["entity"][entity] = facts
    document["agent"][owner] = {"prov:type": "prov:Organization", "prov:label": source.owner}
    _relate(document, "wasAttributedTo", entity=entity, agent=owner)
    _relate(document, "wasDerivedFrom", generatedEntity="ca:corpus", usedEntity=entity)
    span = source.collected or source.generated
    if span is not None:
        activity = f"act:collect-{source.id}"
        document["activity"][activity] = {
            "prov:startTime": f"{span.first}T00:00:00",
            "prov:endTime": f"{span.last}T23:59:59",
            "prov:type": "ca:generation" if source.generated else "ca:collection",
        }
        _relate(document, "wasGeneratedBy", entity=entity, activity=activity)
    if source.generated is not None:
        model = f"ca:model-{source.generated.model}-{source.generated.version}"
        document["agent"][model] = {
            "prov:type": "prov:SoftwareAgent",
            "prov:label": f"{source.generated.model} {source.generated.version}",
        }
        _relate(document, "wasAssociatedWith", activity=f"act:collect-{source.id}", agent=model)
        for seed in source.generated.seeds:
            _relate(document, "wasDerivedFrom", generatedEntity=entity, usedEntity=f"source:{seed}")
    for number, paper in enumerate(source.evidence):
        _paper(document, f"paper:{source.id}-{number}", paper, entity)


def _paper(document: dict[str, Any], name: str, paper: Evidence, about: str) -> None:
    facts: dict[str, Any] = {"prov:label": paper.kind, "ca:about": about}
    for key in ("file", "sha256", "person", "version"):
        if value := getattr(paper, key):
            facts[f"ca:{key}"] = value
    for key in ("issued", "valid_from", "valid_until"):
        if value := getattr(paper, key):
            facts[f"ca:{key}"] = value.isoformat()
    document["entity"][name] = facts


def _scan(document: dict[str, Any], audit: Audited) -> None:
    tool = "ca:tool"
    document["agent"][tool] = {
        "prov:type": "prov:SoftwareAgent",
        "prov:label": f"corpus-audit {audit.manifest['version']}",
    }
    document["activity"]["act:scan"] = {"prov:type": "ca:scan"}
    document["entity"]["ca:audit"] = {
        "prov:label": "audit",
        "ca:configuration": audit.manifest["config"],
        "ca:documents": audit.manifest["counts"]["scanned"],
        "ca:unseen": audit.manifest["counts"]["unseen"],
    }
    _relate(document, "wasGeneratedBy", entity="ca:audit", activity="act:scan")
    _relate(document, "used", activity="act:scan", entity="ca:corpus")
    _relate(document, "wasAssociatedWith", activity="act:scan", agent=tool)
