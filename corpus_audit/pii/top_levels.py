"""Top-level domains, from the snapshot that tldextract ships: nothing is fetched."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path


@cache
def _known() -> frozenset[str]:
    """Read from the file, because tldextract takes longer to import than a batch to scan."""
    package = find_spec("tldextract")
    assert package and package.origin
    text = (Path(package.origin).parent / ".tld_set_snapshot").read_text(encoding="utf-8")
    public = text.partition("// ===BEGIN PRIVATE DOMAINS===")[0].splitlines()
    return frozenset(
        line.split()[0].rpartition(".")[2] for line in public if line and not line.startswith("//")
    )


#: Reserved names of RFC 2606 and RFC 6761 that stand in examples, and of local networks.
_RESERVED = frozenset({"example", "test", "invalid", "localhost", "local", "internal", "lan"})


@cache
def is_top_level(name: str) -> bool:
    """Is a lower-case label a top-level domain, or one reserved for examples?"""
    return name in _RESERVED or name in _known()
