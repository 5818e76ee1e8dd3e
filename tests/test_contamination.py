"""Protected texts are found in the corpus by runs of 13 words or Han characters."""

import json
import subprocess
import sys

import pytest

import corpus_audit
from corpus_audit.contamination import ContaminationDetector
from corpus_audit.errors import UsageError

ENGLISH = "Which planet of the solar system has the largest number of known moons today?"
CHINESE = "下列哪一项不属于中国古代四大发明中的内容？请选择。"


@pytest.fixture
def detector(tmp_path):
    file = tmp_path / "protected.jsonl"
    rows = [{"text": ENGLISH}, {"text": CHINESE}, {"text": "too short"}]
    file.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), "utf-8")
    return ContaminationDetector({"protect": [str(file)]})


def seen(detector, make_batch, *texts):
    columns = detector.scan(make_batch(*texts)).columns
    return [bool(x) for x in columns["contaminated"].to_pylist()], columns[
        "protected_share"
    ].to_pylist()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (ENGLISH, True),
        (f"Question 7. {ENGLISH} Answer: Saturn.", True),
        (ENGLISH.upper().replace("?", "!").replace(" ", "\n"), True),
        (" ".join(ENGLISH.split()[:13]), True),
        (" ".join(ENGLISH.split()[:12]), False),
        (CHINESE, True),
        ("题目：" + CHINESE + "答案是丙。", True),
        ("下列哪一項不屬於中國古代四大發明", True),  # traditional
        (CHINESE[:13], True),
        (CHINESE[:12], False),
        ("too short", False),
        ("", False),
        ("?!…", False),
    ],
)
def test_runs_of_13_words_or_han_characters_are_found(detector, make_batch, text, found):
    assert seen(detector, make_batch, text)[0] == [found]


def test_the_share_covered_counts_each_word_once(detector, make_batch):
    other = " ".join(f"w{i}" for i in range(14))
    _, share = seen(
        detector, make_batch, ENGLISH, f"{ENGLISH} {other}", f"{ENGLISH} {ENGLISH}", "x"
    )
    assert share == pytest.approx([1.0, 0.5, 1.0, 0.0])


def test_texts_too_short_to_look_for_are_counted(detector):
    assert (detector.texts, detector.too_short) == (3, 1)


@pytest.mark.parametrize(
    ("content", "message"),
    [('{"text": "only a few words"}', "none of 1 texts"), ('{"text": 7}\n{"text": "x"}', "at 0")],
)
def test_what_cannot_be_looked_for_is_refused(tmp_path, content, message):
    file = tmp_path / "p.jsonl"
    file.write_text(content)
    with pytest.raises(UsageError, match=message):
        ContaminationDetector({"protect": [str(file)]})
    with pytest.raises(UsageError, match="--protect FILE"):
        ContaminationDetector({})


def test_a_scan_reports_contaminated_documents_per_source(tmp_path):
    rows = [
        {"text": "plain text", "source": "a"}, {"text": f"so: {ENGLISH}", "source": "b"},
        {"text": "more of it", "source": "b"},
    ]  # fmt: skip
    (tmp_path / "c.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    (tmp_path / "held.txt").write_text(ENGLISH)
    command = [
        sys.executable, "-m", "corpus_audit", "scan", str(tmp_path / "c.jsonl"), "-o",
        str(tmp_path / "a"), "--protect", str(tmp_path / "held.txt"),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    audit = corpus_audit.Audit(str(tmp_path / "a"))
    assert audit.documents()["contaminated"].tolist() == [0, 1, 0]
    by_source = audit.sources().set_index("source")["sum_contaminated"]
    assert by_source.to_dict() == {"a": 0, "b": 1}
    assert "1 document is contaminated" in done.stdout
    stored = b"".join(path.read_bytes() for path in (tmp_path / "a").rglob("*") if path.is_file())
    assert b"solar system" not in stored
