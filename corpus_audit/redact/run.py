"""A whole redaction: the same files in the same formats, and a log of counts.

Records stream through; what cannot be read is left out and counted, never copied.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import orjson

from corpus_audit import __version__
from corpus_audit.audit.keys import key_id
from corpus_audit.errors import ReadError
from corpus_audit.pii.masking import mask_label
from corpus_audit.pii.redactor import Redactor
from corpus_audit.plan import changed_since, plan
from corpus_audit.readers.sources import relative_path
from corpus_audit.readers.suffixes import split_suffixes
from corpus_audit.redact.formats import rewriter_for
from corpus_audit.redact.records import Job, Report
from corpus_audit.rewriting import Sink, check_names, new_folder, reading_whole
from corpus_audit.types import ReadOptions

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
    """Redact every file under the paths into the new folder `output`, and log the counts there.

    Raises UsageError before anything is written for a format that cannot be written again, and
    ReadError where a file breaks off. `progress` gets stored bytes.
    """
    planned = plan(list(paths), options, format=format, output=str(output))
    parts = [part for unit in planned.units for part in unit.parts if part.start == 0]
    names = [_masked(relative_path(part.file), redactor.key) for part in parts]
    check_names(names, LOG)
    for part in parts:
        rewriter_for(part.reader, part.file.path)
    target = new_folder(str(output))
    whole = Report()
    for part, name in zip(parts, names, strict=True):
        file, label = part.file, mask_label(part.file.path, redactor.key)
        job = Job(label, options, redactor, all_fields)
        with reading_whole(label, "Mend it, or leave it out."), contextlib.ExitStack() as stack:
            rewriter_for(part.reader, file.path)(file, job, Sink(stack, target, name))
            if changed_since(file):
                raise ReadError("it changed meanwhile")
        done = job.report
        whole.add(done)
        whole.files.append({"path": label, **_counts(done)})
        progress(file.size)
    log = {
        "version": __version__,
        "method": redactor.method,
        "kinds": redactor.kinds,
        "key_id": key_id(redactor.key),
        **_counts(whole),
        "files": whole.files,
    }
    target.write(LOG, orjson.dumps(log, option=orjson.OPT_INDENT_2))
    return whole


def _counts(report: Report) -> dict[str, Any]:
    return {
        "records": report.records,
        "changed": report.changed,
        "left_out": report.left_out,
        "counts": dict(sorted(report.counts.items())),
    }


def _masked(name: str, key: bytes) -> str:
    """A name without personal data that still ends as its format does."""
    suffixes = PurePosixPath(name).suffixes
    for count in (1, 2):
        tail = "".join(suffixes[-count:])
        if tail and split_suffixes(f"x{tail}") == split_suffixes(name):
            return mask_label(name.removesuffix(tail), key) + tail
    return mask_label(name, key)
