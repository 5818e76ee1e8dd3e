"""What is new or worse than in an earlier audit: only that fails a gate that has a baseline.

A limit that is not kept stays out of the way where the share of the source did not rise and the
new part keeps the limit by itself. New are documents whose text the baseline does not hold, and
those that it holds and that another rule hits now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from corpus_audit.errors import AuditError
from corpus_audit.gate.contents import (
    BY_CONTENT,
    Contents,
    Flags,
    Hashes,
    columns_for,
    hit_by,
    read_contents,
    relevant,
)
from corpus_audit.gate.counted import CORPUS, Audited
from corpus_audit.gate.model import Amount, Before, Verdict
from corpus_audit.limits import Limit

Fresh = dict[tuple[str, str], tuple[int, int, int]]  # (limit, source) -> new hits, new, by rules


def against(
    verdicts: Sequence[Verdict], limits: Sequence[Limit], audited: Audited, earlier: Audited
) -> list[Verdict]:
    """Verdicts in the light of a baseline. Raises AuditError where the keys are not the same."""
    if audited.manifest["key_id"] != earlier.manifest["key_id"]:
        raise AuditError(
            f"{earlier.store.url}: the baseline was made with another key than "
            f"{audited.store.url}, so no document of one can be told in the other. Scan with the "
            "baseline's --key-file."
        )
    failed = {verdict.limit for verdict in verdicts if verdict.level == "fail"}
    over = [limit for limit in limits if limit.name in failed]
    told = [limit for limit in over if limit.measure in BY_CONTENT]
    fresh = _fresh(told, audited, earlier) if told else {}
    old = {limit.name: earlier.amounts(limit) for limit in over}
    by_name = {limit.name: limit for limit in over}
    return [
        _compared(verdict, by_name[verdict.limit], old[verdict.limit], fresh)
        if verdict.level == "fail" and verdict.limit in by_name
        else verdict
        for verdict in verdicts
    ]


def _compared(verdict: Verdict, limit: Limit, old: dict[str, Amount], fresh: Fresh) -> Verdict:
    now, was = verdict.amount, old.get(verdict.source, Amount(0, 0))
    assert now is not None
    by_content = limit.measure in BY_CONTENT
    new_hit, new_of, by_rules = fresh.get((limit.name, verdict.source), (0, 0, 0))
    before = Before(
        was.hit, was.of, new_hit if by_content else None, new_of if by_content else None, by_rules
    )
    known = not _worse(limit, now, was) and (was.of > 0 or by_content)
    if by_content:
        known = known and not _over(limit, new_hit, new_of)
    return replace(verdict, before=before, level="known" if known else "fail")


def _worse(limit: Limit, now: Amount, was: Amount) -> bool:
    """Is it more than before? A source that was not there before is told by its content alone."""
    if not was.of:
        return False
    return now.hit > was.hit if limit.unit == "documents" else (now.share or 0) > (was.share or 0)


def _over(limit: Limit, hit: int, of: int) -> bool:
    assert limit.fail is not None
    return hit > limit.fail if limit.unit == "documents" else of > 0 and hit / of > limit.fail


def _fresh(limits: Sequence[Limit], audited: Audited, earlier: Audited) -> Fresh:
    """Per limit and source: new hit documents, new documents, and hits by other rules than then."""
    columns = columns_for(limits)
    names = {name for limit in limits for name in audited.names if limit.covers(name)}
    digests, pairs = _Known(), _Known()
    for contents in read_contents(audited):
        wanted = _of_sources(contents, names)
        digests.ask(contents.digest[wanted])
        pairs.ask(contents.pairs[wanted[contents.row]])
    digests.settle()
    pairs.settle()
    for contents in read_contents(earlier):
        digests.tell(contents.digest)
        pairs.tell(contents.pairs)
    found: Fresh = {}
    for contents in read_contents(audited, columns):
        old = digests.known(contents.digest)
        other = ~pairs.known(contents.pairs)
        for limit in limits:
            hit = hit_by(limit, contents, audited)
            by_rule = np.zeros(len(hit), np.bool_)
            by_rule[contents.row[other & relevant(limit, contents, audited)]] = True
            by_rule &= old & hit
            new = ~old | by_rule
            _add(found, limit, contents, hit & new, new, by_rule)
    return found


def _of_sources(contents: Contents, names: set[str]) -> Flags:
    encoded = contents.documents["source"].combine_chunks().dictionary_encode()
    wanted = np.array([name in names for name in encoded.dictionary.to_pylist()], np.bool_)
    return wanted[encoded.indices.to_numpy(zero_copy_only=False)] if len(wanted) else wanted


def _add(
    found: Fresh, limit: Limit, contents: Contents, hit: Flags, new: Flags, by_rule: Flags
) -> None:
    encoded = contents.documents["source"].combine_chunks().dictionary_encode()
    code = encoded.indices.to_numpy(zero_copy_only=False)
    names = encoded.dictionary.to_pylist()
    counts = [np.bincount(code[flags], minlength=len(names)) for flags in (hit, new, by_rule)]
    for name, *more in zip(names, *(each.tolist() for each in counts), strict=True):
        if limit.covers(name):
            key = (limit.name, CORPUS if limit.per == "corpus" else name)
            sums = found.get(key, (0, 0, 0))
            found[key] = (sums[0] + more[0], sums[1] + more[1], sums[2] + more[2])


class _Known:
    """Which of the hashes that were asked for the baseline has. Only those asked for are kept."""

    def __init__(self) -> None:
        self._asked: list[Hashes] = []
        self._all: Hashes = np.zeros(0, np.uint64)
        self._there: Flags = np.zeros(0, np.bool_)

    def ask(self, hashes: Hashes) -> None:
        self._asked.append(np.unique(hashes))

    def settle(self) -> None:
        if self._asked:
            self._all = np.unique(np.concatenate(self._asked))
        self._there = np.zeros(len(self._all), np.bool_)
        self._asked.clear()

    def tell(self, hashes: Hashes) -> None:
        at, same = self._at(hashes)
        self._there[at[same]] = True

    def known(self, hashes: Hashes) -> Flags:
        at, same = self._at(hashes)
        found: Flags = same.copy()
        found[same] = self._there[at[same]]
        return found

    def _at(self, hashes: Hashes) -> tuple[np.ndarray, Flags]:
        if not len(self._all):
            return np.zeros(len(hashes), np.int64), np.zeros(len(hashes), np.bool_)
        at = np.minimum(np.searchsorted(self._all, hashes), len(self._all) - 1)
        return at, self._all[at] == hashes
