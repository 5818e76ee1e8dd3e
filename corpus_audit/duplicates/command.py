"""The join of a finished audit as a user asks for it: with an index, exact, with excerpts."""

from __future__ import annotations

from typing import Any

from corpus_audit.audit.log import record
from corpus_audit.audit.store import AuditStore
from corpus_audit.duplicates.evidence import largest_clusters, texts_of
from corpus_audit.duplicates.frame import Frame
from corpus_audit.duplicates.index import Index
from corpus_audit.duplicates.join import JoinOptions, join
from corpus_audit.duplicates.result import NUMBERS, ROWS, copies_of
from corpus_audit.raw import Corpus


def find_duplicates(
    audit: str,
    options: JoinOptions,
    *,
    against: str | None = None,
    add_to: str | None = None,
    top: int = 20,
    key_file: str | None = None,
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """(the numbers, the largest clusters with masked excerpts) of an audit.

    `against` compares with an index of earlier deliveries, `add_to` then adds this audit to one.
    Raises AuditError where the audit and the index do not go together.
    """
    store = AuditStore(audit)
    manifest = store.read_manifest()
    earlier = Index(against, manifest) if against else None
    target = Index(add_to, manifest, create=True) if add_to else None
    corpus = Corpus(store, key_file) if options.verify == "exact" else None
    with store.lock():
        frame = Frame(store)
        texts = texts_of(frame, corpus) if corpus else None
        numbers = join(store, options, index=earlier, texts=texts)
        if target is not None:
            target.add(frame, manifest, copies_of(store, frame, "exact"))
        record(store, "duplicates", {"threshold": options.threshold}, (ROWS, NUMBERS))
        return numbers, largest_clusters(store, numbers, top, key_file)
