"""Detectors by name: built-in ones and those of other packages, through one entry point group.

What would make their results unclear or impossible to store is refused before anything is read.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import EntryPoint, entry_points

import pyarrow as pa

from corpus_audit.audit.schema import DOCUMENTS, SIGNATURES
from corpus_audit.errors import UsageError
from corpus_audit.types import ColumnSpec, Detector

GROUP = "corpus_audit.detectors"

#: Columns of the table of sources, beside which those of detectors stand.
_SOURCES = (
    "source", "documents", "chars", "bytes", "skipped", "unseen", "undrawn", "matched_only",
    "prevalence", "prevalence_worst", "limit", "status", "risks", "skip_reasons",
)  # fmt: skip
_PREFIXES = ("hit_", "sum_")  # the table of sources makes such names


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


def load_detectors(
    wanted: Mapping[str, Mapping[str, object]], key: bytes = bytes(32)
) -> tuple[Detector, ...]:
    """Build detectors in order of their names. `key` is the audit's, for keyed digests."""
    known = available()
    detectors: list[Detector] = []
    with _without_collection():
        for name in sorted(wanted):
            if name not in known:
                raise UsageError(
                    f'no detector "{name}" (installed: {", ".join(sorted(known))}). Check '
                    "--detectors, or install the package that brings it."
                )
            detectors.append(known[name].load()({**wanted[name], "key": key}))
    check_detectors(detectors)
    return tuple(detectors)


@contextmanager
def _without_collection() -> Iterator[None]:
    """Rules are a million objects that stay: each search of them for cycles is for nothing."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def check_detectors(detectors: Sequence[Detector]) -> None:
    """Raise UsageError where names clash or a column cannot be tallied as it asks."""
    names: dict[str, str] = {}
    rules: dict[str, str] = {}
    columns = dict.fromkeys([*_SOURCES, *DOCUMENTS.names, *SIGNATURES.names], "corpus-audit itself")
    for detector in detectors:
        by = f'detector "{detector.name}"'
        _claim(names, detector.name, by, f"{by} has the name")
        for rule in detector.rules:
            _claim(rules, rule.id, by, f'{by}: rule "{rule.id}" has the id of a rule')
        for spec in detector.columns:
            what = f'{by}: column "{spec.name}"'
            _claim(columns, spec.name, by, f"{what} has the name of a column")
            _check_column(spec, what)


def _claim(taken: dict[str, str], name: str, by: str, clash: str) -> None:
    if name in taken:
        raise UsageError(
            f"{clash} of {taken[name]}. Their results could not be told apart: rename one, or "
            "leave its detector out with --detectors."
        )
    taken[name] = by


def _check_column(spec: ColumnSpec, what: str) -> None:
    if spec.name.startswith(_PREFIXES):
        raise UsageError(
            f"{what} begins with hit_ or sum_, as columns of the table of sources do. Rename it."
        )
    if spec.tally == "sum":
        fits, needs = _is_summed(spec.type), "integers of at most 64 bits with a sign"
    elif spec.tally == "category":
        fits, needs = _is_category(spec.type), "strings, a dictionary of them, integers or booleans"
    else:
        fits, needs = spec.tally == "none", 'the tally "none", "category" or "sum"'
    if not fits:
        raise UsageError(
            f'{what} of {spec.type} cannot be tallied as "{spec.tally}": that needs {needs}. Give '
            "it another type or tally."
        )


def _is_summed(type_: pa.DataType) -> bool:
    # sums are int64
    return bool(pa.types.is_integer(type_) and not pa.types.is_uint64(type_))


def _is_category(type_: pa.DataType) -> bool:
    if pa.types.is_dictionary(type_):
        return _is_text(type_.value_type)
    return bool(_is_text(type_) or pa.types.is_integer(type_) or pa.types.is_boolean(type_))


def _is_text(type_: pa.DataType) -> bool:
    return bool(pa.types.is_string(type_) or pa.types.is_large_string(type_))
