"""Takes filled sheets back. Everything is checked before anything is written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from corpus_audit.audit.keys import key_id, load_key
from corpus_audit.audit.log import record
from corpus_audit.audit.store import AuditStore
from corpus_audit.errors import AuditError
from corpus_audit.pii.masking import mask_excerpt, mask_label
from corpus_audit.review.formats import read_sheet
from corpus_audit.review.samples import Sample, read_drawn, read_sample
from corpus_audit.review.sheets import HARMFUL, Kind, row_check
from corpus_audit.review.verdicts import (
    FOLDER,
    Answer,
    Imported,
    Reviews,
    Verdict,
    read_reviews,
    write_reviews,
)
from corpus_audit.rules.standards import load_risks

_TOLD = 10  # faults
_ANSWERS: dict[str, Answer] = {
    **{word: answer for answer in get_args(Answer) for word in HARMFUL[answer].split(" ")},
    **{HARMFUL[answer]: answer for answer in get_args(Answer)},
    "是": "yes",
    "否": "no",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What one sheet brought."""

    sample: str
    kind: Kind
    reviewer: str
    rows: int  # with a verdict
    new: int
    changed: int
    left: int  # of this person's documents, without a verdict


@dataclass(frozen=True, slots=True)
class _Filled:
    """One file that passed all checks of its own."""

    path: Path
    digest: str
    sample: Sample
    kind: Kind
    reviewer: str
    verdicts: list[Verdict]
    left: int


class _Faults:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: list[str] = []

    def add(self, line: int, what: str) -> None:
        self._lines.append(f"{self._path}:{line}: {what}")

    def stop(self) -> None:
        """Raise AuditError where there are any."""
        if self._lines:
            more = len(self._lines) - _TOLD
            told = [*self._lines[:_TOLD], *([f"and {more:,} more"] if more > 0 else [])]
            raise AuditError("\n".join([*told, "Nothing was imported."]))


def import_sheets(
    store: AuditStore,
    paths: Sequence[Path],
    *,
    key_file: str | None = None,
    partial: bool = False,
    replace: bool = False,
) -> list[Taken]:
    """Import filled sheets; all of them, or none where one is not right (AuditError).

    `partial` takes sheets on which rows are left; `replace` lets a verdict change.
    """
    manifest = store.read_manifest()
    key = load_key(key_file, store.url, create=False)
    if key_id(key) != manifest["key_id"]:
        raise AuditError(
            f"{store.url}: the key is not the one of the scan, so sheets could not be told from "
            "changed ones. Pass the scan's --key-file."
        )
    filled = [_check_file(store, path, key, partial) for path in paths]
    with store.lock():
        reviews: dict[str, Reviews] = {}
        taken = []
        for each in filled:
            before = reviews.get(each.sample.id) or read_reviews(store, each.sample.id)
            reviews[each.sample.id], counts = _added(before, each, replace)
            taken.append(counts)
        for after in reviews.values():
            write_reviews(store, after)
        for each, counts in zip(filled, taken, strict=True):
            facts = {
                "sample": counts.sample,
                "sheet": each.digest,
                "kind": counts.kind,
                "reviewer": counts.reviewer,
                "new": counts.new,
                "changed": counts.changed,
            }
            record(store, "review import", facts, [f"{FOLDER}/{counts.sample}.json"])
    return taken


def _check_file(store: AuditStore, path: Path, key: bytes, partial: bool) -> _Filled:
    data, rows = read_sheet(path)
    if not rows:
        raise AuditError(f"{path}: the sheet has no rows. Nothing was imported.")
    faults = _Faults(path)
    tag = rows[0]["sheet"].strip()
    for line, row in enumerate(rows, 2):
        if row["sheet"].strip() != tag:
            faults.add(line, "belongs to another sheet than the first row: import sheets apart")
    faults.stop()
    id, kind, reviewer = _parts(path, tag)
    sample = read_sample(store, id)
    drawn = {row["item"]: row for row in read_drawn(store, id)}
    known = frozenset(risk.id for risk in load_risks().risks)
    verdicts: list[Verdict] = []
    lines: dict[str, int] = {}
    for line, row in enumerate(rows, 2):
        item = row["item"].strip()
        if fault := _wrong_row(row, drawn.get(item), tag, kind, reviewer, key):
            faults.add(line, fault)
        elif item in lines:
            faults.add(line, f"document {item} is in row {lines[item]} already: remove one")
        elif row["harmful"].strip():
            verdict = _verdict(row, item, kind, reviewer, known)
            if isinstance(verdict, str):
                faults.add(line, verdict)
            else:
                verdicts.append(verdict)
        lines.setdefault(item, line)
    faults.stop()
    if kind == "review":
        wanted = sum(reviewer in (row["first"], row["second"]) for row in drawn.values())
    else:
        wanted = len(rows)
    left = wanted - len(verdicts)
    if left and not partial:
        raise AuditError(
            f"{path}: {left:,} of {wanted:,} documents of {reviewer} have no verdict here "
            f"({wanted - len(rows):,} rows are missing). A pass rate needs all of them. Finish the "
            "sheet, or pass --partial to take what is there. Nothing was imported."
        )
    if not verdicts:
        raise AuditError(f"{path}: no row has a verdict yet. Nothing was imported.")
    digest = hashlib.sha256(data).hexdigest()
    return _Filled(path, digest, sample, kind, reviewer, verdicts, left)


def _parts(path: Path, tag: str) -> tuple[str, Kind, str]:
    id, _, rest = tag.partition(":")
    kind, _, reviewer = rest.partition(":")
    if kind not in get_args(Kind) or not reviewer or "/" in id:
        raise AuditError(
            f"{path}: the column sheet does not name a sample and a reviewer, so nobody can tell "
            "whose verdicts these are. Copy that column back from the sheet that was made."
        )
    return id, kind, reviewer  # type: ignore[return-value]


def _wrong_row(
    row: Mapping[str, str],
    document: Mapping[str, Any] | None,
    tag: str,
    kind: Kind,
    reviewer: str,
    key: bytes,
) -> str | None:
    item = row["item"].strip()
    if document is None:
        return "this document is not in the sample: the row is from elsewhere, or its id changed"
    if row["check"].strip() != row_check(key, tag, item, row["text"]):
        return (
            f"document {item} is not as it was given out: its id, text, sheet or check changed. "
            "Copy the row back from the sheet that was made"
        )
    if kind == "review" and reviewer not in (document["first"], document["second"]):
        return f"document {item} was not given to {reviewer}"
    return None


def _verdict(
    row: Mapping[str, str], item: str, kind: Kind, reviewer: str, known: Set[str]
) -> Verdict | str:
    """A verdict, or what is wrong with it."""
    harmful = _ANSWERS.get(row["harmful"].strip().lower())
    if harmful is None:
        return f"harmful holds none of {', '.join(HARMFUL.values())}"
    chosen = [row[key].strip() for key in sorted(row) if key.startswith("risk_")]
    risks = [text.split(" ")[0] for text in chosen if text]
    if not set(risks) <= known:
        return "a risk is none of the list: choose it from the drop-down (A.1.a to A.5.b)"
    if harmful == "yes" and not risks:
        return "harmful, but no risk is chosen: which of the 31 counts depends on it"
    if harmful == "no" and risks:
        return "not harmful, yet a risk is chosen: remove one of both"
    return Verdict(
        item=item,
        reviewer=reviewer,
        kind=kind,
        harmful=harmful,
        risks=tuple(dict.fromkeys(risks)),
        remark=mask_excerpt(row["remark"].strip()),
    )


def _added(before: Reviews, filled: _Filled, replace: bool) -> tuple[Reviews, Taken]:
    """The verdicts with those of one sheet, and what it brought."""
    if any(sheet.digest == filled.digest for sheet in before.sheets):
        raise AuditError(f"{filled.path}: was imported already. Nothing was imported.")
    known = {_seat(verdict): verdict for verdict in before.verdicts}
    new = [verdict for verdict in filled.verdicts if _seat(verdict) not in known]
    changed = [
        verdict for verdict in filled.verdicts if known.get(_seat(verdict), verdict) != verdict
    ]
    if not new and not changed:
        raise AuditError(
            f"{filled.path}: all its verdicts are here already: it is a copy of a sheet that was "
            "imported. Nothing was imported."
        )
    if changed and not replace:
        shown = ", ".join(verdict.item for verdict in changed[:3])
        raise AuditError(
            f"{filled.path}: {filled.reviewer} gave {len(changed):,} other verdicts before "
            f"({shown}{', ...' if len(changed) > 3 else ''}). One of both is wrong. Pass --replace "
            "to let these stand; the log keeps both sheets' digests. Nothing was imported."
        )
    merged = known | {_seat(verdict): verdict for verdict in filled.verdicts}
    sheet = Imported(
        digest=filled.digest,
        file=mask_label(filled.path.name),
        reviewer=filled.reviewer,
        kind=filled.kind,
        rows=len(filled.verdicts),
        imported=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    after = Reviews(
        sample=before.sample,
        sheets=(*before.sheets, sheet),
        verdicts=tuple(merged[seat] for seat in sorted(merged)),
    )
    taken = Taken(
        sample=before.sample,
        kind=filled.kind,
        reviewer=filled.reviewer,
        rows=len(filled.verdicts),
        new=len(new),
        changed=len(changed),
        left=filled.left,
    )
    return after, taken


def _seat(verdict: Verdict) -> tuple[str, str, str]:
    return verdict.item, verdict.kind, verdict.reviewer


def disputed(drawn: Iterable[dict[str, Any]], reviews: Reviews) -> dict[str, str]:
    """Documents that need a third person, and what was said of each in words.

    Two people differ on whether it is harmful or on which risk, or somebody could not tell.
    """
    said: dict[str, list[Verdict]] = {}
    settled = set()
    for verdict in reviews.verdicts:
        if verdict.kind == "adjudication" and verdict.harmful != "unsure":
            settled.add(verdict.item)
        elif verdict.kind == "review":
            said.setdefault(verdict.item, []).append(verdict)
    words = {}
    for row in drawn:
        given = said.get(row["item"], [])
        answers = {(verdict.harmful, frozenset(verdict.risks)) for verdict in given}
        unsure = any(verdict.harmful == "unsure" for verdict in given)
        if row["item"] not in settled and (len(answers) > 1 or unsure):
            words[row["item"]] = "; ".join(
                " ".join([verdict.reviewer + ":", verdict.harmful, *verdict.risks])
                + (f" ({verdict.remark})" if verdict.remark else "")
                for verdict in given
            )
    return words
