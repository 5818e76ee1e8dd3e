"""How sure is a candidate made of digits: its check digits, its form and the words beside it."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from corpus_audit.pii.candidates import HIGH, LOW, MEDIUM, Candidates, Collector
from corpus_audit.pii.context import load_context
from corpus_audit.pii.digits import SHAPES, Numbers, find_numbers
from corpus_audit.pii.groups import (
    GROUPED,
    ISSUER,
    JOINED,
    LETTER,
    PREFIXED,
    STRONG,
    UNCHECKED,
)
from corpus_audit.pii.phones import is_telephone
from corpus_audit.pii.placeholders import is_placeholder
from corpus_audit.text.buffers import Int64s
from corpus_audit.text.fold import View

_DECIMAL = re.compile(r"-?\d+\.\d+")
_FRACTION = re.compile(r"\d+\.\d+(?!.*[-. ])")
_EXTENSION = re.compile(rb" ?x ?[0-9]{1,6}(?![0-9a-z])")
_DATE = re.compile(r"(?:19|20)\d\d[-/. ]?(?:0?[1-9]|1[0-2])[-/. ]?(?:0?[1-9]|[12]\d|3[01])(?!\d)")
Levels = npt.NDArray[np.int8]
_DROP = 3
_KINDS = {
    "id18": "cn_resident_id", "id15": "cn_resident_id", "card": "bank_card", "mobile": "cn_mobile",
    "landline": "cn_landline", "ssn": "us_ssn", "phone": "phone", "ipv4": "ip_address",
    "coordinates": "coordinates", "uscc": "cn_social_credit_code",
    "hmt": "cn_hmt_residence_permit", "foreigner": "cn_foreigner_residence_card",
}  # fmt: skip
_TOPIC = {
    "id18": "resident_id", "id15": "resident_id", "card": "card", "mobile": "phone",
    "landline": "phone", "ssn": "ssn", "phone": "phone", "ipv4": "ip", "coordinates": "coordinates",
    "uscc": "organisation", "hmt": "resident_id", "foreigner": "resident_id",
}  # fmt: skip
_BESIDE = 15  # bytes: five Han characters
_CLOSE = 40
_SERVICE = ("400", "800")  # numbers of firms, not of persons


def judge_numbers(view: View, found: Collector) -> None:
    """Add the identifiers among the numbers of a view."""
    numbers = find_numbers(view, found.cap)
    found.capped += numbers.capped
    if not len(numbers.shape):
        return
    row = np.searchsorted(view.offsets, numbers.start, side="right") - 1
    order = np.argsort(numbers.start, kind="stable")
    numbers = numbers.take(order)
    row = row[order]
    words = load_context().near(view, numbers.start, numbers.end, row)
    order_left = words.left("order")
    version = words.left("version")
    taken: list[tuple[Int64s, Int64s]] = []  # what surer kinds hold: no telephones of elsewhere
    for shape, name in sorted(enumerate(SHAPES), key=lambda item: item[1] == "phone"):
        which = np.flatnonzero(numbers.shape == shape)
        if name == "phone" and len(which):
            which = which[_is_free(numbers.start[which], numbers.end[which], taken)]
        if not len(which) or _KINDS[name] not in found.index:
            continue
        left = words.left(_TOPIC[name])[which]
        right = words.right(_TOPIC[name])[which]
        against = order_left[which]
        if name == "ipv4":
            against = np.minimum(against, version[which])
        near = Near(left, right, against)
        part = numbers.take(which)
        level = _LEVELS[name](part, near, view)
        kept = level != _DROP
        placeholder = is_placeholder(name, part.value[kept])
        kinds = np.full(int(kept.sum()), found.index[_KINDS[name]], np.int16)
        start, end = part.start[kept], part.end[kept]
        found.extend(
            Candidates(
                kinds, row[which][kept], start, end, level[kept], placeholder, part.value[kept]
            )
        )
        sure = level[kept] < LOW
        taken.append((start[sure], end[sure]))
        if name == "phone":
            _local(part, near, level, row[which], view, found)


def _is_free(
    start: Int64s, end: Int64s, taken: list[tuple[Int64s, Int64s]]
) -> npt.NDArray[np.bool_]:
    """Which spans overlap none that is taken."""
    starts = np.concatenate([np.zeros(0, np.int64), *(first for first, _ in taken)])
    ends = np.concatenate([np.zeros(0, np.int64), *(last for _, last in taken)])
    order = np.argsort(starts, kind="stable")
    starts, furthest = starts[order], np.maximum.accumulate(ends[order])
    if not len(starts):
        return np.ones(len(start), np.bool_)
    before = np.searchsorted(starts, end) - 1  # the last one that begins before the span ends
    overlaps: npt.NDArray[np.bool_] = (before >= 0) & (furthest[before] > start)
    return ~overlaps


class Near:
    """Whether words speak for candidates, or against them from nearer by."""

    def __init__(self, left: Int64s, right: Int64s, against: Int64s) -> None:
        self.distance = left
        self.by = (left < 1 << 30) | (right <= 24)
        self.left = left <= _CLOSE
        self.against = (against < left) & (against <= _CLOSE)
        self.order = against <= _CLOSE


def _level(size: int, start: int) -> Levels:
    return np.full(size, start, np.int8)


def _id18(part: Numbers, near: Near, _: View) -> Levels:
    level = _level(len(part.start), HIGH)
    level[near.against] = MEDIUM
    level[part.flags & JOINED > 0] = LOW
    tied = part.flags & LETTER > 0
    level[tied] = np.where(near.by[tied], MEDIUM, LOW)
    return level


def _id15(part: Numbers, near: Near, _: View) -> Levels:
    level = _level(len(part.start), LOW)
    level[near.by & ~near.against & (part.flags & (JOINED | LETTER) == 0)] = HIGH
    return level


def _mobile(part: Numbers, near: Near, _: View) -> Levels:
    level = _level(len(part.start), MEDIUM)
    level[near.by | (part.flags & (PREFIXED | GROUPED) > 0)] = HIGH
    level[near.against] = LOW
    tied = part.flags & (JOINED | LETTER) > 0
    level[tied] = LOW
    level[tied & (part.flags & JOINED == 0) & (near.distance <= 2)] = MEDIUM  # tel13812345678
    level[tied & (part.flags & PREFIXED > 0) & near.by] = MEDIUM
    return level


def _card(part: Numbers, near: Near, _: View) -> Levels:
    level = _level(len(part.start), _DROP)
    known = part.flags & ISSUER > 0
    grouped = part.flags & GROUPED > 0
    checked = part.flags & UNCHECKED == 0
    level[checked & known] = MEDIUM
    level[checked & known & grouped] = HIGH
    level[checked & near.by & ~near.against] = np.where(
        known[checked & near.by & ~near.against], HIGH, MEDIUM
    )
    level[checked & near.against] = LOW
    level[checked & (part.flags & (JOINED | LETTER) > 0)] = LOW
    level[~checked & (near.distance <= _BESIDE)] = LOW  # a number that is called one and is none
    return level


def _landline(part: Numbers, near: Near, _: View) -> Levels:
    level = _level(len(part.start), LOW)
    level[part.flags & (GROUPED | PREFIXED) > 0] = MEDIUM
    level[near.by] = HIGH
    level[near.against] = LOW
    level[part.flags & (JOINED | LETTER) > 0] = LOW
    return level


def _ssn(part: Numbers, near: Near, _: View) -> Levels:
    level = _level(len(part.start), _DROP)
    level[part.flags & GROUPED > 0] = MEDIUM
    level[near.by] = HIGH
    level[near.against] = LOW
    level[part.flags & (JOINED | LETTER) > 0] = LOW
    return level


def _ipv4(part: Numbers, near: Near, view: View) -> Levels:
    level = _level(len(part.start), MEDIUM)
    octets = np.stack([part.value >> np.uint64(shift) & np.uint64(255) for shift in (24, 16, 8, 0)])
    level[near.by] = HIGH
    small = octets.max(0) < 100  # as the numbers of sections and versions are
    level[small & (near.distance > _BESIDE)] = LOW
    level[near.against] = LOW
    before = view.data[np.maximum(part.start - 1, 0)]
    after = view.data[np.minimum(part.end, len(view.data) - 1)]
    colon = (after == 58) | (before == 58) | (after == 46)  # a port or the end of a sentence
    more = view.data[np.minimum(part.end + 1, len(view.data) - 1)]
    dotted = (after == 46) & (more >= 48) & (more <= 57)
    tied = (part.flags & JOINED > 0) & (~colon | dotted) | (before == 46)
    level[tied | (part.flags & LETTER > 0)] = LOW
    return level


def _coordinates(part: Numbers, near: Near, view: View) -> Levels:
    level = _level(len(part.start), LOW)
    for i in range(len(part.start)):
        text = view.data[part.start[i] : part.end[i]].tobytes().decode("utf-8", "replace")
        a, b = (abs(float(number)) for number in _DECIMAL.findall(text)[:2])
        if 18 <= min(a, b) <= 54 and 73 <= max(a, b) <= 135.1:
            level[i] = MEDIUM  # in China
    level[near.against] = LOW
    level[near.by] = HIGH
    return level


def _uscc(part: Numbers, near: Near, _: View) -> Levels:
    level = _level(len(part.start), HIGH)
    bad = part.flags & UNCHECKED > 0  # the code of the organisation inside does not check
    level[bad] = np.where(near.by[bad], HIGH, LOW)
    return level


def _phone(part: Numbers, near: Near, view: View) -> Levels:
    level = _level(len(part.start), _DROP)
    strong = part.flags & STRONG > 0
    beside = near.by & ~near.against & (near.distance <= _CLOSE)
    tied = part.flags & (JOINED | LETTER) > 0
    for i in np.flatnonzero(part.flags & (LETTER | JOINED | STRONG) == LETTER | STRONG).tolist():
        extension = _EXTENSION.match(view.data[part.end[i] : part.end[i] + 8].tobytes())
        if extension:  # 259.735.7502x459
            part.end[i] += extension.end()
            tied[i] = False
    for i in np.flatnonzero((strong | beside) & ~tied).tolist():
        text = view.data[part.start[i] : part.end[i]].tobytes().decode("utf-8", "replace")
        text = text.partition("x")[0]
        told = is_telephone(text, bool(part.flags[i] & PREFIXED))
        weak = not strong[i]
        if weak and (
            view.data[max(0, part.start[i] - 1)] == 47  # in a path
            or (not told and not part.flags[i] & GROUPED)
            or _FRACTION.match(text)
        ):
            continue
        if told is None or text.startswith(_SERVICE) or (weak and _is_other(text)):
            continue
        if beside[i]:
            level[i] = HIGH if told else MEDIUM
        else:
            level[i] = MEDIUM if told else LOW
        if near.against[i]:
            level[i] = LOW
    return level


def _is_other(text: str) -> bool:
    """Digits that read as a date or a book number."""
    return bool(_DATE.match(text)) or text.startswith(("978", "979"))


def _local(
    part: Numbers, near: Near, level: Levels, row: Int64s, view: View, found: Collector
) -> None:
    """Local numbers of seven or eight digits, where a Chinese word says telephone right before."""
    if "cn_landline" not in found.index:
        return
    fits = (near.distance <= _BESIDE) & (part.flags & (JOINED | LETTER | PREFIXED) == 0)
    fits &= part.end - part.start <= 9  # one separator at most, no zeros before
    fits &= ((part.value >= 2_000_000) & (part.value < 9_000_000)) | (
        (part.value >= 20_000_000) & (part.value < 90_000_000)
    )
    for i in np.flatnonzero(fits).tolist():
        before = view.data[max(0, part.start[i] - 5) : part.start[i]]
        if (before >= 0xE4).any():  # a Han character
            found.add("cn_landline", int(row[i]), int(part.start[i]), int(part.end[i]), MEDIUM)


_LEVELS = {
    "id18": _id18, "id15": _id15, "card": _card, "mobile": _mobile, "landline": _landline,
    "ssn": _ssn, "phone": _phone, "ipv4": _ipv4, "coordinates": _coordinates, "uscc": _uscc,
    "hmt": _id18, "foreigner": _id18,
}  # fmt: skip
