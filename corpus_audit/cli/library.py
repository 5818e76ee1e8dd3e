"""`corpus-audit rules import` and `rules calibrate`: a library of one's own, made usable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from corpus_audit.errors import UsageError

if TYPE_CHECKING:
    from corpus_audit.calibrate import Calibration
    from corpus_audit.rules.importing import Imported
    from corpus_audit.rules.model import Rule

_WIDE = 60


def import_lists(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Lists; .gz is unpacked.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Rule file to write: NAME.toml.")],
    risk: Annotated[
        str | None, typer.Option(help="Risk of the terms, or of those without a category: A.1.f.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="TOML: [categories] with a risk, or false, for each.")
    ] = None,
    format: Annotated[
        Literal["lines", "csv", "json", "houbb"] | None,
        typer.Option(help="[default: by suffix, else lines]"),
    ] = None,
    encoding: Annotated[str, typer.Option(help="gb18030, big5, utf-16, ...")] = "utf-8",
    term_column: Annotated[
        str | None, typer.Option(help="Column, or key in JSON, of the term.")
    ] = None,
    category_column: Annotated[
        list[str] | None, typer.Option(help="Column, or key, of a category. May be repeated.")
    ] = None,
    confidence: Annotated[
        Literal["high", "medium", "low"],
        typer.Option(help="high: one term of more than three characters makes a document a hit."),
    ] = "medium",
    severity: Annotated[Literal["high", "medium", "low"], typer.Option(help="Harm if true.")] = (
        "medium"
    ),
    licence: Annotated[
        str | None, typer.Option(help="Licence of the lists, kept with them.")
    ] = None,
    left_out: Annotated[
        Path | None, typer.Option(help="CSV to write of every term left out, with the reason.")
    ] = None,
) -> None:
    """Make a rule file of word lists, for scan --rules: duplicates merged, provenance kept."""
    from corpus_audit.rules.importing import gather, load_mapping, write_library
    from corpus_audit.rules.lists import read_list

    lists = [
        read_list(
            file, format=format, encoding=encoding, term_column=term_column,
            category_columns=category_column or (),
        )
        for file in files
    ]  # fmt: skip
    imported = gather(
        lists, risk=risk, mapping=load_mapping(mapping) if mapping else None, licence=licence
    )
    written = write_library(imported, output, confidence, severity)
    if left_out:
        _write_left_out(left_out, imported)
    _print_imported(imported, written, output, confidence)


def calibrate_rules(
    on: Annotated[
        list[str], typer.Option(help="Text that is presumed clean; any path that scan takes.")
    ],
    rules: Annotated[
        list[str] | None, typer.Option(help="Rule file or folder. [default: shipped rules]")
    ] = None,
    max_rate: Annotated[
        float, typer.Option(min=0, max=1, help="Share of documents that a term may stand in.")
    ] = 1e-4,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Demotion file. [default: beside the rule file]"),
    ] = None,
    top: Annotated[int, typer.Option(min=0, help="Worst terms to print.")] = 20,
    text_field: Annotated[list[str] | None, typer.Option(help="As in scan.")] = None,
    source_field: Annotated[str | None, typer.Option(help="As in scan.")] = None,
    source_from: Annotated[list[str] | None, typer.Option(help="As in scan.")] = None,
    format: Annotated[str | None, typer.Option(help="Input format, as in scan.")] = None,
    encoding: Annotated[str, typer.Option(help="As in scan.")] = "utf-8",
) -> None:
    """Rank terms by how often they hit clean text; write which of them weigh low from now on."""
    from corpus_audit.calibrate import calibrate
    from corpus_audit.plan import plan
    from corpus_audit.rules.demotions import SUFFIX, to_csv
    from corpus_audit.rules.importing import write_text
    from corpus_audit.rules.loader import read_rules
    from corpus_audit.types import ReadOptions

    read = read_rules(rules or (), demotions=False)
    target = output or _beside(read, rules)
    if not target.name.endswith(SUFFIX):
        raise UsageError(f"-o {target}: a demotion file is named *{SUFFIX}, or no scan finds it.")
    options = ReadOptions(
        text_fields=tuple(text_field or ()), source_field=source_field,
        source_patterns=tuple(source_from or ()), encoding=encoding,
    )  # fmt: skip
    found = calibrate(plan(on, options, format=format), read, options, max_rate)
    names = " ".join(path.rstrip("/").rsplit("/", 1)[-1] for path in on)
    rows = found.demotions(read, names, date.today())
    if not rows and not target.exists():
        print_calibration(found, read, top, max_rate)
        print("no term is demoted: no file is written")
        return
    write_text(target, to_csv(rows))
    print_calibration(found, read, top, max_rate)
    print(f"written: {target}")


def _beside(rules: Sequence[Rule], given: Sequence[str] | None) -> Path:
    from corpus_audit.rules.demotions import beside

    files = {rule.file for rule in rules}
    if not given or len(files) != 1:
        raise UsageError(
            "say where the demotions go: -o NAME.demotions.csv. In a folder of rules scans find "
            "it; elsewhere pass it by --rules beside the rules."
        )
    return beside(files.pop())


def _write_left_out(file: Path, imported: Imported) -> None:
    import csv
    import io

    from corpus_audit.rules.importing import write_text

    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([("list", "term", "reason"), *imported.left_out])
    write_text(file, out.getvalue())


def _print_imported(
    imported: Imported, written: Sequence[Path], output: Path, confidence: str
) -> None:
    for source in imported.sources:
        print(
            f"{source.file}: {source.read:,} terms read as {source.format}, "
            f"{source.taken:,} taken, "
            f"{source.duplicates:,} the same after folding, {source.left_out:,} left out"
        )
    reasons = Counter(reason for _, _, reason in imported.left_out)
    shown = {reason: repr(term) for _, term, reason in reversed(imported.left_out)}
    for reason, count in reasons.most_common():
        print(f"  left out, {count:,}: {reason}. For example {shown[reason][:_WIDE]}")
    for risk, terms in sorted(imported.terms.items()):
        print(f"{risk}: {len(terms):,} terms")
    print(f"{imported.added:,} terms new, {imported.removed:,} gone since the last import")
    if imported.stale:
        print(f"{imported.stale:,} demotions were of terms that are gone, and are gone with them")
    print("written: " + ", ".join(map(str, written)))
    if confidence != "high":
        print(
            f"Terms weigh {confidence}: by themselves they make no document a hit. Pass "
            "--confidence high for a list that should; calibrate it first."
        )
    print(f"Next: corpus-audit rules calibrate --rules {output} --on CLEAN_TEXT")


def print_calibration(found: Calibration, rules: Sequence[Rule], top: int, max_rate: float) -> None:
    from corpus_audit.cli.tables import render_table

    worst = [term for term in found.terms if term.hit][:top]
    if worst:
        rows = [
            [one.term, rules[one.rule].spec.id, f"{one.hit:,}", f"{100 * one.rate:.3f} %",
             f"{100 * one.upper:.3f} %", "low" if one.reason else rules[one.rule].spec.confidence]
            for one in worst
        ]  # fmt: skip
        print(render_table(
            ["term", "rule", "documents", "rate", "95 % bound", "weighs"], rows, "<<>>><", _WIDE
        ))  # fmt: skip
        print()
    sources = [
        [one.source, f"{one.documents:,}", f"{100 * one.before / one.documents:.2f} %",
         "?" if one.after is None else f"{100 * one.after / one.documents:.2f} %"]
        for one in sorted(found.sources, key=lambda s: -s.before / max(s.documents, 1))
        if one.documents
    ]  # fmt: skip
    before = sum(one.before for one in found.sources)
    after = [one.after for one in found.sources if one.after is not None]
    sources.append(
        ["all", f"{found.documents:,}", f"{100 * before / found.documents:.2f} %",
         f"{100 * sum(after) / found.documents:.2f} %" if after else "?"]
    )  # fmt: skip
    print(render_table(["source", "documents", "with any term", "left, on unseen text"], sources,
                       "<>>>"))  # fmt: skip
    print("left, on unseen text: with what one half of the documents demotes, counted in the other")
    demoted = found.demoted
    common = sum(one.reason == "common" for one in demoted)
    print(
        f"{len(demoted):,} of {found.searched:,} terms demoted "
        f"({100 * len(demoted) / max(found.searched, 1):.1f} %), since they may stand in more than "
        f"{100 * max_rate:g} % of documents: {len(demoted) - common:,} seen here, {common:,} "
        "common words by jieba's dictionary"
    )
    if found.unread:
        print(f"{found.unread:,} records or files could not be read and were not counted")
