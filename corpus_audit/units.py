"""Scan one unit: where readers, detectors and tallies meet. Every engine calls `scan_unit`."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa

from corpus_audit.audit.store import AuditStore
from corpus_audit.config import ScanConfig, digest_of
from corpus_audit.excerpts import finding_columns
from corpus_audit.intake import intake, sums_by
from corpus_audit.judge import Hits, judge
from corpus_audit.observe import Observed, observe
from corpus_audit.personal import digest_columns, tally_personal
from corpus_audit.pii.masking import mask_label, mask_labels
from corpus_audit.plan import Unit, real_path
from corpus_audit.readers.sources import name_source, relative_path
from corpus_audit.suppressions import suppressed
from corpus_audit.tally import UNATTRIBUTED, SourceTally, Tally, add_counts
from corpus_audit.text.batch import Batch
from corpus_audit.types import Detector, Loss, Skipped, risk_of
from corpus_audit.writer import UnitWriter


@dataclass(frozen=True, slots=True)
class UnitResult:
    """What a unit came to, without its documents. Its file marks the unit as finished."""

    key: str
    config: str  # digest of the configuration
    parts: list[dict[str, Any]]
    tally: Tally

    @property
    def name(self) -> str:
        return f"units/{self.key}.json"

    def to_bytes(self) -> bytes:
        stored = {"key": self.key, "config": self.config, "parts": self.parts}
        return orjson.dumps(stored | {"tally": self.tally.to_json()})

    @classmethod
    def from_bytes(cls, data: bytes) -> UnitResult:
        stored = orjson.loads(data)
        return cls(**(stored | {"tally": Tally.from_json(stored["tally"])}))


def unit_key(unit: Unit, config: ScanConfig, config_digest: str) -> str:
    """The name of a unit's result: another file, stretch, rule or option gives another key."""
    patterns = config.read.source_patterns
    parts = [
        [
            real_path(part.file), relative_path(part.file), name_source(part.file, patterns),
            part.file.size, part.file.stamp, part.reader, part.start, part.end,
        ]
        for part in unit.parts
    ]  # fmt: skip
    return digest_of([config_digest, parts])


def scan_unit(
    unit: Unit,
    config: ScanConfig,
    detectors: Sequence[Detector],
    store: AuditStore,
    progress: Callable[[int], None] = lambda nbytes: None,
) -> UnitResult:
    """Scan a unit into its own files and return its tally. `progress` gets bytes of text."""
    config_digest = config.digest(detectors)
    key = unit_key(unit, config, config_digest)
    tally = Tally()
    with UnitWriter(store, key, detectors) as writer:
        for item in intake(unit, config, tally):
            if isinstance(item, Batch):
                _scan_batch(item, config, detectors, tally, writer)
                tally.check_sources(config.max_sources)
                progress(item.text.nbytes)
            elif isinstance(item, Skipped):
                _count_skipped(item, config, tally, writer)
            else:
                tally.losses.append(loss_record(item, config))
    parts = [_part_record(part, config) for part in unit.parts]
    result = UnitResult(key, config_digest, parts, tally)
    store.write(result.name, result.to_bytes())  # last: its presence says that the rest is there
    return result


def _scan_batch(
    batch: Batch,
    config: ScanConfig,
    detectors: Sequence[Detector],
    tally: Tally,
    writer: UnitWriter,
) -> None:
    labels = {
        name: mask_labels(batch.records.column(name), config.key)
        for name in ("doc", "source", "path")
    }
    muted = partial(suppressed, config.suppressions, batch=batch, labels=labels)
    seen = observe(batch, detectors, config.max_findings, muted if config.suppressions else None)
    hits = judge(seen.every, seen.rules, config.policy.judge)
    risks = _risks_per_document(hits, len(batch))
    _tally_batch(batch, labels["source"], seen, hits, risks, detectors, tally)
    tally_personal(seen, labels["source"], tally)
    columns = {**_document_columns(batch, labels, risks, config.key), **seen.columns}
    for table in ("documents", "signatures"):
        writer.write(table, columns)
    if seen.values is not None:
        writer.write("digests", digest_columns(seen, labels["source"], config.key))
    none = np.zeros(len(seen.suppressed), np.int64)
    for findings, matches in ((seen.findings, seen.matches), (seen.suppressed, none)):
        if len(findings):
            columns = finding_columns(batch, labels, seen.rules, findings, matches, config.context)
            writer.write("findings", columns)


def _risks_per_document(hits: Hits, documents: int) -> list[str]:
    """The hit risks of each document, joined by spaces."""
    risks = [""] * documents
    for row, risk in zip(hits.row.tolist(), hits.risk.tolist(), strict=True):
        name = hits.risks[risk]
        risks[row] = f"{risks[row]} {name}" if risks[row] else name
    return risks


def _tally_batch(
    batch: Batch,
    source_names: pa.Array,
    seen: Observed,
    hits: Hits,
    risks: list[str],
    detectors: Sequence[Detector],
    tally: Tally,
) -> None:
    encoded = source_names.dictionary_encode()
    code = encoded.indices.to_numpy(zero_copy_only=False)
    names = encoded.dictionary.to_pylist()
    sources = [tally.source(name) for name in names]
    documents = np.bincount(code, minlength=len(names))
    chars, nbytes = (sums_by(code, values, len(names)) for values in (batch.chars, batch.nbytes))
    for i, source in enumerate(sources):
        source.documents += int(documents[i])
        source.chars += int(chars[i])
        source.bytes += int(nbytes[i])

    source = code[hits.row]
    _add(sources, "hits", source, hits.risk, hits.risks)
    _add(sources, "hit_chars", source, hits.risk, hits.risks, batch.chars[hits.row])
    # Rules without a risk (statements of licences) are no weak sign of one; what has clauses of its
    # own is counted by itself.
    speaks = np.array([rule.hits == rule.risk != "" for rule in seen.rules] or [False])
    found = np.unique(seen.pair_row[speaks[seen.pair_rule]])
    apart = np.array([name == risk_of(name) for name in hits.risks] or [False])
    weak = found[~np.isin(found, hits.row[apart[hits.risk]])]
    for i, count in enumerate(np.bincount(code[weak], minlength=len(names)).tolist()):
        sources[i].matched_only += count
    row = np.unique(hits.row)
    joined = pa.array([risks[i] for i in row.tolist()], pa.string()).dictionary_encode()
    index, values = joined.indices.to_numpy(), joined.dictionary.to_pylist()
    _add(sources, "any_hit", code[row], index, values)
    _add(sources, "any_hit_chars", code[row], index, values, batch.chars[row])
    ids = [rule.id for rule in seen.rules]
    source = code[seen.pair_row]
    _add(sources, "rules", source, seen.pair_rule, ids)
    _add(sources, "matches", source, seen.pair_rule, ids, seen.pair_matches)
    _add(sources, "suppressed", code[seen.suppressed.row], seen.suppressed.rule, ids)

    for spec in (spec for detector in detectors for spec in detector.columns):
        column = seen.columns[spec.name]
        if spec.tally == "category":
            _tally_category(column, code, sources, spec.name)
        elif spec.tally == "sum":
            values = column.fill_null(0).to_numpy(zero_copy_only=False)
            for i, total in enumerate(sums_by(code, values, len(names)).tolist()):
                add_counts(sources[i].sums, {spec.name: int(total)})


def _add(
    sources: Sequence[SourceTally],
    field: str,
    source: npt.NDArray[np.integer[Any]],
    index: npt.NDArray[np.integer[Any]],
    names: Sequence[str],
    counts: npt.NDArray[np.int64] | int = 1,
) -> None:
    """Add counts under `names[index]` to a field of `sources[source]`, for aligned arrays."""
    keys, inverse = np.unique(source.astype(np.int64) * len(names) + index, return_inverse=True)
    total = np.zeros(len(keys), np.int64)
    np.add.at(total, inverse, counts)
    for key, count in zip(keys.tolist(), total.tolist(), strict=True):
        number, name = divmod(key, len(names))
        add_counts(getattr(sources[number], field), {names[name]: count})


def _tally_category(column: pa.Array, code: Any, sources: list[Any], name: str) -> None:
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    values = [str(value) for value in column.dictionary.to_pylist()]
    index = column.indices.fill_null(len(values)).to_numpy(zero_copy_only=False)
    counts = np.zeros((len(sources), len(values) + 1), np.int64)
    np.add.at(counts, (code, index), 1)
    for source, row in zip(sources, counts[:, :-1].tolist(), strict=True):
        found = {value: n for value, n in zip(values, row, strict=True) if n}
        add_counts(source.categories.setdefault(name, {}), found)


def _document_columns(
    batch: Batch, labels: dict[str, pa.Array], risks: list[str], key: bytes
) -> dict[str, pa.Array]:
    return {
        "doc": labels["doc"],
        "source": labels["source"].dictionary_encode(),
        "path": labels["path"].dictionary_encode(),
        "position": batch.records.column("position"),
        "digest": pa.array(text_digests(batch, key), pa.binary(16)),
        "chars": pa.array(batch.chars),
        "bytes": pa.array(batch.nbytes),
        "risks": pa.array(risks, pa.string()),
    }


def text_digests(batch: Batch, key: bytes) -> list[bytes]:
    """Keyed BLAKE2b-128 of the raw text of each document."""
    data, ends = memoryview(batch.text.data.data), batch.text.offsets.tolist()
    blake2b = hashlib.blake2b
    return [
        blake2b(data[start:end], key=key, digest_size=16).digest()
        for start, end in itertools.pairwise(ends)
    ]


def _count_skipped(item: Skipped, config: ScanConfig, tally: Tally, writer: UnitWriter) -> None:
    source = UNATTRIBUTED if item.source is None else mask_label(item.source, config.key)
    add_counts(tally.source(source).skipped, {item.reason: 1})
    writer.write_skipped(
        {
            "path": mask_label(item.path, config.key),
            "position": item.position,
            "source": source,
            "reason": item.reason,
            "detail": item.detail,
            "bytes": item.nbytes,
        }
    )


def loss_record(item: Loss, config: ScanConfig) -> dict[str, Any]:
    """A loss as tallies and manifests keep it."""
    path = mask_label(item.path, config.key)
    sources = [] if item.source is None else [mask_label(item.source, config.key)]
    return {"path": path, "position": item.position, "detail": item.detail, "sources": sources}


def _part_record(part: Any, config: ScanConfig) -> dict[str, Any]:
    """What the audit keeps of a part: enough to read it again."""
    record = asdict(part)
    record["file"]["path"] = mask_label(part.file.path, config.key)
    record["file"]["root"] = mask_label(part.file.root, config.key)
    record["real"] = mask_label(real_path(part.file), config.key)
    return record
