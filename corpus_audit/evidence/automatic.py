"""What a scan shows by itself, key by key."""

from __future__ import annotations

from collections.abc import Callable

from corpus_audit.assess.facts import Shown, words
from corpus_audit.assess.shares import percent
from corpus_audit.audit.log import LOG, check_chain
from corpus_audit.audit.store import AuditStore
from corpus_audit.duplicates.result import read_numbers
from corpus_audit.evidence import before, origins
from corpus_audit.evidence.case import Case
from corpus_audit.evidence.manifest import holds
from corpus_audit.evidence.measures import library
from corpus_audit.evidence.saying import not_run, says


def automatic(case: Case, key: str) -> Shown:
    """What a scan shows of one kind of evidence; absent where nothing here computes it."""
    if key in _DETECTORS and not case.ran(_DETECTORS[key]):
        return not_run(_DETECTORS[key])
    if key in _KEYS:
        return _KEYS[key](case)
    return Shown(
        False,
        get=words(
            "本工具不计算此项：由人核对后用 --judgements 记录结论。",
            "Nothing here computes this: have a person check it and record the result with "
            "--judgements.",
        ),
    )


def _prevalence(case: Case) -> Shown:
    risks = case.audited.manifest["risks"]
    if not any(case.policy.ratio.counts(risk) for risk in risks):
        return not_run("keywords")
    return Shown(True, pointers=("sources.csv", "documents/", "findings/"))


def _diversity(case: Case) -> Shown:
    found = case.statistics
    zh = "、".join(f"{each.name} {len(each.owners)}" for each in (*found.languages, *found.types))
    en = ", ".join(f"{each.name} {len(each.owners)}" for each in (*found.languages, *found.types))
    return Shown(
        True,
        pointers=("sources.csv",),
        shows=words(f"不同来源数：{zh}。", f"Distinct sources: {en}."),
    )


def _origins(case: Case) -> Shown:
    found = case.statistics
    parts = [f"{each.name} {percent(each.documents / max(found.documents, 1))}"
             for each in found.origins]  # fmt: skip
    said = ", ".join(parts)
    return Shown(
        True, ("sources.csv",), shows=words(f"文档占比：{said}。", f"Share of documents: {said}.")
    )


def _coverage(case: Case) -> Shown:
    found = case.coverage
    zh = f"读到 {found.read:,} 条，扫描 {found.scanned:,}，未见 {found.unseen:,}"
    en = f"{found.read:,} records read, {found.scanned:,} scanned, {found.unseen:,} unseen"
    return Shown(
        found.complete,
        pointers=("documents/", "skipped/"),
        shows=words(f"{zh}。", f"{en}."),
        get=words(
            f"{zh}：修复 skipped/ 所列的记录后重新扫描。",
            f"{en}: mend the records listed in skipped/ and scan again.",
        ),
    )


def _residue(case: Case) -> Shown:
    total = case.audited.tally.total()
    hit = total.hit_documents(case.policy.ratio.counts)
    said = words(
        f"仍有 {hit:,} / {total.documents:,} 篇命中计入的风险：去除或复核。",
        f"{hit:,} of {total.documents:,} documents still hit a counted risk: remove them or have "
        "a person clear them.",
    )
    look = (said,) if hit else ()
    return Shown(bool(case.audited.manifest["risks"]), ("findings/",), look=look)


def _personal(*classes: str) -> Callable[[Case], Shown]:
    def shown(case: Case) -> Shown:
        look = [
            says(each, holds(each, *classes), "检出个人信息", "hold personal data")
            for each in case.having(lambda each: holds(each, *classes))
        ]
        return Shown(True, ("documents/ personal_data",), look=tuple(look))

    return shown


def _quality(case: Case) -> Shown:
    numbers = read_numbers(AuditStore(case.audited.url))
    if numbers is None:
        return not_run("fingerprints")
    kept = percent(numbers["sources"][-1]["kept_share"])
    return Shown(
        True, ("duplicates.json",),
        shows=words(f"去重后保留 {kept}。", f"{kept} are kept when copies count once."),
    )  # fmt: skip


def _log(case: Case) -> Shown:
    faults, head = check_chain(AuditStore(case.audited.url))
    return Shown(
        not faults,
        (LOG,),
        shows=words(f"日志完整，末端 {head}。", f"The log is whole and ends with {head}."),
        get=words(
            f"日志有 {len(faults)} 处问题，corpus-audit verify 逐条说明。",
            f"The log has {len(faults)} faults; `corpus-audit verify` names each.",
        ),
    )


def _library_age(case: Case) -> Shown:
    found = library(case)
    return Shown(
        found is not None and found.age is not None,
        ("audit.json",),
        get=words(
            "在规则文件开头写明更新日期：updated = 2025-01-31。",
            "Write into the rule files when they were updated: updated = 2025-01-31.",
        ),
    )


def _present(*pointers: str) -> Callable[[Case], Shown]:
    return lambda case: Shown(True, pointers)


#: Detectors without which a key has nothing to say.
_DETECTORS = {
    "scan.source_diversity": "language",
    "scan.origin_share": "language",
    "scan.inventory": "language",
    "scan.license": "licences",
    "scan.ip_signals": "licences",
    "scan.link_lists": "origins",
    "scan.collection_fields": "origins",
    "scan.robots": "origins",
    "scan.blocklist": "origins",
    "scan.metadata": "origins",
    "scan.synthetic_fields": "origins",
    "check.authorizations": "origins",
    "scan.personal_data": "pii",
    "scan.sensitive_data": "pii",
    "library.count": "keywords",
    "library.age": "keywords",
}

_KEYS: dict[str, Callable[[Case], Shown]] = {
    "scan.prevalence": _prevalence,
    "scan.technical_rate": _prevalence,
    "scan.collection_sample": before.shown,
    "scan.source_diversity": _diversity,
    "scan.origin_share": _origins,
    "scan.license": origins.license,
    "scan.link_lists": origins.links,
    "scan.collection_fields": origins.collection_fields,
    "scan.robots": origins.robots,
    "scan.blocklist": origins.blocklist,
    "scan.coverage": _coverage,
    "scan.residue": _residue,
    "scan.ip_signals": origins.ip_signals,
    "scan.personal_data": _personal("general", "sensitive"),
    "scan.sensitive_data": _personal("sensitive"),
    "scan.metadata": origins.metadata,
    "scan.synthetic_fields": origins.synthetic,
    "scan.quality": _quality,
    "scan.inventory": _present("sources.csv"),
    "check.evidence_files": origins.papers,
    "check.authorizations": origins.authorizations,
    "check.log_integrity": _log,
    "library.count": _present("audit.json"),
    "library.age": _library_age,
    "report.tables": _present("assessment.json"),
}
