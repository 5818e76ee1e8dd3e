"""The statistics as one long table: a row per source, risk and measure. It reads into anything."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from corpus_audit.reports.data import ReportData, SourceView
from corpus_audit.reports.tables import personal_rows
from corpus_audit.text.inert import cell

SCHEMA = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),  # "": the whole corpus
        pa.field("risk", pa.string(), nullable=False),  # "": of no single risk
        pa.field("measure", pa.string(), nullable=False),
        pa.field("value", pa.float64()),
        pa.field("low", pa.float64()),
        pa.field("high", pa.float64()),
    ]
)
#: What is measured; those that end in a colon are followed by a language or kind.
MEASURES = (
    "documents", "chars", "bytes", "skipped", "unseen", "hit_documents", "hit_chars",
    "prevalence", "prevalence_worst", "prevalence_chars", "prevalence_deduplicated",
    "prevalence_reviewed", "limit", "over_limit", "matched_only", "copies_exact",
    "copies_normalised", "copies_near", "language:", "personal_data:",
)  # fmt: skip


class Measured(NamedTuple):
    """One row."""

    source: str
    risk: str
    measure: str
    value: float | None
    low: float | None = None
    high: float | None = None


def measured(data: ReportData) -> Iterator[Measured]:
    """All rows: the whole corpus first, then each source by its name."""
    yield from _whole(data)
    for source in sorted(data.sources, key=lambda each: each.name):
        yield from _of_source(data, source)


def statistics_table(data: ReportData) -> pa.Table:
    """`measured` as an Arrow table."""
    columns = list(zip(*measured(data), strict=True))
    return pa.table(
        {
            field.name: pa.array(column, field.type)
            for field, column in zip(SCHEMA, columns, strict=True)
        },
        schema=SCHEMA,
    )


def render_parquet(data: ReportData) -> bytes:
    sink = io.BytesIO()
    pq.write_table(statistics_table(data), sink, compression="zstd")
    return sink.getvalue()


def render_csv(data: ReportData) -> bytes:
    """As CSV. Names that a spreadsheet would take for formulas get an apostrophe."""
    table = statistics_table(data)
    for name in ("source", "risk", "measure"):
        inert = [cell(value) for value in table[name].to_pylist()]
        place = table.schema.get_field_index(name)
        table = table.set_column(place, SCHEMA.field(name), pa.array(inert, pa.string()))
    sink = io.BytesIO()
    pyarrow.csv.write_csv(table, sink)
    return sink.getvalue()


def _whole(data: ReportData) -> Iterator[Measured]:
    total, hit = data.total, data.hit
    counts = {
        "documents": total.documents,
        "chars": total.chars,
        "bytes": total.bytes,
        "skipped": sum(total.skipped.values()),
        "unseen": data.coverage.unseen,
        "hit_documents": hit,
    }
    for measure, value in counts.items():
        yield Measured("", "", measure, value)
    if total.documents:
        yield Measured("", "", "prevalence", hit / total.documents)
    for risk, hits in sorted(data.hits.items()):
        yield Measured("", risk, "hit_documents", hits)
        yield Measured("", risk, "prevalence", hits / total.documents)
    for each in sorted(personal_rows(data), key=lambda row: row.kind):
        yield Measured("", "", f"personal_data:{each.kind}", each.documents)


def _of_source(data: ReportData, source: SourceView) -> Iterator[Measured]:
    name, row, tally = source.name, source.row, source.tally
    for measure in ("documents", "chars", "bytes", "skipped", "unseen", "hit_documents",
                    "hit_chars", "matched_only"):  # fmt: skip
        yield Measured(name, "", measure, row[measure])
    if source.share is not None:
        yield Measured(name, "", "prevalence", source.share, *(source.bounds or (None, None)))
    if source.worst is not None:
        yield Measured(name, "", "prevalence_worst", source.worst)
    if tally.chars:
        yield Measured(name, "", "prevalence_chars", row["hit_chars"] / tally.chars)
    if source.deduplicated is not None:
        yield Measured(name, "", "prevalence_deduplicated", source.deduplicated)
    if source.outcome and (reviewed := source.outcome.reviewed):
        middle = (reviewed.low + reviewed.high) / 2
        yield Measured(name, "", "prevalence_reviewed", middle, reviewed.low, reviewed.high)
    yield Measured(name, "", "limit", data.limit)
    if source.status in ("over", "under"):
        yield Measured(name, "", "over_limit", float(source.status == "over"))
    for risk, hits in sorted(source.hits.items()):
        yield Measured(name, risk, "hit_documents", hits)
        yield Measured(name, risk, "prevalence", hits / tally.documents)
    if source.copies:
        for tier in ("exact", "normalised", "near"):
            yield Measured(name, "", f"copies_{tier}", source.copies[tier])
    for language, documents in sorted(tally.categories.get("language", {}).items()):
        yield Measured(name, "", f"language:{language}", documents)
    for kind in sorted(source.personal, key=lambda each: str(each["kind"])):
        yield Measured(name, "", f"personal_data:{kind['kind']}", kind["documents"])
