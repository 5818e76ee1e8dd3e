"""Top-level domains, from the snapshot that tldextract ships: nothing is fetched."""

from __future__ import annotations

from functools import cache


@cache
def _known() -> frozenset[str]:
    import tldextract

    suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None).tlds
    return frozenset(suffix.rpartition(".")[2] for suffix in suffixes)


#: Reserved names of RFC 2606 and RFC 6761 that stand in examples, and of local networks.
_RESERVED = frozenset({"example", "test", "invalid", "localhost", "local", "internal", "lan"})


@cache
def is_top_level(name: str) -> bool:
    """Is a lower-case label a top-level domain, or one reserved for examples?"""
    return name in _RESERVED or name in _known()
