"""`corpus-audit merge`: join audits of parts of a corpus."""

from __future__ import annotations

from typing import Annotated

import typer


def merge(
    audits: Annotated[list[str], typer.Argument(help="Finished audits.")],
    output: Annotated[str, typer.Option("--output", "-o", help="New audit directory.")],
) -> None:
    """Join audits that were made in parts: on several machines, or delivery by delivery."""
    from corpus_audit.cli import summary
    from corpus_audit.engines.merge import merge_audits

    answer = merge_audits(audits, output)
    summary.print_summary(answer, output)
    raise typer.Exit(summary.exit_code(answer))
