"""Reads a finished audit, its assessment and its ledger into `ReportData`."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow.parquet as pq
from pydantic import ValidationError

from corpus_audit.assess.model import Assessment
from corpus_audit.audit.store import MANIFEST, AuditStore
from corpus_audit.duplicates.result import read_numbers
from corpus_audit.errors import AuditError, CorpusAuditError
from corpus_audit.ledger.model import Ledger, Source
from corpus_audit.ledger.reading import load_ledger
from corpus_audit.pii.kinds import load_kinds
from corpus_audit.policies import Policy
from corpus_audit.provenance.statistics import Statistics, statistics
from corpus_audit.provenance.tallies import NEEDED, Audited, Counted
from corpus_audit.reports.data import ReportData, SourceView, hits_of
from corpus_audit.reports.examples import choose_examples
from corpus_audit.rules.clauses import Words
from corpus_audit.rules.standards import load_risks
from corpus_audit.sources import Status, coverage_of, source_rows
from corpus_audit.tally import SourceTally, Tally
from corpus_audit.units import UnitResult

ASSESSMENT = "assessment.json"
#: Of the sources, what needs a person comes first.
_ORDER: tuple[Status, ...] = ("over", "undecided", "under", "not-assessed", "empty")


def gather(url: str, *, examples: int = 1500) -> ReportData:
    """Read a finished audit. `examples`: excerpts at most."""
    store = AuditStore(url)
    manifest = store.read_manifest()
    if not manifest["complete"]:
        raise AuditError(
            f"{url}: its scan is not finished, so a report would show a part only. Run the same "
            "`corpus-audit scan` again to go on."
        )
    assessment, stale = _read_assessment(store)
    policy = _policy(manifest, assessment)
    tally = Tally(losses=manifest["losses"])
    for key in manifest["units"]:
        tally.add(UnitResult.from_bytes(store.read(f"units/{key}.json")).tally)
    ledger, ledger_lost = _ledger(manifest)
    entries = _entries(ledger)
    inventory = _statistics(url, manifest, tally, ledger, entries)
    copies = read_numbers(store) if "fingerprints" in manifest["detectors"] else None
    personal = read_personal(store, manifest)
    sources = tuple(
        _views(tally, policy, manifest, assessment, inventory, entries, copies, personal or ())
    )
    return ReportData(
        url=url,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        manifest=manifest,
        policy=policy,
        risks=load_risks(),
        sources=sources,
        total=tally.total(),
        coverage=coverage_of(tally, policy),
        losses=tuple(sorted(tally.losses, key=lambda loss: (loss["path"], loss["position"]))),
        statistics=inventory,
        ledger=ledger,
        ledger_lost=ledger_lost,
        copies=copies,
        assessment=assessment,
        stale=stale,
        personal=personal,
        kinds={kind: Words(zh=k.zh, en=k.en) for kind, k in load_kinds().items()},
        examples=choose_examples(store, manifest, [s.name for s in sources], examples),
        titles={rule: Words(**each) for rule, each in manifest.get("titles", {}).items()},
    )


def _views(
    tally: Tally,
    policy: Policy,
    manifest: Mapping[str, Any],
    assessment: Assessment | None,
    inventory: Statistics | None,
    entries: Mapping[str, Source],
    copies: Mapping[str, Any] | None,
    personal: Sequence[Mapping[str, Any]],
) -> Iterator[SourceView]:
    outcomes = {each.source: each for each in assessment.sources} if assessment else {}
    stocked = {row.source: row for row in inventory.inventory} if inventory else {}
    copied = {row["source"]: row for row in copies["sources"]} if copies else {}
    kinds: dict[str, list[Mapping[str, Any]]] = {}
    for row in personal:
        kinds.setdefault(row["source"], []).append(row)
    rows = source_rows(tally, policy, manifest["risks"])
    rows.sort(
        key=lambda row: (_ORDER.index(row["status"]), -(row["prevalence"] or 0), row["source"])
    )
    for row in rows:
        name = row["source"]
        yield SourceView(
            name,
            tally.sources.get(name, SourceTally()),
            row,
            outcomes.get(name),
            stocked.get(entries[name].id if name in entries else name),
            copied.get(name),
            hits_of(tally.sources.get(name, SourceTally()), policy),
            tuple(kinds.get(name, ())),
        )


def _entries(ledger: Ledger | None) -> dict[str, Source]:
    """Entries of the ledger by their ids and aliases."""
    return {
        name: entry
        for entry in (ledger.source if ledger else ())
        for name in (*entry.aliases, entry.id)
    }


def _read_assessment(store: AuditStore) -> tuple[Assessment | None, bool]:
    if not store.exists(ASSESSMENT):
        return None, False
    try:
        assessment = Assessment.model_validate_json(store.read(ASSESSMENT))
        now = hashlib.blake2b(store.read(MANIFEST), digest_size=16).hexdigest()
        return assessment, assessment.audit_digest != now
    except ValidationError:
        raise AuditError(
            f"{store.url}/{ASSESSMENT}: is not an assessment that this version reads. Run "
            f"`corpus-audit assess {store.url}` again, or remove the file."
        ) from None


def _policy(manifest: Mapping[str, Any], assessment: Assessment | None) -> Policy:
    """The policy of the scan, with the limit and the risks that the assessment held it to."""
    policy = Policy.model_validate(manifest["policy"])
    if assessment is None:
        return policy
    limits = [
        check.limit.value
        for clause in assessment.clauses
        for check in clause.checks
        if check.limit.name == "source_bad_share"
    ]
    same = all(policy.ratio.counts(risk) for risk in assessment.counted)
    ratio = {"limit": limits[0] if limits else policy.ratio.limit}
    counted = policy.ratio.counted if same else assessment.counted
    changed = policy.ratio.model_copy(update=ratio | {"counted": counted})
    return policy.model_copy(update={"ratio": changed})


def _ledger(manifest: Mapping[str, Any]) -> tuple[Ledger | None, bool]:
    """The ledger of the scan, where it is still the same."""
    told = manifest.get("ledger") or {}
    if not told:
        return None, False
    try:
        file = load_ledger(told["path"])
    except (CorpusAuditError, OSError):
        return None, True
    return (file.ledger, False) if file.digest == told["digest"] else (None, True)


def _statistics(
    url: str,
    manifest: Mapping[str, Any],
    tally: Tally,
    ledger: Ledger | None,
    entries: Mapping[str, Source],
) -> Statistics | None:
    if any(name not in manifest["detectors"] for name in NEEDED):
        return None
    joined = Tally() if entries else tally
    for name, each in tally.sources.items() if entries else ():
        joined.source(entries[name].id if name in entries else name).add(each)
    counted = tuple(
        Counted(name, joined.sources[name], entries.get(name)) for name in sorted(joined.sources)
    )
    return statistics(Audited(url, manifest, counted, joined), ledger)


def read_personal(
    store: AuditStore, manifest: Mapping[str, Any]
) -> tuple[Mapping[str, Any], ...] | None:
    """The rows of `personal.parquet`; None where nobody looked for personal data."""
    if "pii" not in manifest["detectors"] or not store.exists("personal.parquet"):
        return None
    return tuple(pq.read_table(io.BytesIO(store.read("personal.parquet"))).to_pylist())
