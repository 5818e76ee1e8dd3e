"""The Python API: what the commands do, with pandas frames for answers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus_audit.audit.keys import load_key
from corpus_audit.audit.store import AuditStore
from corpus_audit.config import ScanConfig
from corpus_audit.engines.run import Summary, read_summary, run_scan
from corpus_audit.errors import UsageError
from corpus_audit.findings import finished_units, unit_tables
from corpus_audit.plan import plan
from corpus_audit.policies import Policy, load_policy
from corpus_audit.suppressions import load_suppressions
from corpus_audit.types import ReadOptions

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Audit:
    """A finished audit directory."""

    url: str

    @property
    def summary(self) -> Summary:
        """Sources, coverage and losses as plain values."""
        return read_summary(self.url)

    def sources(self) -> pd.DataFrame:
        """One row per source; the columns are those of `sources.csv`."""
        import pandas as pd

        store = AuditStore(self.url)
        finished_units(store)
        return pd.read_parquet(io.BytesIO(store.read("sources.parquet")))

    def findings(self) -> pd.DataFrame:
        """One row per stored finding, excerpts masked."""
        return self._table("findings")

    def documents(self) -> pd.DataFrame:
        """One row per scanned document."""
        return self._table("documents")

    def skipped(self) -> pd.DataFrame:
        """One row per record that was seen and not scanned."""
        return self._table("skipped")

    def _table(self, table: str) -> pd.DataFrame:
        import pandas as pd

        store = AuditStore(self.url)
        frames = [
            pd.read_parquet(io.BytesIO(store.read(name))) for _, name in unit_tables(store, table)
        ]
        if frames:
            return pd.concat(frames, ignore_index=True)
        from corpus_audit.audit import schema

        frame: pd.DataFrame = getattr(schema, table.upper()).empty_table().to_pandas()
        return frame


def scan(
    paths: str | Path | Sequence[str | Path],
    output: str | Path,
    *,
    detectors: str | Sequence[str] = ("keywords", "language"),
    rules: str | Path | Sequence[str | Path] = (),
    evasion: str | Sequence[str] = (),
    suppressions: str | Path | None = None,
    policy: str | Path | None = None,
    key_file: str | None = None,
    workers: int | None = 1,
    format: str | None = None,
    unit_bytes: int = 64 << 20,
    max_skipped: float | None = None,
    max_sources: int = 100_000,
    **read: Any,
) -> Audit:
    """Scan a corpus into an audit directory, as `corpus-audit scan` does.

    `read` takes the fields of `corpus_audit.types.ReadOptions`, such as `text_fields="body"`.
    `max_skipped` is the share of records that may be skipped, in place of the policy's.
    Raises CorpusAuditError for what a user can mend. With more than one worker, call it under
    `if __name__ == "__main__":`, as for every use of processes.
    """
    options = _read_options(read)
    given_rules = _listed(rules)
    keywords: dict[str, object] = {"rules": given_rules} if given_rules else {}
    if evasion:
        keywords["evasion"] = _listed(evasion)
    chosen = _with_max_skipped(load_policy(Path(policy) if policy else None), max_skipped)
    config = ScanConfig(
        key=load_key(key_file, str(output), create=True),
        read=options,
        detectors={name: keywords if name == "keywords" else {} for name in _listed(detectors)},
        policy=chosen,
        suppressions=load_suppressions(Path(suppressions)) if suppressions else (),
        max_sources=max_sources,
    )
    planned = plan(
        _listed(paths), options, unit_bytes=unit_bytes, format=format, output=str(output)
    )
    run_scan(planned, config, str(output), workers=workers)
    return Audit(str(output))


def _listed(given: str | Path | Sequence[str | Path]) -> list[str]:
    """One or several, as a list: a text is one, not its characters."""
    return [str(given)] if isinstance(given, str | Path) else [str(each) for each in given]


def _read_options(given: dict[str, Any]) -> ReadOptions:
    several = {field.name for field in fields(ReadOptions) if isinstance(field.default, tuple)}
    settled: dict[str, Any] = {
        name: tuple(_listed(value or ())) if name in several else value
        for name, value in given.items()
    }
    return ReadOptions(**settled)


def _with_max_skipped(policy: Policy, share: float | None) -> Policy:
    if share is None:
        return policy
    if not 0 <= share <= 1:
        raise UsageError(
            f"max_skipped={share}: it is a share of the records, from 0 to 1 (0.001 is 0.1 %)."
        )
    coverage = policy.coverage.model_copy(update={"max_skipped": share})
    return policy.model_copy(update={"coverage": coverage})
