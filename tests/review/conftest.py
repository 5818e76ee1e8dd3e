"""A scanned corpus whose truth is known: detectors find half of the harmful, and flag others."""

import contextlib
import json
import random
import shutil
from pathlib import Path

import pytest

import corpus_audit
from corpus_audit.audit.store import AuditStore
from corpus_audit.review.command import SheetOptions, ask_for, make_sample
from tests.review.truth import FALSE, FOUND, MISSED

SOURCES = {"forum": (900, 0.20), "news": (700, 0.02), "books": (400, 0.0)}


def write_corpus(folder: Path, sources: dict[str, tuple[int, float]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, (documents, share) in sources.items():
        chance = random.Random(name)
        bad = set(chance.sample(range(documents), round(documents * share)))
        lines = []
        for i in range(documents):
            body = f"第 {i} 篇。{'=' if i % 7 == 0 else ''}今天天气很好，{name} 讨论了园艺与读书。"
            if i in bad:
                body += FOUND if chance.random() < 0.5 else MISSED
            elif chance.random() < 0.02:
                body += FALSE
            lines.append(json.dumps({"text": body, "source": name}, ensure_ascii=False))
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="session")
def scanned(tmp_path_factory) -> Path:
    """`corpus/` and the finished `audit/` of it, in one folder."""
    folder = tmp_path_factory.mktemp("review")
    write_corpus(folder / "corpus", SOURCES)
    with contextlib.chdir(folder):  # so that paths, and with them samples, are always the same
        corpus_audit.scan("corpus", "audit", detectors=["keywords"])
    return folder


@pytest.fixture
def audit(scanned, tmp_path, monkeypatch) -> str:
    """A copy of the audit, with its key, that a test may change."""
    shutil.copytree(scanned / "audit", tmp_path / "audit")
    shutil.copy(scanned / "corpus-audit.key", tmp_path / "corpus-audit.key")
    monkeypatch.chdir(scanned)
    return str(tmp_path / "audit")


@pytest.fixture
def store(audit) -> AuditStore:
    return AuditStore(audit)


@pytest.fixture
def drawn(audit, tmp_path):
    """`drawn(plan, size=..., formats=...)`: a sample with its sheets in `sheets/`."""

    def make(plan="standard", *, formats=("csv",), blind=True, room=8000, **asked):
        options = SheetOptions(tmp_path / "sheets", tuple(formats), blind=blind, room=room)
        return make_sample(audit, ask_for(plan, **{"seed": 7} | asked), options)

    return make
