"""From the paths a user gives to units of work. The plan never depends on who will do the work."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fsspec

from corpus_audit.errors import NothingToScan, UsageError
from corpus_audit.readers.registry import reader_for, reader_named
from corpus_audit.types import InputFile, Part, ReadOptions

_FILES_PER_UNIT = 1024
_BESIDE_DATA = re.compile(
    r"(?:\..*|_SUCCESS|_metadata|_common_metadata|dataset_info\.json|dataset_dict\.json|state\.json"
    r"|dataset_infos\.json|croissant\.json|datapackage\.json|.*\.(?:md5|sha256|sha1|crc|lock|idx))",
    re.IGNORECASE,
)
_ABOUT_DATA = re.compile(r"(?:readme|license|licence|notice|changelog|citation)(?:[._-].*)?", re.I)
_TEXT = "text"


@dataclass(frozen=True, slots=True)
class Unit:
    """What one worker scans at a time: a stretch of a file, a file, or a run of small files."""

    parts: tuple[Part, ...]

    @property
    def nbytes(self) -> int:
        """Stored bytes."""
        return sum(part.weight for part in self.parts)


@dataclass(frozen=True, slots=True)
class Plan:
    """All work, and the files that were found and are no data."""

    units: tuple[Unit, ...]
    ignored: tuple[tuple[str, str], ...]  # (path, reason)

    @property
    def nbytes(self) -> int:
        """Stored bytes."""
        return sum(unit.nbytes for unit in self.units)


def plan(
    paths: Sequence[str],
    options: ReadOptions,
    *,
    unit_bytes: int = 64 << 20,
    format: str | None = None,
) -> Plan:
    """Find the files under `paths` and cut them into units.

    Raises UsageError for a path that is not there, NothingToScan when no file is data.
    """
    found: dict[str, InputFile] = {}
    for path in paths:
        for file in _find(path):
            found.setdefault(_identity(file.path), file)
    files, ignored = _sort_out(sorted(found.values(), key=lambda f: f.path), format)
    if not files:
        left = f" ({len(ignored)} files there are no data)" if ignored else ""
        raise NothingToScan(
            f"{', '.join(paths)}: no file to scan{left}. Name files by their format "
            "(.jsonl, .parquet, .csv, .txt, ...; .gz, .zst behind it), or pass --format."
        )
    parts = [
        part for file, reader in files for part in reader_named(reader).split(file, unit_bytes)
    ]
    return Plan(tuple(_group(parts, unit_bytes)), tuple(ignored))


def _identity(path: str) -> str:
    return path if "://" in path or path == "-" else str(Path(path).absolute())


def _find(path: str) -> list[InputFile]:
    if path == "-":
        return [InputFile("-", "-", 0, "")]
    if "://" in path:
        return _find_remote(path)
    if os.path.lexists(path):
        return list(_find_local(path, path))
    matched = sorted(glob.glob(path, recursive=True))  # noqa: PTH207 - a path with its marks
    if not matched:
        raise UsageError(f"{path}: no such file or folder. Check the path; a glob needs quotes.")
    root = _before_marks(path) or "."
    return [file for match in matched for file in _find_local(match, root)]


def _find_local(path: str, root: str) -> Iterator[InputFile]:
    if not Path(path).is_dir():
        status = Path(path).stat()
        yield InputFile(path, root, status.st_size, str(status.st_mtime_ns))
        return
    seen: set[tuple[int, int]] = set()  # folders, so that a loop of links ends
    for folder, folders, names in os.walk(path, followlinks=True):
        status = Path(folder).stat()
        if (status.st_dev, status.st_ino) in seen:
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(folder, name)
            if file.is_file():
                status = file.stat()
                yield InputFile(str(file), root, status.st_size, str(status.st_mtime_ns))


def _find_remote(path: str) -> list[InputFile]:
    entries: list[dict[str, Any]] | None = None
    try:
        fs, inner = fsspec.core.url_to_fs(path)
        fs.invalidate_cache()  # the listing of an earlier scan has old sizes and no new files
        is_glob = any(mark in inner for mark in "*?[")
        if is_glob:
            entries = list(fs.glob(inner, detail=True).values())
        elif fs.isdir(inner):
            entries = list(fs.find(inner, detail=True).values())
        elif fs.exists(inner):
            entries = [fs.info(inner)]
    except Exception as error:  # stores raise errors of their own kinds
        raise UsageError(
            f"{path}: cannot be listed ({type(error).__name__}: {error}). Check the address and "
            "your credentials, and that the package for this store is installed."
        ) from error
    if entries is None:
        raise UsageError(f"{path}: nothing is there. Check the path and your access to it.")
    root, base = (_before_marks(path), _before_marks(inner)) if is_glob else (path, inner)
    protocol = path.split("://", 1)[0]
    files = []
    for entry in entries:
        name, size = str(entry["name"]), int(entry["size"] or 0)
        if entry["type"] != "file" or (name.endswith("/") and not size):
            continue  # an empty object `folder/` is what consoles of S3 make for a folder
        if "/." in name.removeprefix(base).rpartition("/")[0] and not (is_glob and "/." in path):
            continue  # in a hidden folder: left out, as on disk
        stamp = next(
            (str(entry[k]) for k in ("ETag", "etag", "mtime", "created") if k in entry), ""
        )
        files.append(
            InputFile(name if "://" in name else f"{protocol}://{name}", root, size, stamp)
        )
    return files


def _before_marks(pattern: str) -> str:
    """The folder that all matches of a glob are in."""
    return re.split(r"[*?\[]", pattern, maxsplit=1)[0].rpartition("/")[0]


def _sort_out(
    files: Sequence[InputFile], format: str | None
) -> tuple[list[tuple[InputFile, str]], list[tuple[str, str]]]:
    """Files with the reader of each, and those that are no data with the reason."""
    data: list[tuple[InputFile, str]] = []
    ignored: list[tuple[str, str]] = []
    for file in files:
        name = file.path.rsplit("/", 1)[-1]
        given = file.path == file.root
        reader = reader_named(format) if format else reader_for(file.path)
        if file.path == "-" and not format:
            data.append((file, "jsonl"))
        elif not given and _BESIDE_DATA.fullmatch(name):
            ignored.append((file.path, "stands beside data"))
        elif reader is None and given:
            raise UsageError(
                f"{file.path}: the suffix tells no format, so it cannot be read. Pass --format."
            )
        elif reader is None:
            ignored.append((file.path, "no reader knows its suffix"))
        else:
            data.append((file, reader.name))
    if any(chosen != _TEXT for _, chosen in data):
        kept: list[tuple[InputFile, str]] = []
        for file, chosen in data:
            name = file.path.rsplit("/", 1)[-1]
            if chosen == _TEXT and file.path != file.root and _ABOUT_DATA.fullmatch(name):
                ignored.append((file.path, "tells about data"))
            else:
                kept.append((file, chosen))
        data = kept
    return data, ignored


def _group(parts: Sequence[Part], target: int) -> Iterator[Unit]:
    """Small neighbours of one format go together, so that a million files are no million units."""
    run: list[Part] = []
    weight = 0
    for part in parts:
        full = weight + part.weight > target or len(run) >= _FILES_PER_UNIT
        if run and (full or part.reader != run[0].reader):
            yield Unit(tuple(run))
            run, weight = [], 0
        run.append(part)
        weight += part.weight
    if run:
        yield Unit(tuple(run))
