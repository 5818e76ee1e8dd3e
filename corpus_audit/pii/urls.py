"""URLs and domains, where they are asked for: by themselves they are no personal data."""

from __future__ import annotations

import re

import numpy as np

from corpus_audit.pii.candidates import MEDIUM, Collector
from corpus_audit.pii.top_levels import is_top_level
from corpus_audit.text.fold import View

_URL = re.compile(
    rb"(?<![a-z0-9@._%+-])(?:[a-z][a-z0-9+.-]{1,15}://)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}"
    rb"([a-z]{2,24})(?![a-z0-9@-]|\.[a-z0-9])(?::[0-9]{1,5})?(?:[/?#][^\s\x00\x80-\xff\"'<>)\]}]*)?"
)


def find_urls(view: View, found: Collector) -> None:
    """Add URLs and domains whose last label is a top-level domain."""
    data = view.data.tobytes()
    starts, ends = [], []
    for match in _URL.finditer(data):
        if is_top_level(match[1].decode()):
            starts.append(match.start())
            ends.append(match.start() + len(match[0].rstrip(b".,:;!?")))
    rows = np.searchsorted(view.offsets, np.array(starts, np.int64), side="right") - 1
    keep = found.admit("urls", rows)
    for start, end, row, kept in zip(starts, ends, rows.tolist(), keep.tolist(), strict=True):
        if kept:
            found.add("url", row, start, end, MEDIUM)
