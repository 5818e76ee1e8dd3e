"""Statements that documents make of their own licence and rights: `rules/statements.toml`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from corpus_audit.errors import RuleError
from corpus_audit.rules.clauses import Slug, Text, Words
from corpus_audit.rules.entries import Entries
from corpus_audit.rules.licences import canonical_id
from corpus_audit.rules.location import rules_dir

_Anchor = Annotated[str, StringConstraints(min_length=1)]

#: Words for the elements of a Creative Commons licence, as folded text has them.
_CC_ELEMENTS = (
    ("nc", r"nc|non-?commercial|非商业"),
    ("nd", r"nd|no-?deriv|禁止演绎|禁止改作"),
    ("sa", r"sa|share-?alike|相同方式"),
)
_GNU = {
    "gpl": "GPL", "general public": "GPL", "通用公共": "GPL",
    "lgpl": "LGPL", "lesser general public": "LGPL", "library general public": "LGPL",
    "宽通用公共": "LGPL",
    "agpl": "AGPL", "affero general public": "AGPL", "affero 通用公共": "AGPL",
    "gfdl": "GFDL", "free documentation": "GFDL",
}  # fmt: skip
_ODC = {
    "odbl": "ODbL-1.0", "open database": "ODbL-1.0",
    "by": "ODC-By-1.0", "odc-by": "ODC-By-1.0", "odc by": "ODC-By-1.0",
    "attribution": "ODC-By-1.0",
    "pddl": "PDDL-1.0", "public domain": "PDDL-1.0",
}  # fmt: skip


class StatementSpec(BaseModel):
    """One kind of statement."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Slug
    name: Words
    anchors: tuple[_Anchor, ...] = Field(min_length=1)
    beside: tuple[_Anchor, ...] = ()  # each pattern needs one of them, where there are any
    patterns: tuple[Text, ...] = Field(min_length=1)
    licence: Text | None = None

    @cached_property
    def expressions(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(pattern) for pattern in self.patterns)

    def may_stand_in(self, text: str) -> bool:
        """Could a pattern match? Quick, and wrong only when it says so."""
        return not self.beside or any(literal in text for literal in self.beside)

    def names(self, match: re.Match[str]) -> tuple[str, ...]:
        """What a match states: ids of licences (an SPDX tag may name several), or its own id."""
        groups = {name: value for name, value in match.groupdict().items() if value}
        if "expression" in groups:
            return _spdx_names(groups["expression"])
        if self.licence is None:
            return (self.id,)
        version = groups.get("version") or groups.get("version2")
        family = _FAMILIES.get(self.licence)
        if family is not None:
            return (family(groups.get("elements", ""), version),)
        if "{version}" in self.licence:
            whole = f"{version}.0" if version and "." not in version else version
            name = self.licence.replace("{version}", whole or "").rstrip("-")
            return (name,)
        return (self.licence,)


def _cc(elements: str, version: str | None) -> str:
    rest = elements.replace("署名", "").replace("attribution", "")
    found = [name for name, words in _CC_ELEMENTS if re.search(words, rest)]
    order = [name for name in ("nc", "nd", "sa") if name in found]
    return "-".join(
        ["CC", "BY", *(name.upper() for name in order), *([version] if version else [])]
    )


def _gnu(elements: str, version: str | None) -> str:
    base = _GNU[elements]
    if version and "." not in version:
        version += ".0"
    return f"{base}-{version}" if version else base


def _mulan(elements: str, version: str | None) -> str:
    base = "MulanPubL" if elements in ("公共", "publ") else "MulanPSL"
    return f"{base}-{version}.0" if version else base


def _bsd(_elements: str, version: str | None) -> str:
    return f"BSD-{version}-Clause" if version else "BSD"


_FAMILIES: dict[str, Callable[[str, str | None], str]] = {
    "CC": _cc,
    "GNU": _gnu,
    "Mulan": _mulan,
    "BSD": _bsd,
    "ODC": lambda elements, _version: _ODC[elements],
}


def _spdx_names(expression: str) -> tuple[str, ...]:
    """The licences of a tag; an exception (after WITH) is none, an unknown name stays as it is."""
    words = re.sub(r"[()]", " ", expression).split()
    names = []
    for before, word in zip(["", *words], words, strict=False):
        if word not in ("and", "or", "with") and before != "with":
            names.append(canonical_id(word) or word)
    return tuple(dict.fromkeys(names))


@dataclass(frozen=True)
class Statements:
    """All kinds, and the digest of their file."""

    specs: tuple[StatementSpec, ...]
    digest: str


def load_statements(path: Path | None = None) -> Statements:
    """The shipped statements, or those of a file. Raises RuleError naming file, line and entry."""
    file = path or rules_dir() / "statements.toml"
    entries = Entries(file, _File)
    entries.unique("statement", "id")
    for index, spec in enumerate(entries.value.statement):
        for pattern in spec.patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                entries.fault(("statement", index, "patterns"), f"{pattern!r}: {error}")
    if entries.faults:
        raise RuleError("\n".join(entries.faults))
    digest = hashlib.blake2b(file.read_bytes(), digest_size=16).hexdigest()
    return Statements(entries.value.statement, digest)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    statement: tuple[StatementSpec, ...]
