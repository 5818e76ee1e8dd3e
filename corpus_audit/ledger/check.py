"""Is the ledger right, and are its papers there? All faults at once, each with what to do.

A fault is a must that is not met or a contradiction; a warning is what a person has to look at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from corpus_audit.ledger.lines import Place, line_of
from corpus_audit.ledger.model import TODO, Evidence, Source
from corpus_audit.ledger.papers import check_paper, check_path
from corpus_audit.ledger.reading import LedgerFile
from corpus_audit.rules.clauses import Words
from corpus_audit.rules.licences import Expression
from corpus_audit.rules.standards import load_evidence

#: Papers that each kind of source needs, the clause that asks for them, and what to get.
_NEEDED: dict[str, tuple[tuple[str, str, str], ...]] = {
    "open": (("license", "5.1 c) 1", "keep the licence text or authorisation and name its file"),),
    "self-collected": (
        ("collection_record", "5.1 c) 2", "name the crawl log or record of collection"),
    ),
    "commercial": (
        ("contract", "5.1 c) 3", "name the signed contract or cooperation agreement"),
        ("commitment", "5.1 c) 3", "get the supplier's commitment on source, quality and safety"),
        ("proof", "5.1 c) 3", "get the supplier's proof; without it the data must not be used"),
        ("supply_review", "5.1 c) 3", "review data, commitments and proof, and keep the record"),
    ),
    "user-input": (
        ("authorization", "5.1 c) 4", "name the record of the users' authorisations"),
        ("opt_out", "7 c)", "keep the list of users who opted out"),
    ),
    "TODO": (),
    "synthetic": (("synthetic", "GB/T 45652 7.2 b)", "declare model or service, version, time"),),
}
_CORPUS_KINDS = frozenset({
    "blocklist", "filter_log", "manual_check_log", "ip_strategy", "ip_owner", "ip_record",
    "complaint_channel", "user_agreement", "ip_summary", "security_policy", "security_log",
})  # fmt: skip


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong (`grave`) or that a person has to look at."""

    line: int
    where: str
    message: str
    grave: bool = True

    def __str__(self) -> str:
        return f"{self.where} {'' if self.grave else 'warning: '}{self.message}"


def check_ledger(file: LedgerFile, today: date) -> list[Fault]:
    """Everything that the ledger and its papers show by themselves, in order of lines."""
    return sorted(_Checker(file, today).run())


class _Checker:
    def __init__(self, file: LedgerFile, today: date) -> None:
        self.file, self.ledger, self.today = file, file.ledger, today
        self.kinds: dict[str, Words] = {
            key: each.what for key, each in load_evidence().items() if each.by == "manifest"
        }

    def run(self) -> Iterator[Fault]:
        yield from self._names()
        for index, paper in enumerate(self.ledger.evidence):
            yield from self._paper(("evidence", index), paper, None)
        if self.ledger.data:
            yield from self._path(("data",), self.ledger.data, outside=True)
        for index, source in enumerate(self.ledger.source):
            place: Place = ("source", index)
            yield from self._left_open(place, source)
            for number, paper in enumerate(source.evidence):
                yield from self._paper((*place, "evidence", number), paper, source)
            yield from self._licence(place, source)
            yield from self._kind(place, source)
            yield from self._collection(place, source)
            yield from self._delivery(place, source)
            yield from self._personal_data(place, source)
            if source.robots:
                yield from self._path((*place, "robots"), source.robots)

    def fault(self, place: Place, message: str, *, grave: bool = True) -> Fault:
        return Fault(line_of(self.file.lines, place), self.file.where(place), message, grave)

    def _path(self, place: Place, path: str, *, outside: bool = False) -> Iterator[Fault]:
        for message in check_path(self.file.folder, path, outside=outside):
            yield self.fault(place, message)

    def _names(self) -> Iterator[Fault]:
        """No two sources by one name or pattern."""
        taken: dict[str, str] = {}
        patterns: dict[str, str] = {}
        for index, source in enumerate(self.ledger.source):
            for key, name in [("id", source.id), *(("aliases", alias) for alias in source.aliases)]:
                if name in taken:
                    yield self.fault(
                        ("source", index, key),
                        f'"{name}" names source "{taken[name]}" too, so records could not be told '
                        "apart. Give one of them another id or alias.",
                    )
                taken.setdefault(name, source.id)
            for number, pattern in enumerate(source.paths):
                place: Place = ("source", index, "paths", number)
                yield from self._pattern(place, pattern)
                if pattern in patterns and patterns[pattern] != source.id:
                    yield self.fault(
                        place,
                        f'"{pattern}" is claimed by source "{patterns[pattern]}" too. A file has '
                        "one source: narrow one of the two patterns.",
                    )
                patterns.setdefault(pattern, source.id)

    def _left_open(self, place: Place, source: Source) -> Iterator[Fault]:
        """What a draft left for a person to fill in."""
        for key, what in (
            ("kind", "open, self-collected, commercial, user-input or synthetic"),
            ("origin", "domestic or overseas"),
            ("owner", "who stands behind it; two sites of one owner are one source"),
        ):
            if str(getattr(source, key)).startswith(TODO):
                yield self.fault((*place, key), f"{key} is still TODO. Say {what}.")

    def _pattern(self, place: Place, pattern: str) -> Iterator[Fault]:
        if ".." in pattern.replace("\\", "/").split("/") or "{" in pattern or " => " in pattern:
            yield self.fault(
                place,
                f'"{pattern}" is no pattern for a ledger: it goes up a folder, or holds braces. '
                "Write a glob for paths under the data, such as news/**.",
            )

    def _paper(self, place: Place, paper: Evidence, source: Source | None) -> Iterator[Fault]:
        if paper.key not in self.kinds:
            known = ", ".join(key.removeprefix("ledger.") for key in self.kinds)
            yield self.fault(
                (*place, "kind"),
                f'evidence "{paper.kind}" decides no clause. Kinds are: {known}.',
            )
        elif source is not None and paper.kind in _CORPUS_KINDS:
            yield self.fault(
                (*place, "kind"),
                f'"{paper.kind}" holds for the corpus, not for one source, so it would not be '
                "found. Move it to the [[evidence]] of the ledger.",
            )
        for key, message, grave in check_paper(self.file.folder, paper, self.today):
            yield self.fault((*place, key), f"{paper.kind}: {message}", grave=grave)

    def _licence(self, place: Place, source: Source) -> Iterator[Fault]:
        at = (*place, "licence")
        if source.licence is None:
            if source.kind == "open":
                yield self.fault(
                    at,
                    "open data without a licence: what is not licensed is reserved (5.1 c) 1). Add "
                    'licence = "...", or if there is none, do not use the source.',
                )
            return
        try:
            expression = Expression(source.licence)
        except ValueError as error:
            yield self.fault(
                at,
                f'"{source.licence}" is no SPDX expression ({error}). Write an id of '
                "https://spdx.org/licenses, joined by AND or OR, such as CC-BY-4.0 OR MIT; terms "
                "of their own are LicenseRef-NAME, with the text as evidence.",
            )
            return
        for name in expression.unknown:
            yield self.fault(
                at,
                f'licence "{name}" is not known, so nobody can tell what it allows. Correct the '
                f"id, or write LicenseRef-{name} and keep its text as evidence.",
            )
        if expression.unknown:
            return
        fitness = expression.fitness(self.ledger.purpose)
        grants = expression.grants
        if fitness == "no":
            why = "use" if grants.use == "no" else "commercial use"
            yield self.fault(
                at,
                f'"{source.licence}" does not allow {why}, and the purpose of this ledger is '
                f"{self.ledger.purpose}. Get a licence from the owner and name it, set the purpose "
                "right, or do not use the source.",
            )
        elif fitness == "review":
            what = [
                f"{field} {value}"
                for field, value in (
                    ("use", grants.use), ("derivatives", grants.derive),
                    ("commercial use", grants.commercial),
                )
                if value in ("no", "unknown")
            ]  # fmt: skip
            yield self.fault(
                at,
                f'"{source.licence}": {", ".join(what)}. A person must read whether it covers '
                "training, and keep the opinion with the licence.",
                grave=False,
            )
        own_text = any(name.startswith("LicenseRef-") for name in expression.ids)
        if own_text and source.kind == "open" and not _has(source, "license"):
            yield self.fault(at, f'"{source.licence}" is no standard text: keep it as evidence.')

    def _kind(self, place: Place, source: Source) -> Iterator[Fault]:
        """What the kind of source asks for."""
        for kind, clause, advice in _NEEDED[source.kind]:
            if kind == "synthetic" and source.generated:
                continue
            if not _has(source, kind):
                yield self.fault(
                    place,
                    f"a source of kind {source.kind} needs evidence "
                    f'"{kind}": {self.kinds[f"ledger.{kind}"].en} ({clause}). '
                    f"{advice[0].upper()}{advice[1:]}.",
                )
        if not _has(source, "assessment"):
            yield self.fault(
                place,
                "no record that the source was assessed before it was collected (5.1 a) 1). Name "
                'it as evidence "assessment", with its date as `issued`.',
            )
        if source.kind == "synthetic" and source.generated is None:
            yield self.fault(
                (*place, "generated"),
                "generated data without model, version and time (GB/T 45652 7.2 b). Add a table "
                "[source.generated].",
            )
        if source.kind != "synthetic" and source.generated is not None:
            yield self.fault(
                (*place, "generated"),
                f"the source is of kind {source.kind}, and yet a model generated it. Make it kind "
                "synthetic, or remove the table.",
            )
        for seed in source.generated.seeds if source.generated else ():
            if self.ledger.find(seed) is None:
                yield self.fault(
                    (*place, "generated", "seeds"),
                    f'seeds: no source "{seed}" in this ledger. Add it, or correct the id.',
                )
        for number, paper in enumerate(source.evidence):
            names = {party.casefold() for party in paper.parties}
            if paper.kind == "contract" and names and source.owner.casefold() not in names:
                yield self.fault(
                    (*place, "evidence", number, "parties"),
                    f'contract: the owner "{source.owner}" is not among its parties, so it gives '
                    "no right to this data. Correct owner or parties.",
                )

    def _collection(self, place: Place, source: Source) -> Iterator[Fault]:
        for key, span in (("collected", source.collected), ("generated", source.generated)):
            if span is not None and span.last < span.first:
                yield self.fault((*place, key, "last"), f"{key}: it ends before it begins.")
            if span is not None and span.last > self.today:
                yield self.fault((*place, key, "last"), f"{key}: {span.last} is in the future.")
        if source.kind != "self-collected":
            return
        if source.collected is None:
            yield self.fault(
                place, "no dates of collection (5.1 c) 2). Add [source.collected] with first, last."
            )
        if source.url and not source.robots and not _has(source, "robots"):
            yield self.fault(
                (*place, "url"),
                "collected from the web, but no robots.txt of that time is kept, so nobody can "
                "show that it was not refused (5.1 c) 2). Store it and name it as `robots`.",
            )
        if source.url and not _has(source, "refusals"):
            yield self.fault(
                (*place, "url"),
                "no list of those who refused collection; keep one, if only an empty one with its "
                'date, as evidence "refusals".',
                grave=False,
            )
        for number, paper in enumerate(source.evidence):
            first = source.collected.first if source.collected else None
            if paper.kind == "assessment" and paper.issued and first and paper.issued > first:
                yield self.fault(
                    (*place, "evidence", number, "issued"),
                    f"assessment: of {paper.issued}, after collection began on {first}; it must "
                    "come before (5.1 a) 1). Name the earlier record.",
                )

    def _delivery(self, place: Place, source: Source) -> Iterator[Fault]:
        if source.delivery == "whole" and source.population is not None:
            yield self.fault(
                (*place, "population"),
                "only a sample has a population, and the delivery is said to be whole. Set "
                'delivery = "sample", or remove it.',
            )
        if source.delivery == "sample" and source.population is None:
            yield self.fault(
                (*place, "delivery"),
                "a sample without the number of documents that it stands for: bounds will be those "
                "of an unlimited population. Add population.",
                grave=False,
            )

    def _personal_data(self, place: Place, source: Source) -> Iterator[Fault]:
        ordinary, sensitive = source.personal_data, source.sensitive_data
        if source.kind == "user-input" and ordinary is None:
            yield self.fault(
                place,
                "what users typed holds personal data; say on what basis it is processed (5.2 c). "
                'Add personal_data = { basis = "consent" }.',
            )
        if ordinary and ordinary.basis == "consent" and not _has(source, "consent"):
            yield self.fault(
                (*place, "personal_data"),
                'consent is claimed but not shown (5.2 c) 1). Name it as evidence "consent".',
            )
        if sensitive is None or sensitive.basis == "none-held":
            return
        at = (*place, "sensitive_data")
        if ordinary is not None and ordinary.basis == "none-held":
            yield self.fault(
                at, "no personal data is held, and yet sensitive data is. Correct one of the two."
            )
        if sensitive.basis == "consent":
            yield self.fault(
                at,
                "sensitive data needs separate consent (5.2 c) 2, PIPL art. 29); consent is not "
                'enough. Get it, and write basis = "separate-consent".',
            )
        if sensitive.basis == "separate-consent" and not _has(source, "separate_consent"):
            yield self.fault(at, 'separate consent is not shown: evidence "separate_consent".')
        if not _has(source, "impact_assessment"):
            yield self.fault(
                at,
                "sensitive data without an impact assessment (PIPL art. 55). Make it and name it "
                'as evidence "impact_assessment".',
            )


def _has(source: Source, kind: str) -> bool:
    return any(paper.kind in (kind, f"ledger.{kind}") for paper in source.evidence)
