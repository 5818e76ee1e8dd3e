"""Suppressions: findings that somebody answers for, so that they do not count. Data, not code.

    [[suppression]]
    rule = "a1h.gambling"            # and/or a term, and/or a document: what it is about
    term = "六合彩"
    source = "lottery-news"          # only there; left out: everywhere
    document = "news.jsonl#120"      # only there: the id that `corpus-audit show` prints
    start = 31                       # only the finding that begins at that character of it
    owner = "zhang.wei"
    reason = "results of the state lottery"
    expires = 2027-03-01

A suppressed finding stays in the audit, marked; it makes no hit and is counted apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from corpus_audit.errors import RuleError
from corpus_audit.rules.location import load_toml
from corpus_audit.rules.model import Text
from corpus_audit.text.batch import Batch
from corpus_audit.text.fold import fold_text
from corpus_audit.types import Findings, RuleInfo


class Suppression(BaseModel):
    """What does not count, who says so, why, and until when (that day included)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: Text | None = None
    term: Text | None = None
    source: Text | None = None
    document: Text | None = None
    start: Annotated[int, Field(ge=0)] | None = None
    owner: Text
    reason: Text
    expires: date

    @model_validator(mode="after")
    def _says_what(self) -> Suppression:
        if not (self.rule or self.term or self.document):
            raise ValueError("say what it is about: rule, term or document")
        if self.start is not None and not self.document:
            raise ValueError("`start` is a place in a document: say in which one")
        return self


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    suppression: tuple[Suppression, ...] = Field(min_length=1)


def load_suppressions(file: Path, today: date | None = None) -> tuple[Suppression, ...]:
    """Read a file of suppressions. Raises RuleError; an expired one is named, not skipped."""
    try:
        loaded = _File.model_validate(load_toml(file)).suppression
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, f['loc']))}: {f['msg']}" for f in error.errors())
        raise RuleError("\n".join(f"{file}: {fault}" for fault in faults)) from None
    day = today or date.today()
    expired = [
        f"{file}: suppression of {each.rule or each.term or each.document!r} by {each.owner} "
        f"expired on {each.expires}. Its findings count again: remove it, or have it renewed."
        for each in loaded
        if each.expires < day
    ]
    if expired:
        raise RuleError("\n".join(expired))
    return loaded


def suppressed(
    suppressions: Sequence[Suppression],
    findings: Findings,
    rules: Sequence[RuleInfo],
    batch: Batch,
    labels: dict[str, pa.Array],
) -> npt.NDArray[np.bool_]:
    """Which findings are suppressed. `labels` are the names of a batch as they are shown."""
    muted = np.zeros(len(findings), np.bool_)
    if not len(findings):
        return muted
    ids = np.array([rule.id for rule in rules], object)
    for each in suppressions:
        about = np.ones(len(findings), np.bool_)
        if each.rule:
            about &= (ids == each.rule)[findings.rule]
        for name, wanted in (("source", each.source), ("doc", each.document)):
            if wanted:
                same = np.array(labels[name].to_pylist(), object) == wanted
                about &= same[findings.row]
        if each.start is not None:
            about &= findings.start == each.start
        if each.term:
            term = fold_text(each.term)
            for i in np.flatnonzero(about).tolist():
                text = batch.text.document(int(findings.row[i])).decode()
                about[i] = fold_text(text[findings.start[i] : findings.end[i]]) == term
        muted |= about
    return muted
