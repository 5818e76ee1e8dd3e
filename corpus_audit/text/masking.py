"""Masks personal data in what leaves the tool: excerpts, ids, paths.

Excerpts are masked broadly, because a reviewer needs the words around a match and never the
numbers. Labels (ids, paths, source names) keep ordinary numbers, because people join on them; what
has the shape of personal data is masked there and made distinct again by a keyed suffix.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Callable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

_STOP = frozenset(" \t\n\u3000,，;；:：()（）<>《》\"'“”‘’[]【】、。！？!?@＠")
_AT = re.compile("[@＠]")
_SEPARATED_DIGITS = re.compile(r"\d(?:[ \n\-.‐‑–—·/()（）]{0,2}\d){4,}[Xx]?")
_SUSPECT_EXCERPT = re.compile(r"[\d@＠=]")  # none of the patterns matches without one of these
_DIGIT = re.compile("[0-9]")
_CODE = re.compile(r"[A-Za-z0-9_+/-]{8,}=*")
_URL_VALUE = re.compile(r"[?&#;][\w.-]+=[^\s&#]+")
_CONTROL_IN_LINE = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

_MOBILE = re.compile(r"(?<!\d)1[3-9]\d(?:[ -]?\d){8}(?!\d)")
_LONG_NUMBER = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)|(?<!\d)\d{17}[Xx]")
_BIRTH = re.compile(r"\d{6}(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]?")
# Whatever `mask_label` could change holds one of these; all other labels pass untouched.
_SUSPECT = r"[@＠]|[0-9０-９](?:[ -]?[0-9０-９]){10}"


def _keep_ends(text: str) -> str:
    """First and last character kept, letters and digits between them starred, length kept."""
    inner = "".join("*" if char.isalnum() else char for char in text[1:-1])
    return text[0] + inner + text[-1] if len(text) > 2 else "*" * len(text)


def _star(match: re.Match[str]) -> str:
    return _keep_ends(match.group())


def _star_code(match: re.Match[str]) -> str:
    code = match.group()
    return _keep_ends(code) if _DIGIT.search(code) else code


def _star_value(match: re.Match[str]) -> str:
    name, _, value = match.group().partition("=")
    return f"{name}={'*' * len(value)}"


def mask_excerpts(texts: Sequence[str]) -> list[str]:
    """Mask mail addresses, runs of five or more digits, codes and URL values. Length is kept.

    Control and direction characters become spaces: an excerpt is inert wherever it is printed.
    All texts go through each pattern at once, which is many times faster than one by one; digits
    that only meet where two texts do are masked too, which does no harm.
    """
    inert = _split(_CONTROL_IN_LINE.sub(" ", "\n".join(texts)), texts)
    suspects = [i for i, text in enumerate(inert) if _SUSPECT_EXCERPT.search(text)]
    joined = "\n".join(inert[i] for i in suspects)
    joined = _URL_VALUE.sub(_star_value, joined)
    joined = _mask_mail(joined)
    joined = _SEPARATED_DIGITS.sub(_star, joined)
    joined = _CODE.sub(_star_code, joined)
    for i, masked in zip(suspects, _split(joined, [inert[i] for i in suspects]), strict=True):
        inert[i] = masked
    return [text.replace("\n", " ") for text in inert]


def _split(joined: str, texts: Sequence[str]) -> list[str]:
    """Undo a join by line feeds of texts that may hold some; lengths stayed."""
    ends = itertools.accumulate((len(text) + 1 for text in texts), initial=0)
    return [joined[at : at + len(text)] for at, text in zip(ends, texts, strict=False)]


def mask_excerpt(text: str) -> str:
    """`mask_excerpts` of one text."""
    return mask_excerpts([text])[0]


def _mask_mail(text: str) -> str:
    """Star what stands on both sides of an @, without searching where there is none."""
    pieces: list[str] = []
    done = 0
    for at in (match.start() for match in _AT.finditer(text)):
        start, end = at, at + 1
        while start > done and text[start - 1] not in _STOP:
            start -= 1
        while end < len(text) and text[end] not in _STOP:
            end += 1
        if start < at and end > at + 1:
            pieces += [text[done:start], _keep_ends(text[start:end])]
            done = end
    return "".join([*pieces, text[done:]])


def mask_label(label: str, key: bytes = b"") -> str:
    """Mask what has the shape of a mail address, a mobile number, an identity or a card number.

    A label that changed gets a suffix keyed by its full text, so that two labels stay two.
    """
    masked = _LONG_NUMBER.sub(_mask_if(_is_personal_number), label)
    masked = _MOBILE.sub(_star, masked)
    masked = _mask_mail(masked)
    if masked == label:
        return label
    return f"{masked}~{hashlib.blake2b(label.encode(), key=key, digest_size=4).hexdigest()}"


def mask_labels(column: pa.Array, key: bytes) -> pa.Array:
    """`mask_label` over a string column; only suspect values are looked at one by one."""
    suspect = pc.match_substring_regex(column, _SUSPECT)
    if not pc.any(suspect).as_py():
        return column
    masked = [
        mask_label(value, key) if flag else value
        for value, flag in zip(column.to_pylist(), suspect.to_pylist(), strict=True)
    ]
    return pa.array(masked, column.type)


def _mask_if(test: Callable[[str], bool]) -> Callable[[re.Match[str]], str]:
    return lambda match: _star(match) if test(match.group()) else match.group()


def _is_personal_number(text: str) -> bool:
    digits = "".join(str(int(c)) if c.isdigit() else c for c in text if c.isdigit() or c in "Xx")
    return bool(_BIRTH.fullmatch(digits)) or _luhn(digits)


def _luhn(digits: str) -> bool:
    """ISO/IEC 7812-1 check digit."""
    if not digits.isdigit():
        return False
    values = [int(char) for char in reversed(digits)]
    doubled = (2 * value - 9 * (value > 4) for value in values[1::2])
    return (sum(values[::2]) + sum(doubled)) % 10 == 0
