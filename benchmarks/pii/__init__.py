"""Personal data and secrets: how much is found, how much is made up, how fast."""

from __future__ import annotations

from pathlib import Path


def main(data: Path) -> None:
    """All of it; see `benchmarks.pii.report`."""
    from benchmarks.pii import report

    report.main(data)
