"""Audits of parts of a corpus, joined into one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corpus_audit.audit.schema import TABLES
from corpus_audit.audit.store import FOLDERS, MANIFEST, AuditStore
from corpus_audit.config import digest_of
from corpus_audit.engines.run import Summary, finish
from corpus_audit.errors import AuditError
from corpus_audit.policies import Policy
from corpus_audit.tally import Tally
from corpus_audit.units import UnitResult

Stretches = dict[str, list[tuple[int, float, str]]]  # file -> (start, end, unit)


def merge_audits(urls: Sequence[str], url: str) -> Summary:
    """Join audits of parts of a corpus that were made under one configuration."""
    stores = [AuditStore(each) for each in urls]
    manifests = [store.read_manifest() for store in stores]
    for each, manifest in zip(urls, manifests, strict=True):
        if not manifest["complete"]:
            raise AuditError(f"{each}: its scan is not finished. Run that scan again, then merge.")
        for name, what in (("key_id", "key"), ("config", "rules, detectors or options")):
            if manifest[name] != manifests[0][name]:
                raise AuditError(
                    f"{each} was scanned with another {what} than {urls[0]}: their numbers and "
                    "digests do not go together. Scan both with the same ones (--key-file)."
                )
    target = AuditStore(url)
    with target.lock():
        if target.exists(MANIFEST) or any(target.names(table) for table in FOLDERS):
            raise AuditError(f"{url}: is not empty. Merge into a new folder.")
        merged = manifests[0] | {
            "inputs": _distinct(manifests, "inputs"),
            "ignored": _distinct(manifests, "ignored"),
            "losses": _distinct(manifests, "losses"),
            "titles": {rule: title for m in manifests for rule, title in m["titles"].items()},
            "merged_from": len(urls),
            "complete": False,
        }
        tally = Tally(losses=merged["losses"])
        target.write_manifest(merged)
        keys: set[str] = set()
        seen: Stretches = {}
        for each, store, manifest in zip(urls, stores, manifests, strict=True):
            for key in manifest["units"]:
                if key in keys:
                    continue  # the same stretches of the same files, scanned alike
                result = UnitResult.from_bytes(store.read(f"units/{key}.json"))
                _check_apart(result, seen, each)
                keys.add(key)
                for table in TABLES:
                    _copy(store, target, f"{table}/{key}.parquet")
                _copy(store, target, f"units/{key}.json")
                tally.add(result.tally)
        return finish(target, tally, Policy.model_validate(merged["policy"]), keys, 0, None)


def _distinct(manifests: Sequence[dict[str, Any]], name: str) -> list[Any]:
    return list({digest_of(each): each for m in manifests for each in m[name]}.values())


def _check_apart(result: UnitResult, seen: Stretches, url: str) -> None:
    """Raise AuditError when a stretch of a file is in the merged audit already."""
    for part in result.parts:
        start, end = part["start"], float("inf") if part["end"] == -1 else part["end"]
        stretches = seen.setdefault(part["real"], [])
        for other_start, other_end, other in stretches:
            if other != result.key and start < other_end and other_start < end:
                raise AuditError(
                    f"{url}: {part['file']['path']} is in another of these audits too, cut or "
                    "named differently. Its records would count twice. Scan each file into one "
                    "audit only."
                )
        stretches.append((start, end, result.key))


def _copy(source: AuditStore, target: AuditStore, name: str) -> None:
    if source.exists(name):
        with target.writing(name) as path, source.open(name) as file, path.open("wb") as copy:
            while chunk := file.read(1 << 20):
                copy.write(chunk)
