"""Numbers that are held against the limits of clauses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from corpus_audit.assess.facts import Measured, words
from corpus_audit.assess.model import Observed
from corpus_audit.evidence import annotation, before, reviews
from corpus_audit.evidence.case import Case
from corpus_audit.evidence.origins import bare_documents
from corpus_audit.rules.clauses import Clause
from corpus_audit.rules.coverage import Coverage, cover
from corpus_audit.rules.model import Rule


def measured(case: Case, clause: Clause, name: str) -> Sequence[Measured] | None:
    """The values of one limit; None where nothing here measures it."""
    if (clause.id, name) in _DRAWN:
        return list(reviews.drawn(case, clause, name))
    measure = _MEASURES.get((clause.id, name))
    return list(measure(case)) if measure else annotation.measured(case, name)


def _sources(case: Case) -> Iterable[Measured]:
    if not case.ran("language"):
        return
    for each in (*case.statistics.languages, *case.statistics.types):
        yield Measured(
            each.name,
            Observed(value=float(len(each.owners)), count=len(each.owners)),
            reason=words(
                f"{len(each.owners)} 个不同所有者的来源（{'、'.join(each.owners[:4])}）。",
                f"sources of {len(each.owners)} distinct owners ({', '.join(each.owners[:4])}).",
            ),
        )


def _metadata(case: Case) -> Iterable[Measured]:
    if not case.ran("origins"):
        return
    for each, bare in bare_documents(case.sources):
        documents = each.tally.documents
        if documents:
            held = documents - bare
            yield Measured(each.name, Observed(value=held / documents, count=held, of=documents))


def _signatories(case: Case) -> Iterable[Measured]:
    if case.ledger is None:
        return
    named = {
        paper.person
        for paper in case.ledger.ledger.evidence
        if paper.key == "report.signatories" and paper.person
    }
    if named:
        yield Measured("", Observed(value=float(len(named)), count=len(named)))


def library(case: Case) -> Coverage | None:
    """The keyword library of the scan against the standard."""
    if "library" not in case.cache:
        case.cache["library"] = None
        if case.ran("keywords"):
            told = case.audited.manifest["detectors"]["keywords"].get("rules") or ()
            rules = _rules(tuple(told), case.audited.manifest["config"])
            case.cache["library"] = cover(rules, case.standard, case.today)
    found: Coverage | None = case.cache["library"]
    return found


@lru_cache(maxsize=2)
def _rules(paths: tuple[str, ...], _config: str) -> tuple[Rule, ...]:
    """Read once for several standards; the digest of a scan's configuration names its rules."""
    from corpus_audit.rules.loader import read_rules

    return tuple(read_rules(paths))


def _keywords(case: Case) -> Iterable[Measured]:
    found = library(case)
    if found:
        yield Measured("", Observed(value=float(found.expanded), count=found.expanded))


def _keywords_of(group: str) -> Callable[[Case], Iterable[Measured]]:
    def measure(case: Case) -> Iterable[Measured]:
        found = library(case)
        for each in found.risks if found else ():
            if each.risk.startswith(f"{group}."):
                yield Measured(each.risk, Observed(value=float(each.expanded), count=each.expanded))

    return measure


def _age(case: Case) -> Iterable[Measured]:
    found = library(case)
    if found and found.age is not None:
        yield Measured("", Observed(value=float(found.age), count=found.age))


_DRAWN = frozenset({
    ("preprocessing-samples", "metadata_sample"),
    ("preprocessing-samples", "record_sample"),
    ("ip-record-sample", "sample_size"),
    ("synthetic-record-sample", "sample_size"),
})  # fmt: skip
_MEASURES: dict[tuple[str, str], Callable[[Case], Iterable[Measured]]] = {
    ("source-ratio-before", "source_bad_share"): before.measured,
    ("source-diversity", "sources"): _sources,
    ("sample-metadata", "metadata_share"): _metadata,
    ("assessment-report", "signatures"): _signatories,
    ("keyword-library", "keywords_total"): _keywords,
    ("keyword-library", "keywords_per_risk_a1"): _keywords_of("A.1"),
    ("keyword-library", "keywords_per_risk_a2"): _keywords_of("A.2"),
    ("keyword-library", "days_since_update"): _age,
}
