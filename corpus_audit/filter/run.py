"""A whole filter: match input files with the audit, copy each, check that the counts add up."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson

from corpus_audit.audit.keys import load_key
from corpus_audit.audit.store import AuditStore
from corpus_audit.errors import AuditError
from corpus_audit.filter.drops import Drops
from corpus_audit.filter.formats import copier_for
from corpus_audit.filter.selection import Drop, Selection, Stored
from corpus_audit.pii.masking import mask_label
from corpus_audit.plan import changed_since, plan, real_path
from corpus_audit.raw import read_options_of
from corpus_audit.readers.sources import relative_path
from corpus_audit.rewriting import Sink, check_names, new_folder, reading_whole
from corpus_audit.types import InputFile, ReadOptions

REASONS = "reasons.jsonl"


@dataclass(slots=True)
class Filtered:
    """What a filter did. `kept` + `dropped` are all records of the audit in these files."""

    files: int = 0
    kept: int = 0
    dropped: int = 0
    reasons: Counter[str] = field(default_factory=Counter)  # a record may have several
    ignored: tuple[tuple[str, str], ...] = ()  # paths that are no data, with the reason


def filter_corpus(
    paths: Sequence[str],
    audit: str,
    output: str,
    quarantine: str,
    *,
    drop: Sequence[str],
    format: str | None = None,
    key_file: str | None = None,
) -> Filtered:
    """Copy the corpus at `paths` without the records that fit `drop`, which go to `quarantine`.

    Same formats out as in. Raises UsageError or AuditError before anything is written where a file
    cannot be filtered, and AuditError where one does not hold what the audit says.
    """
    store = AuditStore(audit)
    options = read_options_of(store.read_manifest())
    selection = Selection(store, drop)
    planned = plan(paths, options, format=format, output=output)
    parts = [part for unit in planned.units for part in unit.parts if part.start == 0]
    files = [(part.file, _stored(part.file, selection, audit, key_file)) for part in parts]
    names = [relative_path(file) for file, _ in files]
    check_names(names, REASONS)
    for file, stored in files:
        copier_for(stored.reader, file.path)
    target, aside = new_folder(output), new_folder(quarantine)
    done = Filtered(ignored=planned.ignored)
    with contextlib.ExitStack() as whole:
        reasons = Sink(whole, aside, REASONS)
        for (file, stored), name in zip(files, names, strict=True):
            _filter_file(file, stored, name, options, selection, target, aside, reasons, done)
        reasons.stream()
    return done


def _filter_file(
    file: InputFile,
    stored: Stored,
    name: str,
    options: ReadOptions,
    selection: Selection,
    target: AuditStore,
    aside: AuditStore,
    reasons: Sink,
    done: Filtered,
) -> None:
    def record(drop: Drop) -> None:
        done.reasons.update(drop.reasons.split(" "))
        row = {**drop._asdict(), "path": stored.path}
        reasons.stream().write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))

    drops = Drops(stored.path, selection.of(stored), record)
    with reading_whole(stored.path, "Mend it and scan again."), contextlib.ExitStack() as stack:
        kept, dropped = Sink(stack, target, name), Sink(stack, aside, name)
        copier_for(stored.reader, file.path)(file, options, drops, kept, dropped)
        drops.finish(selection.records(stored))
        if changed_since(file):
            raise AuditError(f"{stored.path}: changed while it was copied. Scan it again.")
    done.files += 1
    done.kept += drops.kept
    done.dropped += drops.dropped


def _stored(file: InputFile, selection: Selection, audit: str, key_file: str | None) -> Stored:
    """The file as the audit knows it. Raises AuditError where it is another by now."""
    real = real_path(file)
    if mask_label(real) != real:  # only then does its label need the key
        real = mask_label(real, load_key(key_file, audit, create=False))
    stored = selection.files.get(real)
    label = mask_label(file.path)
    if stored is None:
        raise AuditError(
            f"{label}: is not in the audit, so nobody looked at it. Scan it too, or leave it out."
        )
    if (stored.size, stored.stamp) != (file.size, file.stamp):
        raise AuditError(f"{label}: changed since the scan, so records may be others. Scan again.")
    return stored


def write_list(audit: str, output: str, *, drop: Sequence[str]) -> Filtered:
    """Write the records that fit `drop` to a JSONL file, from the audit alone."""
    store = AuditStore(audit)
    selection = Selection(store, drop)
    folder, _, name = output.rpartition("/")
    done = Filtered()
    with contextlib.ExitStack() as stack:
        sink = Sink(stack, AuditStore(folder or ("/" if output.startswith("/") else ".")), name)
        out = sink.stream()
        for unit in selection.units:
            drops, counts = selection.of_unit(unit)
            for path in sorted(drops):
                for each in drops[path]:
                    done.reasons.update(each.reasons.split(" "))
                    row = {"path": path, **each._asdict()}
                    out.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
                done.dropped += len(drops[path])
            done.kept += sum(counts.values())
    done.kept -= done.dropped
    return done
