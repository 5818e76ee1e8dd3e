"""A small NLP engine for presidio on jieba: tokens for context words, and names where asked for."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

from corpus_audit.errors import UsageError

#: Part-of-speech tags of jieba that name somebody or something.
_ENTITIES = {
    "nr": "PERSON",
    "nrt": "PERSON",
    "nrfg": "PERSON",
    "ns": "LOCATION",
    "nt": "ORGANIZATION",
}


@dataclass(frozen=True, slots=True)
class Token:
    """What presidio reads of a spaCy token."""

    text: str
    idx: int  # where it begins
    lemma_: str

    def __len__(self) -> int:
        return len(self.text)


def import_jieba() -> Any:
    """jieba, without what its source makes newer Pythons warn of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
        import jieba.posseg
    return jieba


class JiebaNlpEngine(NlpEngine):  # type: ignore[misc]
    """Tokens by jieba. Its dictionary names persons, places and organisations by word class."""

    def __init__(self, language: str = "zh") -> None:
        self.language = language

    def load(self) -> None:
        """Read the dictionary."""
        import logging

        jieba = import_jieba()
        jieba.setLogLevel(logging.WARNING)
        jieba.initialize()

    def is_loaded(self) -> bool:
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        posseg = import_jieba().posseg
        tokens: list[Any] = []
        entities: list[Any] = []
        at = 0
        for word, tag in posseg.cut(text):
            at = text.find(word, at)
            token = Token(word, at, word.lower())
            tokens.append(token)
            if tag in _ENTITIES and len(word) > 1:
                entities.append(
                    SimpleNamespace(
                        text=word, start_char=at, end_char=at + len(word), label_=_ENTITIES[tag]
                    )
                )
            at += len(word)
        lemmas = [token.lemma_ for token in tokens]
        artifacts = NlpArtifacts(
            entities=entities,
            tokens=tokens,
            tokens_indices=[token.idx for token in tokens],
            lemmas=lemmas,
            nlp_engine=self,
            language=language,
            scores=[0.6] * len(entities),
        )
        artifacts.keywords = [lemma for lemma in lemmas if lemma.strip()]
        return artifacts

    def process_batch(
        self, texts: Any, language: str, **_: Any
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        for text in texts:
            yield text, self.process_text(text, language)

    def is_stopword(self, word: str, language: str) -> bool:
        return False

    def is_punct(self, word: str, language: str) -> bool:
        return not any(char.isalnum() for char in word)

    def get_supported_entities(self) -> list[str]:
        return sorted(set(_ENTITIES.values()))

    def get_supported_languages(self) -> list[str]:
        return [self.language]


def load_engine(name: str, language: str) -> Any:
    """`jieba`, or an engine of presidio with models that are on this machine."""
    if name == "jieba":
        engine = JiebaNlpEngine(language)
        engine.load()
        return engine
    kind, _, models = name.partition(":")
    spacy_model, _, other = models.partition("+")
    if not spacy_model or (kind, bool(other)) not in (("spacy", False), ("transformers", True)):
        raise UsageError(
            f'[presidio] nlp_engine = "{name}": write jieba, spacy:MODEL or '
            "transformers:SPACY_MODEL+MODEL. A model is a package or a folder."
        )
    settings = {
        "nlp_engine_name": kind,
        "models": [
            {
                "lang_code": language,
                "model_name": {"spacy": spacy_model, "transformers": other} if other else models,
            }
        ],
    }
    # a model that is missing would be fetched: by presidio, or by the Hub's client
    os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
    try:
        import spacy.util
        from presidio_analyzer.nlp_engine import NlpEngineProvider

        if not (spacy.util.is_package(spacy_model) or Path(spacy_model).is_dir()):
            raise OSError(f"{spacy_model} is neither a package nor a folder")
        engine = NlpEngineProvider(nlp_configuration=settings).create_engine()
    except (OSError, ImportError, ValueError) as error:
        raise UsageError(
            f'[presidio] nlp_engine = "{name}": cannot be loaded ({error}). Nothing is downloaded '
            "during a scan: install it first."
        ) from None
    engine.nlp[language].max_length = 1 << 30  # long documents come in stretches anyway
    return engine
