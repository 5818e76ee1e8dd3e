"""Fetches raw text of stored documents from the corpus: by path, position and digest.

The only place where unmasked text leaves the corpus again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pyarrow.parquet as pq

from corpus_audit.audit.keys import key_id, load_key
from corpus_audit.audit.store import AuditStore
from corpus_audit.errors import AuditError, CorpusAuditError
from corpus_audit.excerpts import cut_raw
from corpus_audit.pii.masking import is_masked, mask_label
from corpus_audit.readers.encodings import canonical_encoding
from corpus_audit.readers.registry import reader_named
from corpus_audit.readers.suffixes import split_suffixes
from corpus_audit.text.batch import Batch
from corpus_audit.types import InputFile, Part, ReadOptions
from corpus_audit.units import UnitResult

_CONTEXT = 80  # code points of evidence on each side
_LINE = 8 << 20  # bytes that finding one line costs, about
_STDIN = "(cannot be shown: it came from standard input)"
_MASKED = "(cannot be shown: its path is masked; look it up in the corpus by its position)"
_GONE = "(cannot be shown: the file moved or changed since the scan)"

Place = tuple[str, int]  # path as the audit has it, position


def with_evidence(
    audit: str, findings: Iterable[Mapping[str, Any]], key_file: str | None
) -> Iterator[dict[str, Any]]:
    """Findings with their excerpt replaced by raw text; where that cannot be had, says why."""
    corpus = Corpus(AuditStore(audit), key_file)
    answers = list(findings)
    by_unit: dict[str, dict[Place, list[int]]] = {}
    for i, finding in enumerate(answers):
        place = (finding["path"], finding["position"])
        by_unit.setdefault(finding["unit"], {}).setdefault(place, []).append(i)
    for unit, wanted in by_unit.items():
        parts = corpus.parts(unit)
        for place, indices in wanted.items():
            reason = reason_for(place[0], parts)
            for i in indices:
                answers[i] = {**answers[i], "before": "", "match": reason, "after": ""}
        for place, text in corpus.texts(unit, wanted):
            for i in wanted[place]:
                span = (answers[i]["start"], answers[i]["end"])
                before, match, after = cut_raw(text, *span, _CONTEXT)
                answers[i] = {**answers[i], "before": before, "match": match, "after": after}
    yield from map(dict, answers)


class Corpus:
    """The corpus of an audit, for reading documents of it again."""

    def __init__(self, store: AuditStore, key_file: str | None) -> None:
        self.store = store
        manifest = store.read_manifest()
        self.key = load_key(key_file, store.url, create=False)
        if key_id(self.key) != manifest["key_id"]:
            raise AuditError(
                f"{store.url}: the key is not the one of the scan, so documents could not be told "
                "from changed ones. Pass the scan's --key-file."
            )
        self.options = read_options_of(manifest)
        self._parts: dict[str, list[Part]] = {}  # of the unit asked for last

    def parts(self, unit: str) -> list[Part]:
        """The stretches of files that a unit holds, paths as the audit has them."""
        if unit not in self._parts:
            self._parts = {unit: _parts_of(self.store, unit)}
        return self._parts[unit]

    def texts(self, unit: str, wanted: Iterable[Place]) -> Iterator[tuple[Place, str]]:
        """Texts of documents of a unit, as far as they are still there, unchanged; in any order."""
        places = list(wanted)
        digests = _stored_digests(self.store, unit, places)
        for place, text in _fetch(self.parts(unit), places, self.options, self.key):
            if digest_of_text(text, self.key) in digests.get(place, ()):
                yield place, text


def read_options_of(manifest: Mapping[str, Any]) -> ReadOptions:
    """The options of reading that a scan had."""
    read = manifest["read"]
    settled: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in read.items()}
    return ReadOptions(**settled)


def _parts_of(store: AuditStore, unit: str) -> list[Part]:
    stored = UnitResult.from_bytes(store.read(f"units/{unit}.json")).parts
    names = ("reader", "start", "end", "weight")
    return [
        Part(InputFile(**record["file"]), **{name: record[name] for name in names})
        for record in stored
    ]


def reason_for(path: str, parts: Iterable[Part]) -> str:
    """What to say of a document whose text is not found."""
    if path == "-":
        return _STDIN
    openable = any(_holds(part, path) and not is_masked(part.file.path) for part in parts)
    return _MASKED if is_masked(path) and not openable else _GONE


def _holds(part: Part, path: str) -> bool:
    """Is a stored path that of the part's file, or of a member of it?"""
    return path == part.file.path or path.startswith(part.file.path + "!/")


def _fetch(
    parts: Iterable[Part], wanted: Iterable[Place], options: ReadOptions, key: bytes
) -> Iterator[tuple[Place, str]]:
    """The texts at the wanted places, as far as they are still there; each part is read once."""
    for part in parts:
        if part.file.path == "-" or is_masked(part.file.path):
            continue
        end = float("inf") if part.end == -1 else part.end
        places = {place for place in wanted if _holds(part, place[0])}
        if part.reader == "jsonl":  # the others measure in units of their own
            places = {place for place in places if part.start <= place[1] < end}
        left = set(places)
        for stretch in (*_lines(part, places, options), part):
            if not left:
                break
            try:
                for item in reader_named(part.reader).read(stretch, options):
                    if isinstance(item, Batch):
                        for place, text in _in_batch(item, places, key):
                            left.discard(place)
                            yield place, text
            except (OSError, CorpusAuditError):
                continue  # told as moved or changed


def _lines(part: Part, places: set[Place], options: ReadOptions) -> list[Part]:
    """The wanted lines of a part, where they can be sought and are cheaper than all of it."""
    positions = sorted({position for _, position in places})
    if (
        part.reader != "jsonl"
        or canonical_encoding(options.encoding) != "utf-8"
        or split_suffixes(part.file.path)[1] is not None
        or part.weight < len(positions) * _LINE
    ):
        return []
    return [replace(part, start=at, end=at + 1) for at in positions]


def _in_batch(batch: Batch, places: set[Place], key: bytes) -> Iterator[tuple[Place, str]]:
    wanted = {position for _, position in places}
    paths = batch.records.column("path")
    for row, position in enumerate(batch.records.column("position").to_pylist()):
        if position in wanted:
            place = (mask_label(paths[row].as_py(), key), position)
            if place in places:
                yield place, batch.text.document(row).decode()


def _stored_digests(
    store: AuditStore, unit: str, places: Iterable[Place]
) -> dict[Place, set[bytes]]:
    positions = sorted({position for _, position in places})
    with store.open(f"documents/{unit}.parquet") as file:
        table = pq.read_table(
            file,
            columns=["path", "position", "digest"],
            filters=[("position", "in", positions)],
        )
    digests: dict[Place, set[bytes]] = {}
    for row in table.to_pylist():
        digests.setdefault((row["path"], row["position"]), set()).add(row["digest"])
    return digests


def digest_of_text(text: str, key: bytes) -> bytes:
    """The keyed digest of a document, as `documents/` stores it."""
    return hashlib.blake2b(text.encode(), key=key, digest_size=16).digest()
