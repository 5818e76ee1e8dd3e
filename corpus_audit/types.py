"""The few types that every layer shares, and the two protocols that plug-ins implement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol

import numpy as np
import numpy.typing as npt

from corpus_audit.text.batch import Batch

if TYPE_CHECKING:
    import pyarrow as pa

Level = Literal["high", "medium", "low"]
LEVELS: tuple[Level, ...] = ("high", "medium", "low")

# --- input -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file as the plan found it. Size and stamp go into the unit key: a changed file is new."""

    path: str  # local path, fsspec URL, or "-"
    root: str  # the path the user gave, under which it was found (equal to `path` for a file)
    size: int  # bytes as stored; 0 where unknown
    stamp: str  # modification time in ns, or the store's etag; "" where unknown


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of one file that its reader can read alone."""

    file: InputFile
    reader: str
    start: int = 0  # in the reader's own measure: bytes, row groups, ...
    end: int = -1  # exclusive; -1 is the end of the file
    weight: int = 0  # stored bytes, for progress and for cutting units


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How records become documents. Part of the configuration digest."""

    text_fields: tuple[str, ...] = ()  # dotted paths, `[*]` for lists; empty: guess
    id_field: str | None = None
    source_field: str | None = None
    source_patterns: tuple[str, ...] = ()  # e.g. "crawl/{source}/*.jsonl.gz"
    keep_fields: tuple[str, ...] = ()  # further columns for detectors
    encoding: str = "utf-8"
    batch_bytes: int = 8 << 20
    max_document_bytes: int = 64 << 20
    max_expansion: int = 500  # decompressed / stored bytes, enforced past 1 GiB


#: Why a record was seen but not scanned. The harmless ones hold no text to train on; all others
#: leave content unseen and count against coverage and in the worst case of a ratio.
SKIP_REASONS: Mapping[str, str] = {
    "bad_record": "not valid in its format (JSON, CSV, ...)",
    "not_a_record": "valid JSON, but not an object with fields",
    "no_text": "the text field is missing or null",
    "empty_text": "the text is empty: nothing to scan",
    "not_a_string": "the text field holds something that is not text",
    "invalid_encoding": "bytes that are not valid in the file's encoding",
    "lone_surrogate": "text that is not valid Unicode",
    "too_large": "larger than --max-document-bytes",
    "encrypted": "an encrypted archive member",
    "unsupported_format": "an archive member that no reader knows",
    "no_content": "a web record without readable text",
}
HARMLESS_SKIPS = frozenset({"empty_text", "no_content"})


@dataclass(frozen=True, slots=True)
class Skipped:
    """One record that was seen and not scanned."""

    path: str
    position: int
    reason: str  # a key of SKIP_REASONS
    detail: str = ""  # never holds text of the record
    source: str | None = None  # None: the record is too damaged to tell
    nbytes: int = 0


@dataclass(frozen=True, slots=True)
class Loss:
    """An unknown number of records lost: an unreadable file, a truncated archive."""

    path: str
    position: int  # where reading stopped
    detail: str
    source: str | None = None  # where the path names the source


class Reader(Protocol):
    """One file format. Plug-ins register under the entry point group `corpus_audit.readers`."""

    name: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]  # lower case, before any compression suffix

    def split(self, file: InputFile, target: int) -> Sequence[Part]:
        """Cut a file into parts of about `target` stored bytes; one part where it cannot be cut."""
        ...

    def read(self, part: Part, options: ReadOptions) -> Iterator[Batch | Skipped | Loss]:
        """Yield every record of the part: in a batch, or as skipped.

        Never raises for bad data: what cannot be read is a `Loss`. Every record that starts in
        the part belongs to it, so that the parts of a file give each record exactly once.
        """
        ...


# --- findings --------------------------------------------------------------------------------

Transforms = tuple[str, ...]

#: End the name of what a document hits, in tallies and in `documents/`, where clauses of its own
#: ask for it: personal data, and copies of the works of others.
PERSONAL = ":personal"
COPIED = ":copied"


def risk_of(hit: str) -> str:
    """The risk of Annex A behind the name of a hit."""
    return hit.partition(":")[0]


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What judging and reporting need to know of a rule, whichever detector brought it."""

    id: str
    risk: str  # `A.1.f`; "" where it speaks of no risk
    title_en: str
    title_zh: str
    severity: Level
    confidence: Level
    #: Of personal data and secrets, which a policy's ratio leaves out unless it says otherwise.
    personal: bool = False
    #: Of copies of the works of others; likewise.
    copied: bool = False

    @property
    def hits(self) -> str:
        """The name of what a document hits: what has clauses of its own stays apart."""
        mark = PERSONAL if self.personal else COPIED if self.copied else ""
        return self.risk + mark if self.risk else ""


@dataclass(frozen=True, slots=True)
class Findings:
    """Matches as aligned arrays, in order of (row, start, end, rule)."""

    row: npt.NDArray[np.int32]  # document in the batch
    rule: npt.NDArray[np.int32]  # index into the detector's `rules`
    start: npt.NDArray[np.int64]  # span in code points of the raw text
    end: npt.NDArray[np.int64]
    trace: npt.NDArray[np.int32]  # bits: `corpus_audit.text.fold.TRANSFORMS` that made it match
    level: npt.NDArray[np.int8] | None = None  # index into LEVELS; None: its rule's confidence

    def __len__(self) -> int:
        return len(self.row)

    @classmethod
    def empty(cls) -> Findings:
        none32, none64 = np.zeros(0, np.int32), np.zeros(0, np.int64)
        return cls(none32, none32, none64, none64, none32, np.zeros(0, np.int8))


@dataclass(frozen=True, slots=True)
class Observations:
    """What one detector saw in one batch."""

    findings: Findings = field(default_factory=Findings.empty)
    columns: Mapping[str, pa.Array] = field(default_factory=dict)
    #: What each finding stands for, normalised, to count distinct values by; null: it is not
    #: counted so. Only keyed digests of them are stored.
    values: pa.Array | None = None


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A column that a detector adds to a table, and how tallies add it up per source.

    What is large and only read by joins goes to `signatures/`, row by row beside `documents/`.

    A category is of strings, of a dictionary of strings, of integers or of booleans; a sum is of
    integers (uint64 apart).
    """

    name: str  # not one of the tables of documents and sources, nor of another detector
    type: pa.DataType
    tally: Literal["none", "category", "sum"] = "none"  # category: documents per value
    table: Literal["documents", "signatures"] = "documents"


class Detector(Protocol):
    """One kind of observation. Plug-ins register under `corpus_audit.detectors`.

    A detector is built as `factory(config: Mapping[str, object])` once per worker process. Beside
    its configuration the mapping holds `key`, the secret of the audit, for keyed digests.
    `digest` names everything that its answer depends on, for unit keys. Names and columns are
    checked when it is loaded, and every answer before it is used.
    """

    name: ClassVar[str]
    rules: Sequence[RuleInfo]
    columns: Sequence[ColumnSpec]
    digest: str

    def scan(self, batch: Batch) -> Observations:
        """Observe a batch. The answer for a document never depends on its neighbours.

        All declared columns and no others are given, a value a document; findings may come in any
        order.
        """
        ...
