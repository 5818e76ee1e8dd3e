"""The columns of every batch that the readers of this package build."""

from __future__ import annotations

from functools import lru_cache

import pyarrow as pa

from corpus_audit.text.batch import REQUIRED

#: What each stretch of a joined text is: `chosen`, `rejected`, `assistant`; code points.
ROLES = pa.list_(pa.struct([("role", pa.string()), ("start", pa.int64()), ("end", pa.int64())]))
#: What records may say of where they come from; see `corpus_audit.readers.fields`.
PROVENANCE = (
    "url", "license", "collected_at", "headers", "dataset", "organization", "service", "user_id",
    "model", "generated_at",
)  # fmt: skip
ROW_COST = 64  # bytes that a document weighs beside its text, so that tiny ones fill batches too


@lru_cache(maxsize=64)
def batch_schema(keep_fields: tuple[str, ...] = ()) -> pa.Schema:
    """Required columns, provenance, roles, then what `--keep-field` adds."""
    schema = REQUIRED
    for name in PROVENANCE:
        schema = schema.append(pa.field(name, pa.string()))
    schema = schema.append(pa.field("roles", ROLES))
    for name in keep_fields:
        if name not in schema.names:
            schema = schema.append(pa.field(name, pa.string()))
    return schema
