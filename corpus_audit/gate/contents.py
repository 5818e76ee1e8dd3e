"""Documents and what they hit, by content: the keyed digest of a text and the rule.

What a baseline has is told by digests and never by names or positions, so that files may be moved,
cut anew, or renamed. Only the first half of a digest is held in memory: 8 bytes a document.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpus_audit.duplicates.frame import halves, open_parquet
from corpus_audit.gate.counted import PII_CLASSES, Audited, other_languages, stated, states
from corpus_audit.limits import Limit
from corpus_audit.policies import PROFILES
from corpus_audit.types import COPIED, PERSONAL

Flags = npt.NDArray[np.bool_]
Hashes = npt.NDArray[np.uint64]

#: Measures that are told document by document.
BY_CONTENT = ("risk", "pii", "languages", "licence")
PERSONAL_RULE = "pii."
COPIED_RULE = "works."
_FINDINGS = ["path", "position", "rule", "risk", "confidence", "suppressed"]
_POSITIONS = 1 << 44


class Contents(NamedTuple):
    """One unit: its documents, and their findings as (row of the document, rule, ...)."""

    documents: pa.Table
    digest: Hashes
    row: npt.NDArray[np.int64]  # of the document of each finding
    rule: npt.NDArray[np.object_]
    risk: npt.NDArray[np.object_]
    confidence: npt.NDArray[np.object_]

    @property
    def pairs(self) -> Hashes:
        """(digest, rule) of each finding."""
        names, code = np.unique(self.rule.astype(str), return_inverse=True)
        hashes = [hashlib.blake2b(name.encode(), digest_size=8).digest() for name in names]
        of_rule = np.frombuffer(b"".join(hashes), "<u8") if hashes else np.zeros(0, np.uint64)
        return self.digest[self.row] ^ of_rule[code] if len(code) else np.zeros(0, np.uint64)


def read_contents(audited: Audited, columns: Sequence[str] = ()) -> Iterator[Contents]:
    """All documents of an audit, unit by unit, with the findings that count."""
    present = set(audited.store.names("findings"))
    wanted = ["digest", "source", "path", "position", *columns]
    for unit, table in audited.documents(wanted):
        digest = halves(table["digest"].combine_chunks())[:, 0].copy()
        found = None
        if f"{unit}.parquet" in present:
            stored = open_parquet(audited.store, f"findings/{unit}.parquet")
            found = stored.read(_FINDINGS, use_threads=False)
            found = found.filter(pa.compute.invert(found["suppressed"]))
        if found is None or not found.num_rows:
            none: Any = np.zeros(0, object)
            yield Contents(table, digest, np.zeros(0, np.int64), none, none, none)
            continue
        row = _rows(table, found)
        texts = (
            found[name].combine_chunks().to_numpy(zero_copy_only=False)
            for name in ("rule", "risk", "confidence")
        )
        yield Contents(table, digest, row, *texts)


def _rows(documents: pa.Table, findings: pa.Table) -> npt.NDArray[np.int64]:
    """The row of the document that each finding is in, by path and position."""
    paths = documents["path"].combine_chunks().dictionary_encode()
    code = paths.indices.to_numpy().astype(np.int64)
    own = code * _POSITIONS + documents["position"].to_numpy()
    order = np.argsort(own, kind="stable")
    theirs = pa.compute.index_in(findings["path"], paths.dictionary).to_numpy().astype(np.int64)
    keys = theirs * _POSITIONS + findings["position"].to_numpy()
    at = np.minimum(np.searchsorted(own[order], keys), len(own) - 1)
    rows: npt.NDArray[np.int64] = order[at]
    return rows


def columns_for(limits: Sequence[Limit]) -> list[str]:
    """The columns of `documents/` that these limits are told by."""
    wanted: set[str] = set()
    for limit in limits:
        if limit.measure == "risk":
            wanted.add("risks")
        elif limit.measure == "languages":
            wanted.add("language")
        elif limit.measure == "licence":
            wanted |= {"statements", "licence_field"}
        elif limit.measure == "pii" and limit.value in PII_CLASSES:
            wanted.add(PII_CLASSES[limit.value][0])
    return sorted(wanted)


def hit_by(limit: Limit, contents: Contents, audited: Audited) -> Flags:
    """Which documents count under a limit."""
    documents = contents.documents
    if limit.measure == "risk":
        return _by_value(
            documents["risks"],
            lambda risks: any(audited.risk_counts(limit.value, risk) for risk in risks.split()),
        )
    if limit.measure == "languages":
        return _by_value(
            documents["language"], lambda name: bool(other_languages(limit, {name: 1}))
        )
    if limit.measure == "licence":
        keys = ["statements", "licence_field"]
        rows = documents.select(keys).to_pylist()
        return np.array([states(limit.value, stated(row)) for row in rows], np.bool_)
    if limit.value in PII_CLASSES:
        column, values = PII_CLASSES[limit.value]
        return _by_value(documents[column], lambda value: str(value) in values)
    hit = np.zeros(documents.num_rows, np.bool_)
    hit[contents.row[relevant(limit, contents, audited)]] = True
    return hit


def hit_name(rule: str, risk: str) -> str:
    """What a finding of this rule hits, as tallies name it."""
    if rule.startswith(PERSONAL_RULE):
        return risk + PERSONAL
    return risk + COPIED if rule.startswith(COPIED_RULE) else risk


def relevant(limit: Limit, contents: Contents, audited: Audited) -> Flags:
    """Which findings speak of what is limited."""
    if limit.measure == "risk":
        names = [hit_name(*each) for each in zip(contents.rule, contents.risk, strict=True)]
        counts = {name: audited.risk_counts(limit.value, name) for name in set(names)}
        return np.array([counts[name] for name in names], np.bool_)
    if limit.measure != "pii":
        return np.zeros(len(contents.row), np.bool_)
    if limit.value in PII_CLASSES:
        return np.array([rule.startswith(PERSONAL_RULE) for rule in contents.rule], np.bool_)
    levels = PROFILES[audited.policy.judge.profile]
    wanted = f"{PERSONAL_RULE}{limit.value}"
    pairs = zip(contents.rule, contents.confidence, strict=True)
    return np.array([rule == wanted and level in levels for rule, level in pairs], np.bool_)


def _by_value(column: pa.ChunkedArray, test: Any) -> Flags:
    """A test of each distinct value, over a column; null is false."""
    encoded = column.combine_chunks().dictionary_encode()
    answers = [bool(test(value)) for value in encoded.dictionary.to_pylist()] + [False]
    index = encoded.indices.fill_null(len(answers) - 1).to_numpy(zero_copy_only=False)
    flags: Flags = np.array(answers, np.bool_)[index]
    return flags
