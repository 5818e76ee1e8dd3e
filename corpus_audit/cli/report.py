"""`corpus-audit report`: an audit as a page, a workbook or a table."""

from __future__ import annotations

from typing import Annotated

import typer


def report(
    audit: Annotated[str, typer.Argument(help="Audit directory.")],
    format_: Annotated[
        str, typer.Option("--format", help="html, md, xlsx, csv, json or parquet.")
    ] = "html",
    lang: Annotated[str, typer.Option(help="Language of the words: en or zh.")] = "en",
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", help="File to write; - prints it. [default: in the audit]"),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no conclusion.")] = False,
) -> None:
    """Write a report of an audit, and of its assessment where there is one."""
    import sys

    from corpus_audit.cli.conclusion import print_conclusion
    from corpus_audit.reports.formats import render, write_report
    from corpus_audit.reports.gather import gather
    from corpus_audit.reports.texts import Texts

    texts = Texts(lang)
    if output == "-":
        sys.stdout.buffer.write(render(gather(audit), format_, lang))
        return
    data = gather(audit)
    path = write_report(data, format_, lang, output)
    if not quiet:
        print_conclusion(data, texts)
        print()
    print(texts("terminal.report", path=path))
