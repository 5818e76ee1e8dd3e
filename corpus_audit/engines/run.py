"""A whole scan: plan, skip what is finished, run the rest, merge, write the answer."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow.csv
import pyarrow.parquet as pq

from corpus_audit import __version__
from corpus_audit.audit.keys import key_id
from corpus_audit.audit.schema import SCHEMA_VERSION
from corpus_audit.audit.schema import TABLES as AUDIT_TABLES
from corpus_audit.audit.store import MANIFEST, AuditStore
from corpus_audit.config import ScanConfig, digest_of
from corpus_audit.detectors.registry import load_detectors
from corpus_audit.engines.local import run_units
from corpus_audit.errors import AuditError, CorpusAuditError
from corpus_audit.plan import Plan
from corpus_audit.policies import Policy
from corpus_audit.sources import Coverage, coverage_of, source_rows, source_table
from corpus_audit.tally import Tally, merge
from corpus_audit.text.masking import mask_label
from corpus_audit.units import UnitResult, unit_key

#: Below this a second process costs more to start than it saves.
_SMALL = 16 << 20  # stored bytes


@dataclass(frozen=True, slots=True)
class Summary:
    """What a finished audit says, in the form that is printed."""

    rows: list[dict[str, Any]]
    coverage: Coverage
    losses: list[dict[str, Any]]
    counted: tuple[str, ...]
    limit: float
    units: int
    resumed: int  # units that an earlier run had finished


def summarize(tally: Tally, policy: Policy, units: int, resumed: int = 0) -> Summary:
    """The answer of merged tallies under a policy."""
    return Summary(
        rows=source_rows(tally, policy),
        coverage=coverage_of(tally, policy),
        losses=tally.to_json()["losses"],
        counted=policy.ratio.counted,
        limit=policy.ratio.limit,
        units=units,
        resumed=resumed,
    )


def run_scan(
    plan: Plan,
    config: ScanConfig,
    url: str,
    *,
    workers: int | None = None,
    progress: Callable[[int], None] = lambda nbytes: None,
    finished: Callable[[int], None] = lambda nbytes: None,
) -> Summary:
    """Scan what is planned into the audit at `url`, going on where an earlier run stopped.

    `progress` gets bytes of text as they are scanned, `finished` stored bytes as units end.
    """
    checked = {name: {**options, "check": True} for name, options in config.detectors.items()}
    detectors = load_detectors(checked)
    config_digest = config.digest(detectors)
    store = AuditStore(url)
    weight = {unit_key(unit, config_digest): unit for unit in plan.units}
    with store.lock():
        _check_same_corpus(store, plan)
        _begin(store, plan, config, config_digest)
        results = _finished_results(store, weight)
        for key in results:
            finished(weight[key].nbytes)
        left = [unit for key, unit in weight.items() if key not in results]
        resumed = len(results)
        if sum(unit.nbytes for unit in left) < _SMALL:
            workers = 1
        tally = merge(result.tally for result in results.values())
        tally.check_sources(config.max_sources)
        try:
            for result in run_units(
                left,
                config,
                detectors,
                url,
                workers=workers or os.cpu_count() or 1,
                progress=progress,
            ):
                tally.add(result.tally)
                tally.check_sources(config.max_sources)
                finished(weight[result.key].nbytes)
            return _finish(store, tally, config.policy, list(weight), resumed)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            raise CorpusAuditError(
                f"{url}: no space left on the disk. Finished units are kept: free some space and "
                "run the same command again to go on."
            ) from None


def merge_audits(urls: Sequence[str], url: str) -> Summary:
    """Join audits of parts of a corpus that were made under one configuration."""
    stores = [AuditStore(each) for each in urls]
    manifests = [store.read_manifest() for store in stores]
    for each, manifest in zip(urls, manifests, strict=True):
        if not manifest["complete"]:
            raise AuditError(f"{each}: its scan is not finished. Run that scan again, then merge.")
        for name in ("config", "key_id"):
            if manifest[name] != manifests[0][name]:
                what = "key" if name == "key_id" else "rules, policy or options"
                raise AuditError(
                    f"{each} was scanned with another {what} than {urls[0]}: their numbers and "
                    "digests do not go together. Scan both with the same ones (--key-file)."
                )
    target = AuditStore(url)
    tally, keys = Tally(), []
    with target.lock():
        if target.exists(MANIFEST):
            raise AuditError(f"{url}: holds an audit already. Merge into a new folder.")
        for store in stores:
            for name in store.names("units"):
                if name in keys:
                    continue  # the same stretch of the same file, scanned twice
                keys.append(name)
                for table in AUDIT_TABLES:
                    _copy(store, target, f"{table}/{name.removesuffix('.json')}.parquet")
                _copy(store, target, f"units/{name}")
                tally.add(UnitResult.from_bytes(store.read(f"units/{name}")).tally)
        inputs = [each for manifest in manifests for each in manifest["inputs"]]
        unique = {digest_of(each): each for each in inputs}
        merged = manifests[0] | {"inputs": list(unique.values()), "merged_from": len(urls)}
        target.write_manifest(merged | {"complete": False})
        policy = Policy.model_validate(merged["policy"])
        return _finish(target, tally, policy, [key.removesuffix(".json") for key in keys], 0)


def read_summary(url: str) -> Summary:
    """The summary of a finished audit."""
    store = AuditStore(url)
    manifest = store.read_manifest()
    if not manifest["complete"]:
        raise AuditError(
            f"{url}: its scan is not finished. Run the same `corpus-audit scan` again to go on."
        )
    keys = manifest["units"]
    tally = merge(UnitResult.from_bytes(store.read(f"units/{key}.json")).tally for key in keys)
    return summarize(tally, Policy.model_validate(manifest["policy"]), len(keys))


def _inputs(plan: Plan, config: ScanConfig) -> list[dict[str, Any]]:
    files = {part.file.path: part.file for unit in plan.units for part in unit.parts}
    return [
        asdict(file)
        | {name: mask_label(getattr(file, name), config.key) for name in ("path", "root")}
        for file in files.values()
    ]


def _corpus(plan: Plan) -> str:
    """A name for the corpus: the paths that the user gave."""
    return digest_of(sorted({part.file.root for unit in plan.units for part in unit.parts}))


def _check_same_corpus(store: AuditStore, plan: Plan) -> None:
    if not store.exists(MANIFEST):
        if store.names("units"):
            raise AuditError(
                f"{store.url}: holds parts of an audit but no {MANIFEST}. Choose another -o."
            )
        return
    manifest = store.read_manifest()
    if manifest["corpus"] != _corpus(plan):
        raise AuditError(
            f"{store.url}: holds the audit of another corpus. Its results would be lost or mixed "
            "with these. Choose another -o, or remove that folder."
        )


def _begin(store: AuditStore, plan: Plan, config: ScanConfig, config_digest: str) -> None:
    store.write_manifest(
        {
            "schema": SCHEMA_VERSION,
            "version": __version__,
            "complete": False,
            "corpus": _corpus(plan),
            "config": config_digest,
            "key_id": key_id(config.key),
            "read": asdict(config.read),
            "detectors": dict(config.detectors),
            "policy": config.policy.model_dump(),
            "max_findings": config.max_findings,
            "inputs": _inputs(plan, config),
            "ignored": [
                {"path": mask_label(path, config.key), "reason": reason}
                for path, reason in plan.ignored
            ],
        }
    )


def _finished_results(store: AuditStore, wanted: Iterable[str]) -> dict[str, UnitResult]:
    present = {name.removesuffix(".json") for name in store.names("units")}
    return {
        key: UnitResult.from_bytes(store.read(f"units/{key}.json"))
        for key in wanted
        if key in present
    }


def _finish(
    store: AuditStore, tally: Tally, policy: Policy, keys: list[str], resumed: int
) -> Summary:
    """Remove what is not of this plan, write the per-source tables, then mark the audit whole."""
    for table in (*AUDIT_TABLES, "units"):
        for name in store.names(table):
            if name.rsplit(".", 1)[0] not in set(keys):
                store.remove(f"{table}/{name}")
    table = source_table(tally, policy)
    for name, write in (
        ("sources.parquet", pq.write_table),
        ("sources.csv", pyarrow.csv.write_csv),
    ):
        sink = io.BytesIO()
        write(table, sink)
        store.write(name, sink.getvalue())
    summary = summarize(tally, policy, len(keys), resumed)
    counts = {
        name: getattr(summary.coverage, name)
        for name in ("read", "scanned", "skipped", "unseen", "losses")
    }
    store.write_manifest(
        store.read_manifest() | {"complete": True, "units": sorted(keys), "counts": counts}
    )
    return summary


def _copy(source: AuditStore, target: AuditStore, name: str) -> None:
    if source.exists(name):
        with target.writing(name) as path, source.open(name) as file, path.open("wb") as copy:
            while chunk := file.read(1 << 20):
                copy.write(chunk)
