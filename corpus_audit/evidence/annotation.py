"""What a table of annotation records shows: GB/T 45674-2025, clauses 6 to 8, and 5.3 of the others.

Functional items teach a task, safety items make answers safer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from corpus_audit.assess.facts import Measured, Shown, words
from corpus_audit.assess.model import Observed
from corpus_audit.evidence.annotation_table import COLUMNS, Annotations, Item
from corpus_audit.evidence.case import Case
from corpus_audit.evidence.responses import harmful_responses
from corpus_audit.evidence.rule_document import risks_named
from corpus_audit.rules.clauses import Words
from corpus_audit.rules.standards import load_risks

#: What the table must hold for each key, in the rows that the key is about.
_NEEDS: dict[str, tuple[str, ...]] = {
    "annotation.role_check": ("executor", "reviewers"),
    "annotation.per_risk": ("risk",),
    "annotation.risk_label": ("risk",),
    "annotation.safety_share": (),
    "annotation.kind": (),
    "annotation.batch_check": ("check",),
    "annotation.batch": ("check",),
    "annotation.review_count": ("reviewers",),
    "annotation.reviews": ("reviewers", "result"),
    "annotation.failed_share": ("result",),
    "annotation.response_scan": ("response",),
    "annotation.preference": ("side",),
}


def shown(case: Case, key: str) -> Shown | None:
    """What there is of a key; None where the table has nothing to do with it."""
    if key == "annotation.rules_check":
        return _rules_check(case)
    if key == "annotation.roster" and case.annotations and case.annotations.roster is not None:
        return Shown(True, (case.annotations.roster_path,))
    if key not in _NEEDS:
        return None
    table = case.annotations
    if table is None:
        return Shown(
            False,
            get=words(
                "用 --annotations 给出标注记录表；没有标注的，用 --judgements 记录“不适用”及理由。",
                "Pass the table of annotation records with --annotations; where there is no "
                "annotation, record not-applicable and the reason with --judgements.",
            ),
        )
    lacking = [name for name in _NEEDS[key] if name not in table.columns]
    if lacking:
        zh = "、".join(COLUMNS[name] for name in lacking)
        return Shown(
            False,
            get=words(
                f"在标注记录表中加入列：{zh}。",
                f"Add to the table of annotation records: {', '.join(lacking)}.",
            ),
        )
    found = Shown(True, (table.path,))
    if key == "annotation.role_check":
        return _roles(table)
    if key == "annotation.batch_check":
        return _functional(case, table)
    if key == "annotation.reviews" and (bare := _without_result(table)):
        return Shown(
            False,
            get=words(
                f"{bare:,} 条安全性标注没有审核结果，请补齐。",
                f"{bare:,} safety items have no result of their review: fill them in.",
            ),
        )
    if key == "annotation.response_scan":
        return _responses(case, table)
    return found


def not_applicable(case: Case, clause: str) -> Words | None:
    """Clauses that ask something of a kind of item that the table has none of."""
    table = case.annotations
    if table is None:
        return None
    kinds = {item.kind for item in table.items}
    if clause in ("functional-batches", "functional-content") and "functional" not in kinds:
        return words("没有功能性标注。", "There is no functional annotation.")
    if clause in ("safety-review", "safety-batch-void") and "safety" not in kinds:
        return words("没有安全性标注。", "There is no safety annotation.")
    return None


def _roles(table: Annotations) -> Shown:
    """Executor and reviewer are told apart by limits; here: were they qualified on the day?"""
    if table.roster is None:
        return Shown(True, (table.path,))
    unqualified = Counter(
        role
        for item in table.items
        for role, people in (("executor", [item.executor]), ("reviewer", item.reviewers))
        for person in people
        if person
        and not any(
            each.person == person and each.qualified(role, item.date) for each in table.roster
        )
    )
    roles = {"executor": "执行人", "reviewer": "审核人"}
    against = tuple(
        words(
            f"{count:,} 次标注的{roles[role]}当日不具备资格。",
            f"{count:,} times a person was not qualified as {role} on the day.",
        )
        for role, count in sorted(unqualified.items())
    )
    return Shown(True, (table.path, table.roster_path), against=against)


def _without_result(table: Annotations) -> int:
    return sum(item.kind == "safety" and not item.result for item in table.items)


def _scanned(case: Case, table: Annotations) -> list[tuple[Item, bool]]:
    """The negative side of preference data may hold what it teaches to avoid: it is not scanned."""
    if "responses" not in case.cache:
        wanted = [item for item in table.items if item.response and item.side != "negative"]
        hits = harmful_responses(case, [item.response for item in wanted])
        case.cache["responses"] = list(zip(wanted, hits, strict=True))
    found: list[tuple[Item, bool]] = case.cache["responses"]
    return found


def _hits(scanned: Sequence[tuple[Item, bool]], zh: str, en: str) -> tuple[Words, ...]:
    found = sum(hit for _, hit in scanned)
    said = words(
        f"{zh}有 {found:,} / {len(scanned):,} 条命中风险：复核或改写。",
        f"{found:,} of {len(scanned):,} {en} hit a risk: have a person look, or rewrite them.",
    )
    return (said,) if found else ()


def _responses(case: Case, table: Annotations) -> Shown:
    scanned = _scanned(case, table)
    left_out = sum(item.side == "negative" for item in table.items)
    said = words(
        f"扫描 {len(scanned):,} 条回复，负向 {left_out:,} 条不扫描。",
        f"{len(scanned):,} responses scanned, {left_out:,} of the negative side not.",
    )
    look = _hits(scanned, "回复", "responses")
    return Shown(True, (table.path,), look=look, shows=said)


def _functional(case: Case, table: Annotations) -> Shown:
    """Functional data holds no risk information: what people found, and what a scan cues."""
    illegal = sum(item.check == "illegal" for item in table.items if item.kind == "functional")
    said = words(
        f"抽检发现 {illegal:,} 条功能性标注含违法内容。",
        f"The spot check found illegal content in {illegal:,} functional items.",
    )
    scanned = []
    if "response" in table.columns:
        scanned = [each for each in _scanned(case, table) if each[0].kind == "functional"]
    return Shown(
        True, (table.path,), against=(said,) if illegal else (),
        look=_hits(scanned, "功能性标注的回复", "responses of functional annotation"),
    )  # fmt: skip


def _rules_check(case: Case) -> Shown:
    named = risks_named(case)
    if named is None:
        return Shown(
            False,
            get=words(
                "在台账中以 annotation.rules 登记文本格式的标注规则（txt、md、csv、json、toml）。",
                "Enter the annotation rules in the ledger (annotation.rules) as text: txt, md, "
                "csv, json or toml.",
            ),
        )
    missing = [risk.id for risk in load_risks().risks if risk.id not in named]
    told = ", ".join(missing)
    return Shown(
        True,
        shows=words(f"未列出：{told}。", f"Not named: {told}.")
        if missing
        else words("规则列出全部风险。", "The rules name every risk."),
    )


# --- limits ----------------------------------------------------------------------------------


def measured(case: Case, name: str) -> Sequence[Measured] | None:
    """The values of one limit; None where annotation has nothing to do with it."""
    if name == "risks_in_safety_rules":
        named = risks_named(case)
        return [] if named is None else [_count("", len(named))]
    if name == "roles":
        roster = case.annotations.roster if case.annotations else None
        return [] if roster is None else [_count("", len({each.role for each in roster}))]
    if name not in _LIMITS:
        return None
    needs, measure = _LIMITS[name]
    table = case.annotations
    if table is None or not set(needs) <= table.columns:
        return []
    return list(measure(table))


def _count(subject: str, count: int, reason: Words | None = None) -> Measured:
    return Measured(subject, Observed(value=float(count), count=count), reason=reason)


def _share(subject: str, count: int, of: int) -> Measured:
    return Measured(subject, Observed(value=count / of if of else None, count=count, of=of))


def _of(table: Annotations, kind: str) -> list[Item]:
    return [item for item in table.items if item.kind == kind]


def _shared_roles(table: Annotations) -> Iterable[Measured]:
    shared = sum(bool(item.executor) and item.executor in item.reviewers for item in table.items)
    said = words(
        f"{shared:,} / {len(table.items):,} 条的执行人同时是审核人。",
        f"In {shared:,} of {len(table.items):,} items the executor is a reviewer too.",
    )
    yield _count("", shared, said)


def _risks_with_items(table: Annotations) -> Iterable[Measured]:
    yield _count("", len({risk for item in _of(table, "safety") for risk in item.risks}))


def _items_per_risk(table: Annotations) -> Iterable[Measured]:
    found = Counter(risk for item in _of(table, "safety") for risk in set(item.risks))
    return [_count(risk.id, found[risk.id]) for risk in load_risks().risks]


def _safety_share(table: Annotations) -> Iterable[Measured]:
    yield _share("", len(_of(table, "safety")), len(table.items))


def _batches(items: Iterable[Item]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(item.batch, []).append(item)
    return dict(sorted(found.items()))


def _batches_checked(table: Annotations) -> Iterable[Measured]:
    batches = _batches(_of(table, "functional"))
    if batches:
        checked = sum(any(item.check for item in items) for items in batches.values())
        yield _share("", checked, len(batches))


def _illegal_items(table: Annotations) -> Iterable[Measured]:
    for batch, items in _batches(_of(table, "functional")).items():
        found = sum(item.check == "illegal" for item in items)
        said = words(
            f"抽检 {sum(bool(item.check) for item in items):,} 条，{found:,} 条含违法内容"
            + ("，整批作废。" if found else "。"),
            f"{sum(bool(item.check) for item in items):,} checked, {found:,} hold illegal content"
            + (": the batch is void." if found else "."),
        )
        yield _count(batch, found, said)


def _reviewers(table: Annotations) -> Iterable[Measured]:
    items = _of(table, "safety")
    if items:
        least = min(len(set(item.reviewers)) for item in items)
        bare = sum(not item.reviewers for item in items)
        said = words(
            f"{bare:,} / {len(items):,} 条安全性标注没有审核人。",
            f"{bare:,} of {len(items):,} safety items have no reviewer.",
        )
        yield _count("", least, said)


def _failed_share(table: Annotations) -> Iterable[Measured]:
    for batch, items in _batches(_of(table, "safety")).items():
        yield _share(batch, sum(item.result == "fail" for item in items), len(items))


_LIMITS: dict[str, tuple[tuple[str, ...], Callable[[Annotations], Iterable[Measured]]]] = {
    "shared_roles": (("executor", "reviewers"), _shared_roles),
    "risks_with_items": (("risk",), _risks_with_items),
    "safety_items_per_risk": (("risk",), _items_per_risk),
    "safety_share": ((), _safety_share),
    "batches_checked": (("check",), _batches_checked),
    "illegal_items": (("check",), _illegal_items),
    "reviewers": (("reviewers",), _reviewers),
    "failed_share": (("result",), _failed_share),
}
