"""Who did what to an audit: an append-only log whose lines are chained by digests.

Each line holds the digest of the line before it and of every file that its action wrote, so that a
changed, removed or added line or file shows. Nobody can chain a new log unseen who does not know
the last digest ("head"): write it down where the audit cannot be changed.
"""

from __future__ import annotations

import getpass
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from corpus_audit import __version__
from corpus_audit.audit.store import FOLDERS, MANIFEST, AuditStore
from corpus_audit.errors import AuditError

LOG = "log.jsonl"
FILES = "files.json"  # digests of what a scan wrote: too many for a line of the log
_WRITTEN = (
    "duplicates.json", "duplicates.parquet", MANIFEST, "personal.csv", "personal.parquet",
    "sources.csv", "sources.parquet",
)  # fmt: skip
_FACTS = ("config", "key_id", "ledger", "merged_from", "counts")
_PIECE = 1 << 20
#: Who acts, where the name of the account does not tell.
ACTOR = "CORPUS_AUDIT_BY"


def record(
    store: AuditStore, action: str, facts: Mapping[str, Any], files: Iterable[str] = ()
) -> str:
    """Append a line and return its digest. The caller holds the lock of the audit."""
    lines = _lines(store)
    last = _last(store, lines)
    entry: dict[str, Any] = {
        "n": last["n"] + 1,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "action": action,
        "by": _actor(),
        "version": __version__,
        "facts": dict(facts),
        "files": {name: digest_of_stored(store, name) for name in sorted(files)},
        "before": last["digest"],
    }
    entry["digest"] = _digest(entry)
    lines.append(orjson.dumps(entry, option=orjson.OPT_SORT_KEYS))
    store.write(LOG, b"\n".join(lines) + b"\n")
    return str(entry["digest"])


def record_scan(store: AuditStore, manifest: Mapping[str, Any]) -> str:
    """Append a line for what a scan or a merge wrote: all files of the audit as they are now."""
    facts = {name: manifest.get(name) for name in _FACTS}
    digests = {name: digest_of_stored(store, name) for name in _present(store)}
    store.write(FILES, orjson.dumps(digests, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
    return record(store, "merge" if facts["merged_from"] else "scan", facts, [FILES])


def check_chain(store: AuditStore) -> tuple[list[str], str]:
    """(what is wrong with the log itself, its head)."""
    lines = _lines(store)
    if not lines:
        return [f"{LOG}: is missing, so nothing shows who made this audit. Scan again."], ""
    faults, before = [], ""
    for number, line in enumerate(lines, 1):
        try:
            entry = orjson.loads(line)
            told = entry.pop("digest")
            sound = told == _digest(entry)
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
            faults.append(f"{LOG}:{number}: is no line of a log. It was changed.")
            continue
        if not sound:
            faults.append(f"{LOG}:{number}: was changed: its digest is another.")
        if entry.get("before") != before or entry.get("n") != number:
            faults.append(
                f"{LOG}:{number}: does not follow the line before it: a line was changed, removed "
                "or added."
            )
        before = told
    return faults, before


def verify(store: AuditStore, head: str | None = None) -> tuple[list[str], str, int]:
    """(all faults, the head of the log, how many files were compared)."""
    faults, found = check_chain(store)
    if not found:
        return faults, found, 0
    if head is not None and head != found:
        faults.append(
            f"{LOG}: ends with {found}, not with {head}: lines were cut off, added or made anew."
        )
    told = _told(store, faults)
    present = {*_present(store), *(name for name in told if store.exists(name))}
    for name in sorted(told):
        if name not in present:
            faults.append(f"{name}: is in the log and not there. It was removed.")
        elif digest_of_stored(store, name) != told[name]:
            faults.append(f"{name}: was changed after it was written.")
    faults += [f"{name}: is in no line of the log. It was added." for name in present - told.keys()]
    return faults, found, len(told)


def entries(store: AuditStore) -> Iterator[dict[str, Any]]:
    """The lines of the log that can be read."""
    for line in _lines(store):
        try:
            entry = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if isinstance(entry, dict):
            yield entry


def digest_of_stored(store: AuditStore, name: str) -> str:
    """BLAKE2b-128 of a file of the audit."""
    digest = hashlib.blake2b(digest_size=16)
    with store.open(name) as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _told(store: AuditStore, faults: list[str]) -> dict[str, str]:
    """The last digest that the log tells of each file."""
    told: dict[str, str] = {}
    for entry in entries(store):
        files = entry.get("files", {})
        if FILES in files and store.exists(FILES):
            try:
                listed = orjson.loads(store.read(FILES))
            except orjson.JSONDecodeError:
                listed = None
            if not isinstance(listed, dict):
                faults.append(f"{FILES}: cannot be read, so its files cannot be compared.")
            else:
                # a scan removes the results of other scans, and leaves what others wrote
                told = {name: each for name, each in told.items() if not _of_scan(name)} | listed
        told |= files
    return told


def _of_scan(name: str) -> bool:
    return name in _WRITTEN or name.partition("/")[0] in FOLDERS


def _present(store: AuditStore) -> list[str]:
    inside = [f"{folder}/{name}" for folder in FOLDERS for name in store.names(folder)]
    return [*(name for name in _WRITTEN if store.exists(name)), *inside]


def _lines(store: AuditStore) -> list[bytes]:
    return store.read(LOG).splitlines() if store.exists(LOG) else []


def _last(store: AuditStore, lines: list[bytes]) -> dict[str, Any]:
    try:
        last: dict[str, Any] = orjson.loads(lines[-1]) if lines else {"n": 0, "digest": ""}
        return {"n": int(last["n"]), "digest": str(last["digest"])}
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        raise AuditError(
            f"{store.url}/{LOG}: its last line was changed, so nothing can be added to it. "
            "`corpus-audit verify` tells more; scan into a new -o."
        ) from None


def _digest(entry: Mapping[str, Any]) -> str:
    data = orjson.dumps(dict(entry), option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _actor() -> str:
    told = os.environ.get(ACTOR)
    if told:
        return told
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in containers
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "unknown"
