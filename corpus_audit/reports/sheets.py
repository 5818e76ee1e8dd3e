"""The tables of the workbook, not yet in Excel's own terms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from corpus_audit.reports import tables, tidy
from corpus_audit.reports.data import ReportData
from corpus_audit.reports.html import limit_text, observed_text
from corpus_audit.reports.page import kind_name, statements, traced
from corpus_audit.reports.texts import Texts

_SHARE, _COUNT = "0.00%", "#,##0"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. `formats` are by column; "" is text. `bars`: columns with bars in them."""

    name: str  # of the table, in every language: letters only
    title: str
    headers: list[str]
    rows: list[list[Any]]
    formats: list[str]
    bars: tuple[int, ...] = ()
    over: int | None = None  # column that is red over the limit
    colours: tuple[int, int] | None = None  # columns that are a heat map


def sheets(data: ReportData, t: Texts) -> Iterator[Sheet]:
    """All that have something to say, in order."""
    yield _sources(data, t)
    yield _heat(data, t)
    yield _risks(data, t)
    if rows := tables.personal_rows(data):
        yield _personal(data, rows, t)
    if data.assessment:
        yield _clauses(data, t)
        yield _checks(data, t)
    yield _excerpts(data, t)
    if data.coverage.skipped:
        yield _skipped(data, t)
    yield _columns(t)


def _sources(data: ReportData, t: Texts) -> Sheet:
    headers = [t(f"sources.{key}") for key in ("name", "documents")]
    headers += [t("risks.hits"), t("sources.share"), t("sources.worst"), t("table.low"),
                t("table.high"), t("sources.outcome"), t("detail.chars"), t("detail.skipped"),
                t("detail.share-chars"), t("detail.deduplicated"), t("detail.languages"),
                t("detail.owner"), t("detail.origin"), t("detail.licence"),
                t("detail.statements"), t("detail.reason")]  # fmt: skip
    rows = []
    for source in data.sources:
        tally, row, papers = source.tally, source.row, source.inventory
        known = papers if data.ledger else None
        low, high = source.bounds or (None, None)
        rows.append(
            [
                source.name,
                tally.documents,
                row["hit_documents"],
                source.share,
                source.worst,
                low,
                high,
                t(f"outcome.{data.outcome_of(source)}"),
                tally.chars,
                row["skipped"],
                row["hit_chars"] / tally.chars if tally.chars else None,
                source.deduplicated,
                t.counts("language", tally.categories.get("language", {})),
                known.owner if known else "",
                t.named("place", known.origin) if known else "",
                known.licence if known else "",
                statements(tally.categories.get("statements", {}), t),
                t.words(source.outcome.reason) if source.outcome else "",
            ]
        )
    formats = ["", _COUNT, _COUNT, _SHARE, _SHARE, _SHARE, _SHARE, "", _COUNT, _COUNT, _SHARE,
               _SHARE, "", "", "", "", "", ""]  # fmt: skip
    return Sheet("Sources", t("sources.title"), headers, rows, formats, bars=(3,), over=3)


def _heat(data: ReportData, t: Texts) -> Sheet:
    risks = list(data.risks.risks)
    rows = [
        [
            source.name,
            *(
                source.hits.get(risk.id, 0) / source.tally.documents
                if source.tally.documents
                else None
                for risk in risks
            ),
        ]
        for source in data.sources
    ]
    headers = [t("sources.name"), *(f"{risk.id} {t.words(risk.short)}" for risk in risks)]
    formats = ["", *[_SHARE] * len(risks)]
    title = t("risks.heat")
    return Sheet("SourceByRisk", title, headers, rows, formats, colours=(1, len(risks)))


def _risks(data: ReportData, t: Texts) -> Sheet:
    rows = [
        [
            row.risk.id,
            t.words(row.risk.name),
            row.documents,
            row.share,
            row.sources,
            t("table.yes" if row.counted else "table.no"),
            t("table.yes" if row.looked else "table.no"),
        ]
        for row in tables.risk_rows(data)
    ]
    keys = ("id", "name", "hits", "share", "in-sources", "counted", "looked")
    headers = [t(f"risks.{key}") for key in keys]
    formats = ["", "", _COUNT, _SHARE, _COUNT, "", ""]
    return Sheet("Risks", t("risks.title"), headers, rows, formats, bars=(2,))


def _personal(data: ReportData, found: Sequence[tables.KindRow], t: Texts) -> Sheet:
    rows = [
        [
            kind_name(data, row.kind, t),
            t.named("class", row.class_),
            row.documents,
            row.share,
            row.sources,
            row.occurrences,
            row.distinct,
            row.unsure,
        ]
        for row in found
    ]
    keys = ("kind", "class", "documents", "share", "in-sources", "occurrences", "distinct",
            "unsure")  # fmt: skip
    headers = [t(f"personal.{key}") for key in keys]
    formats = ["", "", _COUNT, _SHARE, *[_COUNT] * 4]
    return Sheet("PersonalData", t("personal.title"), headers, rows, formats, bars=(2,))


def _clauses(data: ReportData, t: Texts) -> Sheet:
    assert data.assessment
    rows = [
        [
            clause.number,
            t.words(clause.title),
            t(f"topic.{clause.topic}"),
            t("clauses.should" if clause.advisory else "clauses.must"),
            t(f"outcome.{clause.outcome}"),
            t.words(clause.reason),
            t.words(clause.next) if clause.next else "",
            t.listed(t.words(e.what) for e in clause.evidence if not e.present and not e.optional),
            t(f"verified.{clause.verified}"),
        ]
        for clause in data.assessment.clauses
    ]
    headers = [t("table.clause"), t("clauses.title"), t("table.topic"), t("table.modality"),
               t("clauses.outcome"), t("clauses.reason"), t("clauses.todo"), t("table.missing"),
               t("reproduce.standard")]  # fmt: skip
    return Sheet("Clauses", t("clauses.title"), headers, rows, [""] * len(headers))


def _checks(data: ReportData, t: Texts) -> Sheet:
    assert data.assessment
    rows = [
        [
            clause.number,
            check.subject or t("clauses.whole"),
            limit_text(check.limit, t),
            observed_text(check, t),
            check.bounds.low if check.bounds else None,
            check.bounds.high if check.bounds else None,
            t(f"outcome.{check.outcome}"),
            t.words(check.reason),
        ]
        for clause in data.assessment.clauses
        for check in clause.checks
    ]
    headers = [t("table.clause"), t("clauses.subject"), t("clauses.limit"), t("clauses.observed"),
               t("table.low"), t("table.high"), t("clauses.outcome"),
               t("clauses.reason")]  # fmt: skip
    formats = ["", "", "", "", _SHARE, _SHARE, "", ""]
    return Sheet("Checks", t("clauses.checks"), headers, rows, formats)


def _excerpts(data: ReportData, t: Texts) -> Sheet:
    rows = [
        [
            each.source,
            each.risk,
            t.words(title) if (title := data.titles.get(each.rule)) else "",
            each.rule,
            t(f"level.{each.confidence}"),
            each.before,
            each.match,
            each.after,
            traced(each.trace, t),
            each.matches,
            each.doc,
            each.path,
            each.position,
        ]
        for each in data.examples
    ]
    headers = [t("sources.name"), t("risks.id"), t("risks.name"), t("table.rule"),
               t("table.confidence"), t("table.before"), t("table.match"), t("table.after"),
               t("table.trace"), t("personal.occurrences"), t("table.document"),
               t("coverage.path"), t("coverage.position")]  # fmt: skip
    formats = [*[""] * 9, _COUNT, "", "", "0"]
    return Sheet("Excerpts", t("table.excerpts"), headers, rows, formats)


def _skipped(data: ReportData, t: Texts) -> Sheet:
    rows: list[list[Any]] = [
        [
            t.named("skip", row.reason),
            row.records,
            t("coverage.harmless" if row.harmless else "coverage.yes"),
        ]
        for row in tables.skip_rows(data)
    ]
    headers = [t("coverage.reason"), t("coverage.records"), t("coverage.unseen")]
    return Sheet("Skipped", t("coverage.title"), headers, rows, ["", _COUNT, ""], bars=(1,))


def _columns(t: Texts) -> Sheet:
    """What the long table of `--format csv` and `parquet` holds."""
    rows: list[list[Any]] = [
        *([name, t(f"column.{name}")] for name in tidy.SCHEMA.names),
        *([name, t(f"measure.{name.rstrip(':')}")] for name in tidy.MEASURES),
    ]
    headers = [t("table.column"), t("table.meaning")]
    return Sheet("Columns", t("table.columns"), headers, rows, ["", ""])
