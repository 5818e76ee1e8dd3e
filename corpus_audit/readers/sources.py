"""Names a source by the path of a file, for records whose own field does not name one.

A source is a provenance unit. The pieces that a writer cut its output into (shards) and the roles
that a trainer gave them (train, test) are not: they fall back to the folder that holds them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import pyarrow as pa

from corpus_audit.errors import UsageError
from corpus_audit.readers.suffixes import COMPRESSIONS
from corpus_audit.text.batch import Batch
from corpus_audit.types import InputFile, Loss, Skipped

HOLE = "{source}"
ASSIGNS = " => "  # `dump/*.gz => news`: all that matches is of this source
STDIN = "stdin"
UNNAMED = "corpus"  # for a root without a name, such as "/"

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_WORD = r"(?:part|shard|chunk|piece|batch|file|split|data|block)"
#: What writers append to a name. A number that reads as a year or a date is part of the name.
_TAILS = tuple(
    re.compile(tail, re.IGNORECASE)
    for tail in (
        r"[-_.]?\d{2,}[-_.]?of[-_.]?\d{2,}$",
        r"[-_.]c\d{3}$",
        rf"[-_.]?{_UUID}$",
        rf"(?:^|[-_.]){_WORD}[-_.]?\d+$",
        r"[-_.](?!(?:19|20)\d\d$|(?:19|20)\d{6}$)(?:0\d+|\d{3,})$",
    )
)
_SPLITS = r"(?:train|training|test|testing|valid|validation|val|dev|eval|evaluation|all|full)"
_NAMELESS = re.compile(
    rf"(?:{_SPLITS}|{_WORD}|part-r|part-m|\d+(?:[-_.]\d+)*|[0-9a-f]{{32,}}|{_UUID}|[-_.]*)$",
    re.IGNORECASE,
)
_SPLIT_TAIL = re.compile(rf"[-_.]{_SPLITS}$", re.IGNORECASE)
#: One file is one document here: its name names the document, not where it came from.
_DOCUMENTS = frozenset({".txt", ".text", ".md", ".markdown", ".rst"})


def name_source(file: InputFile, patterns: Sequence[str] = ()) -> str:
    """The source of a file: by the first pattern that matches, else by folder, else by name."""
    if (told := assigned_source(file, patterns)) is not None:
        return told
    relative = relative_path(file)
    for pattern in patterns:
        found = None if ASSIGNS in pattern else _match(file, relative, pattern)
        if found and found["source"].strip():
            return found["source"]
    if file.path == "-":
        return STDIN
    *folders, name = relative.replace("!/", "/").split("/")
    if "!/" in relative:  # an archive is a folder, but the way it was packed is not a name
        archive = relative.split("!/")[0].count("/")
        folders[archive] = _stem(folders[archive])
        if archive == 0 and len(folders) > 1 and not _is_nameless(folders[1]):
            return folders[1]
    stem = _stem(name)
    for folder in folders:
        if _is_nameless(folder):
            # Below `data/` of a hub layout: a shard has no better name than the root's. But
            # `data/` over files with names of their own is what the user called it.
            if folder.lower() == "data" and stem:
                return folder
            continue
        return folder
    alone = PurePosixPath(name).suffix.lower() not in _DOCUMENTS or file.path == file.root
    return (stem if alone else "") or _root_name(file)


def assigned_source(file: InputFile, patterns: Sequence[str]) -> str | None:
    """The source that a pattern `GLOB => NAME` gives a file, whatever its records say."""
    for pattern in patterns:
        if ASSIGNS in pattern and _match(file, relative_path(file), pattern):
            return pattern.partition(ASSIGNS)[2].strip()
    return None


def matches_pattern(file: InputFile, pattern: str) -> bool:
    """Does a source pattern name the source of a file?"""
    return _match(file, relative_path(file), pattern) is not None


def _match(file: InputFile, relative: str, pattern: str) -> re.Match[str] | None:
    whole, tail = compile_pattern(pattern)
    return whole.match(relative) or tail.match(file.path)


def rename_source(
    item: Batch | Skipped | Loss, aliases: Mapping[str, str]
) -> Batch | Skipped | Loss:
    """The same, of the source that a ledger knows by another name."""
    if not isinstance(item, Batch):
        return replace(item, source=aliases.get(item.source or "", item.source))
    encoded = item.records.column("source").dictionary_encode()
    names = [aliases.get(name, name) for name in encoded.dictionary.to_pylist()]
    at = item.records.schema.get_field_index("source")
    column = pa.array(names, pa.string()).take(encoded.indices)
    return Batch(item.records.set_column(at, item.records.schema.field(at), column))


def relative_path(file: InputFile) -> str:
    """The path of a file under the root it was found in; its name where it is the root."""
    path, root = _slashes(file.path), _slashes(file.root).rstrip("/")
    if path == "-":
        return path
    if path != root and path.startswith(root + "/"):
        return path[len(root) + 1 :]
    if path.startswith(root + "!/"):
        return root.rsplit("/", 1)[-1] + path[len(root) :]
    if root in ("", "."):
        return path.removeprefix("./").lstrip("/")
    return path.rsplit("/", 1)[-1]


@lru_cache(maxsize=1024)
def compile_pattern(pattern: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A source pattern for paths under the root, and for the end of a whole path."""
    pattern, assigns, name = pattern.partition(ASSIGNS)
    if pattern.count(HOLE) != (0 if assigns else 1) or (assigns and not name.strip()):
        raise UsageError(
            f"--source-from {pattern + assigns + name!r}: a pattern needs {HOLE} exactly once, or "
            f"no path can give a source its name; or a name behind{ASSIGNS.rstrip()}. Write for "
            "example 'crawl/{source}/*.jsonl.gz' or 'dump/*.gz => news'."
        )
    wild = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]", HOLE: "(?P<source>[^/]+?)"}
    pieces = re.split(r"(\*\*/|\*\*|\*|\?|\{source\})", pattern.removeprefix("./"))
    body = "".join(wild.get(piece) or re.escape(piece) for piece in pieces)
    return re.compile(body + r"\Z"), re.compile(rf"(?:.*/)?{body.removeprefix('/')}\Z")


def _slashes(path: str) -> str:
    return path.replace("\\", "/") if Path("\\").parts == ("\\",) else path


def _is_nameless(name: str) -> bool:
    return not _strip_shard(name)


def _stem(name: str) -> str:
    """A file name without suffixes and shard parts; "" where nothing is left that names it."""
    for _ in range(3):  # .jsonl.gz, .tar.zst, .warc.gz
        pure = PurePosixPath(name)
        suffix = pure.suffix.lower()
        known = suffix in COMPRESSIONS or re.fullmatch(r"\.[a-z]\w{0,9}", suffix)
        if not suffix or not known:
            break
        name = pure.stem
    return _strip_shard(name)


def _strip_shard(name: str) -> str:
    before = None
    sharded = False
    while before != name:
        before = name
        for tail in _TAILS:
            name = tail.sub("", name)
        sharded = sharded or before != name
    if sharded:  # forum-train-00000-of-00009 is of forum; driving-test.jsonl is not of driving
        name = _SPLIT_TAIL.sub("", name)
    return "" if _NAMELESS.match(name) else name


def _root_name(file: InputFile) -> str:
    root = file.root
    if "://" in root:
        parts = root.split("://", 1)[1].rstrip("/").split("/")
    else:
        parts = list(Path(root).absolute().parts)
        if Path(root).name == "..":
            parts = list(Path(root).resolve().parts)
    if file.path == file.root or file.path.startswith(file.root + "!/"):
        parts = parts[:-1]
    names = [unquote(part) for part in parts if part.strip("/. ")]
    return names[-1] if names else UNNAMED
