"""Words for which other keyword tools flag harmless Chinese text."""

from __future__ import annotations

import pyarrow as pa
import pytest

from corpus_audit.rules.loader import RuleSet, load_rules
from corpus_audit.text.buffers import Utf8
from corpus_audit.text.fold import fold


@pytest.fixture(scope="module")
def shipped() -> RuleSet:
    return load_rules()


@pytest.mark.parametrize(
    "text",
    [
        "五星红旗在天安门广场升起。",
        "宝鸡巴士公司新增十辆公交车。",
        "南京市长江大桥维修，市民请绕行。",
        "用户可以在国家网站查询信息。",
        "性能测试显示，男性和女性用户的习惯相近。",
        "The despicable pigments of Scunthorpe and Essex.",
    ],
)
def test_words_that_peers_flag_are_no_match(shipped: RuleSet, text: str) -> None:
    column = Utf8.of(pa.array([text], pa.large_string()))
    found = shipped.matcher.match(column, fold(column))
    assert [shipped.rules[rule].spec.id for rule in found.rule.tolist()] == []
