"""Against real documents whose pairs are known exactly."""

import gzip
import json

import pytest

import corpus_audit
from corpus_audit.audit.store import AuditStore
from corpus_audit.duplicates.evidence import texts_of
from corpus_audit.duplicates.frame import Frame
from corpus_audit.duplicates.join import JoinOptions, join
from corpus_audit.raw import Corpus


@pytest.fixture(scope="module")
def docs(real_data, tmp_path_factory):
    folder = real_data / "dedup/pydocs-zh"
    with gzip.open(folder / "pairs.jsonl.gz") as file:
        pairs = {(p["a"], p["b"]): p["jaccard"] for p in map(json.loads, file)}
    out = tmp_path_factory.mktemp("docs") / "a"
    corpus_audit.scan(folder / "docs.jsonl.gz", out, detectors=["fingerprints"])
    return AuditStore(str(out)), pairs


@pytest.mark.parametrize(
    ("threshold", "verify", "precision", "recall"),
    [
        (0.8, "exact", 1.0, 0.95), (0.8, "estimate", 0.86, 0.87),
        (0.7, "exact", 1.0, 0.95), (0.7, "estimate", 0.90, 0.93),
    ],
)  # fmt: skip
def test_pairs_of_real_documents_are_found(docs, threshold, verify, precision, recall):
    store, pairs = docs
    found = set()
    join(
        store,
        JoinOptions(threshold=threshold, verify=verify),
        texts=texts_of(Frame(store), Corpus(store, None)),
        found=lambda left, right, _: found.update(zip(left.tolist(), right.tolist(), strict=True)),
    )
    true = {pair for pair, jaccard in pairs.items() if jaccard >= threshold}
    assert len(found & true) / len(found) >= precision
    assert len(found & true) / len(true) >= recall
