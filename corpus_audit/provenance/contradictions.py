"""The ledger held against what was found in the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from corpus_audit.ledger.faults import Fault
from corpus_audit.ledger.lines import Place, line_of
from corpus_audit.ledger.model import Source
from corpus_audit.ledger.reading import LedgerFile
from corpus_audit.provenance.tallies import Audited, Counted
from corpus_audit.rules.licences import Expression, canonical_id

#: From this share of a source's documents on, what they say against the ledger is a contradiction;
#: below it a person is told. Ours: the standards name no share.
SHARE = 0.01
#: Statements that say against an open licence.
_RESERVING = {
    "all-rights-reserved": "say that all rights are reserved",
    "no-reprint": "forbid copying without permission",
    "no-ai": "refuse use for training AI",
    "non-commercial": "allow non-commercial use only",
    "paywall": "show a paywall",
}
_NOT_LICENCES = frozenset({"copyright-notice", "doi", "isbn", "reprint-with-credit", *_RESERVING})
_EXPECTED = {"self-collected": "url", "user-input": "service"}


def check_audit(file: LedgerFile, audit: Audited) -> list[Fault]:
    """Every contradiction between a ledger and an audit of its data."""
    found: list[Fault] = []
    index_of = {source.id: index for index, source in enumerate(file.ledger.source)}
    seen = {counted.name for counted in audit.sources}
    for counted in audit.sources:
        if counted.source is None:
            message = (
                f'source "{counted.name}" has {counted.tally.documents:,} documents in {audit.url} '
                "and no entry in this ledger. Add it, or make it an alias of another."
            )
            found.append(Fault(1, f"{file.path}:1:", message))
            continue
        place: Place = ("source", index_of[counted.source.id])
        for key, message, grave in _of_source(counted, counted.source, file.ledger.purpose):
            at = (*place, key)
            found.append(Fault(line_of(file.lines, at), file.where(at), message, grave))
    for source in file.ledger.source:
        if source.id not in seen:
            at = ("source", index_of[source.id])
            message = f"no document of it is in {audit.url}. Was it scanned?"
            found.append(Fault(line_of(file.lines, at), file.where(at), message, grave=False))
    return sorted(found)


def _of_source(
    counted: Counted, source: Source, purpose: Literal["commercial", "non-commercial"]
) -> Iterator[tuple[str, str, bool]]:
    documents = counted.tally.documents

    def many(count: int) -> str:
        return f"{count:,} of {documents:,} documents ({count / max(documents, 1):.1%})"

    def grave(count: int) -> bool:
        return count >= SHARE * documents

    yield from _licences(counted, source, purpose, many)
    links = sum(counted.column("links").values())
    if (
        links
        and source.kind == "open"
        and not any(paper.kind == "collection_record" for paper in source.evidence)
    ):
        yield (
            "kind",
            f"{many(links)} are only links or lists of links; what they lead to counts as "
            "self-collected (5.1 c) 1, note). Leave them out, or add the collection record.",
            grave(links),
        )
    if blocked := sum(counted.column("blocked").values()):
        lists = ", ".join(sorted(counted.column("blocked")))
        yield (
            "paths",
            f"{many(blocked)} are from sites of the block lists ({lists}): information that must "
            "be blocked is not to be used (TC260-003 5.1 d). Remove them.",
            True,
        )
    robots = counted.column("robots")
    if refused := robots.get("refused", 0):
        yield (
            "robots",
            f"{many(refused)} lie where the stored robots.txt refused the crawler (5.1 c) 2). "
            "Remove them, or show a permission.",
            True,
        )
    if refused := robots.get("ai-refused", 0):
        agents = ", ".join(sorted(counted.words("robots_agents"), key=str.lower)[:8])
        yield (
            "robots",
            f"{many(refused)} are from sites whose robots.txt refuses crawlers of AI developers "
            f"by name ({agents}). A person decides whether that refuses this use too.",
            False,
        )
    if robots.get("no-snapshot") and source.robots:
        yield "robots", f"{many(robots['no-snapshot'])} are of sites without a snapshot.", False
    if reserved := sum(counted.column("reserved").values()):
        yield (
            "kind",
            f"{many(reserved)} carry a mark that reserves them from AI or data mining (noai, "
            "tdm-reservation) (5.1 c) 2). Remove them, or show a permission.",
            True,
        )
    yield from _metadata(counted, source, many)
    seen = counted.column("language")
    declared = {language.split("-")[0] for language in source.languages}
    for language, count in seen.items():
        if language != "und" and language not in declared and count >= max(2, 0.05 * documents):
            yield "languages", f"{many(count)} are in {language}, which is not declared.", False


@dataclass(frozen=True)
class Contrary:
    """What documents say of licence and rights against the ledger."""

    name: str  # a statement, or a licence
    count: int  # documents
    reserving: bool  # a statement against an open licence, not another licence
    grave: bool


def contrary_statements(
    counted: Counted, source: Source, purpose: Literal["commercial", "non-commercial"]
) -> Iterator[Contrary]:
    """Statements and licence fields that do not go with the licence of the ledger."""
    if source.licence is None:
        return
    try:
        declared = Expression(source.licence)
    except ValueError:
        return
    often = SHARE * counted.tally.documents
    covered = {_family(name) for name in declared.ids}
    words = counted.words("statements")
    if source.kind in ("open", "self-collected") and declared.grants.use != "no":
        for name in _RESERVING:
            commercial_only = name == "non-commercial" and (
                purpose != "commercial" or declared.grants.commercial != "yes"
            )
            if words.get(name) and not commercial_only:
                yield Contrary(name, words[name], True, words[name] >= often)
    other: dict[str, int] = {}
    for name, count in [*words.items(), *counted.column("licence_field").items()]:
        if name in _NOT_LICENCES or _family(name) in covered:
            continue
        other[name] = max(other.get(name, 0), count)
    for name, count in sorted(other.items(), key=lambda item: -item[1]):
        known = Expression(name) if canonical_id(name) else None
        stricter = known is None or known.fitness(purpose) in ("no", "review")
        yield Contrary(name, count, False, stricter and count >= often)


def _licences(
    counted: Counted,
    source: Source,
    purpose: Literal["commercial", "non-commercial"],
    many: Callable[[int], str],
) -> Iterator[tuple[str, str, bool]]:
    for each in contrary_statements(counted, source, purpose):
        said = f"declared {source.licence}, but {many(each.count)}"
        if each.reserving:
            message = (
                f"{said} {_RESERVING[each.name]}. Who put them under that licence had to hold the "
                f"rights: look at them with `show --rule {_rule(each.name)}`, and remove them or "
                "correct the licence."
            )
        else:
            message = (
                f"{said} name {each.name}{', which allows less' if each.grave else ''}. Correct "
                "the licence (A AND B), or split the source."
            )
        yield "licence", message, each.grave


def _rule(name: str) -> str:
    return f"statement.{name}"


def _family(name: str) -> str:
    """`CC-BY` of `CC-BY-4.0`, so that versions of one licence do not contradict each other."""
    from corpus_audit.rules.licences import find_licence

    if name == "public-domain":
        return "CC0-1.0"
    row = find_licence(name)
    return row.id.removeprefix("LicenseRef-") if row else name


def _metadata(
    counted: Counted, source: Source, many: Callable[[int], str]
) -> Iterator[tuple[str, str, bool]]:
    found = counted.column("metadata")
    bare = found.get("none", 0) + found.get("bad-url", 0)
    wanted = _EXPECTED.get(source.kind)
    if wanted == "url" and source.url and bare:
        yield (
            "url",
            f"{many(bare)} hold no valid URL, which every item from the web must record (GB/T "
            "45652 draft 6.2 a). Add it to the records.",
            True,
        )
    elif wanted == "service" and bare:
        yield (
            "kind",
            f"{many(bare)} hold neither service and user id nor another origin (GB/T 45652 draft "
            "6.2 a). Add them to the records.",
            True,
        )
    if found.get("bad-url") and wanted != "url":
        yield "url", f"{many(found['bad-url'])} hold a URL that is none.", False
    if bad := counted.column("collected").get("bad", 0):
        yield "collected", f"{many(bad)} hold a time of collection that cannot be read.", False
