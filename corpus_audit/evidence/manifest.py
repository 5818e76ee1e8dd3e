"""Papers: which sources must have each kind, and which of them have it."""

from __future__ import annotations

from collections.abc import Callable

from corpus_audit.assess.facts import Shown, words
from corpus_audit.evidence.before import too_late, undated
from corpus_audit.evidence.case import Case
from corpus_audit.ledger.model import Source
from corpus_audit.ledger.supply import Supplied
from corpus_audit.provenance.tallies import Counted

_Needs = Callable[[Counted], bool]


def _kind(kind: str) -> _Needs:
    return lambda each: each.source is None or each.source.kind == kind


def _from_web(each: Counted) -> bool:
    return _kind("self-collected")(each) and (each.source is None or bool(each.source.url))


def _links_elsewhere(each: Counted) -> bool:
    own = each.source is not None and each.source.kind == "self-collected"
    recorded = each.source is not None and _has(each.source, "collection_record")
    return bool(each.column("links")) and not own and not recorded


def _personal(each: Counted) -> bool:
    basis = each.source.personal_data if each.source else None
    return bool(holds(each, "general", "sensitive")) or (
        basis is not None and basis.basis != "none-held"
    )


def _sensitive(each: Counted) -> bool:
    basis = each.source.sensitive_data if each.source else None
    return bool(holds(each, "sensitive")) or (basis is not None and basis.basis != "none-held")


#: Keys that each of some sources must have; all others hold for the corpus as a whole.
PER_SOURCE: dict[str, _Needs] = {
    "ledger.assessment": lambda each: True,
    "ledger.source": lambda each: True,
    "ledger.source_record": lambda each: True,
    "ledger.owner": lambda each: True,
    "ledger.origin": lambda each: True,
    "ledger.license": _kind("open"),
    "ledger.self_collected": _links_elsewhere,
    "ledger.collection_record": _kind("self-collected"),
    "ledger.robots": _from_web,
    "ledger.refusals": _from_web,
    "ledger.contract": _kind("commercial"),
    "ledger.commitment": _kind("commercial"),
    "ledger.proof": _kind("commercial"),
    "ledger.supply_review": _kind("commercial"),
    "ledger.authorization": _kind("user-input"),
    "ledger.opt_out": _kind("user-input"),
    "ledger.consent": _personal,
    "ledger.separate_consent": _sensitive,
    "ledger.impact_assessment": _sensitive,
    "ledger.synthetic": _kind("synthetic"),
}

#: Bases in law that need no consent; the person who reviews the clause judges whether they hold.
_WITHOUT_CONSENT = frozenset(
    {"contract", "legal-duty", "public-information", "emergency", "news", "other-law"}
)


def paper(case: Case, key: str) -> Shown:
    """Is a paper there, for the corpus or for every source that needs one?"""
    if key == "library.file" and case.ran("keywords"):
        given = case.audited.manifest["detectors"]["keywords"].get("rules") or ["rules/keywords"]
        return Shown(True, pointers=tuple(given))
    if case.ledger is None:
        return Shown(
            False,
            get=words(
                "用 --ledger 指定来源台账（corpus-audit sources init 可起草）。",
                "Pass the ledger of sources with --ledger (`sources init` drafts one).",
            ),
        )
    have = case.supplied.get(key, Supplied())
    name = key.removeprefix("ledger.")
    if key not in PER_SOURCE:
        return Shown(
            have.corpus or bool(have.sources),
            pointers=_pointers(case, key),
            get=words(
                f'在台账中加入 [[evidence]]，kind = "{name}"，写明文件及其 sha256。',
                f'Add [[evidence]] with kind = "{name}", file and sha256 to the ledger.',
            ),
        )
    needing = case.having(PER_SOURCE[key])
    lacking = tuple(
        each.name
        for each in needing
        if (each.name not in have.sources and not have.corpus and not _other_basis(each, key))
        or (key == "ledger.assessment" and undated(each))
    )
    names = ", ".join(lacking[:5])
    return Shown(
        not lacking,
        pointers=_pointers(case, key, {each.name for each in needing}),
        missing=lacking,
        against=too_late(case) if key == "ledger.assessment" else (),
        get=words(
            f"在台账中为 {names} 补充“{name}”：文件、日期、sha256（sources check 逐条说明）。",
            f'Supply "{name}" for {names} in the ledger: file, date, sha256 (`corpus-audit sources '
            "check` tells what is wrong with each).",
        ),
    )


def holds(each: Counted, *classes: str) -> int:
    """Documents of a source in which personal data of these classes was found."""
    found = each.column("personal_data")
    return sum(found.get(name, 0) for name in classes)


def _has(source: Source, kind: str) -> bool:
    return any(paper.key == f"ledger.{kind}" for paper in source.evidence)


def _other_basis(each: Counted, key: str) -> bool:
    if each.source is None:
        return False
    basis = {
        "ledger.consent": each.source.personal_data,
        "ledger.separate_consent": each.source.sensitive_data,
    }.get(key)
    return basis is not None and basis.basis in _WITHOUT_CONSENT


def _pointers(case: Case, key: str, sources: set[str] | None = None) -> tuple[str, ...]:
    """Where the papers are: files as the ledger names them, or the entry itself."""
    assert case.ledger is not None
    found = [
        paper.file or paper.person for paper in case.ledger.ledger.evidence if paper.key == key
    ]
    for source in case.ledger.ledger.source:
        if sources is not None and source.id not in sources:
            continue
        files = [paper.file or paper.person for paper in source.evidence if paper.key == key]
        if key == "ledger.robots" and source.robots:
            files.append(source.robots)
        own = key in case.supplied and source.id in case.supplied[key].sources
        found += files or ([f"source {source.id}"] if own else [])
    return tuple(dict.fromkeys(each for each in found if each))
