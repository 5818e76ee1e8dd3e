"""The report as Markdown: the conclusion and its tables, for a pull request or a wiki."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corpus_audit.reports import story, tables
from corpus_audit.reports.data import ReportData
from corpus_audit.reports.html import facts
from corpus_audit.reports.page import kind_name, statement_name
from corpus_audit.reports.texts import Texts
from corpus_audit.text.inert import code_span, printable

_SOURCES = 100  # rows; all are in sources.csv


def render_markdown(data: ReportData, language: str) -> str:
    """The report in one language. Names from the data stand in code spans."""
    t = Texts(language)
    blocks = [block for section in _SECTIONS for block in section(data, t)]
    return "\n\n".join(blocks) + "\n"


def _table(headers: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> str:
    marks = {"<": "---", ">": "---:"}
    lines = [headers, [marks[side] for side in align], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _fence(command: str) -> str:
    return f"```\n{printable(command).replace('`', ' ')}\n```"


def _plain(text: str) -> str:
    """Words of the assessment, which may quote names, as text that no renderer acts on."""
    for char in "\\`*_[]<>|#@":
        text = text.replace(char, f"\\{char}" if char not in "<>@" else f"&#{ord(char)};")
    return printable(text)


def _conclusion(data: ReportData, t: Texts) -> Iterator[str]:
    yield f"# {story.headline(data, t)}"
    yield ("" if t.language == "zh" else " ").join(map(_plain, story.lead(data, t)))
    named = [
        f"- {label}{t('format.colon')}"
        + t.listed(f"{code_span(source.name)} {t.share(source.share)}" for source in sources)
        + (f"{t('format.comma')}{more}" if more else "")
        for label, sources, more in story.named_sources(data, t)
    ]
    if named:
        yield "\n".join(named)
    yield "\n".join(
        f"- **{f.value}** {f.label}" + (f" ({f.note})" if f.note else "")
        for f in story.figures(data, t)
    )
    if steps := story.next_steps(data, t):
        yield f"## {t('next.title')}"
        for i, step in enumerate(steps, 1):
            numbers = _plain(t.listed(number for _, number in step.clauses))
            told = f"{numbers}{t('format.colon')}" if numbers else ""
            command = f"\n\n{_fence(step.command)}".replace("\n", "\n   ") if step.command else ""
            yield f"{i}. {told}{_plain(step.text)}{command}"


def _sources(data: ReportData, t: Texts) -> Iterator[str]:
    yield f"## {t('sources.title')}"
    yield t("sources.intro", limit=t.limit(data.limit))
    rows = [
        [
            code_span(source.name),
            t.number(source.tally.documents),
            t.share(source.share),
            t.share(source.worst),
            t(f"outcome.{data.outcome_of(source)}"),
            t.listed(
                f"{risk} {t.number(n)}"
                for risk, n in sorted(source.hits.items(), key=lambda i: (-i[1], i[0]))[:3]
            ),
        ]
        for source in data.sources[:_SOURCES]
    ]
    keys = ("name", "documents", "share", "worst", "outcome", "main")
    yield _table([t(f"sources.{key}") for key in keys], rows, "<>>><<")
    if len(data.sources) > _SOURCES:
        yield t("sources.printed", n=_SOURCES)


def _risks(data: ReportData, t: Texts) -> Iterator[str]:
    yield f"## {t('risks.title')}"
    rows = [
        [
            row.risk.id,
            t.words(row.risk.name),
            t.number(row.documents),
            t.share(row.share),
            t.number(row.sources),
            t("risks.yes" if row.counted else "risks.no"),
        ]
        for row in tables.risk_rows(data)
        if row.documents
    ]
    counted = sum(row.counted for row in tables.risk_rows(data))
    yield t("risks.intro", counted=counted)
    if rows:
        keys = ("id", "name", "hits", "share", "in-sources", "counted")
        yield _table([t(f"risks.{key}") for key in keys], rows, "<<>>><")


def _personal(data: ReportData, t: Texts) -> Iterator[str]:
    yield f"## {t('personal.title')}"
    rows = [
        [
            kind_name(data, row.kind, t),
            t.named("class", row.class_),
            t.number(row.documents),
            t.share(row.share),
            t.number(row.occurrences),
            t.number(row.distinct),
        ]
        for row in tables.personal_rows(data)
    ]
    if not rows:
        yield t("personal.none" if data.personal is None else "personal.clean")
        return
    yield t("personal.intro")
    keys = ("kind", "class", "documents", "share", "occurrences", "distinct")
    yield _table([t(f"personal.{key}") for key in keys], rows, "<<>>>>")


def _copies(data: ReportData, t: Texts) -> Iterator[str]:
    yield f"## {t('copies.title')}"
    if data.copies is None:
        yield t("copies.none")
        return
    every = data.copies["sources"][-1]
    yield "\n".join(
        f"- {t(f'copies.{tier}')}{t('format.colon')}{t.number(every[tier])}"
        f" ({t.share(every[f'{tier}_share'])})"
        for tier in ("kept", "exact", "normalised", "near")
    )
    rows = [
        [
            code_span(each.source) if each.source is not None else t("copies.all"),
            t.share(each.with_copies),
            t.share(each.once),
        ]
        for each in tables.copy_effects(data)
    ]
    if rows:
        yield t("copies.effect-intro")
        yield _table([t(f"copies.{key}") for key in ("source", "with", "without")], rows, "<>>")


def _origins(data: ReportData, t: Texts) -> Iterator[str]:
    if data.statistics is None:
        return
    yield f"## {t('origins.title')}"
    rows = [
        [
            t.named("language", row.name),
            t.number(row.documents),
            t.number(len(row.sources)),
            t.number(len(row.owners)),
        ]
        for row in data.statistics.languages[:12]
    ]
    keys = ("language", "documents", "sources", "owners")
    yield _table([t(f"origins.{key}") for key in keys], rows, "<>>>")
    stated = [
        [code_span(statement_name(name, t)), t.number(n)]
        for name, n in tables.statement_counts(data)[:15]
    ]
    if stated:
        yield _table([t("origins.statement"), t("origins.documents")], stated, "<>")


def _clauses(data: ReportData, t: Texts) -> Iterator[str]:
    yield f"## {t('clauses.title')}"
    if data.assessment is None:
        yield t("clauses.none")
        return
    rows = [
        [
            _plain(clause.number),
            _plain(t.words(clause.title)),
            t("clauses.should" if clause.advisory else "clauses.must"),
            t(f"outcome.{clause.outcome}"),
            _plain(t.words(clause.reason)),
        ]
        for clause in data.assessment.clauses
    ]
    headers = [
        t("table.clause"),
        "",
        t("table.modality"),
        t("clauses.outcome"),
        t("clauses.reason"),
    ]
    yield _table(headers, rows, "<<<<<")


def _closing(data: ReportData, t: Texts) -> Iterator[str]:
    yield f"## {t('coverage.title')}"
    coverage = data.coverage
    yield t(
        "coverage.intro",
        read=coverage.read,
        scanned=coverage.scanned,
        skipped=sum(coverage.skipped.values()),
        limit=t.limit(coverage.limit),
    )
    rows = [[t.named("skip", r.reason), t.number(r.records)] for r in tables.skip_rows(data)]
    if rows:
        yield _table([t("coverage.reason"), t("coverage.records")], rows, "<>")
    yield f"## {t('limits.title')}"
    names = ("indicator", "unit", "source", "bounds", "cues", "language", "licence", "copies")
    yield "\n".join(f"- {t(f'limits.{name}', limit=t.limit(data.limit))}" for name in names)
    yield f"## {t('reproduce.title')}"
    yield _fence(story.scan_command(data))
    if data.assessment:
        yield _fence(data.assessment.reproduce)
    yield "\n".join(
        f"- {t(f'reproduce.{key}')}{t('format.colon')}{code_span(value)}"
        for key, value in facts(data, t)
    )


_SECTIONS = (_conclusion, _sources, _risks, _personal, _copies, _origins, _clauses, _closing)
