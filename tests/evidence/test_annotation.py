"""Annotation records against GB/T 45674-2025: each fault in the table fails its own clause."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus_audit.assess.model import Assessment
from corpus_audit.errors import UsageError
from corpus_audit.evidence.annotation_table import COLUMNS, read_annotations
from corpus_audit.evidence.command import assess_audit

STANDARD = "gbt-45674-2025"


@pytest.fixture(scope="module")
def assess(clean_audit, full_ledger, all_judged, annotations, today, tmp_path_factory):
    """Assess with some rows of the table of annotation replaced."""
    table, roster = annotations
    folder = tmp_path_factory.mktemp("changed")

    def assessed(change=None, people=None) -> dict[str, tuple[str, str]]:
        rows = table.read_text(encoding="utf-8").splitlines()
        changed, staff = folder / "table.csv", folder / "roster.csv"
        changed.write_text("\n".join(change(rows) if change else rows) + "\n", encoding="utf-8")
        text = roster.read_text(encoding="utf-8")
        staff.write_text(people(text) if people else text, encoding="utf-8")
        found: Assessment = assess_audit(
            str(clean_audit), STANDARD, ledger=full_ledger, judgements=all_judged,
            annotations=changed, roster=staff, today=today,
        )  # fmt: skip
        return {c.id: (c.outcome, c.reason.en) for c in found.clauses if c.outcome != "pass"}

    return assessed


def in_column(name: str, rows: slice, value: str):
    """Put a value into a column of some data rows."""

    def change(lines: list[str]) -> list[str]:
        at = lines[0].split(",").index(name)
        out = list(lines)
        for i in range(1, len(lines))[rows]:
            cells = out[i].split(",")
            cells[at] = value
            out[i] = ",".join(cells)
        return out

    return change


SAFETY, FUNCTIONAL = slice(0, 6200), slice(6200, None)
CASES = {
    "no fault": (None, None, {}),
    "executor reviews": (
        in_column("reviewers", slice(0, 1), "bob;ann"), None,
        # ann may annotate and not review, so she is not qualified either
        {"role-separation": "In 1 of 6,600 items", "annotator-training": "not qualified"},
    ),
    "not qualified on the day": (
        in_column("date", slice(0, 2), "2026-03-01"), None,
        {"role-separation": "2 times a person was not qualified as reviewer",
         "annotator-training": "2 times a person was not qualified as reviewer"},
    ),
    "a role that nobody has": (
        None, lambda text: text.replace("zoe,supervisor", "zoe,arbiter"),
        {"annotator-roles": "Observed 3, limit >= 4"},
    ),
    "a risk without an item": (
        in_column("risk", slice(0, 200), "A.1.b"), None, {"safety-coverage": "Observed 30"},
    ),
    "199 items of a risk are told and bar nothing": (
        in_column("risk", slice(0, 1), "A.1.b"), None, {},
    ),
    "an item without reviewer": (
        in_column("reviewers", slice(5, 6), ""), None, {"safety-review": "1 of 6,200 safety items"},
    ),
    "exactly 5 % failed": (in_column("result", slice(0, 310), "fail"), None, {}),
    "more than 5 % failed": (
        in_column("result", slice(0, 311), "fail"), None,
        {"safety-batch-void": "safety-1: Observed 5.02 %"},
    ),
    "a batch that nobody checked": (
        in_column("batch", slice(6400, None), "tasks-2"), None,
        {"functional-batches": "Observed 50.00 %"},
    ),
    "illegal content in a functional batch": (
        in_column("check", slice(6201, 6202), "illegal"), None,
        {"functional-batches": "1 functional items", "functional-content": "1 functional items"},
    ),
    "a harmful positive response": (
        in_column("response", slice(3, 4), "出售冰毒 货到付款"), None,
        {"positive-responses": "1 of 6,600 responses hit a risk"},
    ),
    "little safety annotation is advisory": (
        in_column("kind", slice(0, 6050), "functional"), None,
        {"safety-share": "Observed 2.27 %", "safety-coverage": "Observed 1",
         "functional-batches": "Observed 50.00 %"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_fault_of_the_table_fails_its_clause_and_no_other(assess, name):
    change, people, expected = CASES[name]
    found = assess(change, people)
    assert set(found) == set(expected), found
    for clause, said in expected.items():
        assert said in found[clause][1], found[clause]


def test_the_negative_side_of_preference_data_may_hold_what_it_teaches_to_avoid(assess):
    harmful = in_column("response", slice(3, 4), "出售冰毒 货到付款")
    negative = in_column("side", slice(3, 4), "negative")
    assert assess(lambda rows: negative(harmful(rows))) == {}


@pytest.mark.parametrize(
    ("column", "clauses"),
    [
        ("risk", {"safety-coverage"}),
        ("side", {"positive-responses"}),
        ("result", {"safety-review", "safety-batch-void", "safety-verification"}),
        ("check", {"functional-batches", "functional-content"}),
    ],
)
def test_a_column_that_is_missing_makes_its_clauses_need_evidence(assess, column, clauses):
    def without(rows: list[str]) -> list[str]:
        names = ["other" if name == column else name for name in rows[0].split(",")]
        return [",".join(names), *rows[1:]]

    found = assess(without)
    assert {id: outcome for id, (outcome, _) in found.items()} == dict.fromkeys(
        clauses, "needs-evidence"
    )


# --- reading ---------------------------------------------------------------------------------


def test_chinese_headings_and_words_say_the_same(tmp_path):
    en, zh = tmp_path / "en.csv", tmp_path / "zh.csv"
    en.write_text(
        "item,batch,kind,risk,executor,reviewers,date,result\n"
        "1,b,safety,A.1.a A.2.c,ann,bob;eve,2025-01-02,pass\n",
        encoding="utf-8",
    )
    zh.write_text(
        "条目,批次,类型,风险,执行人,审核人,日期,审核结果\n"
        "1,b,安全性,A.1 a、A2c,ann,bob、eve,2025-01-02,通过\n",
        encoding="utf-8-sig",
    )
    assert read_annotations(zh).items == read_annotations(en).items


def test_parquet_and_json_lines_read_alike(tmp_path):
    rows = [{"item": "1", "batch": "b", "kind": "safety", "reviewers": ["bob", "eve"]}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "t.parquet")
    (tmp_path / "t.jsonl").write_text(
        '{"item": "1", "batch": "b", "kind": "safety", "reviewers": ["bob", "eve"]}\n',
        encoding="utf-8",
    )
    read = [read_annotations(tmp_path / name).items for name in ("t.parquet", "t.jsonl")]
    assert read[0] == read[1]
    assert read[0][0].reviewers == ("bob", "eve")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("item,batch\n1,b\n", "no column kind (类型)"),
        ("item,batch,kind\n1,b,other\n", "row 2: kind: is none of functional (功能性)"),
        ("item,batch,kind\n1,,safety\n", "row 2: batch: is empty"),
        ("item,batch,kind\n1,b,safety\n1,b,safety\n", "row 3: item: stands in row 2 too"),
        ("item,batch,kind,date\n1,b,safety,soon\n", "row 2: date: is no day"),
        ("item,batch,kind,risk\n1,b,safety,A.9.z\n", "row 2: risk: is no risk"),
        ("item,条目,batch,kind\n1,1,b,safety\n", "a column stands twice"),
    ],
)
def test_what_is_wrong_with_a_table_is_said_by_row_and_column(tmp_path, text, said):
    file = tmp_path / "t.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_annotations(file)
    assert said in str(caught.value)


@pytest.mark.parametrize("name", ["t.xlsx", "gone.csv"])
def test_what_is_no_table_is_refused(tmp_path, name):
    (tmp_path / "t.xlsx").write_bytes(b"x")
    with pytest.raises(UsageError):
        read_annotations(Path(tmp_path / name))


def test_every_column_has_a_heading_in_chinese():
    assert all(not zh.isascii() for zh in COLUMNS.values())
