"""Write the script table: `corpus_audit/text/data/scripts.npz`.

Per code point the class of `corpus_audit.text.scripts.SCRIPTS`, and whether it is written only in
simplified or only in traditional Chinese. The table is shipped, not computed at start, because
`unicodedata` changes with the Python version. Needs OpenCC (a development dependency). The n-gram
profiles are not built here: they are read from the installed langdetect at first use.

    python scripts/build_language_tables.py [OUTPUT]
"""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import numpy as np
import opencc

from corpus_audit.text.scripts import SCRIPTS, SIMPLIFIED, TRADITIONAL

DEFAULT = Path(__file__).parent.parent / "corpus_audit/text/data/scripts.npz"
# First words of character names, where they are not the name of the script.
NAMES = {"CJK": "Han", "IDEOGRAPHIC": "Han", "VERTICAL": "Han", "KATAKANA-HIRAGANA": "Katakana"}
CLASS = {name.upper(): i for i, name in enumerate(SCRIPTS)}
CLASS |= {word: SCRIPTS.index(name) for word, name in NAMES.items()}
# Letters of no script in particular; combining marks belong to any.
COMMON = ("COMBINING", "VARIATION", "MODIFIER", "MATHEMATICAL", "DOUBLE-STRUCK", "SCRIPT", "MICRO")


def script_class(code: int) -> int:
    if 0x20000 <= code < 0x3FFFE:  # planes of ideographs, also those that unicodedata lacks
        return SCRIPTS.index("Han")
    char = chr(code)
    name = unicodedata.name(char, "").removeprefix("FULLWIDTH ").removeprefix("HALFWIDTH ")
    word = name.split(" ")[0]
    if unicodedata.category(char)[0] not in "LM" and char != "〇":
        return 0
    if name.startswith(COMMON):
        return 0
    return CLASS.get(word, SCRIPTS.index("other"))


def encodable(char: str, codec: str) -> bool:
    try:
        char.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def variant(char: str, to_simplified: opencc.OpenCC, to_traditional: opencc.OpenCC) -> int:
    """OpenCC says what a character becomes; the national sets, that the other side lacks it."""
    simple, traditional = to_simplified.convert(char), to_traditional.convert(char)
    if simple != char and not encodable(char, "gb2312"):
        return int(TRADITIONAL)
    if simple == char != traditional and not encodable(char, "big5"):
        return int(SIMPLIFIED)
    return 0


def main(output: Path) -> None:
    to_simplified, to_traditional = opencc.OpenCC("t2s"), opencc.OpenCC("s2t")
    han = SCRIPTS.index("Han")
    classes = np.zeros(0x110000, np.uint8)
    for code in range(0x110000):
        classes[code] = script_class(code)
        if classes[code] == han and code < 0x20000:
            classes[code] |= variant(chr(code), to_simplified, to_traditional)
    starts = np.flatnonzero(np.diff(classes, prepend=np.uint8(255))).astype(np.uint32)
    np.savez_compressed(output, starts=starts, classes=classes[starts], scripts=np.array(SCRIPTS))
    print(f"{output}: {output.stat().st_size:,} bytes, {len(starts):,} runs")
    for name, bit in (("simplified", SIMPLIFIED), ("traditional", TRADITIONAL)):
        print(f"  only {name}: {int(((classes & bit) != 0).sum()):,}")
    for index, name in enumerate(SCRIPTS):
        print(f"  {name}: {int(((classes & 0x3F) == index).sum()):,}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT)
