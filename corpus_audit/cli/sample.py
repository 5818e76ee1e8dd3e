"""`corpus-audit sample`: draw documents for people to judge, and write their sheets."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from corpus_audit.errors import UsageError


def sample(
    audit: Annotated[str, typer.Argument(help="Audit directory.")],
    plan: Annotated[
        str,
        typer.Option(
            help="standard: 4,000 of all documents, fewer: all. sources: 200 of each source. "
            "flags: 100 of each source with, and without a hit."
        ),
    ] = "standard",
    size: Annotated[int | None, typer.Option(min=1, help="Another number than the plan's.")] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(help="Strata: source, flags, none. Repeat for both. [default: the plan's]"),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Draws the same again. [default: random, and recorded]")
    ] = None,
    double: Annotated[float, typer.Option(help="Share that two people judge.")] = 0.1,
    reviewer: Annotated[
        list[str] | None, typer.Option(help="Who judges; repeat. [default: reviewer-1, -2]")
    ] = None,
    blind: Annotated[
        bool, typer.Option("--blind/--show-detectors", help="Hide what detectors said.")
    ] = True,
    format: Annotated[
        list[str] | None, typer.Option(help="xlsx, csv, label-studio; repeat. [default: xlsx]")
    ] = None,
    sheets: Annotated[
        Path | None, typer.Option(help="Folder for the sheets. [default: AUDIT-sheets]")
    ] = None,
    max_chars: Annotated[int, typer.Option(help="Of a longer text only so much is shown.")] = 8000,
    draw_only: Annotated[bool, typer.Option("--draw-only", help="No sheets.")] = False,
    key_file: Annotated[
        str | None, typer.Option(help="Key of the scan. [default: beside the audit]")
    ] = None,
) -> None:
    """Draw a random sample for people to judge. Its sheets hold raw text, for their owner only."""
    from corpus_audit.review.command import PLANS, ask_for, make_sample

    options = None
    if not draw_only:
        options = sheet_options(audit, sheets, format, max_chars, key_file, blind=blind)
    ask = ask_for(
        one_of("--plan", plan, PLANS),
        seed=seed,
        size=size,
        by=_strata(by),
        double=double,
        reviewers=reviewer or (),
    )
    written = make_sample(audit, ask, options)
    drawn, population = written.sample.drawn, written.sample.population
    print(f"{written.sample.id}: {drawn:,} of {population:,} documents, seed {ask.seed}")
    if len(written.sample.strata) > 1:
        print(f"  from {len(written.sample.strata):,} strata ({' and '.join(ask.by)})")
    if technical := written.sample.technical:
        rate = 1 - technical.failed / technical.drawn
        print(
            f"  technical sample: {technical.drawn:,} documents, {technical.failed:,} with a hit: "
            f"pass rate {100 * rate:.2f} %"
        )
    told_sheets(written)
    if not draw_only:
        print(f"Filled in: corpus-audit review import {audit} SHEET...")


def told_sheets(written: Any) -> None:
    """Print what was written, and what could not be shown."""
    for path in written.sheets:
        print(f"  {path}")
    if written.sheets:
        print("Sheets hold raw text, readable by you only. Do not pass them on with the audit.")
    if written.missing:
        print(
            f"{written.missing:,} documents cannot be shown: their file moved or changed since the "
            "scan. Their rows say so; put the files back and draw again with the same --seed.",
            file=sys.stderr,
        )


def sheet_options(
    audit: str,
    sheets: Path | None,
    format: list[str] | None,
    max_chars: int,
    key_file: str | None,
    *,
    blind: bool,
) -> Any:
    """Options of sheets as given on the command line."""
    from corpus_audit.review.command import SheetOptions
    from corpus_audit.review.formats import SUFFIXES

    if sheets is None and "://" in audit:
        raise UsageError("--sheets: the audit is remote; name a local folder for the sheets.")
    return SheetOptions(
        folder=sheets or Path(f"{audit.rstrip('/')}-sheets"),
        formats=tuple(one_of("--format", each, SUFFIXES) for each in format or ["xlsx"]),
        blind=blind,
        room=max_chars,
        key_file=key_file,
    )


def one_of(option: str, value: str, known: Any) -> Any:
    """A value that is among the known ones; raises UsageError otherwise."""
    if value not in known:
        raise UsageError(f"{option} {value}: there is {', '.join(known)}.")
    return value


def _strata(by: list[str] | None) -> Any:
    if by is None:
        return None
    chosen = [one_of("--by", each, ("source", "flags", "none")) for each in by]
    if "none" in chosen and len(chosen) > 1:
        raise UsageError("--by none: together with others it means nothing. Pass one of both.")
    return [each for each in chosen if each != "none"]
