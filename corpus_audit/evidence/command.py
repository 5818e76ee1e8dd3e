"""An audit held against a standard: what `corpus-audit assess` does, for Python too."""

from __future__ import annotations

import shlex
from datetime import UTC, date, datetime
from pathlib import Path

from corpus_audit.assess.assessment import assess
from corpus_audit.assess.model import Assessment
from corpus_audit.audit.log import record
from corpus_audit.audit.store import AuditStore
from corpus_audit.errors import UsageError
from corpus_audit.evidence.annotation_table import Annotations, read_annotations
from corpus_audit.evidence.case import Case
from corpus_audit.evidence.gather import gather
from corpus_audit.evidence.judgements import load_judgements
from corpus_audit.ledger.reading import LedgerFile, load_ledger
from corpus_audit.policies import Policy, load_policy
from corpus_audit.provenance.tallies import read_audit
from corpus_audit.rules.standards import load_standard

RESULT = "assessment.json"


def assess_audit(
    audit: str,
    standard: str,
    policy: str | Path | Policy | None = None,
    ledger: str | Path | None = None,
    *,
    judgements: str | Path | None = None,
    annotations: str | Path | None = None,
    roster: str | Path | None = None,
    before: str | None = None,
    today: date | None = None,
) -> Assessment:
    """Assess a finished audit. Writes nothing: see `write_assessment`.

    Without a policy that of the scan holds; without a ledger that of the scan, if it is still there
    unchanged.
    """
    day = today or date.today()
    wanted = load_standard(standard)
    manifest = AuditStore(audit).read_manifest()
    file = load_ledger(ledger) if ledger else _ledger_of(manifest.get("ledger") or {})
    chosen = _policy(policy, manifest)
    case = Case(
        audited=read_audit(audit, file.ledger if file else None, needed={}),
        ledger=file,
        standard=wanted,
        policy=chosen,
        today=day,
        judgements=load_judgements(Path(judgements), day) if judgements else (),
        annotations=_annotations(annotations, roster),
        before=read_audit(before, file.ledger if file else None, needed={}) if before else None,
    )
    command = ["corpus-audit", "assess", audit, "--standard", standard]
    for option, value in (
        ("--policy", policy if isinstance(policy, str | Path) else None),
        ("--ledger", file.path if file else None),
        ("--judgements", judgements),
        ("--annotations", annotations),
        ("--roster", roster),
        ("--before", before),
        ("--today", day),
    ):
        command += [option, str(value)] if value is not None else []
    made = datetime.now(UTC)
    return assess(gather(case), wanted, chosen, made=made, reproduce=shlex.join(command))


def write_assessment(audit: str, assessment: Assessment) -> None:
    """Keep an assessment in its audit."""
    store = AuditStore(audit)
    facts = {
        "standard": assessment.standard,
        "outcome": assessment.conclusion.outcome,
        "policy": assessment.policy_digest,
        "audit": assessment.audit_digest,
        "reproduce": assessment.reproduce,
    }
    with store.lock():
        store.write(RESULT, assessment.model_dump_json(indent=2).encode() + b"\n")
        record(store, "assess", facts, [RESULT])


def _annotations(table: str | Path | None, roster: str | Path | None) -> Annotations | None:
    if table is None:
        if roster is not None:
            raise UsageError("--roster says who annotated: pass what they did with --annotations.")
        return None
    return read_annotations(Path(table), Path(roster) if roster else None)


def _ledger_of(told: dict[str, str]) -> LedgerFile | None:
    path = told.get("path")
    if path is None or not Path(path).is_file():
        return None
    file = load_ledger(path)
    return file if file.digest == told["digest"] else None


def _policy(given: str | Path | Policy | None, manifest: dict[str, object]) -> Policy:
    scanned = Policy.model_validate(manifest["policy"])
    if given is None:
        return scanned
    chosen = given if isinstance(given, Policy) else load_policy(Path(given))
    if chosen.judge != scanned.judge:
        raise UsageError(
            "the policy judges findings in another way ([judge]) than the scan did, so the stored "
            "hits are not its hits. Scan again with --policy, or leave [judge] as it was."
        )
    return chosen
