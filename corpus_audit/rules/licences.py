"""Licences and terms as data: `rules/licences.toml`, and SPDX expressions over it.

An expression is judged by its licences: AND takes the strictest of each class, OR the mildest.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from corpus_audit.errors import RuleError
from corpus_audit.rules.clauses import Text, Words
from corpus_audit.rules.entries import Entries
from corpus_audit.rules.location import rules_dir

Grant = Literal["yes", "conditions", "no", "unknown"]
Fitness = Literal["fit", "conditions", "review", "no"]
#: From mild to strict. What is not known is read before it is used, but it is no refusal.
_STRICTNESS: dict[Grant, int] = {"yes": 0, "conditions": 1, "unknown": 2, "no": 3}

_CC_URL = re.compile(
    r"http://creativecommons\.org/licenses/([a-z-]+)/(\d\.\d)"
    r"(?:/[a-z-]{2,5})?(?:/(?:legalcode|deed)(?:\.[a-z_-]+)?)?",
    re.IGNORECASE,
)

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+-]*$")]


class Grants(BaseModel):
    """What may be done. Each is as the licence's own text puts it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    use: Grant
    redistribute: Grant
    derive: Grant
    commercial: Grant


class Licence(Grants):
    """One licence, or all versions of one."""

    id: Id
    versions: tuple[Text, ...] = ()
    name: Words
    conditions: tuple[Text, ...] = ()
    aliases: tuple[Text, ...] = ()
    source: Text


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    licence: tuple[Licence, ...] = Field(min_length=1)


UNKNOWN = Grants(use="unknown", redistribute="unknown", derive="unknown", commercial="unknown")


@cache
def load_licences() -> tuple[Licence, ...]:
    """The shipped table. Raises RuleError where an id or an alias stands twice."""
    entries = Entries(rules_dir() / "licences.toml", _Table)
    taken: dict[str, str] = {}
    for index, licence in enumerate(entries.value.licence):
        for name in {_plain(licence.id), *map(_plain, licence.aliases)}:
            if name in taken:
                message = f'"{name}" names "{taken[name]}" too'
                entries.fault(("licence", index, "aliases"), message)
            taken[name] = licence.id
    if entries.faults:
        raise RuleError("\n".join(entries.faults))
    return entries.value.licence


@cache
def find_licence(name: str) -> Licence | None:
    """The row of an id or alias: `CC-BY-4.0`, `cc by`, `GPL-3.0-or-later`, `apache-2.0`."""
    row = _by_name().get(_plain(name))
    if row is not None:
        return row
    found = re.fullmatch(
        r"(.+?)-(\d+(?:\.\d+)?)(?:-(?:only|or-later|[a-z]{2,3})|\+)?", _plain(name)
    )
    if not found:
        return None
    row = _by_name().get(found[1])
    return row if row is not None and found[2] in row.versions else None


@cache
def canonical_id(name: str) -> str | None:
    """The id that a name stands for: of SPDX where it has one, else of the table; None: unknown.

    `cc-by-4.0` gives `CC-BY-4.0`, `木兰宽松许可证` gives `MulanPSL`.
    """
    plain = _plain(name)
    if found := _CC_URL.fullmatch(plain):
        plain = name = f"cc-{found[1]}-{found[2]}"
    row = find_licence(name)
    other = row is None or row.id.lower() != plain  # an id of our own needs no list of all others
    if other and plain in _spdx_ids():
        return _spdx_ids()[plain]
    if row is None:
        return None
    found = re.search(r"-\d+\.\d+.*$", plain)
    versioned = found and plain.startswith(row.id.lower())
    return row.id + plain[len(row.id) :] if versioned else row.id


def licence_names() -> dict[str, str]:
    """Every id and alias of the table, in plain writing -> id."""
    return {name: row.id for name, row in _by_name().items()}


class Expression:
    """A licence expression: which licences it names, and what they grant together."""

    def __init__(self, text: str) -> None:
        """Raises ValueError, which says what is wrong, for what is no SPDX expression."""
        whole = canonical_id(text)
        if whole is not None:
            self.ids: tuple[str, ...] = (whole,)
            self.unknown: tuple[str, ...] = ()
            self.grants = _grants_of(whole)
            return
        from license_expression import ExpressionError, get_spdx_licensing

        # Without this the library says of every LicenseRef that it does not know it.
        try:
            parsed = get_spdx_licensing().parse(text, validate=False)
        except ExpressionError as error:
            raise ValueError(str(error).partition("\n")[0]) from None
        except Exception as error:  # its parser raises errors of other kinds for odd input
            raise ValueError(
                f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
            ) from None
        if parsed is None:
            raise ValueError("it is empty")
        names = [str(symbol.key) for symbol in get_spdx_licensing().license_symbols(parsed)]
        self.ids = tuple(canonical_id(name) or name for name in names)
        self.unknown = tuple(
            name
            for name in names
            if canonical_id(name) is None
            and not name.startswith(("LicenseRef-", "DocumentRef-"))
            and "exception" not in name.lower()
        )
        self.grants = _evaluate(parsed)

    def fitness(self, purpose: Literal["commercial", "non-commercial"]) -> Fitness:
        """May it train a model? review: a person has to read it. conditions: if these are kept."""
        grants = self.grants
        if grants.use == "no" or (purpose == "commercial" and grants.commercial == "no"):
            return "no"
        if grants.derive == "no" or "unknown" in (grants.use, grants.derive, grants.commercial):
            return "review"
        kept = (grants.use, grants.derive, grants.redistribute, grants.commercial)
        return "conditions" if "conditions" in kept else "fit"


def _evaluate(node: Any) -> Grants:
    """Grants of a tree of license_expression."""
    arguments = getattr(node, "args", ())
    if not arguments:
        base = getattr(node, "license_symbol", node)  # `GPL-2.0 WITH exception` grants more
        return _grants_of(str(base.key))
    parts = [_evaluate(argument) for argument in arguments]
    choose = min if type(node).__name__ == "OR" else max
    return Grants(
        **{
            field: choose((getattr(part, field) for part in parts), key=_STRICTNESS.__getitem__)
            for field in Grants.model_fields
        }
    )


def _grants_of(name: str) -> Grants:
    return find_licence(name) or UNKNOWN


def _plain(name: str) -> str:
    name = re.sub(r"\s+", " ", name.strip().lower())
    name = re.sub(r"^https?://(?:www\.)?", "http://", name).rstrip("/")
    return re.sub(r"^http://spdx\.org/licenses/|\.html$", "", name)


@cache
def _by_name() -> dict[str, Licence]:
    rows = load_licences()
    return {_plain(name): row for row in rows for name in (*row.aliases, row.id)}


@cache
def _spdx_ids() -> dict[str, str]:
    from license_expression import get_license_index

    return {
        _plain(row["spdx_license_key"]): row["spdx_license_key"]
        for row in get_license_index()
        if row.get("spdx_license_key")
        and not row.get("is_exception")
        and not row["spdx_license_key"].startswith("LicenseRef-scancode")
    }
