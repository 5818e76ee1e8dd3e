"""Small audits for gates, made under two rules of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from deliveries import RULES, write

import corpus_audit


@pytest.fixture(scope="session")
def rules(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("rules") / "t.toml"
    file.write_text(RULES, encoding="utf-8")
    return file


@pytest.fixture
def make_audit(tmp_path, rules) -> Callable[..., str]:
    """`make_audit("a", {"web": texts(95, bet=5)})`: an audit; all of a test have one key."""

    def make(name: str, sources: Mapping[str, Sequence[str | dict]], **options) -> str:
        corpus = write(tmp_path / f"data-{name}", sources)
        detectors = options.pop("detectors", "keywords").split(",")
        options = {"rules": rules} | options
        return corpus_audit.scan(corpus, tmp_path / name, detectors=detectors, **options).url

    return make


@pytest.fixture
def make_policy(tmp_path) -> Callable[[str], Path]:
    def make(toml: str) -> Path:
        file = tmp_path / "policy.toml"
        file.write_text(toml, encoding="utf-8")
        return file

    return make
