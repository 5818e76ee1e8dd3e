"""Draws samples from an audit of any size: seeded, replayable, without replacement.

A document is drawn for its keyed hash of seed, path and position: of each stratum those with the
smallest. So the same seed gives the same sample, and data that comes later takes the place of few.
Two passes over four columns of `documents/`: the first counts the strata, which tells how small a
hash has to be; the second collects what is small enough.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from corpus_audit import __version__
from corpus_audit.audit.store import AuditStore
from corpus_audit.errors import UsageError
from corpus_audit.findings import finished_units
from corpus_audit.review.frame import Frame, Ints, Uint64s, mix
from corpus_audit.review.samples import (
    DRAWN,
    Ask,
    Sample,
    Stratum,
    Technical,
    item_name,
    manifest_digest,
    sample_id,
)
from corpus_audit.tally import add_counts
from corpus_audit.units import UnitResult

_BITS = 20  # of a hash, to find a threshold by


def draw(store: AuditStore, ask: Ask, *, technical_share: float | None) -> tuple[Sample, pa.Table]:
    """Draw a sample; nothing is written. `technical_share`: of all documents, for detectors."""
    frame = Frame(store, ask)
    counts = _count(frame)
    if not counts.sum():
        raise UsageError(f"{store.url}: no document was scanned, so there is nothing to draw from.")
    stratum_of, strata = _strata(frame.sources, counts, ask)
    sizes = np.array([stratum.drawn for stratum in strata], np.int64)
    populations = np.array([stratum.population for stratum in strata], np.int64)
    limits = _limits(sizes, populations)
    picked, technical = _pick(frame, stratum_of, limits, technical_share, int(counts.sum()))
    enough = np.bincount(picked.stratum, minlength=len(strata)) >= sizes
    if not enough.all():  # hashes were unluckily large: no limit for these
        limits[~enough] = np.iinfo(np.uint64).max
        picked, _ = _pick(frame, stratum_of, limits, None, 0)
    picked = _smallest(picked, sizes)
    units = finished_units(store)
    sample = Sample(
        id=sample_id(ask, units),
        ask=ask,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        version=__version__,
        audit=manifest_digest(store),
        frame={
            name: (int(counts[code, 0]), int(counts[code, 1]))
            for code, name in sorted(enumerate(frame.sources), key=lambda pair: pair[1])
        },
        left_out=_left_out(store, units),
        strata=tuple(strata),
        technical=technical,
    )
    return sample, _table(store, sample, picked)


def _left_out(store: AuditStore, units: Sequence[str]) -> dict[str, int]:
    """Documents by source that the scan itself left out, where it drew a sample."""
    left: dict[str, int] = {}
    for unit in units:
        tally = UnitResult.from_bytes(store.read(f"units/{unit}.json")).tally
        add_counts(left, {name: one.undrawn for name, one in tally.sources.items() if one.undrawn})
    return left


def _count(frame: Frame) -> Ints:
    """Documents by source and by whether a counted risk was hit."""
    counts = np.zeros((0, 2), np.int64)
    for rows in frame.rows(hashed=False):
        grown = np.zeros((max(len(frame.sources), len(counts)), 2), np.int64)
        grown[: len(counts)] = counts
        cells = np.bincount(2 * rows.source + rows.flagged, minlength=grown.size)
        counts = grown + cells.reshape(-1, 2)
    return counts


def _strata(names: Sequence[str], counts: Ints, ask: Ask) -> tuple[Ints, list[Stratum]]:
    """(the stratum of each source and flag, the strata) with what is to be drawn from each."""
    number: dict[tuple[str | None, bool | None], int] = {}
    stratum_of = np.full(counts.shape, -1, np.int64)
    for code, name in sorted(enumerate(names), key=lambda pair: pair[1]):
        for flagged in (False, True):
            if counts[code, int(flagged)]:
                key = (name if "source" in ask.by else None, flagged if "flags" in ask.by else None)
                stratum_of[code, int(flagged)] = number.setdefault(key, len(number))
    populations = np.bincount(
        stratum_of[stratum_of >= 0], weights=counts[stratum_of >= 0], minlength=len(number)
    ).astype(np.int64)
    sizes = np.minimum(populations, ask.size)
    if ask.plan == "standard" and len(number) > 1:
        sizes = _proportional(populations, ask.size)
    strata = [
        Stratum(source=source, flagged=flagged, population=int(n), drawn=int(size))
        for (source, flagged), n, size in zip(number, populations, sizes, strict=True)
    ]
    return stratum_of, strata


def _proportional(populations: Ints, size: int) -> Ints:
    """Sizes in proportion, rounded up, so that every stratum is drawn from."""
    share = min(1.0, size / int(populations.sum()))
    sizes: Ints = np.minimum(populations, np.ceil(populations * share).astype(np.int64))
    return sizes


def _limits(sizes: Ints, populations: Ints) -> Uint64s:
    """Hashes under these are, all but certainly, enough."""
    most = np.iinfo(np.uint64).max
    share = (sizes + 8 * np.sqrt(sizes) + 32) / np.maximum(populations, 1)
    return np.array([most if s >= 1 else int(s * most) for s in share.tolist()], np.uint64)


class _Picked(NamedTuple):
    stratum: Ints
    hash: Uint64s
    unit: list[str]
    row: Ints

    def take(self, order: Ints) -> _Picked:
        units = [self.unit[i] for i in order.tolist()]
        return _Picked(self.stratum[order], self.hash[order], units, self.row[order])


def _pick(
    frame: Frame,
    stratum_of: Ints,
    limits: Uint64s,
    technical_share: float | None,
    documents: int,
) -> tuple[_Picked, Technical | None]:
    strata, hashes, units, places = [], [], [], []
    bins = np.zeros((1 << _BITS, 2), np.int64)
    wanted = math.ceil(documents * (technical_share or 0) - 1e-9)
    cut = (wanted + 8 * math.sqrt(wanted) + 32) / max(documents, 1) * (1 << _BITS)
    for rows in frame.rows(hashed=True):
        stratum = stratum_of[rows.source, rows.flagged.astype(np.int64)]
        small = np.flatnonzero(rows.hash <= limits[stratum])
        strata.append(stratum[small])
        hashes.append(rows.hash[small])
        places.append(rows.first + small)
        units += [rows.unit] * len(small)
        if technical_share:
            # Mixed once more: the documents that people judge are no part of it by design.
            top = (mix(rows.hash) >> np.uint64(64 - _BITS)).astype(np.int64)
            near = np.flatnonzero(top < cut)
            np.add.at(bins, (top[near], rows.flagged[near].astype(np.int64)), 1)
    picked = _Picked(np.concatenate(strata), np.concatenate(hashes), units, np.concatenate(places))
    if not technical_share:
        return picked, None
    reached = np.cumsum(bins.sum(axis=1))
    last = int(np.searchsorted(reached, wanted))
    technical = Technical(
        drawn=int(reached[last]),
        failed=int(bins[: last + 1, 1].sum()),
        share=technical_share,
        threshold=last,
    )
    return picked, technical


def _smallest(picked: _Picked, sizes: Ints) -> _Picked:
    """Of each stratum the so many smallest hashes."""
    order = np.lexsort((picked.hash, picked.stratum))
    stratum = picked.stratum[order]
    first = np.searchsorted(stratum, np.arange(len(sizes)))
    rank = np.arange(len(order)) - first[stratum]
    return picked.take(order[rank < sizes[stratum]])


def _table(store: AuditStore, sample: Sample, picked: _Picked) -> pa.Table:
    """The drawn documents in random order, with who judges them."""
    facts = _facts(store, picked)
    again = mix(picked.hash ^ np.uint64(0xD0B1E))  # who is judged twice
    twice = _twice(picked.stratum, again, sample)
    order = np.argsort(mix(again))  # a random order: its beginning is a sample too
    reviewers = sample.ask.reviewers
    records = []
    for turn, i in enumerate(order.tolist()):
        stratum = sample.strata[int(picked.stratum[i])]
        records.append(
            facts[i]
            | {
                "item": item_name(int(picked.hash[i])),
                "stratum": int(picked.stratum[i]),
                "probability": stratum.drawn / stratum.population,
                "unit": picked.unit[i],
                "first": reviewers[turn % len(reviewers)],
                "second": reviewers[(turn + 1) % len(reviewers)] if twice[i] else None,
            }
        )
    return pa.Table.from_pylist(records, schema=DRAWN)


def _twice(stratum: Ints, again: Uint64s, sample: Sample) -> npt.NDArray[np.bool_]:
    """Of each stratum the same share, at random, rounded up."""
    order = np.lexsort((again, stratum))
    first = np.searchsorted(stratum[order], np.arange(len(sample.strata)))
    rank = np.arange(len(order)) - first[stratum[order]]
    drawn = np.array([each.drawn for each in sample.strata])
    wanted = np.ceil(drawn * sample.ask.double - 1e-9).astype(np.int64)
    twice = np.zeros(len(order), np.bool_)
    twice[order] = rank < wanted[stratum[order]]
    return twice


def _facts(store: AuditStore, picked: _Picked) -> list[dict[str, Any]]:
    """What `documents/` says of the drawn rows, in their order."""
    by_unit: dict[str, list[int]] = {}
    for i, unit in enumerate(picked.unit):
        by_unit.setdefault(unit, []).append(i)
    columns = ["doc", "source", "path", "position", "digest", "risks"]
    facts: list[dict[str, Any]] = [{}] * len(picked.unit)
    for unit, indices in by_unit.items():
        with store.open(f"documents/{unit}.parquet") as stream:
            file = pq.ParquetFile(stream)
            indices.sort(key=lambda i: picked.row[i])
            first, left = 0, indices
            for group in range(file.num_row_groups):
                end = first + file.metadata.row_group(group).num_rows
                here = [i for i in left if picked.row[i] < end]
                if here:
                    table = file.read_row_group(group, columns=columns)
                    found = table.take(pa.array([int(picked.row[i]) - first for i in here]))
                    for i, record in zip(here, found.to_pylist(), strict=True):
                        facts[i] = record
                first, left = end, left[len(here) :]
    return facts
