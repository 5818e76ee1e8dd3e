"""Everything that is measured of personal data, one table after the other.

python -m benchmarks --data DIR pii
"""

from __future__ import annotations

import random
import resource
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from benchmarks.corpus import best, texts
from benchmarks.pii import any_rule, presidio_synth
from benchmarks.pii.detector import predict, with_placeholders
from benchmarks.pii.generate import generate
from benchmarks.pii.kinds import KINDS
from benchmarks.pii.score import score
from corpus_audit.detectors.pii import values_of
from corpus_audit.pii.candidates import LOW
from corpus_audit.pii.finder import Finder
from corpus_audit.text.buffers import Utf8
from corpus_audit.text.fold import fold

CASES = 6000
FLOOR, GOAL, LIST_FLOOR = 25.0, 40.0, 3.0  # MB/s
_SLICE = 150  # documents that stock presidio reads: it needs minutes for a megabyte


def main(data: Path) -> None:
    for half in ("dev", "test"):
        print(f"\n-- {CASES:,} generated cases, {half} half")
        report = score(generate(half, CASES, 1), predict)
        print(report.table({name: kind.floor for name, kind in KINDS.items()}))
    for verdict in ("count", "refuse", "harmless"):
        print(f"\n-- any-rule: {verdict}")
        print(score(any_rule.cases(data, verdict), predict).table())
    equivalent = {("phone", "cn_mobile"), ("phone", "cn_landline")}
    kinds = {*presidio_synth.ENTITIES.values(), *(name for _, name in equivalent)}
    for name, detector in (
        ("stock presidio", presidio_synth.stock),
        ("corpus-audit", with_placeholders),
    ):
        print(f"\n-- presidio-synth: {name}")
        print(
            score(presidio_synth.cases(data), detector, equivalent=equivalent, kinds=kinds).table()
        )
    _false_alarms(data)
    _speed(data)
    _hostile()


def _false_alarms(data: Path) -> None:
    finder = Finder()
    for language in ("zh", "en"):
        column = Utf8.of(texts(data, language))
        view = fold(column)
        found, _ = finder.find(column, view)
        documents = defaultdict(set)
        sure = (found.level != LOW) & ~found.placeholder
        for kind, row in zip(found.kind[sure].tolist(), found.row[sure].tolist(), strict=True):
            documents[finder.kinds[kind]].add(row)
        print(f"\n-- bulk/{language}, presumed harmless: documents with a finding per 1,000")
        for kind in sorted(documents, key=lambda kind: -len(documents[kind])):
            print(f"  {kind:28} {1000 * len(documents[kind]) / len(column):7.2f}")


def _speed(data: Path) -> None:
    finder = Finder()
    print("\n-- speed, one core, fold included")
    for language in ("zh", "en"):
        column = Utf8.of(texts(data, language))
        seconds = best(lambda column=column: finder.find(column, fold(column)), 3)
        ours = column.nbytes / 1e6 / seconds
        verdict = "ok" if ours >= GOAL else "floor only" if ours >= FLOOR else "MISSED"
        print(f"  bulk/{language:22} {ours:8.1f} MB/s   goal {GOAL:g}, floor {FLOOR:g}: {verdict}")
        documents = random.Random(1).sample(texts(data, language).to_pylist(), _SLICE)
        size = sum(len(text.encode()) for text in documents) / 1e6
        begin = time.process_time()
        presidio_synth.stock(documents)
        stock = size / (time.process_time() - begin)
        print(f"  stock presidio, {_SLICE} documents {stock:8.3f} MB/s   {ours / stock:,.0f} times")
    column = Utf8.of(pa.array([*_phone_lists()], pa.large_string()))
    seconds = best(lambda: values_of(fold(column), finder.find(column, fold(column))[0]), 2)
    speed = column.nbytes / 1e6 / seconds
    print(f"  a list of telephones      {speed:8.1f} MB/s   floor {LIST_FLOOR:g}: "
          f"{'ok' if speed >= LIST_FLOOR else 'MISSED'}")  # fmt: skip


def _phone_lists() -> Iterator[str]:
    made = random.Random(2)
    for _ in range(150):
        yield "\n".join(
            f"1{made.choice('358')}{made.randrange(10)}{made.randrange(10**8):08}"
            for _ in range(2000)
        )


def _hostile() -> None:
    finder = Finder()
    print("\n-- hostile documents, one each")
    for name, piece in {
        "digits": "1", "@": "@", "dots": ".", "one URL": "http://a.b/" + "a" * 49_000_000,
        "telephones": "13812345678 ", "姓名": "姓名", "1.1.1.": "1.", "table": "姓名,",
    }.items():  # fmt: skip
        rates = []
        for size in (10_000_000, 50_000_000):
            text = piece[:size] if len(piece) > 1000 else piece * (size // len(piece.encode()))
            column = Utf8.of(pa.array([text], pa.large_string()))
            begin = time.process_time()
            found, capped = finder.find(column, fold(column))
            rates.append(column.nbytes / 1e6 / (time.process_time() - begin))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        print(
            f"  {name:12} 10 MB {rates[0]:7.1f} MB/s, 50 MB {rates[1]:7.1f} MB/s; "
            f"{len(found):,} found, {int(capped[0]):,} not looked at; peak so far {peak:,.0f} MB"
        )
