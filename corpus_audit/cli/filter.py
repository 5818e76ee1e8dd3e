"""`corpus-audit filter`: the corpus without what an audit found."""

from __future__ import annotations

from typing import Annotated

import typer

from corpus_audit.errors import UsageError


def filter_(
    paths: Annotated[
        list[str] | None, typer.Argument(help="The corpus, as it was scanned, or files of it.")
    ] = None,
    audit: Annotated[str, typer.Option(help="Audit of it.")] = "",
    output: Annotated[
        str, typer.Option("--output", "-o", help="New folder for what stays; with --ids, a file.")
    ] = "",
    drop: Annotated[
        str,
        typer.Option(
            help="What to leave out, with commas: hit (a risk that the policy counts), personal "
            "(personal data or secrets), duplicate, known (of an earlier delivery), "
            "contaminated, skipped, risk:A.1.f or risk:A.1."
        ),
    ] = "hit,duplicate",
    quarantine: Annotated[
        str | None,
        typer.Option(
            help="New folder for what is left out, with reasons. [default: OUTPUT-quarantine]"
        ),
    ] = None,
    ids: Annotated[
        bool, typer.Option("--ids", help="Write only the list of what would be left out (JSONL).")
    ] = False,
    format_: Annotated[
        str | None, typer.Option("--format", help="Input format, as given to the scan.")
    ] = None,
    key_file: Annotated[
        str | None,
        typer.Option(help="Key of the scan. [default: corpus-audit.key beside the audit]"),
    ] = None,
) -> None:
    """Copy a corpus without the records that an audit found; the same formats out as in."""
    from corpus_audit.filter.run import filter_corpus, write_list

    if not audit or not output:
        raise UsageError("say of which audit (--audit AUDIT) and where to (-o OUTPUT).")
    ways = [way.strip() for way in drop.split(",") if way.strip()]
    if not ways:
        raise UsageError("--drop names nothing, so nothing would be left out.")
    if ids:
        if paths:
            raise UsageError("--ids lists from the audit alone: leave the paths out.")
        done = write_list(audit, output, drop=ways)
        print(f"{done.dropped:,} of {done.kept + done.dropped:,} records listed in {output}")
    else:
        if not paths:
            raise UsageError("name the corpus: its paths as they were given to the scan.")
        aside = quarantine or f"{output.rstrip('/')}-quarantine"
        done = filter_corpus(
            paths, audit, output, aside, drop=ways, format=format_, key_file=key_file
        )
        print(
            f"{done.kept + done.dropped:,} records in {done.files:,} files = {done.kept:,} kept in "
            f"{output} + {done.dropped:,} dropped in {aside}"
        )
        if done.ignored:
            print(f"{len(done.ignored):,} paths beside the data were not copied")
    for reason, count in sorted(done.reasons.items(), key=lambda item: (-item[1], item[0])):
        print(f"  {count:,} {reason}")
