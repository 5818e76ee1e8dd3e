"""What the script of the HTML report gets: all sources and excerpts as compact, inert JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from markupsafe import Markup

from corpus_audit.reports.data import ReportData, SourceView
from corpus_audit.reports.examples import Example
from corpus_audit.reports.tables import risk_rows
from corpus_audit.reports.texts import Texts, statement_names
from corpus_audit.text.inert import clipped, printable
from corpus_audit.types import PERSONAL

#: In the order of the filter.
OUTCOMES = (
    "fail", "inconclusive", "needs-evidence", "needs-person", "unconfirmed", "pass",
    "not-applicable",
    "over", "undecided", "under", "not-assessed", "empty",
)  # fmt: skip
#: Texts that the script writes.
_SCRIPTED = (
    "sources.shown", "sources.shown_one", "sources.none", "sources.page", "sources.details",
    "sources.printed", "detail.excerpts", "detail.no-excerpts", "detail.all-risks",
    "detail.stored", "detail.through", "detail.place", "detail.matches", "risks.heat-cell",
    "format.thousand", "format.percent", "format.comma",
)  # fmt: skip
PII = "pii."  # rules of personal data begin so
_DIGITS = 6  # of a share in the page


def page_data(data: ReportData, t: Texts) -> dict[str, Any]:
    """Everything that changes on the page, as plain JSON."""
    shown = columns(data)
    place = {risk: i for i, risk in enumerate(shown)}
    labels: list[str] = []
    rows = [_row(data, source, place, labels, t) for source in data.sources]
    return {
        "t": {key: t(key) for key in _SCRIPTED},
        "outcomes": [[name, t(f"outcome.{name}")] for name in OUTCOMES],
        "limit": data.limit,
        "scale": bar_scale(data.limit),
        "audit": data.url,
        "risks": [
            *(
                [row.risk.id, t.words(row.risk.short), t.words(row.risk.name), row.looked]
                for row in risk_rows(data)
            ),
            ["", t("personal.title"), t("personal.title"), True],
        ],
        "labels": labels,
        "rows": rows,
        "examples": _examples(data, place, t),
    }


def columns(data: ReportData) -> tuple[str, ...]:
    """The risks in order of the heat map; behind them, under PERSONAL, all personal data."""
    return (*(risk.id for risk in data.risks.risks), PERSONAL)


def bar_scale(limit: float) -> float:
    """The share at which bars end: four times the limit shows both sides of it."""
    return min(1.0, 4 * limit) if limit else 0.2


def embedded(value: Any) -> Markup:
    """JSON that cannot end its script element, nor begin anything in it."""
    text = orjson.dumps(value).decode()
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)


def _row(
    data: ReportData, source: SourceView, place: dict[str, int], labels: list[str], t: Texts
) -> list[Any]:
    low, high = source.bounds or (None, None)
    risks = sorted(source.hits.items(), key=lambda item: (-item[1], item[0]))
    if source.with_personal:
        risks.append((PERSONAL, source.with_personal))
    facts = []
    for label, text in _facts(data, source, t):
        if label not in labels:
            labels.append(label)
        facts.append([labels.index(label), text])
    return [
        clipped(source.name),
        source.tally.documents,
        source.row["hit_documents"],
        _rounded(source.share),
        _rounded(source.worst),
        _rounded(low),
        _rounded(high),
        OUTCOMES.index(data.outcome_of(source)),
        [n for risk, count in risks if risk in place for n in (place[risk], count)],
        facts,
    ]


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, _DIGITS)


def _facts(data: ReportData, source: SourceView, t: Texts) -> list[tuple[str, str]]:
    """What the details of a source say, where there is something to say."""
    tally, facts = source.tally, []

    def say(key: str, text: str) -> None:
        if text:
            facts.append((t(f"detail.{key}"), text))

    if source.outcome:
        say("reason", t.words(source.outcome.reason))
    say("chars", t.number(tally.chars))
    if tally.skipped:
        say("skipped", t.counts("skip", tally.skipped))
    if source.row["hit_documents"] and tally.chars:
        say("share-chars", t.share(source.row["hit_chars"] / tally.chars))
        if source.deduplicated is not None:
            say("deduplicated", t.share(source.deduplicated))
    if source.outcome and source.outcome.reviewed:
        reviewed = source.outcome.reviewed
        say("reviewed", t("format.range").format(t.share(reviewed.low), t.share(reviewed.high)))
    if tally.matched_only:
        say("weak", t.number(tally.matched_only))
    say("languages", t.counts("language", tally.categories.get("language", {})))
    if source.copies:
        tiers = {tier: source.copies[tier] for tier in ("exact", "normalised", "near", "known")}
        say("copies", t.counts("copies", {tier: n for tier, n in tiers.items() if n}))
    held = {kind_name(data, row["kind"], t): row["documents"] for row in source.personal}
    say("personal", t.counts("", {name: n for name, n in held.items() if n}))
    facts += _papers(data, source, t)
    say("statements", statements(tally.categories.get("statements", {}), t))
    return facts


def _papers(data: ReportData, source: SourceView, t: Texts) -> list[tuple[str, str]]:
    """What the ledger says of a source."""
    row = source.inventory
    if row is None or data.ledger is None:
        return []
    span = row.collected.split(" to ")
    told = {
        "owner": printable(row.owner),
        "kind": t.named("kind", row.kind),
        "origin": t.named("place", row.origin),
        "licence": printable(row.licence),
        "collected": t("format.range").format(*span) if len(span) == 2 else "",
    }
    facts = [(t(f"detail.{key}"), text) for key, text in told.items() if text]
    if row.without_metadata:
        facts.append((t("detail.metadata"), t.number(row.without_metadata)))
    return facts


def statements(counts: dict[str, int], t: Texts, most: int = 6) -> str:
    """Statements of licence and rights with their documents; licences keep their SPDX ids."""
    single: dict[str, int] = {}
    for joined, n in counts.items():
        for name in joined.split():
            single[name] = single.get(name, 0) + n
    ordered = sorted(single.items(), key=lambda item: (-item[1], item[0]))
    return t.listed(f"{statement_name(name, t)} {t.number(n)}" for name, n in ordered[:most])


def kind_name(data: ReportData, kind: str, t: Texts) -> str:
    """Words for a kind of personal data."""
    return t.words(data.kinds[kind]) if kind in data.kinds else clipped(t.named("class", kind))


def statement_name(name: str, t: Texts) -> str:
    """Words for a statement, its SPDX id where it is a licence."""
    known = statement_names().get(name)
    return t.words(known) if known else clipped(name)


def _examples(data: ReportData, place: dict[str, int], t: Texts) -> dict[str, list[Any]]:
    """Excerpts by the number of their source."""
    numbers = {source.name: i for i, source in enumerate(data.sources)}
    answer: dict[str, list[Any]] = {}
    for example in data.examples:
        number = numbers.get(example.source)
        if number is not None and _column(example) in place:
            answer.setdefault(str(number), []).append(_example(data, example, place, t))
    return answer


def _column(example: Example) -> str:
    return PERSONAL if example.rule.startswith(PII) else example.risk


def _example(data: ReportData, example: Example, place: dict[str, int], t: Texts) -> list[Any]:
    kind = example.rule.removeprefix(PII)
    title = data.kinds.get(kind) if kind != example.rule else data.titles.get(example.rule)
    return [
        place[_column(example)],
        t.words(title) if title else "",
        clipped(example.rule),
        t(f"level.{example.confidence}"),
        example.matches,
        traced(example.trace, t),
        clipped(example.doc),
        clipped(example.path),
        example.position,
        printable(example.before),
        printable(example.match),
        printable(example.after),
    ]


def traced(trace: str, t: Texts) -> str:
    """Through what a match was found, in words."""
    return t.listed(t.named("trace", name) for name in trace.split("+") if name)


def histogram(shares: Sequence[float], limit: float, bins: int = 20) -> list[int]:
    """Sources by share, from 0 to the end of the scale; the last bin holds all beyond."""
    counts = [0] * (bins + 1)
    width = bar_scale(limit) / bins
    for share in shares:
        counts[min(bins, int(share / width + 1e-9))] += 1
    return counts
