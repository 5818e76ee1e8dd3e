"""Block lists of sites and addresses: plain lists, hosts files, folders as UT1 lays them out.

An entry blocks a site with all below it (`site.example`, so `a.site.example` too) or an address
with all below its path (`site.example/forum`). Entries are kept as sorted 64-bit hashes, 10 bytes
each, so that lists of millions fit; that one of a thousand million addresses meets an entry by
chance has a probability below one in a thousand (2^30 * 2^22 / 2^64).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from corpus_audit.errors import UsageError
from corpus_audit.text.buffers import Utf8

_SEED = np.uint64(0xCBF29CE484222325)
_PRIME = np.uint64(0x100000001B3)
_HOSTS = re.compile(r"(?:0\.0\.0\.0|127\.0\.0\.1|::1?|fe80::1%lo0)\s+(.+)")
_OWN = frozenset({"localhost", "localhost.localdomain", "local", "broadcasthost", "0.0.0.0",
                  "ip6-localhost", "ip6-loopback", "ip6-allnodes", "ip6-allrouters"})  # fmt: skip
_ENTRY = re.compile(
    r"(?:https?://)?(?:\|\||\*\.|\.)?(?:www\.)?"
    r"((?:[^\s/?#:@|^*.]{1,63}\.)+[^\s/?#:@|^*.]{2,63}|(?:\d{1,3}\.){3}\d{1,3})\.?"
    r"(?::\d+)?(/[^\s^]*)?\^?",
    re.IGNORECASE,
)


class Blocklist:
    """All given lists as one. A category is the name of its UT1 folder, else of its file."""

    def __init__(self, paths: Sequence[str | Path]) -> None:
        """Raises UsageError for a list that cannot be read, has no entry or a line that is none."""
        digest = hashlib.blake2b(digest_size=16)
        categories: list[str] = []
        hashes: list[npt.NDArray[np.uint64]] = []
        owners: list[npt.NDArray[np.uint16]] = []
        for category, file in (found for path in paths for found in _files(Path(path))):
            try:
                data = file.read_bytes()
            except OSError as error:
                raise UsageError(
                    f"{file}: the block list cannot be read ({error.strerror})."
                ) from None
            digest.update(category.encode() + b"\0" + hashlib.blake2b(data).digest())
            entries = _hash_entries(list(_entries(file, data)))
            if not len(entries):
                raise UsageError(
                    f"{file}: no entry in this block list, so nothing would be blocked. It holds a "
                    "site or an address in each line."
                )
            if category not in categories:
                categories.append(category)
            hashes.append(entries)
            owners.append(np.full(len(entries), categories.index(category), np.uint16))
        self.digest = digest.hexdigest()
        self.categories = tuple(categories)
        every = np.concatenate(hashes) if hashes else np.zeros(0, np.uint64)
        owner = np.concatenate(owners) if owners else np.zeros(0, np.uint16)
        order = np.argsort(every, kind="stable")  # of one entry in two lists the first list counts
        self._hashes, self._owners = every[order], owner[order]

    def __len__(self) -> int:
        return len(self._hashes)

    def match(self, urls: pa.Array) -> npt.NDArray[np.int32]:
        """Index of the category of each address (strings without nulls); -1: not blocked."""
        text = Utf8.of(_ascii_hosts(urls.cast(pa.large_string())))
        out = np.full(len(text), -1, np.int32)
        if len(self._hashes):
            _match(text.offsets, text.data, self._hashes, self._owners, out)
        return out


def _files(path: Path) -> Iterator[tuple[str, Path]]:
    """(category, file) of a list; UT1 has a folder for each category with `domains`, `urls`."""
    if not path.exists():
        raise UsageError(f"--blocklist {path}: no such file or folder. Check the path.")
    if path.is_file():
        yield path.stem, path
        return
    folders = [path, *sorted(p for p in path.rglob("*") if p.is_dir())]
    found = [
        (folder.name, folder / name)
        for folder in folders
        for name in ("domains", "urls")
        if (folder / name).is_file()
    ]
    if not found:  # a folder of plain lists
        found = [
            (file.stem, file)
            for file in sorted(path.rglob("*"))
            if file.is_file() and file.suffix in ("", ".txt", ".list", ".hosts")
        ]
    if not found:
        raise UsageError(
            f"--blocklist {path}: no list in this folder. It holds `domains` and `urls` in a "
            "folder for each category, or .txt files."
        )
    yield from found


def _entries(file: Path, data: bytes) -> Iterator[str]:
    """Entries as `host` or `host/path`, without www."""
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        text = line.strip().lstrip("\ufeff")
        if not text or text[0] in "#![;":
            continue
        text = re.split(r"\s#", text)[0].strip()
        hosts = _HOSTS.fullmatch(text)
        for word in hosts[1].split() if hosts else [text]:
            if hosts and word.lower() in _OWN:
                continue
            found = _ENTRY.fullmatch(word)
            if not found:
                raise UsageError(
                    f"{file}:{number}: no site or address, so it would block nothing. Write "
                    "`site.example`, `site.example/path` or `0.0.0.0 site.example` in a line."
                )
            yield _to_ascii(found[1].lower()) + (found[2] or "").rstrip("/")


def _to_ascii(host: str) -> str:
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host


def _ascii_hosts(urls: pa.LargeStringArray) -> pa.LargeStringArray:
    """Addresses with international hosts in their ASCII form; the others stay as they are."""
    import pyarrow.compute as pc

    if pc.all(pc.string_is_ascii(urls)).as_py() is not False:
        return urls
    changed = []
    for url in urls.to_pylist():
        scheme, mark, rest = url.partition("://")
        host, slash, path = rest.partition("/")
        changed.append(url if url.isascii() else scheme + mark + _to_ascii(host) + slash + path)
    return pa.array(changed, pa.large_string())


def _hash_entries(entries: list[str]) -> npt.NDArray[np.uint64]:
    text = Utf8.of(pa.array(entries, pa.large_string()))
    out = np.zeros(len(text), np.uint64)
    _hash_all(text.offsets, text.data, out)
    return out


@njit(cache=True, nogil=True, inline="always")
def _lower(byte):  # type: ignore[no-untyped-def]
    return byte + 32 if 65 <= byte <= 90 else byte


@njit(cache=True, nogil=True)
def _hash_all(offsets, data, out):  # type: ignore[no-untyped-def]
    """FNV-1a of each entry: of its host from the end, so that a site begins all below it; then
    of its path from the start."""
    for row in range(len(offsets) - 1):
        first, last = offsets[row], offsets[row + 1]
        slash = first
        while slash < last and data[slash] != 47:
            slash += 1
        value = _SEED
        for at in range(slash - 1, first - 1, -1):
            value = (value ^ np.uint64(_lower(data[at]))) * _PRIME
        for at in range(slash, last):
            value = (value ^ np.uint64(data[at])) * _PRIME
        out[row] = value


@njit(cache=True, nogil=True, inline="always")
def _owner(hashes, owners, value):  # type: ignore[no-untyped-def]
    low = np.searchsorted(hashes, value)
    return np.int32(owners[low]) if low < len(hashes) and hashes[low] == value else np.int32(-1)


@njit(cache=True, nogil=True)
def _match(offsets, data, hashes, owners, out):  # type: ignore[no-untyped-def]
    for row in range(len(offsets) - 1):
        first, last = offsets[row], offsets[row + 1]
        at = first
        while at + 2 < last and not (data[at] == 58 and data[at + 1] == 47 and data[at + 2] == 47):
            at += 1
        host = at + 3 if at + 2 < last else first
        end = host
        while end < last and data[end] != 47 and data[end] != 63 and data[end] != 35:
            if data[end] == 64:  # user@
                host = end + 1
            end += 1
        stop = host
        while stop < end and data[stop] != 58:  # :port
            stop += 1
        if stop > host and data[stop - 1] == 46:
            stop -= 1
        value, site, found = _SEED, _SEED, np.int32(-1)
        for at in range(stop - 1, host - 1, -1):
            value = (value ^ np.uint64(_lower(data[at]))) * _PRIME
            if at == host or data[at - 1] == 46:  # a label begins: all below it is blocked with it
                if found < 0:
                    found = _owner(hashes, owners, value)
                is_www = (
                    at == host and stop - host > 4 and data[host + 3] == 46
                    and _lower(data[host]) == 119 and _lower(data[host + 1]) == 119
                    and _lower(data[host + 2]) == 119
                )  # fmt: skip
                if not is_www:
                    site = value
        value = site
        for at in range(end, last):
            if found >= 0:
                break
            value = (value ^ np.uint64(data[at])) * _PRIME
            if at + 1 == last or data[at + 1] == 47 or data[at + 1] == 63 or data[at + 1] == 35:
                found = _owner(hashes, owners, value)
        out[row] = found


def category_values(codes: npt.NDArray[np.int32], categories: Sequence[str]) -> list[Any]:
    """Names for codes, None for -1."""
    return [None if code < 0 else categories[code] for code in codes.tolist()]
