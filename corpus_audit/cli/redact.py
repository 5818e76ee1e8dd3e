"""`corpus-audit redact`: a copy of a corpus with personal data replaced."""

from __future__ import annotations

from typing import Annotated

import typer

from corpus_audit.errors import UsageError


def redact(
    paths: Annotated[list[str], typer.Argument(help="Files, folders or globs.")],
    output: Annotated[str, typer.Option("--output", "-o", help="Folder to write; must be new.")],
    kinds: Annotated[
        str | None,
        typer.Option(help="Kinds to replace, with commas. [default: all that scan looks for]"),
    ] = None,
    method: Annotated[
        str,
        typer.Option(help="mask: stars. tag: [手机号]. pseudonym: stable, keyed, same format."),
    ] = "mask",
    confidence: Annotated[
        str, typer.Option(help="The least confidence that is replaced: high, medium or low.")
    ] = "medium",
    placeholders: Annotated[
        bool, typer.Option("--placeholders", help="Replace test values and examples too.")
    ] = False,
    text_field: Annotated[
        list[str] | None, typer.Option(help="Field to redact, as in scan. [default: guessed]")
    ] = None,
    all_fields: Annotated[
        bool, typer.Option("--all-fields", help="Redact every string of a record.")
    ] = False,
    format_: Annotated[
        str | None, typer.Option("--format", help="Input format, where the suffix does not tell.")
    ] = None,
    encoding: Annotated[str, typer.Option(help="gb18030, gbk, big5, utf-16, ...")] = "utf-8",
    key_file: Annotated[
        str | None,
        typer.Option(help="Key of pseudonyms. [default: corpus-audit.key beside the output]"),
    ] = None,
) -> None:
    """Write a copy of a corpus with personal data and secrets replaced."""
    from corpus_audit.audit.keys import load_key
    from corpus_audit.cli.tables import render_table
    from corpus_audit.pii.kinds import load_kinds
    from corpus_audit.pii.redactor import METHODS, Redactor
    from corpus_audit.redact.run import LOG, redact_corpus
    from corpus_audit.types import LEVELS, ReadOptions

    if method not in METHODS:
        raise UsageError(f"--method {method}: it is {', '.join(METHODS)}.")
    if confidence not in LEVELS:
        raise UsageError(f"--confidence {confidence}: it is {', '.join(LEVELS)}.")
    names = [name.strip() for name in (kinds or "").split(",") if name.strip()]
    redactor = Redactor(
        method,
        names or None,
        key=load_key(key_file, output),
        level=confidence,
        placeholders=placeholders,
    )
    options = ReadOptions(text_fields=tuple(text_field or ()), encoding=encoding)
    report = redact_corpus(paths, output, redactor, options, format=format_, all_fields=all_fields)
    known = load_kinds()
    rows = [
        [kind, known[kind].en, f"{count:,}"]
        for kind, count in sorted(report.counts.items(), key=lambda item: -item[1])
    ]
    print(render_table(["kind", "", "replaced"], rows, "<<>"))
    print(
        f"\n{report.changed:,} of {report.records:,} records changed; by file: {output}/{LOG}\n"
        "What no finder knows stays: look at a sample before you publish the copy."
    )
    if report.left_out:
        many = "record" if report.left_out == 1 else "records"
        print(f"{report.left_out:,} {many} could not be read: LEFT OUT.")
        raise typer.Exit(5)
