"""Members of zip and tar archives, each read by the reader of its own suffix."""

from __future__ import annotations

import re
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from typing import IO, Any, ClassVar, NamedTuple

from corpus_audit.errors import ReadError
from corpus_audit.readers import registry
from corpus_audit.readers.opening import DAMAGE, open_plain, open_stored, unpacked
from corpus_audit.readers.records import describe
from corpus_audit.readers.sources import name_source
from corpus_audit.readers.suffixes import split_suffixes
from corpus_audit.text.batch import Batch
from corpus_audit.types import InputFile, Loss, Part, ReadOptions, Skipped

_JUNK = re.compile(r"(?:.*/)?(?:__MACOSX/.*|\.[^/]*|_SUCCESS|Thumbs\.db)")
_BOMB_FLOOR = 1 << 30


class _Member(NamedTuple):
    name: str
    stored: IO[bytes] | None  # None: encrypted
    size: int


class ArchiveReader:
    """Path is `archive.zip!/member`, position that of the member's reader."""

    name: ClassVar[str] = "archive"
    suffixes: ClassVar[tuple[str, ...]] = (
        ".zip", ".tar", ".tar.gz", ".tar.zst", ".tar.bz2", ".tar.xz",
        ".tgz", ".tzst", ".tbz2", ".txz",
    )  # fmt: skip

    def split(self, file: InputFile, target: int) -> Sequence[Part]:
        return [Part(file, self.name, 0, -1, file.size)]

    def read(self, part: Part, options: ReadOptions) -> Iterator[Batch | Skipped | Loss]:
        total = 0
        try:
            for member in _members(part.file, options):
                if _JUNK.fullmatch(member.name):
                    continue
                total += member.size
                if total > _BOMB_FLOOR and total > options.max_expansion * max(part.file.size, 1):
                    raise ReadError(
                        f"expands to more than {options.max_expansion} times its stored size, as "
                        "an archive made to fill a disk does. If it is right, raise "
                        "--max-expansion."
                    )
                yield from _read_member(part.file, member, options)
        except DAMAGE as error:
            yield Loss(part.file.path, 0, describe(error))


def _read_member(
    archive: InputFile, member: _Member, options: ReadOptions
) -> Iterator[Batch | Skipped | Loss]:
    path = f"{archive.path}!/{member.name}"
    file = InputFile(path, archive.root, member.size, archive.stamp)
    reader = registry.reader_for(member.name)
    source = name_source(file, options.source_patterns)
    if member.stored is None:
        yield Skipped(path, 0, "encrypted", "", source, member.size)
        return
    if reader is None or isinstance(reader, ArchiveReader):
        detail = "an archive in an archive" if reader else "no reader knows its suffix"
        yield Skipped(path, 0, "unsupported_format", detail, source, member.size)
        return
    try:
        with unpacked(path, member.stored):
            yield from reader.read(Part(file, reader.name, 0, -1, member.size), options)
    except (zipfile.BadZipFile, NotImplementedError) as error:  # this member only
        yield Loss(path, 0, describe(error), source)


def _members(file: InputFile, options: ReadOptions) -> Iterator[_Member]:
    if split_suffixes(file.path)[0] == ".zip":
        yield from _zip_members(file)
    else:
        yield from _tar_members(file, options)


def _zip_members(file: InputFile) -> Iterator[_Member]:
    with open_stored(file) as stored, zipfile.ZipFile(stored) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            opened: Any = None if info.flag_bits & 1 else _Lazy(archive, info)
            yield _Member(info.filename, opened, info.file_size)


class _Lazy:
    """A zip member that is opened when it is read, so that a bad one loses only itself."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        self._archive, self._info = archive, info
        self._opened: IO[bytes] | None = None

    def read(self, size: int = -1) -> bytes:
        if self._opened is None:
            self._opened = self._archive.open(self._info)
        return self._opened.read(size)


def _tar_members(file: InputFile, options: ReadOptions) -> Iterator[_Member]:
    with open_plain(file, options) as plain, tarfile.open(fileobj=plain, mode="r|") as archive:
        for info in archive:
            if info.isfile():
                yield _Member(info.name, archive.extractfile(info), info.size)
