"""Folding into the plain view, beside what a user would call for it."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import opencc
import pyarrow.compute as pc

from benchmarks.corpus import best, report, texts
from corpus_audit.text.buffers import Utf8
from corpus_audit.text.fold import fold

FLOOR = 400


def main(data: Path) -> None:
    converter = opencc.OpenCC("t2s")
    for language in ("zh", "en"):
        column = texts(data, language)
        raw = Utf8.of(column)
        report(f"fold, {language}", raw.nbytes / 1e6, best(lambda raw=raw: fold(raw)), FLOOR)
        piece = column.slice(0, len(column) // 4)
        size, strings = Utf8.of(piece).nbytes / 1e6, piece.to_pylist()
        report("  unicodedata NFKC + casefold, NFKC alone is less", size, best(
            lambda strings=strings: [
                unicodedata.normalize("NFKC", text).casefold() for text in strings
            ], 1))  # fmt: skip
        report("  pyarrow utf8_normalize NFKC", size, best(
            lambda piece=piece: pc.utf8_normalize(piece, form="NFKC"), 1))  # fmt: skip
        report("  OpenCC t2s", size, best(
            lambda strings=strings: [converter.convert(text) for text in strings], 1))  # fmt: skip
