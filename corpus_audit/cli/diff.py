"""`corpus-audit diff`: what changed between two audits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from corpus_audit.evidence.differences import Change


def diff(
    before: Annotated[str, typer.Argument(help="Audit directory of the earlier scan.")],
    after: Annotated[str, typer.Argument(help="Audit directory of the later scan.")],
    policy: Annotated[
        Path | None, typer.Option(help="Policy file. [default: that of the later scan]")
    ] = None,
    risks: Annotated[bool, typer.Option("--risks", help="Each group and risk, too.")] = False,
    format_: Annotated[Literal["text", "json"], typer.Option("--format")] = "text",
) -> None:
    """Compare two audits source by source: what changed, and would chance explain it?"""
    from corpus_audit.cli.tables import render_table
    from corpus_audit.evidence.differences import ANY, LEVEL, METHOD, differences
    from corpus_audit.policies import load_policy

    found = differences(before, after, load_policy(policy) if policy else None)
    if format_ == "json":
        print(json.dumps(found.to_json(), ensure_ascii=False, indent=2))
        return
    shown = [change for change in found.changes if risks or change.risk == ANY]
    headers = ["source", "risk", "before", "after", "change", "chance", "corrected", ""]
    print(render_table(headers, [_row(change) for change in shown], "<<>>>>>"))
    for note in found.notes:
        print(f"note: {note}")
    count = sum(change.significant for change in found.changes)
    hidden = "" if risks else "; --risks shows risks"
    print(
        f"{count} of {len(found.changes)} comparisons are significant at {LEVEL:g} "
        f"({METHOD}){hidden}"
    )


def _row(change: Change) -> list[str]:
    old, new = change.share_before, change.share_after
    moved = "" if old is None or new is None else f"{100 * (new - old):+.2f} points"
    note = "significant" if change.significant else ""
    if change.before is None or change.after is None:
        note = "new source" if change.before is None else "source is gone"
    return [
        change.source,
        change.risk,
        _said(change.before, change.documents_before),
        _said(change.after, change.documents_after),
        moved,
        _chance(change.chance),
        _chance(change.corrected),
        note,
    ]


def _said(hits: int | None, documents: int) -> str:
    if hits is None:
        return "-"
    share = f" {100 * hits / documents:.2f} %" if documents else ""
    return f"{hits:,} / {documents:,}{share}"


def _chance(chance: float | None) -> str:
    if chance is None:
        return ""
    return f"{chance:.3f}" if chance >= 0.001 else f"{chance:.1e}"
