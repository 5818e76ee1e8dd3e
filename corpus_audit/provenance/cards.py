"""What papers beside data say of it: dataset cards, Croissant, data packages, licence files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from corpus_audit.rules.licences import canonical_id

_MAX_BYTES = 4 << 20
_FRONT = re.compile(r"\A\ufeff?---\s*\n(.*?)\n---\s*(?:\n|\Z)", re.DOTALL)
_LICENCE_FILE = re.compile(r"(?:licen[cs]e|copying)(?:[._-].*)?", re.IGNORECASE)
_HOMEPAGE = re.compile(r"(?:Homepage|主页)[*:：\s]+<?(https?://[^\s>)]+)", re.IGNORECASE)
#: Words for no licence at all, which are no id.
_NO_LICENCE = frozenset({"unknown", "other", "none", "n/a", "more information needed"})
#: Texts that licence files begin with, by what they are.
_TEXTS = (
    (r"Apache License\s+Version 2\.0", "Apache-2.0"),
    (r"Creative Commons Attribution-NonCommercial-ShareAlike 4\.0", "CC-BY-NC-SA-4.0"),
    (r"Creative Commons Attribution-NonCommercial-NoDerivatives 4\.0", "CC-BY-NC-ND-4.0"),
    (r"Creative Commons Attribution-NonCommercial 4\.0", "CC-BY-NC-4.0"),
    (r"Creative Commons Attribution-NoDerivatives 4\.0", "CC-BY-ND-4.0"),
    (r"Creative Commons Attribution-ShareAlike 4\.0", "CC-BY-SA-4.0"),
    (r"Attribution-ShareAlike 4\.0 International", "CC-BY-SA-4.0"),
    (r"Creative Commons Attribution 4\.0", "CC-BY-4.0"),
    (r"Attribution 4\.0 International", "CC-BY-4.0"),
    (r"CC0 1\.0 Universal", "CC0-1.0"),
    (r"木兰宽松许可证, ?第2版|Mulan Permissive Software License.{0,20}2", "MulanPSL-2.0"),
    (r"GNU AFFERO GENERAL PUBLIC LICENSE\s+Version 3", "AGPL-3.0-or-later"),
    (r"GNU LESSER GENERAL PUBLIC LICENSE\s+Version 3", "LGPL-3.0-or-later"),
    (r"GNU GENERAL PUBLIC LICENSE\s+Version 3", "GPL-3.0-or-later"),
    (r"GNU GENERAL PUBLIC LICENSE\s+Version 2", "GPL-2.0-or-later"),
    (r"Mozilla Public License Version 2\.0", "MPL-2.0"),
    (r"Open Database License|ODbL", "ODbL-1.0"),
    (r"Open Data Commons Attribution License", "ODC-By-1.0"),
    (r"Permission is hereby granted, free of charge, to any person obtaining", "MIT"),
    (r"Redistribution and use in source and binary forms(?s:.)*Neither the name", "BSD-3-Clause"),
    (r"Redistribution and use in source and binary forms", "BSD-2-Clause"),
)


@dataclass(frozen=True)
class Card:
    """What is said of data, each fact with the file that says it."""

    name: str | None = None
    description: str | None = None
    licence: str | None = None  # a known id
    licence_said: str | None = None  # as the paper writes it, where that is no known id
    languages: tuple[str, ...] = ()
    owner: str | None = None
    url: str | None = None
    version: str | None = None
    modality: tuple[str, ...] = ()
    licence_file: Path | None = None
    says: Mapping[str, str] = field(default_factory=dict)  # fact -> name of the file

    def over(self, other: Card) -> Card:
        """This card's facts, and for what it leaves open those of another."""
        gained: dict[str, Any] = {
            name: getattr(other, name)
            for name in _FACTS
            if not getattr(self, name)
            and getattr(other, name)
            and not (name == "licence_said" and self.licence)
        }
        says = {**{k: v for k, v in other.says.items() if k in gained}, **self.says}
        return replace(self, **gained, says=says)


_FACTS = (
    "name", "description", "licence", "licence_said", "languages", "owner", "url", "version",
    "modality", "licence_file",
)  # fmt: skip


def card_of(folder: Path) -> Card:
    """What the papers of one folder say, the most exact first."""
    card = Card()
    for file in _papers(folder):
        card = card.over(_read(file))
    return card


def _papers(folder: Path) -> Iterator[Path]:
    """Croissant, data package, card, licence file: in this order, each name sorted."""
    try:
        names = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError:
        return
    groups: list[list[Path]] = [[], [], [], [], []]
    for path in names:
        name = path.name.lower()
        if path.stat().st_size > _MAX_BYTES:
            continue
        if "croissant" in name and path.suffix == ".json":
            groups[0].append(path)
        elif path.suffix == ".jsonld" or name in ("metadata.json", "dataset.json"):
            groups[1].append(path)
        elif name == "datapackage.json":
            groups[2].append(path)
        elif name in ("readme.md", "dataset_card.md", "datacard.md"):
            groups[3].append(path)
        elif _LICENCE_FILE.fullmatch(name):
            groups[4].append(path)
    for group in groups:
        yield from group


def _read(file: Path) -> Card:
    try:
        text = file.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return Card()
    if file.suffix in (".json", ".jsonld"):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return Card()
        if not isinstance(value, dict):
            return Card()
        if file.name == "datapackage.json":
            facts = _data_package(value)
        elif "@context" in value and "Dataset" in str(value.get("@type")):
            facts = _croissant(value)
        else:
            return Card()
    elif file.name.lower().endswith(".md") and not _LICENCE_FILE.fullmatch(file.name):
        facts = _dataset_card(text)
    else:
        facts = _licence_file(file, text)
    facts = {name: value for name, value in facts.items() if value}
    return Card(**facts, says=dict.fromkeys(facts, file.name))


def _dataset_card(text: str) -> dict[str, Any]:
    """YAML front matter of a Hugging Face dataset card."""
    found = _FRONT.match(text)
    try:
        front = yaml.safe_load(found[1]) if found else None
    except (yaml.YAMLError, RecursionError):
        front = None
    if not isinstance(front, dict):
        return {}
    homepage = _HOMEPAGE.search(text)
    said = front.get("license_name") if front.get("license") == "other" else front.get("license")
    return {
        **_licences(_texts(said)),
        "name": _text(front.get("pretty_name")),
        "languages": _languages(front.get("language")),
        "url": homepage[1] if homepage else None,
        "version": _text(front.get("version")),
        "owner": _text(front.get("author")),
        "modality": _modality(_texts(front.get("modalities")) + _texts(front.get("tags"))),
    }


def _croissant(value: dict[str, Any]) -> dict[str, Any]:
    """Croissant, any version: schema.org with some names of its own."""
    licences = [
        each.get("url") or each.get("name") if isinstance(each, dict) else each
        for each in _list(value.get("license"))
    ]
    return {
        **_licences(_texts(licences)),
        "name": _plain(value.get("name")),
        "description": _plain(value.get("description")),
        "languages": _languages(value.get("inLanguage")),
        "owner": _agent(value.get("creator")) or _agent(value.get("publisher")),
        "url": _text(value.get("url")),
        "version": _text(value.get("version")),
    }


def _data_package(value: dict[str, Any]) -> dict[str, Any]:
    """Frictionless Data Package, versions 1 and 2, and the forms before it."""
    licences = []
    for each in [*_list(value.get("licenses")), *_list(value.get("license"))]:
        if isinstance(each, dict):
            names = [each.get(key) for key in ("name", "type", "id", "path", "url", "title")]
            said = [name for name in names if isinstance(name, str)]
            licences += [name for name in said if canonical_id(name)][:1] or said[:1]
        else:
            licences.append(each)
    people = [*_list(value.get("contributors")), *_list(value.get("maintainers")),
              *_list(value.get("publisher")), *_list(value.get("author"))]  # fmt: skip
    people.sort(key=lambda each: isinstance(each, dict) and each.get("role") != "publisher")
    return {
        **_licences(_texts(licences)),
        "name": _text(value.get("title")) or _text(value.get("name")),
        "description": _text(value.get("description")),
        "languages": _languages(value.get("languages") or value.get("language")),
        "owner": next((name for each in people if (name := _agent(each))), None),
        "url": _text(value.get("homepage")),
        "version": _text(value.get("version")),
    }


def _licence_file(file: Path, text: str) -> dict[str, Any]:
    found = next((name for pattern, name in _TEXTS if re.search(pattern, text[:20_000])), None)
    return {"licence": found, "licence_file": file}


def _licences(said: list[str]) -> dict[str, Any]:
    """All licences of a list, joined by AND: who uses the data keeps each of them."""
    given = [each for each in said if each.lower() not in _NO_LICENCE]
    known = [canonical_id(each) for each in given]
    if given and all(known):
        return {"licence": " AND ".join(dict.fromkeys(str(each) for each in known))}
    return {"licence_said": ", ".join(given)} if given else {}


def _languages(value: Any) -> tuple[str, ...]:
    codes = []
    for each in _list(value):
        code = each.get("alternateName") or each.get("name") if isinstance(each, dict) else each
        if isinstance(code, str) and re.fullmatch(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", code):
            codes.append(code)
    return tuple(dict.fromkeys(codes))


def _modality(words: list[str]) -> tuple[str, ...]:
    known = ("text", "code", "image", "audio", "video")
    plain = {word.lower().removeprefix("modality:") for word in words}
    return tuple(each for each in known if each in plain)


def _agent(value: Any) -> str | None:
    each = value[0] if isinstance(value, list) and value else value
    if isinstance(each, dict):
        return _plain(each.get("name")) or _text(each.get("title"))
    return _text(each)


def _plain(value: Any) -> str | None:
    """A text, also where JSON-LD gives one for each language."""
    if isinstance(value, dict):
        return _text(next(iter(value.values()), None))
    return _text(value)


def _text(value: Any) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    return re.sub(r"\s+", " ", value).strip()[:500] or None if isinstance(value, str) else None


def _texts(value: Any) -> list[str]:
    return [text for each in _list(value) if (text := _text(each))]


def _list(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]
