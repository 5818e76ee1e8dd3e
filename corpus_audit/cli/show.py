"""`corpus-audit show`: findings with their context, so that a person sees why."""

from __future__ import annotations

import sys
from typing import Annotated

import typer


def show(
    audit: Annotated[str, typer.Argument(help="Audit directory.")],
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    risk: Annotated[str | None, typer.Option(help="Only this risk or group: A.1.f, A.2.")] = None,
    rule: Annotated[str | None, typer.Option(help="Only this rule.")] = None,
    doc: Annotated[str | None, typer.Option(help="Only this document.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Findings to print.")] = 20,
    show_evidence: Annotated[
        bool,
        typer.Option(
            "--show-evidence", help="Unmasked text, read again from the corpus. Needs the key."
        ),
    ] = False,
    key_file: Annotated[
        str | None, typer.Option(help="Key of the scan. [default: beside the audit]")
    ] = None,
) -> None:
    """List findings with masked excerpts in context."""
    from corpus_audit.findings import count_findings, iter_findings
    from corpus_audit.pii.masking import CONTROL

    wanted = {"source": source, "risk": risk, "rule": rule, "doc": doc}
    found = iter_findings(audit, wanted, limit)
    if show_evidence:
        from corpus_audit.raw import with_evidence

        found = with_evidence(audit, found, key_file)
    shown = 0
    for finding in found:
        shown += 1
        many = f", {finding['matches']:,} matches" if finding["matches"] > 1 else ""
        trace = f", through {finding['trace']}" if finding["trace"] else ""
        head = f"{finding['risk']} {finding['rule']} ({finding['confidence']}{many}{trace})"
        place = (
            f"  {finding['source']} | {finding['doc']} | {finding['path']} "
            f"@ {finding['position']}, characters {finding['start']}-{finding['end']}"
        )
        excerpt = f"  …{finding['before']}【{finding['match']}】{finding['after']}…"
        for line in (head, place, excerpt):
            print(CONTROL.sub(" ", line))
        print()
    total = count_findings(audit, wanted)
    print(f"{shown:,} of {total:,} stored findings", file=sys.stderr)
