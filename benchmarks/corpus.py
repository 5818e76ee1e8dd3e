"""The texts that benchmarks run on."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa


def load(data: Path, language: str) -> pa.Table:
    """`bulk/<language>.jsonl.zst` as a table."""
    with pa.CompressedInputStream(pa.OSFile(str(data / f"bulk/{language}.jsonl.zst")), "zstd") as f:
        return pa.Table.from_pylist([orjson.loads(line) for line in f.read().splitlines()])


def texts(data: Path, language: str) -> pa.LargeStringArray:
    """Its texts as one large_string array."""
    return load(data, language)["text"].cast(pa.large_string()).combine_chunks()


def best(function: Callable[[], Any], runs: int = 5) -> float:
    """The least CPU seconds of some runs, after one to warm up."""
    function()
    spent = []
    for _ in range(runs):
        begin = time.process_time()
        function()
        spent.append(time.process_time() - begin)
    return min(spent)


def report(what: str, megabytes: float, seconds: float, floor: float | None = None) -> None:
    """One line: MB/s of one core, and whether the floor holds."""
    speed = megabytes / seconds
    verdict = "" if floor is None else f"   floor {floor:g}: {'ok' if speed >= floor else 'MISSED'}"
    print(f"{what:<52} {speed:9.1f} MB/s{verdict}")
