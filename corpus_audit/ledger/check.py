"""Is the ledger right, and are its papers there? All faults at once, each with what to do.

A fault is a must that is not met or a contradiction; a warning is what a person has to look at.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from corpus_audit.ledger.faults import Fault
from corpus_audit.ledger.kinds import KindChecks, has_paper
from corpus_audit.ledger.lines import Place
from corpus_audit.ledger.model import TODO, Evidence, Source
from corpus_audit.ledger.papers import check_paper, check_path
from corpus_audit.ledger.reading import LedgerFile
from corpus_audit.rules.licences import Expression

_CORPUS_KINDS = frozenset({
    "blocklist", "filter_log", "manual_check_log", "ip_strategy", "ip_owner", "ip_record",
    "complaint_channel", "user_agreement", "ip_summary", "security_policy", "security_log",
})  # fmt: skip


def check_ledger(file: LedgerFile, today: date) -> list[Fault]:
    """Everything that the ledger and its papers show by themselves, in order of lines."""
    return sorted(_Checker(file, today).run())


class _Checker(KindChecks):
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
            yield from self.kind(place, source)
            yield from self.collection(place, source)
            yield from self.delivery(place, source)
            yield from self.personal_data(place, source)
            if source.robots:
                yield from self._path((*place, "robots"), source.robots)

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
        if own_text and source.kind == "open" and not has_paper(source, "license"):
            yield self.fault(at, f'"{source.licence}" is no standard text: keep it as evidence.')
