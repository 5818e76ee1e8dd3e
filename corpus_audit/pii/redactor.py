"""Replaces personal data and secrets in texts: by stars, by a tag, or by a stable pseudonym."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal, get_args

from corpus_audit.errors import UsageError
from corpus_audit.pii.finder import Finder, Match
from corpus_audit.pii.kinds import default_kinds, load_kinds
from corpus_audit.pii.pseudonyms import pseudonym
from corpus_audit.types import LEVELS, Level

Method = Literal["mask", "tag", "pseudonym"]
METHODS: tuple[Method, ...] = get_args(Method)


class Redactor:
    """`level`: the least confidence that is replaced. Placeholders are replaced where asked."""

    def __init__(
        self,
        method: Method = "mask",
        kinds: Sequence[str] | None = None,
        *,
        key: bytes = b"",
        level: Level = "medium",
        placeholders: bool = False,
    ) -> None:
        known = load_kinds()
        for kind in kinds or ():
            if kind not in known:
                raise UsageError(
                    f"--kinds {kind}: no such kind, so nothing of it would be replaced. Known: "
                    f"{', '.join(sorted(known))}."
                )
        if method not in METHODS:
            raise UsageError(f"--method {method}: it is {', '.join(METHODS)}.")
        from presidio_anonymizer.operators import Mask, Replace

        self.method, self.kinds, self.key = method, list(kinds or default_kinds()), key
        self._levels = LEVELS[: LEVELS.index(level) + 1]
        self._placeholders = placeholders
        # all kinds are looked for: of two that claim a stretch only the better one is right
        self._finder = Finder(sorted({*default_kinds(), *self.kinds}, key=list(known).index))
        self._mask, self._replace = Mask(), Replace()
        self._tags = {name: f"[{kind.tag}]" for name, kind in known.items()}

    def redact(self, texts: Sequence[str]) -> tuple[list[str], list[Counter[str]]]:
        """The texts with everything replaced that is wanted, and how much by kind for each."""
        found = self._finder.matches(texts)
        answers, counts = [], []
        for text, matches in zip(texts, found, strict=True):
            pieces, at, count = [], 0, Counter[str]()
            for match in matches:
                if match.start < at or not self._wanted(match):
                    continue
                pieces += [text[at : match.start], self._replaced(match, text)]
                at = match.end
                count[match.kind] += 1
            answers.append("".join([*pieces, text[at:]]))
            counts.append(count)
        return answers, counts

    def _wanted(self, match: Match) -> bool:
        if match.kind not in self.kinds or match.level not in self._levels:
            return False
        return self._placeholders or not match.placeholder

    def _replaced(self, match: Match, text: str) -> str:
        value = text[match.start : match.end]
        if self.method == "pseudonym":
            made = pseudonym(match.kind, value, self.key)
            if made is not None:
                return made
        if self.method == "mask":
            parameters: dict[str, Any] = {
                "masking_char": "*", "chars_to_mask": len(value), "from_end": False,
            }  # fmt: skip
            return str(self._mask.operate(value, parameters))
        return str(self._replace.operate(value, {"new_value": self._tags[match.kind]}))
