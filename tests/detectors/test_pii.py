"""The detector of personal data: configuration, presidio behind it, what its digest names."""

import json

import pytest

from corpus_audit.detectors.pii import PiiDetector
from corpus_audit.errors import UsageError


def found(detector, batch):
    findings = detector.scan(batch).findings
    return [
        (detector.rules[rule].id, int(start), int(end), int(level))
        for rule, start, end, level in zip(
            findings.rule, findings.start, findings.end, findings.level, strict=True
        )
    ]


def test_classes_of_documents_are_columns(make_batch):
    texts = ("什么都没有", "电话13912345679", "身份证110101199003074514", "密码：xK9#mQ2vLp")
    columns = PiiDetector({}).scan(make_batch(*texts)).columns
    assert columns["personal_data"].to_pylist() == ["none", "general", "sensitive", "none"]
    assert columns["secrets"].to_pylist() == [False, False, False, True]


def test_only_the_kinds_asked_for_are_found(make_batch):
    batch = make_batch("电话13912345679，邮箱li@corp.cn")
    assert [rule for rule, *_ in found(PiiDetector({"kinds": ["email"]}), batch)] == ["pii.email"]
    with pytest.raises(UsageError, match="no kind"):
        PiiDetector({"kinds": ["emial"]})
    with pytest.raises(UsageError, match="would be ignored"):
        PiiDetector({"kind": ["email"]})


def test_placeholders_count_only_where_asked(make_batch):
    batch = make_batch("电话13800138000")
    assert [rule for rule, *_ in found(PiiDetector({}), batch)] == ["pii.placeholder"]
    assert [r for r, *_ in found(PiiDetector({"placeholders": True}), batch)] == ["pii.cn_mobile"]


def test_values_are_normalised_so_that_one_number_is_one_value(make_batch):
    batch = make_batch("电话139-1234-5679", "手机：１３９１２３４５６７９", "+86 13912345679")
    values = PiiDetector({}).scan(batch).values.to_pylist()
    assert values == [b"13912345679"] * 3


def test_the_digest_names_what_was_asked():
    digests = [PiiDetector(c).digest for c in ({}, {"placeholders": True}, {"kinds": ["email"]})]
    assert len(set(digests)) == 3 and PiiDetector({}).digest == digests[0]


RECOGNIZERS = """
recognizers:
  - name: Staff number
    supported_entity: STAFF_NUMBER
    supported_language: zh
    patterns:
      - name: staff
        regex: '\\bST-[0-9]{6}\\b'
        score: 0.5
    context: [工号]
"""


def test_recognizers_in_presidios_yaml_are_confirmed_beside_han_and_by_context(
    make_batch, tmp_path
):
    file = tmp_path / "staff.yaml"
    file.write_text(RECOGNIZERS)
    detector = PiiDetector({"presidio": {"recognizers": [str(file)]}})
    batch = make_batch("无关" * 500, "登记ST-123456谢谢", "他的工号 ST-654321。", "ST-12 不是")
    answers = found(detector, batch)
    assert [(rule, start, end) for rule, start, end, _ in answers] == [
        ("pii.staff_number", 2, 11), ("pii.staff_number", 5, 14),
    ]  # fmt: skip
    assert answers[1][3] < answers[0][3]  # the word beside it makes it surer
    with pytest.raises(UsageError, match="no such file"):
        PiiDetector({"presidio": {"recognizers": ["nowhere.yaml"]}})


def test_country_packs_are_chosen_by_name(make_batch):
    detector = PiiDetector({"presidio": {"packs": ["uk"]}})
    rules = {rule for rule, *_ in found(detector, make_batch("NHS number 943 476 5919 here"))}
    assert "pii.uk_nhs" in rules
    with pytest.raises(UsageError, match="no recognizers"):
        PiiDetector({"presidio": {"packs": ["atlantis"]}})


def test_names_by_jieba_where_asked(make_batch):
    detector = PiiDetector({"presidio": {"names": True}})
    rules = {rule for rule, *_ in found(detector, make_batch("张伟在北京会见了客人"))}
    assert {"pii.person", "pii.location"} <= rules


CLASSES = """
from presidio_analyzer import EntityRecognizer, RecognizerResult


class Ships(EntityRecognizer):
    def __init__(self):
        super().__init__(["SHIP"], name="Ships", supported_language="zh")

    def load(self):
        pass

    def analyze(self, text, entities, nlp_artifacts):
        at = text.find("辽海号")
        return [] if at < 0 else [RecognizerResult("SHIP", at, at + 3, 0.9)]


class PrefilteredShips(Ships):
    prefilters = ("辽海",)
"""


@pytest.mark.parametrize(("name", "reads_all"), [("Ships", True), ("PrefilteredShips", False)])
def test_a_recognizer_may_be_a_python_class_and_without_literals_its_cost_is_told(
    make_batch, tmp_path, monkeypatch, name, reads_all
):
    (tmp_path / "ships.py").write_text(CLASSES)
    monkeypatch.syspath_prepend(tmp_path)
    detector = PiiDetector({"presidio": {"classes": [f"ships:{name}"]}})
    batch = make_batch("无关", "昨天" * 300 + "辽海号抵达港口")
    assert found(detector, batch) == [("pii.ship", 600, 603, 0)]
    assert [told for told, speed in detector.cost() if speed > 0] == ["Ships"] * reads_all
    with pytest.raises(UsageError, match="cannot be loaded"):
        PiiDetector({"presidio": {"classes": ["ships:Boats"]}})


def test_an_engine_of_presidio_may_be_plugged_in_and_nothing_is_downloaded(make_batch, tmp_path):
    spacy = pytest.importorskip("spacy")
    model = spacy.blank("en")
    model.add_pipe("entity_ruler").add_patterns([{"label": "PERSON", "pattern": "Ada Lovelace"}])
    model.to_disk(tmp_path / "model")
    asked = {"names": True, "language": "en", "nlp_engine": f"spacy:{tmp_path / 'model'}"}
    detector = PiiDetector({"presidio": asked})
    text = "A long line. " * 20_000 + "Ada Lovelace wrote it."  # longer than one stretch
    (answer,) = found(detector, make_batch(text))
    assert answer[:3] == ("pii.person", len(text) - 22, len(text) - 10)
    refused = {
        "spacy:zh_core_web_sm": "neither a package",
        "spacy": "write jieba",
        f"transformers:{tmp_path / 'model'}+x": "cannot be loaded",
    }
    for engine, reason in refused.items():
        with pytest.raises(UsageError, match=reason):
            PiiDetector({"presidio": {"names": True, "nlp_engine": engine}}).cost()


def test_presidio_is_not_imported_for_ordinary_text():
    import subprocess
    import sys

    code = """
import sys
from corpus_audit.pii.finder import Finder
Finder().matches(["电话13912345679，卡号6212262502009182455，今天天气很好 a@b.cn"])
print(json.dumps([n for n in ("presidio_analyzer", "spacy") if n in sys.modules]))
"""
    done = subprocess.run(
        [sys.executable, "-c", "import json\n" + code], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == []
