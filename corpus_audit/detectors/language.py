"""Language and script of each document, as columns."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib.metadata import version
from typing import ClassVar

import pyarrow as pa

from corpus_audit.text.batch import Batch
from corpus_audit.text.language import LANGUAGES, SCRIPT_CODES, VERSION, detect
from corpus_audit.text.scripts import load_classes
from corpus_audit.types import ColumnSpec, Observations, RuleInfo

# Dictionaries: one byte per document, and Parquet takes them over as they are.
_TYPE = pa.dictionary(pa.int8(), pa.string())


class LanguageDetector:
    """`language` is an ISO 639-1 code or `und`, `script` an ISO 15924 code. No configuration."""

    name: ClassVar[str] = "language"
    rules: tuple[RuleInfo, ...] = ()
    columns: tuple[ColumnSpec, ...] = (
        ColumnSpec("language", _TYPE, "category"),
        ColumnSpec("script", _TYPE, "category"),
    )

    def __init__(self, config: Mapping[str, object]) -> None:
        facts = f"{self.name} {VERSION} langdetect {version('langdetect')} ".encode()
        self.digest = hashlib.blake2b(facts + load_classes().tobytes(), digest_size=16).hexdigest()
        self._languages = pa.array(LANGUAGES, pa.string())
        self._scripts = pa.array(SCRIPT_CODES, pa.string())

    def scan(self, batch: Batch) -> Observations:
        found = detect(*batch.text)
        return Observations(
            columns={
                "language": pa.DictionaryArray.from_arrays(found.language, self._languages),
                "script": pa.DictionaryArray.from_arrays(found.script, self._scripts),
            }
        )
