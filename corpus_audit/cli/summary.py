"""The answer of a scan at the terminal: per source, then coverage, then what to do next."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from corpus_audit.cli.personal import print_personal
from corpus_audit.cli.tables import render_table
from corpus_audit.pii.masking import CONTROL

if TYPE_CHECKING:
    from corpus_audit.engines.run import Summary
    from corpus_audit.plan import Plan

_SHOWN = 40  # sources; all are in sources.csv
_STATUS = {
    "over": "OVER",
    "under": "under",
    "undecided": "undecided",
    "empty": "no document",
    "not-assessed": "not assessed",
}


def print_summary(answer: Summary, audit: str, planned: Plan | None = None) -> None:
    """Print the per-source table and what stands behind it."""
    from corpus_audit.sources import GROUPS

    # what matters first: over the limit, then undecided, then by prevalence
    order = {status: place for place, status in enumerate(("over", "undecided", "under"))}
    rows = sorted(
        answer.rows, key=lambda r: (order.get(r["status"], 3), -(r["prevalence"] or 0), r["source"])
    )
    headers = ["source", "documents", "characters", "skipped", *GROUPS, "hit", "worst", "5 % limit"]
    headers[-1] = f"{100 * answer.limit:g} % limit"
    cells = [_cells(row, GROUPS) for row in rows[:_SHOWN]]
    print(render_table(headers, cells, "<>>>" + ">" * len(GROUPS) + ">><"))
    if len(rows) > _SHOWN:
        print(f"... and {len(rows) - _SHOWN:,} more sources in {audit}/sources.csv")
    _print_coverage(answer, audit, planned)
    print_personal(answer.personal, shlex.quote(audit))
    over = [row for row in rows if row["status"] == "over"]
    by = ", ".join(answer.detectors)
    if any(row["status"] == "not-assessed" for row in rows):
        print(f"\nNot assessed: the detectors that ran ({by}) look for none of the counted risks.")
        _print_copies(answer, audit)
        return
    print(
        f"\n{len(over)} of {_many(len(rows), 'source')} over the limit by {by}, counting risks "
        f"{', '.join(answer.counted)} by documents. This is an indicator: "
        "a person confirms it on a sample."
    )
    if answer.matched_only:
        print(
            f"{_many(answer.matched_only, 'further document')} matched rules that are too weak to "
            "count alone (policy, judge): `show` lists them too."
        )
    _print_copies(answer, audit)
    if over:
        source = shlex.quote(CONTROL.sub(" ", over[0]["source"]))
        print(f"See why:  corpus-audit show {shlex.quote(audit)} --source {source}")


def _print_copies(answer: Summary, audit: str) -> None:
    """What joins and protected texts say, where they were asked."""
    from corpus_audit.audit.store import AuditStore
    from corpus_audit.duplicates.result import read_numbers

    numbers = read_numbers(AuditStore(audit))
    if numbers and numbers["sources"][-1]["documents"]:
        total = numbers["sources"][-1]
        tiers = ("exact", "normalised", "near")
        shares = ", ".join(f"{100 * total[f'{tier}_share']:.2f} % {tier}" for tier in tiers)
        print(f"Copies: {shares}. Which, and of what: corpus-audit duplicates {shlex.quote(audit)}")
    if "contamination" in answer.detectors:
        count = sum(row["sum_contaminated"] for row in answer.rows if "sum_contaminated" in row)
        verb = "is" if count == 1 else "are"
        print(f"{_many(count, 'document')} {verb} contaminated: they hold runs of protected texts.")


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"


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
    read = _many(coverage.read, "record")
    drawn = f" + {coverage.undrawn:,} not drawn" if coverage.undrawn else ""
    print(f"\n{read} read = {coverage.scanned:,} scanned{drawn} + {skipped:,} skipped")
    if drawn:
        print("A sample was scanned: `corpus-audit assess` gives bounds for what was not drawn.")
    for reason, count in coverage.skipped.items():
        print(f"  {count:,} {reason}")
    if skipped:
        print(f"  each one is listed in {audit}/skipped/")
    _print_ignored(planned)
    if answer.resumed:
        print(f"{answer.resumed:,} of {answer.units:,} units were finished by an earlier run")
    for loss in answer.losses[:5]:
        print(CONTROL.sub(" ", f"LOST: {loss['path']} at {loss['position']}: {loss['detail']}"))
    if len(answer.losses) > 5:
        print(f"... and {len(answer.losses) - 5:,} more losses")
    if coverage.complete:
        return
    if coverage.losses:
        print(
            "COVERAGE INCOMPLETE: an unknown number of records was lost. Mend these inputs and run "
            "the same command again."
        )
    else:
        print(
            f"COVERAGE INCOMPLETE: {_many(coverage.unseen, 'record')} went unseen, over "
            f"{100 * coverage.limit:g} %. Mend the input, or raise --max-skipped knowingly."
        )


def _print_ignored(planned: Plan | None) -> None:
    from corpus_audit.pii.masking import mask_label
    from corpus_audit.plan import UNKNOWN

    if planned is None or not planned.ignored:
        return
    unknown = [path for path, reason in planned.ignored if reason == UNKNOWN]
    beside = len(planned.ignored) - len(unknown)
    if beside:
        print(f"{_many(beside, 'path')} beside the data left out (audit.json lists them)")
    if unknown:
        example = CONTROL.sub(" ", mask_label(unknown[0]))
        print(
            f"NOT SCANNED: {_many(len(unknown), 'file')} of unknown format, such as "
            f"{example}. If they hold text, pass them with --format."
        )


def exit_code(answer: Summary) -> int:
    """0, or 3 where nothing was there to scan, or 5 where coverage is incomplete."""
    if not answer.coverage.complete:
        return 5
    return 0 if answer.coverage.scanned else 3
