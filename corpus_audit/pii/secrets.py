"""Keys, tokens and passwords: the marks they begin with, found in a view, judged in the raw text.

Letters of tokens are told apart by case, which a view has not; so a literal in the view only says
where to look, and the pattern is matched in the raw characters there.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from functools import cache
from typing import NamedTuple

import numpy as np

from corpus_audit.pii.candidates import HIGH, MEDIUM, Collector
from corpus_audit.pii.literals import Literals, Occurrences
from corpus_audit.pii.passwords import is_placeholder_secret, is_placeholder_token, looks_random
from corpus_audit.text.buffers import Utf8
from corpus_audit.text.fold import View, locate

_REACH = 4200  # characters of raw text behind a mark: the longest private keys in use


_ASSIGNMENT = re.compile(
    rb"(?:id|_id|_?key(?:_?id)?)?[\"' ]{0,2}(?:[:=]|\xe6\x98\xaf|\xe4\xb8\xba)"
)


class Form(NamedTuple):
    """One kind of secret: marks in folded text, and its form in raw text from the mark on."""

    kind: str
    marks: tuple[str, ...]
    pattern: re.Pattern[str]
    level: int = HIGH


def _form(kind: str, marks: str, pattern: str, level: int = HIGH) -> Form:
    return Form(kind, tuple(marks.split(" ")), re.compile(pattern), level)


_END = r"(?![A-Za-z0-9_-])"
FORMS = (
    Form(
        "private_key",
        ("-----begin ",),
        re.compile(
            r"-----BEGIN (?P<what>(?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?)-----"
            r"[A-Za-z0-9+/=\\nr\s:,.()-]{16,4000}?-----END (?P=what)-----"
        ),
    ),
    _form("cloud_token", "akia asia abia acca", rf"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{{16}}{_END}"),
    _form("cloud_token", "ltai", rf"LTAI[A-Za-z0-9]{{12,26}}{_END}"),
    _form("cloud_token", "akid", rf"AKID[A-Za-z0-9]{{13,40}}{_END}"),
    _form("cloud_token", "aiza", rf"AIza[A-Za-z0-9_-]{{35}}{_END}"),
    _form("cloud_token", "xoxb- xoxp- xoxa- xoxs- xoxr-", rf"xox[abprs]-[A-Za-z0-9-]{{10,72}}{_END}"),
    _form("cloud_token", "sk_live_ rk_live_", rf"[sr]k_live_[A-Za-z0-9]{{16,99}}{_END}"),
    _form("cloud_token", "sk-", rf"sk-(?:proj-|ant-[a-z0-9]+-)?[A-Za-z0-9_-]{{20,180}}{_END}"),
    _form("cloud_token", "sg.", rf"SG\.[A-Za-z0-9_-]{{16,32}}\.[A-Za-z0-9_-]{{16,64}}{_END}"),
    _form("cloud_token", "hf_", rf"hf_[A-Za-z0-9]{{30,40}}{_END}"),
    _form("cloud_token", "dop_v1_", rf"dop_v1_[a-f0-9]{{64}}{_END}"),
    _form("cloud_token", "shpat_ shpca_ shppa_", rf"shp(?:at|ca|pa)_[a-fA-F0-9]{{32}}{_END}"),
    _form("cloud_token", "accountkey=", r"AccountKey=(?P<value>[A-Za-z0-9+/]{86}==)"),
    _form("cloud_token", "ya29.", rf"ya29\.[A-Za-z0-9_-]{{20,200}}{_END}"),
    _form("git_token", "ghp_ gho_ ghu_ ghs_ ghr_", rf"gh[pousr]_[A-Za-z0-9]{{36,251}}{_END}"),
    _form("git_token", "github_pat_", rf"github_pat_[A-Za-z0-9_]{{22,244}}{_END}"),
    _form("git_token", "glpat- gldt- glrt-", rf"gl(?:pat|dt|rt)-[A-Za-z0-9_-]{{20,64}}{_END}"),
    _form("git_token", "npm_", rf"npm_[A-Za-z0-9]{{36}}{_END}"),
    _form("git_token", "pypi-", rf"pypi-AgE[A-Za-z0-9_-]{{50,250}}{_END}"),
    _form("git_token", "atbb", rf"ATBB[A-Za-z0-9]{{28,40}}{_END}"),
    _form("jwt", "eyj", r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"),
    Form(
        "cloud_token",
        (
            "secret", "secret_key", "secretkey", "secret_access_key", "secretaccesskey", "api_key",
            "apikey", "api-key", "access_token", "accesstoken", "auth_token", "app_secret",
            "appsecret", "client_secret", "clientsecret", "access_key_secret", "accesskeysecret",
            "access_key", "accesskey", "access_key_id", "accesskeyid", "token", "密钥", "令牌", "秘钥",
            "accesskeyid", "secretid", "私钥", "ak", "api_token", "bearer", "密钥id", "appkey",
        ),
        re.compile(
            r"(?i:secret|secret_?key|secret_?access_?key|secretaccesskey|api[_-]?key|access_?token|"
            r"auth_?token|app_?secret|client_?secret|access_?key_?secret|access_?key(?:_?id)?|token|"
            r"secret_?id|api_?token|bearer|app_?key|密钥|令牌|秘钥|私钥|金鑰|密鑰|ak|密钥id)"
            r"(?:(?i:id)|号|码)?[\"']?\s?(?:[:=]+>?|：|是|为| is )\s?[\"'`“]?"
            r"(?P<value>[A-Za-z0-9+/_=.-]{16,120})(?![A-Za-z0-9+/_(\[])"
        ),
        MEDIUM,
    ),
    Form(
        "url_credentials",
        tuple(f"{name}=" for name in (
            "password", "passwd", "pwd", "token", "access_token", "secret", "apikey", "api_key",
            "idcard", "id_card", "mobile", "phone", "phonenumber", "sessionid", "auth", "signature",
        )),
        re.compile(
            r"(?P<head>https?://[^\s\"'<>]{3,300}[?&])"
            r"(?i:password|passwd|pwd|token|access_token|secret|api_?key|id_?card|mobile|phone|"
            r"phonenumber|sessionid|auth|signature)=(?P<value>[^\s&\"'<>#，。；）)]{6,})"
            r"[^\s\"'<>，。；）)]*"
        ),
        MEDIUM,
    ),
)  # fmt: skip


class Secrets:
    """All forms behind one set of marks."""

    def __init__(self) -> None:
        owners: dict[bytes, list[int]] = {}
        for i, form in enumerate(FORMS):
            for mark in dict.fromkeys(form.marks):
                owners.setdefault(mark.encode(), []).append(i)
        words = sorted(owners)
        self.owners = [owners[word] for word in words]
        # a mark such as `secret` may stand within a longer name: CLIENT_SECRET
        self._assigns = [
            all(FORMS[i].level == MEDIUM and FORMS[i].kind == "cloud_token" for i in owners[word])
            for word in words
        ]
        edges = [
            word == b"ak" or not (assigned or word == b"-----begin ")
            for word, assigned in zip(words, self._assigns, strict=True)
        ]
        self.literals = Literals(words, edges, right=False)

    def find(self, text: Utf8, view: View, words: Occurrences, found: Collector) -> None:
        """Add what is found in a view of a text."""
        word, end = words.of(self.literals)
        if not len(word):
            return
        start = end - self.literals.length[word]
        order = np.argsort(start, kind="stable")
        word, start, end = word[order], start[order], end[order]
        row = np.searchsorted(view.offsets, start, side="right") - 1
        keep = found.admit("secrets", row)
        word, start, end, row = word[keep], start[keep], end[keep], row[keep]
        likely = np.array(
            [self._may(view, w, e) for w, e in zip(word.tolist(), end.tolist(), strict=True)],
            np.bool_,
        )
        word, start, end, row = word[likely], start[likely], end[likely], row[likely]
        if not len(word):
            return
        spans = locate(text, view, row.astype(np.int32), start, end, "plain")
        hits = zip(
            word.tolist(), spans.byte_start.tolist(), row.tolist(), start.tolist(), end.tolist(),
            strict=True,
        )  # fmt: skip
        for which, at, document, folded, _ in hits:
            base = int(text.offsets[document])
            stop = int(text.offsets[document + 1])
            raw = text.data[base + at : min(base + at + _REACH, stop)].tobytes()
            chars = raw.decode("utf-8", "ignore")
            for index in self.owners[which]:
                form = FORMS[index]
                lead = 0
                if form.kind == "url_credentials":
                    before = text.data[max(base, base + at - 320) : base + at].tobytes()
                    head = re.search(r"https?://[^\s\"'<>]*[?&]$", before.decode("utf-8", "ignore"))
                    if not head:
                        continue
                    lead = len(head[0])
                    match = form.pattern.match(head[0] + chars)
                else:
                    match = form.pattern.match(chars)
                if match:
                    self._judge(form, match, lead, folded, document, view, found)

    def _may(self, view: View, word: int, end: int) -> bool:
        """A cheap look at what follows a mark: an assignment, or more letters of a token."""
        follows = view.data[end : end + 12].tobytes()
        if self._assigns[word]:
            return _ASSIGNMENT.match(follows) is not None
        return bool(follows[:1])

    def _judge(
        self, form: Form, match: re.Match[str], lead: int, folded: int, row: int, view: View,
        found: Collector,
    ) -> None:  # fmt: skip
        named = "value" in form.pattern.groupindex
        value = match["value"] if named else match[0]
        if form.kind == "url_credentials":
            placeholder = is_placeholder_secret(value)
            start = folded - lead
            size = len(match[0].lower().encode())
        else:
            begin = match.start("value") if named else 0
            start = folded + len(match[0][:begin].lower().encode())
            size = _folded_size(match[0][begin : begin + len(value)])
            placeholder = is_placeholder_token(value)
        if form.level == MEDIUM and form.kind == "cloud_token" and not looks_random(value):
            return
        if form.kind == "jwt" and not _is_jwt(value):
            return
        if form.kind == "private_key" and placeholder:
            placeholder = "..." in value
        found.add(form.kind, row, start, min(start + size, int(view.offsets[row + 1]) - 1),
                  form.level, placeholder)  # fmt: skip


def _folded_size(raw: str) -> int:
    """Bytes of an ASCII text in the view, where runs of white space are one space."""
    return len(re.sub(r"\s+", " ", raw).encode())


def _is_jwt(token: str) -> bool:
    """RFC 7519: the first part is a JSON object that names an algorithm."""
    head = token.split(".", 1)[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (binascii.Error, ValueError):
        return False
    return isinstance(header, dict) and "alg" in header


@cache
def load_secrets() -> Secrets:
    """The forms, compiled once."""
    return Secrets()
