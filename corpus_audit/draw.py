"""Which documents a scan of a sample takes: those with the smallest numbers of their source.

A document's number is a hash of the seed, its file and its place in it. So the draw can be made
again, it depends on nothing in the text, and documents that are added move no other's number.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpus_audit.errors import UsageError
from corpus_audit.pii.masking import mask_label
from corpus_audit.text.batch import Batch

UInt64s = npt.NDArray[np.uint64]
METHOD = "splitmix64 of BLAKE2b-64(seed, file) and position; the smallest of each source"


@dataclass(frozen=True, slots=True)
class Asked:
    """What `--sample` asks for: a share of every source, or so many documents of each."""

    share: float | None
    count: int | None
    seed: int

    @classmethod
    def parse(cls, text: str, seed: int) -> Asked:
        """`10%` or `4000`."""
        written = text.strip().replace(",", "")
        if match := re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", written):
            share = float(match[1]) / 100
            if 0 < share <= 1:
                return cls(share, None, seed)
        elif written.isdecimal() and int(written) > 0:
            return cls(None, int(written), seed)
        raise UsageError(
            f"--sample {text}: is neither a share nor a count. Write 10% for a tenth of every "
            "source, or 4000 for so many documents of each."
        )

    def of(self, documents: int) -> int:
        """How many of so many documents: never fewer than the share."""
        if self.share is not None:
            return min(documents, math.ceil(documents * self.share - 1e-9))
        return min(documents, self.count or 0)


@dataclass(frozen=True)
class Draw:
    """A draw from a known frame."""

    asked: Asked
    frame: Mapping[str, int] = field(default_factory=dict)  # source -> documents
    last: Mapping[str, int] = field(default_factory=dict)  # source -> largest number taken

    def takes(self, batch: Batch, file: str, inside: str) -> npt.NDArray[np.bool_]:
        """Which documents of a batch are drawn. `inside`: what paths of its members begin with."""
        sources = batch.records.column("source").dictionary_encode()
        # of a source that was not there when the frame was made, nothing is drawn
        last = [self.last.get(name, -1) for name in sources.dictionary.to_pylist()]
        known = np.array([each >= 0 for each in last], np.bool_)
        most = np.array([max(each, 0) for each in last], np.uint64)
        code = sources.indices.to_numpy(zero_copy_only=False)
        taken = numbers(batch, self.asked.seed, file, inside) <= most[code]
        return np.asarray(taken & known[code], np.bool_)

    def drawn(self) -> dict[str, int]:
        return {source: self.asked.of(documents) for source, documents in self.frame.items()}

    def to_json(self, key: bytes) -> dict[str, Any]:
        """As plain JSON, with names of sources as an audit has them."""

        def by_label(counts: Mapping[str, int]) -> dict[str, int]:
            return {mask_label(name, key): count for name, count in sorted(counts.items())}

        return {
            **asdict(self.asked),
            "method": METHOD,
            "frame": by_label(self.frame),
            "drawn": by_label(self.drawn()),
            "last": {name: str(n) for name, n in by_label(self.last).items()},  # 64 bits
        }


def draw(asked: Asked, found: Iterable[Mapping[str, UInt64s]]) -> Draw:
    """Settle a draw from the numbers of all documents, given in pieces."""
    pieces: dict[str, list[UInt64s]] = {}
    for each in found:
        for source, some in each.items():
            pieces.setdefault(source, []).append(some)
    frame, last = {}, {}
    for source, parts in pieces.items():
        every = np.concatenate(parts)
        size = asked.of(len(every))
        frame[source] = len(every)
        last[source] = int(np.partition(every, size - 1)[size - 1]) if size else -1
    return Draw(asked, frame, last)


def numbers(batch: Batch, seed: int, file: str, inside: str) -> UInt64s:
    """The number of every document of a batch of one file."""
    paths = batch.records.column("path").dictionary_encode()
    members = [path.removeprefix(inside) for path in paths.dictionary.to_pylist()]
    base = np.array([_base(seed, file, member) for member in members], np.uint64)
    position = batch.records.column("position").to_numpy().astype(np.uint64)
    code = paths.indices.to_numpy(zero_copy_only=False)
    return _mixed(_mixed(position) ^ base[code])


def numbers_by_source(batch: Batch, every: UInt64s) -> dict[str, UInt64s]:
    """The same, source by source."""
    sources = batch.records.column("source").dictionary_encode()
    code = sources.indices.to_numpy(zero_copy_only=False)
    return {name: every[code == i] for i, name in enumerate(sources.dictionary.to_pylist())}


def only(batch: Batch, taken: npt.NDArray[np.bool_]) -> Batch:
    """The documents of a batch that are taken."""
    return Batch(batch.records.filter(pa.array(taken)))


def _base(seed: int, file: str, member: str) -> int:
    told = f"{seed}\0{file}\0{member}".encode()
    return int.from_bytes(hashlib.blake2b(told, digest_size=8).digest(), "little")


def _mixed(values: UInt64s) -> UInt64s:
    """The finaliser of splitmix64: every bit of the input moves half of the output's."""
    with np.errstate(over="ignore"):
        z = values + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(z ^ (z >> np.uint64(31)), np.uint64)
