"""The source ledger: for every source, where it is from, under what right, and the papers for it.

What the standards ask of each kind of source (TC260-003 and the 2024 draft of GB/T 45654, 5.1 c):
open data a licence, self-collected data collection records, bought data a contract with commitments
and proof, user input an authorisation. Generated data: the draft of GB/T 45652, 7.2 b).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

#: What a draft cannot know. It can be read; `sources check` asks for it.
TODO = "TODO"

Kind = Literal["open", "self-collected", "commercial", "user-input", "synthetic", "TODO"]
Modality = Literal["text", "code", "image", "audio", "video"]
Basis = Literal[
    "consent", "separate-consent", "contract", "legal-duty", "public-information", "emergency",
    "news", "other-law", "none-held",
]  # fmt: skip

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Language = Annotated[str, StringConstraints(pattern=r"^(?:[a-z]{2,3}|und)(?:-[A-Za-z0-9]{2,8})*$")]
SourceId = Annotated[str, StringConstraints(pattern=r"^[^\s=>*?{}/\\][^\n=>*?{}\\]{0,199}$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Evidence(_Part):
    """One paper, kept beside the ledger."""

    kind: Text = Field(
        description="a manifest key of rules/evidence.toml; `contract` stands for `ledger.contract`"
    )
    file: Text | None = Field(None, description="path from the ledger's folder; file or folder")
    sha256: Digest | None = Field(None, description="of the file, in lower-case hex")
    person: Text | None = Field(None, description="where a named person is the evidence (ip_owner)")
    parties: tuple[Text, ...] = Field((), description="who signed or granted")
    issued: date | None = None
    valid_from: date | None = None
    valid_until: date | None = Field(None, description="the last day; none: without end")
    version: Text | None = None
    note: Text | None = None

    @property
    def key(self) -> str:
        """The key that clauses are decided by."""
        return self.kind if "." in self.kind else f"ledger.{self.kind}"


class Collection(_Part):
    """When and how it was collected."""

    first: date
    last: date
    agent: Text | None = Field(None, description="product token of the crawler, for robots.txt")
    method: Text | None = None


class PersonalData(_Part):
    """The basis in law for processing it: PIPL arts 13, 29. `none-held`: there is none in it."""

    basis: Basis
    note: Text | None = None


class Generation(_Part):
    """How data was generated: the draft of GB/T 45652, 7.2 b)."""

    model: Text
    version: Text
    first: date
    last: date
    provider: Text | None = None
    seeds: tuple[SourceId, ...] = Field((), description="sources that the prompts were made from")


class Source(_Part):
    """One provenance unit, the one that is judged."""

    id: SourceId
    name: Text | None = None
    paths: tuple[Text, ...] = Field(
        (), description="globs for the files of this source; * does not cross a slash, ** does"
    )
    aliases: tuple[Text, ...] = Field((), description="other values of the source field for it")
    kind: Kind
    delivery: Literal["whole", "sample"] = "whole"
    population: int | None = Field(None, gt=0, description="documents that the sample stands for")
    origin: Literal["domestic", "overseas", "TODO"]
    languages: tuple[Language, ...] = Field(min_length=1)
    modality: tuple[Modality, ...] = Field(("text",), min_length=1)
    owner: Text = Field(description="who stands behind it; two sites of one owner are one source")
    url: Text | None = None
    version: Text | None = None
    description: Text | None = None
    licence: Text | None = Field(None, description="SPDX expression, or a name of the table")
    collected: Collection | None = None
    robots: Text | None = Field(None, description="snapshots of robots.txt: a file or folder")
    generated: Generation | None = None
    personal_data: PersonalData | None = None
    sensitive_data: PersonalData | None = None
    evidence: tuple[Evidence, ...] = ()


class Ledger(_Part):
    """All sources of a corpus, and the papers that hold for all of them."""

    version: Literal[1] = 1
    organisation: Text | None = Field(None, description="who keeps the ledger and trains")
    purpose: Literal["commercial", "non-commercial"] = "commercial"
    data: Text | None = Field(None, description="where the data lies, from the ledger's folder")
    evidence: tuple[Evidence, ...] = ()
    source: tuple[Source, ...] = Field(min_length=1)

    def find(self, name: str) -> Source | None:
        """The source of an id or alias."""
        return next((s for s in self.source if name == s.id or name in s.aliases), None)


def ledger_schema() -> dict[str, Any]:
    """JSON Schema of a ledger."""
    return Ledger.model_json_schema()
