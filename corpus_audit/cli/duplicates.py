"""`corpus-audit duplicates`: find the copies in an audit again, and print the numbers."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from corpus_audit.errors import UsageError

_SHOWN = 20  # sources and pairs of sources


def duplicates(
    audit: Annotated[str, typer.Argument(help="Audit directory.")] = "",
    dup_threshold: Annotated[
        float | None,
        typer.Option(
            help="Jaccard similarity from which documents are near-duplicates; alone, without an "
            "audit, prints how it is met. [default: 0.8]"
        ),
    ] = None,
    verify: Annotated[
        str,
        typer.Option(help="estimate (by signatures), or exact (reads the texts again)."),
    ] = "estimate",
    verify_budget: Annotated[
        str, typer.Option(help="Text read for exact verification; the rest is by estimate.")
    ] = "1GiB",
    prefer: Annotated[
        list[str] | None,
        typer.Option(
            help="Source whose documents are kept first; repeat it in order. Then the longest, "
            "then the first document of a cluster is kept."
        ),
    ] = None,
    against: Annotated[
        str | None, typer.Option(help="Index of earlier deliveries: what do we have already?")
    ] = None,
    add_to: Annotated[str | None, typer.Option(help="Index to add this audit to.")] = None,
    top: Annotated[int, typer.Option(min=0, help="Largest clusters to show.")] = 20,
    key_file: Annotated[
        str | None,
        typer.Option(help="Key of the scan. [default: corpus-audit.key beside the audit]"),
    ] = None,
    memory: Annotated[str, typer.Option(help="Memory of the join before it uses the disk.")] = (
        "2GiB"
    ),
    spill: Annotated[
        str | None, typer.Option(help="Folder for what is too large. [default: in the audit]")
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", "-w", min=1, help="Threads. [default: all cores]")
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> None:
    """Find exact and near copies without scanning again: per source, and against deliveries."""
    from corpus_audit.cli.scan import parse_size
    from corpus_audit.duplicates.bands import explain
    from corpus_audit.duplicates.command import find_duplicates
    from corpus_audit.duplicates.join import JoinOptions

    if format_ not in ("text", "json"):
        raise UsageError(f"--format {format_}: it is text or json.")
    if not audit:
        if dup_threshold is None:
            raise UsageError("name an audit, or --dup-threshold to see what it means.")
        print(explain(dup_threshold))
        return
    if verify not in ("estimate", "exact"):
        raise UsageError(f"--verify {verify}: it is estimate or exact.")
    options = JoinOptions(
        threshold=0.8 if dup_threshold is None else dup_threshold,
        verify="exact" if verify == "exact" else "estimate",
        budget=parse_size(verify_budget),
        prefer=tuple(prefer or ()),
        memory=parse_size(memory),
        threads=workers,
        spill=spill,
    )
    numbers, clusters = find_duplicates(
        audit, options, against=against, add_to=add_to, top=top, key_file=key_file
    )
    if format_ == "json":
        import json

        print(json.dumps({**numbers, "clusters": clusters}, ensure_ascii=False, indent=2))
        return
    if dup_threshold is not None:
        print(explain(dup_threshold) + "\n")
    _print(numbers, clusters, audit, against, add_to)


def _print(
    numbers: dict[str, Any],
    clusters: list[dict[str, Any]],
    audit: str,
    against: str | None,
    add_to: str | None,
) -> None:
    from corpus_audit.cli.tables import render_table

    total = numbers["sources"][-1]
    rows = sorted(numbers["sources"][:-1], key=lambda row: (row["kept_share"], row["source"]))
    names = ["exact", "normalised", "near", "kept"] + ["known"] * (against is not None)
    cells = [
        [row["source"], f"{row['documents']:,}", *(_share(row[f"{name}_share"]) for name in names)]
        for row in [*rows[:_SHOWN], total]
    ]
    print(render_table(["source", "documents", *names], cells, "<>" + ">" * len(names)))
    if len(rows) > _SHOWN:
        print(f"... and {len(rows) - _SHOWN:,} more sources in {audit}/duplicates.json")
    across = [row for row in numbers["pairs"] if row["source"] != row["kept_in"]]
    if across:
        across.sort(key=lambda row: (-row["share"], row["source"], row["kept_in"]))
        print("\nCopies across sources")
        cells = [
            [row["source"], row["kept_in"], *(f"{row[n]:,}" for n in names[:3]),
             _share(row["share"])]
            for row in across[:_SHOWN]
        ]  # fmt: skip
        print(render_table(["source", "kept in", *names[:3], "share"], cells, "<<>>>>"))
    _print_risks(numbers)
    for cluster in clusters:
        print(
            f"\ncluster {cluster['cluster']}: {cluster['documents']:,} documents "
            f"({cluster['exact']:,} exact, {cluster['normalised']:,} normalised, "
            f"{cluster['near']:,} near, least similar {cluster['least_similar']:.2f})\n"
            f"  kept: {cluster['source']} | {cluster['doc']} | {cluster['path']} @ "
            f"{cluster['position']}\n  {cluster['excerpt']}"
        )
    _print_how(numbers, audit, against, add_to, total)


def _print_risks(numbers: dict[str, Any]) -> None:
    from corpus_audit.cli.tables import render_table

    moved = [
        row for row in numbers["risks"]
        if abs(row["prevalence"] - row["prevalence_kept"]) >= 0.0005
    ]  # fmt: skip
    if moved:
        print("\nPrevalence with all documents, and with the kept ones only")
        moved.sort(key=lambda row: -abs(row["prevalence"] - row["prevalence_kept"]))
        cells = [
            [row["source"], row["risk"], _share(row["prevalence"]), _share(row["prevalence_kept"])]
            for row in moved[:_SHOWN]
        ]
        print(render_table(["source", "risk", "all", "kept"], cells, "<<>>"))


def _print_how(
    numbers: dict[str, Any],
    audit: str,
    against: str | None,
    add_to: str | None,
    total: dict[str, Any],
) -> None:
    kept = f"{total['kept']:,} of {total['documents']:,} documents kept"
    print(
        f"\n{kept}. Near: Jaccard similarity {numbers['threshold']:g} or more on "
        f"{numbers['shingles']}, {numbers['bands']} bands of {numbers['rows']}; "
        f"{numbers['pairs_compared']:,} pairs compared, "
        f"{numbers['pairs_verified_exactly']:,} of them by text, the others by estimate."
    )
    large = numbers["large_buckets"]
    if large["count"]:
        print(
            f"Boilerplate: {large['count']:,} groups of over {large['over']} documents agree in a "
            f"band, the largest of {large['largest']:,}; not every two in them were compared."
        )
    if against is not None:
        print(
            f"Of {against}: {total['known']:,} documents are there already "
            f"({_share(total['known_share'])}); {total['new']:,} are new, without copies."
        )
    if add_to is not None:
        print(f"Added to {add_to}.")
    print(f"Each copy: {audit}/duplicates.parquet. Leave them out: corpus-audit filter")


def _share(share: float) -> str:
    return f"{100 * share:.2f} %"
