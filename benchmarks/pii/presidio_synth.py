"""presidio-research's synth_dataset_v2 (English), and stock presidio to compare with.

    python -m benchmarks.pii.presidio_synth --data DIR [--detector package.module:predict]

`DIR` holds `pii/presidio-synth/synth_dataset_v2.json.gz`. Kinds are named as in `ENTITIES`;
spans of other types (persons, addresses, dates) are not scored.
"""

from __future__ import annotations

import argparse
import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.pii.generate import Case, Span
from benchmarks.pii.score import Predict, load, score

# Type in the data set -> kind. The set calls URLs and domains DOMAIN_NAME.
ENTITIES = {
    "CREDIT_CARD": "bank_card",
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "IBAN_CODE": "iban",
    "US_SSN": "us_ssn",
    "IP_ADDRESS": "ip_address",
    "DOMAIN_NAME": "url",
}
STOCK = {**ENTITIES, "URL": "url"}  # presidio's own names


def cases(data: Path) -> list[Case]:
    path = data / "pii" / "presidio-synth" / "synth_dataset_v2.json.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        records = json.load(file)
    return [
        Case(
            id=str(number),
            template=str(record["template_id"]),
            genre="presidio-synth",
            text=record["full_text"],
            spans=sorted(
                (span["start_position"], span["end_position"], ENTITIES[span["entity_type"]])
                for span in record["spans"]
                if span["entity_type"] in ENTITIES
            ),
            near_misses=[],
            placeholders=[],
        )
        for number, record in enumerate(records)
    ]


@cache
def _analyzer() -> Any:
    """AnalyzerEngine with every recognizer of English, a blank spaCy pipeline and no network."""
    import spacy
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    class BlankEngine(SpacyNlpEngine):  # type: ignore[misc]
        def load(self) -> None:
            self.nlp = {"en": spacy.blank("en")}

    # Without this the e-mail recognizer fetches the list of public suffixes.
    offline = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    tldextract.tldextract.TLD_EXTRACTOR = offline
    engine = BlankEngine(models=[{"lang_code": "en", "model_name": "blank"}])
    engine.load()
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=engine)
    return AnalyzerEngine(nlp_engine=engine, registry=registry, supported_languages=["en"])


def stock(texts: list[str]) -> list[list[Span]]:
    """Stock presidio with every entity it has; entities with a name of ours are kept."""
    analyzer = _analyzer()
    return [
        [
            (result.start, result.end, STOCK[result.entity_type])
            for result in analyzer.analyze(text=text, language="en")
            if result.entity_type in STOCK
        ]
        for text in texts
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pii.presidio_synth")
    parser.add_argument("--data", type=Path, required=True, help="folder that holds pii/")
    parser.add_argument("--detector", help="package.module:predict, beside stock presidio")
    arguments = parser.parse_args()
    loaded = cases(arguments.data)
    detectors: dict[str, Predict] = {"stock presidio": stock}
    if arguments.detector:
        detectors[arguments.detector] = load(arguments.detector)
    # A Chinese number is a phone number too.
    equivalent = {("phone", "cn_mobile"), ("phone", "cn_landline")}
    kinds = {*ENTITIES.values(), *(predicted for _, predicted in equivalent)}
    for name, predict in detectors.items():
        print(f"\n== {name}")
        print(score(loaded, predict, equivalent=equivalent, kinds=kinds).table())


if __name__ == "__main__":
    main()
