"""A whole scan: plan, skip what is finished, run the rest, merge, write the answer."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from corpus_audit import __version__
from corpus_audit.audit.keys import key_id
from corpus_audit.audit.log import record_scan
from corpus_audit.audit.schema import SCHEMA_VERSION
from corpus_audit.audit.store import FOLDERS, MANIFEST, AuditStore
from corpus_audit.config import ScanConfig
from corpus_audit.detectors.registry import load_detectors
from corpus_audit.duplicates.join import JoinOptions, join_again
from corpus_audit.duplicates.result import forget
from corpus_audit.engines.local import run_units
from corpus_audit.errors import AuditError, RunError, UsageError
from corpus_audit.personal import personal_table, totals
from corpus_audit.pii.masking import mask_label
from corpus_audit.plan import Plan, real_path
from corpus_audit.policies import Policy
from corpus_audit.sources import Coverage, coverage_of, source_rows, source_table
from corpus_audit.tally import Tally
from corpus_audit.types import RuleInfo
from corpus_audit.units import UnitResult, loss_record, unit_key

#: Below this a second process costs more to start than it saves.
_SMALL = 128 << 20  # stored bytes
#: The only files that are ever removed from an audit directory.
_OURS = re.compile(r"[0-9a-f]{32}\.(?:parquet|json)")

Join = JoinOptions | None  # None is the default


@dataclass(frozen=True, slots=True)
class Summary:
    """What a finished audit says, in the form that is printed."""

    rows: list[dict[str, Any]]
    coverage: Coverage
    losses: list[dict[str, Any]]
    counted: tuple[str, ...]
    detectors: tuple[str, ...]
    matched_only: int  # documents with matches that are too weak to make a hit
    limit: float
    units: int
    resumed: int  # units that an earlier run had finished
    personal: dict[str, Any] | None = None  # `corpus_audit.personal.totals`; None: not looked for


def summarize(
    tally: Tally, policy: Policy, manifest: dict[str, Any], units: int, resumed: int = 0
) -> Summary:
    """The answer of merged tallies under a policy."""
    return Summary(
        rows=source_rows(tally, policy, manifest["risks"]),
        detectors=tuple(sorted(manifest["detectors"])),
        matched_only=tally.total().matched_only,
        coverage=coverage_of(tally, policy),
        losses=tally.to_json()["losses"],
        counted=policy.ratio.counted,
        limit=policy.ratio.limit,
        units=units,
        resumed=resumed,
        personal=totals(tally, counted=policy.ratio.personal_data)
        if "pii" in manifest["detectors"]
        else None,
    )


def run_scan(
    plan: Plan,
    config: ScanConfig,
    url: str,
    *,
    workers: int | None = None,
    progress: Callable[[int], None] = lambda nbytes: None,
    finished: Callable[[int], None] = lambda nbytes: None,
    duplicates: Join = None,
) -> Summary:
    """Scan what is planned into the audit at `url`, going on where an earlier run stopped.

    `progress` gets bytes of text as they are scanned, `finished` stored bytes as units end.
    """
    detectors = load_detectors(config.detectors, config.key)
    config_digest = config.digest(detectors)
    store = AuditStore(url)
    weight = {unit_key(unit, config, config_digest): unit for unit in plan.units}
    with store.lock():
        _check_same_corpus(store, plan, config)
        tally = Tally(losses=[loss_record(loss, config) for loss in plan.losses])
        left, resumed = [], 0
        try:
            rules = [rule for detector in detectors for rule in detector.rules]
            _begin(store, plan, config, config_digest, rules)
            for key, result in _finished_results(store, weight):
                tally.add(result.tally)
                finished(weight.pop(key).nbytes)
                resumed += 1
            left = list(weight.values())
            keys = {unit_key(unit, config, config_digest) for unit in plan.units}
            tally.check_sources(config.max_sources)
            if workers is None and sum(unit.nbytes for unit in left) < _SMALL:
                workers = 1
            for result in run_units(
                left,
                config,
                detectors,
                url,
                workers=workers or os.cpu_count() or 1,
                progress=progress,
            ):
                if result.key not in weight:
                    raise UsageError("the rules changed while the scan ran. Run it again.")
                tally.add(result.tally)
                tally.check_sources(config.max_sources)
                finished(weight[result.key].nbytes)
            return finish(store, tally, config.policy, keys, resumed, duplicates)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            raise RunError(
                f"{url}: no space left on the disk. Finished units are kept: free some space and "
                "run the same command again to go on."
            ) from None


def read_summary(url: str) -> Summary:
    """The summary of a finished audit."""
    store = AuditStore(url)
    manifest = store.read_manifest()
    if not manifest["complete"]:
        raise AuditError(
            f"{url}: its scan is not finished. Run the same `corpus-audit scan` again to go on."
        )
    keys = manifest["units"]
    tally = Tally(losses=manifest["losses"])
    for key in keys:
        tally.add(UnitResult.from_bytes(store.read(f"units/{key}.json")).tally)
    return summarize(tally, Policy.model_validate(manifest["policy"]), manifest, len(keys))


def _inputs(plan: Plan, config: ScanConfig) -> list[dict[str, Any]]:
    files = {part.file.path: part.file for unit in plan.units for part in unit.parts}
    return [
        asdict(file)
        | {name: mask_label(getattr(file, name), config.key) for name in ("path", "root")}
        | {"real": mask_label(real_path(file), config.key)}
        for file in files.values()
    ]


def _check_same_corpus(store: AuditStore, plan: Plan, config: ScanConfig) -> None:
    """Raise AuditError where this scan would drop or mix results of inputs that are still there."""
    if not store.exists(MANIFEST):
        for table in FOLDERS:
            if store.names(table):
                raise AuditError(
                    f"{store.url}/{table}: is there already and belongs to no audit. Nothing of "
                    "it is touched: choose another -o."
                )
        return
    planned = {entry["real"] for entry in _inputs(plan, config)}
    for entry in store.read_manifest()["inputs"]:
        real = entry["real"]
        if real not in planned and not entry["path"] == "-" and _is_there(real):
            raise AuditError(
                f"{store.url}: holds the audit of another corpus, or of more of this one: "
                f"{entry['path']} is still there and not in this scan. Its results would be lost. "
                "Choose another -o, or remove that folder."
            )


def _is_there(real: str) -> bool:
    if "://" not in real:
        return os.path.exists(real)  # noqa: PTH110 - may be no path at all
    import fsspec

    system, inner = fsspec.core.url_to_fs(real)
    return bool(system.exists(inner))


def _begin(
    store: AuditStore,
    plan: Plan,
    config: ScanConfig,
    config_digest: str,
    rules: Sequence[RuleInfo],
) -> None:
    store.write_manifest(
        {
            "schema": SCHEMA_VERSION,
            "version": __version__,
            "complete": False,
            "config": config_digest,
            "key_id": key_id(config.key),
            "read": asdict(config.read),
            "detectors": dict(config.detectors),
            "ledger": dict(config.ledger),
            "policy": config.policy.model_dump(),
            "risks": sorted({rule.hits for rule in rules if rule.hits}),
            "titles": {rule.id: {"en": rule.title_en, "zh": rule.title_zh} for rule in rules},
            "max_findings": config.max_findings,
            "losses": [loss_record(loss, config) for loss in plan.losses],
            "sample": config.draw.to_json(config.key) if config.draw else None,
            "inputs": _inputs(plan, config),
            "ignored": [
                {"path": mask_label(path, config.key), "reason": reason}
                for path, reason in plan.ignored
            ],
        }
    )


def _finished_results(store: AuditStore, wanted: Iterable[str]) -> Iterator[tuple[str, UnitResult]]:
    """Results of an earlier run; one with a loss is not finished: the file may be mended."""
    present = {name.removesuffix(".json") for name in store.names("units")}
    for key in [key for key in wanted if key in present]:
        result = UnitResult.from_bytes(store.read(f"units/{key}.json"))
        if not result.tally.losses:
            yield key, result


def finish(
    store: AuditStore, tally: Tally, policy: Policy, keys: set[str], resumed: int, options: Join
) -> Summary:
    """Remove what is not of this plan, write the tables, mark the audit whole, find the copies."""
    for folder in FOLDERS:
        for name in store.names(folder):
            if _OURS.fullmatch(name) and name.rsplit(".", 1)[0] not in keys:
                store.remove(f"{folder}/{name}")
    manifest = store.read_manifest()
    store.write_table("sources", source_table(tally, policy, manifest["risks"]))
    store.write_table("personal", personal_table(store, tally, sorted(keys)))
    summary = summarize(tally, policy, manifest, len(keys), resumed)
    counts = {
        name: getattr(summary.coverage, name)
        for name in ("read", "scanned", "undrawn", "skipped", "unseen", "losses")
    }
    total = tally.total()
    found = {
        rule: title
        for rule, title in manifest["titles"].items()
        if rule in total.rules or rule in total.suppressed
    }
    ended = {"complete": True, "units": sorted(keys), "counts": counts, "titles": found}
    store.write_manifest(manifest | ended)
    if "fingerprints" in manifest["detectors"]:
        join_again(store, options or JoinOptions())
    else:
        forget(store)
    record_scan(store, manifest | {"counts": counts})
    return summary
