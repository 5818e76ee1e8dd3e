"""`corpus-audit scan`: parse, plan, run, print."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus_audit.errors import UsageError

if TYPE_CHECKING:
    from corpus_audit.config import ScanConfig
    from corpus_audit.plan import Plan

_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}


def parse_size(text: str) -> int:
    """Bytes of `64KiB`, `16M`, `1GB`, `4096`. Units are powers of 1024."""
    match = re.fullmatch(r"(\d+)\s*([kmgt]?)(?:i?b)?", text.strip().lower())
    if not match:
        raise UsageError(f"{text!r} is not a size. Write bytes, or 64KiB, 16MiB, 1GiB.")
    return int(match[1]) * _UNITS[match[2]]


def scan(
    paths: Annotated[
        list[str],
        typer.Argument(help="Files, folders, globs, fsspec URLs (s3://...), or - for stdin."),
    ],
    output: Annotated[
        str | None, typer.Option("--output", "-o", help="Audit directory to write or go on with.")
    ] = None,
    text_field: Annotated[
        list[str] | None,
        typer.Option(
            help="Field with the text; dotted paths and [*] (messages[*].content). Repeat it for "
            "several. [default: guessed per file]"
        ),
    ] = None,
    id_field: Annotated[str | None, typer.Option(help="Field with the document id.")] = None,
    source_field: Annotated[str | None, typer.Option(help="Field with the source.")] = None,
    source_from: Annotated[
        list[str] | None,
        typer.Option(help="Path pattern that names the source: 'crawl/{source}/*.jsonl.gz'."),
    ] = None,
    keep_field: Annotated[
        list[str] | None, typer.Option(help="Further field that a detector needs.")
    ] = None,
    format_: Annotated[
        str | None, typer.Option("--format", help="Input format, where the suffix does not tell.")
    ] = None,
    encoding: Annotated[str, typer.Option(help="gb18030, gbk, big5, utf-16, ...")] = "utf-8",
    detectors: Annotated[
        str, typer.Option(help="Detectors to run, with commas.")
    ] = "fingerprints,keywords,language,licences,origins,pii",
    ledger: Annotated[
        Path | None,
        typer.Option(help="Ledger of sources: its paths name them. See `corpus-audit sources`."),
    ] = None,
    blocklist: Annotated[
        list[str] | None,
        typer.Option(help="Sites and addresses to block: a list, a hosts file, a UT1 folder."),
    ] = None,
    works: Annotated[
        list[str] | None,
        typer.Option(help="File or folder of texts whose rights others hold: copies are A.3.a."),
    ] = None,
    robots: Annotated[
        list[str] | None, typer.Option(help="Stored robots.txt, by site: a file or folder.")
    ] = None,
    rules: Annotated[
        list[str] | None,
        typer.Option(help="Rule file or folder. Repeat it for several. [default: shipped rules]"),
    ] = None,
    evasion: Annotated[
        list[str] | None,
        typer.Option(help="Also find terms by their sound, as weak cues: pinyin."),
    ] = None,
    pii: Annotated[
        Path | None,
        typer.Option(help="File with options of the detector pii: kinds, placeholders, presidio."),
    ] = None,
    suppressions: Annotated[
        Path | None, typer.Option(help="File of findings that somebody answers for.")
    ] = None,
    policy: Annotated[Path | None, typer.Option(help="Policy file. [default: shipped]")] = None,
    sample: Annotated[
        str | None,
        typer.Option(help="Scan a random sample of each source only: 10%, or 4000 documents."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of --sample: choose and keep your own.")] = 1,
    protect: Annotated[
        list[str] | None,
        typer.Option(
            help="File or folder of texts that must not be in the corpus, such as benchmarks: "
            "documents that share 13 words or Han characters in a row are reported."
        ),
    ] = None,
    dup_threshold: Annotated[
        float, typer.Option(help="Jaccard similarity from which documents are near-duplicates.")
    ] = 0.8,
    dup_shingles: Annotated[
        str, typer.Option(help="What near-duplicates share: char:N, or word:N for Latin text.")
    ] = "char:5",
    max_skipped: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Share of records that may be skipped (0.001 is 0.1 %)."),
    ] = None,
    max_sources: Annotated[int, typer.Option(help="More distinct sources are an error.")] = 100_000,
    max_document_bytes: Annotated[
        str, typer.Option(help="Larger documents are skipped and listed.")
    ] = "64MiB",
    max_expansion: Annotated[
        int, typer.Option(help="Decompressed / stored size that stops a file (past 1 GiB).")
    ] = 500,
    key_file: Annotated[
        str | None,
        typer.Option(help="Key of digests. [default: corpus-audit.key beside the audit]"),
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", "-w", min=1, help="Processes. [default: all cores]")
    ] = None,
    batch_size: Annotated[str, typer.Option(help="Text held at once per worker.")] = "8MiB",
    unit_size: Annotated[str, typer.Option(help="Stored bytes per unit of work.")] = "64MiB",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan and an estimate; write nothing.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    log_format: Annotated[str, typer.Option(help="Progress as text or json lines.")] = "text",
) -> None:
    """Scan a corpus: how much of each source holds illegal or unhealthy content?"""
    from corpus_audit.audit.keys import load_key
    from corpus_audit.cli import progress, summary
    from corpus_audit.config import ScanConfig
    from corpus_audit.draw import Asked
    from corpus_audit.duplicates.bands import bands_for
    from corpus_audit.duplicates.join import JoinOptions
    from corpus_audit.engines.frame import draw_sample
    from corpus_audit.engines.lean import start_lean
    from corpus_audit.engines.run import run_scan
    from corpus_audit.plan import plan as make_plan
    from corpus_audit.policies import load_policy
    from corpus_audit.provenance.scanning import for_scan
    from corpus_audit.rules.location import load_toml
    from corpus_audit.suppressions import load_suppressions
    from corpus_audit.types import ReadOptions

    if log_format not in ("text", "json"):
        raise UsageError(f"--log-format {log_format}: it is text or json.")
    if dry_run and "-" in paths:
        raise UsageError("--dry-run would use up standard input. Run it on a file.")
    if not output and not dry_run:
        raise UsageError("say where the audit goes: -o AUDIT (or --dry-run to see the plan only).")
    asked = Asked.parse(sample or "100%", seed)
    told = for_scan(ledger, blocklist or (), robots or ())
    read = ReadOptions(
        text_fields=tuple(text_field or ()),
        id_field=id_field,
        source_field=source_field,
        source_patterns=(*(source_from or ()), *told.patterns),
        keep_fields=tuple(keep_field or ()),
        encoding=encoding,
        batch_bytes=parse_size(batch_size),
        max_document_bytes=parse_size(max_document_bytes),
        max_expansion=max_expansion,
    )
    chosen = load_policy(policy)
    if max_skipped is not None:
        coverage = chosen.coverage.model_copy(update={"max_skipped": max_skipped})
        chosen = chosen.model_copy(update={"coverage": coverage})
    given: dict[str, dict[str, object]] = {
        name.strip(): {} for name in detectors.split(",") if name.strip()
    }
    start_lean(given)
    if "keywords" in given:
        given["keywords"]["profile"] = chosen.judge.profile
    if "keywords" in given and rules:
        given["keywords"]["rules"] = rules
    if "keywords" in given and evasion:
        given["keywords"]["evasion"] = evasion
    if "fingerprints" in given:
        given["fingerprints"]["shingles"] = dup_shingles
        bands_for(dup_threshold)
    if "origins" in given:
        given["origins"] = dict(told.origins)
    if pii and "pii" in given:
        given["pii"] = load_toml(pii)
        _print_cost(given["pii"])
    if works:
        given["works"] = {"works": works}
    if protect:
        given["contamination"] = {"protect": protect}
        _print_protected(protect)
    config = ScanConfig(
        key=bytes(32) if dry_run else load_key(key_file, output or ""),
        read=read,
        detectors=given,
        ledger=told.ledger,
        aliases=told.aliases,
        policy=chosen,
        suppressions=load_suppressions(suppressions) if suppressions else (),
        max_sources=max_sources,
    )
    unit_bytes = max(parse_size(unit_size), 1)
    planned = make_plan(paths, read, unit_bytes=unit_bytes, format=format_, output=output)
    if dry_run:
        _print_plan(planned, config, workers)
        return
    assert output
    if sample:
        config = replace(config, draw=draw_sample(planned, config, asked, workers))
    with progress.shown(planned.nbytes, quiet=quiet, log_format=log_format) as bar:
        answer = run_scan(
            planned, config, output, workers=workers, progress=bar.scanned, finished=bar.finished,
            duplicates=JoinOptions(threshold=dup_threshold, threads=workers),
        )  # fmt: skip
    summary.print_summary(answer, output, planned)
    _write_page(output, len(answer.rows))
    raise typer.Exit(summary.exit_code(answer))


def _print_cost(asked: dict[str, object]) -> None:
    """Say before the scan which recognizers of the user make it slow."""
    from corpus_audit.detectors.pii import PiiDetector

    for name, speed in PiiDetector(asked).cost():
        print(f'recognizer "{name}" reads every document: {speed:,.2f} MB/s')


def _write_page(audit: str, sources: int) -> None:
    """Leave a page to open, where that takes no time to speak of; else say how to get one."""
    from corpus_audit.reports.formats import is_cheap, write_report
    from corpus_audit.reports.gather import gather

    if is_cheap(audit, sources):
        print(f"Report:   {write_report(gather(audit))}")
    else:
        print(f"For a page to open:  corpus-audit report {shlex.quote(audit)}")


def _print_protected(paths: list[str]) -> None:
    """Say before the scan what it cannot look for."""
    from corpus_audit.contamination import WORDS, read_protected

    _, texts, too_short = read_protected(paths)
    if too_short:
        print(
            f"{too_short:,} of {texts:,} protected texts have fewer than {WORDS} words or Han "
            "characters and cannot be looked for"
        )


def _duration(seconds: float) -> str:
    """Rounded for a reader: an estimate is no measurement."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 600:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 36_000 else f"{seconds / 3600:.1f} h"


def _print_plan(planned: Plan, config: ScanConfig, workers: int | None) -> None:
    import os

    from corpus_audit.cli.tables import render_table
    from corpus_audit.engines.estimate import estimate
    from corpus_audit.pii.masking import mask_label

    by_reader: dict[str, list[int]] = {}
    for unit in planned.units:
        for part in unit.parts:
            row = by_reader.setdefault(part.reader, [0, 0])
            row[0] += part.start == 0
            row[1] += part.weight
    rows = [[name, f"{n:,}", f"{size / 1e6:,.1f}"] for name, (n, size) in sorted(by_reader.items())]
    print(render_table(["format", "files", "MB stored"], rows, "<>>"))
    print(f"\n{len(planned.units):,} units of work, {planned.nbytes / 1e6:,.1f} MB stored")
    if planned.ignored:
        print(f"{len(planned.ignored):,} paths will be left out, for example:")
        for path, reason in planned.ignored[:5]:
            print(f"  {mask_label(path)}: {reason}")
    for loss in planned.losses:
        print(f"LOST: {mask_label(loss.path)}: {loss.detail}")
    if not planned.nbytes:
        print("nothing to estimate: the input is empty or a stream")
        return
    cores = min(workers or os.cpu_count() or 1, len(planned.units))
    speed = estimate(planned, config)
    seconds = planned.nbytes / (speed * 1e6 * cores)
    print(
        f"about {_duration(seconds)} of scanning on {cores} worker{'s' * (cores != 1)}: "
        f"the first documents went at {speed:,.0f} MB/s (stored) on one"
    )
