"""jieba's dictionary without starting jieba: how common words are, and words by how they begin."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv

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
    """The counts of all words, small letters and capitals together."""
    table = _dictionary()
    count: dict[str, int] = {}
    for word, times in zip(table["word"].to_pylist(), table["seen"].to_pylist(), strict=True):
        count[word.lower()] = count.get(word.lower(), 0) + times
    total = pc.sum(table["seen"]).as_py()
    chars = pc.sum(pc.multiply(pc.utf8_length(table["word"]), table["seen"])).as_py()
    return Frequencies(count, total, chars / total)


class Prefixes(dict[str, int]):
    """What jieba's tokenizer looks words up in: counts by word, and 0 for what only begins one.

    Words are entered by their first characters, when a text holds these: all 349,046 and their
    beginnings would take 1.5 s and 90 MB in every process.
    """

    def __init__(self) -> None:
        table = _dictionary()
        self.total: int = pc.sum(table["seen"]).as_py()
        first = pc.utf8_slice_codeunits(table["word"], 0, 1).dictionary_encode()
        self._number = {char: i for i, char in enumerate(first.dictionary.to_pylist())}
        numbers = first.indices.to_numpy()
        self._order = np.argsort(numbers, kind="stable")
        self._bound = np.searchsorted(numbers[self._order], np.arange(len(self._number) + 1))
        self._table = table

    def enter(self, text: str) -> None:
        """Enter all words that begin with a character of the text."""
        for char in text:
            number = self._number.pop(char, None)
            if number is not None:  # else entered before, or it begins no word
                self._add(self._order[self._bound[number] : self._bound[number + 1]])

    def _add(self, rows: npt.NDArray[np.int64]) -> None:
        words = self._table.take(rows)
        for word, times in zip(*(column.to_pylist() for column in words.columns), strict=True):
            self[word] = times
            for end in range(1, len(word)):
                self.setdefault(word[:end], 0)

    def crosses(self, text: str, at: int) -> bool:
        """Does a word of the dictionary stand there that begins before `at` and ends behind it?"""
        for start in range(at):
            end = start + 1
            while end <= len(text) and (times := self.get(text[start:end])) is not None:
                if times and end > at:
                    return True
                end += 1
        return False


@cache
def _dictionary() -> pa.RecordBatch:
    """Columns `word` and `seen`, in the order of the file."""
    spec = find_spec("jieba")
    assert spec is not None and spec.origin is not None
    table = csv.read_csv(
        Path(spec.origin).with_name("dict.txt"),
        read_options=csv.ReadOptions(column_names=["word", "seen", "class"], use_threads=False),
        parse_options=csv.ParseOptions(delimiter=" ", quote_char=False),
        convert_options=csv.ConvertOptions(
            column_types={"word": pa.string(), "seen": pa.int64()},
            include_columns=["word", "seen"],
        ),
    )
    return table.combine_chunks().to_batches()[0]
