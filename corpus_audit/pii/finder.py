"""Finds personal data and secrets in a batch: every finder over one view, then one list.

Candidates come from whole-buffer passes; what is left is judged one by one. Nothing here depends
on other documents of the batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpus_audit.pii.addresses import load_addresses
from corpus_audit.pii.candidates import HIGH, LOW, Candidates, Collector
from corpus_audit.pii.fields import load_fields
from corpus_audit.pii.kinds import default_kinds
from corpus_audit.pii.literals import Union
from corpus_audit.pii.mail import CREDENTIALS, HAN_MAIL, find_mails
from corpus_audit.pii.names import load_names
from corpus_audit.pii.numbers import judge_numbers
from corpus_audit.pii.passwords import is_placeholder_secret
from corpus_audit.pii.patterns import load_patterns
from corpus_audit.pii.placeholders import is_placeholder_mail
from corpus_audit.pii.secrets import load_secrets
from corpus_audit.pii.tabular import load_columns
from corpus_audit.pii.top_levels import is_top_level
from corpus_audit.pii.urls import find_urls
from corpus_audit.text.buffers import Int64s, Utf8
from corpus_audit.text.fold import View, fold, locate

#: Candidates looked at in one document by one finder.
CAP = 20_000


@dataclass(frozen=True, slots=True)
class Match:
    """One find in a text, as plain values. Level: high, medium or low."""

    kind: str
    start: int  # code points
    end: int
    level: str
    placeholder: bool


class Finder:
    """All finders. `kinds`: those that are wanted; the others are not reported."""

    def __init__(self, kinds: Sequence[str] | None = None, cap: int = CAP) -> None:
        self.kinds = list(kinds or default_kinds())
        self.cap = cap

    def find(self, text: Utf8, view: View) -> tuple[Candidates, Int64s]:
        """Candidates in order of (row, start), and how many were left out, by document."""
        found = Collector(self.kinds, len(view.offsets) - 1, self.cap)
        if len(view.data):
            judge_numbers(view, found)
            self._mails(view, found)
            load_patterns().find(text, view, found)
            words = _words().scan(view.data)
            load_fields().find(view, words, found)
            load_secrets().find(text, view, words, found)
            if "person_name" in found.index:
                load_names().find(view, words, found)
            if "cn_address" in found.index:
                load_addresses().find(view, words, found)
            load_columns().find(view, words, found)
            if "url" in found.index:
                find_urls(view, found)
        return found.take(), found.capped

    def _mails(self, view: View, found: Collector) -> None:
        mails = find_mails(view, self.cap)
        found.capped += mails.capped
        rows = np.searchsorted(view.offsets, mails.start, side="right") - 1
        data = view.data
        spans = zip(
            mails.what.tolist(), rows.tolist(), mails.start.tolist(), mails.end.tolist(),
            strict=True,
        )  # fmt: skip
        for what, row, start, end in spans:
            text = data[start:end].tobytes().decode("utf-8", "replace")
            if what == CREDENTIALS:
                end = _url_end(data, end, int(view.offsets[row + 1]) - 1)
                _, _, tail = text.partition("://")
                user, _, rest = tail.partition(":")
                host = rest.rpartition("@")[2]
                placeholder = is_placeholder_secret(rest.rpartition("@")[0]) or (
                    rest.rpartition("@")[0] in ("pass", "password", "passwd", "pwd", "secret", user)
                    or (
                        is_placeholder_mail("u@" + host)
                        and not host.endswith(("local", "internal", "lan"))
                    )
                )
                found.add("url_credentials", row, start, end, HIGH, placeholder)
                continue
            if not is_top_level(text.rpartition(".")[2]):
                continue
            level = LOW if what == HAN_MAIL else HIGH
            found.add("email", row, start, end, level, is_placeholder_mail(text))

    def matches(self, texts: Sequence[str]) -> list[list[Match]]:
        """Finds in plain texts, by code points."""
        column = Utf8.of(pa.array(texts, pa.large_string()))
        view = fold(column)
        found, _ = self.find(column, view)
        start, end, _ = to_raw(column, view, found)
        answers: list[list[Match]] = [[] for _ in texts]
        names = ("high", "medium", "low")
        for i, row in enumerate(found.row.tolist()):
            answers[row].append(
                Match(
                    self.kinds[found.kind[i]], int(start[i]), int(end[i]), names[found.level[i]],
                    bool(found.placeholder[i]),
                )
            )  # fmt: skip
        return answers


@cache
def _words() -> Union:
    """The words of all finders: one pass over a view instead of six."""
    fields = load_fields()
    others = (load_secrets(), load_names(), load_addresses(), load_columns())
    return Union([fields.behind_words, fields.literals, *(each.literals for each in others)])


def to_raw(
    text: Utf8, view: View, found: Candidates
) -> tuple[Int64s, Int64s, npt.NDArray[np.int32]]:
    """Spans of candidates in code points of the raw text, and the transforms on the way."""
    spans = locate(text, view, found.row.astype(np.int32), found.start, found.end, "plain")
    return spans.start, spans.end, spans.trace


def _url_end(data: npt.NDArray[np.uint8], end: int, stop: int) -> int:
    """Where a URL that goes on at `end` ends: at a space, a quote, a bracket or a Han character."""
    while end < stop and 33 <= data[end] < 0x80 and data[end] not in b"\"'<>`)]},;":
        end += 1
    while data[end - 1] in b".,:!?":
        end -= 1
    return end
