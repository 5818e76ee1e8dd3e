"""Builds batches, cut by bytes, and refuses records that hold no text to scan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from corpus_audit.readers.fields import Fields
from corpus_audit.readers.rows import Place, Rows
from corpus_audit.readers.tables import assemble_table
from corpus_audit.text.batch import Batch
from corpus_audit.types import ReadOptions, Skipped

__all__ = ["Fault", "Place", "Record", "assemble", "assemble_table"]


class Fault(NamedTuple):
    """Stands for a record that could not be parsed."""

    reason: str  # a key of SKIP_REASONS
    detail: str = ""
    source: str | None = None  # what a damaged record still shows


class Record(NamedTuple):
    """What a reader found at a position: an object with fields, a Fault, or another value."""

    position: int
    value: Any
    nbytes: int


def assemble(
    records: Iterator[Record], fields: Fields, place: Place, options: ReadOptions
) -> Iterator[Batch | Skipped]:
    """Every record once: in a batch, or as skipped."""
    rows = Rows(place, options, fields)
    for position, value, nbytes in records:
        if type(value) is dict:
            skipped = rows.add(position, value, nbytes)
        elif type(value) is Fault:
            skipped = rows.skip(position, value.reason, value.detail, nbytes, value.source)
        else:
            skipped = rows.skip(position, "not_a_record", "", nbytes, None)
        if rows.ready is not None:
            yield rows.ready
            rows.ready = None
        if skipped is not None:
            yield skipped
    if len(rows):
        yield rows.take()
