"""Papers that a ledger names: inside its folder, there, unchanged, and in force."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from corpus_audit.ledger.model import Evidence

_SOON = timedelta(days=30)
_PIECE = 1 << 20


def contained(folder: Path, path: str) -> Path | None:
    """The file of a path in a ledger; None where it lies outside the ledger's folder."""
    if Path(path).is_absolute() or "\\" in path or "\x00" in path:
        return None
    root = folder.resolve()
    target = (root / path).resolve()
    return target if target.is_relative_to(root) else None


def check_path(folder: Path, path: str, *, outside: bool = False) -> Iterator[str]:
    """What is wrong with a path. `outside`: it may lie elsewhere, as data does."""
    target = folder / path if outside else contained(folder, path)
    if target is None:
        link = " by a symbolic link" if not _is_outside(path) else ""
        yield (
            f'"{path}" leads out of the ledger\'s folder{link}: evidence travels with its ledger. '
            "Copy the file beside the ledger and name it by a relative path."
        )
    elif not target.exists():
        yield f'"{path}": no such file beside the ledger. Put it there, or correct the path.'
    elif not outside and target.is_file() and not target.stat().st_size:
        yield f'"{path}" is empty: it shows nothing. Put the paper there.'
    elif target.is_dir() and not any(target.iterdir()):
        yield f'"{path}" is an empty folder: it shows nothing. Put the papers there.'


def _is_outside(path: str) -> bool:
    depth = 0
    for part in path.replace("\\", "/").split("/"):
        depth += -1 if part == ".." else part not in ("", ".")
        if depth < 0:
            return True
    return Path(path).is_absolute() or "\\" in path


def digest_of_file(file: Path) -> str:
    """SHA-256 in hex, of a file of any size."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def check_paper(folder: Path, paper: Evidence, today: date) -> Iterator[tuple[str, str, bool]]:
    """(key, what is wrong, whether it is grave) of one paper."""
    yield from _file_faults(folder, paper)
    first, last = paper.valid_from or paper.issued, paper.valid_until
    if paper.issued and paper.issued > today:
        yield "issued", f"issued on {paper.issued}, in the future. Correct the date.", True
    if first and last and last < first:
        yield "valid_until", f"it ends on {last}, before it begins. Correct the dates.", True
    elif last and last < today:
        yield "valid_until", f"expired on {last}. Renew it, or stop using the source.", True
    elif last and last - today <= _SOON:
        yield "valid_until", f"expires on {last}. Renew it in time.", False
    if paper.valid_from and paper.valid_from > today:
        yield "valid_from", f"not in force before {paper.valid_from}. Do not use it yet.", True


def _file_faults(folder: Path, paper: Evidence) -> Iterator[tuple[str, str, bool]]:
    if paper.file is None:
        if paper.person is None:
            yield "kind", "no file and no person: nothing shows it. Name one of them.", True
        return
    problems = list(check_path(folder, paper.file))
    yield from (("file", problem, True) for problem in problems)
    target = contained(folder, paper.file)
    if problems or target is None or not target.is_file():
        return
    try:
        found = digest_of_file(target)
    except OSError as error:
        yield "file", f'"{paper.file}" cannot be read ({error.strerror}).', True
        return
    if paper.sha256 is None:
        yield (
            "file",
            f'"{paper.file}" has no digest, so a later change would not be seen. Add sha256 = '
            f'"{found}".',
            True,
        )
    elif paper.sha256 != found:
        yield (
            "sha256",
            f'"{paper.file}" changed: its digest is {found}. Put the right file back, or review '
            "the new one and enter its digest.",
            True,
        )
