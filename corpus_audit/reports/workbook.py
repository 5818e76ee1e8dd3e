"""The report as an Excel workbook: real tables and numbers, for people who go on from there."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from corpus_audit.errors import UsageError
from corpus_audit.reports import story, tables, tidy
from corpus_audit.reports.data import ReportData
from corpus_audit.reports.html import facts, limit_text, observed_text
from corpus_audit.reports.page import kind_name, statements, traced
from corpus_audit.reports.texts import Texts
from corpus_audit.text.inert import printable

_CELL = 32_000  # characters; Excel allows 32,767
_ROWS = 1_000_000  # Excel allows 1,048,576
_WIDEST = 60
_SHARE, _COUNT = "0.00%", "#,##0"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. `formats` are by column; "" is text. `bars`: columns with bars in them."""

    name: str  # of the table, in every language: letters only
    title: str
    headers: list[str]
    rows: list[list[Any]]
    formats: list[str]
    bars: tuple[int, ...] = ()
    over: int | None = None  # column that is red over the limit
    colours: tuple[int, int] | None = None  # columns that are a heat map


def render_workbook(data: ReportData, language: str) -> bytes:
    """The workbook in one language."""
    try:
        import openpyxl
    except ImportError:
        raise UsageError(
            "Excel needs openpyxl, which is not installed: pip install 'corpus-audit[excel]', or "
            "choose --format csv."
        ) from None
    t = Texts(language)
    book = openpyxl.Workbook()
    book.remove(book.active)
    _write_summary(book.create_sheet(t("table.summary")), data, t)
    for sheet in _sheets(data, t):
        _write(book.create_sheet(sheet.title[:31]), sheet, data.limit)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def _sheets(data: ReportData, t: Texts) -> Iterator[Sheet]:
    yield _sources(data, t)
    yield _heat(data, t)
    yield _risks(data, t)
    if rows := tables.personal_rows(data):
        yield _personal(data, rows, t)
    if data.assessment:
        yield _clauses(data, t)
        yield _checks(data, t)
    yield _excerpts(data, t)
    if data.coverage.skipped:
        yield _skipped(data, t)
    yield _columns(t)


def _sources(data: ReportData, t: Texts) -> Sheet:
    headers = [t(f"sources.{key}") for key in ("name", "documents")]
    headers += [t("risks.hits"), t("sources.share"), t("sources.worst"), t("table.low"),
                t("table.high"), t("sources.outcome"), t("detail.chars"), t("detail.skipped"),
                t("detail.share-chars"), t("detail.deduplicated"), t("detail.languages"),
                t("detail.owner"), t("detail.origin"), t("detail.licence"),
                t("detail.statements"), t("detail.reason")]  # fmt: skip
    rows = []
    for source in data.sources:
        tally, row, papers = source.tally, source.row, source.inventory
        known = papers if data.ledger else None
        low, high = source.bounds or (None, None)
        rows.append(
            [
                source.name,
                tally.documents,
                row["hit_documents"],
                source.share,
                source.worst,
                low,
                high,
                t(f"outcome.{data.outcome_of(source)}"),
                tally.chars,
                row["skipped"],
                row["hit_chars"] / tally.chars if tally.chars else None,
                source.deduplicated,
                t.counts("language", tally.categories.get("language", {})),
                known.owner if known else "",
                t.named("place", known.origin) if known else "",
                known.licence if known else "",
                statements(tally.categories.get("statements", {}), t),
                t.words(source.outcome.reason) if source.outcome else "",
            ]  # fmt: skip
        )
    formats = ["", _COUNT, _COUNT, _SHARE, _SHARE, _SHARE, _SHARE, "", _COUNT, _COUNT, _SHARE,
               _SHARE, "", "", "", "", "", ""]  # fmt: skip
    return Sheet("Sources", t("sources.title"), headers, rows, formats, bars=(3,), over=3)


def _heat(data: ReportData, t: Texts) -> Sheet:
    risks = [risk for risk in data.risks.risks]
    rows = [
        [
            source.name,
            *(
                source.tally.hits.get(risk.id, 0) / source.tally.documents
                if source.tally.documents
                else None
                for risk in risks
            ),
        ]
        for source in data.sources
    ]
    headers = [t("sources.name"), *(f"{risk.id} {t.words(risk.short)}" for risk in risks)]
    formats = ["", *[_SHARE] * len(risks)]
    title = t("risks.heat")
    return Sheet("SourceByRisk", title, headers, rows, formats, colours=(1, len(risks)))


def _risks(data: ReportData, t: Texts) -> Sheet:
    rows = [
        [
            row.risk.id,
            t.words(row.risk.name),
            row.documents,
            row.share,
            row.sources,
            t("table.yes" if row.counted else "table.no"),
            t("table.yes" if row.looked else "table.no"),
        ]  # fmt: skip
        for row in tables.risk_rows(data)
    ]
    keys = ("id", "name", "hits", "share", "in-sources", "counted", "looked")
    headers = [t(f"risks.{key}") for key in keys]
    formats = ["", "", _COUNT, _SHARE, _COUNT, "", ""]
    return Sheet("Risks", t("risks.title"), headers, rows, formats, bars=(2,))


def _personal(data: ReportData, found: Sequence[tables.KindRow], t: Texts) -> Sheet:
    rows = [
        [
            kind_name(data, row.kind, t),
            t.named("class", row.class_),
            row.documents,
            row.share,
            row.sources,
            row.occurrences,
            row.distinct,
            row.unsure,
        ]  # fmt: skip
        for row in found
    ]
    keys = ("kind", "class", "documents", "share", "in-sources", "occurrences", "distinct",
            "unsure")  # fmt: skip
    headers = [t(f"personal.{key}") for key in keys]
    formats = ["", "", _COUNT, _SHARE, *[_COUNT] * 4]
    return Sheet("PersonalData", t("personal.title"), headers, rows, formats, bars=(2,))


def _clauses(data: ReportData, t: Texts) -> Sheet:
    assert data.assessment
    rows = [
        [
            clause.number,
            t.words(clause.title),
            t(f"topic.{clause.topic}"),
            t("clauses.should" if clause.advisory else "clauses.must"),
            t(f"outcome.{clause.outcome}"),
            t.words(clause.reason),
            t.words(clause.next) if clause.next else "",
            t.listed(t.words(e.what) for e in clause.evidence if not e.present and not e.optional),
            t(f"verified.{clause.verified}"),
        ]  # fmt: skip
        for clause in data.assessment.clauses
    ]
    headers = [t("table.clause"), t("clauses.title"), t("table.topic"), t("table.modality"),
               t("clauses.outcome"), t("clauses.reason"), t("clauses.todo"), t("table.missing"),
               t("reproduce.standard")]  # fmt: skip
    return Sheet("Clauses", t("clauses.title"), headers, rows, [""] * len(headers))


def _checks(data: ReportData, t: Texts) -> Sheet:
    assert data.assessment
    rows = [
        [
            clause.number,
            check.subject or t("clauses.whole"),
            limit_text(check.limit, t),
            observed_text(check, t),
            check.bounds.low if check.bounds else None,
            check.bounds.high if check.bounds else None,
            t(f"outcome.{check.outcome}"),
            t.words(check.reason),
        ]  # fmt: skip
        for clause in data.assessment.clauses
        for check in clause.checks
    ]
    headers = [t("table.clause"), t("clauses.subject"), t("clauses.limit"), t("clauses.observed"),
               t("table.low"), t("table.high"), t("clauses.outcome"),
               t("clauses.reason")]  # fmt: skip
    formats = ["", "", "", "", _SHARE, _SHARE, "", ""]
    return Sheet("Checks", t("clauses.checks"), headers, rows, formats)


def _excerpts(data: ReportData, t: Texts) -> Sheet:
    rows = [
        [
            each.source,
            each.risk,
            t.words(title) if (title := data.titles.get(each.rule)) else "",
            each.rule,
            t(f"level.{each.confidence}"),
            each.before,
            each.match,
            each.after,
            traced(each.trace, t),
            each.matches,
            each.doc,
            each.path,
            each.position,
        ]  # fmt: skip
        for each in data.examples
    ]
    headers = [t("sources.name"), t("risks.id"), t("risks.name"), t("table.rule"),
               t("table.confidence"), t("table.before"), t("table.match"), t("table.after"),
               t("table.trace"), t("personal.occurrences"), t("table.document"),
               t("coverage.path"), t("coverage.position")]  # fmt: skip
    formats = [*[""] * 9, _COUNT, "", "", "0"]
    return Sheet("Excerpts", t("table.excerpts"), headers, rows, formats)


def _skipped(data: ReportData, t: Texts) -> Sheet:
    rows: list[list[Any]] = [
        [
            t.named("skip", row.reason),
            row.records,
            t("coverage.harmless" if row.harmless else "coverage.yes"),
        ]
        for row in tables.skip_rows(data)
    ]
    headers = [t("coverage.reason"), t("coverage.records"), t("coverage.unseen")]
    return Sheet("Skipped", t("coverage.title"), headers, rows, ["", _COUNT, ""], bars=(1,))


def _columns(t: Texts) -> Sheet:
    """What the long table of `--format csv` and `parquet` holds."""
    rows: list[list[Any]] = [
        *([name, t(f"column.{name}")] for name in tidy.SCHEMA.names),
        *([name, t(f"measure.{name.rstrip(':')}")] for name in tidy.MEASURES),
    ]
    headers = [t("table.column"), t("table.meaning")]
    return Sheet("Columns", t("table.columns"), headers, rows, ["", ""])


def _write_summary(sheet: Any, data: ReportData, t: Texts) -> None:
    from openpyxl.styles import Alignment, Font

    lines: list[tuple[str, str]] = [(story.headline(data, t), "")]
    lines += [(sentence, "") for sentence in story.lead(data, t)]
    lines.append(("", ""))
    lines += [(f.label, f"{f.value} {f.note}".strip()) for f in story.figures(data, t)]
    lines.append(("", ""))
    lines += [(step.text, step.command) for step in story.next_steps(data, t)]
    lines.append(("", ""))
    lines += [(t(f"reproduce.{key}"), value) for key, value in facts(data, t)]
    lines.append((t("reproduce.scan"), story.scan_command(data)))
    for place, (label, value) in enumerate(lines, 1):
        for column, text in ((1, label), (2, value)):
            _set(sheet.cell(place, column), text, "")
            sheet.cell(place, column).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.cell(1, 1).font = Font(bold=True, size=16)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 70, 60
    sheet.sheet_view.showGridLines = False


def _write(sheet: Any, table: Sheet, limit: float) -> None:
    from openpyxl.formatting.rule import CellIsRule, ColorScaleRule, DataBarRule
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.table import Table, TableStyleInfo

    sheet.append(_distinct(table.headers))
    for row in table.rows[:_ROWS]:
        sheet.append([None] * len(row))
        for cell, value, form in zip(sheet[sheet.max_row], row, table.formats, strict=True):
            _set(cell, value, form)
    if not table.rows:
        sheet.append([None] * len(table.headers))
    last = f"{get_column_letter(len(table.headers))}{sheet.max_row}"
    real = Table(displayName=table.name, ref=f"A1:{last}")
    real.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    sheet.add_table(real)
    sheet.freeze_panes = "B2"
    for cell in sheet[1]:
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    for place, header in enumerate(table.headers):
        letter = get_column_letter(place + 1)
        texts = [header, *(str(row[place]) for row in table.rows[:200] if row[place] is not None)]
        widest = max(sum(2 if ord(char) > 0x2E80 else 1 for char in text) for text in texts)
        form = table.formats[place]
        sheet.column_dimensions[letter].width = 13 if form else min(_WIDEST, widest + 3)
    stretch = f"{{0}}2:{{0}}{sheet.max_row}"
    for place in table.bars:
        sheet.conditional_formatting.add(
            stretch.format(get_column_letter(place + 1)),
            DataBarRule("num", 0, "max", None, color="FF7FB0BD"),
        )
    if table.over is not None:
        sheet.conditional_formatting.add(
            stretch.format(get_column_letter(table.over + 1)),
            CellIsRule("greaterThan", [repr(limit)], font=Font(bold=True, color="FFA3271B")),
        )
    if table.colours:
        first, past = (get_column_letter(place + 1) for place in table.colours)
        area = f"{first}2:{past}{sheet.max_row}"
        red = PatternFill(bgColor="FFA3271B", fill_type="solid")
        rule = CellIsRule("greaterThan", [repr(limit)], fill=red, font=Font(color="FFFFFFFF"))
        sheet.conditional_formatting.add(area, rule)
        scale = ColorScaleRule("num", 0, "FFFFFFFF", None, None, None, "num", limit, "FFE3A69F")
        sheet.conditional_formatting.add(area, scale)


def _set(cell: Any, value: Any, form: str) -> None:
    """Write a value; text stays text, whatever it begins with."""
    if isinstance(value, str):
        cell.value = printable(value)[:_CELL] or None
        if cell.value is not None:
            cell.data_type = "s"
            cell.quotePrefix = True
    elif value is not None:
        cell.value = value
        if form:
            cell.number_format = form


def _distinct(headers: Sequence[str]) -> list[str]:
    """Headers of a table have to differ."""
    seen: dict[str, int] = {}
    answer = []
    for header in headers:
        seen[header] = seen.get(header, 0) + 1
        answer.append(header if seen[header] == 1 else f"{header} {seen[header]}")
    return answer
