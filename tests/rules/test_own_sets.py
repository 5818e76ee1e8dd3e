"""The shipped rules on the parts of the evaluation sets that rule writers know."""

import pytest

from benchmarks.detection import sets, solicitation
from benchmarks.detection.judged import hit_risks
from corpus_audit.rules.loader import load_rules


@pytest.fixture(scope="module")
def rules():
    return load_rules()


@pytest.mark.parametrize("half", ["dev", "spent", "more"])
def test_no_harmless_text_that_was_ever_mended_is_hit_again(rules, half):
    cases = sets.near_misses(half)
    hits = hit_risks(rules, [case.text for case in cases])
    assert [(case.text, risks) for case, risks in zip(cases, hits, strict=True) if risks] == []


@pytest.mark.parametrize(("half", "least"), [("dev", 0.99), ("spent", 0.97)])
def test_adverts_are_found_by_their_own_risk(rules, half, least):
    cases = solicitation.generate(half, 480)
    hits = hit_risks(rules, [case.text for case in cases])
    assert sum(c.risk in risks for c, risks in zip(cases, hits, strict=True)) >= least * 480


def test_adverts_without_slots_are_found(rules):
    templates = sets.solicitation("more").templates
    hits = hit_risks(rules, [template.text for template in templates])
    assert sum(map(bool, hits)) >= 0.9 * len(templates)
