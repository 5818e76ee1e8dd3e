"""The conclusion of a report in words, the same in every format and at the terminal."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from corpus_audit.assess.model import Outcome
from corpus_audit.reports.data import ReportData, SourceView
from corpus_audit.reports.texts import Texts
from corpus_audit.rules.clauses import Language
from corpus_audit.text.inert import clipped

_NAMED = 5  # sources that the conclusion names
_STEPS = 6
#: Which clauses ask for something first.
URGENT: tuple[Outcome, ...] = ("fail", "inconclusive", "needs-evidence", "needs-person")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the conclusion."""

    value: str
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do next, with the clauses that ask for it or the command that does it."""

    text: str
    command: str = ""
    clauses: tuple[tuple[str, str], ...] = ()  # id and number of each


def headline(data: ReportData, t: Texts) -> str:
    """The conclusion in one sentence."""
    if data.assessment:
        outcome = data.assessment.conclusion.outcome
        return t(f"assessed.{outcome}", number=data.assessment.number)
    return sources_sentence(data, t)


def sources_sentence(data: ReportData, t: Texts) -> str:
    """What the scan says of the sources."""
    over, undecided = data.with_status("over"), data.with_status("undecided")
    limit, count = t.limit(data.limit), len(data.sources)
    if not data.total.documents and not undecided:
        return t("headline.empty")
    if data.with_status("not-assessed"):
        return t("headline.not-assessed")
    if over:
        key = "headline.over_one" if len(over) == 1 else "headline.over"
        return t(key, over=len(over), n=count, limit=limit)
    if undecided:
        return t("headline.undecided", undecided=len(undecided), n=count, limit=limit)
    return t.many("headline.under", count, limit=limit)


def lead(data: ReportData, t: Texts) -> list[str]:
    """What has to be known to read the headline rightly."""
    sentences = []
    if data.assessment:
        sentences += [_clauses(data.assessment.conclusion.counts, t), sources_sentence(data, t)]
    if data.stale:
        sentences.append(t("lead.stale"))
    sentences.append(t("lead.counted", counted=t.listed(data.policy.ratio.counted)))
    coverage = data.coverage
    if coverage.unseen:
        sentences.append(t("lead.unseen", unseen=coverage.unseen, read=coverage.read))
    elif not coverage.losses:
        sentences.append(t("lead.seen", read=coverage.read))
    if not coverage.complete:
        sentences.append(t("lead.incomplete"))
    sentences.append(t("lead.indicator"))
    return sentences


def _clauses(counts: Mapping[str, int], t: Texts) -> str:
    """How many must-clauses have which outcome."""
    told = [t.many(f"told.{name}", counts[name]) for name in (*URGENT, "pass") if counts.get(name)]
    return t("lead.clauses", n=sum(counts.values()), told=t.listed(told))


def named_sources(data: ReportData, t: Texts) -> list[tuple[str, list[SourceView], str]]:
    """The sources that the conclusion is about, by what is said of them, and how many more."""
    groups = []
    for status in ("over", "undecided"):
        found = data.with_status(status)
        if found:
            more = len(found) - _NAMED
            told = t("lead.more", n=more) if more > 0 else ""
            groups.append((t(f"lead.{status}-names"), found[:_NAMED], told))
    return groups


def figures(data: ReportData, t: Texts) -> list[Figure]:
    """The numbers of the conclusion."""
    over, undecided = data.with_status("over"), data.with_status("undecided")
    total, read = data.total, data.coverage.read
    answer = [
        Figure(
            t.number(len(over)),
            t("figure.over"),
            t("figure.undecided", n=len(undecided)) if undecided else "",
        ),
        Figure(
            t.number(total.documents),
            t("figure.documents"),
            t.many("figure.sources", len(data.sources)),
        ),
        Figure(
            t.share(data.hit / total.documents if total.documents else None),
            t("figure.share"),
            t.many("figure.hits", data.hit),
        ),
        Figure(
            t.share(data.coverage.unseen / read if read else 0.0),
            t("figure.unseen"),
            t("figure.skipped", n=sum(data.coverage.skipped.values())),
        ),
    ]
    if data.copies and data.copies["sources"][-1]["documents"]:
        every = data.copies["sources"][-1]
        near = every["near"]
        answer.append(
            Figure(
                t.share(1 - every["kept_share"]),
                t("figure.copies"),
                t("figure.near", n=near) if near else "",
            )
        )
    if data.assessment:
        counts = data.assessment.conclusion.counts
        judged = sum(n for outcome, n in counts.items() if outcome != "not-applicable")
        met = t.number(counts.get("pass", 0))
        answer.insert(0, Figure(met, t("figure.clauses"), t("figure.clauses-of", n=judged)))
    return answer


def next_steps(data: ReportData, t: Texts) -> list[Step]:
    """What to do next, most urgent first."""
    steps = []
    audit = shlex.quote(data.url)
    if not data.coverage.complete:
        steps.append(Step(t("next.coverage")))
    if over := data.with_status("over"):
        source = shlex.quote(clipped(over[0].name))
        steps.append(Step(t("next.why"), f"corpus-audit show {audit} --source {source}"))
    if data.assessment is None:
        return [*steps, Step(t("next.assess"), assess_command(data))]
    if data.stale:
        steps.append(Step(t("next.again"), data.assessment.reproduce))
    asking = [
        clause
        for outcome in URGENT
        for clause in data.assessment.clauses
        if clause.outcome == outcome and clause.next and not clause.advisory
    ]
    asked: dict[str, list[tuple[str, str]]] = {}
    for clause in asking:
        assert clause.next
        asked.setdefault(t.words(clause.next), []).append((clause.id, clause.number))
    steps += [Step(text, clauses=tuple(clauses)) for text, clauses in asked.items()]
    return steps[:_STEPS]


def assess_command(data: ReportData) -> str:
    return f"corpus-audit assess {shlex.quote(data.url)}"


def report_command(data: ReportData, language: Language) -> str:
    return f"corpus-audit report {shlex.quote(data.url)} --lang {language}"


def scan_command(data: ReportData) -> str:
    """The scan as it could be run again; what a file of policy said stands in audit.json."""
    manifest = data.manifest
    roots = dict.fromkeys(entry["root"] for entry in manifest["inputs"])
    words = ["corpus-audit", "scan", *map(shlex.quote, list(roots)[:20]), "-o", "AUDIT"]
    read = manifest["read"]
    for option, key in (("--text-field", "text_fields"), ("--keep-field", "keep_fields")):
        words += [f"{option} {shlex.quote(value)}" for value in read[key]]
    for option, key in (("--id-field", "id_field"), ("--source-field", "source_field")):
        if read[key]:
            words.append(f"{option} {shlex.quote(read[key])}")
    if read["encoding"] != "utf-8":
        words.append(f"--encoding {read['encoding']}")
    detectors = manifest["detectors"]
    if manifest.get("ledger"):
        words.append(f"--ledger {shlex.quote(manifest['ledger']['path'])}")
    else:
        words += [f"--source-from {shlex.quote(each)}" for each in read["source_patterns"]]
    given = {"--rules": "keywords.rules", "--works": "works.works",
             "--protect": "contamination.protect"}  # fmt: skip
    for option, place in given.items():
        name, key = place.split(".")
        for path in detectors.get(name, {}).get(key, ()):
            words.append(f"{option} {shlex.quote(str(path))}")
    plain = [name for name in detectors if name not in ("works", "contamination")]
    words.append(f"--detectors {','.join(plain)}")
    words.append(f"--max-skipped {data.policy.coverage.max_skipped:g}")
    return " ".join(words)
