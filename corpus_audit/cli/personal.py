"""Personal data at the terminal: what kinds a corpus holds, how much, how sure."""

from __future__ import annotations

from typing import Any

from corpus_audit.cli.tables import render_table

_SHOWN = 8
_COUNTS = ("documents", "occurrences", "low")


def print_personal(totals: dict[str, Any] | None, audit: str) -> None:
    """Print the kinds of all sources together. `totals`: of `corpus_audit.personal.totals`."""
    if totals is None:
        return
    documents = totals["documents"]
    if not totals["kinds"]:
        print("\nPersonal data and secrets: none found.")
        return
    held = totals["personal"]
    print(
        f"\nPersonal data in {held:,} of {documents:,} documents ({_share(held, documents)}), "
        f"sensitive in {totals['sensitive']:,}; secrets in {totals['secrets']:,}. "
        + ("It counts into the ratio." if totals["counted"] else "Not counted into the ratio.")
    )
    rows = [
        [
            kind["kind"],
            kind["class"],
            *(f"{kind[name]:,}" for name in _COUNTS),
        ]
        for kind in totals["kinds"][:_SHOWN]
    ]
    print(render_table(["kind", "class", "documents", "occurrences", "unsure"], rows, "<<>>>"))
    more = len(totals["kinds"]) - _SHOWN
    also = f"{more} more kinds, distinct" if more > 0 else "Distinct"
    print(f"{also} values and each source: corpus-audit stats {audit} --personal")
    if totals["capped"]:
        print(f"At least: {totals['capped']:,} candidates of very dense documents were not judged.")


def print_table(rows: list[dict[str, Any]]) -> None:
    """Print the table per source and kind."""
    headers = ["source", "kind", "class", "documents", "share", "occurrences", "distinct", "high",
               "medium", "low"]  # fmt: skip
    cells = [
        [
            row["source"], row["kind"], row["class"], f"{row['documents']:,}",
            "?" if row["share"] is None else f"{100 * row['share']:.2f} %",
            *(f"{row[name]:,}" for name in ("occurrences", "distinct", "documents_high",
              "documents_medium", "documents_low")),
        ]
        for row in rows
    ]  # fmt: skip
    print(render_table(headers, cells, "<<<" + ">" * 7))


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} %" if whole else "?"
