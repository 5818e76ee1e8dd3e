"""Review sheets: rows that people fill in, and what ties each of them to its document.

Sheets hold raw text. They are the one output that does, are written for their owner only, beside
the audit and never in it.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from corpus_audit.audit.store import AuditStore
from corpus_audit.errors import UsageError
from corpus_audit.findings import unit_tables
from corpus_audit.raw import Corpus, Place, reason_for
from corpus_audit.review.excerpt import Span, shown
from corpus_audit.review.samples import Sample, item_name
from corpus_audit.rules.standards import Risks

Kind = Literal["review", "adjudication"]
HARMFUL = {"yes": "有害 yes", "no": "无害 no", "unsure": "不确定 unsure"}
#: Key of a column -> what its head says; the key is what import looks for.
COLUMNS = {
    "item": "编号 item",
    "text": "内容 text",
    "harmful": "是否有害 harmful",
    "risk_1": "风险一 risk_1",
    "risk_2": "风险二 risk_2",
    "risk_3": "风险三 risk_3",
    "remark": "备注 remark",
    "source": "来源 source",
    "detected": "检测结果 detected",
    "verdicts": "已有判断 verdicts",
    "sheet": "表 sheet",
    "check": "校验 check",
}
RISK_COLUMNS = ("risk_1", "risk_2", "risk_3")
NEEDED = ("item", "text", "harmful", *RISK_COLUMNS, "remark", "sheet", "check")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f']+")
_CELL = 32_767  # UTF-16 units that a cell of a workbook holds
MOST_ROOM = 12_000  # characters of a text: with marks and characters of two units it still fits


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of one person."""

    sample: str
    kind: Kind
    reviewer: str
    rows: list[dict[str, str]]  # keys of COLUMNS

    @property
    def tag(self) -> str:
        return sheet_tag(self.sample, self.kind, self.reviewer)

    @property
    def columns(self) -> list[str]:
        present = {key for row in self.rows for key in row}
        return [key for key in COLUMNS if key in present]


def sheet_tag(sample: str, kind: Kind, reviewer: str) -> str:
    return f"{sample}:{kind}:{reviewer}"


def row_check(key: bytes, tag: str, item: str, text: str) -> str:
    """Letters that only the holder of the key can make for this person, item and text.

    White space and what spreadsheets put before a formula do not count: they change it unasked.
    """
    plain = _SPACE.sub("", unicodedata.normalize("NFC", text))
    digest = hashlib.blake2b(f"{tag}\n{item}\n{plain}".encode(), key=key, digest_size=8)
    return item_name(int.from_bytes(digest.digest(), "little"))


def risk_choices(risks: Risks) -> list[str]:
    """What a reviewer chooses from: `A.1.f 宣扬暴力、淫秽色情`."""
    return [f"{risk.id} {risk.name.zh}" for risk in risks.risks]


def sheets_of(
    store: AuditStore,
    sample: Sample,
    drawn: Sequence[Mapping[str, Any]],
    *,
    blind: bool,
    room: int,
    key_file: str | None,
) -> tuple[list[Sheet], int]:
    """(a sheet for each reviewer, documents that cannot be shown), in the sample's order."""
    read = _Reading(store, drawn, room, blind, key_file)
    rows: dict[str, list[dict[str, str]]] = {name: [] for name in sample.ask.reviewers}
    for document in drawn:
        for reviewer in (document["first"], document["second"]):
            if reviewer is not None:
                tag = sheet_tag(sample.id, "review", reviewer)
                rows[reviewer].append(read.row(document, tag, {}))
    sheets = [Sheet(sample.id, "review", name, found) for name, found in rows.items() if found]
    return sheets, read.missing


def adjudication_sheet(
    store: AuditStore,
    sample: Sample,
    documents: Sequence[Mapping[str, Any]],
    verdicts: Mapping[str, str],
    *,
    adjudicator: str,
    room: int,
    key_file: str | None,
) -> tuple[Sheet, int]:
    """Documents on which reviewers differ or are unsure, with what they said (item -> words)."""
    read = _Reading(store, documents, room, False, key_file)
    tag = sheet_tag(sample.id, "adjudication", adjudicator)
    rows = [
        read.row(document, tag, {"verdicts": verdicts[document["item"]]}) for document in documents
    ]
    return Sheet(sample.id, "adjudication", adjudicator, rows), read.missing


class _Reading:
    """Texts of drawn documents with their matches, read again from the corpus."""

    def __init__(
        self,
        store: AuditStore,
        documents: Sequence[Mapping[str, Any]],
        room: int,
        blind: bool,
        key_file: str | None,
    ) -> None:
        if not 200 <= room <= MOST_ROOM:
            raise UsageError(
                f"--max-chars {room}: from 200 to {MOST_ROOM:,}. A cell of a workbook holds no "
                "more, and would be cut without a word."
            )
        self._corpus = Corpus(store, key_file)
        self._room, self._blind = room, blind
        self._texts: dict[tuple[str, Place], str] = {}
        self._reasons: dict[tuple[str, Place], str] = {}
        by_unit: dict[str, list[Place]] = {}
        for document in documents:
            place = (document["path"], document["position"])
            by_unit.setdefault(document["unit"], []).append(place)
        self._found = dict(_findings(store, by_unit))
        for unit, places in by_unit.items():
            for place, text in self._corpus.texts(unit, places):
                self._texts[unit, place] = self._cut(unit, place, text)
            parts = self._corpus.parts(unit)
            for place in places:
                if (unit, place) not in self._texts:
                    self._reasons[unit, place] = reason_for(place[0], parts)

    @property
    def missing(self) -> int:
        return len(self._reasons)

    def _cut(self, unit: str, place: Place, text: str) -> str:
        found = self._found.get((unit, place), [])
        spans: list[Span] = sorted({(each["start"], each["end"]) for each in found})
        return shown(text, spans, self._room, marked=not self._blind)

    def row(self, document: Mapping[str, Any], tag: str, more: dict[str, str]) -> dict[str, str]:
        at = (document["unit"], (document["path"], document["position"]))
        text = self._texts[at] if at in self._texts else self._reasons[at]
        row = {"item": document["item"], "text": text, "harmful": "", "remark": ""}
        row |= dict.fromkeys(RISK_COLUMNS, "")
        if not self._blind:
            rules = dict.fromkeys(each["rule"] for each in self._found.get(at, []))
            row["source"] = document["source"]
            row["detected"] = "; ".join(filter(None, [document["risks"], ", ".join(rules)]))
        row |= more
        check = row_check(self._corpus.key, tag, document["item"], text)
        return row | {"sheet": tag, "check": check}


def _findings(
    store: AuditStore, by_unit: Mapping[str, Sequence[Place]]
) -> Iterator[tuple[tuple[str, Place], list[dict[str, Any]]]]:
    import pyarrow.parquet as pq

    for unit, name in unit_tables(store, "findings"):
        if unit not in by_unit:
            continue
        wanted = set(by_unit[unit])
        with store.open(name) as file:
            table = pq.read_table(
                file,
                columns=["path", "position", "rule", "start", "end", "suppressed"],
                filters=[("position", "in", sorted({position for _, position in wanted}))],
            )
        grouped: dict[Place, list[dict[str, Any]]] = {}
        for row in table.to_pylist():
            place = (row["path"], row["position"])
            if place in wanted and not row["suppressed"]:
                grouped.setdefault(place, []).append(row)
        for place, rows in grouped.items():
            yield (unit, place), rows


def write_private(path: Path, write: Callable[[Path], None]) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        write(temporary)
        temporary.chmod(0o600)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
