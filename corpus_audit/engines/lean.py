"""What libraries import beside what a scan needs, left out of a process that only scans.

numba asks scipy for a BLAS when the first kernel is loaded, and pyarrow asks for pandas when it
takes the first list: half a second of CPU at every start, for answers that no detector of ours
uses. Both keep the answer, so it is given once, before either asks.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

from corpus_audit.detectors.registry import available

_UNUSED = ("pandas", "scipy.linalg")


class _Absent:
    """A finder that says of what no detector of ours uses that it is not installed."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name in _UNUSED:
            raise ModuleNotFoundError(name, name=name)
        return None


def start_lean(detectors: Iterable[str]) -> None:
    """Let neither pyarrow import pandas nor numba scipy, in a process of our own.

    Where a detector of another package takes part, which may need either, nothing is left out.
    """
    ours = {name for name, p in available().items() if p.module.startswith("corpus_audit.")}
    if not ours.issuperset(detectors):
        return
    sys.meta_path.insert(0, _Absent)
    try:
        import numba.np.arraymath  # noqa: F401 - asks on import
        import pyarrow as pa

        pa.array([0])
    finally:
        sys.meta_path.remove(_Absent)
