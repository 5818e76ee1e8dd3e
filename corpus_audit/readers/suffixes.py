"""What the name of a file says: its format and how it is compressed."""

from __future__ import annotations

from pathlib import PurePosixPath

#: Suffix to codec. One of them is stripped before the format is looked up.
COMPRESSIONS = {
    ".gz": "gzip",
    ".zst": "zstd",
    ".zstd": "zstd",
    ".bz2": "bz2",
    ".xz": "xz",
    ".lz4": "lz4",
    ".tgz": "gzip",  # these name the format and the codec in one
    ".tzst": "zstd",
    ".tbz2": "bz2",
    ".txz": "xz",
}
_BOTH_IN_ONE = frozenset({".tgz", ".tzst", ".tbz2", ".txz"})


def split_suffixes(path: str) -> tuple[str, str | None]:
    """The suffix that names the format ("" where there is none), and the codec."""
    name = PurePosixPath(path.rsplit("!/", 1)[-1].lower())
    codec = COMPRESSIONS.get(name.suffix)
    if codec and name.suffix not in _BOTH_IN_ONE:
        name = PurePosixPath(name.stem)
    return name.suffix, codec
