"""What all readers of records share: settle the fields of a file once, then assemble."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from corpus_audit.readers.assemble import Fault, Place, Record, assemble
from corpus_audit.readers.fields import Fields, head, settle_fields
from corpus_audit.readers.opening import DAMAGE
from corpus_audit.text.batch import Batch
from corpus_audit.types import InputFile, Loss, ReadOptions, Skipped

Records = Callable[[InputFile, ReadOptions], Iterator[Record]]

#: For a file without a single good record: every record is skipped, whatever its fields.
_NO_FIELDS = Fields(("text",), None, None, ())


@lru_cache(maxsize=4096)
def fields_of(records: Records, file: InputFile, options: ReadOptions) -> Fields | None:
    """The fields of a file by its first records, so that every part of it gets the same ones."""
    try:
        sample = head(record.value for record in records(file, options))
    except DAMAGE:
        return None
    good = [value for value in sample if not isinstance(value, Fault)]
    return settle_fields(good, options, file.path)


def read_records(
    records: Iterator[Record], fields: Fields | None, file: InputFile, options: ReadOptions
) -> Iterator[Batch | Skipped | Loss]:
    """Assemble records; where reading breaks off, what came before stays and the rest is lost."""
    place = Place.of(file, options)
    last = 0
    broken: list[str] = []

    def until_broken() -> Iterator[Record]:
        nonlocal last
        try:
            for record in records:
                last = record.position
                yield record
        except DAMAGE as error:
            broken.append(describe(error))

    chosen = fields or _NO_FIELDS
    yield from assemble(until_broken(), chosen, place, options)
    if broken:
        yield Loss(file.path, last, broken[0], place.certain_source(chosen))


def describe(error: BaseException) -> str:
    """An error without the path (which stands beside it) and without text of the data."""
    if isinstance(error, UnicodeError):
        return f"not valid in its encoding ({type(error).__name__})"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    first = (str(error).splitlines() or [""])[0][:200]
    return f"{type(error).__name__}: {first}" if first else type(error).__name__
