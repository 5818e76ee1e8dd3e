"""Sheets as files: workbook, CSV and tasks of Label Studio, written and read back."""

from __future__ import annotations

import csv
import importlib.util
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal
from xml.sax.saxutils import quoteattr

import orjson

from corpus_audit.errors import AuditError, UsageError
from corpus_audit.review.sheets import COLUMNS, HARMFUL, NEEDED, RISK_COLUMNS, Sheet, write_private

Format = Literal["xlsx", "csv", "label-studio"]
SUFFIXES: dict[Format, str] = {"xlsx": ".xlsx", "csv": ".csv", "label-studio": ".json"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LABELS = "label-studio.xml"


def write_sheet(sheet: Sheet, folder: Path, format: Format, risks: Sequence[str]) -> Path:
    """Write one sheet into a folder; returns its file."""
    name = f"{sheet.sample}-{sheet.kind}-{_file_name(sheet.reviewer)}{SUFFIXES[format]}"
    if format == "label-studio":
        write_private(folder / _LABELS, lambda path: _write_labels(path, risks))
    writers: dict[Format, Callable[[Path], None]] = {
        "xlsx": lambda path: _write_xlsx(sheet, path, risks),
        "csv": lambda path: _write_csv(sheet, path),
        "label-studio": lambda path: _write_tasks(sheet, path),
    }
    write_private(folder / name, writers[format])
    return folder / name


def _file_name(reviewer: str) -> str:
    return "".join(char if char.isalnum() or char in "-_" else "_" for char in reviewer)


def read_sheet(path: Path) -> tuple[bytes, list[dict[str, str]]]:
    """(the bytes of a file, its rows by keys of COLUMNS); raises AuditError where it is none."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise AuditError(f"{path}: cannot be read ({error.strerror}). Nothing changed.") from None
    readers: dict[str, Callable[[bytes], Iterator[dict[str, str]]]] = {
        ".xlsx": _read_xlsx,
        ".csv": _read_csv,
        ".json": _read_tasks,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise AuditError(
            f"{path}: not a review sheet: those end in {', '.join(readers)}. Nothing changed."
        )
    try:
        rows = list(reader(data))
    except _NoSheet as error:
        raise AuditError(f"{path}: not a review sheet: {error}. Nothing changed.") from None
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, csv.Error):
        raise AuditError(
            f"{path}: damaged, or not a review sheet. Save it again from the program in which it "
            "was filled in. Nothing changed."
        ) from None
    return data, rows


class _NoSheet(Exception):
    pass


def _keys(head: Sequence[Any]) -> list[str]:
    """The key of each column: the last word of its head."""
    keys = [str(cell or "").strip().rpartition(" ")[2] for cell in head]
    missing = [COLUMNS[key] for key in NEEDED if key not in keys]
    if missing:
        raise _NoSheet(f"it has no column {', '.join(missing)}")
    return keys


def _row(keys: Sequence[str], cells: Sequence[Any]) -> dict[str, str]:
    texts = ["" if cell is None else str(cell) for cell in cells]
    return dict(zip(keys, [*texts, *[""] * (len(keys) - len(texts))], strict=False))


# --- workbook ---------------------------------------------------------------------------------

_WIDTHS = {"item": 20, "text": 90, "harmful": 14, "remark": 30, "source": 16, "detected": 30}
_GUIDE = (
    "每行一条。只填写“是否有害”、风险与备注；其余列请勿改动。",
    "One document a row. Fill in harmful, risk and remark; leave the other columns as they are.",
    "有害：含下列任何一种风险，并至少选一种。无法判断时选“不确定”。",
    "yes: it holds one of the risks below, or more; choose at least one. unsure: you cannot tell.",
    "由上往下依次判断：行序随机，前面若干行本身就是随机样本。",
    "Work from top to bottom: rows are in random order, so a beginning is a sample too.",
    "本表含原始文本，请勿外传。",
    "This sheet holds raw text. Do not pass it on.",
    "",
)


def _check_openpyxl() -> None:
    if importlib.util.find_spec("openpyxl") is None:
        raise UsageError(
            "Excel needs openpyxl, which is not installed: pip install 'corpus-audit[excel]', or "
            "choose --format csv."
        )


def _write_xlsx(sheet: Sheet, path: Path, risks: Sequence[str]) -> None:
    _check_openpyxl()
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    page = book.active
    page.title = "review"
    columns = sheet.columns
    for number, key in enumerate(columns, 1):
        cell = page.cell(1, number, COLUMNS[key])
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDE6F0")
        page.column_dimensions[get_column_letter(number)].width = _WIDTHS.get(key, 16)
    wrapped = Alignment(wrap_text=True, vertical="top")
    for below, row in enumerate(sheet.rows, 2):
        for number, key in enumerate(columns, 1):
            cell = page.cell(below, number)
            if row[key]:
                cell.value = row[key]
                cell.data_type = "s"  # text that begins like a formula stays text
                cell.quotePrefix = row[key].startswith(_FORMULA)
            cell.alignment = wrapped
    page.freeze_panes = "C2"
    choices = book.create_sheet("choices")
    for column, values in (("A", list(HARMFUL.values())), ("B", list(risks))):
        for below, value in enumerate(values, 1):
            choices[f"{column}{below}"] = value
    choices.sheet_state = "hidden"
    for keys, column, count in ((("harmful",), "A", len(HARMFUL)), (RISK_COLUMNS, "B", len(risks))):
        allowed = DataValidation(
            type="list",
            formula1=f"choices!${column}$1:${column}${count}",
            allow_blank=True,
            showErrorMessage=True,
        )
        page.add_data_validation(allowed)
        for key in keys:
            letter = get_column_letter(columns.index(key) + 1)
            allowed.add(f"{letter}2:{letter}{len(sheet.rows) + 1}")
    guide = book.create_sheet("说明 guide")
    guide.column_dimensions["A"].width = 100
    for words in (*_GUIDE, *risks):
        guide.append([words])
    book.save(path)


def _read_xlsx(data: bytes) -> Iterator[dict[str, str]]:
    _check_openpyxl()
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False)
    page = book["review"] if "review" in book.sheetnames else book.worksheets[0]
    lines = page.iter_rows(values_only=True)
    keys = _keys(next(lines, ()))
    for cells in lines:
        if any(cell not in (None, "") for cell in cells):
            yield _row(keys, cells)


# --- CSV --------------------------------------------------------------------------------------


def _write_csv(sheet: Sheet, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:  # Excel needs the mark
        writer = csv.writer(file)
        writer.writerow([COLUMNS[key] for key in sheet.columns])
        for row in sheet.rows:
            cells = (row[key] for key in sheet.columns)
            writer.writerow(["'" + cell if cell.startswith(_FORMULA) else cell for cell in cells])


def _read_csv(data: bytes) -> Iterator[dict[str, str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030")  # what Excel saves in China
    lines = csv.reader(io.StringIO(text, newline=""))
    keys = _keys(next(lines, []))
    for cells in lines:
        if any(cells):
            yield _row(keys, cells)


# --- Label Studio -----------------------------------------------------------------------------


def _write_tasks(sheet: Sheet, path: Path) -> None:
    left_out = ("harmful", *RISK_COLUMNS, "remark")
    tasks = [
        {"data": {key: value for key, value in row.items() if key not in left_out}}
        for row in sheet.rows
    ]
    path.write_bytes(orjson.dumps(tasks, option=orjson.OPT_INDENT_2))


def _write_labels(path: Path, risks: Sequence[str]) -> None:
    harmful = "".join(
        f"    <Choice value={quoteattr(key)} alias={quoteattr(key)} hint={quoteattr(words)}/>\n"
        for key, words in HARMFUL.items()
    )
    choices = "".join(f"    <Choice value={quoteattr(risk)}/>\n" for risk in risks)
    path.write_text(
        "<View>\n"
        '  <Text name="text" value="$text"/>\n'
        '  <Choices name="harmful" toName="text" choice="single" required="true">\n'
        f"{harmful}  </Choices>\n"
        '  <Choices name="risk" toName="text" choice="multiple" visibleWhen="choice-selected"'
        ' whenTagName="harmful" whenChoiceValue="yes">\n'
        f"{choices}  </Choices>\n"
        '  <TextArea name="remark" toName="text" maxSubmissions="1"/>\n'
        "</View>\n",
        encoding="utf-8",
    )


def _read_tasks(data: bytes) -> Iterator[dict[str, str]]:
    tasks = orjson.loads(data)
    if not isinstance(tasks, list):
        raise _NoSheet("it is no list of tasks. Export it as JSON")
    for task in tasks:
        row = dict.fromkeys(NEEDED, "") | {k: str(v) for k, v in task["data"].items()}
        done = [each for each in task.get("annotations", []) if not each.get("was_cancelled")]
        if len(done) > 1:
            raise _NoSheet(
                f"task {row['item']} has {len(done)} annotations. One sheet is one person's; "
                "export each person's alone"
            )
        for result in done[0]["result"] if done else []:
            value = result["value"]
            if result["from_name"] == "harmful":
                row["harmful"] = value["choices"][0]
            elif result["from_name"] == "risk":
                row |= {f"risk_{i}": risk for i, risk in enumerate(value["choices"], 1)}
            elif result["from_name"] == "remark":
                texts = value["text"]
                row["remark"] = texts if isinstance(texts, str) else " ".join(texts)
        yield row
