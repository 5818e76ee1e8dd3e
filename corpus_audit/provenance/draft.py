"""`sources init`: a first ledger from the data and the papers beside it. What it cannot know, it
leaves as TODO; what it takes over, it says from where."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from corpus_audit.errors import CorpusAuditError
from corpus_audit.ledger.papers import contained, digest_of_file
from corpus_audit.plan import plan
from corpus_audit.provenance.cards import Card, card_of
from corpus_audit.readers.registry import reader_named
from corpus_audit.readers.sources import name_source, relative_path
from corpus_audit.rules.licences import canonical_id
from corpus_audit.text.batch import Batch
from corpus_audit.types import Part, ReadOptions

_LOOKED_AT = 500  # documents of a source
_NAMED_FILES = 20  # of a source that has no folder of its own
_FILES = 3  # of a source that are looked into


@dataclass
class Glimpse:
    """What the first documents of a source show."""

    documents: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    licences: Counter[str] = field(default_factory=Counter)
    hosts: Counter[str] = field(default_factory=Counter)
    models: Counter[str] = field(default_factory=Counter)
    users: int = 0
    times: list[str] = field(default_factory=list)


def draft_ledger(data: str, folder: Path) -> str:
    """A ledger in TOML for the files under `data`; paths to papers start from `folder`."""
    options = ReadOptions(batch_bytes=1 << 20)
    planned = plan([data], options)
    parts: dict[str, list[Part]] = {}
    for unit in planned.units:
        for part in unit.parts:
            if part.start == 0:
                parts.setdefault(name_source(part.file), []).append(part)
    lines = [
        "# Drafted by `corpus-audit sources init`. Fill in every TODO, add the papers, then run",
        "# `corpus-audit sources check` on it: it tells what is missing.",
        "version = 1",
        'purpose = "commercial"     # or "non-commercial": licences are judged by it',
        f"data = {_quoted(os.path.relpath(data, folder))}" if Path(data).exists() else "",
    ]
    for name in sorted(parts):
        lines += ["", *_source(name, parts[name], data, folder, options)]
    return "\n".join(line for line in lines if line is not None) + "\n"


def _source(
    name: str, parts: list[Part], data: str, folder: Path, options: ReadOptions
) -> Iterator[str]:
    card = _card(parts[0], data)
    seen = _glimpse(parts[:_FILES], options)
    kind, why = _kind(card, seen, parts[0])
    yield "[[source]]"
    yield f"id = {_quoted(_identifier(name))}"
    if card.name:
        yield _said("name", card.name, card)
    yield f"paths = {_array(_patterns(name, parts))}"
    yield f'kind = "{kind}"     # {why}'
    yield 'origin = "TODO"     # domestic or overseas'
    yield from _languages(card, seen)
    if card.modality:
        yield _said("modality", list(card.modality), card)
    yield (
        _said("owner", card.owner, card)
        if card.owner
        else ('owner = "TODO"     # who stands behind it')
    )
    for key in ("url", "version", "description"):
        if getattr(card, key):
            yield _said(key, getattr(card, key), card)
    yield from _licence(card, seen)
    yield from _dates(kind, seen)
    yield from _papers(card, folder)


def _card(part: Part, data: str) -> Card:
    """The papers of the folder that a file is in, then of the folders above, up to `data`."""
    if "://" in part.file.path or part.file.path == "-":
        return Card()
    root = Path(data) if Path(data).is_dir() else Path(data).parent
    card = Card()
    place = Path(part.file.path).parent
    while True:
        card = card.over(card_of(place))
        if place == root or root not in place.parents:
            return card
        place = place.parent


def _glimpse(parts: list[Part], options: ReadOptions) -> Glimpse:
    from corpus_audit.detectors.language import LanguageDetector

    detector = LanguageDetector({})
    seen = Glimpse()
    for part in parts:
        for batch in _first_batch(part, options):
            rows = min(len(batch), _LOOKED_AT)
            seen.documents += rows
            languages = detector.scan(batch).columns["language"].to_pylist()[:rows]
            seen.languages.update(language for language in languages if language != "und")
            seen.licences.update(filter(None, _values(batch, "license", rows)))
            seen.models.update(filter(None, _values(batch, "model", rows)))
            seen.users += sum(1 for value in _values(batch, "user_id", rows) if value)
            seen.times += [t[:10] for t in _values(batch, "collected_at", rows) if t]
            urls = filter(None, _values(batch, "url", rows))
            seen.hosts.update(host for url in urls if (host := _host(url)))
    return seen


def _first_batch(part: Part, options: ReadOptions) -> list[Batch]:
    """One batch of a file, or none where it cannot be read: a draft needs no text."""
    batches = (b for b in reader_named(part.reader).read(part, options) if isinstance(b, Batch))
    try:
        return list(islice(batches, 1))
    except CorpusAuditError:
        return []


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _values(batch: Batch, name: str, rows: int) -> list[Any]:
    column = batch.column(name)
    return [] if column is None else column.slice(0, rows).to_pylist()


def _kind(card: Card, seen: Glimpse, part: Part) -> tuple[str, str]:
    """The kind that is most likely, and what speaks for it."""
    if seen.models:
        return "synthetic", f"records name a model: {_line(seen.models.most_common(1)[0][0])}"
    if card.licence or card.licence_said:
        where = card.says.get("licence") or card.says.get("licence_said")
        return "open", f"{where} gives a licence"
    if seen.licences:
        return "open", "records give a licence"
    if part.reader == "warc":
        return "self-collected", "WARC, as crawlers write it"
    if seen.users:
        return "user-input", "records name users"
    if 2 * sum(seen.hosts.values()) > seen.documents:
        return "self-collected", "records hold their URL"
    return "TODO", "open, self-collected, commercial, user-input or synthetic"


def _languages(card: Card, seen: Glimpse) -> Iterator[str]:
    found = [name for name, n in seen.languages.most_common() if 20 * n >= seen.documents]
    if card.languages:
        yield _said("languages", list(card.languages), card)
    else:
        where = f"of the first {seen.documents} documents" if found else "TODO"
        yield f"languages = {_array(found or ['und'])}     # {where}"


def _licence(card: Card, seen: Glimpse) -> Iterator[str]:
    if card.licence:
        yield _said("licence", card.licence, card)
    elif card.licence_said:
        yield (
            f"# {card.says['licence_said']} says the licence is {_quoted(card.licence_said)}, "
            'which is no known id: licence = "TODO"'
        )
    elif seen.licences:
        known = {canonical_id(name) or f"LicenseRef-{_identifier(name)}" for name in seen.licences}
        yield f"licence = {_quoted(' AND '.join(sorted(known)))}     # of the records"


def _dates(kind: str, seen: Glimpse) -> Iterator[str]:
    days = sorted(day for day in seen.times if _is_day(day))
    if kind == "self-collected" and days:
        hosts = ", ".join(host for host, _ in seen.hosts.most_common(3))
        yield f"# sites: {_line(hosts)}" if hosts else "# no sites in the records"
        yield (
            f"collected = {{ first = {days[0]}, last = {days[-1]} }}     "
            f"# of the first {seen.documents} documents"
        )
    if kind == "synthetic":
        model = seen.models.most_common(1)[0][0]
        yield (
            f'# generated = {{ model = {_quoted(model)}, version = "TODO", first = TODO, '
            "last = TODO }"
        )


def _papers(card: Card, folder: Path) -> Iterator[str]:
    if card.licence_file is None:
        return
    path = os.path.relpath(card.licence_file, folder)
    yield ""
    if contained(folder, path) is None:
        yield f"# {_line(path)} lies outside the ledger's folder: copy it beside the ledger"
        return
    yield "[[source.evidence]]"
    yield 'kind = "license"'
    yield f"file = {_quoted(path)}"
    yield f'sha256 = "{digest_of_file(card.licence_file)}"'


def _patterns(name: str, parts: list[Part]) -> list[str]:
    """Globs for the files of a source: its folder where it has one, else its files.

    Of many files in one folder those that begin alike are one glob.
    """
    relative = [relative_path(part.file) for part in parts]
    folders = {path.split("/")[0] for path in relative if "/" in path}
    if len(folders) == 1 and all("/" in path for path in relative) and folders == {name}:
        return [f"{name}/**"]
    if len(relative) <= _NAMED_FILES:
        return relative
    beside: dict[str, list[str]] = {}
    for path in relative:
        head, _, file = path.rpartition("/")
        beside.setdefault(head + "/" if head else "", []).append(file)
    return [head + os.path.commonprefix(files) + "*" for head, files in sorted(beside.items())]  # noqa: RUF071 - names, not paths


def _is_day(text: str) -> bool:
    from datetime import date

    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _said(key: str, value: Any, card: Card) -> str:
    written = _array(value) if isinstance(value, list) else _quoted(value)
    return f"{key} = {written}     # {card.says.get(key, 'the papers')}"


def _identifier(name: str) -> str:
    return "".join("-" if char in "=>*?{}\\/\n\t " else char for char in name)[:200] or "source"


def _line(text: str) -> str:
    return " ".join(text.split())


def _array(values: list[str]) -> str:
    return "[" + ", ".join(_quoted(value) for value in values) + "]"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
