"""Replay of stored robots.txt snapshots against the addresses of documents: RFC 9309 by protego.

A snapshot is a file named by its authority: `robots/news.example.txt`, `news.example_8080.txt`, or
`news.example/robots.txt`. It holds what the site sent; a stored answer with its HTTP status line
is taken by RFC 9309 2.3.1 (4xx: all allowed, 5xx: all refused).

protego reads more than the RFC asks (misspelt names, rules without a colon). Before it sees a file
we bring the records into the form of the RFC, because it would otherwise differ: groups by whole
product token and not by its beginning, no end of a group at records such as Crawl-delay, byte order
marks and lines. What stays: `Allow: /x/index.html` also allows `/x/`, as Google reads it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import quote, urlsplit

#: Crawlers that collect for training models, by the product token that sites refuse them with.
#: From what their operators publish: OpenAI, Common Crawl, Anthropic, Google, Apple, Meta, Amazon,
#: ByteDance, Perplexity, Cohere, Allen Institute, Diffbot, Huawei, and others.
AI_AGENTS = (
    "GPTBot", "ChatGPT-User", "OAI-SearchBot", "CCBot", "ClaudeBot", "anthropic-ai", "Claude-Web",
    "Google-Extended", "Applebot-Extended", "meta-externalagent", "FacebookBot", "Amazonbot",
    "Bytespider", "PerplexityBot", "cohere-ai", "cohere-training-data-crawler", "AI2Bot",
    "Diffbot", "ImagesiftBot", "Omgilibot", "omgili", "PetalBot", "PanguBot", "DeepSeekBot",
    "Kangaroo", "Timpibot", "img2dataset", "VelenPublicWebCrawler", "Webzio-Extended", "YouBot",
)  # fmt: skip

_MAX_BYTES = 1 << 20  # RFC 9309 2.5 asks for at least 500 KiB
_RECORD = re.compile(r"\s*(user-?agent|allow|dis+al+ow)\s*(?::|\s)\s*(.*?)\s*", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z_-]+")
_NOBODY = "\x00"  # no product token holds it: only the group of `*` applies

Verdict = Literal["allowed", "refused", "ai-refused"]


class Replay(NamedTuple):
    """What a snapshot says of an address."""

    verdict: Verdict
    agents: tuple[str, ...]  # AI user agents that are refused here


class Robots:
    """One snapshot."""

    def __init__(self, content: str) -> None:
        from protego import Protego

        content, status = _body(content)
        self._whole: bool | None = None  # the same answer for all: True, False
        if 400 <= status < 500:
            self._whole = True
        elif status >= 500:
            self._whole = False
        records, self._tokens = _canonical(content)
        self._parsed: Any = Protego.parse(records)
        named = {agent.lower(): agent for agent in AI_AGENTS}
        # agents of the same groups get the same answer: one of them is asked for all
        alike: dict[tuple[int, ...], list[str]] = {}
        for token in sorted(self._tokens.keys() & named.keys()):
            alike.setdefault(self._tokens[token], []).append(named[token])
        self._ai = tuple(tuple(names) for names in alike.values())

    def allows(self, url: str, agent: str) -> bool:
        """May this agent (a product token; `*` for one that no group names) fetch it?"""
        if self._whole is not None:
            return self._whole or urlsplit(url).path == "/robots.txt"
        token = agent.lower() if agent.lower() in self._tokens else _NOBODY
        return bool(self._parsed.can_fetch(url, token))

    def replay(self, url: str, agent: str) -> Replay:
        """The verdict for the agent that collected, and which AI agents are refused by name."""
        alike = (names for names in self._ai if not self.allows(url, names[0]))
        refused = tuple(sorted(name for names in alike for name in names))
        if not self.allows(url, agent):
            return Replay("refused", refused)
        return Replay("ai-refused" if refused else "allowed", refused)


class Snapshots:
    """All snapshots of some folders, by authority. Read when first asked for."""

    def __init__(self, files: dict[str, Path]) -> None:
        self._files = files
        self._get = lru_cache(maxsize=4096)(self._load)

    def of(self, url: str) -> Robots | None:
        """The snapshot for an address; None where none is stored or it is no web address."""
        return self._get(authority(url))

    def _load(self, host: str) -> Robots | None:
        file = self._files.get(host) or self._files.get(host.removeprefix("www."))
        if file is None or not host:
            return None
        with file.open("rb") as stream:
            return Robots(stream.read(_MAX_BYTES).decode("utf-8-sig", "replace"))


def authority(url: str) -> str:
    """Host and port in lower case, without the port that the scheme implies; "" for none."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if not host or parts.scheme.lower() not in ("http", "https"):
        return ""
    usual = {"http": 80, "https": 443}[parts.scheme.lower()]
    return host if port in (None, usual) else f"{host}:{port}"


def find_snapshots(paths: list[Path]) -> dict[str, Path]:
    """Authority -> file, of folders of snapshots and of single files named by their site."""
    found: dict[str, Path] = {}
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and not file.name.startswith("."):
                name = file.parent.name if file.name == "robots.txt" else file.stem
                if file.suffix not in (".txt", ".robots", ".http"):
                    name = file.name
                name = re.sub(r"^https?[_:]+/*", "", name.lower())
                found.setdefault(re.sub(r"[_:](\d{1,5})$", r":\1", name), file)
    return found


def _body(content: str) -> tuple[str, int]:
    """The file, and the HTTP status that it came with (200 where only the file was stored)."""
    found = re.match(r"HTTP/\d(?:\.\d)? (\d{3})[^\r\n]*\r?\n", content)
    if not found:
        return content, 200
    _, _, body = content.replace("\r\n", "\n").partition("\n\n")
    return body, int(found[1])


def _canonical(content: str) -> tuple[str, dict[str, tuple[int, ...]]]:
    """Only the records of the RFC, as it writes them, and the groups of each token."""
    lines: list[str] = []
    tokens: dict[str, tuple[int, ...]] = {}
    group, in_rules = 0, False
    for line in re.split(r"\r\n|\r|\n", content.removeprefix("\ufeff")):
        found = _RECORD.fullmatch(line.partition("#")[0])
        if not found:
            continue
        name, value = found[1].lower(), found[2]
        if name.startswith("user"):
            token = "*" if value.startswith("*") else (_TOKEN.match(value) or [""])[0].lower()
            group, in_rules = group + in_rules, False
            tokens[token] = (*tokens.get(token, ()), group)
            lines.append(f"User-agent: {token or '-'}")  # what names nobody still begins a group
        else:
            in_rules = True
            # encoded here: some characters would break a line for Python
            written = quote(value, safe="%/?#[]@!$&'()*+,;=:-._~")
            lines.append(f"{'Allow' if name == 'allow' else 'Disallow'}: {written}")
    return "\n".join(lines), tokens
