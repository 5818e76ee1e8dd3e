"""The Python API: what the commands do, with pandas frames for answers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus_audit.audit.keys import load_key
from corpus_audit.audit.store import AuditStore
from corpus_audit.config import ScanConfig
from corpus_audit.engines.run import Summary, read_summary, run_scan
from corpus_audit.plan import plan
from corpus_audit.policies import load_policy
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

        return pd.read_parquet(io.BytesIO(AuditStore(self.url).read("sources.parquet")))

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
            pd.read_parquet(io.BytesIO(store.read(f"{table}/{name}")))
            for name in store.names(table)
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
    detectors: Sequence[str] = ("keywords", "language"),
    rules: Sequence[str | Path] = (),
    policy: str | Path | None = None,
    key_file: str | None = None,
    workers: int | None = 1,
    format: str | None = None,
    unit_bytes: int = 64 << 20,
    **read: Any,
) -> Audit:
    """Scan a corpus into an audit directory, as `corpus-audit scan` does.

    `read` takes the fields of `corpus_audit.types.ReadOptions`, such as `text_fields=("body",)`.
    Raises CorpusAuditError for what a user can mend. With more than one worker, call it under
    `if __name__ == "__main__":`, as for every use of processes.
    """
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    options = ReadOptions(**read)
    keywords: dict[str, object] = {"rules": [str(path) for path in rules]} if rules else {}
    config = ScanConfig(
        key=load_key(key_file, str(output)),
        read=options,
        detectors={name: keywords if name == "keywords" else {} for name in detectors},
        policy=load_policy(Path(policy) if policy else None),
    )
    planned = plan([str(path) for path in given], options, unit_bytes=unit_bytes, format=format)
    run_scan(planned, config, str(output), workers=workers)
    return Audit(str(output))
