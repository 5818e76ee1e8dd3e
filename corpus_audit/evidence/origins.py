"""What a scan shows of where data is from, and under what right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from corpus_audit.assess.facts import Shown, words
from corpus_audit.evidence.case import Case
from corpus_audit.evidence.saying import says
from corpus_audit.provenance.contradictions import contrary_statements
from corpus_audit.provenance.tallies import Counted
from corpus_audit.rules.clauses import Words

_RIGHTS = ("copyright-notice", "isbn", "doi", "paywall", "all-rights-reserved", "no-reprint")


def license(case: Case) -> Shown:
    against: list[Words] = []
    look: list[Words] = []
    for each in case.of_kind("open"):
        assert each.source is not None and case.ledger is not None
        for one in contrary_statements(each, each.source, case.ledger.ledger.purpose):
            said = says(
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


def links(case: Case) -> Shown:
    found = [
        says(each, sum(each.column("links").values()), "只是链接或链接列表",
              "are only links or lists of links")
        for each in case.having(lambda each: each.column("links"))
    ]  # fmt: skip
    return Shown(True, ("documents/ links",), shows=found[0] if found else None)


def collection_fields(case: Case) -> Shown:
    look = []
    for each in case.of_kind("self-collected"):
        bare = _without_metadata(each)
        if bare and each.source and each.source.url:
            look.append(says(each, bare, "没有有效网址", "hold no valid URL"))
        if bad := each.column("collected").get("bad", 0):
            look.append(says(each, bad, "的采集时间无法读取", "hold a time that cannot be read"))
    return Shown(True, ("documents/ metadata, collected",), look=tuple(look))


def robots(case: Case) -> Shown:
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
            against.append(says(each, refused, "被留存的 robots.txt 拒绝",
                                 "lie where the stored robots.txt refused"))  # fmt: skip
        if reserved := sum(each.column("reserved").values()):
            against.append(says(each, reserved, "标有不得用于人工智能或数据挖掘",
                                 "are reserved from AI or data mining"))  # fmt: skip
        if refused := found.get("ai-refused", 0):
            look.append(
                says(
                    each, refused, "所在网站的 robots.txt 点名拒绝人工智能爬虫",
                    "are from sites whose robots.txt refuses AI crawlers by name",
                )
            )  # fmt: skip
        if unknown := found.get("no-snapshot", 0):
            look.append(says(each, unknown, "所在网站没有快照", "are of sites without a snapshot"))
    return Shown(True, ("documents/ robots, reserved",), (), tuple(against), tuple(look))


def blocklist(case: Case) -> Shown:
    if not case.configured("origins", "blocklist"):
        return Shown(
            False,
            get=words(
                '把须屏蔽的清单记入台账（kind = "blocklist"），用 --ledger 重新扫描。',
                'Enter the block list in the ledger (kind = "blocklist") and scan with --ledger.',
            ),
        )
    against = [
        says(each, sum(each.column("blocked").values()), "来自须屏蔽的网站",
              "are from sites of the block lists")
        for each in case.having(lambda each: each.column("blocked"))
    ]  # fmt: skip
    return Shown(True, ("documents/ blocked",), against=tuple(against))


def ip_signals(case: Case) -> Shown:
    look = []
    for each in case.sources:
        found = {name: n for name, n in each.words("statements").items() if name in _RIGHTS}
        if found:
            said = ", ".join(f"{name} {count:,}" for name, count in sorted(found.items()))
            look.append(says(each, max(found.values()), f"有权利声明（{said}）",
                              f"state rights ({said})"))  # fmt: skip
        if copies := each.tally.rules.get("works.copied", 0):
            look.append(says(each, copies, "与已知作品近似", "are copies of known works"))
    return Shown(True, ("documents/ statements",), look=tuple(look))


def metadata(case: Case) -> Shown:
    return Shown(True, ("documents/ metadata",))


def synthetic(case: Case) -> Shown:
    against = []
    for each in case.of_kind("synthetic"):
        bare = each.tally.documents - each.column("generation").get("model+time", 0)
        if bare:
            against.append(says(each, bare, "没有写明模型和时间", "do not name model and time"))
    return Shown(True, ("documents/ generation",), against=tuple(against))


def papers(case: Case) -> Shown:
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


def authorizations(case: Case) -> Shown:
    against = [
        says(each, _without_metadata(each), "没有服务与用户标识，无从关联授权记录",
              "name no service and user, so no authorisation can be joined")
        for each in case.of_kind("user-input")
        if _without_metadata(each)
    ]  # fmt: skip
    return Shown(True, ("documents/ metadata",), against=tuple(against))


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


def _without_metadata(each: Counted) -> int:
    found = each.column("metadata")
    return found.get("none", 0) + found.get("bad-url", 0)
