"""A full round: scan, sample, sheets filled from known truth by people who err, import, results."""

import csv
import json
import random
from pathlib import Path

import openpyxl
import pytest

from corpus_audit.audit.log import verify
from corpus_audit.errors import AuditError, UsageError
from corpus_audit.review.command import SheetOptions, ask_for, make_adjudication, make_sample
from corpus_audit.review.importing import import_sheets
from corpus_audit.review.passing import manual_sample
from corpus_audit.review.results import load_review, reviewed_bounds
from corpus_audit.review.status import status_of
from corpus_audit.review.verdicts import read_reviews
from corpus_audit.rules.standards import load_risks, load_standard
from tests.review.truth import harmful

YES, NO, UNSURE = "有害 yes", "无害 no", "不确定 unsure"
RISK = "A.1.h 其他法律、行政法规禁止的内容"
COUNTS = load_risks().risk_set("sampling_pass").counts
TRUE_SHARE = {"forum": 0.20, "news": 0.02, "books": 0.0}


def fill(path: Path, *, misses: float = 0.0, alarms: float = 0.0, seed: int = 1, rows=None) -> Path:
    """Fill in a CSV sheet as somebody does who errs that often."""
    chance = random.Random(f"{path.stem.rpartition('-')[2]} {seed}")
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    keys = [head.split(" ")[-1] for head in lines[0]]
    harm, risk, text = keys.index("harmful"), keys.index("risk_1"), keys.index("text")
    for line in lines[1 : None if rows is None else rows + 1]:
        bad = harmful(line[text])
        if chance.random() < (misses if bad else alarms):
            bad = not bad
        line[harm], line[risk] = (YES, RISK) if bad else (NO, "")
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(lines)
    return path


def change(path: Path, line: int, key: str, value: str) -> None:
    """Change one cell of a CSV sheet."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    lines[line - 1][[head.split(" ")[-1] for head in lines[0]].index(key)] = value
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(lines)


def clause():
    return load_standard("tc260-003-2024").clause("manual-sample")


def state(audit: str) -> dict[str, bytes]:
    root = Path(audit)
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


# --- estimates --------------------------------------------------------------------------------


def test_estimates_cover_the_truth_after_errors_and_disagreements(audit, store, drawn):
    written = drawn("flags", size=150, double=0.4, reviewers=["甲", "乙"])
    sheets = [fill(path, misses=0.1, alarms=0.01) for path in written.sheets]
    import_sheets(store, sheets)
    open_before = status_of(store, "sampling_pass", written.sample.id)[0]["open"]
    assert open_before > 0
    settle = make_adjudication(
        audit, written.sample.id, "丙", SheetOptions(sheets[0].parent, ("csv",))
    )
    assert settle.rows == open_before
    import_sheets(store, [fill(settle.sheets[0])])

    review = load_review(store, written.sample.id, COUNTS)
    assert not any(each.open for each in review.documents)
    assert review.readings.settled_harmful > 0
    sensitivity = review.readings.sensitivity()
    assert sensitivity.low <= 0.9 <= sensitivity.high
    for source, share in TRUE_SHARE.items():
        found = review.estimate(source)
        assert found.bounds.low <= share <= found.bounds.high, source
    whole = review.estimate()
    assert whole.bounds.low <= 194 / 2000 <= whole.bounds.high
    assert whole.corrected.low <= 194 / 2000 <= whole.corrected.high
    kappa, alpha, twice = review.agreement()
    assert 0.5 < kappa < 1 and 0.5 < alpha < 1
    assert twice == sum(row.twice for row in review.documents)
    status = status_of(store, "sampling_pass", written.sample.id)[0]
    assert status["missed"]["low"] <= 0.5 <= status["missed"]["high"]  # detectors find half
    assert reviewed_bounds(store, COUNTS).keys() == TRUE_SHARE.keys()
    assert verify(store)[0] == []


def test_a_perfect_review_of_everything_gives_the_truth_without_width(store, drawn):
    written = drawn(double=0)
    import_sheets(store, [fill(path) for path in written.sheets])
    review = load_review(store, written.sample.id, COUNTS)
    for source, share in TRUE_SHARE.items():
        bounds = review.estimate(source).bounds
        assert bounds.low == bounds.high == share
    result, _ = manual_sample(store, clause())
    assert (result.drawn, result.judged, result.failed) == (2000, 2000, 194)
    assert (result.outcome, result.allowed_failures) == ("fail", 80)


@pytest.mark.parametrize(
    ("asked", "outcome"), [({"size": 500}, "needs-evidence"), ({}, "needs-person")]
)
def test_a_sample_without_all_verdicts_does_not_pass(store, drawn, asked, outcome):
    drawn(**asked)
    result, _ = manual_sample(store, clause())
    assert (result.outcome, result.judged, result.bounds.high if result.bounds else 1) == (
        outcome, 0, 1,
    )  # fmt: skip


def test_no_sample_gives_no_result(store):
    assert manual_sample(store, clause()) is None
    assert reviewed_bounds(store, COUNTS) == {}


# --- what is not right changes nothing --------------------------------------------------------


@pytest.fixture
def filled(drawn) -> Path:
    """One filled sheet of a small sample."""
    return fill(drawn("sources", size=30, double=0.2).sheets[0])


def test_a_right_sheet_is_taken_once(store, filled):
    taken = import_sheets(store, [filled])
    assert taken[0].new == taken[0].rows > 0
    with pytest.raises(AuditError, match="imported already"):
        import_sheets(store, [filled])


@pytest.mark.parametrize(
    ("line", "key", "value", "told"),
    [
        (3, "text", "别的内容", "not as it was given out"),
        (3, "check", "BBBBB-BBBBB-BBBBB", "not as it was given out"),
        (3, "item", "BBBBB-BBBBB-BBBBB", "not in the sample"),
        (3, "sheet", "sources-00000000:review:reviewer-1", "another sheet"),
        (3, "harmful", "也许", "harmful holds none of"),
        (3, "risk_1", "Z.9", "none of the list"),
        (3, "harmful", "", "have no verdict"),
    ],
)
def test_a_changed_row_is_told_by_its_line_and_nothing_changes(
    audit, store, filled, line, key, value, told
):
    if key == "risk_1":
        change(filled, line, "harmful", YES)
    change(filled, line, key, value)
    before = state(audit)
    with pytest.raises(AuditError, match=told) as raised:
        import_sheets(store, [filled])
    assert state(audit) == before
    assert value == "" or f"{filled}:{line}:" in str(raised.value)


def test_one_wrong_sheet_stops_the_right_ones_with_it(audit, store, drawn):
    sheets = [fill(path) for path in drawn("sources", size=30).sheets]
    change(sheets[1], 2, "text", "改过")
    before = state(audit)
    with pytest.raises(AuditError):
        import_sheets(store, sheets)
    assert state(audit) == before


def test_verdicts_that_contradict_themselves_are_told(store, filled):
    change(filled, 2, "harmful", YES)
    change(filled, 2, "risk_1", "")
    change(filled, 3, "harmful", NO)
    change(filled, 3, "risk_1", RISK)
    with pytest.raises(AuditError) as raised:
        import_sheets(store, [filled])
    assert f"{filled}:2: harmful, but no risk" in str(raised.value)
    assert f"{filled}:3: not harmful, yet a risk" in str(raised.value)


def test_a_partial_sheet_is_taken_only_when_asked_and_the_rest_later(store, drawn):
    path = drawn("sources", size=30).sheets[0]
    fill(path, rows=10)
    with pytest.raises(AuditError, match="--partial"):
        import_sheets(store, [path])
    assert import_sheets(store, [path], partial=True)[0].new == 10
    rest = import_sheets(store, [fill(path)])[0]
    assert (rest.new, rest.changed, rest.left) == (rest.rows - 10, 0, 0)


def test_missing_rows_are_told(store, filled):
    lines = filled.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    filled.write_text("".join(lines[:20]), encoding="utf-8-sig")
    with pytest.raises(AuditError, match="rows are missing"):
        import_sheets(store, [filled])


def test_a_row_twice_is_told(store, filled):
    lines = filled.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    filled.write_text("".join([*lines, lines[1]]), encoding="utf-8-sig")
    with pytest.raises(AuditError, match="is in row 2 already"):
        import_sheets(store, [filled])


def test_a_copy_of_a_sheet_brings_nothing_and_other_verdicts_need_a_word(store, filled, tmp_path):
    import_sheets(store, [filled])
    copy = tmp_path / "copy.csv"
    copy.write_bytes(filled.read_bytes().replace(b"\r\n", b"\n"))
    with pytest.raises(AuditError, match="copy of a sheet"):
        import_sheets(store, [copy])
    fill(copy, alarms=1, misses=1)
    with pytest.raises(AuditError, match="--replace"):
        import_sheets(store, [copy])
    taken = import_sheets(store, [copy], replace=True)[0]
    assert (taken.new, taken.changed) == (0, taken.rows)
    assert len(read_reviews(store, taken.sample).sheets) == 2


def test_a_sheet_of_another_audit_is_told(audit, store, filled, tmp_path):
    for file in (Path(audit) / "samples").iterdir():
        file.unlink()
    with pytest.raises(AuditError, match="no sample sources-"):
        import_sheets(store, [filled])
    make_sample(audit, ask_for("standard", seed=5, size=10), None)
    with pytest.raises(AuditError, match="there: manual-"):
        import_sheets(store, [filled])


def test_another_key_is_told(store, filled, tmp_path):
    key = tmp_path / "other.key"
    key.write_bytes(bytes(32))
    with pytest.raises(AuditError, match="key is not the one"):
        import_sheets(store, [filled], key_file=str(key))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", b"a,b\r\n1,2\r\n"),
        ("a.csv", b"\xff\xfe\x00"),
        ("a.xlsx", b"no workbook"),
        ("a.json", b"{}"),
        ("a.json", b"[1]"),
        ("a.txt", b""),
    ],
)
def test_what_is_no_sheet_is_told(store, drawn, tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(AuditError, match="not a review sheet"):
        import_sheets(store, [tmp_path / name])


# --- formats ----------------------------------------------------------------------------------


def test_all_formats_carry_the_same_verdicts(store, drawn, tmp_path):
    written = drawn("sources", size=12, double=0, reviewers=["a"], formats=["csv", "xlsx"])
    book_path = next(path for path in written.sheets if path.suffix == ".xlsx")
    csv_path = next(path for path in written.sheets if path.suffix == ".csv")
    book = openpyxl.load_workbook(book_path)
    page = book["review"]
    keys = [cell.value.split(" ")[-1] for cell in page[1]]
    for row in page.iter_rows(min_row=2):
        bad = harmful(row[keys.index("text")].value)
        row[keys.index("harmful")].value = YES if bad else NO
        row[keys.index("risk_1")].value = RISK if bad else None
    assert {str(each.sqref) for each in page.data_validations.dataValidation} >= {"C2:C37"}
    book.save(book_path)
    import_sheets(store, [book_path])
    by_book = read_reviews(store, written.sample.id).verdicts
    fill(csv_path)
    saved = csv_path.read_text(encoding="utf-8-sig").encode("gb18030")  # as Excel does in China
    csv_path.write_bytes(saved)
    with pytest.raises(AuditError, match="copy of a sheet"):
        import_sheets(store, [csv_path])
    assert {verdict.harmful for verdict in by_book} == {"yes", "no"}


def test_label_studio_goes_round(store, drawn):
    written = drawn("sources", size=12, double=0, reviewers=["a"], formats=["label-studio"])
    path = written.sheets[0]
    tasks = json.loads(path.read_text(encoding="utf-8"))
    for task in tasks:
        bad = harmful(task["data"]["text"])
        result = [{"from_name": "harmful", "value": {"choices": ["yes" if bad else "no"]}}]
        if bad:
            result.append({"from_name": "risk", "value": {"choices": [RISK]}})
        result.append({"from_name": "remark", "value": {"text": ["看过"]}})
        task["annotations"] = [{"result": result, "completed_by": 1}]
    path.write_text(json.dumps(tasks), encoding="utf-8")
    assert import_sheets(store, [path])[0].new == 36
    assert (path.parent / "label-studio.xml").is_file()
    tasks[0]["annotations"] *= 2
    path.write_text(json.dumps(tasks), encoding="utf-8")
    with pytest.raises(AuditError, match="2 annotations"):
        import_sheets(store, [path])


def test_sheets_are_inert_private_and_beside_the_audit(audit, drawn):
    written = drawn("sources", size=20, formats=["csv", "xlsx", "label-studio"], blind=False)
    for path in written.sheets:
        assert path.stat().st_mode & 0o777 == 0o600
    for path in (path for path in written.sheets if path.suffix == ".xlsx"):
        for row in openpyxl.load_workbook(path)["review"].iter_rows():
            assert all(cell.data_type in "sn" for cell in row)
    with pytest.raises(UsageError, match="inside the audit"):
        make_sample(audit, ask_for("standard", seed=1), SheetOptions(Path(audit) / "sheets"))


def test_text_that_begins_like_a_formula_stays_text(tmp_path):
    from corpus_audit.review.formats import read_sheet, write_sheet
    from corpus_audit.review.sheets import Sheet, row_check

    text = '=HYPERLINK("http://example.com")\n@x\x07'
    row = dict.fromkeys(("harmful", "risk_1", "risk_2", "risk_3", "remark"), "")
    row |= {
        "item": "B",
        "text": text,
        "sheet": "s:review:a",
        "check": row_check(b"k", "t", "B", text),
    }
    sheet = Sheet("s", "review", "a", [{**row, "text": text.replace("\x07", " ")}])
    for format in ("xlsx", "csv"):
        path = write_sheet(sheet, tmp_path, format, ["A.1.a x"])
        found = read_sheet(path)[1][0]
        assert row_check(b"k", "t", "B", found["text"]) == row["check"]
    cell = openpyxl.load_workbook(tmp_path / "s-review-a.xlsx")["review"]["B2"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert "'=HYPERLINK" in (tmp_path / "s-review-a.csv").read_text(encoding="utf-8-sig")


def test_blind_sheets_do_not_tell_what_detectors_said(drawn):
    for blind in (True, False):
        path = drawn("flags", size=10, blind=blind, double=0).sheets[0]
        text = path.read_text(encoding="utf-8-sig")
        assert ("【" in text, "detected" in text) == (not blind, not blind)


def test_raw_text_reaches_nothing_but_sheets(audit, store, drawn):
    path = fill(drawn("flags", size=40, double=0).sheets[0])
    change(path, 2, "remark", "电话 13812345678 请联系")
    import_sheets(store, [path], partial=True)
    for name, data in state(audit).items():
        if name.startswith(("samples/", "reviews/", "log")):
            assert "园艺".encode() not in data and b"13812345678" not in data


def test_documents_that_are_gone_say_so_on_their_sheet(scanned, audit, drawn, tmp_path):
    file = scanned / "corpus/news.jsonl"
    kept = file.read_bytes()
    try:
        file.unlink()
        written = drawn("sources", size=5, double=0)
        assert written.missing == 5
        assert "moved or changed" in written.sheets[0].read_text(encoding="utf-8-sig")
    finally:
        file.write_bytes(kept)
