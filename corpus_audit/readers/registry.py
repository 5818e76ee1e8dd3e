"""Readers by name and by suffix: built-in ones and those of other packages."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from corpus_audit.errors import UsageError
from corpus_audit.readers.suffixes import split_suffixes
from corpus_audit.types import Reader

GROUP = "corpus_audit.readers"


@cache
def readers() -> dict[str, Reader]:
    """Every installed reader by name."""
    found: dict[str, Reader] = {}
    values: dict[str, str] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        if point.name in values and values[point.name] != point.value:
            raise UsageError(
                f'reader "{point.name}" is offered twice: {values[point.name]} and {point.value}. '
                "One would hide the other; uninstall one of the packages."
            )
        if point.name not in values:
            values[point.name] = point.value
            found[point.name] = point.load()()
    return found


def reader_named(name: str) -> Reader:
    """The reader of a format."""
    if name not in readers():
        known = ", ".join(sorted(readers()))
        raise UsageError(f'no input format "{name}" (known: {known}). Check --format.')
    return readers()[name]


def reader_for(path: str) -> Reader | None:
    """The reader of a file by its suffix; None where no reader knows it.

    Suffixes with the compression in them (`.tar.gz`, `.warc.gz`) go before those without.
    """
    lower = path.lower()
    suffix, _ = split_suffixes(path)
    for reader in readers().values():
        if any("." in known[1:] and lower.endswith(known) for known in reader.suffixes):
            return reader
    for reader in readers().values():
        if suffix in reader.suffixes:
            return reader
    return None
