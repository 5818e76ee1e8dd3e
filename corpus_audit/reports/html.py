"""The HTML report: one file that needs nothing else, inert whatever the corpus holds."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from corpus_audit.assess.model import Check, Limit
from corpus_audit.reports import page, story, tables
from corpus_audit.reports.data import ReportData, digest_of_inputs
from corpus_audit.reports.texts import Texts, statement_names
from corpus_audit.rules.clauses import Words
from corpus_audit.rules.standards import load_standard
from corpus_audit.text.inert import clipped, printable

if TYPE_CHECKING:
    import jinja2

SECTIONS = (
    "conclusion", "sources", "risks", "personal", "copies", "origins", "clauses", "coverage",
    "limits", "reproduce", "signatures",
)  # fmt: skip
_SPREAD_FROM = 30  # sources: fewer are seen in the table


def render_html(data: ReportData, language: str) -> str:
    """The report as a page in one language."""
    t = Texts(language)
    script = _asset("report.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    risks = tables.risk_rows(data)
    found = {data.outcome_of(source) for source in data.sources}
    return (
        _environment(t)
        .get_template("report.html.j2")
        .render(
            t=t,
            data=data,
            sections=SECTIONS,
            style=Markup(_asset("report.css")),
            script=Markup(script),
            script_hash=Markup(f"sha256-{digest}"),
            page=page.embedded(page.page_data(data, t)),
            audit_name=clipped(data.url.rstrip("/").rsplit("/", 1)[-1], 60),
            headline=story.headline(data, t),
            lead=story.lead(data, t),
            joiner="" if t.language == "zh" else " ",
            named=story.named_sources(data, t),
            figures=story.figures(data, t),
            steps=story.next_steps(data, t),
            outcomes=[(i, name) for i, name in enumerate(page.OUTCOMES) if name in found],
            scale=page.bar_scale(data.limit),
            spread=_spread(data, t) if len(data.sources) >= _SPREAD_FROM else None,
            risks=risks,
            most_hits=max(row.documents for row in risks),
            legend=_legend(data, t),
            personal=tables.personal_rows(data),
            effects=tables.copy_effects(data),
            pairs=tables.copy_pairs(data),
            stated=tables.statement_counts(data)[:15],
            statement_names=statement_names(),
            topics=tables.clauses_by_topic(data),
            skips=tables.skip_rows(data),
            unknowns=_unknowns(data),
            facts=facts(data, t),
            assess_command=story.assess_command(data),
            scan_command=story.scan_command(data),
            report_command=story.report_command(data, t.language),
        )
    )


def _environment(t: Texts) -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("corpus_audit.reports", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_compiled(),
    )
    environment.filters |= {
        "clip": clipped,
        "plain": printable,
        "checks_first": _urgent_first,
        "counts_first": lambda counts: sorted(
            counts.items(), key=lambda item: page.OUTCOMES.index(item[0])
        ),
        "limit_text": lambda limit: limit_text(limit, t),
        "observed_text": lambda check: observed_text(check, t),
    }
    return environment


def _compiled() -> jinja2.BytecodeCache | None:
    """Where templates lie compiled (0.3 s): a folder of the user's own among temporary files."""
    import jinja2

    try:
        return jinja2.FileSystemBytecodeCache()
    except (OSError, RuntimeError):  # no such folder that is safe and can be written
        return None


def _asset(name: str) -> str:
    return (files("corpus_audit.reports") / f"templates/{name}").read_text("utf-8")


def _urgent_first(checks: Sequence[Check]) -> list[Check]:
    """Failed checks before those that nothing is wrong with."""
    return sorted(checks, key=lambda check: page.OUTCOMES.index(check.outcome))


def limit_text(limit: Limit, t: Texts) -> str:
    """What a limit asks: `not > 5 %`, `>= 2 sources`."""
    share = limit.unit.startswith("share of")
    value = t.limit(limit.value) if share else f"{limit.value:g} {t(f'unit.{limit.unit}')}"
    return t(f"clauses.{limit.meaning}", comparison=limit.comparison, value=value)


def observed_text(check: Check, t: Texts) -> str:
    """What was counted: `2.31 % (5 / 216)`, or a number."""
    seen = check.observed
    if not check.limit.unit.startswith("share of"):
        return "?" if seen.value is None else f"{seen.value:g}"
    counts = ""
    if seen.count is not None and seen.of is not None:
        counts = f" ({t.number(seen.count)} / {t.number(seen.of)})"
    return t.share(seen.value) + counts


def _legend(data: ReportData, t: Texts) -> list[tuple[str, str]]:
    limit = data.limit
    steps = [(f"h{i}", limit / part) for i, part in ((1, 5), (2, 2), (3, 1))]
    return [
        *((step, t("risks.legend-under", share=t.limit(round(share, 6)))) for step, share in steps),
        ("h4", t("risks.legend-over", share=t.limit(limit))),
        ("blind", t("risks.legend-unseen")),
    ]


def _spread(data: ReportData, t: Texts) -> dict[str, Any]:
    """The sources by their share, as a chart."""
    shares = [source.share for source in data.sources if source.share is not None]
    counts = page.histogram(shares, data.limit)
    width, gap = 34, 4
    end = page.bar_scale(data.limit)
    step = end / (len(counts) - 1)
    most = max(counts) or 1
    bins = []
    for i, count in enumerate(counts):
        last = i == len(counts) - 1
        low, high = t.limit(round(i * step, 6)), t.limit(round((i + 1) * step, 6))
        words = "sources.distribution-more" if last else "sources.distribution-bin"
        bins.append(
            {
                "x": i * (width + gap),
                "width": width,
                "height": max(2, round(105 * count / most)) if count else 0,
                "count": count,
                "over": i * step >= data.limit - 1e-9,
                "title": t(words, low=low, high=high, n=count),
            }
        )
    at = data.limit / step * (width + gap) - gap / 2
    return {
        "width": len(counts) * (width + gap) - gap,
        "bins": bins,
        "limit": at,
        "end": (len(counts) - 1) * (width + gap) + width / 2,
    }


def _unknowns(data: ReportData) -> list[Words]:
    """What nobody here has read of the standard, or what its text leaves open."""
    if data.assessment is None:
        return []
    return [unknown.what for unknown in load_standard(data.assessment.standard).unknowns]


def facts(data: ReportData, t: Texts) -> list[tuple[str, str]]:
    """What a later run is compared with, by their keys in the texts."""
    manifest, judge, ratio = data.manifest, data.policy.judge, data.policy.ratio
    answer = [
        ("version", str(manifest["version"])),
        ("detectors", t.listed(manifest["detectors"])),
        (
            "profile",
            t(
                "reproduce.profile-value",
                profile=judge.profile,
                threshold=f"{judge.threshold:g}",
                window=judge.window,
            ),
        ),
        ("limit", f"{t.limit(ratio.limit)}{t('format.comma')}{t.listed(ratio.counted)}"),
        ("max_skipped", t.limit(data.policy.coverage.max_skipped)),
        ("config", manifest["config"]),
        ("inputs", digest_of_inputs(manifest)),
        ("key", manifest["key_id"]),
        ("files", t.number(len(manifest["inputs"]))),
        ("bytes", t.number(sum(entry["size"] for entry in manifest["inputs"]))),
        ("units", t.number(len(manifest["units"]))),
    ]
    if data.assessment:
        answer += [
            ("standard", f"{data.assessment.number} ({data.assessment.standard})"),
            ("policy", data.assessment.policy_digest),
            ("audit", data.assessment.audit_digest),
        ]
    seed = manifest.get("seed")
    answer.append(("seed", str(seed) if seed is not None else t("reproduce.no-seed")))
    return answer
