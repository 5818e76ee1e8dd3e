"""Provenance: licence statements on own cases, and the speed of its detectors on bulk text."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyarrow as pa

from benchmarks.corpus import best, load, report
from benchmarks.provenance.licences import measure
from corpus_audit.detectors.licences import LicenceDetector
from corpus_audit.detectors.origins import OriginDetector
from corpus_audit.text.batch import REQUIRED, Batch

FLOOR, LEAST = 60, 0.95  # MB/s of one core; precision and recall
_SITES = 1000
_BLOCKED = 1_000_000


def main(data: Path) -> None:
    for half in ("dev", "test"):
        precision, recall, cases = measure(half)
        verdict = "ok" if min(precision, recall) >= LEAST else "MISSED"
        print(
            f"licence statements, {half}: {cases} cases, precision {precision:.3f}, recall "
            f"{recall:.3f}   floor {LEAST}: {verdict}"
        )
    with tempfile.TemporaryDirectory() as scratch:
        _measure_speed(data, Path(scratch))


def _measure_speed(data: Path, scratch: Path) -> None:
    licences, origins = LicenceDetector({}), OriginDetector(_configuration(scratch))
    for language in ("zh", "en"):
        batch = _batch(data, language)
        batch.view("plain")  # all detectors share it: `python -m benchmarks fold` tells its cost
        size = batch.text.nbytes / 1e6
        alone = best(lambda batch=batch: licences.scan(batch))
        report(f"licences, {language}", size, alone)
        beside = best(lambda batch=batch: origins.scan(batch))
        report(f"origins, {language}: an address each, robots and block list", size, beside)
        report("  both", size, alone + beside, FLOOR)


def _batch(data: Path, language: str) -> Batch:
    """The bulk text with an address for each document, on a thousand sites."""
    text = load(data, language)["text"].cast(pa.large_string()).combine_chunks()
    rows = range(len(text))
    columns = {
        "doc": pa.array([str(row) for row in rows]),
        "source": pa.array(["bulk"] * len(text)),
        "path": pa.array(["bulk.jsonl"] * len(text)),
        "position": pa.array(rows, pa.int64()),
        "text": text,
    }
    urls = [f"https://site{row % _SITES}.example/{row % 7}/page-{row}.html" for row in rows]
    schema = REQUIRED.append(pa.field("url", pa.string()))
    arrays = [*columns.values(), pa.array(urls)]
    return Batch(pa.RecordBatch.from_arrays(arrays, schema=schema))


def _configuration(folder: Path) -> dict[str, object]:
    """A snapshot for each site, and a block list of a million sites."""
    robots = folder / "robots"
    robots.mkdir()
    rules = "".join(f"Disallow: /{n}/private\n" for n in range(20))
    for site in range(_SITES):
        text = f"User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /3/\n\nUser-agent: *\n{rules}"
        (robots / f"site{site}.example.txt").write_text(text)
    blocked = folder / "blocked.txt"
    blocked.write_text("".join(f"b{n}.blocked.example\n" for n in range(_BLOCKED)))
    files = {"robots": [str(robots)], "blocklist": [str(blocked)]}
    return files
