"""Word lists as others publish them: plain lines, CSV, JSON, houbb's lines with tags."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from corpus_audit.errors import UsageError

Format = Literal["lines", "csv", "json", "houbb"]
_SUFFIXES: dict[str, Format] = {".json": "json", ".csv": "csv"}
_GZIP = b"\x1f\x8b"
_MOST = 1 << 28  # bytes of a list once unpacked
_TERM_KEYS = ("term", "word", "text", "match", "keyword")
_CATEGORY_KEYS = ("category", "categories", "tags", "tag", "type", "label")


class Entry(NamedTuple):
    """One term as it stands in a list."""

    term: str
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WordList:
    """One file of terms."""

    file: str  # its name, without folders
    sha256: str  # of the file as it was given
    format: Format
    entries: tuple[Entry, ...]


def read_list(
    path: Path,
    *,
    format: Format | None = None,
    encoding: str = "utf-8",
    term_column: str | None = None,
    category_columns: Sequence[str] = (),
) -> WordList:
    """Read a list; gzip is unpacked. The format is guessed from the suffix, else it is lines.

    Raises UsageError that names the file and, where there is one, the line.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}). Check the path.") from None
    name = path.name.removesuffix(".gz")
    chosen = format or _SUFFIXES.get(Path(name).suffix.lower(), "lines")
    text = _decode(_unpack(raw, path), encoding, path)
    try:
        if chosen == "csv":
            entries = list(_from_csv(text, path, term_column, category_columns))
        elif chosen == "json":
            entries = list(_from_json(text, path, term_column, category_columns))
        else:
            entries = list(_from_lines(text, tags=chosen == "houbb"))
    except csv.Error as error:
        raise UsageError(f"{path}: not CSV ({error}). Check --format.") from None
    if not entries:
        raise UsageError(f"{path}: no term in it. Check --format (read as {chosen}).")
    return WordList(path.name, hashlib.sha256(raw).hexdigest(), chosen, tuple(entries))


def _unpack(raw: bytes, path: Path) -> bytes:
    if not raw.startswith(_GZIP):
        return raw
    try:
        with gzip.open(io.BytesIO(raw)) as file:
            data = file.read(_MOST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{path}: damaged gzip ({error}). Fetch the file again.") from None
    if len(data) > _MOST:
        raise UsageError(
            f"{path}: more than {_MOST >> 20} MiB unpacked, which is no list of terms."
        )
    return data


def _decode(data: bytes, encoding: str, path: Path) -> str:
    try:
        return data.decode("utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding)
    except LookupError:
        raise UsageError(
            f"--encoding {encoding}: no such encoding. Try gb18030, big5 or utf-16."
        ) from None
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UsageError(
            f"{path}:{line}: not {encoding} (byte {data[error.start]:#04x}), so terms would be "
            "wrong. Pass --encoding; Chinese lists are often gb18030."
        ) from None


def _from_lines(text: str, *, tags: bool) -> Iterator[Entry]:
    """One term a line; houbb writes `term tag,tag`, or the term alone."""
    for line in text.splitlines():
        term = line.strip()
        if not term:
            continue
        word, _, named = term.partition(" ") if tags else (term, "", "")
        yield Entry(word, tuple(tag for tag in named.strip().split(",") if tag))


def _from_csv(
    text: str, path: Path, term_column: str | None, category_columns: Sequence[str]
) -> Iterator[Entry]:
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    columns = list(rows.fieldnames or ())
    term = _chosen(columns, term_column, path)
    for column in category_columns:
        if column not in columns:
            raise UsageError(f"{path}:1: no column {column!r}; it has {', '.join(columns)}.")
    chosen = list(category_columns) or [c for c in columns if c.lower() in _CATEGORY_KEYS]
    for row in rows:
        named = (row.get(column) or "" for column in chosen)
        yield Entry(row[term] or "", tuple(name.strip() for name in named if name.strip()))


def _chosen(columns: Sequence[str], given: str | None, path: Path) -> str:
    if given is not None and given not in columns:
        raise UsageError(f"{path}:1: no column {given!r}; it has {', '.join(columns)}.")
    found = given or next((c for c in columns if c.lower() in _TERM_KEYS), None)
    if found is None:
        raise UsageError(
            f"{path}:1: which column holds the terms? Pass --term-column, one of "
            f"{', '.join(columns)}."
        )
    return found


def _from_json(
    text: str, path: Path, term_key: str | None, category_keys: Sequence[str]
) -> Iterator[Entry]:
    """A list of terms, a list of objects, or an object of category -> terms."""
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(f"{path}:{error.lineno}: not JSON ({error.msg}).") from None
    if isinstance(content, dict):
        for category, terms in content.items():
            if not isinstance(terms, list) or not all(isinstance(term, str) for term in terms):
                raise UsageError(
                    f"{path}: {category!r} holds no list of terms. Known are a list of terms, a "
                    "list of objects, and an object of category: [terms]."
                )
            yield from (Entry(term, (category,)) for term in terms)
        return
    if not isinstance(content, list):
        raise UsageError(f"{path}: it holds neither a list nor an object.")
    for number, item in enumerate(content):
        if isinstance(item, str):
            yield Entry(item)
        elif isinstance(item, dict):
            yield from _from_object(item, f"{path}: entry {number}", term_key, category_keys)
        else:
            raise UsageError(f"{path}: entry {number} is neither a term nor an object.")


def _from_object(
    item: dict[str, Any], where: str, term_key: str | None, category_keys: Sequence[str]
) -> Iterator[Entry]:
    key = term_key or next((k for k in _TERM_KEYS if k in item), None)
    if key is None or not isinstance(item.get(key), str):
        raise UsageError(f"{where}: which key holds the term? Pass --term-column.")
    categories: list[str] = []
    for name in category_keys or [k for k in _CATEGORY_KEYS if k in item]:
        value = item.get(name) or ()
        categories += [value] if isinstance(value, str) else map(str, value)
    if key == "match" and term_key is None:
        # dsojevic's lists: alternatives with |, and * after a letter that may be repeated, which
        # matching undoes by itself. Their `exceptions` are what ASCII word edges are for.
        for term in item[key].split("|"):
            yield Entry(term.replace("*", ""), tuple(categories))
    else:
        yield Entry(item[key], tuple(categories))
