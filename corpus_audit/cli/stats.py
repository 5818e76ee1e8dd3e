"""`corpus-audit stats`: the per-source table of a finished audit."""

from __future__ import annotations

from typing import Annotated

import typer

from corpus_audit.errors import UsageError


def stats(
    audit: Annotated[str, typer.Argument(help="Audit directory.")],
    format_: Annotated[str, typer.Option("--format", help="text, csv or json.")] = "text",
) -> None:
    """Print the per-source table of an audit."""
    from corpus_audit.cli import summary
    from corpus_audit.engines.run import read_summary

    answer = read_summary(audit)
    if format_ == "text":
        summary.print_summary(answer, audit)
    elif format_ == "csv":
        from corpus_audit.audit.store import AuditStore

        print(AuditStore(audit).read("sources.csv").decode(), end="")
    elif format_ == "json":
        import json

        print(json.dumps({"sources": answer.rows}, ensure_ascii=False, indent=2))
    else:
        raise UsageError(f"--format {format_}: it is text, csv or json.")
