"""The words of reports: one file of texts per language, and how numbers are written in it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, get_args

import tomli

from corpus_audit.errors import UsageError
from corpus_audit.rules.clauses import Language, Words
from corpus_audit.rules.location import load_toml, rules_dir
from corpus_audit.text.inert import clipped

_LONGEST = 2000  # characters of a reason
LANGUAGES: tuple[Language, ...] = get_args(Language)


@cache
def load_texts(language: Language) -> Mapping[str, str]:
    """All texts of a language by `group.key`."""
    stored = tomli.loads(
        (files("corpus_audit.reports") / f"texts/{language}.toml").read_text("utf-8")
    )
    return {
        f"{group}.{key}": text for group, texts in stored.items() for key, text in texts.items()
    }


class Texts:
    """The texts of one language: `texts("headline.over", n=3)`."""

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise UsageError(f"--lang {language}: it is {' or '.join(LANGUAGES)}.")
        self.language: Language = language
        self._texts = load_texts(self.language)

    def __call__(self, key: str, **values: Any) -> str:
        """A text, with the values filled in; numbers get separators of thousands."""
        filled = {
            name: self.number(value) if isinstance(value, int) else value
            for name, value in values.items()
        }
        text = self._texts[key]
        return text.format(**filled) if filled else text

    def many(self, key: str, n: int, **values: Any) -> str:
        """The text for a count: another one where it is 1."""
        return self(f"{key}_one" if n == 1 else key, n=n, **values)

    def named(self, group: str, key: str) -> str:
        """What stands for a code, such as of a language; the code itself where nothing does."""
        return self._texts.get(f"{group}.{key}") or clipped(key)

    def words(self, words: Words) -> str:
        """Words of the rules or of an assessment; the latter may quote names from the data."""
        return clipped(words.to(self.language), _LONGEST)

    def number(self, value: float) -> str:
        """A count."""
        return f"{value:,}".replace(",", self._texts["format.thousand"])

    def share(self, value: float | None, digits: int = 2) -> str:
        """A share as a percentage; `?` where nobody can tell."""
        if value is None:
            return "?"
        return self._texts["format.percent"].format(f"{100 * value:.{digits}f}")

    def limit(self, value: float) -> str:
        """A limit as short as it is written: 5 %."""
        return self._texts["format.percent"].format(f"{100 * value:g}")

    def listed(self, items: Any) -> str:
        return self._texts["format.comma"].join(items)

    def counts(self, group: str, counts: Mapping[str, int], most: int = 6) -> str:
        """`Chinese 120, English 3`: most first."""
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        shown = [f"{self.named(group, name)} {self.number(n)}" for name, n in ordered[:most]]
        return self.listed([*shown, *(["…"] if len(ordered) > most else [])])


@cache
def statement_names() -> Mapping[str, Words]:
    """Names of the statements that documents make of themselves."""
    stored = load_toml(rules_dir() / "statements.toml")
    return {each["id"]: Words(**each["name"]) for each in stored["statement"]}
