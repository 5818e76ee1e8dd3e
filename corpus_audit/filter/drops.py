"""The records of one file that are to be left out, in the order of the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from corpus_audit.errors import AuditError
from corpus_audit.filter.selection import Drop


class Drops:
    """The records of one file to be dropped, asked for in the order of the file."""

    def __init__(self, path: str, drops: Iterator[Drop], record: Callable[[Drop], None]) -> None:
        self._path, self._drops, self._record = path, drops, record
        self._next = next(drops, None)
        self.kept = self.dropped = 0

    def drops(self, position: int) -> bool:
        """Is the record at this position dropped? Counts it either way."""
        if self._next is None or position < self._next.position:
            self.kept += 1
            return False
        if position > self._next.position:
            self._fail()
        self._record(self._next)
        self._next = next(self._drops, None)
        self.dropped += 1
        return True

    def finish(self, records: int) -> None:
        """Raises AuditError where the file does not hold what the audit says."""
        if self._next is not None or self.kept + self.dropped != records:
            self._fail()

    def _fail(self) -> None:
        raise AuditError(
            f"{self._path}: does not hold the records that the audit has, so the wrong ones could "
            "be dropped. Was it scanned with other options? Scan it again."
        )
