"""Policies: what is refused and how, the shipped files, and what the commands say of them."""

import json
from datetime import date
from pathlib import Path

import pytest

from corpus_audit.errors import RuleError
from corpus_audit.gate.explaining import check_policy, explain, policy_schema
from corpus_audit.limits import Limit, check_waivers, expired
from corpus_audit.policies import Policy, load_policy
from corpus_audit.rules.location import load_toml

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 1, 15)
WAIVER = """
[[waiver]]
limit = "ratio"
owner = "zhang.wei"
reason = "court reports"
expires = {}
"""


@pytest.mark.parametrize(
    ("toml", "line", "message"),
    [
        ('[[limit]]\nname = "a"\nfail = 0', 1, "name exactly one of risk"),
        ('[[limit]]\nname = "a"\nrisk = "A.1"\npii = "email"\nfail = 0', 1, "exactly one"),
        ('[[limit]]\nname = "a"\nrisk = "A.1"', 1, "give warn, fail or both"),
        ('[[limit]]\nname = "a"\nrisk = "A.1"\nwarn = 0.2\nfail = 0.1', 1, "never warn"),
        ('[[limit]]\nname = "a"\nrisk = "A.1"\nfail = 5', 1, "a share is from 0 to 1"),
        ('[[limit]]\nname = "a"\nrisk = "A.1"\nfail = -1', 4, "greater than or equal to 0"),
        ('[[limit]]\nname = "a"\nrisk = "drugs"\nfail = 0', 3, "pattern"),
        ('[[limit]]\nname = "a"\nskipped = "tired"\nfail = 0', 1, "bad_record"),
        ('[[limit]]\nname = "a"\nrisk = "A.1"\nsources = ["!x"]\nfail = 0', 1, 'begin with "*"'),
        ('[[limit]]\nname = "ratio"\nrisk = "A.1"\nfail = 0', 2, "choose another name"),
        ('[[limit]]\nname = "a"\nrisk = "A.1"\nfail = 0\nfial = 1', 5, "unknown key"),
        (
            '[[limit]]\nname = "a"\nrisk = "A.1"\nfail = 0\n' * 2, 6, "taken by an earlier entry",
        ),
        ('[[clause]]\nid = "x"\nfail = ["fail"]\nwarn = ["fail"]', 1, "in fail and in warn"),
        ("[ratio]\nlimit = 0.01\nwarn = 0.02", 1, "never warn"),
        (WAIVER.format("2026-02-30"), 6, "Correct the TOML"),
        (WAIVER.format("2026-02-28").replace("ratio", "rtio"), 3, '"rtio" is no limit'),
        (WAIVER.format("2026-02-28").replace('"zhang.wei"', '""'), 4, "at least 1 character"),
        ("[raito]\nlimit = 1", 1, "unknown key"),
    ],
)  # fmt: skip
def test_a_faulty_policy_is_refused_by_file_and_line(make_policy, toml, line, message):
    file = make_policy(toml)
    with pytest.raises(RuleError) as error:
        load_policy(file)
    first = str(error.value).splitlines()[0]
    assert first.startswith(f"{file}:{line}:") and message in first


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('[[limit]]\nname = "a"\nrisk = "A.1.z"\nfail = 0', "there is no risk A.1.z"),
        ('[[limit]]\nname = "a"\npii = "shoe-size"\nfail = 0', "there is no kind shoe-size"),
        ('[ratio]\ncounted = ["A.7"]', "there is no risk A.7"),
        ('[[clause]]\nid = "no-such"', "no standard that ships has it"),
        (WAIVER.format("2026-01-14"), "expired on 2026-01-14"),
    ],
)
def test_a_check_finds_what_a_gate_would_stumble_over(make_policy, toml, message):
    with pytest.raises(RuleError, match=message):
        check_policy(make_policy(toml), TODAY)


def test_a_waiver_holds_on_its_last_day_and_is_named_after_it(make_policy):
    policy = load_policy(make_policy(WAIVER.format("2026-01-15")))
    check_waivers(policy.waiver, "p.toml", TODAY)
    with pytest.raises(RuleError, match=r"p\.toml: waiver \[ratio\] zhang\.wei expired") as error:
        check_waivers(policy.waiver, "p.toml", date(2026, 1, 16))
    assert error.value.exit_code == 2
    assert len(expired(policy.waiver, date(2026, 1, 16))) == 1


def test_the_shipped_policy_and_both_starters_are_sound_and_say_the_same():
    policies = ROOT / "rules/policies"
    check_policy(policies / "default.toml", TODAY)
    english, chinese = (
        check_policy(policies / f"starter.{lang}.toml", TODAY) for lang in ("en", "zh")
    )
    assert english == chinese and english.limit


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_example_of_a_starter_is_sound_once_its_mark_is_taken_off(lang, tmp_path):
    text = (ROOT / f"rules/policies/starter.{lang}.toml").read_text("utf-8")
    examples = text[text.index("# [[limit]]") :]
    lines = [line.removeprefix("#").removeprefix(" ") for line in examples.splitlines()]
    kept = [line for line in lines if line.startswith("[[") or " = " in line.partition("#")[0]]
    file = tmp_path / "p.toml"
    file.write_text("\n".join(kept), encoding="utf-8")
    policy = check_policy(file, TODAY)
    assert (len(policy.limit), len(policy.clause), len(policy.waiver)) == (3, 1, 1)


def test_the_schema_file_is_current_and_takes_the_shipped_policies():
    import jsonschema

    stored = json.loads((ROOT / "rules/policy.schema.json").read_text("utf-8"))
    assert stored == policy_schema(), "corpus-audit policy schema > rules/policy.schema.json"
    validator = jsonschema.Draft202012Validator(stored)
    for file in (ROOT / "rules/policies").glob("*.toml"):
        validator.validate(load_toml(file))
    assert list(validator.iter_errors({"limit": [{"name": "x", "fail": "much"}]}))


@pytest.mark.parametrize(
    ("patterns", "source", "covered"),
    [
        (["*"], "web", True),
        (["web-*"], "web-a", True),
        (["web-*"], "news", False),
        (["*", "!web-*"], "web-a", False),
        (["*", "!web-*", "web-own"], "web-own", True),
        (["Web"], "web", False),
        (["*"], "a/b", True),
    ],
)
def test_the_last_pattern_that_fits_a_source_decides(patterns, source, covered):
    limit = Limit(name="l", risk="A.1", sources=tuple(patterns), fail=0)
    assert limit.covers(source) is covered


def test_explaining_a_policy_names_every_limit_clause_and_waiver_in_both_languages(make_policy):
    toml = WAIVER.format("2026-01-20") + (
        '[[limit]]\nname = "ids"\npii = "cn_resident_id"\nfail = 0\n'
        'sources = ["*", "!a"]\nunseen = "clean"\n'
        '[[clause]]\nid = "source-ratio-after"\nwarn = ["needs-person"]\n'
    )
    policy = load_policy(make_policy(toml))
    english = "\n".join(explain(policy, TODAY, "en"))
    for part in (
        "[ratio]", "over 5 % fails", "[coverage]", "exit code 5", "[ids]", "*, !a",
        "taken as clean", "[source-ratio-after]", "needs-person warns", "6 days left",
    ):  # fmt: skip
        assert part in english, part
    chinese = "\n".join(explain(policy, TODAY, "zh"))
    for part in ("超过 5 % 不通过", "视为符合", "needs-person 警告", "还有 6 天"):
        assert part in chinese, part


def test_a_policy_that_only_warns_of_the_ratio_has_no_line_that_fails():
    policy = Policy.model_validate({"ratio": {"gate": "warn"}})
    ratio, coverage = policy.gated
    assert (ratio.warn, ratio.fail) == (0.05, None) and coverage.fail == 0.001
