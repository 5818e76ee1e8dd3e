"""The report as an Excel workbook: real tables and numbers, for people who go on from there."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from corpus_audit.errors import UsageError
from corpus_audit.reports import story
from corpus_audit.reports.data import ReportData
from corpus_audit.reports.html import facts
from corpus_audit.reports.sheets import Sheet, sheets
from corpus_audit.reports.texts import Texts
from corpus_audit.text.inert import printable

_CELL = 32_000  # characters; Excel allows 32,767
_ROWS = 1_000_000  # Excel allows 1,048,576
_WIDEST = 60


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
    for sheet in sheets(data, t):
        _write(book.create_sheet(sheet.title[:31]), sheet, data.limit)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


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
    for place, row in enumerate(table.rows[:_ROWS], 2):
        for column, (value, form) in enumerate(zip(row, table.formats, strict=True), 1):
            if value is not None:
                _set(sheet.cell(place, column), value, form)
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
