"""The formats of a report, by name: what renders each, and its file in the audit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from corpus_audit.audit.store import AuditStore
from corpus_audit.errors import UsageError
from corpus_audit.reports.data import ReportData


@dataclass(frozen=True, slots=True)
class Format:
    """One format."""

    file: str  # in the audit
    render: Callable[[ReportData, str], bytes]  # the second is the language


def _html(data: ReportData, language: str) -> bytes:
    from corpus_audit.reports.html import render_html

    return render_html(data, language).encode()


def _markdown(data: ReportData, language: str) -> bytes:
    from corpus_audit.reports.markdown import render_markdown

    return render_markdown(data, language).encode()


def _workbook(data: ReportData, language: str) -> bytes:
    from corpus_audit.reports.workbook import render_workbook

    return render_workbook(data, language)


def _csv(data: ReportData, language: str) -> bytes:
    from corpus_audit.reports.tidy import render_csv

    return render_csv(data)


def _json(data: ReportData, language: str) -> bytes:
    from corpus_audit.reports.json_document import render_json

    return render_json(data, language)


def _parquet(data: ReportData, language: str) -> bytes:
    from corpus_audit.reports.tidy import render_parquet

    return render_parquet(data)


FORMATS = {
    "html": Format("report.html", _html),
    "md": Format("report.md", _markdown),
    "xlsx": Format("report.xlsx", _workbook),
    "csv": Format("statistics.csv", _csv),
    "json": Format("report.json", _json),
    "parquet": Format("statistics.parquet", _parquet),
}


#: Audits with more than this get their page by `corpus-audit report` only: it would take a while.
_CHEAP_SOURCES, _CHEAP_BYTES = 500, 32 << 20


def is_cheap(url: str, sources: int) -> bool:
    """Is a page of this audit made in about half a second?"""
    store = AuditStore(url)
    if sources > _CHEAP_SOURCES or store.local is None:
        return False
    stored = sum(file.stat().st_size for file in (store.local / "findings").glob("*.parquet"))
    return stored < _CHEAP_BYTES


def render(data: ReportData, format: str, language: str) -> bytes:
    """A report as the bytes of its file."""
    if format not in FORMATS:
        raise UsageError(f"--format {format}: it is {', '.join(FORMATS)}.")
    return FORMATS[format].render(data, language)


def write_report(
    data: ReportData, format: str = "html", language: str = "en", output: str | None = None
) -> str:
    """Write a report and return where it is; without `output`, into the audit."""
    written = render(data, format, language)
    if output is None:
        store, name = AuditStore(data.url), FORMATS[format].file
        store.write(name, written)
        return f"{data.url.rstrip('/')}/{name}"
    path = Path(output)
    if path.is_dir():
        path = path / FORMATS[format].file
    if not path.parent.is_dir():
        raise UsageError(f"-o {output}: there is no folder {path.parent}. Make it first.")
    try:
        AuditStore(str(path.parent)).write(path.name, written)
    except OSError as error:
        raise UsageError(f"-o {output}: cannot be written ({error.strerror}).") from None
    return str(path)
