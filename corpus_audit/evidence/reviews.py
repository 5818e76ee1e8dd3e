"""What reviewed samples of an audit give an assessment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from corpus_audit.assess.facts import Measured, Shown, words
from corpus_audit.assess.model import Bounds, Observed, Outcome, SampleResult
from corpus_audit.audit.store import AuditStore
from corpus_audit.evidence.case import Case
from corpus_audit.review.detection import missed_share
from corpus_audit.review.passing import manual_sample
from corpus_audit.review.results import Review, load_reviews, reviewed_bounds
from corpus_audit.rules.clauses import Clause

_DRAW = words(
    "用 corpus-audit sample 抽样，由人判断后用 corpus-audit review import 导入。",
    "Draw with `corpus-audit sample`, have people judge the sheets, take them back with "
    "`corpus-audit review import`.",
)


def bounds_by_source(case: Case) -> dict[str, tuple[Bounds, tuple[str, ...]]]:
    """The calibrated share of each source that people read a sample of."""
    if "reviewed" not in case.cache:
        store = AuditStore(case.audited.url)
        found = reviewed_bounds(store, case.policy.ratio.counts)
        case.cache["reviewed"] = {case.name_of(name): each for name, each in found.items()}
    reviewed: dict[str, tuple[Bounds, tuple[str, ...]]] = case.cache["reviewed"]
    return reviewed


def manual(case: Case, clause: Clause) -> SampleResult | None:
    """The result of the manual sample under a clause with the limits that apply."""
    found = manual_sample(AuditStore(case.audited.url), clause)
    return found[0] if found else None


def shown(case: Case, clause: Clause, key: str) -> Shown | None:
    """What samples and reviews show of a key; None where they have nothing to do with it."""
    if key == "sample.drawn":
        files = tuple(each for review in _standard(case) for each in review.files[:2])
        return Shown(bool(files), files, get=_DRAW)
    if key == "review.manual_sample":
        judged = [review for review in _standard(case) if review.judged]
        return Shown(bool(judged), tuple(f for each in judged for f in each.files), get=_DRAW)
    if key == "review.hits" and clause.id == "source-ratio-after":
        return _hits(case)
    if key == "review.tool_check":
        return _tool(case)
    return None


def _standard(case: Case) -> list[Review]:
    if "reviews" not in case.cache:
        store = AuditStore(case.audited.url)
        case.cache["reviews"] = load_reviews(store, case.policy.ratio.counts)
    reviews: list[Review] = case.cache["reviews"]
    return [review for review in reviews if review.sample.ask.plan == "standard"]


def _hits(case: Case) -> Shown:
    """Has somebody looked at a sample of every source?"""
    if case.policy.assess.accept_indicator:
        return Shown(True, shows=words("政策接受自动指标。", "The policy accepts the indicator."))
    found = bounds_by_source(case)
    missing = tuple(each.name for each in case.sources if each.name not in found)
    files = dict.fromkeys(file for _, pointers in found.values() for file in pointers)
    return Shown(not missing, tuple(files), missing, get=_DRAW)


def _tool(case: Case) -> Shown:
    """A sample of hits and of clear documents says how far the tool can be trusted."""
    if case.policy.assess.accept_indicator:
        return Shown(True, shows=words("政策接受自动指标。", "The policy accepts the indicator."))
    _standard(case)
    for review in case.cache["reviews"]:
        missed = missed_share(review)
        if missed is not None:
            said = f"{100 * missed.low:.1f} % - {100 * missed.high:.1f} %"
            return Shown(
                True,
                review.files,
                shows=words(f"抽查：漏检率 {said}。", f"Spot check: share missed {said}."),
            )
    return Shown(False, get=_DRAW)


def drawn(case: Case, clause: Clause, name: str) -> Iterable[Measured]:
    """How many items were drawn for people to look at; of fewer than are asked for, all."""
    reviews = _standard(case)
    if not reviews:
        return
    best = max(reviews, key=lambda review: len(review.documents))
    asked = int(next(limit.value for limit in clause.thresholds if limit.name == name))
    if name == "metadata_sample":
        kind_of = {each.name: each.source.kind if each.source else "?" for each in case.sources}
        there = Counter[str]()
        for each in case.sources:
            there[kind_of[each.name]] += each.tally.documents
        taken = Counter(kind_of.get(case.name_of(each.source), "?") for each in best.documents)
        for kind in sorted(there):
            yield _enough(kind, taken[kind], min(asked, there[kind]))
        return
    yield _enough("", len(best.documents), min(asked, best.sample.population))


def _enough(subject: str, count: int, required: int) -> Measured:
    said = words(
        f"抽取 {count:,} 条，需 {required:,} 条。", f"{count:,} drawn, {required:,} required."
    )
    outcome: Outcome = "pass" if count >= required else "needs-evidence"
    observed = Observed(value=float(count), count=count)
    return Measured(subject, observed, None, outcome, said)
