"""Write the fold tables: `corpus_audit/text/data/fold_plain.npz` and `fold_pinyin.npz`.

The table is shipped, not computed at start, because `unicodedata` changes with the Python version
and the same corpus must give the same answer everywhere. Needs OpenCC (a development dependency).

In the pinyin view each Han character is its most common reading without tone, and a quote: 赌博 and
读博 are du'bo'. Readings are those of pypinyin (a development dependency).

    python scripts/build_fold_table.py [FOLDER]
"""

from __future__ import annotations

import re
import sys
import unicodedata
from pathlib import Path

import numpy as np
import opencc
import pypinyin

from corpus_audit.text.fold import BASE, COLLAPSE, DELETE, EXPAND, MARK, TABLES, TRANSFORMS

DEFAULT = Path(__file__).parent.parent / "corpus_audit/text/data"
LIMIT = 0x110000
BIT = {name: 1 << i for i, name in enumerate(TRANSFORMS)}
# Bases whose combining marks are decoration; in Thai, Hindi or Arabic marks are spelling.
BASES = ("LATIN", "GREEK", "CYRILLIC", "CJK", "DIGIT", "IDEOGRAPHIC")
IGNORABLE = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, 0x2800}
IGNORABLE |= {*range(0xFE00, 0xFE10), *range(0xE0000, 0xE1000), *range(0x180B, 0x1810)}


def is_base(char: str) -> bool:
    return unicodedata.name(char, "").removeprefix("COMBINING ").startswith(BASES)


def strip_marks(text: str) -> str:
    """Remove the marks that stand on a base of `BASES`, recompose the rest."""
    kept: list[str] = []
    on_base = False
    for char in unicodedata.normalize("NFD", text):
        if unicodedata.category(char) in ("Mn", "Me"):
            if on_base:
                continue
        else:
            on_base = is_base(char)
        kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept))


def simplified() -> dict[str, str]:
    """Traditional characters and their simplified form, one character each."""
    converter = opencc.OpenCC("t2s")
    han = [chr(c) for c in range(0x3400, 0x323B0) if unicodedata.name(chr(c), "")[:3] == "CJK"]
    turned = converter.convert("\n".join(han)).split("\n")
    return {a: b for a, b in zip(han, turned, strict=True) if a != b and len(b) == 1}


def bare_letter(char: str) -> str:
    """The letter of a stroked, hooked, negative circled, ... Latin letter; else the character.

    These have no decomposition, so their names tell.
    """
    name = unicodedata.name(char, "")
    found = re.fullmatch(r"LATIN (?:SMALL|CAPITAL) LETTER (?:DOTLESS )?([A-Z])(?: WITH .*)?", name)
    found = found or re.fullmatch(
        r"(?:NEGATIVE |PARENTHESIZED |TORTOISE SHELL BRACKETED )?(?:CIRCLED |SQUARED )?"
        r"LATIN (?:SMALL|CAPITAL) LETTER ([A-Z])", name
    )  # fmt: skip
    return found[1].lower() if found else char


def fold_char(char: str, to_simplified: dict[str, str]) -> tuple[str, int]:
    """The folded form of one code point, and the bits of what changed it."""
    code, category = ord(char), unicodedata.category(char)
    if char in "\t\n\r\x0b\x0c\x85\u2028\u2029" or category == "Zs":
        return " ", BIT["width"] if char == "\u3000" else 0
    if category in ("Cf", "Cc") or code in IGNORABLE:
        return "", BIT["invisible"]
    bits = 0
    letter = bare_letter(char)
    if "LETTER" in unicodedata.name(char, "") and letter.isascii() and not char.isascii():
        width = unicodedata.decomposition(char).startswith("<wide>")
        with_mark = "WITH" in unicodedata.name(char, "")
        return letter, BIT["width" if width else "mark" if with_mark else "variant"]
    text = unicodedata.normalize("NFKC", char)
    if text != char:
        tag = unicodedata.decomposition(char).split(" ")[0]
        bits |= BIT["width"] if tag in ("<wide>", "<narrow>") else BIT["variant"]
    folded = unicodedata.normalize("NFKC", text.casefold())
    if folded != text:
        bits |= BIT["case"]
    simple = "".join(to_simplified.get(c, c) for c in folded)
    if simple != folded:
        bits |= BIT["simplified"]
    bare = strip_marks(simple)
    if bare != simple:
        bits |= BIT["mark"]
    return bare, bits


def reading(text: str) -> str:
    """A Han character as the pinyin view writes it; other text as it is."""
    syllables = pypinyin.lazy_pinyin(text, style=pypinyin.Style.NORMAL, errors="ignore")
    if len(text) != 1 or not syllables:
        return text
    return strip_marks(syllables[0]).replace("ü", "v") + "'"


def build(pinyin: bool) -> dict[str, np.ndarray]:
    to_simplified = simplified()
    table = np.arange(LIMIT, dtype=np.uint32)
    bits = np.zeros(LIMIT, dtype=np.uint8)
    expansions: list[bytes] = []
    seen: dict[str, int] = {}
    for code in range(LIMIT):
        char = chr(code)
        if 0xD800 <= code < 0xE000 or unicodedata.category(char) in ("Cn", "Co"):
            continue
        if unicodedata.category(char) in ("Mn", "Me") and code not in IGNORABLE:
            table[code], bits[code] = MARK | code, BIT["mark"]
            continue
        folded, bits[code] = fold_char(char, to_simplified)
        if pinyin:
            folded = reading(folded)
        base = BASE if folded and is_base(folded[-1]) else 0
        if not folded:
            table[code] = DELETE
        elif folded == " ":
            table[code] = COLLAPSE | ord(" ")
        elif len(folded) == 1:
            table[code] = base | ord(folded)
        else:
            index = seen.setdefault(folded, len(expansions))
            if index == len(expansions):
                expansions.append(folded.encode())
            table[code] = EXPAND | base | index
    ends = np.cumsum([0, *map(len, expansions)]).astype(np.int64)
    return {
        "table": table ^ np.arange(LIMIT, dtype=np.uint32),
        "bits": bits,
        "expansion_offsets": ends,
        "expansion_data": np.frombuffer(b"".join(expansions), np.uint8),
        "unicode": np.array(unicodedata.unidata_version),
    }


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    for name in TABLES:
        output = folder / f"fold_{name}.npz"
        with output.open("wb") as file:
            np.savez_compressed(file, **build(pinyin=name == "pinyin"))
        print(f"{output}: {output.stat().st_size:,} bytes")
