"""`corpus-audit sources`: the ledger of sources, drafted, checked, counted and exported."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from corpus_audit.errors import LedgerError, UsageError

if TYPE_CHECKING:
    from corpus_audit.provenance.statistics import Spread, Statistics

app = typer.Typer(
    help="Where data is from: the ledger of sources.", no_args_is_help=True, rich_markup_mode=None
)

_LedgerFile = Annotated[Path, typer.Argument(metavar="LEDGER", help=".toml, .yaml or .json")]
_Audit = Annotated[str | None, typer.Option(help="Audit directory of the data.")]
_WIDE = 48


@app.command("init")
def init(
    data: Annotated[str, typer.Argument(help="Folder or file of the data.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Ledger to write; - for standard output.")
    ] = Path("sources.toml"),
) -> None:
    """Draft a ledger from the data and the papers beside it."""
    from corpus_audit.provenance.draft import draft_ledger

    shown = str(output) == "-"
    if not shown and output.exists():
        raise UsageError(f"{output}: is there already and is not overwritten. Choose another -o.")
    text = draft_ledger(data, Path.cwd() if shown else output.absolute().parent)
    if shown:
        print(text, end="")
        return
    _write(output, text)
    print(f"{output}: {text.count('[[source]]')} sources drafted. Fill in every TODO, then run")
    print(f"  corpus-audit sources check {output}")


@app.command("check")
def check(
    ledger: _LedgerFile,
    data: Annotated[
        str | None,
        typer.Option(help="Where the data lies: whose file is whose. [default: the ledger's data]"),
    ] = None,
    audit: _Audit = None,
    today: Annotated[str | None, typer.Option(help="Day of the check, as 2025-01-31.")] = None,
) -> None:
    """Check a ledger: papers, dates, licences, contradictions. Ends 2 where it finds a fault."""
    from corpus_audit.ledger.check import check_ledger
    from corpus_audit.ledger.reading import load_ledger
    from corpus_audit.pii.masking import mask_message
    from corpus_audit.provenance.claims import check_claims

    file = load_ledger(ledger)
    faults = check_ledger(file, _day(today))
    place = data or (str(file.folder / file.ledger.data) if file.ledger.data else None)
    if place and (data or Path(place).exists()):
        faults += check_claims(file, place)
    if audit:
        from corpus_audit.provenance.contradictions import check_audit
        from corpus_audit.provenance.tallies import ledger_matches, read_audit

        audited = read_audit(audit, file.ledger)
        if not ledger_matches(audited, file):
            print(f"note: {audit} was not made with --ledger {ledger} as it is now")
        faults += check_audit(file, audited)
    for fault in sorted(faults):
        print(mask_message(str(fault)))
    grave = sum(fault.grave for fault in faults)
    beside = len(faults) - grave
    print(
        f"{len(file.ledger.source)} sources, {grave} fault{'s' * (grave != 1)}, "
        f"{beside} warning{'s' * (beside != 1)}"
    )
    if grave:
        raise typer.Exit(LedgerError.exit_code)


@app.command("stats")
def stats(
    audit: Annotated[str, typer.Argument(help="Audit directory.")],
    ledger: Annotated[Path | None, typer.Option(help="Ledger of its sources.")] = None,
    format_: Annotated[
        Literal["text", "json", "csv"],
        typer.Option("--format", help="csv holds the inventory alone."),
    ] = "text",
) -> None:
    """Inventory of sources; languages, types, origins and licences of an audited corpus."""
    from corpus_audit.ledger.reading import load_ledger
    from corpus_audit.provenance.statistics import statistics
    from corpus_audit.provenance.tallies import read_audit

    entries = load_ledger(ledger).ledger if ledger else None
    found = statistics(read_audit(audit, entries), entries)
    if format_ == "json":
        print(json.dumps(found.to_json(), ensure_ascii=False, indent=2))
    elif format_ == "csv":
        _print_csv(found)
    else:
        print("\n".join(_pages(found)))


@app.command("export")
def export(
    ledger: _LedgerFile,
    audit: _Audit = None,
    format_: Annotated[
        Literal["croissant", "prov"], typer.Option("--format", help="Croissant 1.1 or PROV-JSON.")
    ] = "croissant",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File. [default: standard output]")
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the corpus.")] = "training corpus",
) -> None:
    """Export the ledger, with the counts of an audit, for other tools."""
    from corpus_audit.ledger.reading import load_ledger
    from corpus_audit.provenance.croissant import to_croissant
    from corpus_audit.provenance.prov import to_prov
    from corpus_audit.provenance.tallies import read_audit

    file = load_ledger(ledger)
    audited = read_audit(audit, file.ledger) if audit else None
    if format_ == "croissant":
        document = to_croissant(file.ledger, audited, name=name)
    else:
        document = to_prov(file, audited, name=name)
    text = json.dumps(_masked(document), ensure_ascii=False, indent=2) + "\n"
    if output is None:
        print(text, end="")
    else:
        _write(output, text)


def _masked(value: Any) -> Any:
    """A document for others without the personal data that paths and names may hold."""
    from corpus_audit.pii.masking import mask_label

    if isinstance(value, dict):
        return {_masked(key): _masked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item) for item in value]
    return mask_label(value) if isinstance(value, str) else value


@app.command("schema")
def schema() -> None:
    """Print the JSON Schema of a ledger."""
    from corpus_audit.ledger.model import ledger_schema

    print(json.dumps(ledger_schema(), ensure_ascii=False, indent=2))


@app.command("licences")
def licences() -> None:
    """List the licences that are known, and what each allows."""
    from corpus_audit.cli.tables import render_table
    from corpus_audit.rules.licences import load_licences

    rows = [
        [row.id, " ".join(row.versions), row.name.en, row.use, row.redistribute, row.derive,
         row.commercial, row.source]
        for row in load_licences()
    ]  # fmt: skip
    headers = ["id", "versions", "name", "use", "redistribute", "derive", "commercial", "source"]
    print(render_table(headers, rows, limit=120))


def _day(text: str | None) -> date:
    if text is None:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--today {text}: is no day. Write it as 2025-01-31.") from None


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}).") from None
    finally:
        temporary.unlink(missing_ok=True)


def _print_csv(found: Statistics) -> None:
    import csv
    import sys
    from dataclasses import asdict

    rows = [asdict(row) for row in found.inventory]
    writer = csv.DictWriter(sys.stdout, list(rows[0]) if rows else ["source"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def _pages(found: Statistics) -> list[str]:
    return [
        "Inventory (Interim Measures, article 19)",
        _table(
            ["source", "owner", "kind", "origin", "type", "documents", "characters", "languages",
             "licence", "training", "collected", "no metadata"],
            [
                [r.source, r.owner, r.kind, r.origin, r.modality, f"{r.documents:,}",
                 f"{r.chars:,}", r.languages, r.licence or "-", r.fitness, r.collected or "-",
                 f"{r.without_metadata:,}"]
                for r in found.inventory
            ],
            "<<<<<>><<<<>",
        ),
        "",
        "Languages (5.1 b) 1: several sources each)",
        _spread(found.languages, "language"),
        "",
        "Types (5.1 b) 1: several sources each)",
        _spread(found.types, "type"),
        "",
        "Origin (5.1 b) 2: a reasonable mix)",
        _shares(found, "origins", "origin"),
        "",
        "Licences, for the purpose of the ledger",
        _shares(found, "licences", "training"),
        "",
        f"{found.without_metadata:,} of {found.documents:,} documents do not name their origin "
        "themselves: URL, or dataset and organisation, or service and user",
        *_statements(found),
    ]  # fmt: skip


def _statements(found: Statistics) -> list[str]:
    rows = [[row.source, row.statements] for row in found.inventory if row.statements]
    if not rows:
        return ["No document states a licence or reserves rights."]
    return [
        "",
        "What documents say of licence and rights",
        _table(["source", "documents"], rows, limit=120),
    ]


def _spread(rows: Sequence[Spread], name: str) -> str:
    cells = [
        [r.name, f"{r.documents:,}", str(len(r.sources)), str(len(r.owners)),
         "ok" if r.enough else "ONE OWNER"]
        for r in rows
    ]  # fmt: skip
    return _table([name, "documents", "sources", "distinct owners", "several"], cells, "<>>><")


def _shares(found: Statistics, name: str, header: str) -> str:
    cells = [
        [
            s.name,
            f"{s.documents:,}",
            f"{s.documents / max(found.documents, 1):.1%}",
            f"{s.chars:,}",
            f"{s.chars / max(found.chars, 1):.1%}",
            str(s.sources),
        ]
        for s in getattr(found, name)
    ]
    headers = [header, "documents", "share", "characters", "share", "sources"]
    return _table(headers, cells, "<>>>>>")


def _table(
    headers: Sequence[str], rows: Sequence[Sequence[str]], align: str = "", limit: int = _WIDE
) -> str:
    from corpus_audit.cli.tables import render_table

    return render_table(headers, rows, align, limit)
