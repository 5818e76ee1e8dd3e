"""`corpus-audit gate`: may this data in? Scan if needed, assess, decide, say why."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from corpus_audit.errors import NothingToScan, UsageError

if TYPE_CHECKING:
    from corpus_audit.assess.model import Assessment
    from corpus_audit.gate.model import Decision, Level
    from corpus_audit.policies import Policy

NOT_KEPT = "(not kept: -o AUDIT keeps it)"
_COLOURS = {
    "fail": "red", "undecided": "yellow", "warn": "yellow", "waived": "blue", "known": "blue",
    "pass": "green",
}  # fmt: skip
#: Typer: options of `scan` may follow; they are handed on as they are.
CONTEXT = {"allow_extra_args": True, "ignore_unknown_options": True}

File = str | None


def gate(
    context: typer.Context,
    arguments: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...|AUDIT", help="Data, or an audit of it. Options of `scan` may follow."
        ),
    ],
    policy: Annotated[
        Path | None, typer.Option(help="Policy file: see `corpus-audit policy`. [default: shipped]")
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            help="Audit directory; what is there of the same data is used. [default: a temporary "
            "one, kept where the gate does not open]",
        ),
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(help="Earlier audit: fail only on what is new or worse, told by content."),
    ] = None,
    standard: Annotated[
        str, typer.Option(help="Standard whose clauses the policy names.")
    ] = "tc260-003-2024",
    judgements: Annotated[
        Path | None, typer.Option(help="What people judged, for clauses that the policy names.")
    ] = None,
    json_file: Annotated[File, typer.Option("--json", help="Write the decision; - prints.")] = None,
    sarif: Annotated[File, typer.Option(help="Write SARIF 2.1.0 for code scanning.")] = None,
    junit: Annotated[File, typer.Option(help="Write JUnit XML.")] = None,
    markdown: Annotated[File, typer.Option(help="Write a Markdown summary, of a job.")] = None,
    annotations: Annotated[
        bool, typer.Option("--annotations", help="Print GitHub annotations too.")
    ] = False,
    lang: Annotated[Literal["en", "zh"], typer.Option(help="Language of the words.")] = "en",
) -> None:
    """Let data in or keep it out: exit code 0 passed, 4 failed, 5 not decidable."""
    from corpus_audit.audit.store import AuditStore
    from corpus_audit.limits import check_waivers
    from corpus_audit.pii.masking import mask_label
    from corpus_audit.policies import load_policy

    chosen = load_policy(policy)
    name = mask_label(str(policy)) if policy else "default"
    check_waivers(chosen.waiver, name)
    if baseline is not None:
        _check_baseline(baseline)
    finished = AuditStore(arguments[0]).exists("audit.json")
    if finished:
        idle = [*(each for each in arguments[1:] if each not in ("--quiet", "-q"))]
        idle += ["-o"] if output is not None else []
        if idle:
            raise UsageError(
                f"{arguments[0]}: is an audit, so nothing is scanned and {idle[0]} has no use. "
                "Leave it out, or name the data."
            )
    with contextlib.ExitStack() as stack:
        if finished:
            audit = arguments[0]
        else:
            audit = output or stack.enter_context(_temporary())
            _scan(context, arguments, policy, audit, baseline)
        from corpus_audit.gate.run import decide_audit  # with all that it needs: after mistakes

        assessment = _assess(audit, chosen, standard, judgements, keep=not finished)
        decision = decide_audit(audit, chosen, name=name, assessment=assessment, baseline=baseline)
        roots = _roots(audit)
        kept = finished or output is not None
        if not kept and decision.outcome == "pass":
            quiet = (replace(verdict, command="") for verdict in decision.verdicts)
            decision = replace(decision, audit=NOT_KEPT, verdicts=tuple(quiet))
            shutil.rmtree(Path(audit).parent, ignore_errors=True)
        _write(decision, roots, lang, json_file, sarif, junit, markdown)
        _print(decision, roots, lang, annotations, only_json=json_file == "-")
        if not kept and decision.outcome != "pass":
            words = "审计保留在" if lang == "zh" else "The audit is kept in"
            print(f"{words} {audit}", file=sys.stderr)
    raise typer.Exit(decision.exit_code)


def _check_baseline(baseline: str) -> None:
    from corpus_audit.audit.store import AuditStore
    from corpus_audit.findings import finished_units

    finished_units(AuditStore(baseline))


@contextlib.contextmanager
def _temporary() -> Iterator[str]:
    """A named folder for an audit. It goes where no scan came about, and where the gate opened."""
    folder = Path(tempfile.mkdtemp(prefix="corpus-audit-gate-"))
    try:
        yield str(folder / "audit")
    except typer.Exit:
        raise
    except BaseException:
        if (folder / "audit/audit.json").exists():
            print(f"the audit so far is in {folder / 'audit'}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def _scan(
    context: typer.Context,
    arguments: list[str],
    policy: Path | None,
    audit: str,
    baseline: str | None,
) -> None:
    """Scan as `corpus-audit scan` does, with its options and those of the project file."""
    assert context.parent is not None
    group: Any = context.parent.command
    command = group.commands["scan"]
    given = [*arguments, "-o", audit, *(["--policy", str(policy)] if policy else [])]
    scan = command.make_context("scan", given, parent=context.parent)
    if scan.params["dry_run"]:
        raise UsageError("--dry-run scans nothing, so there is nothing to decide on.")
    if baseline is not None:
        scan.params["key_file"] = _key_of(baseline, scan.params["key_file"], audit)
    code = 0
    with contextlib.redirect_stdout(io.StringIO()), scan:  # the verdicts say more than its table
        try:
            command.invoke(scan)
        except typer.Exit as ended:
            code = ended.exit_code
    if code == NothingToScan.exit_code:
        raise NothingToScan(
            f"{', '.join(scan.params['paths'])}: holds no document, so there is nothing to decide "
            "on. Is it the right path, and the right --text-field?"
        )


def _key_of(baseline: str, key_file: str | None, audit: str) -> str | None:
    """The key for a scan that is held against a baseline: its own must be that of the baseline."""
    from corpus_audit.audit.keys import KEY_FILE, key_id, load_key
    from corpus_audit.audit.store import AuditStore

    beside = Path(baseline).resolve().parent / KEY_FILE
    if key_file is None and "://" not in baseline and beside.is_file():
        key_file = str(beside)
    if key_id(load_key(key_file, audit)) != AuditStore(baseline).read_manifest()["key_id"]:
        raise UsageError(
            f"{baseline}: the baseline was made with another key, so no document of it could be "
            "told in this data. Pass the baseline's --key-file."
        )
    return key_file


def _assess(
    audit: str, policy: Policy, standard: str, judgements: Path | None, *, keep: bool
) -> Assessment:
    """The assessment; it stays with an audit of ours, so that a report has it."""
    from corpus_audit.evidence.command import assess_audit, write_assessment

    assessment = assess_audit(audit, standard, policy, judgements=judgements)
    if keep:
        write_assessment(audit, assessment)
    return assessment


def _roots(audit: str) -> tuple[str, ...]:
    """The paths that were given to the scan."""
    from corpus_audit.audit.store import AuditStore

    inputs = AuditStore(audit).read_manifest()["inputs"]
    return tuple(dict.fromkeys(entry["root"] for entry in inputs))


def _write(
    decision: Decision,
    roots: tuple[str, ...],
    lang: Literal["en", "zh"],
    json_file: File,
    sarif: File,
    junit: File,
    markdown: File,
) -> None:
    from corpus_audit.audit.store import AuditStore
    from corpus_audit.reports.gate_json import decision_json
    from corpus_audit.reports.github import decision_summary
    from corpus_audit.reports.junit import decision_junit
    from corpus_audit.reports.sarif import decision_sarif

    base = str(Path.cwd())
    writers: list[tuple[File, Callable[[], bytes]]] = [
        (json_file, lambda: decision_json(decision, roots)),
        (sarif, lambda: decision_sarif(decision, lang, base=base)),
        (junit, lambda: decision_junit(decision, lang)),
        (markdown, lambda: decision_summary(decision, roots, lang).encode()),
    ]
    for file, data in writers:
        if file == "-":
            sys.stdout.write(data().decode())
        elif file:
            folder, _, name = file.rpartition("/")
            try:
                AuditStore(folder or ("/" if file.startswith("/") else ".")).write(name, data())
            except OSError as error:
                raise UsageError(f"{file}: cannot be written ({error.strerror}).") from None


def _print(
    decision: Decision,
    roots: tuple[str, ...],
    lang: Literal["en", "zh"],
    annotations: bool,
    only_json: bool,
) -> None:
    from corpus_audit.reports.gate_text import decision_text
    from corpus_audit.reports.github import decision_annotations

    out = sys.stderr if only_json else sys.stdout
    colour = out.isatty() and not os.environ.get("NO_COLOR")

    def paint(level: Level, words: str) -> str:
        return typer.style(words, fg=_COLOURS[level], bold=True) if colour else words

    print(decision_text(decision, roots, lang, paint), file=out)
    if annotations:
        print(decision_annotations(decision, lang, base=str(Path.cwd())), end="", file=out)
