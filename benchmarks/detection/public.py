"""Labelled sets under `--data`: what is harmful in them, what is not, and on what ground."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import orjson


class Labelled(NamedTuple):
    """A text that is harmful or not; `ground` is the set's own word for what it is about."""

    text: str
    harmful: bool
    ground: str


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a gzipped CSV file."""
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def cold(data: Path, split: str) -> list[Labelled]:
    """COLDataset: offensive language about race, region and gender, in Chinese."""
    return [
        Labelled(row["TEXT"], row["label"] == "1", row["topic"])
        for row in rows(data / f"classify/cold/{split}.csv.gz")
    ]


def swsr(data: Path) -> list[Labelled]:
    """SWSR: Chinese sexism; the ground is the category, or "none"."""
    return [
        Labelled(row["comment_text"], row["label"] == "1", row["category"] or "none")
        for row in rows(data / "classify/swsr/SexComment.csv.gz")
    ]


def davidson(data: Path) -> list[Labelled]:
    """Davidson et al.: tweets, class 0 hate and 1 offensive are harmful, 2 neither."""
    return [
        Labelled(row["tweet"], row["class"] != "2", "class " + row["class"])
        for row in rows(data / "classify/davidson/labeled_data.csv.gz")
    ]


def madlibs(data: Path) -> list[Labelled]:
    """Identity terms in templates: the harmless ones must not be hit for the term alone."""
    return [
        Labelled(row["Text"], row["Label"] == "BAD", row["Label"])
        for row in rows(data / "classify/madlibs/bias_madlibs_77k.csv.gz")
    ]


def jade(data: Path) -> list[Labelled]:
    """JADE: harmful questions and answers, and safe answers about the same things."""
    with gzip.open(data / "classify/jade/jade_zh_half.jsonl.gz", "rb") as file:
        records = [orjson.loads(line) for line in file]
    return [
        Labelled(record["text"], record["kind"] != "safe_answer", record["kind"])
        for record in records
    ]


def labelled(path: Path) -> list[Labelled]:
    """Any JSONL with `text`, `label` (0 or 1) and, if there, `ground`."""
    with path.open("rb") as file:
        records = [orjson.loads(line) for line in file if line.strip()]
    return [
        Labelled(record["text"], bool(int(record["label"])), str(record.get("ground", "all")))
        for record in records
    ]
