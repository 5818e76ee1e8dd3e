"""presidio where it adds judgement: names, recognizers of the user, country packs.

It is imported where a configuration asks for it (2 to 3 s), never reaches the network, and its
recognizers see windows around candidates, not documents. `\\b` in its patterns knows no edge beside
Han characters, so a window is also shown with these replaced by spaces.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from corpus_audit.errors import UsageError
from corpus_audit.pii.candidates import HIGH, LOW, MEDIUM
from corpus_audit.pii.recognizers import load_recognizers
from corpus_audit.text.buffers import Utf8

_WINDOW = 160  # bytes on each side of a candidate
_STRETCH = 100_000  # characters that the NLP engine gets at once
_SAMPLE = (
    "一段普通的文字，记录了今天的天气。 An ordinary sentence about the weather of 2024. " * 200
)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_SURE, _LIKELY = 0.75, 0.4
NLP_ENTITIES = ("PERSON", "LOCATION", "ORGANIZATION")


@dataclass(frozen=True)
class PresidioConfig:
    """What a user asks of presidio: the table `[presidio]` of the file given by `--pii`."""

    recognizers: tuple[str, ...] = ()  # files in presidio's own YAML
    classes: tuple[str, ...] = ()  # "package.module:Class"
    packs: tuple[str, ...] = ()  # countries, as presidio names them: us, uk, india, ...
    names: bool = False  # PERSON, LOCATION, ORGANIZATION by the NLP engine, in every document
    nlp_engine: str = "jieba"  # or "spacy:MODEL", "transformers:SPACY_MODEL+MODEL"
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


class Presidio:
    """The recognizers that a configuration names."""

    def __init__(self, config: PresidioConfig) -> None:
        self.config = config
        self.recognizers = load_recognizers(config.recognizers, config.packs, config.classes)
        self._nlp: Any = None
        entities = {entity for r in self.recognizers for entity in r.inner.supported_entities}
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
            for row, low, high in _windows(recognizer.prefilter, text):
                found += self._look(recognizer.inner, text, row, low, high)
        if self.config.names:
            for row in range(len(text)):
                found += self._names(text.document(row).decode(), row)
        return _apart(found)

    def cost(self) -> list[tuple[str, float]]:
        """MB/s, on a small text, of whatever has no prefilter and so reads every document."""
        text = Utf8.of(pa.array([_SAMPLE], pa.large_string()))
        every: list[tuple[str, Callable[[], object]]] = [
            (each.inner.name, partial(self._look, each.inner, text, 0, 0, text.nbytes))
            for each in self.recognizers
            if each.prefilter is None
        ]
        if self.config.names:
            every.append((f"names by {self.config.nlp_engine}", partial(self._names, _SAMPLE, 0)))
        speeds = []
        for name, look in every:
            look()  # the first call loads dictionaries and models
            begin = time.process_time()
            look()
            speeds.append((name, text.nbytes / 1e6 / max(time.process_time() - begin, 1e-6)))
        return speeds

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
        found = []
        for at, piece in _stretches(document):
            for span in self.nlp().process_text(piece, self.config.language).entities:
                label = _label(span.label_)
                if label in NLP_ENTITIES:
                    place = (at + span.start_char, at + span.end_char)
                    found.append((self.entities.index(label), row, *place, MEDIUM))
        return found


def _stretches(document: str) -> Iterator[tuple[int, str]]:
    """A document in pieces that end with a line or a sentence, and where each begins."""
    at = 0
    while at < len(document):
        end = at + _STRETCH
        if end < len(document):
            end = max(document.rfind(mark, at, end) + 1 for mark in "\n。. ") or end
            end = end if end > at else at + _STRETCH
        yield at, document[at:end]
        at = end


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
