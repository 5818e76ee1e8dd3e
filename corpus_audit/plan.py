"""From the paths a user gives to units of work. The plan never depends on who will do the work."""

from __future__ import annotations

import glob
import os
import re
import secrets
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fsspec

from corpus_audit.errors import NothingToScan, UsageError
from corpus_audit.readers.registry import reader_for, reader_named
from corpus_audit.readers.sources import ASSIGNS, matches_pattern
from corpus_audit.types import InputFile, Loss, Part, ReadOptions

_FILES_PER_UNIT = 1024
_BESIDE_DATA = re.compile(
    r"(?:\..*|_SUCCESS|_metadata|_common_metadata|dataset_info\.json|dataset_dict\.json|state\.json"
    r"|dataset_infos\.json|.*croissant.*\.json|metadata\.json|datapackage\.json|.*\.(?:md5|sha256|sha1|crc|lock|idx))",
    re.IGNORECASE,
)
_ABOUT_DATA = re.compile(r"(?:readme|license|licence|notice|changelog|citation)(?:[._-].*)?", re.I)
_TEXT = "text"
#: Why a file was ignored that may well hold data.
UNKNOWN = "no reader knows its suffix"


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
    losses: tuple[Loss, ...] = ()  # what was found and cannot be read

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
    output: str | None = None,
) -> Plan:
    """Find the files under `paths` and cut them into units; audits among them are left out.

    Raises UsageError for a path that is not there, NothingToScan when no file is data.
    """
    walk = _Walk(output)
    found: dict[str, InputFile] = {}
    for path in paths:
        for file in _find(path, walk):
            if _is_printable(file.path):
                found.setdefault(real_path(file), file)
            else:
                walk.lose(file.path, "its name is not valid UTF-8. Rename it")
    files, ignored = _sort_out(sorted(found.values(), key=lambda f: f.path), format)
    ignored = sorted({*ignored, *walk.ignored})
    if not files and not walk.losses:
        left = f" ({len(ignored)} files there are no data)" if ignored else ""
        raise NothingToScan(
            f"{', '.join(paths)}: no file to scan{left}. Name files by their format "
            "(.jsonl, .parquet, .csv, .txt, ...; .gz, .zst behind it), or pass --format."
        )
    parts = [
        part for file, reader in files for part in reader_named(reader).split(file, unit_bytes)
    ]
    _check_patterns([file for file, _ in files], options)
    return Plan(tuple(_group(parts, unit_bytes)), tuple(ignored), tuple(walk.losses))


def real_path(file: InputFile) -> str:
    """One name for one file, however it was written: for keys and comparisons, never shown."""
    if file.path == "-":
        return f"-{file.stamp}"  # every stream is another one
    if "://" in file.path and not file.path.startswith("file://"):
        return file.path
    return os.path.realpath(file.path.removeprefix("file://"))


def changed_since(file: InputFile) -> bool:
    """Is a local file no longer what the plan found?"""
    if "://" in file.path or file.path == "-":
        return False
    try:
        status = Path(file.path).stat()
    except OSError:
        return True
    return (status.st_size, str(status.st_mtime_ns)) != (file.size, file.stamp)


def _is_printable(path: str) -> bool:
    return path.isprintable() or not any("\ud800" <= char <= "\udfff" for char in path)


def _check_patterns(files: Sequence[InputFile], options: ReadOptions) -> None:
    """A pattern that names no source is a mistake that would judge other sources than meant."""
    given = options.source_patterns
    told = [pattern for pattern in given if ASSIGNS in pattern]
    # A ledger names the sources of a whole corpus, and only a part of it may be scanned.
    if any(matches_pattern(file, pattern) for pattern in told for file in files):
        given = tuple(pattern for pattern in given if ASSIGNS not in pattern)
    for pattern in given:
        if files and not any(matches_pattern(file, pattern) for file in files):
            raise UsageError(
                f"--source-from {pattern!r} matches no file, so sources would be named otherwise. "
                f"A path looks like {files[0].path!r}; * does not cross a slash, ** does."
            )


class _Walk:
    """What was met beside input files on the way through folders."""

    def __init__(self, output: str | None) -> None:
        self._output = None if output is None or "://" in output else os.path.realpath(output)
        self.ignored: list[tuple[str, str]] = []
        self.losses: list[Loss] = []

    def lose(self, path: str, reason: str) -> None:
        shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        self.losses.append(Loss(shown, 0, reason))

    def leaves_out(self, folder: str) -> bool:
        """Is a folder one of our audits, so that it is no data?"""
        audit = Path(folder, "audit.json").is_file() and Path(folder, "units").is_dir()
        if audit or os.path.realpath(folder) == self._output:
            self.ignored.append((folder, "an audit of corpus-audit"))
            return True
        return False


def _find(path: str, walk: _Walk) -> list[InputFile]:
    if path == "-":
        return [InputFile("-", "-", 0, secrets.token_hex(8))]
    if "://" in path:
        return _find_remote(path)
    if os.path.lexists(path):
        return list(_find_local(path, path, walk))
    matched = sorted(glob.glob(path, recursive=True))  # noqa: PTH207 - a path with its marks
    if not matched:
        raise UsageError(f"{path}: no such file or folder. Check the path; a glob needs quotes.")
    root = _before_marks(path) or "."
    return [file for match in matched for file in _find_local(match, root, walk)]


def _find_local(path: str, root: str, walk: _Walk) -> Iterator[InputFile]:
    if not Path(path).is_dir():
        yield from _local_file(path, root, walk)
        return
    seen: set[tuple[int, int]] = set()  # folders, so that a loop of links ends

    def unreadable(error: OSError) -> None:
        walk.lose(str(error.filename), f"a folder that cannot be read ({error.strerror})")

    for folder, folders, names in os.walk(path, followlinks=True, onerror=unreadable):
        status = Path(folder).stat()
        if (status.st_dev, status.st_ino) in seen or walk.leaves_out(folder):
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        hidden = [str(Path(folder, name)) for name in folders if name.startswith(".")]
        walk.ignored += [(name, "a hidden folder") for name in hidden]
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            # joined as written: Path would turn ./data into data, which is not under its root
            yield from _local_file(os.path.join(folder, name), root, walk)  # noqa: PTH118


def _local_file(path: str, root: str, walk: _Walk) -> Iterator[InputFile]:
    try:
        status = Path(path).stat()
    except OSError as error:
        walk.lose(path, f"cannot be read ({error.strerror}); is it a link to what is gone?")
        return
    if stat.S_ISREG(status.st_mode):
        yield InputFile(path, root, status.st_size, str(status.st_mtime_ns))
    else:
        walk.ignored.append((path, "not a regular file"))


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
            ignored.append((file.path, UNKNOWN))
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
