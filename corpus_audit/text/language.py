"""Language and script of each document: scripts decide where they can, langdetect's profiles else.

Looks at the first 10,000 characters of a document, as langdetect does. Differs from langdetect in
that scripts are counted first (so traditional Chinese is never Korean), only languages of the
winning script compete, and all n-grams count instead of a random sample: no seed, one answer.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_audit.text.buffers import Bytes, Int64s, Utf8
from corpus_audit.text.language_profiles import CANDIDATES, SCALE
from corpus_audit.text.language_scoring import MAX_CHARS, score
from corpus_audit.text.scripts import HANS, HANT, SCRIPTS, Int32s, count_scripts

#: Part of unit keys: raise it when any answer changes.
VERSION = 1

# Scripts that stand for one language here, with their ISO 15924 names; "" where several share it.
_OF_SCRIPT = {
    "none": ("und", "Zyyy"), "Latin": ("", "Latn"), "Han": ("zh", "Hani"),
    "Hiragana": ("ja", "Jpan"), "Katakana": ("ja", "Jpan"), "Bopomofo": ("zh", "Hani"),
    "Hangul": ("ko", "Kore"), "Thai": ("th", "Thai"), "Arabic": ("", "Arab"),
    "Hebrew": ("he", "Hebr"), "Cyrillic": ("", "Cyrl"), "Greek": ("el", "Grek"),
    "Devanagari": ("", "Deva"), "Bengali": ("bn", "Beng"), "Gurmukhi": ("pa", "Guru"),
    "Gujarati": ("gu", "Gujr"), "Tamil": ("ta", "Taml"), "Telugu": ("te", "Telu"),
    "Kannada": ("kn", "Knda"), "Malayalam": ("ml", "Mlym"), "Armenian": ("hy", "Armn"),
    "Georgian": ("ka", "Geor"), "Khmer": ("km", "Khmr"), "Lao": ("lo", "Laoo"),
    "Myanmar": ("my", "Mymr"), "Sinhala": ("si", "Sinh"), "Ethiopic": ("am", "Ethi"),
    "Tibetan": ("bo", "Tibt"), "Mongolian": ("mn", "Mong"), "Yi": ("ii", "Yiii"),
    "Oriya": ("or", "Orya"), "other": ("und", "Zzzz"),
}  # fmt: skip

#: What `Languages.language` and `Languages.script` index.
LANGUAGES = tuple(
    sorted(
        {code for code, _ in _OF_SCRIPT.values() if code}
        | {code for codes in CANDIDATES.values() for code in codes}
    )
)
SCRIPT_CODES = tuple(sorted({name for _, name in _OF_SCRIPT.values()} | {"Hans", "Hant"}))

# How much a letter carries, in Latin letters. A Han character or a syllable of Hangul says what
# four of them do; and Latin letters inside a text of another script are mostly names and code.
_WEIGHTS = np.full(len(SCRIPTS), 2.0)
_WEIGHTS[[SCRIPTS.index("none"), SCRIPTS.index("Latin")]] = (0.0, 1.0)
for _name in ("Han", "Bopomofo", "Hangul"):
    _WEIGHTS[SCRIPTS.index(_name)] = 4.0
for _name in ("Hiragana", "Katakana"):
    _WEIGHTS[SCRIPTS.index(_name)] = 3.0

#: Japanese from this share of kana among Han and kana on.
KANA_SHARE = 0.1
#: A variant of Chinese is named when its own characters outnumber those of the other so.
VARIANT_RATIO = 3
#: `und` below: letters where the script decides; letters and log-odds where n-grams do. Of short
#: texts in 31 languages, those that a smaller margin decides are right in 1 of 4 cases.
MIN_LETTERS, MIN_SCORED_LETTERS, MIN_MARGIN = 2, 10, 1.5


class Languages(NamedTuple):
    """One entry per document."""

    language: npt.NDArray[np.int8]  # index into LANGUAGES
    script: npt.NDArray[np.int8]  # index into SCRIPT_CODES
    margin: npt.NDArray[np.float32]  # log-odds against the runner-up; inf where the script decided


def detect(offsets: Int64s, data: Bytes) -> Languages:
    """Language and script of each document."""
    text = Utf8(offsets, data)
    counts = count_scripts(offsets, data, MAX_CHARS)
    winner, letters = _choose_script(counts)
    language = _LANGUAGE[winner]
    language[letters < MIN_LETTERS] = _UND
    script = _SCRIPT[winner]
    _name_variant(counts, winner, script)
    margin = np.full(len(text), np.inf, np.float32)
    for name, codes in CANDIDATES.items():
        rows = np.flatnonzero(winner == SCRIPTS.index(name))
        if len(rows):
            language[rows], margin[rows] = _score(text, rows, name, codes)
    return Languages(language, script, margin)


def _choose_script(counts: Int32s) -> tuple[npt.NDArray[np.intp], Int32s]:
    """The script with most weight in each document, 0 where there is none, and its letters."""
    own = counts[:, : len(SCRIPTS)].copy()
    kana = own[:, _HIRAGANA] + own[:, _KATAKANA]
    # Han, kana and Bopomofo stand or fall together, under the name of what they then are.
    han = own[:, _HAN] + own[:, _BOPOMOFO]
    weight = own * _WEIGHTS
    shared = weight[:, [_HAN, _HIRAGANA, _KATAKANA, _BOPOMOFO]].sum(1)
    japanese = kana > KANA_SHARE * (kana + han)
    weight[:, [_HAN, _HIRAGANA, _KATAKANA, _BOPOMOFO]] = 0
    weight[:, _HAN] = np.where(japanese, 0, shared)
    weight[:, _HIRAGANA] = np.where(japanese, shared, 0)
    own[:, _HAN] = own[:, _HIRAGANA] = han + kana
    winner = weight.argmax(1)  # of none where all are 0
    return winner, own[np.arange(len(own)), winner]


def _name_variant(
    counts: Int32s, winner: npt.NDArray[np.intp], script: npt.NDArray[np.int8]
) -> None:
    hans, hant = counts[:, HANS], counts[:, HANT]
    chinese = winner == _HAN
    script[chinese & (hans > VARIANT_RATIO * hant)] = SCRIPT_CODES.index("Hans")
    script[chinese & (hant > VARIANT_RATIO * hans)] = SCRIPT_CODES.index("Hant")


def _score(
    text: Utf8, rows: Int64s, script: str, codes: tuple[str, ...]
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Languages of documents whose script several share, and how clear they are."""
    scores, letters = score(text, rows, script)
    scores = scores[:, : len(codes)]
    best = scores.argmax(1)
    first, second = np.partition(scores, -2, axis=1)[:, -2:].T[::-1]
    margin = ((first - second) / SCALE).astype(np.float32)
    language = np.array([LANGUAGES.index(code) for code in codes], np.int8)[best]
    language[(letters < MIN_SCORED_LETTERS) | (margin < MIN_MARGIN)] = _UND
    return language, margin


_HAN, _HIRAGANA, _KATAKANA, _BOPOMOFO = (
    SCRIPTS.index(name) for name in ("Han", "Hiragana", "Katakana", "Bopomofo")
)
_UND = LANGUAGES.index("und")
_LANGUAGE = np.array([LANGUAGES.index(_OF_SCRIPT[s][0] or "und") for s in SCRIPTS], np.int8)
_SCRIPT = np.array([SCRIPT_CODES.index(_OF_SCRIPT[s][1]) for s in SCRIPTS], np.int8)
