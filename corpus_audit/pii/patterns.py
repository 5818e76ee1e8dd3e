"""Kinds with letters and digits mixed: hyperscan says where, code says whether."""

from __future__ import annotations

import ipaddress
import re
from array import array
from functools import cache, lru_cache
from typing import Any

import numpy as np

from corpus_audit.pii.candidates import HIGH, LOW, MEDIUM, Collector
from corpus_audit.pii.wallets import is_wallet
from corpus_audit.text.buffers import Bytes, Int64s, Utf8
from corpus_audit.text.fold import View, locate

_STRETCH = 4 << 20
_OVERLAP = 256  # bytes: no pattern matches more
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
#: What hyperscan looks for in a view, by name. Only the end of a match is used.
PATTERNS = {
    "mac_address": rb"(?:^|[^0-9a-f:-])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}",
    "ip_address": rb"(?:^|[^0-9a-f:])(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}|[0-9a-f]{1,4}::[0-9a-f]{1,4}",
    "iban": rb"(?:^|[^a-z0-9])[a-z]{2}[0-9]{2}[ -]?[a-z0-9]{4}[ -]?[a-z0-9]{4}[ -]?[a-z0-9]{3}",
    "crypto_wallet": (
        rb"(?:^|[^a-z0-9])(?:[13][a-z1-9]{25,33}|bc1[a-z0-9]{25,59}|0x[0-9a-f]{40})(?:[^a-z0-9]|$)"
    ),
    "cn_number_plate": (
        f"(?:{'|'.join(_PROVINCES)})(?: ?[a-z] ?(?:·|•|-|.)?) ?[a-z0-9]".encode()
        + rb" ?[a-z0-9] ?[a-z0-9] ?[a-z0-9]"
    ),
    "coordinates": "[0-9] ?°".encode(),
    "cn_military_id": "[军士文职兵警武海空].{0,3}字第".encode(),
}
_MAC = re.compile(
    r"(?<![0-9a-f:-])(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}(?![0-9a-f:-])"
)
_IPV6 = re.compile(r"(?<![:.\w])(?=[0-9a-f]*:[0-9a-f]*:)[0-9a-f:]{6,39}(?![:\w])")
_IBAN = re.compile(r"(?<![a-z0-9])[a-z]{2}[0-9]{2}(?:[ -]?[a-z0-9]){11,30}")
_CRYPTO = re.compile(
    r"(?<![a-z0-9])(?:[13][a-z1-9]{25,33}|bc1[a-z0-9]{25,59}|0x[0-9a-f]{40})(?![a-z0-9])"
)
_PLATE = re.compile(
    rf"[{_PROVINCES}] ?[a-hj-z] ?[·•.\-]? ?(?:(?:[0-9][a-z]|[a-z][0-9]|[0-9]{{2}}|[a-z]{{2}})(?: ?[a-z0-9]){{2,3}}"
    r" ?[a-z0-9挂学警港澳领使])(?![a-z0-9])"
)
_ANGLE = (
    r"(?:(?:北纬|南纬|东经|西经|[nsew]) ?)?-?\d{1,3}(?:\.\d{4,17} ?°|° ?\d{1,2} ?[\u2032'\u2019] ?"
    r"\d{1,2}(?:\.\d+)? ?(?:[\u2033\"\u201d]|''|\u2032\u2032)?) ?(?:[nsew](?![a-z]))?"
)
_ANGLES = re.compile(rf"(?<![\d.]){_ANGLE}[,;、/| ]{{0,3}}{_ANGLE}")
_MILITARY = re.compile(
    r"[\u4e00-\u9fff]{0,2}[军士文职兵警武海空南北沈济兰成广京参政后装]{1,3}字第 ?[a-z]?[0-9]{6,9}[a-z]? ?号?"
)


class Patterns:
    """The patterns as one database."""

    def __init__(self) -> None:
        import hyperscan

        self.names = list(PATTERNS)
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._database.compile(
            expressions=[PATTERNS[name] for name in self.names],
            ids=list(range(len(self.names))),
            elements=len(self.names),
            flags=hyperscan.HS_FLAG_MULTILINE | hyperscan.HS_FLAG_DOTALL,
        )

    def scan(self, data: Bytes) -> tuple[Int64s, Int64s]:
        """(pattern, end) of matches in order of their ends; of one pattern at most one a byte."""
        return scan_database(self._database, data)

    def find(self, text: Utf8, view: View, found: Collector) -> None:
        """Add what is found in a view of a text."""
        which, end = self.scan(view.data)
        if not len(which):
            return
        row = np.searchsorted(view.offsets, end - 1, side="right") - 1
        order = np.argsort(row, kind="stable")
        which, end, row = which[order], end[order], row[order]
        keep = found.admit("patterns", row)
        done = [-1] * len(self.names)
        hits = zip(
            which[keep].tolist(), end[keep].tolist(), row[keep].tolist(),
            view.offsets[row[keep]].tolist(), (view.offsets[row[keep] + 1] - 1).tolist(),
            strict=True,
        )  # fmt: skip
        for pattern, at, document, begin, stop in hits:
            if at <= done[pattern]:
                continue
            name = self.names[pattern]
            low = max(begin, at - 76)
            window = view.data[low : min(at + 60, stop)].tobytes()
            while window and window[0] & 0xC0 == 0x80:  # never begin within a character
                window, low = window[1:], low + 1
            chars = window.decode("utf-8", "ignore")
            judge = getattr(self, f"_{name}")
            for start, size, level, placeholder in judge(chars, text, view, document, low):
                first = low + len(chars[:start].encode())
                last = first + len(chars[start : start + size].encode())
                if (
                    last <= done[pattern]
                    or not first < at + 2
                    or (name != "coordinates" and last + 2 < at)
                ):
                    continue
                done[pattern] = last
                found.add(name, document, first, last, level, placeholder)

    def _mac_address(self, chars: str, *_: Any) -> list[tuple[int, int, int, bool]]:
        return [(m.start(), len(m[0]), MEDIUM, len(set(m[0])) <= 3) for m in _MAC.finditer(chars)]

    def _ip_address(self, chars: str, *_: Any) -> list[tuple[int, int, int, bool]]:
        answers = []
        for match in _IPV6.finditer(chars):
            public = _is_public_ipv6(match[0])
            if public is not None:
                answers.append((match.start(), len(match[0]), MEDIUM, not public))
        return answers

    def _iban(self, chars: str, *_: Any) -> list[tuple[int, int, int, bool]]:
        answers = []
        for match in _IBAN.finditer(chars):
            size = _iban_length(match[0])
            if size:
                answers.append((match.start(), size, HIGH, False))
        return answers

    def _crypto_wallet(
        self, chars: str, text: Utf8, view: View, row: int, low: int
    ) -> list[tuple[int, int, int, bool]]:
        answers = []
        for match in _CRYPTO.finditer(chars):
            if match[0].startswith("0x"):
                answers.append((match.start(), len(match[0]), LOW, len(set(match[0])) <= 3))
                continue
            first = low + len(chars[: match.start()].encode())
            raw = raw_slice(text, view, row, first, first + len(match[0].encode()))
            if sum(map(str.isdigit, raw)) >= 2 and is_wallet(raw):
                answers.append((match.start(), len(match[0]), HIGH, False))
        return answers

    def _cn_number_plate(self, chars: str, *_: Any) -> list[tuple[int, int, int, bool]]:
        answers = []
        for match in _PLATE.finditer(chars):
            plate = re.sub("[ ·•.-]", "", match[0])
            if not 7 <= len(plate) <= 8 or sum(map(str.isdigit, plate[2:])) < 2:
                continue
            if len(plate) == 8 and not (plate[2] in "abcdefghjk" or plate[-1] in "abcdefghjk"):
                continue
            before = chars[max(0, match.start() - 6) : match.start()]
            if before[-1:] and before[-1] in _PROVINCES:
                continue  # two provinces in a row are no plate
            answers.append((match.start(), len(match[0]), MEDIUM, False))
        return answers

    def _coordinates(self, chars: str, *_: Any) -> list[tuple[int, int, int, bool]]:
        return [(m.start(), len(m[0].rstrip()), HIGH, False) for m in _ANGLES.finditer(chars)]

    def _cn_military_id(self, chars: str, *_: Any) -> list[tuple[int, int, int, bool]]:
        answers = []
        for match in _MILITARY.finditer(chars):
            trimmed = re.sub(
                r"^[\u4e00-\u9fff]*?(?=[军士文职兵警武海空南北沈济兰成广京参政后装]{1,3}字)",
                "",
                match[0],
            )
            start = match.start() + len(match[0]) - len(trimmed)
            answers.append((start, len(trimmed), HIGH, False))
        return answers


def scan_database(database: Any, data: Bytes) -> tuple[Int64s, Int64s]:
    """(id, end) of every match of a hyperscan database, in stretches that bound its memory."""
    packed = array("q")
    append = packed.append

    def collect(pattern: int, _start: int, end: int, _flags: int, _context: object) -> None:
        append(end << 16 | pattern)

    ids, ends = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    begin = 0
    while begin < len(data):
        known = _OVERLAP if begin else 0
        database.scan(data[begin - known : begin + _STRETCH], match_event_handler=collect)
        found = np.unique(np.array(packed, np.int64))
        del packed[:]
        end = (found >> 16) + begin - known
        fresh = end > begin
        ids.append((found & 0xFFFF)[fresh])
        ends.append(end[fresh])
        begin += _STRETCH
    return np.concatenate(ids), np.concatenate(ends)


@lru_cache(maxsize=1 << 12)
def _is_public_ipv6(text: str) -> bool | None:
    """Does an address belong to somebody? None: the text is no address."""
    if text.count(":") < 4 and "::" not in text:
        return None
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return None
    return address.is_global and not text.startswith("2001:db8")


def raw_slice(text: Utf8, view: View, row: int, start: int, end: int) -> str:
    """The raw characters that gave a stretch of the view."""
    one = np.array([row], np.int32)
    span = locate(text, view, one, np.array([start]), np.array([end]), "plain")
    base = int(text.offsets[row])
    return (
        text.data[base + int(span.byte_start[0]) : base + int(span.byte_end[0])].tobytes().decode()
    )


_IBANS = """
ad24 ae23 al28 at20 az28 ba20 be16 bg22 bh22 bi27 br29 by28 ch21 cr22 cy28 cz24 de22 dj27
dk18 do28 ee20 eg29 es24 fi18 fk18 fo18 fr27 gb22 ge22 gi23 gl18 gr27 gt28 hr21 hu28 ie22
il23 iq23 is26 it27 jo30 kw30 kz20 lb28 lc32 li21 lt20 lu20 lv21 ly25 mc27 md24 me22 mk19
mn20 mr27 mt31 mu30 nl18 no15 om23 pk24 pl28 ps29 pt25 qa29 ro24 rs22 ru33 sa24 sc31 sd18
se24 si19 sk24 sm27 so23 st25 sv28 tl23 tn24 tr26 ua29 va22 vg24 xk20 ye30
"""
#: Characters of an IBAN by country (ISO 13616 registry, release 98).
_IBAN_LENGTHS = {
    pair[:2]: int(pair[2:])
    for pair in _IBANS.split()
}  # fmt: skip


def _iban_length(written: str) -> int:
    """Characters of the valid IBAN at the start of a text (ISO 7064 mod 97-10), or 0."""
    wanted = _IBAN_LENGTHS.get(written[:2], 0)
    size, compact = 0, ""
    while size < len(written) and len(compact) < wanted:
        compact += written[size].strip(" -")
        size += 1
    if not wanted or len(compact) != wanted or written[size : size + 1].isalnum():
        return 0
    turned = "".join(str(int(char, 36)) for char in compact[4:] + compact[:4])
    return size if int(turned) % 97 == 1 else 0


@cache
def load_patterns() -> Patterns:
    """The patterns, compiled once."""
    return Patterns()
