"""Which source of a ledger claims which file of the data."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from corpus_audit.ledger.faults import Fault
from corpus_audit.ledger.lines import Place, line_of
from corpus_audit.ledger.model import Ledger
from corpus_audit.ledger.reading import LedgerFile
from corpus_audit.plan import plan
from corpus_audit.readers.sources import ASSIGNS, matches_pattern, name_source
from corpus_audit.types import InputFile, ReadOptions


def source_patterns(ledger: Ledger) -> tuple[str, ...]:
    """The patterns by which `scan` names sources: `news/** => news`."""
    return tuple(f"{path}{ASSIGNS}{s.id}" for s in ledger.source for path in s.paths)


def check_claims(file: LedgerFile, data: str) -> Iterator[Fault]:
    """Files that two sources claim or none does, and patterns that claim nothing."""
    planned = plan([data], ReadOptions())
    files: dict[str, InputFile] = {
        part.file.path: part.file for unit in planned.units for part in unit.parts
    }
    claimed: dict[str, list[tuple[int, int]]] = {path: [] for path in files}
    for index, source in enumerate(file.ledger.source):
        for number, path in enumerate(source.paths):
            pattern = f"{path}{ASSIGNS}{source.id}"
            hits = [name for name, each in files.items() if matches_pattern(each, pattern)]
            for name in hits:
                claimed[name].append((index, number))
            if not hits:
                yield _fault(
                    file,
                    ("source", index, "paths", number),
                    f'"{path}" matches no file under {data}, so the source would be empty. Correct '
                    "the pattern (* does not cross a slash, ** does), or remove it.",
                )
    yield from _shared(file, claimed)
    names = {name for s in file.ledger.source for name in (s.id, *s.aliases)}
    unclaimed = [
        path
        for path, claims in claimed.items()
        if not claims and name_source(files[path]) not in names
    ]
    if unclaimed:
        yield _fault(
            file,
            ("source",),
            f"{len(unclaimed):,} files under {data} belong to no source by their path, such as "
            f"{unclaimed[0]}. Unless their records name one, add a source or widen a pattern.",
            grave=False,
        )


def _shared(file: LedgerFile, claimed: dict[str, list[tuple[int, int]]]) -> Iterator[Fault]:
    """One fault for each pair of sources that claim the same files."""
    pairs: dict[tuple[int, int], tuple[int, str, int]] = {}
    for path, claims in claimed.items():
        owners = sorted({index for index, _ in claims})
        for first, second in itertools.pairwise(owners):
            number = next(n for index, n in claims if index == second)
            count, example, _ = pairs.get((first, second), (0, path, number))
            pairs[(first, second)] = (count + 1, example, number)
    for (first, second), (count, example, number) in sorted(pairs.items()):
        other = file.ledger.source[first].id
        yield _fault(
            file,
            ("source", second, "paths", number),
            f'claims {count:,} file{"s" * (count != 1)} that source "{other}" claims too, such as '
            f"{example}. A file has one source: narrow one of the two patterns.",
        )


def _fault(file: LedgerFile, place: Place, message: str, *, grave: bool = True) -> Fault:
    return Fault(line_of(file.lines, place), file.where(place), message, grave)
