"""What a source comes to when copies count once."""

from __future__ import annotations

from collections.abc import Callable

from corpus_audit.assess.facts import Kept
from corpus_audit.audit.store import AuditStore
from corpus_audit.duplicates.frame import open_parquet
from corpus_audit.duplicates.result import ROWS, read_numbers
from corpus_audit.provenance.tallies import Counted


def kept_documents(
    store: AuditStore, sources: tuple[Counted, ...], counts: Callable[[str], bool],
    name_of: Callable[[str], str],
) -> dict[str, Kept]:  # fmt: skip
    """The kept documents of every source; empty where copies were not looked for.

    The copies that are not kept are taken off the tallies, so that only they are read.
    """
    if read_numbers(store) is None:
        return {}
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = open_parquet(store, ROWS).read(["unit", "row", "kept"])
    rows = rows.filter(pc.invert(rows["kept"])).select(["unit", "row"])
    removed: dict[str, list[int]] = {each.name: [0, 0, 0, 0] for each in sources}
    for unit in pc.unique(rows["unit"]).to_pylist():
        at = rows.filter(pc.equal(rows["unit"], unit))["row"]
        table = open_parquet(store, f"documents/{unit}.parquet").read(["source", "chars", "risks"])
        table = table.take(at)
        hit = pc.is_in(table["risks"], pa.array(_hitting(table["risks"], counts), pa.string()))
        table = pa.table(
            {
                "source": table["source"].cast(pa.string()),
                "chars": table["chars"],
                "hit": hit.cast(pa.int64()),
                "hit_chars": pc.multiply(table["chars"], hit.cast(pa.int64())),
            }
        )
        grouped = table.group_by("source").aggregate(
            [([], "count_all"), ("hit", "sum"), ("chars", "sum"), ("hit_chars", "sum")]
        )
        for row in grouped.to_pylist():
            into = removed[name_of(row["source"])]
            for i, name in enumerate(("count_all", "hit_sum", "chars_sum", "hit_chars_sum")):
                into[i] += row[name]
    return {
        each.name: Kept(
            each.tally.documents - off[0],
            each.tally.hit_documents(counts) - off[1],
            each.tally.chars - off[2],
            each.tally.hit_characters(counts) - off[3],
        )
        for each in sources
        for off in [removed[each.name]]
    }


def _hitting(risks: object, counts: Callable[[str], bool]) -> list[str]:
    """The combinations of risks that hold a counted one."""
    import pyarrow.compute as pc

    return [
        each
        for each in pc.unique(risks).to_pylist()
        if any(counts(risk) for risk in each.split(" ") if risk)
    ]
