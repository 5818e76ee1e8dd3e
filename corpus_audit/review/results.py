"""What reviewed samples show: pass rates, true prevalence, detector and reviewer quality."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from corpus_audit.assess.bounds import CONFIDENCE, Sides
from corpus_audit.assess.model import Bounds
from corpus_audit.audit.store import AuditStore
from corpus_audit.review.agreement import cohen_kappa, krippendorff_alpha
from corpus_audit.review.reviewers import Readings, corrected
from corpus_audit.review.samples import FOLDER as SAMPLES
from corpus_audit.review.samples import Sample, read_drawn, read_sample, read_samples
from corpus_audit.review.strata import Cell, estimate, stratified
from corpus_audit.review.verdicts import FOLDER as REVIEWS
from corpus_audit.review.verdicts import Judged, Reviews, judged, read_reviews

Counts = Callable[[str], bool]  # does a risk count?


@dataclass(frozen=True, slots=True)
class Estimate:
    """The true share of harmful documents in some part of the corpus."""

    population: int
    judged: int
    hits: int
    open: int  # judged, without a final word: no hits at the lower end, hits at the upper
    value: float | None  # each hit weighted by its inverse inclusion probability
    bounds: Bounds  # an end is corrected where errors that move it were seen
    as_judged: Bounds  # verdicts taken for the truth
    corrected: Bounds | None  # for all errors that double reading cannot exclude; None: none done


@dataclass(frozen=True)
class Review:
    """A sample with its verdicts, under one set of risks that count."""

    sample: Sample
    reviews: Reviews
    documents: list[Judged]
    files: tuple[str, ...] = field(default=())

    @cached_property
    def readings(self) -> Readings:
        """Documents that two people judged, as far as they are settled."""
        counts = {(True, True): 0, (True, False): 0, (False, False): 0, (False, True): 0}
        for each in self.documents:
            if each.twice and each.settled is not None and None not in (each.first, each.second):
                counts[each.settled, each.first == each.second == each.settled] += 1
        return Readings(
            both_harmful=counts[True, True],
            settled_harmful=counts[True, False],
            both_harmless=counts[False, True],
            settled_harmless=counts[False, False],
        )

    def estimate(
        self,
        source: str | None = None,
        flagged: bool | None = None,
        *,
        confidence: float = CONFIDENCE,
        sides: Sides = 2,
    ) -> Estimate | None:
        """The share in a source, or among documents with or without a hit; None: no such document.

        Within a stratum the judged documents of such a part are a simple random sample of it.
        """
        parts = list(self._parts(source, flagged))
        if not parts:
            return None
        seen = [[each for each in found if each.seen] for _, found in parts]

        def cells(counted: Callable[[Judged], bool], of: list[list[Judged]]) -> list[Cell]:
            return [
                Cell(population, len(found), sum(map(counted, found)))
                for (population, _), found in zip(parts, of, strict=True)
            ]

        sure = cells(lambda each: each.settled is True, seen)
        at_most = cells(lambda each: each.settled is not False, seen)
        low = stratified(sure, confidence=confidence, sides=sides)
        high = stratified(at_most, confidence=confidence, sides=sides)
        as_judged = low.model_copy(update={"high": high.high})
        found = None
        if self.readings.documents:
            first = [[each for each in group if each.first is not None] for group in seen]
            twice = [[each for each in group if each.twice] for group in seen]
            found = corrected(
                cells(lambda each: each.first is True, first),
                cells(lambda each: each.settled is not False, twice),
                self.readings,
                confidence=confidence,
                sides=sides,
            )
        open_ = sum(each.open for group in seen for each in group)
        return Estimate(
            population=sum(population for population, _ in parts),
            judged=sum(map(len, seen)),
            hits=sum(cell.hits for cell in sure),
            open=open_,
            value=None if open_ else estimate(sure),
            bounds=self._calibrated(as_judged, found),
            as_judged=as_judged,
            corrected=found,
        )

    def _calibrated(self, as_judged: Bounds, found: Bounds | None) -> Bounds:
        """Misses that were seen move the upper end up, false alarms the lower end down."""
        moved: dict[str, object] = {}
        if found and self.readings.settled_harmful:
            moved["high"] = max(found.high, as_judged.high)
        if found and self.readings.settled_harmless:
            moved["low"] = min(found.low, as_judged.low)
        if found and moved:
            moved["method"] = f"{as_judged.method}; {found.method}"
        return as_judged.model_copy(update=moved)

    def _parts(
        self, source: str | None, flagged: bool | None
    ) -> Iterator[tuple[int, list[Judged]]]:
        """(documents of the corpus, drawn documents) of each stratum's share in a part."""
        documents = self.documents if source is None else self._by_source.get(source, [])
        inside: dict[int, list[Judged]] = {}
        for each in documents:
            if flagged in (None, each.flagged):
                inside.setdefault(each.stratum, []).append(each)
        for number, stratum in enumerate(self.sample.strata):
            if source is None or stratum.source in (None, source):
                name = source or stratum.source
                names = self.sample.frame if name is None else [name]
                population = sum(
                    self.sample.stands_for(name, flag)
                    for name in names
                    for flag in (False, True)
                    if flagged in (None, flag) and stratum.flagged in (None, flag)
                )
                if population:
                    yield round(population), inside.get(number, [])

    @cached_property
    def _by_source(self) -> dict[str, list[Judged]]:
        found: dict[str, list[Judged]] = {}
        for each in self.documents:
            found.setdefault(each.source, []).append(each)
        return found

    @property
    def judged(self) -> int:
        return sum(each.seen for each in self.documents)

    def agreement(self) -> tuple[float | None, float | None, int]:
        """(Cohen's kappa, Krippendorff's alpha, documents that two people judged)."""
        twice = [
            tuple(verdict.harmful for verdict in each.verdicts)
            for each in self.documents
            if each.twice
        ]
        pairs = [(answers[0], answers[1]) for answers in twice]
        return cohen_kappa(pairs), krippendorff_alpha(twice), len(twice)


def load_review(store: AuditStore, id: str, counts: Counts) -> Review:
    """A sample of the audit with the verdicts there are."""
    sample = read_sample(store, id)
    reviews = read_reviews(store, id)
    flags = frozenset(sample.ask.counted).__contains__
    documents = judged(read_drawn(store, id), reviews, counts, flags)
    files = [f"{SAMPLES}/{id}.json", f"{SAMPLES}/{id}.parquet"]
    if reviews.sheets:
        files.append(f"{REVIEWS}/{id}.json")
    return Review(sample, reviews, documents, tuple(files))


def load_reviews(store: AuditStore, counts: Counts) -> list[Review]:
    """All samples of the audit with their verdicts."""
    return [load_review(store, sample.id, counts) for sample in read_samples(store)]


def reviewed_bounds(
    store: AuditStore, counts: Counts, *, sides: Sides = 1, confidence: float = CONFIDENCE
) -> dict[str, tuple[Bounds, tuple[str, ...]]]:
    """Source -> (bounds of its true prevalence, the files that show it), where anyone looked.

    Of several samples the one with most judged documents of the source speaks.
    """
    best: dict[str, tuple[int, Bounds, tuple[str, ...]]] = {}
    for review in load_reviews(store, counts):
        looked: dict[str, int] = {}
        for each in review.documents:
            looked[each.source] = looked.get(each.source, 0) + each.seen
        for source, count in looked.items():
            if count and count > best.get(source, (0,))[0]:
                found = review.estimate(source, sides=sides, confidence=confidence)
                if found:
                    best[source] = (count, found.bounds, review.files)
    return {source: (bounds, files) for source, (_, bounds, files) in sorted(best.items())}
