"""`corpus-audit review`: take filled sheets back, settle what reviewers differ on, see results."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from corpus_audit.cli.sample import sheet_options, told_sheets

app = typer.Typer(
    help="Verdicts of people: import sheets, settle differences, results.", no_args_is_help=True
)

_Audit = Annotated[str, typer.Argument(help="Audit directory.")]
_Key = Annotated[str | None, typer.Option(help="Key of the scan. [default: beside the audit]")]


@app.command(name="import")
def import_(
    audit: _Audit,
    sheets: Annotated[list[Path], typer.Argument(help="Filled sheets.")],
    partial: Annotated[
        bool, typer.Option("--partial", help="Take sheets on which rows are left.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Let these verdicts stand in place of earlier ones.")
    ] = False,
    key_file: _Key = None,
) -> None:
    """Import filled sheets: all of them, or none where one is not right."""
    from corpus_audit.audit.store import AuditStore
    from corpus_audit.review.importing import import_sheets

    store = AuditStore(audit)
    taken = import_sheets(store, sheets, key_file=key_file, partial=partial, replace=replace)
    for each in taken:
        changed = f", {each.changed:,} changed" if each.changed else ""
        left = f", {each.left:,} left" if each.left else ""
        print(f"{each.sample}, {each.reviewer}: {each.new:,} new verdicts{changed}{left}")
    print(f"Results: corpus-audit review status {audit}")


@app.command()
def adjudicate(
    audit: _Audit,
    sample: Annotated[str, typer.Argument(help="Sample id.")],
    by: Annotated[str, typer.Option(help="Who settles.")] = "adjudicator",
    format: Annotated[
        list[str] | None, typer.Option(help="xlsx, csv, label-studio; repeat. [default: xlsx]")
    ] = None,
    sheets: Annotated[
        Path | None, typer.Option(help="Folder for the sheet. [default: AUDIT-sheets]")
    ] = None,
    max_chars: Annotated[int, typer.Option(help="Of a longer text only so much is shown.")] = 8000,
    key_file: _Key = None,
) -> None:
    """Write a sheet of the documents on which reviewers differ or could not tell."""
    from corpus_audit.review.command import make_adjudication

    options = sheet_options(audit, sheets, format, max_chars, key_file, blind=False)
    written = make_adjudication(audit, sample, by, options)
    if not written.sheets:
        print(f"{sample}: nothing is open.")
        return
    print(f"{sample}: {written.rows:,} documents to settle")
    told_sheets(written)


@app.command()
def status(
    audit: _Audit,
    sample: Annotated[str | None, typer.Option(help="Only this sample.")] = None,
    counted: Annotated[
        str, typer.Option(help="Which risks count: sampling_pass (31) or source_ratio (29).")
    ] = "sampling_pass",
    limit: Annotated[int, typer.Option(min=0, help="Sources to print.")] = 20,
    format: Annotated[str, typer.Option(help="text, json")] = "text",
) -> None:
    """Pass rates with bounds, agreement, detector quality, true prevalence per source."""
    import json

    from corpus_audit.audit.store import AuditStore
    from corpus_audit.cli.sample import one_of
    from corpus_audit.review.status import status_of

    one_of("--format", format, ("text", "json"))
    found = status_of(AuditStore(audit), counted, sample)
    if format == "json":
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    if not found:
        print(f"No sample was drawn from {audit}. corpus-audit sample {audit}")
    for each in found:
        _print(each, audit, limit)


def _print(one: dict[str, Any], audit: str, limit: int) -> None:
    from corpus_audit.cli.tables import render_table

    print(f"{one['sample']} ({one['counted']} risks count)")
    clauses: dict[str, list[str]] = {}
    for result in one["passing"]:
        words = f"{result['outcome']}. {result['reason']['en']}"
        clauses.setdefault(words, []).append(result["clause"])
    for words, names in clauses.items():
        print(f"  {', '.join(names)}: {words}")
    if not result_rows(one):
        print(f"  {one['drawn']:,} drawn, none judged yet.")
        return
    print(render_table(_HEAD, result_rows(one)[: limit + 3], "<>>>>>", 46))
    agreed = one["agreement"]
    if agreed["documents"]:
        kappa, alpha = (_number(agreed[name]) for name in ("kappa", "alpha"))
        print(
            f"  two people judged {agreed['documents']:,}: kappa {kappa}, alpha {alpha}; one finds "
            f"{_range(one['sensitivity'])} of the harmful, passes {_range(one['specificity'])} of "
            "the harmless"
        )
    if one["open"]:
        print(
            f"  {one['open']:,} to settle: corpus-audit review adjudicate {audit} {one['sample']}"
        )
    if one["missed"]:
        print(f"  detectors miss {_range(one['missed'])} of the harmful documents")
    print(f"  bounds: {one['method']}\n")


_HEAD = ("part", "documents", "judged", "harmful", "share", "95 % bounds")


def result_rows(one: dict[str, Any]) -> list[list[str]]:
    """Rows of the table of estimates."""
    return [
        [
            part["part"],
            f"{part['population']:,}",
            f"{part['judged']:,}",
            f"{part['hits']:,}" + (f" (+{part['open']:,} open)" if part["open"] else ""),
            "-" if part["value"] is None else _percent(part["value"]),
            _range(part["bounds"]),
        ]
        for part in one["parts"]
        if part["judged"]
    ]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"


def _range(bounds: dict[str, Any]) -> str:
    return f"{100 * bounds['low']:.2f}-{_percent(bounds['high'])}"
