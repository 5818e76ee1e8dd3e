"""What people judged where no machine can: one TOML table for each judgement.

[[judgement]]
evidence = "review.legal"       # a key of rules/evidence.toml
clause = "commercial-data"      # none: every clause that asks for this evidence
verdict = "conforms"            # conforms | does-not-conform | not-applicable
by = "A. Sample, counsel"
on = 2025-02-01
reason = "contract read; it covers training"
file = "opinion.pdf"            # by choice, with its sha256, beside this file
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from corpus_audit.errors import RuleError
from corpus_audit.ledger.papers import contained, digest_of_file
from corpus_audit.rules.entries import Entries
from corpus_audit.rules.standards import load_evidence

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Judgement(BaseModel):
    """One thing that a person decided."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    evidence: Text | None = None  # none: the clause as a whole does not apply
    clause: Text | None = None
    verdict: Literal["conforms", "does-not-conform", "not-applicable"]
    by: Text
    on: date
    reason: Text
    file: Text | None = None
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    judgement: tuple[Judgement, ...] = Field(min_length=1)


def load_judgements(path: Path, today: date) -> tuple[Judgement, ...]:
    """Read judgements. Raises RuleError with every fault of the file."""
    entries = Entries(path, _File)
    known = load_evidence()
    for index, each in enumerate(entries.value.judgement):
        place = ("judgement", index)
        if each.evidence is None and (each.clause is None or each.verdict != "not-applicable"):
            entries.fault(
                place, "names no evidence; only a clause that does not apply is judged without"
            )
        if each.evidence is not None and each.evidence not in known:
            entries.fault((*place, "evidence"), f'no evidence "{each.evidence}" in evidence.toml')
        elif each.evidence is not None and known[each.evidence].by == "manifest":
            entries.fault(
                (*place, "evidence"), f'"{each.evidence}" is a paper: name it in the ledger'
            )
        if each.on > today:
            entries.fault((*place, "on"), f"judged on {each.on}, in the future")
        if each.file is not None:
            for fault in _file_faults(path.parent, each):
                entries.fault((*place, "file"), fault)
    if entries.faults:
        raise RuleError("\n".join(entries.faults))
    return entries.value.judgement


def _file_faults(folder: Path, each: Judgement) -> list[str]:
    assert each.file is not None
    target = contained(folder, each.file)
    if target is None or not target.is_file():
        return [f'"{each.file}" is not beside this file']
    found = digest_of_file(target)
    if each.sha256 is None:
        return [f'has no digest, so a change would not be seen: sha256 = "{found}"']
    return [] if each.sha256 == found else [f"changed: its digest is {found}"]
