"""corpus-audit: is this corpus fit to train on, source by source, with evidence."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corpus_audit.api import Audit, scan

__version__ = "0.1.0"
__all__ = ["Audit", "__version__", "scan"]


def __getattr__(name: str) -> Any:
    if name in ("Audit", "scan"):  # late: the command line must start fast
        from corpus_audit import api

        return getattr(api, name)
    raise AttributeError(name)
