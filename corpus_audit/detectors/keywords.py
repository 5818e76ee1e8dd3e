"""Illegal and unhealthy content by terms: the rules of `rules/keywords/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import ClassVar

import numpy as np

from corpus_audit.errors import UsageError
from corpus_audit.rules.loader import load_rules
from corpus_audit.text.batch import Batch
from corpus_audit.types import ColumnSpec, Findings, Observations, RuleInfo

#: What can be found besides what is always undone; each costs time and cries wolf more often.
EVASIONS = ("pinyin",)


class KeywordDetector:
    """Matches rules. Configuration: `rules`, a list of rule files or folders; `evasion`, a list of
    `EVASIONS`; `profile`, of the policy.

    Demoted terms weigh low, which the profile `regular` does not count: it does not search them.
    """

    name: ClassVar[str] = "keywords"
    columns: tuple[ColumnSpec, ...] = ()

    def __init__(self, config: Mapping[str, object]) -> None:
        paths, evasion = config.get("rules") or (), config.get("evasion") or ()
        assert isinstance(paths, list | tuple) and isinstance(evasion, list | tuple)
        if unknown := sorted(set(evasion) - set(EVASIONS)):
            raise UsageError(
                f"--evasion {unknown[0]}: not known. It would be ignored; known: "
                f"{', '.join(EVASIONS)}."
            )
        loaded = load_rules(paths, search_demoted=config.get("profile") != "regular")
        self.rules: tuple[RuleInfo, ...] = tuple(rule.info for rule in loaded.rules)
        self.digest = "+".join([loaded.digest, *sorted(evasion)])
        self._matcher = loaded.matcher
        self._sounds = None
        if "pinyin" in evasion:
            from corpus_audit.rules.pinyin import PinyinTerms

            self._sounds = PinyinTerms(loaded.rules)

    def scan(self, batch: Batch) -> Observations:
        found = self._matcher.match(batch.text, batch.view("plain"))
        if self._sounds is None:
            return Observations(found)
        heard = self._sounds.match(batch.text, batch.view("pinyin"), found)
        names = [field.name for field in fields(Findings)]
        return Observations(
            Findings(*(np.concatenate((getattr(found, n), getattr(heard, n))) for n in names))
        )
