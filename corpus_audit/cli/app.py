"""The command line: one thin module per command. Imports stay light until a command runs."""

from __future__ import annotations

import gc
import signal
import sys
import traceback
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer

from corpus_audit import __version__
from corpus_audit.cli import (
    assess,
    diff,
    doctor,
    duplicates,
    filter,
    gate,
    library,
    merge,
    policy,
    redact,
    report,
    review,
    rules,
    sample,
    scan,
    show,
    sources,
    standards,
    stats,
    verify,
)  # fmt: skip
from corpus_audit.errors import CorpusAuditError, UsageError

PROJECT_FILE = "corpus-audit.toml"
_STOPPED = "stopped. Finished units are kept: run the same command again to go on."

app = typer.Typer(
    name="corpus-audit",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done; 1 internal error; 2 usage, bad rule or policy; 3 nothing to scan; "
    "4 gate or assessment failed; 5 not decidable: coverage incomplete, too little evidence.",
)
app.command(name="scan")(scan.scan)
app.command(name="stats")(stats.stats)
app.command(name="show")(show.show)
app.command(name="report")(report.report)
app.command(name="doctor")(doctor.doctor)
app.command(name="duplicates")(duplicates.duplicates)
app.command(name="filter")(filter.filter_)
app.command(name="merge")(merge.merge)
app.command(name="gate", context_settings=gate.CONTEXT)(gate.gate)
app.add_typer(policy.app, name="policy")
app.command(name="redact")(redact.redact)
app.command(name="sample")(sample.sample)
app.command(name="assess")(assess.assess)
app.command(name="verify")(verify.verify)
app.command(name="diff")(diff.diff)
app.add_typer(review.app, name="review")
app.add_typer(sources.app, name="sources")
app.add_typer(standards.app, name="standards")
rules.app.command("import")(library.import_lists)
rules.app.command("calibrate")(library.calibrate_rules)
app.add_typer(rules.app, name="rules")


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"corpus-audit {__version__}")
        raise typer.Exit


@app.callback(help="Is this corpus fit to train on? Source by source, with evidence.")
def _root(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(help=f"Project file with defaults. [default: {PROJECT_FILE}, if there]"),
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print it.")
    ] = False,
) -> None:
    file = config or Path(PROJECT_FILE)
    if config or file.is_file():
        context.default_map = _project_defaults(file, context)


def _project_defaults(file: Path, context: typer.Context) -> dict[str, Any]:
    """Defaults of each command from the project file: a table per command, options as keys."""
    from corpus_audit.rules.location import load_toml

    defaults: dict[str, Any] = {}
    commands = context.command.commands  # type: ignore[attr-defined]
    for name, table in load_toml(file).items():
        if name not in commands or not isinstance(table, dict):
            raise UsageError(
                f"{file}: [{name}] is not a command. It would be ignored; known tables: "
                f"{', '.join(sorted(commands))}."
            )
        known = {
            option.removeprefix("--"): parameter.name
            for parameter in commands[name].params
            for option in parameter.opts
            if option.startswith("--")
        }
        for key, value in table.items():
            if key not in known:
                raise UsageError(
                    f"{file}: [{name}] {key} is not an option of `corpus-audit {name}`. It would "
                    f"be ignored; known keys: {', '.join(sorted(known))}."
                )
            defaults.setdefault(name, {})[known[key]] = value
    return defaults


def main() -> None:
    """Entry point: user mistakes print one message, bugs print where they happened."""
    gc.set_threshold(100_000)  # nearly all that is made stays, or goes without a search for cycles
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    try:
        code = app(standalone_mode=False)
    except CorpusAuditError as error:
        _fail(str(error), error.exit_code)
    except _Stopped as stopped:
        _fail(_STOPPED, 128 + stopped.number)
    except Exception as error:
        _exit_for(error)
    else:
        raise SystemExit(code if isinstance(code, int) else 0)


class _Stopped(BaseException):
    """SIGINT or SIGTERM, as an exception, so that open files are left in order."""

    def __init__(self, number: int) -> None:
        self.number = number


def _stop(number: int, _frame: FrameType | None) -> None:
    raise _Stopped(number)


def _exit_for(error: Exception) -> None:
    show_usage = getattr(error, "show", None)  # click's own: a wrong option, a missing argument
    if callable(show_usage):
        show_usage()
        raise SystemExit(getattr(error, "exit_code", 2)) from None
    if type(error).__name__ == "Abort":
        _fail(_STOPPED, 130)
    # An unexpected message may quote the data; only our own kind of RuntimeError is known not to.
    message = f": {error}" if type(error) is RuntimeError else ""
    frames = "".join(traceback.format_tb(error.__traceback__))
    print(f"{frames}{type(error).__name__}{message}", file=sys.stderr)
    _fail("internal error. Please report the lines above; they hold no text of your data.", 1)


def _fail(message: str, code: int) -> None:
    from corpus_audit.pii.masking import mask_message

    print(f"corpus-audit: {mask_message(message)}", file=sys.stderr)
    raise SystemExit(code)
