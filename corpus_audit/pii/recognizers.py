"""The recognizers of presidio that a user asks for: YAML files, country packs, Python classes."""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from corpus_audit.errors import UsageError


def offline() -> None:
    """Keep tldextract, which presidio calls, from fetching the list of public suffixes."""
    import tldextract

    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


class Recognizer(NamedTuple):
    """One recognizer, and what must be there before it is called."""

    inner: Any
    prefilter: Any  # a hyperscan database; None: called for every document


def load_recognizers(
    files: Sequence[str], countries: Sequence[str], classes: Sequence[str]
) -> list[Recognizer]:
    """All of them, with their prefilters. Raises UsageError for one that cannot be loaded."""
    offline()
    inner = [*_from_yaml(files), *_from_packs(countries), *map(_from_class, classes)]
    return [Recognizer(each, _prefilter(each)) for each in inner]


def _prefilter(recognizer: Any) -> Any:
    """A hyperscan database of the recognizer's regexes, or of the literals that it declares."""
    import hyperscan

    literals = getattr(recognizer, "prefilters", None)
    patterns = [re.escape(text) for text in literals or ()]
    if not patterns:
        patterns = [pattern.regex for pattern in getattr(recognizer, "patterns", None) or ()]
        patterns += [re.escape(word) for word in getattr(recognizer, "deny_list", None) or ()]
    if not patterns:
        return None
    flags = (
        hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_DOTALL | hyperscan.HS_FLAG_MULTILINE
        | hyperscan.HS_FLAG_PREFILTER
    )  # fmt: skip
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    try:
        database.compile(
            expressions=[pattern.encode() for pattern in patterns],
            ids=list(range(len(patterns))),
            elements=len(patterns),
            flags=[flags | (0 if p.isascii() else hyperscan.HS_FLAG_UTF8) for p in patterns],
        )
    except hyperscan.error:  # a pattern that matches the empty text, for example
        return None
    return database


def _from_yaml(files: Sequence[str]) -> list[Any]:
    from presidio_analyzer import RecognizerRegistry

    found: list[Any] = []
    for file in files:
        if not Path(file).is_file():
            raise UsageError(f"{file}: no such file of presidio recognizers. Check [presidio].")
        registry = RecognizerRegistry(recognizers=[])
        try:
            registry.add_recognizers_from_yaml(file)
        except Exception as error:  # presidio raises kinds of its own
            raise UsageError(
                f"{file}: presidio does not take it ({type(error).__name__}: {error}). See its "
                "documentation of recognizers in YAML."
            ) from None
        found += registry.recognizers
    return found


def _from_packs(countries: Sequence[str]) -> list[Any]:
    from presidio_analyzer import PatternRecognizer
    from presidio_analyzer import predefined_recognizers as known

    found: list[Any] = []
    marker = ".country_specific."
    available: dict[str, list[type]] = {}
    for name in dir(known):
        each = getattr(known, name)
        if isinstance(each, type) and issubclass(each, PatternRecognizer):
            module = each.__module__
            if marker in module:
                country = module.split(marker)[1].split(".")[0]
                available.setdefault(country, []).append(each)
    for country in countries:
        if country not in available:
            raise UsageError(
                f'[presidio] packs: presidio has no recognizers for "{country}". It has: '
                f"{', '.join(sorted(available))}."
            )
        found += [each() for each in available[country]]
    return found


def _from_class(name: str) -> Any:
    module, _, attribute = name.partition(":")
    try:
        return getattr(importlib.import_module(module), attribute)()
    except (ImportError, AttributeError) as error:
        raise UsageError(
            f'[presidio] classes: "{name}" cannot be loaded ({error}). Write "package.module:Class"'
            ", and install the package where corpus-audit runs."
        ) from None
