"""Which fields of a record are its text, id, source and provenance: as told, or guessed.

A path is dotted, with `[*]` for every element of a list: `messages[*].content`. A guess is made
once per file from its first records, wherever reading starts.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus_audit.errors import UsageError
from corpus_audit.types import ReadOptions

Record = Mapping[str, Any]
Getter = Callable[[Record], Any]

SAMPLE = 100  # records that the fields of a file are settled by

#: Texts to look for, in order; "?" marks a field that may be missing.
TEXT_GUESSES: tuple[tuple[str, ...], ...] = (
    ("text",),
    ("content",),
    ("body",),
    ("document",),
    ("raw_content",),
    ("messages[*].content",),
    ("conversations[*].value",),
    ("conversations[*].content",),
    ("conversation[*].content",),
    ("system?", "instruction", "input?", "output"),
    ("system?", "instruction", "input?", "chosen", "rejected"),
    ("system?", "prompt", "chosen", "rejected"),
    ("prompt?", "chosen[*].content", "rejected[*].content"),
    ("chosen", "rejected"),
    ("system?", "prompt", "response"),
    ("prompt", "completion"),
    ("query", "response"),
    ("question", "answer"),
    ("正文",),
    ("内容",),
    ("文本",),
)
_ID_GUESSES = ("id", "doc_id", "docid", "document_id", "uuid", "_id", "guid")
_SOURCE_GUESSES = ("source", "meta.source", "metadata.source")
_PROVENANCE = {
    "url": ("url", "source_url", "uri", "link"),
    "license": ("license", "licence"),
    "collected_at": ("collected_at", "crawl_date", "date", "timestamp"),
    "dataset": ("dataset", "dataset_name", "数据集"),
    "organization": ("organization", "organisation", "publisher", "provider"),
    "service": ("service", "service_name", "app"),
    "user_id": ("user_id", "userid", "uid"),
    "model": ("model_version", "model", "model_name", "generator"),
    "generated_at": ("generated_at", "generation_time", "created_at"),
}
_HEADERS = ("headers", "http_headers", "response_headers")  # an object, kept as JSON
_ROLE_FIELDS = ("role", "from", "speaker")


@dataclass(frozen=True, slots=True)
class Fields:
    """The paths that were decided for one file."""

    text: tuple[str, ...] = ()  # empty: the file has no text field
    id: str | None = None
    source: str | None = None
    keep: tuple[str, ...] = ()
    url: str | None = None
    license: str | None = None
    collected_at: str | None = None
    headers: str | None = None
    dataset: str | None = None
    organization: str | None = None
    service: str | None = None
    user_id: str | None = None
    model: str | None = None
    generated_at: str | None = None
    found: tuple[str, ...] = ()  # all field names seen, for messages

    @property
    def roots(self) -> frozenset[str]:
        """The top-level columns that hold any of the fields."""
        paths = (*self.text, self.id, self.source, self.headers)
        provenance = (getattr(self, name) for name in _PROVENANCE)
        wanted = [*filter(None, (*paths, *provenance)), *self.keep]
        roots = {part for path in wanted for part in (path, path.replace("[*]", "").split(".")[0])}
        return frozenset(roots & set(self.found))


def head(values: Iterable[Any]) -> list[Any]:
    """The first records of a file, by which its fields are settled."""
    return list(itertools.islice(values, SAMPLE))


def settle_fields(values: Sequence[Any], options: ReadOptions, where: str) -> Fields | None:
    """The fields of a file by its first records; None where none of them is an object.

    Raises UsageError where none of them has the text, id or source field.
    """
    records = [value for value in values if isinstance(value, Mapping)]
    if not records:
        return None
    fields = choose_fields(records, options)
    require_text(records, fields, options, where)
    return fields


def choose_fields(records: Sequence[Record], options: ReadOptions) -> Fields:
    """Decide by the first records of a file. No record, no answer."""
    found = tuple(sorted({str(name) for record in records for name in record}))
    places = [p for p in ("", "meta.", "metadata.") if not p or p[:-1] in found]
    provenance = {
        column: _first(records, [p + name for p in places for name in names])
        for column, names in _PROVENANCE.items()
    }
    held = [p + name for p in places for name in _HEADERS]
    provenance["headers"] = next(
        (path for path in held if any(v for r in records for v, _ in _walk(r, path))), None
    )
    return Fields(
        text=_told_texts(records, options.text_fields) or _guess_text(records),
        id=options.id_field or _first(records, _ID_GUESSES),
        source=options.source_field or _first(records, _SOURCE_GUESSES),
        keep=options.keep_fields,
        found=found,
        **provenance,
    )


def require_text(
    records: Sequence[Record], fields: Fields, options: ReadOptions, path: str
) -> None:
    """Raise UsageError where records are there and none of them has the text, id or source."""
    if not records:
        return
    wanted = "+".join(fields.text)
    told = [
        (flag, name)
        for flag, name in (
            ("--id-field", options.id_field),
            ("--source-field", options.source_field),
        )
        if name and not any(True for record in records for _ in _walk(record, name))
    ]
    if told:
        flag, name = told[0]
        raise UsageError(_missing(path, name, len(records), fields.found, f"Check {flag}."))
    # A field that is there and null is a matter of records, which are skipped one by one.
    if any(True for record in records for wanted in fields.text for _ in _walk(record, wanted)):
        return
    guess = _guess_text(records)
    advice = " ".join(f"--text-field '{p}'" if "*" in p else f"--text-field {p}" for p in guess)
    raise UsageError(
        _missing(
            path,
            wanted or "text",
            len(records),
            fields.found,
            f"Pass {advice}." if guess else "Pass --text-field with the one that holds the text.",
        )
    )


def _missing(path: str, name: str, count: int, found: Sequence[str], advice: str) -> str:
    known = ", ".join(found[:40]) + (", ..." if len(found) > 40 else "")
    return (
        f'{path}: no field "{name}" in the first {count:,} record{"s" * (count != 1)} '
        f"(found: {known or 'none'}). {advice}"
    )


def _told_texts(records: Sequence[Record], told: Sequence[str]) -> tuple[str, ...]:
    """`instruction+output` names two fields, unless a field has that very name."""
    paths: list[str] = []
    for path in told:
        literal = any(path in record for record in records)
        paths += [path] if literal else [part.strip() for part in path.split("+") if part.strip()]
    return tuple(paths)


def _guess_text(records: Sequence[Record]) -> tuple[str, ...]:
    best: tuple[str, ...] = ()
    most = 0
    for guess in TEXT_GUESSES:
        needed = [path for path in guess if not path.endswith("?")]
        spelled = _spelling(records, needed)
        count = sum(all(_has(record, path) for path in spelled) for record in records)
        if count > most:
            optional = {p: p.rstrip("?") for p in guess if p.endswith("?")}
            present = [p for p in optional.values() if any(_has(r, p) for r in records)]
            order = dict(zip(needed, spelled, strict=True)) | {p + "?": p for p in present}
            best, most = tuple(order[path] for path in guess if path in order), count
        if most and 2 * most >= len(records):
            break
    return best or _named_text(records)


def _named_text(records: Sequence[Record]) -> tuple[str, ...]:
    """Where no record has a text: the first guess that is there by name."""
    for guess in TEXT_GUESSES:
        spelled = _spelling(records, [path for path in guess if not path.endswith("?")])
        if all(any(True for r in records for _ in _walk(r, path)) for path in spelled):
            return tuple(spelled)
    return ()


def _spelling(records: Sequence[Record], paths: Sequence[str]) -> list[str]:
    """Paths as the file spells them: `Text` and `TEXT` are found as `text`."""
    names = {str(name).lower(): str(name) for record in records for name in record}
    names |= {name: name for record in records for name in map(str, record)}
    heads = [(path.split("[")[0].split(".")[0], path) for path in paths]
    return [names.get(head, head) + path[len(head) :] for head, path in heads]


def _first(records: Sequence[Record], guesses: Sequence[str]) -> str | None:
    """The first path that holds a plain value in some record."""
    for path in guesses:
        for record in records:
            if any(as_string(value) for value, _ in _walk(record, path)):
                return path
    return None


def _has(record: Record, path: str) -> bool:
    return any(isinstance(value, str) for value, _ in _walk(record, path))


def _walk(value: Any, path: str, parent: Any = None) -> Iterator[tuple[Any, Any]]:
    """Values at a path, with the object that holds each. A name may itself hold dots."""
    if not path:
        yield value, parent
    elif path.startswith("[*]"):
        if isinstance(value, list | tuple):
            for item in value:
                yield from _walk(item, path[3:].removeprefix("."), value)
    elif isinstance(value, Mapping):
        if path in value:
            yield value[path], value
            return
        ends = [i for i, char in enumerate(path) if char == "." or path.startswith("[*]", i)]
        for end in reversed(ends):
            if path[:end] in value:
                yield from _walk(value[path[:end]], path[end:].removeprefix("."), value)
                return


def getter(path: str | None) -> Getter:
    """A function that gets the first value at a path, or None."""
    if path is None:
        return lambda record: None
    if "." not in path and "[" not in path:
        return lambda record: record.get(path)
    return lambda record: next((value for value, _ in _walk(record, path)), None)


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text of a record, and who speaks: the field, and the role beside it."""

    role: str
    text: Any


def segments(record: Record, paths: Sequence[str]) -> list[Segment]:
    """The texts at the paths, in order; what is missing or null is left out."""
    pieces: list[Segment] = []
    for path in paths:
        name = path.replace("[*]", "").split(".")[0] if "[*]" in path else path
        for value, parent in _walk(record, path):
            if value is None:
                continue
            role = _role(parent) if "[*]" in path else None
            if role is None:
                role = name
            elif len(paths) > 1:
                role = f"{name}/{role}"  # chosen/assistant is not rejected/assistant
            pieces.append(Segment(role, value))
    return pieces


def _role(parent: Any) -> str | None:
    if isinstance(parent, Mapping):
        for field in _ROLE_FIELDS:
            if isinstance(parent.get(field), str) and parent[field]:
                return str(parent[field])
    return None


def as_string(value: Any) -> str | None:
    """A plain value as text; None for null and for lists and objects."""
    if value is None or type(value) is str:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return None if isinstance(value, Mapping | list | tuple) else str(value)


def as_kept(value: Any) -> str | None:
    """Any value as text: lists and objects as JSON."""
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return as_string(value)
