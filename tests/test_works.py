"""Works of others, found again in a corpus and reported under A.3.a."""

import json

import pytest

import corpus_audit
from corpus_audit.errors import UsageError
from corpus_audit.works import WorksDetector

WORK = (
    "渡口的雾还没有散，老人已经把船系在石阶下面。他想起许多年前的冬天，雪落满了整条河，"
    "没有人过江，只有一只灰色的鸟停在桅杆上，一直停到天黑。"
)
ENGLISH = (
    "The keeper of the lighthouse wrote down every ship that passed, and when no ship passed he "
    "wrote down the colour of the sea, which he believed was never the same on two mornings."
)


@pytest.fixture
def works(tmp_path):
    (tmp_path / "works").mkdir()
    (tmp_path / "works/one.txt").write_text(WORK, encoding="utf-8")
    (tmp_path / "works/two.txt").write_text(ENGLISH, encoding="utf-8")
    return tmp_path / "works"


def found(detector, batch):
    seen = detector.scan(batch)
    texts = batch.records.column("text").to_pylist()
    return [
        (row, detector.rules[rule].id, texts[row][start:end])
        for row, rule, start, end in zip(
            seen.findings.row, seen.findings.rule, seen.findings.start, seen.findings.end,
            strict=True,
        )
    ]  # fmt: skip


def test_copies_are_told_from_quotations_and_from_other_texts(works, make_batch):
    detector = WorksDetector({"works": [str(works)]})
    other = "集市上卖菜的人很多，今天的白菜比昨天便宜两毛钱。" * 12
    quote = "他想起许多年前的冬天，雪落满了整条河，没有人过江"
    batch = make_batch(WORK, other + quote + other, other, ENGLISH.upper(), "short")
    seen = found(detector, batch)
    assert [(row, rule) for row, rule, _ in seen] == [
        (0, "works.copied"), (1, "works.quoted"), (3, "works.copied"),
    ]  # fmt: skip
    assert quote[2:-2] in seen[1][2] and len(seen[1][2]) <= len(quote) + 4
    assert detector.scan(batch).columns["works_share"][0].as_py() == 1.0


def test_traditional_characters_and_spaces_do_not_hide_a_copy(works, make_batch):
    detector = WorksDetector({"works": [str(works)]})
    hidden = "渡口的霧還沒有散，老人已經把船繫在石階下面。 他想起許多年前的冬天，\n雪落滿了整條河"
    assert [rule for _, rule, _ in found(detector, make_batch(hidden))] == ["works.copied"]


@pytest.mark.parametrize(("counts", "hits", "status"), [(False, 0, "under"), (True, 1, "over")])
def test_copies_count_into_the_ratio_only_where_the_policy_says_so(
    works, tmp_path, counts, hits, status
):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    records = [{"text": WORK}, {"text": "集市上卖菜的人很多，今天的白菜比昨天便宜两毛钱。"}]
    (corpus / "books.jsonl").write_text(
        "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8"
    )
    policy = tmp_path / "policy.toml"
    policy.write_text(f"[ratio]\ncopied_works = {str(counts).lower()}\n")
    audit = corpus_audit.scan(corpus, tmp_path / "a", works=works, policy=policy)
    row = audit.sources().set_index("source").loc["books"]
    assert "A.3.a:copied=1" in row.risks
    assert (row.hit_documents, row.status) == (hits, status)


def test_works_too_short_to_be_met_again_are_refused(tmp_path):
    (tmp_path / "w.txt").write_text("too short")
    with pytest.raises(UsageError, match="--works"):
        WorksDetector({"works": [str(tmp_path / "w.txt")]})
    with pytest.raises(UsageError, match="--works"):
        WorksDetector({})
