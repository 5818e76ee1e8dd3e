"""`corpus-audit stats`: the per-source table of a finished audit."""

from __future__ import annotations

from typing import Annotated

import typer

from corpus_audit.errors import UsageError


def stats(
    audit: Annotated[str, typer.Argument(help="Audit directory.")],
    format_: Annotated[str, typer.Option("--format", help="text, csv or json.")] = "text",
    personal: Annotated[
        bool, typer.Option("--personal", help="Personal data: a row per source and kind.")
    ] = False,
) -> None:
    """Print the per-source table of an audit."""
    from corpus_audit.cli import summary
    from corpus_audit.engines.run import read_summary

    if personal:
        _print_personal(audit, format_)
        return
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


def _print_personal(audit: str, format_: str) -> None:
    from corpus_audit.audit.store import AuditStore
    from corpus_audit.cli.personal import print_table
    from corpus_audit.findings import finished_units

    store = AuditStore(audit)
    finished_units(store)
    if format_ == "csv":
        print(store.read("personal.csv").decode(), end="")
        return
    import pyarrow as pa
    import pyarrow.parquet as pq

    stored = pq.ParquetFile(pa.BufferReader(store.read("personal.parquet")))
    rows = stored.read(use_threads=False).to_pylist()
    if format_ == "json":
        import json

        print(json.dumps({"personal": rows}, ensure_ascii=False, indent=2))
    elif format_ == "text":
        print_table(rows)
    else:
        raise UsageError(f"--format {format_}: it is text, csv or json.")
