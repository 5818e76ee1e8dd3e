"""The answer of a scan at the terminal: per source, then coverage, then what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from corpus_audit.cli.tables import render_table

if TYPE_CHECKING:
    from corpus_audit.engines.run import Summary
    from corpus_audit.plan import Plan

_SHOWN = 40  # sources; all are in sources.csv
_STATUS = {"over": "OVER", "under": "under", "undecided": "undecided", "empty": "no document"}


def print_summary(answer: Summary, audit: str, planned: Plan | None = None) -> None:
    """Print the per-source table and what stands behind it."""
    from corpus_audit.sources import GROUPS

    # what matters first: over the limit, then undecided, then by prevalence
    order = {"over": 0, "undecided": 1, "under": 2, "empty": 3}
    rows = sorted(
        answer.rows, key=lambda r: (order[r["status"]], -(r["prevalence"] or 0), r["source"])
    )
    headers = ["source", "documents", "characters", "skipped", *GROUPS, "hit", "worst", "5 % limit"]
    headers[-1] = f"{answer.limit:.0%} limit".replace("%", " %")
    cells = [_cells(row, GROUPS) for row in rows[:_SHOWN]]
    print(render_table(headers, cells, "<>>>" + ">" * len(GROUPS) + ">><"))
    if len(rows) > _SHOWN:
        print(f"... and {len(rows) - _SHOWN:,} more sources in {audit}/sources.csv")
    _print_coverage(answer, audit, planned)
    over = [row for row in rows if row["status"] == "over"]
    print(
        f"\n{len(over)} of {len(rows)} sources over the limit by keyword rules, counting risks "
        f"{', '.join(answer.counted)} by documents. This is an indicator: "
        "a person confirms it on a sample."
    )
    if over:
        print(f"See why:  corpus-audit show {audit} --source '{over[0]['source']}'")


def _cells(row: dict[str, Any], groups: tuple[str, ...]) -> list[str]:
    share = [_percent(row["prevalence"]), _percent(row["prevalence_worst"])]
    counts = [f"{row[name]:,}" for name in ("documents", "chars", "skipped")]
    hits = [f"{row[f'hit_{group}']:,}" for group in groups]
    return [row["source"], *counts, *hits, *share, _STATUS[row["status"]]]


def _percent(share: float | None) -> str:
    return "?" if share is None else f"{100 * share:.2f} %"


def _print_coverage(answer: Summary, audit: str, planned: Plan | None) -> None:
    coverage = answer.coverage
    skipped = sum(coverage.skipped.values())
    print(f"\n{coverage.read:,} records read = {coverage.scanned:,} scanned + {skipped:,} skipped")
    for reason, count in coverage.skipped.items():
        print(f"  {count:,} {reason}")
    if skipped:
        print(f"  each one is listed in {audit}/skipped/")
    if planned and planned.ignored:
        print(
            f"{len(planned.ignored):,} files are no data and were left out (audit.json lists them)"
        )
    if answer.resumed:
        print(f"{answer.resumed:,} of {answer.units:,} units were finished by an earlier run")
    for loss in answer.losses[:5]:
        print(f"LOST: {loss['path']} at {loss['position']}: {loss['detail']}")
    if len(answer.losses) > 5:
        print(f"... and {len(answer.losses) - 5:,} more losses")
    if not coverage.complete:
        why = (
            "an unknown number of records was lost"
            if coverage.losses
            else (f"{coverage.unseen:,} records went unseen, over {coverage.limit:.2%}")
        )
        print(f"COVERAGE INCOMPLETE: {why}. Mend the input, or raise --max-skipped knowingly.")


def exit_code(answer: Summary) -> int:
    """0, or 3 where nothing was there to scan, or 5 where coverage is incomplete."""
    if not answer.coverage.complete:
        return 5
    return 0 if answer.coverage.scanned else 3
