"""How common words are in ordinary Chinese: the counts of jieba's dictionary."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class Frequencies(NamedTuple):
    """Counts of words in the text that the dictionary was made from."""

    seen: dict[str, int]
    total: int  # words of that text: 60 million
    length: float  # characters of a word of it, on average

    def share(self, times: Floats, chars: float) -> Floats:
        """Shares of documents of so many Chinese characters that hold words of such counts.

        Words are taken to fall independently (Poisson).
        """
        share: Floats = -np.expm1(-times / self.total * chars / self.length)
        return share


@cache
def word_frequencies() -> Frequencies:
    """Read the dictionary, without starting jieba."""
    spec = find_spec("jieba")
    assert spec is not None and spec.origin is not None
    count: dict[str, int] = {}
    total = chars = 0
    for line in Path(spec.origin).with_name("dict.txt").read_text(encoding="utf-8").splitlines():
        word, seen, _ = line.split(" ")
        times = int(seen)
        count[word.lower()] = count.get(word.lower(), 0) + times
        total += times
        chars += times * len(word)
    return Frequencies(count, total, chars / total)
