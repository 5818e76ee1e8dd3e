"""Language of documents: speed, and agreement with labels and with langdetect.

python -m benchmarks.language --data DIR
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from pathlib import Path

import numpy as np
from langdetect import LangDetectException, detector_factory

from benchmarks.corpus import best, load, report
from corpus_audit.text.buffers import Utf8
from corpus_audit.text.language import LANGUAGES, MAX_CHARS, SCRIPT_CODES, detect
from corpus_audit.text.scripts import SCRIPTS, count_chars, count_scripts

FLOOR, FLOOR_CHARS, FLOOR_RATIO = 100, 2000, 100
SAMPLE = 400  # documents of each file that langdetect reads, with each of its seeds
SEEDS = range(3)
MINORITY = 0.1  # a document is of one script when all others together have fewer letters


def langdetect(text: str, seed: int) -> str:
    """langdetect's answer, with one code for Chinese."""
    detector_factory._factory.seed = seed
    detector = detector_factory._factory.create()
    detector.append(text)
    try:
        return detector.detect().split("-")[0]
    except LangDetectException:
        return "und"


def seen_bytes(strings: list[str]) -> int:
    return sum(len(text[:MAX_CHARS].encode()) for text in strings)


def share(hits: int, of: int) -> str:
    return f"{hits:,} of {of:,} ({hits / max(of, 1):.2%})"


def run(data: Path, language: str) -> None:
    table = load(data, language)
    column = table["text"].cast("large_string").combine_chunks()
    text, strings = Utf8.of(column), column.to_pylist()
    size = text.nbytes / 1e6
    seconds = best(lambda: detect(*text))
    report(f"{language}: detect, all bytes", size, seconds, FLOOR)
    report("  bytes looked at", seen_bytes(strings) / 1e6, seconds)
    report("  count_chars", size, best(lambda: count_chars(*text)), FLOOR_CHARS)
    report("  count_scripts, whole documents", size, best(lambda: count_scripts(*text)))

    found = detect(*text)
    codes = np.array(LANGUAGES)[found.language]
    counts = count_scripts(*text, MAX_CHARS)[:, : len(SCRIPTS)]
    single = counts.sum(1) - counts.max(1) <= MINORITY * counts.sum(1)
    right = codes == np.array(table["lang"].to_pylist())
    print("  as labelled, one script:", share(int(right[single].sum()), int(single.sum())))
    print("  as labelled, all:", share(int(right.sum()), len(right)))
    print("  und:", share(int((codes == "und").sum()), len(codes)))
    print("  scripts:", dict(Counter(np.array(SCRIPT_CODES)[found.script].tolist())))

    rows = random.Random(0).sample(range(len(strings)), SAMPLE)
    begin = time.process_time()
    first = [langdetect(strings[row], SEEDS[0]) for row in rows]
    spent = time.process_time() - begin
    slow = sum(len(strings[row].encode()) for row in rows) / 1e6
    report("  langdetect, all bytes", slow, spent)
    ratio = (size / seconds) / (slow / spent)
    print(f"  ratio: {ratio:.0f} times (floor {FLOOR_RATIO})")
    agreed: Counter[str] = Counter()
    for row, answer in zip(rows, first, strict=True):
        if any(langdetect(strings[row], seed) != answer for seed in SEEDS[1:]):
            agreed["unstable"] += 1
        elif not single[row]:
            agreed["mixed"] += 1
        elif answer == "ko" and codes[row] == "zh" and not counts[row, SCRIPTS.index("Hangul")]:
            agreed["korean without hangul"] += 1
        else:
            agreed["compared"] += 1
            agreed["same"] += answer == codes[row]
    print("  as langdetect, one script, seeds agree:", share(agreed["same"], agreed["compared"]))
    print(
        f"    not compared: its seeds disagree {agreed['unstable']}, several scripts"
        f" {agreed['mixed']}, it says Korean of Chinese {agreed['korean without hangul']}"
    )


def main(data: Path) -> None:
    detector_factory.init_factory()
    for language in ("zh", "en"):
        run(data, language)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.language")
    parser.add_argument("--data", type=Path, required=True, help="folder that holds bulk/")
    main(parser.parse_args().data)
