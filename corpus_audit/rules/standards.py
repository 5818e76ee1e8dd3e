"""The standards as data: what each clause asks, how sure we are of it, and what decides it.

`rules/risks.toml` holds the 31 risks and which of them count where, `rules/evidence.toml` the
kinds of evidence, `rules/standards/*.toml` one standard each. Nothing here judges anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel

from corpus_audit.errors import RuleError, UsageError
from corpus_audit.rules.clauses import (
    Clause,
    DecidedBy,
    Evidence,
    EvidenceKinds,
    Risk,
    Risks,
    RiskSet,
    Standard,
    Threshold,
)
from corpus_audit.rules.entries import Entries, Place
from corpus_audit.rules.location import rules_dir

__all__ = [
    "Clause", "Evidence", "Risk", "RiskSet", "Risks", "Standard", "Threshold",
    "json_schema", "load_evidence", "load_risks", "load_standard", "load_standards",
]  # fmt: skip

M = TypeVar("M", bound=BaseModel)


def load_risks(path: Path | None = None) -> Risks:
    """The 31 risks and the sets that count; without a path, the shipped ones."""
    entries = Entries(path or rules_dir() / "risks.toml", Risks)
    risks = entries.value
    for table in ("groups", "risks", "sets"):
        entries.unique(table, "id")
    groups = {group.id for group in risks.groups}
    for index, risk in enumerate(risks.risks):
        if risk.group not in groups or not risk.id.startswith(risk.group + "."):
            entries.fault(("risks", index, "group"), f'"{risk.group}" is not the group of the id')
    for index, one in enumerate(risks.sets):
        for group in sorted(set(one.groups) - groups):
            entries.fault(("sets", index, "groups"), f'no group "{group}" in this file')
        count = sum(one.counts(risk.id) for risk in risks.risks)
        if count != one.count:
            entries.fault(("sets", index, "count"), f"says {one.count}, its groups hold {count}")
    return _checked(entries)


def load_evidence(path: Path | None = None) -> dict[str, Evidence]:
    """The kinds of evidence by key; without a path, the shipped ones."""
    entries = Entries(path or rules_dir() / "evidence.toml", EvidenceKinds)
    entries.unique("evidence", "key")
    return {evidence.key: evidence for evidence in _checked(entries).evidence}


def load_standards(folder: Path | None = None) -> dict[str, Standard]:
    """Every standard of a folder by id; without a folder, the shipped ones."""
    files = _files(folder)
    risks, evidence = load_risks(), load_evidence()
    standards, faults = {}, []
    for id, file in files.items():
        try:
            standards[id] = _load(file, risks, evidence)
        except RuleError as error:
            faults.append(str(error))
    if faults:
        raise RuleError("\n".join(faults))
    return standards


def load_standard(id: str, folder: Path | None = None) -> Standard:
    """One standard by its id."""
    files = _files(folder)
    if id not in files:
        raise UsageError(f'No standard "{id}". Known: {", ".join(files)}.')
    return _load(files[id], load_risks(), load_evidence())


def json_schema(kind: Literal["standard", "risks", "evidence"] = "standard") -> dict[str, Any]:
    """The JSON Schema of a file of this kind."""
    models: dict[str, type[BaseModel]]
    models = {"standard": Standard, "risks": Risks, "evidence": EvidenceKinds}
    return models[kind].model_json_schema()


def _files(folder: Path | None) -> dict[str, Path]:
    place = folder or rules_dir() / "standards"
    files = {file.stem: file for file in sorted(place.glob("*.toml"))}
    if not files:
        raise RuleError(f"{place}: no *.toml standard there.")
    return files


def _load(file: Path, risks: Risks, evidence: dict[str, Evidence]) -> Standard:
    entries = Entries(file, Standard)
    standard = entries.value
    if standard.id != file.stem:
        entries.fault(("id",), f'"{standard.id}" is not the name of the file')
    entries.unique("sources", "key")
    entries.unique("annexes", "letter")
    entries.unique("clauses", "id")
    sources = {source.key for source in standard.sources}
    for index, annex in enumerate(standard.annexes):
        _check_source(entries, ("annexes", index), annex.source, sources)
    for index, clause in enumerate(standard.clauses):
        place = ("clauses", index)
        _check_source(entries, place, clause.source, sources)
        if clause.number == "?" and not clause.provisional:
            entries.fault((*place, "number"), "an unknown number is provisional")
        _check_needs(entries, place, clause.decided_by, evidence)
        entries.unique("thresholds", "name", *place)
        for nth, threshold in enumerate(clause.thresholds):
            inner = (*place, "thresholds", nth)
            _check_source(entries, inner, threshold.source, sources)
            _check_value(entries, inner, threshold)
            known = [one.id for one in risks.sets]
            if threshold.counted not in (None, *known):
                message = f'no set of risks "{threshold.counted}"; known: {", ".join(known)}'
                entries.fault((*inner, "counted"), message)
    return _checked(entries)


def _check_source(entries: Entries[Standard], place: Place, source: str, known: Set[str]) -> None:
    if source not in known:
        entries.fault((*place, "source"), f'"{source}" is not among the sources of this file')


def _check_value(entries: Entries[Standard], place: Place, threshold: Threshold) -> None:
    if threshold.unit.startswith("share of"):
        if threshold.value > 1:
            message = f"{threshold.value:g} is no share; write 5 % as 0.05"
            entries.fault((*place, "value"), message)
    elif not threshold.value.is_integer():
        entries.fault((*place, "value"), f"{threshold.unit} come in whole numbers")


def _check_needs(
    entries: Entries[Standard], place: Place, needs: DecidedBy, evidence: Mapping[str, Evidence]
) -> None:
    if not needs.items():
        entries.fault((*place, "decided_by"), "says of no evidence that would decide the clause")
    for by, keys in needs.items():
        for key in keys:
            if key not in evidence:
                entries.fault((*place, "decided_by", by), f'no evidence "{key}" in evidence.toml')
            elif evidence[key].by != by:
                message = f'"{key}" is {evidence[key].by} evidence'
                entries.fault((*place, "decided_by", by), message)


def _checked(entries: Entries[M]) -> M:
    if entries.faults:
        raise RuleError("\n".join(entries.faults))
    return entries.value
