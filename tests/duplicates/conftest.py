"""A corpus with planted copies."""

import json
import random
from pathlib import Path

import pytest

KEY = b"k" * 32
LETTERS = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发"


def prose(seed: int, length: int) -> str:
    made = random.Random(seed)
    return "".join(made.choices(LETTERS, k=length))


def write(path: Path, rows: list[dict]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    path.write_text("".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def corpus(tmp_path_factory) -> Path:
    """Two sources of 60 plain documents each, and copies of every tier in both."""
    folder = tmp_path_factory.mktemp("planted")
    (folder / "key").write_bytes(KEY)
    for number, source in enumerate(("alpha", "beta")):
        rows = [{"id": f"{source}-{i}", "text": prose(1000 * number + i, 300)} for i in range(60)]
        write(folder / f"data/{source}.jsonl", rows)
    base = prose(1, 300)  # alpha-1
    more = [
        {"id": "exact", "text": prose(0, 300)},
        {"id": "exact-2", "text": prose(0, 300)},
        {"id": "spaced", "text": " ".join(prose(2, 300))},
        {"id": "near", "text": base[:150] + "某" + base[151:]},
        {"id": "longer", "text": prose(3, 300) + prose(77, 20)},
        {"id": "short-1", "text": "注册就送礼，欢迎来电咨询：张先生在线等你，数量有限"},
        {"id": "short-2", "text": "注册就送礼，欢迎来电咨询：张先生在线等你，数量有限！"},
        {"id": "tiny-1", "text": "好的"},
        {"id": "tiny-2", "text": "好的"},
        {"id": "tiny-3", "text": "好 的"},
        {"id": "half", "text": base[:150] + prose(99, 150)},
        {"id": "border-1", "text": prose(55, 66)},
        {"id": "border-2", "text": prose(55, 66) + "完毕啊"},
    ]
    write(folder / "data/gamma.jsonl", more)
    return folder
