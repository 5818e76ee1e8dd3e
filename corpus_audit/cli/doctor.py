"""`corpus-audit doctor`: what is installed, how fast this machine is, what is missing."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from corpus_audit.errors import UsageError


def doctor(
    format_: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    speed: Annotated[
        bool, typer.Option("--speed/--no-speed", help="Measure this machine: some seconds.")
    ] = True,
) -> None:
    """Say what is installed, how fast this machine is, and what is missing."""
    from dataclasses import asdict

    from corpus_audit import __version__
    from corpus_audit.machine import computer, packages, speeds

    if format_ not in ("text", "json"):
        raise UsageError(f"--format {format_}: it is text or json.")
    needed, measured = packages(), speeds() if speed else []
    missing = [each.name for each in needed if each.version is None and not each.extra]
    found: dict[str, Any] = {
        "version": __version__,
        "computer": computer(),
        "packages": [asdict(each) for each in needed],
        "plugins": _plugins(),
        "speeds": [asdict(each) for each in measured],
        "missing": missing,
    }
    if format_ == "json":
        import json

        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _print(found)
    raise typer.Exit(2 if missing else 0)


def _plugins() -> dict[str, list[str]]:
    """Readers and detectors by name, with the package of those that are not ours."""
    from importlib.metadata import entry_points

    answer = {}
    for kind in ("readers", "detectors"):
        points = entry_points(group=f"corpus_audit.{kind}")
        named = {
            point.name: point.dist.name if point.dist else "" for point in sorted(points, key=str)
        }
        answer[kind] = [
            name if package in ("corpus-audit", "") else f"{name} ({package})"
            for name, package in sorted(named.items())
        ]
    return answer


def _print(found: dict[str, Any]) -> None:
    from corpus_audit.cli.tables import render_table
    from corpus_audit.machine import EXTRAS

    print(f"corpus-audit {found['version']}")
    for name, value in found["computer"].items():
        print(f"  {name}: {value}")
    for kind, names in found["plugins"].items():
        print(f"  {kind}: {', '.join(names)}")
    rows = [
        [each["name"], each["version"] or "MISSING"]
        for each in found["packages"]
        if not each["extra"]
    ]
    print("\n" + render_table(["package", "version"], rows))
    rows = []
    for extra, purpose in EXTRAS.items():
        mine = [each for each in found["packages"] if each["extra"] == extra]
        there = bool(mine) and all(each["version"] for each in mine)
        how = "installed" if there else f"pip install 'corpus-audit[{extra}]'"
        rows.append([extra, purpose, how])
    print("\n" + render_table(["extra", "for", "state"], rows, limit=50))
    if found["speeds"]:
        rows = [[each["name"], f"{each['megabytes']:,.0f}"] for each in found["speeds"]]
        print("\n" + render_table(["on one core", "MB/s"], rows, "<>"))
    if found["missing"]:
        print(
            f"\nMISSING: {', '.join(found['missing'])}. A scan would stop where it needs them: "
            "install corpus-audit again (pip install corpus-audit)."
        )
    else:
        print("\nNothing that corpus-audit needs is missing.")
