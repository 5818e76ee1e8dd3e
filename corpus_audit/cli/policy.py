"""`corpus-audit policy`: write, check and explain the policy that a gate obeys."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from corpus_audit.errors import UsageError

app = typer.Typer(help="Policies: what a gate obeys.", no_args_is_help=True)

Lang = Annotated[Literal["en", "zh"], typer.Option(help="Language of the words.")]


@app.command("init")
def init(
    file: Annotated[Path, typer.Argument(help="File to write; must be new.")] = Path("policy.toml"),
    lang: Lang = "en",
) -> None:
    """Write a policy to begin with, every key explained."""
    from corpus_audit.rules.location import rules_dir

    if file.exists():
        raise UsageError(f"{file}: is there already, and nothing of it is touched. Name another.")
    template = rules_dir() / "policies" / f"starter.{lang}.toml"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("xb") as new:
            new.write(template.read_bytes())
    except OSError as error:
        raise UsageError(f"{file}: cannot be written ({error.strerror}).") from None
    print(f"{file} written. What it demands: corpus-audit policy explain {file}")


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="Policy file.")] = Path("policy.toml"),
) -> None:
    """Find mistakes in a policy, and waivers that have expired. Ends 2 where there is one."""
    from corpus_audit.gate.explaining import check_policy

    policy = check_policy(file, date.today())
    print(
        f"{file}: {len(policy.gated)} limits, {len(policy.clause)} clauses, "
        f"{len(policy.waiver)} waivers; no fault found"
    )


@app.command("explain")
def explain_policy(
    file: Annotated[
        Path | None, typer.Argument(help="Policy file. [default: the shipped policy]")
    ] = None,
    lang: Lang = "en",
) -> None:
    """Say in words what a policy demands, of whom, and who waived what."""
    from corpus_audit.gate.explaining import explain
    from corpus_audit.policies import load_policy
    from corpus_audit.text.inert import printable

    for line in explain(load_policy(file), date.today(), lang):
        print(printable(line))


@app.command("schema")
def schema() -> None:
    """Print the JSON Schema of a policy file."""
    from corpus_audit.gate.explaining import policy_schema

    print(json.dumps(policy_schema(), ensure_ascii=False, indent=2))
