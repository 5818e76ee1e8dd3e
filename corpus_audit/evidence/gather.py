"""From an audit and what was handed over with it to the facts of an assessment."""

from __future__ import annotations

import hashlib

from corpus_audit.assess.facts import Facts, Shown, SourceFacts, words
from corpus_audit.audit.store import MANIFEST, AuditStore
from corpus_audit.evidence import annotation, reviews
from corpus_audit.evidence.automatic import automatic
from corpus_audit.evidence.case import Case
from corpus_audit.evidence.copies import kept_documents
from corpus_audit.evidence.judgements import Judgement
from corpus_audit.evidence.manifest import PER_SOURCE, paper
from corpus_audit.evidence.measures import measured
from corpus_audit.rules.clauses import By, Clause, Words
from corpus_audit.rules.standards import load_evidence
from corpus_audit.sources import ratios
from corpus_audit.tally import UNATTRIBUTED


def gather(case: Case) -> Facts:
    """Everything that an assessment asks for."""
    store = AuditStore(case.audited.url)
    manifest = store.read(MANIFEST)
    by = {key: each.by for key, each in load_evidence().items()}
    return Facts(
        sources=_sources(case, store),
        risks_sought=tuple(case.audited.manifest["risks"]),
        shown=lambda clause, key: _shown(case, clause, key, by[key]),
        measured=lambda clause, name: measured(case, clause, name),
        manual=lambda clause: reviews.manual(case, clause),
        not_applicable=lambda clause: _not_applicable(case, clause),
        hits_of=lambda name, counts: case.audited.tally.source(name).hit_documents(counts),
        unseen=case.coverage.unseen,
        audit_digest=hashlib.blake2b(manifest, digest_size=16).hexdigest(),
    )


def _sources(case: Case, store: AuditStore) -> tuple[SourceFacts, ...]:
    counts = case.policy.ratio.counts
    kept = kept_documents(store, case.sources, counts, case.name_of)
    reviewed = reviews.bounds_by_source(case)
    counted = {each.name: each for each in case.sources}
    facts = []
    for name, ratio in ratios(case.audited.tally, case.policy).items():
        if name == UNATTRIBUTED and not ratio.documents:
            continue
        tally = case.audited.tally.source(name)
        each = counted.get(name)
        entry = each.source if each else None
        delivered = entry if entry is not None and entry.delivery == "sample" else None
        bounds, files = reviewed.get(name, (None, ()))
        facts.append(
            SourceFacts(
                name=name,
                documents=tally.documents,
                chars=tally.chars,
                hit=ratio.hit,
                hit_chars=tally.hit_characters(counts),
                skipped=sum(tally.skipped.values()),
                unseen=ratio.unseen - tally.undrawn,
                undrawn=tally.undrawn,
                unknown_loss=ratio.unknown_loss,
                risks=tally.hits,
                kept=kept.get(name),
                reviewed=bounds,
                reviewed_by=files,
                sampled=delivered is not None or tally.undrawn > 0,
                population=(delivered.population if delivered else None)
                or (tally.documents + tally.undrawn if tally.undrawn else None),
            )
        )
    return tuple(facts)


def _shown(case: Case, clause: Clause, key: str, by: By) -> Shown:
    """A person's judgement stands in where nothing else shows it, and speaks against it at once."""
    said = [
        each
        for each in case.judgements
        if each.evidence == key and each.clause in (None, clause.id)
    ]
    found = Shown(False)
    told = annotation.shown(case, key)
    seen = reviews.shown(case, clause, key)
    if seen is not None:
        found = seen
    elif told is not None and (told.present or by == "automatic" or case.annotations):
        found = told
    elif by == "automatic":
        found = automatic(case, key)
    elif by == "manifest":
        found = paper(case, key)
    elif not said:
        found = Shown(
            False,
            get=words(
                f'由人判断后用 --judgements 记录（evidence = "{key}"，clause = "{clause.id}"）。',
                f'Have a person judge it and record it with --judgements (evidence = "{key}", '
                f'clause = "{clause.id}").',
            ),
        )
    return _with_judgements(found, said) if said else found


def _with_judgements(found: Shown, said: list[Judgement]) -> Shown:
    against = tuple(
        words(f"{each.by}（{each.on}）：{each.reason}", f"{each.by} ({each.on}): {each.reason}")
        for each in said
        if each.verdict == "does-not-conform"
    )
    last = said[-1]
    return Shown(
        present=True,
        pointers=(*found.pointers, *(each.file or f"judgement of {each.by}" for each in said)),
        against=(*found.against, *against),
        look=found.look,
        shows=words(
            f"{last.by}（{last.on}）：{last.reason}", f"{last.by} ({last.on}): {last.reason}"
        ),
        judged=True,
    )


#: Clauses that ask something of one kind of source only.
_KINDS = {
    "open-data-license": ("open", "开源", "open data"),
    "collection-record": ("self-collected", "自采", "self-collected data"),
    "commercial-data": ("commercial", "商业", "bought data"),
    "user-input-authorization": ("user-input", "使用者输入", "user input"),
    "synthetic-data": ("synthetic", "生成", "generated data"),
    "synthetic-filter": ("synthetic", "生成", "generated data"),
    "synthetic-record-sample": ("synthetic", "生成", "generated data"),
}
_PERSONAL = {
    "personal-information": ("ledger.consent", "个人信息", "personal data"),
    "sensitive-personal-information": (
        "ledger.separate_consent", "敏感个人信息", "sensitive personal data",
    ),
}  # fmt: skip


def _not_applicable(case: Case, clause: Clause) -> Words | None:
    """Why a clause asks nothing of this corpus; None where it may."""
    for each in case.judgements:
        if each.verdict == "not-applicable" and each.clause == clause.id:
            return words(
                f"不适用，{each.by}（{each.on}）：{each.reason}",
                f"Does not apply, {each.by} ({each.on}): {each.reason}",
            )
    if (why := annotation.not_applicable(case, clause.id)) is not None:
        return why
    if clause.id == "link-lists" and case.ran("origins"):
        if not case.having(lambda each: each.column("links")):
            return words("没有只含链接的条目。", "No item is only links.")
        return None
    if not case.all_entered:
        return None
    if clause.id in _KINDS:
        kind, zh, en = _KINDS[clause.id]
        if not case.of_kind(kind):
            return words(f"台账中没有{zh}数据。", f"The ledger holds no {en}.")
    if clause.id == "origin-mix" and all(
        each.source and each.source.origin == "domestic" for each in case.sources
    ):
        return words("全部来源在境内。", "Every source is domestic.")
    if clause.id in _PERSONAL and case.ran("pii"):
        key, zh, en = _PERSONAL[clause.id]
        if not case.having(PER_SOURCE[key]):
            return words(
                f"没有检出{zh}，台账也没有声明。",
                f"No {en} was found, and the ledger declares none.",
            )
    return None
