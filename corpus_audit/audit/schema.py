"""What an audit directory holds. Changing a column or a meaning raises SCHEMA_VERSION."""

from __future__ import annotations

import pyarrow as pa

SCHEMA_VERSION = 3

#: One row per scanned document: the sampling frame, and the proof that each one has a result.
#: Columns of detectors follow.
DOCUMENTS = pa.schema(
    [
        pa.field("doc", pa.string(), nullable=False),
        pa.field("source", pa.dictionary(pa.int32(), pa.string()), nullable=False),
        pa.field("path", pa.dictionary(pa.int32(), pa.string()), nullable=False),
        pa.field("position", pa.int64(), nullable=False),  # byte offset, row or element
        pa.field("digest", pa.binary(16), nullable=False),  # keyed BLAKE2b of the raw text
        pa.field("chars", pa.int64(), nullable=False),  # code points
        pa.field("bytes", pa.int64(), nullable=False),  # UTF-8
        pa.field("risks", pa.string(), nullable=False),  # hit risks under the scan's policy
    ]
)

#: One row per stored match: of each document and rule the first `max_findings`, and the first in
#: each further 2,000 characters up to five times as many (see `corpus_audit.observe`).
FINDINGS = pa.schema(
    [
        pa.field("doc", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("path", pa.string(), nullable=False),
        pa.field("position", pa.int64(), nullable=False),
        pa.field("rule", pa.string(), nullable=False),
        pa.field("risk", pa.string(), nullable=False),
        pa.field("confidence", pa.string(), nullable=False),
        pa.field("start", pa.int64(), nullable=False),  # span in code points of the raw text
        pa.field("end", pa.int64(), nullable=False),
        pa.field("matches", pa.int64(), nullable=False),  # of this rule in the document, all
        pa.field("suppressed", pa.bool_(), nullable=False),  # somebody answers for it: no count
        pa.field("trace", pa.string(), nullable=False),  # transforms that made it match
        pa.field("before", pa.string(), nullable=False),  # masked excerpt, in three pieces
        pa.field("match", pa.string(), nullable=False),
        pa.field("after", pa.string(), nullable=False),
    ]
)

#: One row per record that was seen and not scanned.
SKIPPED = pa.schema(
    [
        pa.field("path", pa.string(), nullable=False),
        pa.field("position", pa.int64(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("detail", pa.string(), nullable=False),
        pa.field("bytes", pa.int64(), nullable=False),
    ]
)

#: One row per document, in the order of `documents/`; the columns are those of detectors.
SIGNATURES = pa.schema([pa.field("doc", pa.string(), nullable=False)])

#: One row per source, kind and distinct value of a batch: keyed BLAKE2b of the normalised value, by
#: which one telephone number on every page is told from a thousand people.
DIGESTS = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("digest", pa.binary(16), nullable=False),
        pa.field("occurrences", pa.int64(), nullable=False),
    ]
)

TABLES = ("documents", "findings", "skipped", "signatures", "digests")

#: One row per document that has a copy, in this audit or in an earlier delivery, in their order.
DUPLICATES = pa.schema(
    [
        pa.field("doc", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("path", pa.string(), nullable=False),
        pa.field("position", pa.int64(), nullable=False),
        pa.field("unit", pa.string(), nullable=False),
        pa.field("row", pa.int64(), nullable=False),  # in `documents/` of the unit
        pa.field("cluster", pa.int64()),  # null: no copy in this audit
        pa.field("kept", pa.bool_(), nullable=False),  # one of each cluster
        pa.field("tier", pa.string()),  # exact, normalised or near copy; null: kept
        pa.field("similarity", pa.float32()),  # Jaccard, to the kept one; null: not measured
        pa.field("known", pa.string()),  # its tier as copy of an earlier delivery; null: new
        pa.field("known_delivery", pa.string()),
        pa.field("known_doc", pa.string()),
    ]
)
