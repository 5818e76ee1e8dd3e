"""Stable keyed pseudonyms that keep the written form of a value and cannot be a real one.

The characters come from a keyed BLAKE2 stream over the normalised value, so 138-1234-5678 and
13812345678 stay one number. Where a kind has a check digit it is made wrong; where it has none, the
number is put where none is assigned (mobile 10, 11, 12; SSN 9xx; IPv4 240 to 254).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator

from corpus_audit.pii.checksums import digits_of, id_check, luhn
from corpus_audit.pii.names import load_names

_DIGITS = "0123456789"
_LOWER = "abcdefghijkmnpqrstuvwxyz"  # without l and o, which read as digits
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
#: Characters of addresses that say what kind of place a word names.
_PLACES = frozenset(
    "省市区县旗州盟镇乡村屯街道路巷弄号栋幢座单元室层楼组院里大小区花园苑广场公寓社区自治"
)
_TAGGED = frozenset({"private_key", "url_credentials", "jwt", "url"})


def pseudonym(kind: str, value: str, key: bytes) -> str | None:
    """The pseudonym of a value; None: values of this kind are replaced by their tag."""
    if kind in _TAGGED:
        return None
    plain = unicodedata.normalize("NFKC", value)
    core = re.sub(r"[\W_]", "", plain).lower()
    if kind in ("cn_mobile", "alipay") and core.isdigit():
        core = core[-11:]
    stream = _stream(kind, core, key)
    special = _SPECIAL.get(kind)
    return special(plain, stream) if special else _substitute(plain, stream)


def _stream(kind: str, core: str, key: bytes) -> Iterator[int]:
    block = 0
    while True:
        seed = f"{kind}\0{core}\0{block}".encode()
        yield from hashlib.blake2b(seed, key=key, digest_size=64).digest()
        block += 1


def _pick(choices: str, stream: Iterator[int]) -> str:
    high, low = next(stream), next(stream)
    return choices[(high << 8 | low) % len(choices)]


def _substitute(text: str, stream: Iterator[int]) -> str:
    """Digits by digits, letters by letters of their case, Han by common Han; marks stay."""
    han = _given()
    out = []
    for char in text:
        if char.isdigit():
            out.append(_pick(_DIGITS, stream))
        elif char.isascii() and char.isalpha():
            letter = _pick(_LOWER, stream)
            out.append(letter.upper() if char.isupper() else letter)
        elif "\u3400" <= char <= "\u9fff":
            out.append(_pick(han, stream))
        else:
            out.append(char)
    return "".join(out)


def _given() -> str:
    return "".join(sorted(load_names().given))


def _put(text: str, digits: str) -> str:
    """The digits of a text replaced by others, in order; its marks stay."""
    others = iter(digits)
    return "".join(next(others) if char.isdigit() else char for char in text)


def _digits(count: int, stream: Iterator[int]) -> str:
    return "".join(_pick(_DIGITS, stream) for _ in range(count))


def _count(text: str) -> int:
    return sum(char.isdigit() for char in text)


def _card(text: str, stream: Iterator[int]) -> str:
    made = "9" + _digits(_count(text) - 1, stream)
    if luhn(digits_of(made), len(made)):
        made = made[:-1] + str((int(made[-1]) + 1) % 10)
    return _put(text, made)


def _resident_id(text: str, stream: Iterator[int]) -> str:
    body = "99" + _digits(15, stream)  # no division begins with 99
    check = int(id_check(digits_of(body)))
    wrong = "0123456789X"[(check + 1 + next(stream) % 9) % 10]
    if _count(text) == 15 and text[-1].isdigit():
        return _put(text, body[:15])
    made = iter(body + wrong)
    return "".join(next(made) if char.isdigit() or char in "xX" else char for char in text)


def _credit_code(text: str, stream: Iterator[int]) -> str:
    from corpus_audit.pii.digits import is_valid_uscc

    made = "".join(_pick(_USCC, stream) for _ in range(18))
    if is_valid_uscc(made):
        made = made[:-1] + _USCC[(_USCC.index(made[-1]) + 1) % len(_USCC)]
    return made


def _iban(text: str, stream: Iterator[int]) -> str:
    made = _substitute(text, stream)
    return "XX00" + made[4:]  # no country; 00 is never a right check


def _mobile(text: str, stream: Iterator[int]) -> str:
    total = _count(text)
    made = "1" + _pick("012", stream) + _digits(9, stream)
    prefix = "".join(char for char in text if char.isdigit())[: total - 11]
    return _put(text, prefix + made)


def _landline(text: str, stream: Iterator[int]) -> str:
    return _put(text, "00" + _digits(max(0, _count(text) - 2), stream))


def _ssn(text: str, stream: Iterator[int]) -> str:
    return _put(text, "9" + _digits(2, stream) + "00" + _digits(4, stream))


def _ip(text: str, stream: Iterator[int]) -> str:
    if ":" in text:
        return "2001:db8:" + ":".join(f"{next(stream) << 8 | next(stream):x}" for _ in range(6))
    return ".".join(str(part) for part in (240 + next(stream) % 15, *(next(stream) for _ in "abc")))


def _mail(text: str, stream: Iterator[int]) -> str:
    local, _, domain = text.partition("@")
    labels = domain.split(".")[:-1]
    kept = ".".join(_substitute(label, stream) for label in labels)
    return f"{_substitute(local, stream)}@{kept}.example"


def _name(text: str, stream: Iterator[int]) -> str:
    names = load_names()
    surnames = "".join(sorted(names.single - names.common))
    if "\u3400" <= text[:1] <= "\u9fff" and text.isalpha() and len(text) <= 4:
        return _pick(surnames, stream) + "".join(_pick(_given(), stream) for _ in text[1:])
    return _substitute(text, stream)


def _address(text: str, stream: Iterator[int]) -> str:
    return "".join(char if char in _PLACES else _substitute(char, stream) for char in text)


def _birth(text: str, stream: Iterator[int]) -> str:
    parts = re.findall(r"\d+", text)
    if not parts or (not text.isascii() and not re.search(r"\d{4}", text)):
        return _substitute(text, stream)
    year = str(1950 + next(stream) % 60)
    month, day = 1 + next(stream) % 12, 1 + next(stream) % 28
    if len(parts) == 1 and len(parts[0]) == 8:
        return f"{year}{month:02}{day:02}"
    small = iter((month, day))

    def other(match: re.Match[str]) -> str:
        if len(match[0]) == 4:
            return year
        return str(next(small, day)).zfill(len(match[0]))

    return re.sub(r"\d+", other, text)


def _plate(text: str, stream: Iterator[int]) -> str:
    made = _substitute(text[1:], stream)
    return text[0] + "I" + made[1:]  # no plate has the letter I


def _alipay(text: str, stream: Iterator[int]) -> str:
    if "@" in text:
        return _mail(text, stream)
    return _mobile(text, stream) if _count(text) == 11 else _substitute(text, stream)


_SPECIAL = {
    "bank_card": _card, "cn_resident_id": _resident_id, "cn_hmt_residence_permit": _resident_id,
    "cn_social_credit_code": _credit_code, "iban": _iban, "cn_mobile": _mobile,
    "cn_landline": _landline, "us_ssn": _ssn, "ip_address": _ip, "email": _mail,
    "person_name": _name, "cn_address": _address, "birth_date": _birth, "cn_number_plate": _plate,
    "alipay": _alipay,
}  # fmt: skip
