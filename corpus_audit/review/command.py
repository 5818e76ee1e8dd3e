"""`sample` and `review adjudicate` as a user asks for them: draw, record, write sheets."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus_audit.audit.log import record
from corpus_audit.audit.store import AuditStore
from corpus_audit.errors import UsageError
from corpus_audit.pii.masking import mask_label
from corpus_audit.review.draw import draw
from corpus_audit.review.formats import Format, write_sheet
from corpus_audit.review.importing import disputed
from corpus_audit.review.samples import (
    FOLDER,
    Ask,
    By,
    Plan,
    Sample,
    read_drawn,
    read_sample,
    write_sample,
)
from corpus_audit.review.sheets import adjudication_sheet, risk_choices, sheets_of
from corpus_audit.review.verdicts import read_reviews
from corpus_audit.rules.standards import load_risks

TECHNICAL_SHARE = 0.1
#: Plan -> (documents: of the corpus, or of each stratum; strata).
PLANS: dict[Plan, tuple[int, tuple[By, ...]]] = {
    "standard": (4000, ()),
    "sources": (200, ("source",)),
    "flags": (100, ("source", "flags")),
}


@dataclass(frozen=True, slots=True)
class Written:
    """What a command wrote."""

    sample: Sample
    sheets: tuple[Path, ...]
    rows: int
    missing: int  # documents that cannot be shown


@dataclass(frozen=True, slots=True)
class SheetOptions:
    """How sheets are written."""

    folder: Path
    formats: tuple[Format, ...] = ("xlsx",)
    blind: bool = True
    room: int = 8000
    key_file: str | None = None


def ask_for(
    plan: Plan,
    *,
    seed: int | None = None,
    size: int | None = None,
    by: Sequence[By] | None = None,
    double: float = 0.1,
    reviewers: Sequence[str] = (),
) -> Ask:
    """What is asked for, with the plan's own numbers where none are given."""
    names = tuple(mask_label(name.strip()) for name in reviewers) or ("reviewer-1", "reviewer-2")
    if not all(names) or len(set(names)) < len(names) or any(":" in name for name in names):
        raise UsageError("--reviewer: names differ, are not empty and hold no colon.")
    if not 0 <= double <= 1:
        raise UsageError(f"--double {double}: a share of the sample, from 0 to 1 (0.1 is 10 %).")
    if double and len(names) < 2:
        raise UsageError(
            "--double: two people judge the same document, so there must be two. Name another "
            "--reviewer, or pass --double 0; then nobody can say how often reviewers err."
        )
    usual, strata = PLANS[plan]
    return Ask(
        plan=plan,
        seed=secrets.randbelow(1 << 31) if seed is None else seed,
        size=usual if size is None else size,
        by=strata if by is None else tuple(by),
        double=double,
        reviewers=names,
        counted=tuple(risk.id for risk in load_risks().members("sampling_pass")),
    )


def make_sample(audit: str, ask: Ask, options: SheetOptions | None) -> Written:
    """Draw a sample and record it in the audit; write its sheets where `options` are given."""
    store = AuditStore(audit)
    store.read_manifest()  # before the lock, which would make a folder
    share = TECHNICAL_SHARE if ask.plan == "standard" else None
    with store.lock():
        sample, table = draw(store, ask, technical_share=share)
        write_sample(store, sample, table)
        facts = {
            "sample": sample.id,
            "plan": ask.plan,
            "seed": ask.seed,
            "drawn": sample.drawn,
            "of": sample.population,
        }
        files = [f"{FOLDER}/{sample.id}.json", f"{FOLDER}/{sample.id}.parquet"]
        record(store, "sample", facts, files)
    if options is None:
        return Written(sample, (), 0, 0)
    _refuse_inside(store, options.folder)
    sheets, missing = sheets_of(
        store,
        sample,
        table.to_pylist(),
        blind=options.blind,
        room=options.room,
        key_file=options.key_file,
    )
    return Written(sample, _write(sheets, options), sum(len(s.rows) for s in sheets), missing)


def make_adjudication(audit: str, id: str, adjudicator: str, options: SheetOptions) -> Written:
    """Write a sheet of the documents that need a third person."""
    store = AuditStore(audit)
    _refuse_inside(store, options.folder)
    sample = read_sample(store, id)
    drawn = read_drawn(store, id)
    words = disputed(drawn, read_reviews(store, id))
    if not words:
        return Written(sample, (), 0, 0)
    documents: list[dict[str, Any]] = [row for row in drawn if row["item"] in words]
    sheet, missing = adjudication_sheet(
        store,
        sample,
        documents,
        words,
        adjudicator=mask_label(adjudicator),
        room=options.room,
        key_file=options.key_file,
    )
    return Written(sample, _write([sheet], options), len(sheet.rows), missing)


def _write(sheets: Sequence[Any], options: SheetOptions) -> tuple[Path, ...]:
    risks = risk_choices(load_risks())
    return tuple(
        write_sheet(sheet, options.folder, format, risks)
        for sheet in sheets
        for format in options.formats
    )


def _refuse_inside(store: AuditStore, folder: Path) -> None:
    if store.local is not None and folder.resolve().is_relative_to(store.local.resolve()):
        raise UsageError(
            f"--sheets {folder}: inside the audit. Sheets hold raw text, and the audit is handed "
            "out. Choose a folder elsewhere."
        )
