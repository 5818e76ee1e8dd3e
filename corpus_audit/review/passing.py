"""The manual pass rate: what the standard asks of it, and what it shows of the corpus."""

from __future__ import annotations

from corpus_audit.assess.bounds import allowed_failures, convincing_failures
from corpus_audit.assess.model import Outcome, SampleResult
from corpus_audit.audit.store import AuditStore
from corpus_audit.review.results import Review, load_review
from corpus_audit.review.samples import read_samples
from corpus_audit.rules.clauses import Clause, Words
from corpus_audit.rules.standards import load_risks


def manual_sample(store: AuditStore, clause: Clause) -> tuple[SampleResult, Review] | None:
    """The result of the manual sample under a clause; None where none was drawn.

    Of several samples the one with most judged documents speaks.
    """
    counted = next(t.counted for t in clause.thresholds if t.name == "pass_rate")
    counts = load_risks().risk_set(counted or "sampling_pass").counts
    reviews = [
        load_review(store, sample.id, counts)
        for sample in read_samples(store)
        if sample.ask.plan == "standard"
    ]
    if not reviews:
        return None
    best = max(reviews, key=lambda review: (review.judged, len(review.documents)))
    return manual_result(best, clause), best


def manual_result(review: Review, clause: Clause) -> SampleResult:
    """The manual sample under a clause with the limits sample_size and pass_rate.

    Documents without a final word count neither way until they can no longer change the outcome.
    `bounds` are one-sided, of the pass rate.
    """
    limits = {threshold.name: threshold.value for threshold in clause.thresholds}
    rate = limits["pass_rate"]
    population = review.sample.population
    required = min(int(limits["sample_size"]), population)
    drawn = len(review.documents)
    judged = sum(each.settled is not None for each in review.documents)
    failed = sum(each.settled is True for each in review.documents)
    allowed = allowed_failures(drawn, rate)
    convincing = convincing_failures(drawn, rate, population)
    found = review.estimate(sides=1)
    bounds = None
    if found and found.judged:
        high, low = 1 - found.as_judged.low, 1 - found.as_judged.high
        bounds = found.as_judged.model_copy(update={"low": low, "high": high})
    outcome, reason = _judge(drawn, judged, failed, required, allowed, convincing, rate, population)
    return SampleResult(
        plan="manual",
        clause=clause.number,
        drawn=drawn,
        judged=judged,
        failed=failed,
        required=required,
        limit=rate,
        bounds=bounds,
        allowed_failures=allowed,
        convincing_failures=convincing,
        outcome=outcome,
        reason=reason,
    )


def _judge(
    drawn: int,
    judged: int,
    failed: int,
    required: int,
    allowed: int,
    convincing: int,
    rate: float,
    population: int,
) -> tuple[Outcome, Words]:
    line = f"{100 * rate:g} %"
    zh = f"抽取 {drawn:,} 条，已判 {judged:,} 条，{failed:,} 条不合格"
    en = f"{drawn:,} drawn, {judged:,} judged, {failed:,} failed"
    if drawn < required:
        return "needs-evidence", Words(
            zh=f"{zh}：至少须抽取 {required:,} 条。",
            en=f"{en}: at least {required:,} must be drawn.",
        )
    if failed > allowed:
        return "fail", Words(
            zh=f"{zh}：{line} 时最多允许 {allowed:,} 条不合格。",
            en=f"{en}: at {line} at most {allowed:,} may fail.",
        )
    left = drawn - judged
    if failed + left > allowed:
        return "needs-person", Words(
            zh=f"{zh}：还有 {left:,} 条没有最终判断，最多允许 {allowed:,} 条不合格。",
            en=f"{en}: {left:,} have no final verdict yet; at most {allowed:,} may fail.",
        )
    if drawn >= population:
        return "pass", Words(
            zh=f"{zh}，最多允许 {allowed:,} 条。全部数据均已判断，不存在抽样误差。",
            en=f"{en}, at most {allowed:,} may. All of the data was judged: no sampling error.",
        )
    if failed + left <= convincing:
        return "pass", Words(
            zh=f"{zh}，最多允许 {allowed:,} 条；不多于 {convincing:,} 条，"
            f"以 95% 的单侧置信度表明全部数据达到 {line}。",
            en=f"{en}, at most {allowed:,} may; no more than {convincing:,} did, which shows at "
            f"one-sided 95 % that the whole corpus is at {line}.",
        )
    least = f"不多于 {convincing:,} 条" if convincing >= 0 else "更大的样本"
    needs = f"at most {convincing:,} failing" if convincing >= 0 else "a larger sample"
    return "pass", Words(
        zh=f"{zh}，最多允许 {allowed:,} 条：样本达标。但这尚不能说明全部数据达到 {line}，"
        f"95% 单侧置信度需要{least}。",
        en=f"{en}, at most {allowed:,} may: the sample passes. That does not yet show that the "
        f"whole corpus is at {line}: one-sided 95 % takes {needs}.",
    )
