"""Progress on stderr: a bar on a terminal, JSON lines on request, else nothing."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Iterator

_EVERY = 10.0  # seconds between two JSON lines


class Progress:
    """Counts stored bytes of finished units and text bytes scanned."""

    def __init__(self, total: int, log_json: bool, bar: bool) -> None:
        self._total, self._log_json = total, log_json
        self._stored = self._text = 0
        self._began = self._logged = time.monotonic()
        self._bar = None
        if bar:
            from tqdm import tqdm

            self._bar = tqdm(total=total, unit="B", unit_scale=True, desc="scan", leave=False)

    def scanned(self, nbytes: int) -> None:
        self._text += nbytes
        if self._bar is not None:
            seconds = max(time.monotonic() - self._began, 1e-6)
            self._bar.set_postfix_str(f"{self._text / 1e6 / seconds:.0f} MB text/s", refresh=False)
            self._bar.update(0)
        elif self._log_json and time.monotonic() - self._logged > _EVERY:
            self.log("progress")

    def finished(self, nbytes: int) -> None:
        self._stored += nbytes
        if self._bar is not None:
            self._bar.update(nbytes)

    def log(self, event: str) -> None:
        """One JSON line."""
        self._logged = time.monotonic()
        seconds = self._logged - self._began
        left = self._total - self._stored
        record = {
            "event": event,
            "stored_bytes": self._stored,
            "total_bytes": self._total,
            "text_bytes": self._text,
            "seconds": round(seconds, 1),
            "mb_per_second": round(self._text / 1e6 / max(seconds, 1e-6), 1),
            "eta_seconds": round(seconds * left / self._stored) if self._stored else None,
        }
        print(json.dumps(record), file=sys.stderr, flush=True)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        if self._log_json:
            self.log("end")


@contextlib.contextmanager
def shown(total: int, *, quiet: bool, log_format: str) -> Iterator[Progress]:
    """Progress for the length of a scan."""
    log_json = log_format == "json" and not quiet
    bar = not quiet and not log_json and sys.stderr.isatty()
    progress = Progress(total, log_json, bar)
    try:
        yield progress
    finally:
        progress.close()
