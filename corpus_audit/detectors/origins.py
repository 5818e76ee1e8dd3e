"""Where documents come from, as they and the records around them tell.

All of it is columns: what each document says of its own origin, held against block lists and
stored robots snapshots. Nothing here is a finding in the text.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpus_audit.detectors.blocklists import Blocklist
from corpus_audit.detectors.robots import AI_AGENTS, Snapshots, find_snapshots
from corpus_audit.text.batch import Batch
from corpus_audit.types import ColumnSpec, Observations, RuleInfo

VERSION = 1
_URL = r"^\s*[Hh][Tt][Tt][Pp][Ss]?://[^\s/?#.:]+(\.[^\s/?#.:]+)+(:\d+)?([/?#]\S*)?\s*$"
_TIME = (
    r"^\s*(19|20)\d\d([-/.年]?(0?[1-9]|1[0-2])"
    r"([-/.月]?(0?[1-9]|[12]\d|3[01])日?([T ]?\d.*)?)?)?\s*$"
)
_EPOCH = r"^\s*1\d{9}(\d{3})?(\.\d+)?\s*$"
_LINK = re.compile(r"https?://[^\s<>\"'）)】\]，。；、]+", re.IGNORECASE)
_LINK_SHARE = 0.5  # of the bytes that are no white space: more is a list of links
_SPARSE = 200  # bytes: a document with fewer links than one in so many is no list of links
_LINKS_LOOKED_UP = 256  # of one list, in block lists

_NO_AI = re.compile(r"(?<![a-z])no(?:image)?ai(?![a-z])", re.IGNORECASE)
_RESERVED = re.compile(r"^\s*1\b")


class OriginDetector:
    """Columns about origin. Configuration: `blocklist`, `robots`: paths; `agents`: of sources.

    metadata       url | dataset | service (each complete), bad-url, none: TC260-003 5.1 c), and the
                   draft of GB/T 45652, 6.2 a): every item holds its URL, or dataset and
                   organisation, or service and user
    collected      ok | bad: the time of collection, where there is one
    generation     model+time | model | time: what records of generated data hold
    links          url-only | link-list: content to be treated as self-collected
    blocked        category of the block list that holds the address or a link of a link list
    robots         allowed | refused | ai-refused | no-snapshot, for documents with an address
    robots_agents  AI user agents that the site refuses by name, joined by spaces
    reserved       noai, tdm: marks in the headers or meta tags of the page, joined by a space
    """

    name: ClassVar[str] = "origins"
    rules: tuple[RuleInfo, ...] = ()
    columns: tuple[ColumnSpec, ...] = tuple(
        ColumnSpec(name, pa.string(), "category")
        for name in (
            "metadata", "collected", "generation", "links", "blocked", "robots", "robots_agents",
            "reserved",
        )
    )  # fmt: skip

    def __init__(self, config: Mapping[str, object]) -> None:
        lists = [str(path) for path in _listed(config.get("blocklist"))]
        self._blocklist = Blocklist(lists) if lists else None
        files = find_snapshots([Path(str(path)) for path in _listed(config.get("robots"))])
        self._snapshots = Snapshots(files) if files else None
        agents = config.get("agents") or {}
        assert isinstance(agents, Mapping)
        self._agents = {str(source): str(agent) for source, agent in agents.items()}
        digest = hashlib.blake2b(f"{VERSION} {AI_AGENTS} ".encode(), digest_size=16)
        digest.update((self._blocklist.digest if self._blocklist else "").encode())
        digest.update(json.dumps(sorted(self._agents.items())).encode())
        for host, file in sorted(files.items()):
            digest.update(host.encode() + b"\0" + hashlib.blake2b(file.read_bytes()).digest())
        self.digest = digest.hexdigest()

    def scan(self, batch: Batch) -> Observations:
        url = _column(batch, "url")
        valid = pc.fill_null(pc.match_substring_regex(url, _URL), False)
        links, inside = _links(batch)
        address = pc.if_else(valid, url, inside)  # of a document that is only a link: that link
        robots, agents = self._replay(batch, address)
        columns = {
            "metadata": _metadata(batch, url, valid),
            "collected": _checked_time(_column(batch, "collected_at")),
            "generation": _generation(batch),
            "links": links,
            "blocked": self._blocked(batch, address, links),
            "robots": robots,
            "robots_agents": agents,
            "reserved": _reserved(_column(batch, "headers")),
        }
        return Observations(columns=columns)

    def _blocked(self, batch: Batch, address: pa.Array, links: pa.Array) -> pa.Array:
        if self._blocklist is None:
            return pa.nulls(len(batch), pa.string())
        names = pa.array([*self._blocklist.categories], pa.string())
        codes = self._blocklist.match(pc.fill_null(address, ""))
        for row in np.flatnonzero(pc.equal(links, "link-list").fill_null(False).to_numpy(False)):
            if codes[row] < 0:
                found = _LINK.findall(batch.text.document(int(row)).decode())[:_LINKS_LOOKED_UP]
                hit = self._blocklist.match(pa.array(found, pa.large_string()))
                codes[row] = next((code for code in hit.tolist() if code >= 0), -1)
        return names.take(pa.array(codes, mask=codes < 0))

    def _replay(self, batch: Batch, address: pa.Array) -> tuple[pa.Array, pa.Array]:
        if self._snapshots is None or address.null_count == len(address):
            none = pa.nulls(len(batch), pa.string())
            return none, none
        verdicts: list[str | None] = []
        agents: list[str | None] = []
        sources = batch.records.column("source").to_pylist()
        for url, source in zip(address.to_pylist(), sources, strict=True):
            snapshot = self._snapshots.of(url) if url else None
            if url is None or snapshot is None:
                verdicts.append(None if url is None else "no-snapshot")
                agents.append(None)
                continue
            answer = snapshot.replay(url.strip(), self._agents.get(source, "*"))
            verdicts.append(answer.verdict)
            agents.append(" ".join(answer.agents) or None)
        return pa.array(verdicts, pa.string()), pa.array(agents, pa.string())


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else [] if value is None else [value]


def _column(batch: Batch, name: str) -> pa.Array:
    column = batch.column(name)
    return pa.nulls(len(batch), pa.string()) if column is None else column


def _filled(batch: Batch, name: str) -> pa.Array:
    """Which documents hold a value there that is not blank."""
    column = _column(batch, name)
    if column.null_count == len(column):
        return pa.array(np.zeros(len(column), np.bool_))
    return pc.fill_null(pc.greater(pc.utf8_length(pc.utf8_trim_whitespace(column)), 0), False)


def _metadata(batch: Batch, url: pa.Array, valid: pa.Array) -> pa.Array:
    dataset = pc.and_(_filled(batch, "dataset"), _filled(batch, "organization"))
    service = pc.and_(_filled(batch, "service"), _filled(batch, "user_id"))
    bad = pc.is_valid(url)
    choices = pc.make_struct(valid, dataset, service, bad, field_names=["u", "d", "s", "b"])
    return pc.case_when(choices, "url", "dataset", "service", "bad-url", "none")


def _checked_time(column: pa.Array) -> pa.Array:
    if column.null_count == len(column):
        return column.cast(pa.string())
    ok = pc.or_(pc.match_substring_regex(column, _TIME), pc.match_substring_regex(column, _EPOCH))
    return pc.if_else(ok, "ok", "bad")


def _generation(batch: Batch) -> pa.Array:
    model, time = _filled(batch, "model"), _filled(batch, "generated_at")
    both = pc.and_(model, time)
    choices = pc.make_struct(both, model, time, field_names=["b", "m", "t"])
    return pc.case_when(choices, "model+time", "model", "time", pa.scalar(None, pa.string()))


def _reserved(column: pa.Array) -> pa.Array:
    if column.null_count == len(column):
        return column.cast(pa.string())
    encoded = column.dictionary_encode()
    marks = pa.array([_marks(value) for value in encoded.dictionary.to_pylist()], pa.string())
    return marks.take(encoded.indices)


def _marks(headers: str) -> str | None:
    """`noai`, `tdm` of headers as a JSON object; of any other text that holds their words."""
    try:
        parsed = json.loads(headers)
    except ValueError:
        parsed = None
    given: dict[str, Any] = {}
    if isinstance(parsed, dict):
        given = {str(name).lower(): value for name, value in parsed.items()}
    found = set()
    for name, value in given.items():
        text = value if isinstance(value, str) else json.dumps(value)
        if "robots" in name and _NO_AI.search(text):
            found.add("noai")
        if name.removeprefix("meta ") == "tdm-reservation" and _RESERVED.match(text):
            found.add("tdm")
    return " ".join(sorted(found)) or None


def _links(batch: Batch) -> tuple[pa.Array, pa.Array]:
    """`url-only` or `link-list` for each document, and the one link of the former.

    Only documents with links close together are looked at one by one.
    """
    offsets = batch.text.offsets
    data = batch.text.data[offsets[0] : offsets[-1]]
    colon = np.flatnonzero(data[:-2] == ord(":"))
    begun = colon[(data[colon + 1] == ord("/")) & (data[colon + 2] == ord("/"))]
    count = np.diff(np.searchsorted(begun, offsets - offsets[0]))
    dense = np.flatnonzero((count > 0) & (count * _SPARSE >= batch.nbytes))
    kinds: npt.NDArray[np.object_] = np.full(len(batch), None, object)
    only: npt.NDArray[np.object_] = np.full(len(batch), None, object)
    for row in dense.tolist():
        document = batch.text.document(row).decode()
        found = _LINK.findall(document)
        letters = sum(map(len, document.split()))
        if not found or sum(map(len, found)) <= _LINK_SHARE * letters:
            continue
        if len(found) == 1 and len(found[0]) == letters:
            kinds[row], only[row] = "url-only", found[0]
        elif len(found) > 1:
            kinds[row] = "link-list"
    return pa.array(kinds, pa.string()), pa.array(only, pa.string())
