"""Precision, recall and F1 by kind, with 95 % Wilson bounds. The same code for every detector.

A prediction matches a labelled span when its kind is the span's own, or the pair (kind of the span,
kind predicted) is in the table of equivalents, and the overlap is at least half of the longer of
the two. One prediction of each kind may match one span; every other prediction is a false alarm,
on a near miss, on a placeholder or anywhere else. Precision belongs to the kind predicted, recall
to the kind of the span.

    python -m benchmarks.pii.score --half dev --detector package.module:predict
"""

from __future__ import annotations

import argparse
import importlib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from benchmarks.pii.generate import HALVES, Case, Span, generate
from benchmarks.pii.kinds import EQUIVALENT, KINDS

Predict = Callable[[list[str]], list[list[Span]]]
Z = 1.959964  # the two-sided 95 % point of the normal distribution


def wilson(hits: int, total: int) -> tuple[float, float]:
    """Score interval of Wilson (1927) for a share; (0, 1) when nothing was counted."""
    if not total:
        return 0.0, 1.0
    share, square = hits / total, Z * Z / total
    centre = (share + square / 2) / (1 + square)
    half = Z / (1 + square) * (share * (1 - share) / total + square / (4 * total)) ** 0.5
    return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(slots=True)
class Tally:
    """Counts of one kind."""

    spans: int = 0  # labelled
    found: int = 0  # of these
    predictions: int = 0
    right: int = 0  # of these

    @property
    def precision(self) -> float:
        return self.right / self.predictions if self.predictions else float("nan")

    @property
    def recall(self) -> float:
        return self.found / self.spans if self.spans else float("nan")

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def reaches(self, floor: float) -> bool:
        return self.precision >= floor and self.recall >= floor


@dataclass(slots=True)
class Report:
    tallies: dict[str, Tally] = field(default_factory=dict)
    false_alarms: Counter[tuple[str, str]] = field(default_factory=Counter)  # kind, on what
    misses: Counter[tuple[str, str]] = field(default_factory=Counter)  # kind, template

    def tally(self, kind: str) -> Tally:
        return self.tallies.setdefault(kind, Tally())

    def table(self, floors: Mapping[str, float] = MappingProxyType({})) -> str:
        """One line for each kind, then what the false alarms stand on. No text of the cases.
        `floors`: precision and recall that a kind must reach."""
        lines = [f"{'kind':28} {'spans':>6} {'found':>6} {'R':>6} {'95 %':>13} "
                 f"{'predicted':>9} {'P':>6} {'95 %':>13} {'F1':>6}"]  # fmt: skip
        for kind in sorted(self.tallies, key=lambda kind: (kind not in KINDS, kind)):
            tally = self.tallies[kind]
            recall = "{:.3f}-{:.3f}".format(*wilson(tally.found, tally.spans))
            precision = "{:.3f}-{:.3f}".format(*wilson(tally.right, tally.predictions))
            verdict = ""
            if kind in floors:
                verdict = (
                    f"  {floors[kind]:.2f} {'ok' if tally.reaches(floors[kind]) else 'MISSED'}"
                )
            lines.append(
                f"{kind:28} {tally.spans:6} {tally.found:6} {tally.recall:6.3f} {recall:>13} "
                f"{tally.predictions:9} {tally.precision:6.3f} {precision:>13} "
                f"{tally.f1:6.3f}{verdict}"
            )
        lines += ["", "false alarms, by what they stand on:"]
        lines += [
            f"{number:6}  {kind} on {place}"
            for (kind, place), number in self.false_alarms.most_common()
        ]
        return "\n".join(lines)


def overlaps_half(a: Span, b: Span) -> bool:
    """Whether the common part is at least half of the longer span."""
    common = min(a[1], b[1]) - max(a[0], b[0])
    return common > 0 and 2 * common >= max(a[1] - a[0], b[1] - b[0])


def _place(span: Span, case: Case) -> str:
    for group, spans in (
        ("label", case.spans), ("near miss", case.near_misses), ("placeholder", case.placeholders)
    ):  # fmt: skip
        for start, end, name in spans:
            if span[0] < end and start < span[1]:
                return f"{group} {name}"
    return "plain text"


def score(
    cases: Sequence[Case],
    predict: Predict,
    *,
    equivalent: Collection[tuple[str, str]] = EQUIVALENT,
    kinds: Collection[str] | None = None,
) -> Report:
    """Score `predict` on `cases`. `kinds`: predictions of other kinds are not looked at, for sets
    that label only some; by default every prediction counts."""
    report = Report()
    predictions = predict([case.text for case in cases])
    for case, found in zip(cases, predictions, strict=True):
        kept = [span for span in found if kinds is None or span[2] in kinds]
        taken: set[tuple[int, str]] = set()  # number of the span, kind predicted
        hit: set[int] = set()
        for prediction in sorted(kept):
            tally = report.tally(prediction[2])
            tally.predictions += 1
            for number, span in enumerate(case.spans):
                same = prediction[2] == span[2] or (span[2], prediction[2]) in equivalent
                if same and (number, prediction[2]) not in taken and overlaps_half(
                    prediction, span
                ):  # fmt: skip
                    taken.add((number, prediction[2]))
                    hit.add(number)
                    tally.right += 1
                    break
            else:
                report.false_alarms[prediction[2], _place(prediction, case)] += 1
        for number, span in enumerate(case.spans):
            tally = report.tally(span[2])
            tally.spans += 1
            if number in hit:
                tally.found += 1
            else:
                report.misses[span[2], case.template] += 1
    return report


def load(path: str) -> Predict:
    """The callable that `package.module:name` names."""
    module, _, name = path.partition(":")
    predict: Predict = getattr(importlib.import_module(module), name)
    return predict


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pii.score", description=__doc__)
    parser.add_argument("--half", choices=HALVES, required=True)
    parser.add_argument("-n", type=int, default=3000, help="number of cases")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--detector", required=True, help="package.module:predict")
    parser.add_argument("--misses", action="store_true", help="missed values by template (dev)")
    arguments = parser.parse_args()
    cases = generate(arguments.half, arguments.n, arguments.seed)
    report = score(cases, load(arguments.detector))
    print(report.table({name: kind.floor for name, kind in KINDS.items()}))
    if arguments.misses and arguments.half == "dev":  # ids of test templates tell too much
        print("\nmissed, by template:")
        for (kind, template), number in report.misses.most_common():
            print(f"{number:6}  {kind} in {template}")


if __name__ == "__main__":
    main()
