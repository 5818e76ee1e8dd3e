"""What one scan is asked to do, and the digest of everything that its answer depends on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from corpus_audit import __version__
from corpus_audit.audit.keys import key_id
from corpus_audit.audit.schema import SCHEMA_VERSION
from corpus_audit.draw import Draw
from corpus_audit.policies import Policy
from corpus_audit.suppressions import Suppression
from corpus_audit.types import Detector, ReadOptions

#: How the corpus is cut into batches changes no answer, so a rerun may use another size.
_FREE = ("batch_bytes",)


@dataclass(frozen=True, slots=True)
class ScanConfig:
    """The configuration of a scan, whole; it travels to every worker."""

    key: bytes = field(repr=False)
    read: ReadOptions = field(default_factory=ReadOptions)
    detectors: Mapping[str, Mapping[str, object]] = field(
        default_factory=lambda: {"fingerprints": {}, "keywords": {}, "language": {}, "pii": {}}
    )  # name -> its configuration
    policy: Policy = field(default_factory=Policy)
    suppressions: tuple[Suppression, ...] = ()
    ledger: Mapping[str, str] = field(default_factory=dict)  # path, digest; the answer is by it not
    aliases: Mapping[str, str] = field(default_factory=dict)  # value of a source field -> source
    max_findings: int = 20  # stored per document and rule, at least; counts are always exact
    context: int = 40  # code points of an excerpt on each side of its match
    max_sources: int = 100_000
    draw: Draw | None = None  # documents that are scanned; None: all

    def digest(self, detectors: Sequence[Detector]) -> str:
        """Name everything that a unit's answer depends on, apart from the unit itself."""
        read = {name: value for name, value in asdict(self.read).items() if name not in _FREE}
        return digest_of(
            {
                "version": __version__,
                "schema": SCHEMA_VERSION,
                "key": key_id(self.key),
                "read": read,
                "detectors": {detector.name: detector.digest for detector in detectors},
                "judge": self.policy.judge.model_dump(),  # limits judge a finished audit anew
                "suppressions": [each.model_dump(mode="json") for each in self.suppressions],
                "aliases": sorted(self.aliases.items()),
                "draw": self.draw.to_json(self.key) if self.draw else None,
                "max_findings": self.max_findings,
                "context": self.context,
            }
        )


def digest_of(value: Any) -> str:
    """A digest of plain JSON values."""
    return hashlib.blake2b(
        orjson.dumps(value, option=orjson.OPT_SORT_KEYS), digest_size=16
    ).hexdigest()
