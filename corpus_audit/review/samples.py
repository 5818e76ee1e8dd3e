"""Samples of an audit: what was asked, what was drawn, and how likely each document was to be."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Literal

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict

from corpus_audit.audit.store import MANIFEST, AuditStore
from corpus_audit.errors import AuditError

Plan = Literal["standard", "sources", "flags"]
By = Literal["source", "flags"]
FOLDER = "samples"
_MANUAL = "manual"  # how ids of the plan standard begin
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # no vowels: no words; no digits: nothing that Excel rewrites

DRAWN = pa.schema(
    [
        pa.field("item", pa.string(), nullable=False),  # its name on sheets
        pa.field("stratum", pa.int32(), nullable=False),
        pa.field("probability", pa.float64(), nullable=False),  # of having been drawn
        pa.field("unit", pa.string(), nullable=False),
        pa.field("doc", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("path", pa.string(), nullable=False),
        pa.field("position", pa.int64(), nullable=False),
        pa.field("digest", pa.binary(16), nullable=False),
        pa.field("risks", pa.string(), nullable=False),  # what detectors said
        pa.field("first", pa.string(), nullable=False),  # who judges it
        pa.field("second", pa.string()),  # null: judged once
    ]
)


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Ask(_Model):
    """What a sample was asked to be. The same of the same documents is the same sample."""

    plan: Plan
    seed: int
    size: int  # of the corpus; of each stratum in the plans sources and flags
    by: tuple[By, ...]
    double: float  # the share that two people judge
    reviewers: tuple[str, ...]
    counted: tuple[str, ...]  # risks that make a document flagged


class Stratum(_Model):
    """A part of the corpus that was drawn from on its own."""

    source: str | None  # None: all
    flagged: bool | None
    population: int
    drawn: int


class Technical(_Model):
    """The technical sample: documents that detectors judge, drawn by a threshold of their hash."""

    drawn: int
    failed: int  # with a hit of the counted risks
    share: float
    threshold: int  # of the top 20 bits


class Sample(_Model):
    """`samples/ID.json`; the documents are in `samples/ID.parquet`."""

    id: str
    ask: Ask
    made: str
    version: str
    audit: str  # digest of audit.json
    frame: dict[str, tuple[int, int]]  # source -> documents without and with a hit
    left_out: dict[str, int] = {}  # source -> documents that the draw of the scan left out
    strata: tuple[Stratum, ...]
    technical: Technical | None

    @property
    def population(self) -> int:
        """Documents that were scanned, and those that they stand for."""
        return sum(map(sum, self.frame.values())) + sum(self.left_out.values())

    def stands_for(self, source: str, flagged: bool) -> float:
        """Documents of a source with or without a hit; of a sampled scan by proportion."""
        counts = self.frame[source]
        return counts[flagged] * (1 + self.left_out.get(source, 0) / sum(counts))

    @property
    def drawn(self) -> int:
        return sum(stratum.drawn for stratum in self.strata)


def manifest_digest(store: AuditStore) -> str:
    """The digest of audit.json, by which records name the audit that they belong to."""
    return hashlib.sha256(store.read(MANIFEST)).hexdigest()


def sample_id(ask: Ask, units: list[str]) -> str:
    """The name of a sample: what was asked of which documents."""
    asked = orjson.dumps([ask.model_dump(), sorted(units)])
    name = _MANUAL if ask.plan == "standard" else ask.plan
    return f"{name}-{hashlib.blake2b(asked, digest_size=4).hexdigest()}"


def write_sample(store: AuditStore, sample: Sample, drawn: pa.Table) -> None:
    with store.writing(f"{FOLDER}/{sample.id}.parquet") as path:
        pq.write_table(drawn, path, compression="zstd")
    store.write(
        f"{FOLDER}/{sample.id}.json",
        orjson.dumps(sample.model_dump(), option=orjson.OPT_INDENT_2),
    )


def read_sample(store: AuditStore, id: str) -> Sample:
    """A sample by its id; raises AuditError where this audit has none of that name."""
    try:
        return Sample.model_validate_json(store.read(f"{FOLDER}/{id}.json"))
    except FileNotFoundError:
        known = ", ".join(sample.id for sample in read_samples(store)) or "none"
        raise AuditError(
            f"{store.url}: no sample {id} was drawn from this audit (there: {known}). Its verdicts "
            "are about other documents. Pass the audit that the sheets were made from."
        ) from None


def read_samples(store: AuditStore) -> Iterator[Sample]:
    """All samples of an audit, those of the standard plan first."""
    names = [name for name in store.names(FOLDER) if name.endswith(".json")]
    for name in sorted(names, key=lambda name: (not name.startswith(_MANUAL), name)):
        yield Sample.model_validate_json(store.read(f"{FOLDER}/{name}"))


def read_drawn(store: AuditStore, id: str) -> list[dict[str, Any]]:
    """The drawn documents, in their random order."""
    with store.open(f"{FOLDER}/{id}.parquet") as file:
        rows: list[dict[str, Any]] = pq.read_table(file).to_pylist()
    return rows


def item_name(number: int) -> str:
    """A hash in letters that no spreadsheet takes for a number, a date or a word."""
    letters = ""
    for _ in range(15):
        number, digit = divmod(number, len(_LETTERS))
        letters += _LETTERS[digit]
    return "-".join((letters[:5], letters[5:10], letters[10:]))
