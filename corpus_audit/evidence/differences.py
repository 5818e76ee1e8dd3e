"""What changed between two audits, source by source, and whether chance would explain it.

Two counts are compared by Fisher's exact test (two-sided): the chance of a difference at least as
unlikely if the documents of both audits had been dealt out at random. Many sources and risks are
compared at once, so the chances are also given after Holm's correction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from operator import eq
from typing import Any

from corpus_audit.errors import UsageError
from corpus_audit.policies import Policy
from corpus_audit.provenance.tallies import read_audit
from corpus_audit.sources import GROUPS
from corpus_audit.tally import SourceTally

METHOD = "Fisher's exact test, two-sided; Holm's correction"
ALL = "(all sources)"
ANY = "(any counted)"
LEVEL = 0.05


@dataclass(frozen=True)
class Change:
    """One risk, or all that count, in one source of two audits."""

    source: str
    risk: str
    before: int | None  # hit documents; None: the source is not there
    documents_before: int
    after: int | None
    documents_after: int
    chance: float | None = None  # None: nothing to compare
    corrected: float | None = None

    @property
    def share_before(self) -> float | None:
        return _share(self.before, self.documents_before)

    @property
    def share_after(self) -> float | None:
        return _share(self.after, self.documents_after)

    @property
    def significant(self) -> bool:
        return self.corrected is not None and self.corrected < LEVEL

    def to_json(self) -> dict[str, Any]:
        shares = {"share_before": self.share_before, "share_after": self.share_after}
        return asdict(self) | shares | {"significant": self.significant}


@dataclass(frozen=True)
class Differences:
    changes: tuple[Change, ...]  # per source all counted risks, then each risk
    notes: tuple[str, ...]  # why numbers may differ for another reason

    def to_json(self) -> dict[str, Any]:
        return {
            "method": METHOD,
            "level": LEVEL,
            "notes": list(self.notes),
            "changes": [change.to_json() for change in self.changes],
        }


def differences(before: str, after: str, policy: Policy | None = None) -> Differences:
    """Compare two finished audits under one policy; without one, that of the later audit."""
    first, second = (read_audit(url, None, needed={}) for url in (before, after))
    if first.manifest["key_id"] != second.manifest["key_id"]:
        raise UsageError(
            f"{before} and {after} were scanned with other keys, so the same source may have two "
            "names. Scan both with one --key-file."
        )
    chosen = policy or Policy.model_validate(second.manifest["policy"])
    old = {each.name: each.tally for each in first.sources}
    new = {each.name: each.tally for each in second.sources}
    old[ALL], new[ALL] = first.tally.total(), second.tally.total()
    found: list[Change] = []
    for name in sorted(old.keys() | new.keys(), key=lambda name: (name != ALL, name)):
        found += _of_source(name, old.get(name), new.get(name), chosen.ratio.counts)
    notes = [
        text
        for key, text in (
            ("risks", "Other risks were looked for: a change may come from the rules."),
            ("config", "Rules, detectors or options differ: a change may come from them."),
            ("sample", "One of the two is of another draw."),
        )
        if first.manifest.get(key) != second.manifest.get(key)
    ]
    return Differences(tuple(_corrected(found)), tuple(notes))


def _of_source(
    name: str, old: SourceTally | None, new: SourceTally | None, counts: Callable[[str], bool]
) -> list[Change]:
    risks = sorted({*(old.hits if old else ()), *(new.hits if new else ())})
    groups = [group for group in GROUPS if any(risk.startswith(f"{group}.") for risk in risks)]

    def change(risk: str, counted: Callable[[str], bool]) -> Change:
        hits = [each.hit_documents(counted) if each else None for each in (old, new)]
        documents = [each.documents if each else 0 for each in (old, new)]
        return Change(
            name, risk, hits[0], documents[0], hits[1], documents[1],
            _chance(hits[0], documents[0], hits[1], documents[1]),
        )  # fmt: skip

    found = [change(ANY, counts)]
    found += [change(group, partial(_within, group)) for group in groups]
    found += [change(risk, partial(eq, risk)) for risk in risks]
    return found


def _within(group: str, risk: str) -> bool:
    return risk.startswith(f"{group}.")


def _chance(
    before: int | None, documents_before: int, after: int | None, documents_after: int
) -> float | None:
    if before is None or after is None or not documents_before or not documents_after:
        return None
    if before == after == 0:
        return 1.0
    return fisher(before, documents_before, after, documents_after)


def fisher(hits: int, of: int, other_hits: int, other_of: int) -> float:
    """Fisher's exact test of two shares, two-sided by the chance of the outcomes."""
    from scipy.stats import fisher_exact

    table = [[hits, of - hits], [other_hits, other_of - other_hits]]
    return min(1.0, float(fisher_exact(table).pvalue))


def _corrected(changes: Sequence[Change]) -> list[Change]:
    """Holm (1979): the smallest chance times the number of tests, the next times one fewer, ..."""
    tested = sorted((c.chance, i) for i, c in enumerate(changes) if c.chance is not None)
    corrected: dict[int, float] = {}
    most = 0.0
    for rank, (chance, i) in enumerate(tested):
        most = max(most, min(1.0, chance * (len(tested) - rank)))
        corrected[i] = most
    return [Change(**{**asdict(c), "corrected": corrected.get(i)}) for i, c in enumerate(changes)]


def _share(hits: int | None, documents: int) -> float | None:
    return hits / documents if hits is not None and documents else None
