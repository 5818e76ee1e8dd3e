"""What a scan shows by itself, key by key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from corpus_audit.assess.facts import Shown, words
from corpus_audit.assess.shares import percent
from corpus_audit.audit.log import LOG, check_chain
from corpus_audit.audit.store import AuditStore
from corpus_audit.duplicates.result import read_numbers
from corpus_audit.evidence.case import Case
from corpus_audit.evidence.manifest import holds
from corpus_audit.provenance.contradictions import contrary_statements
from corpus_audit.provenance.tallies import Counted
from corpus_audit.rules.clauses import Words

_RIGHTS = ("copyright-notice", "isbn", "doi", "paywall", "all-rights-reserved", "no-reprint")


def automatic(case: Case, key: str) -> Shown:
    """What a scan shows of one kind of evidence; absent where nothing here computes it."""
    if key in _DETECTORS and not case.ran(_DETECTORS[key]):
        return _not_run(_DETECTORS[key])
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


def _not_run(detector: str) -> Shown:
    return Shown(
        False,
        get=words(
            f"用 --detectors ...,{detector} 重新扫描。",
            f"Scan again with --detectors ...,{detector}.",
        ),
    )


def _many(each: Counted, count: int) -> tuple[str, str]:
    share = percent(count / max(each.tally.documents, 1))
    of = f"{count:,} / {each.tally.documents:,}"
    return f"{each.name} 有 {of} 篇（{share}）", f"{each.name}: {of} documents ({share})"


def _says(each: Counted, count: int, zh: str, en: str) -> Words:
    many_zh, many_en = _many(each, count)
    return words(f"{many_zh}{zh}。", f"{many_en} {en}.")


def _prevalence(case: Case) -> Shown:
    risks = case.audited.manifest["risks"]
    if not any(case.policy.ratio.counts(risk) for risk in risks):
        return _not_run("keywords")
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


def _license(case: Case) -> Shown:
    against: list[Words] = []
    look: list[Words] = []
    for each in case.of_kind("open"):
        assert each.source is not None and case.ledger is not None
        for one in contrary_statements(each, each.source, case.ledger.ledger.purpose):
            said = _says(
                each, one.count,
                f"写有“{one.name}”，与台账的许可 {each.source.licence} 不符",
                f'say "{one.name}", against the licence {each.source.licence} of the ledger',
            )  # fmt: skip
            (against if one.grave else look).append(said)
    for row in case.statistics.inventory:
        if row.kind == "open" and row.fitness in ("no", "review", "undeclared"):
            said = words(
                f"{row.source} 的许可 {row.licence or '未声明'}：能否用于训练为 {row.fitness}。",
                f"{row.source}: licence {row.licence or 'undeclared'}, fitness for training "
                f"{row.fitness}.",
            )
            (against if row.fitness == "no" else look).append(said)
    return Shown(True, ("documents/ statements, licence_field",), (), tuple(against), tuple(look))


def _links(case: Case) -> Shown:
    found = [
        _says(each, sum(each.column("links").values()), "只是链接或链接列表",
              "are only links or lists of links")
        for each in case.having(lambda each: each.column("links"))
    ]  # fmt: skip
    return Shown(True, ("documents/ links",), shows=found[0] if found else None)


def _collection_fields(case: Case) -> Shown:
    look = []
    for each in case.of_kind("self-collected"):
        bare = _without_metadata(each)
        if bare and each.source and each.source.url:
            look.append(_says(each, bare, "没有有效网址", "hold no valid URL"))
        if bad := each.column("collected").get("bad", 0):
            look.append(_says(each, bad, "的采集时间无法读取", "hold a time that cannot be read"))
    return Shown(True, ("documents/ metadata, collected",), look=tuple(look))


def _robots(case: Case) -> Shown:
    from_web = [each for each in case.of_kind("self-collected") if each.source and each.source.url]
    if from_web and not case.configured("origins", "robots"):
        return Shown(
            False,
            missing=tuple(each.name for each in from_web),
            get=words(
                "把采集时的 robots.txt 记入台账（robots），用 --ledger 重新扫描。",
                "Enter the robots.txt of that time in the ledger (robots) and scan with --ledger.",
            ),
        )
    against: list[Words] = []
    look: list[Words] = []
    for each in case.of_kind("self-collected"):
        found = each.column("robots")
        if refused := found.get("refused", 0):
            against.append(_says(each, refused, "被留存的 robots.txt 拒绝",
                                 "lie where the stored robots.txt refused"))  # fmt: skip
        if reserved := sum(each.column("reserved").values()):
            against.append(_says(each, reserved, "标有不得用于人工智能或数据挖掘",
                                 "are reserved from AI or data mining"))  # fmt: skip
        if refused := found.get("ai-refused", 0):
            look.append(
                _says(
                    each, refused, "所在网站的 robots.txt 点名拒绝人工智能爬虫",
                    "are from sites whose robots.txt refuses AI crawlers by name",
                )
            )  # fmt: skip
        if unknown := found.get("no-snapshot", 0):
            look.append(_says(each, unknown, "所在网站没有快照", "are of sites without a snapshot"))
    return Shown(True, ("documents/ robots, reserved",), (), tuple(against), tuple(look))


def _blocklist(case: Case) -> Shown:
    if not case.configured("origins", "blocklist"):
        return Shown(
            False,
            get=words(
                '把须屏蔽的清单记入台账（kind = "blocklist"），用 --ledger 重新扫描。',
                'Enter the block list in the ledger (kind = "blocklist") and scan with --ledger.',
            ),
        )
    against = [
        _says(each, sum(each.column("blocked").values()), "来自须屏蔽的网站",
              "are from sites of the block lists")
        for each in case.having(lambda each: each.column("blocked"))
    ]  # fmt: skip
    return Shown(True, ("documents/ blocked",), against=tuple(against))


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


def _ip_signals(case: Case) -> Shown:
    look = []
    for each in case.sources:
        found = {name: n for name, n in each.words("statements").items() if name in _RIGHTS}
        if found:
            said = ", ".join(f"{name} {count:,}" for name, count in sorted(found.items()))
            look.append(_says(each, max(found.values()), f"有权利声明（{said}）",
                              f"state rights ({said})"))  # fmt: skip
        if copies := each.tally.rules.get("works.copied", 0):
            look.append(_says(each, copies, "与已知作品近似", "are copies of known works"))
    return Shown(True, ("documents/ statements",), look=tuple(look))


def _personal(*classes: str) -> Callable[[Case], Shown]:
    def shown(case: Case) -> Shown:
        look = [
            _says(each, holds(each, *classes), "检出个人信息", "hold personal data")
            for each in case.having(lambda each: holds(each, *classes))
        ]
        return Shown(True, ("documents/ personal_data",), look=tuple(look))

    return shown


def _metadata(case: Case) -> Shown:
    return Shown(True, ("documents/ metadata",))


def _synthetic(case: Case) -> Shown:
    against = []
    for each in case.of_kind("synthetic"):
        bare = each.tally.documents - each.column("generation").get("model+time", 0)
        if bare:
            against.append(_says(each, bare, "没有写明模型和时间", "do not name model and time"))
    return Shown(True, ("documents/ generation",), against=tuple(against))


def _quality(case: Case) -> Shown:
    numbers = read_numbers(AuditStore(case.audited.url))
    if numbers is None:
        return _not_run("fingerprints")
    kept = percent(numbers["sources"][-1]["kept_share"])
    return Shown(
        True, ("duplicates.json",),
        shows=words(f"去重后保留 {kept}。", f"{kept} are kept when copies count once."),
    )  # fmt: skip


def _inventory(case: Case) -> Shown:
    return Shown(True, ("sources.csv",))


def _papers(case: Case) -> Shown:
    """Papers that are faulty supply nothing; what is left is whether they name the right party."""
    if case.ledger is None:
        return Shown(
            False, get=words("用 --ledger 指定来源台账。", "Pass the ledger with --ledger.")
        )
    against = [
        words(
            f"{each.name} 的合同当事方中没有所有者“{each.source.owner}”。",
            f'{each.name}: the owner "{each.source.owner}" is no party of the contract.',
        )
        for each in case.of_kind("commercial")
        if each.source
        for paper in each.source.evidence
        if paper.key == "ledger.contract" and paper.parties
        if each.source.owner.casefold() not in {party.casefold() for party in paper.parties}
    ]
    return Shown(True, (str(case.ledger.path),), against=tuple(against))


def _authorizations(case: Case) -> Shown:
    if not case.ran("origins"):
        return _not_run("origins")
    against = [
        _says(each, _without_metadata(each), "没有服务与用户标识，无从关联授权记录",
              "name no service and user, so no authorisation can be joined")
        for each in case.of_kind("user-input")
        if _without_metadata(each)
    ]  # fmt: skip
    return Shown(True, ("documents/ metadata",), against=tuple(against))


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


def _library(case: Case) -> Shown:
    return Shown(True, ("audit.json",)) if case.ran("keywords") else _not_run("keywords")


def _present(*pointers: str) -> Callable[[Case], Shown]:
    return lambda case: Shown(True, pointers)


def _without_metadata(each: Counted) -> int:
    found = each.column("metadata")
    return found.get("none", 0) + found.get("bad-url", 0)


def bare_documents(sources: Iterable[Counted]) -> Sequence[tuple[Counted, int]]:
    """Sources with the number of their documents that nothing tells the origin of.

    Web pages must hold their URL and user input its service and user, item by item. Of a dataset
    the ledger names dataset and organisation for every item of the source.
    """

    def item_by_item(each: Counted) -> bool:
        source = each.source
        if source is None or source.kind == "user-input":
            return True
        return source.kind == "self-collected" and bool(source.url)

    return [(each, _without_metadata(each) * item_by_item(each)) for each in sources]


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
    "scan.personal_data": "pii",
    "scan.sensitive_data": "pii",
}

_KEYS: dict[str, Callable[[Case], Shown]] = {
    "scan.prevalence": _prevalence,
    "scan.technical_rate": _prevalence,
    "scan.source_diversity": _diversity,
    "scan.origin_share": _origins,
    "scan.license": _license,
    "scan.link_lists": _links,
    "scan.collection_fields": _collection_fields,
    "scan.robots": _robots,
    "scan.blocklist": _blocklist,
    "scan.coverage": _coverage,
    "scan.residue": _residue,
    "scan.ip_signals": _ip_signals,
    "scan.personal_data": _personal("general", "sensitive"),
    "scan.sensitive_data": _personal("sensitive"),
    "scan.metadata": _metadata,
    "scan.synthetic_fields": _synthetic,
    "scan.quality": _quality,
    "scan.inventory": _inventory,
    "check.evidence_files": _papers,
    "check.authorizations": _authorizations,
    "library.count": _library,
    "library.age": _library,
    "check.log_integrity": _log,
    "report.tables": _present("assessment.json"),
}
