"""langdetect's n-gram profiles as tables that a kernel can walk.

langdetect emits, for each letter c after a, b, the n-grams c, bc and abc. What these three add to
the score of each language depends on (a, b, c) alone, so the three are summed here, once, into one
row; the kernel adds one row per letter and hashes nothing.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import orjson
from langdetect.utils.ngram import NGram

from corpus_audit.text.scripts import CLASS, SCRIPTS, load_classes

#: Scripts that several of langdetect's languages share, and these languages.
CANDIDATES = {
    "Latin": (
        "af", "ca", "cs", "cy", "da", "de", "en", "es", "et", "fi", "fr", "hr", "hu", "id", "it",
        "lt", "lv", "nl", "no", "pl", "pt", "ro", "sk", "sl", "so", "sq", "sv", "sw", "tl", "tr",
        "vi",
    ),
    "Cyrillic": ("bg", "mk", "ru", "uk"),
    "Arabic": ("ar", "fa", "ur"),
    "Devanagari": ("hi", "mr", "ne"),
}  # fmt: skip

WIDTH = 32  # languages per row of scores, padded: 64 bytes, one cache line
LIMIT = 0x3000  # code points from here on are UNKNOWN
SPACE, UNKNOWN = 0, 1  # the first letters of every alphabet
ALPHA = 0.5 / 10_000  # langdetect's probability of an n-gram that a profile lacks
SCALE = 1024.0  # a score of 1 is log-odds of 1 / SCALE

Keys = npt.NDArray[np.uint32]  # n-grams as rows of three code points, 0-padded on the right
Table16 = npt.NDArray[np.uint16]


class Profile(NamedTuple):
    """One script's automaton. With `row = step[state, c]; state = follow[b, c]`, letters a, b, c
    score `rows[row]`."""

    letters: Table16  # code point below LIMIT to letter of the alphabet, normalised
    follow: Table16  # [b, c] to the state "c after b"
    step: Table16  # [state, c] to a row
    rows: npt.NDArray[np.int16]  # [row, language] log-odds against ALPHA, times SCALE


class Marks(NamedTuple):
    """Vietnamese letter plus mark to the composed letter, as langdetect composes them."""

    order: npt.NDArray[np.uint8]  # mark - 0x300 to index; 255: not such a mark
    composed: Table16  # [index, letter below 0x200]; 0: none


@lru_cache
def load_marks() -> Marks:
    order = np.full(0x70, 255, np.uint8)
    composed = np.zeros((len(NGram.DMARK_CLASS), 0x200), np.uint16)
    for index, mark in enumerate(NGram.DMARK_CLASS):
        order[ord(mark) - 0x300] = index
        for letter, both in zip(
            NGram.TO_NORMALIZE_VI_CHARS, NGram.NORMALIZED_VI_CHARS[index], strict=True
        ):
            composed[index, ord(letter)] = ord(both)
    return Marks(order, composed)


@lru_cache
def load_profile(script: str) -> Profile:
    """The automaton of a script, from the profiles of the installed langdetect (0.03-0.1 s)."""
    keys, scores = _read_grams(script)
    normal = np.array([ord(NGram.normalize(chr(code))) for code in range(LIMIT)], np.uint32)
    known = np.unique(keys[(keys != 0) & (keys != ord(" "))])
    # Capitals first, so that two of them in a row are easy to tell (see below).
    capitals = np.array([chr(code).isupper() for code in known.tolist()], bool)
    alphabet = np.concatenate([known[capitals], known[~capitals]])
    number = np.full(0x11_0000, UNKNOWN, np.uint16)
    number[ord(" ")] = SPACE
    number[alphabet] = np.arange(2, 2 + len(alphabet), dtype=np.uint16)
    size, first_small = 2 + len(alphabet), 2 + int(capitals.sum())

    length = (keys != 0).sum(1)
    grams = np.where(keys == 0, 0, number[keys].astype(np.int64))
    one, two, three = (np.flatnonzero(length == n) for n in (1, 2, 3))
    rows = np.zeros((1 + len(keys), scores.shape[1]), np.float32)  # row 0 adds nothing
    rows[1:] = scores

    unigram = np.zeros(size, np.int64)
    unigram[grams[one, 0]] = one + 1
    unigram[SPACE] = 0  # langdetect never counts it alone
    bigram = np.broadcast_to(unigram, (size, size)).copy()  # [b, c], falls back to c
    b, c = grams[two, 0], grams[two, 1]
    rows[two + 1] += rows[unigram[c]]
    bigram[b, c] = two + 1
    bigram[SPACE, SPACE] = 0

    # States: of b alone (what stood before it is unknown or the start of a word), then of a, b.
    a, b, c = grams[three].T
    pairs, pair_of = np.unique(a * size + b, return_inverse=True)
    after_space = pairs % size == SPACE  # no n-gram goes on behind a space
    follow = np.broadcast_to(np.arange(size), (size, size)).copy()
    follow[pairs // size, pairs % size] = size + np.arange(len(pairs))
    follow[:, SPACE] = SPACE
    assert not after_space.any()
    step = np.concatenate([bigram, bigram[pairs % size]])
    rows[three + 1] += rows[bigram[b, c]]
    step[size + pair_of, c] = three + 1
    # langdetect counts no n-gram that ends in a second capital in a row.
    last = np.concatenate([np.arange(size), pairs % size])
    capital_rows = np.flatnonzero((last >= 2) & (last < first_small))
    step[capital_rows[:, None], np.arange(2, first_small)] = 0

    letters = number[normal]
    return Profile(
        letters,
        follow.astype(np.uint16),
        step.astype(np.uint16),
        np.rint(rows * SCALE).astype(np.int16),
    )


def _read_grams(script: str) -> tuple[Keys, npt.NDArray[np.float32]]:
    """All n-grams of a script's languages, and the log-odds that each gives to each language."""
    folder = files("langdetect") / "profiles"
    all_keys, all_chances, all_languages = [], [], []
    for index, language in enumerate(CANDIDATES[script]):
        profile = orjson.loads((folder / language).read_bytes())
        grams = np.array(list(profile["freq"]), "U3")
        counts = np.array(list(profile["freq"].values()), np.float64)
        keys = grams.view(np.uint32).reshape(-1, 3)
        totals = np.array([1, *profile["n_words"]], np.float64)
        all_keys.append(keys)
        all_chances.append(counts / totals[(keys != 0).sum(1)])
        all_languages.append(np.full(len(keys), index))
    keys, chances = np.concatenate(all_keys), np.concatenate(all_chances)
    languages = np.concatenate(all_languages)
    # Letters of other scripts, and of the East Asian blocks, are met as UNKNOWN.
    classes = load_classes()[keys] & CLASS
    own = (((classes == 0) | (classes == SCRIPTS.index(script))) & (keys < LIMIT)).all(1)
    keys, chances, languages = keys[own], chances[own], languages[own]
    packed = keys.astype(np.uint64) @ np.array([1 << 42, 1 << 21, 1], np.uint64)
    _, first, gram = np.unique(packed, return_index=True, return_inverse=True)
    scores = np.zeros((len(first), WIDTH), np.float32)
    scores[gram, languages] = np.log1p(chances / ALPHA)
    return keys[first], scores
