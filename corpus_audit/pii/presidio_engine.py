"""presidio where it adds judgement: confirming candidates, recognizers of the user, country packs.

It is imported when the first candidate needs it (2 to 3 s), never reaches the network, and sees
windows around candidates, not documents. `\\b` in its patterns knows no edge beside Han characters,
so a window is also shown with these replaced by spaces.
"""

from __future__ import annotations

import importlib
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from corpus_audit.errors import UsageError
from corpus_audit.pii.candidates import HIGH, LOW, MEDIUM
from corpus_audit.text.buffers import Utf8

_WINDOW = 160  # bytes on each side of a candidate
_STRETCH = 4 << 20
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_SURE, _LIKELY = 0.75, 0.4
NLP_ENTITIES = ("PERSON", "LOCATION", "ORGANIZATION")


def offline() -> None:
    """Keep tldextract, which presidio calls, from fetching the list of public suffixes."""
    import tldextract

    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


@cache
def _recognizer(name: str) -> Any:
    offline()
    from presidio_analyzer import predefined_recognizers

    return getattr(predefined_recognizers, name)()


def confirms(name: str, text: str) -> bool:
    """Does a recognizer of presidio, by its class name, accept all of a short text?"""
    recognizer = _recognizer(name)
    found = recognizer.analyze(text, recognizer.supported_entities, None)
    return any(result.start == 0 and result.end == len(text) for result in found)


@dataclass(frozen=True)
class PresidioConfig:
    """What a user asks of presidio: the table `[presidio]` of the file given by `--pii`."""

    recognizers: tuple[str, ...] = ()  # files in presidio's own YAML
    classes: tuple[str, ...] = ()  # "package.module:Class"
    packs: tuple[str, ...] = ()  # countries, as presidio names them: us, uk, india, ...
    names: bool = False  # PERSON, LOCATION, ORGANIZATION by the NLP engine, in every document
    nlp_engine: str = "jieba"  # or "spacy:MODEL", "transformers:MODEL"
    language: str = "zh"

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> PresidioConfig:
        unknown = set(stored) - set(cls.__dataclass_fields__)
        if unknown:
            raise UsageError(
                f"[presidio] {', '.join(sorted(unknown))}: no such key, so it would be ignored. "
                f"Known: {', '.join(cls.__dataclass_fields__)}."
            )
        given: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in stored.items()
        }
        return cls(**given)

    def __bool__(self) -> bool:
        return bool(self.recognizers or self.classes or self.packs or self.names)


@dataclass
class Recognizer:
    """One recognizer, what must be there before it is called, and what it has cost."""

    inner: Any
    prefilter: Any = None  # a hyperscan database; None: called for every document
    seconds: float = field(default=0.0, compare=False)


class Presidio:
    """The recognizers that a configuration names."""

    def __init__(self, config: PresidioConfig) -> None:
        offline()
        self.config = config
        inner = [*_from_yaml(config.recognizers), *_from_packs(config.packs)]
        inner += [_from_class(name) for name in config.classes]
        self.recognizers = [Recognizer(each, _prefilter(each)) for each in inner]
        self._nlp: Any = None
        entities = {entity for each in inner for entity in each.supported_entities}
        if config.names:
            entities.update(NLP_ENTITIES)
        self.entities = sorted(entities)

    def nlp(self) -> Any:
        """The NLP engine, made when it is first needed."""
        if self._nlp is None:
            from corpus_audit.pii.nlp import load_engine

            self._nlp = load_engine(self.config.nlp_engine, self.config.language)
        return self._nlp

    def find(self, text: Utf8) -> list[tuple[int, int, int, int, int]]:
        """(entity, row, start, end, level) in code points, in order, without overlaps."""
        found: list[tuple[int, int, int, int, int]] = []
        for recognizer in self.recognizers:
            begin = time.perf_counter()
            for row, low, high in _windows(recognizer.prefilter, text):
                found += self._look(recognizer.inner, text, row, low, high)
            recognizer.seconds += time.perf_counter() - begin
        if self.config.names:
            for row in range(len(text)):
                found += self._names(text.document(row).decode(), row)
        return _apart(found)

    def cost(self) -> list[tuple[str, float]]:
        """Seconds by recognizer that has no prefilter and so reads every document."""
        return [(r.inner.name, r.seconds) for r in self.recognizers if r.prefilter is None]

    def _look(
        self, recognizer: Any, text: Utf8, row: int, low: int, high: int
    ) -> list[tuple[int, int, int, int, int]]:
        base = int(text.offsets[row])
        window = text.data[base + low : base + high].tobytes().decode()
        before = len(text.data[base : base + low].tobytes().decode())
        shown = [window]
        if not window.isascii():
            shown.append(_NOT_ASCII.sub(" ", window))
        answers = []
        for version in shown:
            artifacts = None
            if recognizer.context:
                artifacts = self.nlp().process_text(version, self.config.language)
            results = recognizer.analyze(version, recognizer.supported_entities, artifacts) or []
            if artifacts is not None:
                results = _with_context(recognizer, version, results, artifacts)
            answers += [
                (
                    self.entities.index(result.entity_type), row, before + result.start,
                    before + result.end, _level(result.score),
                )
                for result in results
            ]  # fmt: skip
        return answers

    def _names(self, document: str, row: int) -> list[tuple[int, int, int, int, int]]:
        artifacts = self.nlp().process_text(document, self.config.language)
        return [
            (self.entities.index(label), row, span.start_char, span.end_char, MEDIUM)
            for span, label in ((span, _label(span.label_)) for span in artifacts.entities)
            if label in NLP_ENTITIES
        ]


def _label(name: str) -> str:
    return {"PER": "PERSON", "LOC": "LOCATION", "GPE": "LOCATION", "ORG": "ORGANIZATION"}.get(
        name, name
    )


def _with_context(recognizer: Any, text: str, results: Any, artifacts: Any) -> Any:
    from presidio_analyzer.context_aware_enhancers import LemmaContextAwareEnhancer

    return LemmaContextAwareEnhancer().enhance_using_context(text, results, artifacts, [recognizer])


def _level(score: float) -> int:
    return HIGH if score >= _SURE else MEDIUM if score >= _LIKELY else LOW


def _apart(
    found: list[tuple[int, int, int, int, int]],
) -> list[tuple[int, int, int, int, int]]:
    """Without duplicates and without what a surer or longer find of the same entity overlaps."""
    kept: list[tuple[int, int, int, int, int]] = []
    for item in sorted(set(found), key=lambda f: (f[1], f[4], f[2] - f[3], f[2])):
        entity, row, start, end, _ = item
        if not any(
            k[0] == entity and k[1] == row and k[2] < end and start < k[3] for k in kept[-64:]
        ):
            kept.append(item)
    return sorted(kept, key=lambda f: (f[1], f[2], f[3], f[0]))


def _windows(prefilter: Any, text: Utf8) -> list[tuple[int, int, int]]:
    """(row, begin, end) in bytes of documents: what a recognizer has to look at."""
    if prefilter is None:
        return [(row, 0, len(text.document(row))) for row in range(len(text))]
    from corpus_audit.pii.patterns import scan_database

    begin = int(text.offsets[0])
    data = text.data[begin : int(text.offsets[-1])]
    _, end = scan_database(prefilter, data)
    ends = np.unique(end) + begin
    rows = np.searchsorted(text.offsets, ends - 1, side="right") - 1
    windows: list[tuple[int, int, int]] = []
    for row, at in zip(rows.tolist(), ends.tolist(), strict=True):
        first, last = int(text.offsets[row]), int(text.offsets[row + 1])
        low = max(0, at - first - _WINDOW)
        high = min(last - first, at - first + _WINDOW // 2)
        while low and text.data[first + low] & 0xC0 == 0x80:
            low -= 1
        while first + high < last and text.data[first + high] & 0xC0 == 0x80:
            high += 1
        if windows and windows[-1][0] == row and windows[-1][2] >= low:
            windows[-1] = (row, windows[-1][1], high)
        else:
            windows.append((row, low, high))
    return windows


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
