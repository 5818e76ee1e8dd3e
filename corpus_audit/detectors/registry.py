"""Detectors by name: built-in ones and those of other packages, through one entry point group."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points

from corpus_audit.errors import UsageError
from corpus_audit.types import Detector

GROUP = "corpus_audit.detectors"


def available() -> dict[str, EntryPoint]:
    """Every installed detector by name."""
    found: dict[str, EntryPoint] = {}
    for point in entry_points(group=GROUP):
        first = found.setdefault(point.name, point)
        if first.value != point.value:
            raise UsageError(
                f'detector "{point.name}" is offered twice: {first.value} and {point.value}. '
                "One would hide the other; uninstall one of the packages."
            )
    return found


def load_detectors(wanted: Mapping[str, Mapping[str, object]]) -> tuple[Detector, ...]:
    """Build detectors in order of their names."""
    known = available()
    detectors: list[Detector] = []
    for name in sorted(wanted):
        if name not in known:
            raise UsageError(
                f'no detector "{name}" (installed: {", ".join(sorted(known))}). Check --detectors, '
                "or install the package that brings it."
            )
        detectors.append(known[name].load()(wanted[name]))
    return tuple(detectors)
