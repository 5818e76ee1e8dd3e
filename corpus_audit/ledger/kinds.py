"""What each kind of source asks of its entry in the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from corpus_audit.ledger.faults import Fault
from corpus_audit.ledger.lines import Place, line_of
from corpus_audit.ledger.model import Source
from corpus_audit.ledger.reading import LedgerFile
from corpus_audit.rules.clauses import Words
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


class KindChecks:
    """Faults of one source at a time."""

    def __init__(self, file: LedgerFile, today: date) -> None:
        self.file, self.ledger, self.today = file, file.ledger, today
        self.kinds: dict[str, Words] = {
            key: each.what for key, each in load_evidence().items() if each.by == "manifest"
        }

    def fault(self, place: Place, message: str, *, grave: bool = True) -> Fault:
        return Fault(line_of(self.file.lines, place), self.file.where(place), message, grave)

    def kind(self, place: Place, source: Source) -> Iterator[Fault]:
        """What the kind of source asks for."""
        for kind, clause, advice in _NEEDED[source.kind]:
            if kind == "synthetic" and source.generated:
                continue
            if not has_paper(source, kind):
                yield self.fault(
                    place,
                    f"a source of kind {source.kind} needs evidence "
                    f'"{kind}": {self.kinds[f"ledger.{kind}"].en} ({clause}). '
                    f"{advice[0].upper()}{advice[1:]}.",
                )
        if not has_paper(source, "assessment"):
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

    def collection(self, place: Place, source: Source) -> Iterator[Fault]:
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
        if source.url and not source.robots and not has_paper(source, "robots"):
            yield self.fault(
                (*place, "url"),
                "collected from the web, but no robots.txt of that time is kept, so nobody can "
                "show that it was not refused (5.1 c) 2). Store it and name it as `robots`.",
            )
        if source.url and not has_paper(source, "refusals"):
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

    def delivery(self, place: Place, source: Source) -> Iterator[Fault]:
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

    def personal_data(self, place: Place, source: Source) -> Iterator[Fault]:
        ordinary, sensitive = source.personal_data, source.sensitive_data
        if source.kind == "user-input" and ordinary is None:
            yield self.fault(
                place,
                "what users typed holds personal data; say on what basis it is processed (5.2 c). "
                'Add personal_data = { basis = "consent" }.',
            )
        if ordinary and ordinary.basis == "consent" and not has_paper(source, "consent"):
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
        if sensitive.basis == "separate-consent" and not has_paper(source, "separate_consent"):
            yield self.fault(at, 'separate consent is not shown: evidence "separate_consent".')
        if not has_paper(source, "impact_assessment"):
            yield self.fault(
                at,
                "sensitive data without an impact assessment (PIPL art. 55). Make it and name it "
                'as evidence "impact_assessment".',
            )


def has_paper(source: Source, kind: str) -> bool:
    """Does a source name a paper of this kind?"""
    return any(paper.kind in (kind, f"ledger.{kind}") for paper in source.evidence)
