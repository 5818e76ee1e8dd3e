"""What documents say of their own licence: the evaluation sets, places and fields."""

import pytest

from benchmarks.provenance.licences import SETS, measure
from corpus_audit.detectors.licences import LicenceDetector
from corpus_audit.rules.location import load_toml
from corpus_audit.rules.statements import load_statements
from corpus_audit.text.fold import fold_texts


@pytest.fixture(scope="module")
def detector():
    return LicenceDetector({})


@pytest.mark.parametrize("half", ["dev", "test"])
def test_statements_are_found_on_own_cases_in_both_languages(half):
    precision, recall, cases = measure(half)
    assert cases >= 100
    assert precision >= 0.95 and recall >= 0.95


def test_the_words_that_patterns_need_beside_them_hide_no_statement():
    files = [SETS / f"licence_{half}.toml" for half in ("dev", "test")]
    cases = [case["text"] for file in files for case in load_toml(file)["cases"]]
    specs = [spec for spec in load_statements().specs if spec.beside]
    texts = [text.decode() for text in fold_texts(cases)]
    stated = [(s, t) for s in specs for t in texts if any(e.search(t) for e in s.expressions)]
    assert len(stated) > 20
    assert all(spec.may_stand_in(text) for spec, text in stated)


def test_a_finding_points_at_the_statement_in_the_raw_text(make_batch, detector):
    text = "正文。　　版權所有，未經許可不得轉載。完"
    seen = detector.scan(make_batch(text)).findings
    found = {
        detector.rules[rule].id: text[start:end]
        for rule, start, end in zip(seen.rule, seen.start, seen.end, strict=True)
    }
    assert found["statement.all-rights-reserved"] == "版權所有"
    assert found["statement.no-reprint"].startswith("未經許可不得轉載")


def test_the_more_exact_of_two_names_of_one_licence_is_kept(make_batch, detector):
    column = detector.scan(
        make_batch("CC BY. See creativecommons.org/licenses/by/4.0/", "CC BY-SA, CC BY 4.0")
    ).columns["statements"]
    assert column.to_pylist() == ["CC-BY-4.0", "CC-BY-4.0 CC-BY-SA"]


def test_statements_far_apart_in_a_long_document_are_all_found(make_batch, detector):
    text = "MIT License. " + "长文" * 5000 + " © 2020 某社"
    column = detector.scan(make_batch(text)).columns["statements"]
    assert column.to_pylist() == ["MIT copyright-notice"]


def test_a_licence_field_is_named_by_its_id_or_as_other(make_batch, detector):
    given = [
        "cc-by-4.0",
        "MIT",
        "https://creativecommons.org/licenses/by-sa/3.0/",
        "ours",
        "",
        None,
    ]
    batch = make_batch(*["x"] * len(given), license=given)
    assert detector.scan(batch).columns["licence_field"].to_pylist() == [
        "CC-BY-4.0", "MIT", "CC-BY-SA-3.0", "(other)", None, None,
    ]  # fmt: skip


def test_a_document_of_nothing_but_licences_is_looked_at_from_both_ends(make_batch, detector):
    text = "MIT License. " * 30_000 + "© 2020 某社"
    seen = detector.scan(make_batch(text, "MIT License."))
    assert seen.columns["statements"].to_pylist() == ["MIT copyright-notice", "MIT"]
    assert 2_000 <= len(seen.findings) < 2_100
