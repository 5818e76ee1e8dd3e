"""Personal data per source and kind: documents, occurrences, distinct values, and how sure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corpus_audit.audit.schema import DIGESTS
from corpus_audit.audit.store import AuditStore
from corpus_audit.observe import Observed
from corpus_audit.pii.kinds import PLACEHOLDER, load_kinds
from corpus_audit.tally import Tally, add_counts
from corpus_audit.types import LEVELS, RuleInfo

_PREFIX = "pii."
_MEMORY = "512MB"  # of the join that counts distinct values; beyond it goes to disk

#: Columns of `personal.csv` and `.parquet`.
SCHEMA = pa.schema(
    [
        pa.field("source", pa.string()),
        pa.field("kind", pa.string()),
        pa.field("class", pa.string()),  # general, sensitive, secret, organisation, or placeholder
        pa.field("risk", pa.string()),
        pa.field("documents", pa.int64()),  # with a finding of high or medium confidence
        pa.field("share", pa.float64()),  # of the documents of the source
        pa.field("occurrences", pa.int64()),
        pa.field("distinct", pa.int64()),  # values; null where they were not counted
        pa.field("documents_high", pa.int64()),  # documents by their surest finding
        pa.field("documents_medium", pa.int64()),
        pa.field("documents_low", pa.int64()),  # looks like it only: not in `documents`
        pa.field("occurrences_low", pa.int64()),
    ]
)


def tally_personal(seen: Observed, sources: pa.Array, tally: Tally) -> None:
    """Count the findings of personal data of a batch. `sources`: the source of each row."""
    found = seen.every
    personal = np.array([rule.personal for rule in seen.rules], np.bool_)
    if not len(found) or not personal.any():
        return
    assert found.level is not None
    kept = personal[found.rule]
    rows, rules, levels = found.row[kept], found.rule[kept], found.level[kept]
    if not len(rows):
        return
    encoded = sources.dictionary_encode()
    code = encoded.indices.to_numpy(zero_copy_only=False)[rows]
    names = encoded.dictionary.to_pylist()
    low = levels == LEVELS.index("low")
    for key, name in ((~low, "occurrences"), (low, "occurrences_low")):
        for (where, rule), count in _counted(code[key], rules[key]):
            _add(tally, names[where], seen.rules[rule], name, count)
    pairs, at = np.unique(rows.astype(np.int64) << 32 | rules, return_inverse=True)
    best = np.full(len(pairs), len(LEVELS), np.int8)
    np.minimum.at(best, at, levels)
    rule_of = (pairs & 0xFFFFFFFF).astype(np.int64)
    code_of = encoded.indices.to_numpy(zero_copy_only=False)[pairs >> 32]
    for level, name in enumerate(LEVELS):
        which = best == level
        for (where, rule), count in _counted(code_of[which], rule_of[which]):
            _add(tally, names[where], seen.rules[rule], f"documents_{name}", count)


def _counted(code: Any, rule: Any) -> Iterator[tuple[tuple[int, int], int]]:
    """((source, rule), how many) of aligned arrays."""
    pairs, counts = np.unique(code.astype(np.int64) << 32 | rule, return_counts=True)
    for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True):
        yield (pair >> 32, pair & 0xFFFFFFFF), count


def _add(tally: Tally, source: str, rule: RuleInfo, name: str, count: int) -> None:
    kind = rule.id.removeprefix(_PREFIX)
    add_counts(tally.source(source).personal.setdefault(kind, {}), {name: count})


def digest_columns(seen: Observed, sources: pa.Array, key: bytes) -> dict[str, pa.Array]:
    """The table of digests of a batch: each value hashed once for its kind and source."""
    assert seen.values is not None
    table = pa.table(
        {
            "source": sources.take(pa.array(seen.every.row)),
            "rule": pa.array(seen.every.rule),
            "value": seen.values,
        }
    ).filter(pa.compute.is_valid(seen.values))
    groups = table.group_by(["source", "rule", "value"]).aggregate([([], "count_all")])
    kinds = [seen.rules[rule].id.removeprefix(_PREFIX) for rule in groups["rule"].to_pylist()]
    digests = [
        hashlib.blake2b(kind.encode() + b"\0" + value, key=key, digest_size=16).digest()
        for kind, value in zip(kinds, groups["value"].to_pylist(), strict=True)
    ]
    return {
        "source": groups["source"].combine_chunks().cast(pa.string()),
        "kind": pa.array(kinds, pa.string()),
        "digest": pa.array(digests, pa.binary(16)),
        "occurrences": groups["count_all"].combine_chunks().cast(pa.int64()),
    }


def totals(tally: Tally, *, counted: bool) -> dict[str, Any]:
    """All sources together: documents by class, and documents and occurrences by kind, most first.

    `counted`: whether the policy counts personal data into its ratio.
    """
    whole = tally.total()
    classes = whole.categories.get("personal_data", {})
    known = load_kinds()
    kinds = [
        {
            "kind": kind,
            "class": known[kind].class_ if kind in known else "general",
            "documents": counts.get("documents_high", 0) + counts.get("documents_medium", 0),
            "occurrences": counts.get("occurrences", 0),
            "low": counts.get("occurrences_low", 0),
        }
        for kind, counts in whole.personal.items()
    ]
    kinds = [kind for kind in kinds if kind["documents"]]
    return {
        "documents": whole.documents,
        "personal": classes.get("general", 0) + classes.get("sensitive", 0),
        "sensitive": classes.get("sensitive", 0),
        "secrets": whole.categories.get("secrets", {}).get("True", 0),
        "capped": whole.sums.get("pii_capped", 0),
        "counted": counted,
        "kinds": sorted(kinds, key=lambda kind: (-kind["documents"], kind["kind"])),
    }


def personal_table(store: AuditStore, tally: Tally, units: Sequence[str]) -> pa.Table:
    """One row per source and kind of personal data that was found, in order."""
    distinct = _distinct(store, units) if any(s.personal for s in tally.sources.values()) else {}
    known = load_kinds()
    placeholder = PLACEHOLDER.removeprefix(_PREFIX)
    by_level = [f"documents_{level}" for level in LEVELS]
    rows = []
    for source in sorted(tally.sources):
        counts = tally.sources[source]
        for kind in sorted(counts.personal):
            found = counts.personal[kind]
            sure = found.get("documents_high", 0) + found.get("documents_medium", 0)
            entry = known.get(kind)
            rows.append(
                {
                    "source": source,
                    "kind": kind,
                    "class": entry.class_ if entry else
                    "placeholder" if kind == placeholder else "general",
                    "risk": entry.risk if entry else "",
                    "documents": sure,
                    "share": sure / counts.documents if counts.documents else None,
                    "occurrences": found.get("occurrences", 0),
                    "distinct": distinct.get((source, kind), 0),
                    **{name: found.get(name, 0) for name in by_level},
                    "occurrences_low": found.get("occurrences_low", 0),
                }
            )  # fmt: skip
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _distinct(store: AuditStore, units: Sequence[str]) -> dict[tuple[str, str], int]:
    """Distinct values by source and kind, by a join that spills to disk where memory ends."""
    import duckdb

    present = set(store.names("digests"))
    names = [f"digests/{unit}.parquet" for unit in units if f"{unit}.parquet" in present]
    if not names:
        return {}

    def batches() -> Iterator[pa.RecordBatch]:
        for name in names:
            with store.open(name) as file:
                yield from pq.ParquetFile(file).iter_batches(columns=["source", "kind", "digest"])

    schema = pa.schema([DIGESTS.field(name) for name in ("source", "kind", "digest")])
    digests = pa.RecordBatchReader.from_batches(schema, batches())
    with duckdb.connect(config={"memory_limit": _MEMORY, "threads": 1}) as session:
        session.register("digests", digests)
        counted = session.execute(
            "select source, kind, count(*) from (select distinct source, kind, digest from digests)"
            " group by source, kind"
        ).fetchall()
    return {(source, kind): count for source, kind, count in counted}
