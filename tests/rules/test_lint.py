"""What does nothing in rules that load, and how a library is counted and compared."""

from datetime import date

import pytest

from corpus_audit.errors import UsageError
from corpus_audit.rules.comparison import compare
from corpus_audit.rules.coverage import cover
from corpus_audit.rules.lint import lint
from corpus_audit.rules.loader import load_rules, read_rules
from corpus_audit.rules.standards import load_standard

RULE = """
[[rule]]
id = "{id}"
title = {{ en = "t", zh = "t" }}
risk = "{risk}"
severity = "high"
confidence = "high"
{keys}
hits = ["{hit}"]
misses = ["打牌"]
"""


def write(folder, *rules, head="updated = 2026-03-01\n", name="own.toml"):
    text = head
    for number, keys in enumerate(rules):
        given = {"id": f"r.{number}", "risk": "A.1.h", "hit": "打赌", **keys}
        text += RULE.format(**given)
    (folder / name).write_text(text, "utf-8")
    return folder / name


@pytest.mark.parametrize(
    ("keys", "kind", "level", "said"),
    [
        ({"keys": 'terms = ["代开发票", "开发票"]'}, "shadowed", "warning", "adds nothing to"),
        ({"keys": 'terms = ["信息"]'}, "common", "warning", "a common word"),
        (
            {"keys": 'terms = ["打击赌场"]\nunless = ["打击"]'},
            "cancelled", "fault", "holds '打击' of its own `unless`",
        ),
        (
            {"keys": 'terms = ["赌场"]\npatterns = [{ regex = "六合彩[0-9]+" }]'},
            "pattern", "warning", "matches none of the hits",
        ),
        ({"keys": 'terms = ["赌场"]\nstatus = "deprecated"'}, "effect", "warning", "deprecated"),
        ({"keys": 'terms = ["赌场"]', "hit": "麻将"}, "example", "fault", "does not match its own"),
    ],
)  # fmt: skip
def test_what_does_nothing_is_remarked_on_with_its_place(tmp_path, keys, kind, level, said):
    hit = {"代开": "开发票", "信息": "信息", "打击": "打击赌场"}
    first = keys["keys"][10:12]
    file = write(tmp_path, {"hit": hit.get(first, "赌场"), **keys})
    remarks = [r for r in lint(load_rules([file], check=False)) if r.kind == kind]
    assert [(remark.level, remark.rule) for remark in remarks] == [(level, "r.0")]
    assert said in remarks[0].text
    assert remarks[0].where.startswith(f"{file}:")


def test_a_term_that_two_rules_of_one_risk_have_is_told_once_with_both_places(tmp_path):
    keys = {"keys": 'terms = ["地下赌场"]', "hit": "地下赌场"}
    file = write(tmp_path, keys, keys, {**keys, "risk": "A.1.f"})
    (remark,) = [r for r in lint(load_rules([file])) if r.kind == "double"]
    assert (remark.rule, remark.where) == ("r.1", f"{file}:19")
    assert f"({file}:9)" in remark.text


def test_a_good_file_gets_no_remark_and_one_without_a_date_gets_one(tmp_path):
    keys = {"keys": 'terms = ["地下赌场", "澳门线上荷官"]', "hit": "地下赌场"}
    assert lint(load_rules([write(tmp_path, keys)])) == []
    remarks = lint(load_rules([write(tmp_path, keys, head="")]))
    assert [remark.kind for remark in remarks] == ["date"]


def test_coverage_counts_terms_once_apart_from_expansions_and_tells_what_falls_short(tmp_path):
    slots = 'updated = 2026-03-01\n[slots]\nplace = ["澳门", "线上", "地下"]\n'
    file = write(
        tmp_path,
        {"keys": 'terms = ["{place}赌场", "賭場"]', "hit": "赌场"},
        {"keys": 'terms = ["赌场", "六合彩"]', "hit": "赌场"},
        {"keys": 'all = [["赌球"], ["开户", "下注"]]', "hit": "赌球下注"},
        {"keys": 'terms = ["旧词条"]\nstatus = "deprecated"', "hit": "旧词条"},
        head=slots,
    )
    found = cover(read_rules([file]), load_standard("tc260-003-2024"), date(2026, 3, 11))
    (one,) = [risk for risk in found.risks if risk.risk == "A.1.h"]
    assert (one.rules, one.base, one.expanded, one.combinations) == (3, 4, 6, 2)
    assert (one.needs, one.short(one.base)) == (200, 196)
    assert {risk.risk for risk in found.risks} >= {"A.1.a", "A.2.i"}  # also those without a term
    assert (found.base, found.needs, found.age, found.most_days) == (4, 10_000, 10, 7)
    assert found.undated == ()


def test_a_standard_that_asks_for_no_library_has_no_coverage(tmp_path):
    rules = read_rules([write(tmp_path, {"keys": 'terms = ["地下赌场"]', "hit": "地下赌场"})])
    with pytest.raises(UsageError, match="asks nothing of a keyword library"):
        cover(rules, load_standard("gbt-45674-2025"), date(2026, 3, 11))


def test_a_comparison_tells_what_came_went_and_changed(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    same = {"keys": 'terms = ["地下赌场"]', "hit": "地下赌场"}
    odds = {"keys": 'terms = ["澳门荷官", "六合彩票"]', "hit": "澳门荷官"}
    evens = {"keys": 'terms = ["澳門荷官", "时时彩票"]\nwithin = 9', "hit": "澳门荷官"}
    old = write(tmp_path / "a", same, odds, {**same, "id": "gone"})
    new = write(tmp_path / "b", same, {**evens, "risk": "A.1.f"}, {**same, "id": "new"})
    changes = {change.id: change for change in compare(read_rules([old]), read_rules([new]))}
    assert {id: change.kind for id, change in changes.items()} == {
        "r.1": "changed", "gone": "removed", "new": "added",
    }  # fmt: skip
    change = changes["r.1"]
    assert (change.terms_added, change.terms_removed) == (("时时彩票",), ("六合彩票",))
    assert change.settings == (("risk", "A.1.h", "A.1.f"), ("within", 20, 9))
    assert compare(read_rules([old]), read_rules([old])) == []
