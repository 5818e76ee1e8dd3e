"""Small deliveries of data for gates, and two rules that find something in them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

RULES = """
[[rule]]
id = "t.bet"
risk = "A.1.h"
severity = "high"
confidence = "high"
title = { en = "betting", zh = "投注" }
terms = ["梭哈必胜"]
hits = ["来，梭哈必胜"]
misses = ["梭哈"]

[[rule]]
id = "t.blade"
risk = "A.1.f"
severity = "high"
confidence = "high"
title = { en = "blades", zh = "刀具" }
terms = ["血刃狂欢"]
hits = ["血刃狂欢之夜"]
misses = ["刀刃"]
"""
BET, BLADE = "来玩，梭哈必胜，第 {} 局", "血刃狂欢之夜，第 {} 夜"
PLAIN = "今天天气很好，我们去公园散步，第 {} 天，回家以后读书。"


def texts(plain: int, bet: int = 0, blade: int = 0, first: int = 0) -> list[str]:
    """So many texts, no two alike; `first` begins the count, so that others can be made."""
    made = [PLAIN.format(first + i) for i in range(plain)]
    made += [BET.format(first + i) for i in range(bet)]
    return made + [BLADE.format(first + i) for i in range(blade)]


def write(folder: Path, sources: Mapping[str, Sequence[str | dict]]) -> Path:
    """A folder per source, with one JSONL file; a text that is no JSON object is taken as text."""
    for name, rows in sources.items():
        file = folder / name / "part.jsonl"
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = [
            row
            if isinstance(row, str) and row.startswith("{")
            else json.dumps(row if isinstance(row, dict) else {"text": row}, ensure_ascii=False)
            for row in rows
        ]
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return folder
