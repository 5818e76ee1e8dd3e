"""Verdicts of reviewers: kept in `reviews/ID.json`, and what they come to for each document."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict

from corpus_audit.audit.store import AuditStore
from corpus_audit.review.sheets import Kind

FOLDER = "reviews"
Answer = Literal["yes", "no", "unsure"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Verdict(_Model):
    """What one person said of one document."""

    item: str
    reviewer: str
    kind: Kind
    harmful: Answer
    risks: tuple[str, ...] = ()
    remark: str = ""

    def says(self, counts: Callable[[str], bool]) -> bool | None:
        """Does the document hold a risk that counts? None: the reviewer cannot tell."""
        if self.harmful == "unsure":
            return None
        return self.harmful == "yes" and any(map(counts, self.risks))


class Imported(_Model):
    """A sheet that was taken in."""

    digest: str  # SHA-256 of the file
    file: str
    reviewer: str
    kind: Kind
    rows: int
    imported: str


class Reviews(_Model):
    """`reviews/ID.json`."""

    sample: str
    sheets: tuple[Imported, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


def read_reviews(store: AuditStore, sample: str) -> Reviews:
    """The verdicts on a sample; none where nothing was imported."""
    try:
        return Reviews.model_validate_json(store.read(f"{FOLDER}/{sample}.json"))
    except FileNotFoundError:
        return Reviews(sample=sample)


def write_reviews(store: AuditStore, reviews: Reviews) -> None:
    data = orjson.dumps(reviews.model_dump(), option=orjson.OPT_INDENT_2)
    store.write(f"{FOLDER}/{reviews.sample}.json", data)


@dataclass(frozen=True, slots=True)
class Judged:
    """One drawn document and what was said of it. True: it holds a risk that counts."""

    stratum: int
    source: str
    flagged: bool
    first: bool | None  # the first reviewer's; None: not judged, or unsure
    second: bool | None
    seen: bool  # somebody judged it
    twice: bool  # two people did
    settled: bool | None  # the final word; None: open
    verdicts: tuple[Verdict, ...]

    @property
    def open(self) -> bool:
        """Somebody looked, and there is no final word yet."""
        return self.seen and self.settled is None


def judged(
    drawn: Iterable[dict[str, Any]],
    reviews: Reviews,
    counts: Callable[[str], bool],
    flags: Callable[[str], bool],
) -> list[Judged]:
    """What verdicts come to: an adjudication decides, else what all who judged agree on."""
    by_item: dict[str, dict[tuple[Kind, str], Verdict]] = {}
    for verdict in reviews.verdicts:
        by_item.setdefault(verdict.item, {})[verdict.kind, verdict.reviewer] = verdict
    return [_judged(row, by_item.get(row["item"], {}), counts, flags) for row in drawn]


def _judged(
    row: dict[str, Any],
    said: dict[tuple[Kind, str], Verdict],
    counts: Callable[[str], bool],
    flags: Callable[[str], bool],
) -> Judged:
    seats = [said.get(("review", name)) for name in (row["first"], row["second"]) if name]
    given = [verdict for verdict in seats if verdict]
    answers = [verdict.says(counts) for verdict in given]
    last = [verdict for (kind, _), verdict in said.items() if kind == "adjudication"]
    settled = last[-1].says(counts) if last else answers[0] if len(set(answers)) == 1 else None
    return Judged(
        stratum=row["stratum"],
        source=row["source"],
        flagged=any(map(flags, row["risks"].split(" "))),
        first=answers[0] if answers else None,
        second=answers[1] if len(answers) > 1 else None,
        seen=bool(given or last),
        twice=len(given) > 1,
        settled=settled,
        verdicts=tuple(given),
    )
