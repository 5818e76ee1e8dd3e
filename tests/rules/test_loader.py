"""Loading rules: the shipped ones hold, and faults are named with file and line."""

import pytest

from corpus_audit.errors import RuleError
from corpus_audit.rules.loader import load_rules

GOOD = """
[[rule]]
id = "a.b"
title = { en = "t", zh = "t" }
risk = "A.1.f"
severity = "high"
confidence = "high"
terms = ["赌博"]
hits = ["网上赌博"]
misses = ["打牌"]
"""


def test_the_shipped_rules_load_and_pass_their_own_examples():
    loaded = load_rules(check=True)
    assert len(loaded.rules) > 20
    assert len({rule.spec.risk for rule in loaded.rules}) >= 18


def test_the_digest_changes_with_what_a_rule_says_and_not_with_its_place(tmp_path):
    digests = set()
    for name, content in {
        "a": GOOD,
        "b": "\n\n" + GOOD,
        "c": GOOD.replace("赌博", "博彩"),
        "d": GOOD.replace('"high"', '"low"', 1),
    }.items():
        (tmp_path / f"{name}.toml").write_text(content, encoding="utf-8")
        digests.add(load_rules([tmp_path / f"{name}.toml"], check=False).digest)
    assert len(digests) == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('hits = ["网上赌博"]', 'hits = ["打牌"]'), "does not match its own hit '打牌'"),
        (('misses = ["打牌"]', 'misses = ["赌博"]'), "matches its own miss '赌博'"),
        (('misses = ["打牌"]', "misses = []"), "misses"),
        (('risk = "A.1.f"', 'risk = "A.9.z"'), "risk"),
        (('severity = "high"', 'severity = "grave"'), "severity"),
        (('terms = ["赌博"]', 'terms = ["赌"]'), "one character"),
        (('terms = ["赌博"]', 'terms = ["\\u200b"]'), "empty after folding"),
        (('terms = ["赌博"]', "terms = []"), "no terms"),
        (('terms = ["赌博"]', f'terms = ["{"赌" * 167}"]'), "501 bytes after folding"),
        (('terms = ["赌博"]', 'term = ["赌博"]'), "term"),
        (('terms = ["赌博"]', 'lexicon = "none.txt"'), "does not exist"),
        (('id = "a.b"', 'id = "A b"'), "id"),
    ],
)
def test_a_rule_that_would_not_do_what_it_says_is_refused_with_file_and_line(
    tmp_path, change, message
):
    file = tmp_path / "bad.toml"
    file.write_text(GOOD.replace(*change), encoding="utf-8")
    with pytest.raises(RuleError, match=message) as refused:
        load_rules([file])
    assert str(refused.value).startswith(f"{file}:2: rule")


def test_all_faults_are_told_at_once(tmp_path):
    file = tmp_path / "bad.toml"
    file.write_text(GOOD.replace("A.1.f", "B") + GOOD.replace('severity = "high"', ""), "utf-8")
    with pytest.raises(RuleError) as refused:
        load_rules([file])
    assert len(str(refused.value).splitlines()) == 2


def test_a_double_id_is_refused(tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.toml").write_text(GOOD, "utf-8")
    with pytest.raises(
        RuleError, match=r"b\.toml:2: rule \"a\.b\": the id is taken by .*a\.toml:2"
    ):
        load_rules([tmp_path])


@pytest.mark.parametrize("content", ["[[rule]\n", "\n\nid = \n", "\xff"])
def test_a_file_that_is_no_toml_is_refused_by_name(tmp_path, content):
    file = tmp_path / "bad.toml"
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(RuleError, match=r"bad\.toml"):
        load_rules([file])


def test_a_lexicon_gives_terms_one_a_line_with_comments(tmp_path):
    (tmp_path / "words.txt").write_text("# source: own\n\n 赌博 \n博彩\n", "utf-8")
    file = tmp_path / "good.toml"
    file.write_text(GOOD.replace('terms = ["赌博"]', 'lexicon = "words.txt"'), "utf-8")
    assert load_rules([file]).rules[0].terms == ("赌博", "博彩")


def test_a_missing_rule_path_is_named(tmp_path):
    with pytest.raises(RuleError, match="--rules"):
        load_rules([tmp_path / "none"])
    with pytest.raises(RuleError, match=r"no \*\.toml"):
        load_rules([tmp_path])


INLINE = "rule = [{" + ", ".join(GOOD.strip().splitlines()[1:]) + "}]"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (GOOD.replace("[[rule]]", "[[rule]]  # a comment"), 2),
        (GOOD.replace("[[rule]]", "  [[ rule ]]"), 2),
        (GOOD.replace("[[rule]]", '[["rule"]]'), 2),
        ("\ufeff[[rule]]" + GOOD.removeprefix("\n[[rule]]"), 1),
        (GOOD.replace("\n", "\r\n"), 2),
        (INLINE, 1),
    ],
)
def test_a_rule_is_loaded_however_its_table_is_written(tmp_path, content, line):
    file = tmp_path / "rules.toml"
    file.write_bytes(content.encode())
    (rule,) = load_rules([file]).rules
    assert (rule.spec.id, rule.line) == ("a.b", line)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no \\[\\[rule"),
        ("rule = []", "no \\[\\[rule"),
        ("# only a comment", "no \\[\\[rule"),
        ("rule = [1]", "is no table"),
        ("[rule]", "no \\[\\[rule"),
        ("[[rules]]", "rules: Extra inputs"),
    ],
)
def test_a_file_of_which_nothing_would_be_loaded_is_refused(tmp_path, content, message):
    (tmp_path / "good.toml").write_text(GOOD, "utf-8")
    (tmp_path / "other.toml").write_text(content, "utf-8")
    with pytest.raises(RuleError, match=rf"other\.toml:1: .*{message}"):
        load_rules([tmp_path])


def test_an_empty_folder_beside_a_good_one_is_refused(tmp_path):
    (tmp_path / "good.toml").write_text(GOOD, "utf-8")
    (tmp_path / "empty").mkdir()
    with pytest.raises(RuleError, match=r"empty: no \*\.toml"):
        load_rules([tmp_path, tmp_path / "empty"])


def test_a_term_of_the_greatest_length_is_matched(tmp_path):
    file = tmp_path / "long.toml"
    file.write_text(
        GOOD.replace("网上赌博", "赌博").replace("赌博", "a" * 500), "utf-8"
    )  # in its term and in its hit
    assert len(load_rules([file]).rules[0].terms[0]) == 500


def test_a_list_of_contexts_may_name_others_but_not_itself(tmp_path):
    example = 'hits = ["出售冰毒"]\nmisses = ["警方查获冰毒"]'
    head = 'title = {en = "t", zh = "t"}\nrisk = "A.1.h"\nseverity = "high"\nconfidence = "high"'
    lists = '[contexts]\nboth = ["@one", "法院"]\none = ["警方"]\n'
    (tmp_path / "a.toml").write_text(
        f'{lists}[[rule]]\nid = "a"\n{head}\nterms = ["冰毒"]\nunless = ["@both"]\n{example}\n'
    )
    (rule,) = load_rules([tmp_path]).rules
    assert [condition.literals for condition in rule.conditions] == [("警方", "法院")]
    text = (tmp_path / "a.toml").read_text()
    for wrong, message in (
        ('one = ["@both"]', "list @both names itself: @both > @one > @both"),
        ('one = ["@none"]', "no list @none in contexts.toml or in this file"),
    ):
        (tmp_path / "a.toml").write_text(text.replace('one = ["警方"]', wrong))
        with pytest.raises(RuleError, match=message):
            load_rules([tmp_path])
