"""Identifiers that a word before them tells: `微信号：abc_123`, `passport no. E12345678`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from corpus_audit.pii.candidates import Collector
from corpus_audit.pii.groups import table_of
from corpus_audit.pii.literals import Literals, Occurrences
from corpus_audit.pii.passwords import looks_like_password
from corpus_audit.rules.location import load_toml, rules_dir
from corpus_audit.text.buffers import Bytes
from corpus_audit.text.fold import View, fold_texts

_WINDOW = 240  # bytes behind the word
#: What may stand between the word and its value.
JOINT = re.compile(
    r"\s?(?:\((?=[号编]))?(?:号码|号 码|号|帐号|账号|账户|编号|[_-]?(?:id|no|num|number|account|name)\.?|#|码)?\s?"
    r"(?:同号|[/、和与及跟](?:qq|电话|手机|手机号|微信|支付宝|邮箱|wx|vx)(?:同号|号)?)?\s?"
    r"(?:\([^()0-9]{0,12}\)|\[[^\[\]0-9]{0,8}\])?[\"'`]?\s?"
    r"(?P<colon>(?:都是|就是|一般是|应该是|改成了|改成|换成了|换成|设为|设置为|设成|填的是|写的是|登记的是|登记为|[:=]+>?|是|为|叫|即| ?is | ?was | ?are |\||->)?)"
    r"\s?[\"'`“‘「『【<(\[]{0,2}\s?(?:[:=])?\s?"
)
_LEVELS = {"high": 0, "medium": 1, "low": 2, None: -1}
_REACH = {
    "loose": re.compile(r"[^0-9a-z]{0,24}"),
    "assign": re.compile(r"[^a-z0-9]{0,16}(?:为|成|是|[:=]){1,2}\s?[\"'“]?"),
    "number": re.compile(r"[^0-9a-z]{0,20}(?:号码?|编号)\s?[:(是为]?\s?[\"'“]?"),
}
_ASCII_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
#: Behind 生: 生效 is no birth.
_NOT_BORN = frozenset("效产活命成物育死存意前锁变态")
#: Letters behind a word that ends in one, with which nothing begins that joins it to a value.
_GOES_ON = table_of(set(b"abcdefghijklmnopqrstuvwxyz") - set(b"inaw"))  # id, no, name, is, was
_WORDISH = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")


@dataclass(frozen=True)
class Field:
    """One entry of `rules/pii/fields.toml`."""

    kind: str
    words: tuple[str, ...]
    value: re.Pattern[str]
    colon: int
    bare: int
    needs_digit: bool
    reach: re.Pattern[str] | None  # what may stand between, where the value need not follow at once

    def fits(self, text: str) -> bool:
        """Is all of a text a value?"""
        return self.value.fullmatch(text) is not None


def spaced_too(words: Sequence[str]) -> list[str]:
    """Words, and those of Han characters with a space between these, as scanned forms have them."""
    han = [
        " ".join(word) for word in words if len(word) > 1 and not word.isascii() and " " not in word
    ]
    return [
        *words,
        *(word for word in han if not any(char.isascii() and char != " " for char in word)),
    ]


class Fields:
    """All fields behind one set of words."""

    def __init__(self) -> None:
        stored = load_toml(rules_dir() / "pii/fields.toml")["field"]
        self.fields = [
            Field(
                entry["kind"],
                tuple(entry["words"]),
                re.compile(entry["value"]),
                _LEVELS[entry.get("colon")],
                _LEVELS[entry.get("bare")],
                entry.get("needs") == "digit",
                _REACH.get(entry.get("reach")),
            )
            for entry in stored
        ]
        owners: dict[bytes, list[int]] = {}
        for i, field in enumerate(self.fields):
            for word in fold_texts(spaced_too(field.words)):
                owners.setdefault(word, []).append(i)
        ordered = sorted(owners)
        behind = [(word, i) for i, e in enumerate(stored) for word in e.get("behind", ())]
        self.behind = [i for _, i in behind]
        self.behind_words = Literals(fold_texts([word for word, _ in behind]))
        # A word may be tied to what follows by an underscore or digits: `qq123456`, `mrn00123`.
        free = {i for i, e in enumerate(stored) if not e.get("edges", True)}
        edges = [not free & set(owners[word]) or len(word) < 4 for word in ordered]
        self.literals = Literals(ordered, edges, right=False)
        self.owners = [owners[word] for word in ordered]
        self.glued = np.array([word[-1] < 0x80 for word in ordered], np.bool_)

    def find(self, view: View, words: Occurrences, found: Collector) -> None:
        """Add what is found in a view."""
        self._find_behind(view, words, found)
        word, end = words.of(self.literals)
        if not len(word):
            return
        row = np.searchsorted(view.offsets, end, side="right") - 1
        data = view.data
        keep = found.admit("fields", row) & ~(self.glued[word] & _GOES_ON[data[end]])
        stops = view.offsets[row + 1] - 1
        nth = zip(
            word[keep].tolist(), end[keep].tolist(), stops[keep].tolist(), row[keep].tolist(),
            strict=True,
        )  # fmt: skip
        for which, at, stop, document in nth:
            text = data[at : min(at + _WINDOW, stop)].tobytes().decode("utf-8", "ignore")
            if not text or text[0] in _NOT_BORN or self._is_within(which, at, data):
                continue
            joint = JOINT.match(text)
            assert joint
            glued = bool(self.glued[which])
            for index in self.owners[which]:
                self._try(self.fields[index], text, joint, glued, at, document, found)

    def _is_within(self, which: int, at: int, data: Bytes) -> bool:
        """Does the word end another one, as 生于 ends 发生于?"""
        if not self.literals.words[which].startswith("生".encode()):
            return False
        start = at - len(self.literals.words[which])
        return data[max(0, start - 3) : start].tobytes().decode("utf-8", "ignore") in (
            "发",
            "产",
            "诞",
            "派",
        )

    def _find_behind(self, view: View, words: Occurrences, found: Collector) -> None:
        """Values that stand before their word."""
        word, end = words.of(self.behind_words)
        if not len(word):
            return
        start = end - self.behind_words.length[word]
        row = np.searchsorted(view.offsets, start, side="right") - 1
        keep = found.admit("behind", row)
        begins = view.offsets[row]
        hits = zip(
            word[keep].tolist(), start[keep].tolist(), begins[keep].tolist(), row[keep].tolist(),
            strict=True,
        )  # fmt: skip
        for which, at, begin, document in hits:
            field = self.fields[self.behind[which]]
            low = max(begin, at - 40)
            if (
                view.data[
                    at + int(self.behind_words.length[which]) : at
                    + int(self.behind_words.length[which])
                    + 3
                ]
                .tobytes()
                .decode("utf-8", "ignore")
                in _NOT_BORN
            ):
                continue
            raw = view.data[low : at + 3].tobytes()
            if not any(48 <= byte <= 57 for byte in raw):
                continue
            text = raw.decode("utf-8", "ignore")
            last = None
            for match in field.value.finditer(text):
                last = match
            if last and not text[last.end() : -1].strip(" ,("):
                size = len(last[0].encode())
                ahead = len(text[last.end() :].encode())
                found.add(field.kind, document, at + 3 - ahead - size, at + 3 - ahead, 1)

    def _try(
        self, field: Field, text: str, joint: re.Match[str], glued: bool, at: int, row: int,
        found: Collector,
    ) -> None:  # fmt: skip
        named = bool(joint["colon"] or ":" in joint[0] or "=" in joint[0])
        level = field.colon if named else field.bare
        value = field.value.match(text, joint.end())
        if not value and field.reach:
            value = field.value.search(text, 0, 40)
            if value and not field.reach.fullmatch(text, 0, value.start()):
                return
            level = field.bare
            named = True
        if not value or level < 0:
            return
        if glued and not joint.end() and text[0] in _ASCII_LETTERS:
            return  # `wxabc123` names nothing
        end = value.end()
        if field.kind == "password":
            if not named and not _is_mixed(value[0]):
                return  # without a colon only what is no word at all
            end = _password_end(text, value)
            if not end:
                return
        elif (text[end - 1] in _WORDISH and text[end : end + 1] in _WORDISH - {""}) or (
            text[end : end + 1] == "." and text[end + 1 : end + 2].isdigit()
        ):
            return
        given = text[value.start() : end]
        if field.kind in ("wechat_id", "alipay"):
            digit = any(char.isdigit() for char in given) or "_" in given or "-" in given
            called = bool(joint["colon"]) or "号" in joint[0] or "id" in joint[0]
            if not digit and not (called and given not in _ORDINARY and text[end : end + 1] != " "):
                return
            if text[end : end + 1] in ("/", ".", "@", "=", ":") and "@" not in given:
                return
        if field.kind == "qq" and re.fullmatch(r"1[3-9]\d{9}", given):
            return
        if (
            field.kind == "cn_driving_licence"
            and not joint[0].strip()
            and level > 0
            and not (joint["colon"])
            and given.startswith("0")
        ):
            return
        start = at + len(text[: value.start()].encode())
        found.add(field.kind, row, start, start + len(given.encode()), level)


def _is_mixed(text: str) -> bool:
    """Letters, digits and other characters together."""
    return (
        any(char.isdigit() for char in text)
        and any(char.isalpha() for char in text)
        and any(not char.isalnum() for char in text.rstrip(".,;:!?\"')]}"))
    )


def _password_end(text: str, value: re.Match[str]) -> int:
    """End of a value that looks like a password; 0: it is an ordinary word or code."""
    given = value[0]
    for closing in ('"', "'", "`", ",", ";", ")", "]", "}", "<", "&", "|"):
        cut = given.find(closing)
        if cut >= 0:
            given = given[:cut]
    given = given.rstrip(".:!?")
    return value.start() + len(given) if looks_like_password(given) else 0


#: ASCII words that follow 微信 in ordinary text.
_ORDINARY_WORDS = """
android iphone windows webview browser applet client server wechat weixin openid unionid
appid secret github google facebook twitter native official public miniprogram message
payment wallet login mobile version account number
"""
_ORDINARY = frozenset(_ORDINARY_WORDS.split())


@cache
def load_fields() -> Fields:
    """The fields that ship."""
    return Fields()
