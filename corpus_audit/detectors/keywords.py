"""Illegal and unhealthy content by terms: the rules of `rules/keywords/` over the plain view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from corpus_audit.rules.loader import load_rules
from corpus_audit.text.batch import Batch
from corpus_audit.types import ColumnSpec, Observations, RuleInfo


class KeywordDetector:
    """Matches rules. Configuration: `rules`, a list of rule files or folders, and `profile`.

    Demoted terms weigh low, which the profile `regular` does not count: it does not search them.
    """

    name: ClassVar[str] = "keywords"
    columns: tuple[ColumnSpec, ...] = ()

    def __init__(self, config: Mapping[str, object]) -> None:
        paths = config.get("rules") or ()
        assert isinstance(paths, list | tuple)
        loaded = load_rules(paths, search_demoted=config.get("profile") != "regular")
        self.rules: tuple[RuleInfo, ...] = tuple(rule.info for rule in loaded.rules)
        self.digest = loaded.digest
        self._matcher = loaded.matcher

    def scan(self, batch: Batch) -> Observations:
        return Observations(self._matcher.match(batch.text, batch.view("plain")))
