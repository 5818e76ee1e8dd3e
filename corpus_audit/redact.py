"""Writes a copy of a corpus with personal data replaced: the same files in the same formats.

Records stream through; what cannot be read is left out, listed and counted, never copied.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from corpus_audit import __version__
from corpus_audit.audit.keys import key_id
from corpus_audit.errors import UsageError
from corpus_audit.pii.masking import mask_label
from corpus_audit.pii.redactor import Redactor
from corpus_audit.plan import plan
from corpus_audit.readers.sources import relative_path
from corpus_audit.rewriting import WRITERS, Job, Report
from corpus_audit.types import InputFile, ReadOptions

LOG = "redaction.json"


def redact_corpus(
    paths: Sequence[str],
    output: str | Path,
    redactor: Redactor,
    options: ReadOptions,
    *,
    format: str | None = None,
    all_fields: bool = False,
    progress: Callable[[int], None] = lambda nbytes: None,
) -> Report:
    """Redact every file under the paths into the folder `output`, and log the counts there.

    Raises UsageError for a format that cannot be written, or a target that is in the way.
    """
    folder = Path(output)
    planned = plan(list(paths), options, format=format, output=str(output))
    files: dict[str, tuple[InputFile, str]] = {}
    for unit in planned.units:
        for part in unit.parts:
            files.setdefault(part.file.path, (part.file, part.reader))
    for file, reader in files.values():
        if reader not in WRITERS or file.path == "-":
            raise UsageError(
                f"{file.path}: {reader} cannot be written again. Unpack it, or convert it to "
                "JSONL, Parquet, Arrow, CSV or text first."
            )
    report = Report()
    targets: set[Path] = set()
    for file, reader in files.values():
        name = mask_label(relative_path(file), redactor.key)
        target = folder / name
        if target.exists() or target in targets:
            raise UsageError(
                f"{target}: is there already, and nothing is overwritten. Choose another -o."
            )
        targets.add(target)
        done = Report()
        job = Job(file, target, options, redactor, all_fields, done)
        with _temporary(target) as temporary:
            WRITERS[reader](job, temporary)
        report.files.append(
            {
                "path": mask_label(file.path, redactor.key),
                "records": done.records,
                "changed": done.changed,
                "left_out": done.left_out,
                "counts": dict(sorted(done.counts.items())),
            }
        )
        report.records += done.records
        report.changed += done.changed
        report.left_out += done.left_out
        report.counts.update(done.counts)
        progress(file.size)
    with _temporary(folder / LOG) as temporary:
        temporary.write_bytes(orjson.dumps(_log(report, redactor), option=orjson.OPT_INDENT_2))
    return report


def _log(report: Report, redactor: Redactor) -> dict[str, Any]:
    return {
        "version": __version__,
        "method": redactor.method,
        "kinds": redactor.kinds,
        "key_id": key_id(redactor.key),
        "records": report.records,
        "changed": report.changed,
        "left_out": report.left_out,
        "counts": dict(sorted(report.counts.items())),
        "files": report.files,
    }


@contextmanager
def _temporary(target: Path) -> Iterator[Path]:
    """A path to write to, which gets its name when the block ends well."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
