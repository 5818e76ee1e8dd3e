"""The Python API: what the commands do, with pandas frames for answers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus_audit.audit.keys import load_key
from corpus_audit.audit.store import AuditStore
from corpus_audit.config import ScanConfig
from corpus_audit.draw import Asked
from corpus_audit.duplicates.bands import bands_for
from corpus_audit.duplicates.join import JoinOptions
from corpus_audit.engines.frame import draw_sample
from corpus_audit.engines.run import Summary, read_summary, run_scan
from corpus_audit.errors import UsageError
from corpus_audit.findings import finished_units, unit_tables
from corpus_audit.plan import plan
from corpus_audit.policies import Policy, load_policy
from corpus_audit.provenance.scanning import for_scan
from corpus_audit.rules.location import load_toml
from corpus_audit.suppressions import load_suppressions
from corpus_audit.types import ReadOptions

if TYPE_CHECKING:
    import pandas as pd

_DETECTORS = ("fingerprints", "keywords", "language", "licences", "origins", "pii")


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

    def personal(self) -> pd.DataFrame:
        """One row per source and kind of personal data; the columns are those of `personal.csv`."""
        import pandas as pd

        store = AuditStore(self.url)
        finished_units(store)
        return pd.read_parquet(io.BytesIO(store.read("personal.parquet")))

    def findings(self) -> pd.DataFrame:
        """One row per stored finding, excerpts masked."""
        return self._table("findings")

    def documents(self) -> pd.DataFrame:
        """One row per scanned document."""
        return self._table("documents")

    def duplicates(self) -> pd.DataFrame:
        """One row per document that has copies, here or in an earlier delivery."""
        import pandas as pd

        return pd.read_parquet(io.BytesIO(AuditStore(self.url).read("duplicates.parquet")))

    def signatures(self) -> pd.DataFrame:
        """One row per document, in the order of `documents()`; signatures are bytes.

        `numpy.frombuffer(value, "<u4")` makes `hashvalues` of datasketch's affine32 scheme of them.
        """
        return self._table("signatures")

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
    detectors: str | Sequence[str] = _DETECTORS,
    ledger: str | Path | None = None,
    blocklist: str | Path | Sequence[str | Path] = (),
    robots: str | Path | Sequence[str | Path] = (),
    works: str | Path | Sequence[str | Path] = (),
    pii: str | Path | None = None,
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
    protect: str | Path | Sequence[str | Path] = (),
    dup_threshold: float = 0.8,
    dup_shingles: str = "char:5",
    sample: str | None = None,
    seed: int = 1,
    **read: Any,
) -> Audit:
    """Scan a corpus into an audit directory, as `corpus-audit scan` does.

    `read` takes the fields of `corpus_audit.types.ReadOptions`, such as `text_fields="body"`.
    `max_skipped` is the share of records that may be skipped, in place of the policy's; `protect`
    names files of texts that must not be in the corpus; `sample` is "10%" or a number of documents
    of each source.
    Raises CorpusAuditError for what a user can mend. With more than one worker, call it under
    `if __name__ == "__main__":`, as for every use of processes.
    """
    told = for_scan(ledger, _listed(blocklist), _listed(robots))
    options = _read_options(read)
    options = replace(options, source_patterns=(*options.source_patterns, *told.patterns))
    wanted: dict[str, dict[str, object]] = {name: {} for name in _listed(detectors)}
    if "keywords" in wanted and _listed(rules):
        wanted["keywords"]["rules"] = _listed(rules)
    if "keywords" in wanted and evasion:
        wanted["keywords"]["evasion"] = _listed(evasion)
    if "fingerprints" in wanted:
        wanted["fingerprints"] = {"shingles": dup_shingles}
        bands_for(dup_threshold)
    if "origins" in wanted:
        wanted["origins"] = dict(told.origins)
    if pii and "pii" in wanted:
        wanted["pii"] = load_toml(Path(pii))
    if _listed(works):
        wanted["works"] = {"works": _listed(works)}
    if _listed(protect):
        wanted["contamination"] = {"protect": _listed(protect)}
    chosen = _with_max_skipped(load_policy(Path(policy) if policy else None), max_skipped)
    if "keywords" in wanted:
        wanted["keywords"]["profile"] = chosen.judge.profile
    config = ScanConfig(
        key=load_key(key_file, str(output), create=True),
        read=options,
        detectors=wanted,
        policy=chosen,
        suppressions=load_suppressions(Path(suppressions)) if suppressions else (),
        max_sources=max_sources,
        ledger=told.ledger,
        aliases=told.aliases,
    )
    planned = plan(
        _listed(paths), options, unit_bytes=unit_bytes, format=format, output=str(output)
    )
    if sample:
        asked = Asked.parse(sample, seed)
        config = replace(config, draw=draw_sample(planned, config, asked, workers))
    duplicates = JoinOptions(threshold=dup_threshold, threads=workers)
    run_scan(planned, config, str(output), workers=workers, duplicates=duplicates)
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
