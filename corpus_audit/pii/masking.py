"""Masks personal data in what leaves the tool: excerpts, ids, paths. The one place that does.

Two ways together: what the finders of `corpus_audit.pii` recognise, and shapes (runs of digits,
mail addresses, codes), so that a number that no finder knows is masked too. Excerpts are masked
broadly, because a reviewer needs the words around a match and never the numbers. Labels (ids,
paths, source names) keep ordinary numbers, because people join on them; what has the shape of
personal data is masked there and made distinct again by a keyed suffix.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from corpus_audit.pii.finder import Finder, Match

_STOP = frozenset(" \t\n\u3000,，;；:：()（）<>《》\"'“”‘’[]【】、。！？!?@＠")
#: Ends an unbroken run. An @ stands inside of one: what is on both sides belongs together.
BREAK = re.compile(f"[{re.escape(''.join(sorted(_STOP - set('@＠'))))}]")
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

# Of labels. The patterns and `_SUSPECT`, which Arrow runs, have the same idea of a digit.
_D = "[0-9０-９]"
_MOBILE = re.compile(rf"(?<!{_D})[1１][3-9３-９]{_D}(?:[ -]?{_D}){{8}}(?!{_D})")
_LONG_NUMBER = re.compile(
    rf"(?<!{_D}){_D}(?:[ -]?{_D}){{12,18}}(?!{_D})|(?<!{_D}){_D}{{17}}[XxＸｘ]"
)
_BIRTH = re.compile(
    r"[0-9]{6}(?:19|20)?[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]?"
)
_SECRET_NAME = "signature|sig|token|key|keyid|password|passwd|pwd|secret|credential"
_SECRET_VALUE = re.compile(rf"[?&#;][\w.%-]*(?:{_SECRET_NAME})=[^\s&#]+", re.IGNORECASE)
_POSITION = re.compile(r"#[0-9]+\Z")  # of a default id, `path#position`: an offset, no number
_MASKED = re.compile(r"(?s).*\*.*~[0-9a-f]{8}(?:#[0-9]+)?")
# Whatever a finder could find in a label holds one of these.
_FINDABLE = (
    rf"{_D}(?:[ _./()-]{{0,2}}{_D}){{5}}|gh[pousr]_|github_pat|glpat|npm_|pypi-|AKIA|ASIA|LTAI|AKID"
    r"|AIza|eyJ|sk-|xox|-----BEGIN|://|wxid|姓名|患者|病人|联系人|聯絡人|收件人|先生|女士|小姐|微信|支付宝|支付寶|护照|護照"
    r"|通行[证證]|身份[证證]|回[乡鄉][证證]|台胞[证證]|病[历歷]|住院|门诊|門診|社保|医保|驾[驶照]|駕|军官|軍官|士兵|字第|密[码碼]|口令"
    r"|[市区县镇乡村路街道區縣鎮鄉].*[号號室栋棟弄]|(?i:password|passwd|pwd|wechat|weixin|passport|dob|born|secret|token)"
    r"|[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Za-zＡ-Ｚ][·. ]?[A-Za-z0-9]{5}|出生|生日"
)
# Whatever `mask_label` changes by its shape holds one of these.
_SHAPE = rf"[@＠]|[?&#;][^=]*=|{_D}(?:[ -]?{_D}){{10}}"
_SUSPECT = f"{_SHAPE}|{_FINDABLE}"  # all other labels pass untouched
_SHAPED, _FIND = re.compile(_SHAPE), re.compile(_FINDABLE)
_ALNUM = re.compile(r"[^\W_]")
_SAMPLE = 64  # values by which a column is found to repeat itself


def _keep_ends(text: str) -> str:
    """First and last character kept, letters and digits between them starred, length kept."""
    return text[0] + _ALNUM.sub("*", text[1:-1]) + text[-1] if len(text) > 2 else "*" * len(text)


def _star(match: re.Match[str]) -> str:
    return _keep_ends(match.group())


def _star_code(match: re.Match[str]) -> str:
    code = match.group()
    return _keep_ends(code) if _DIGIT.search(code) else code


def _star_value(match: re.Match[str]) -> str:
    name, _, value = match.group().partition("=")
    return f"{name}={'*' * len(value)}"


@cache
def _finder() -> Finder:
    from corpus_audit.pii.finder import Finder

    return Finder()


def star(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Mask spans of a text, each as a whole. Length is kept."""
    for start, end in spans:
        text = text[:start] + _keep_ends(text[start:end]) + text[end:]
    return text


def mask_excerpts(texts: Sequence[str]) -> list[str]:
    """Mask personal data and secrets, and by their shape mail addresses, runs of five or more
    digits, codes and URL values. Length is kept.

    Control and direction characters become spaces: an excerpt is inert wherever it is printed.
    All texts go through each pattern at once, which is many times faster than one by one; digits
    that only meet where two texts do are masked too, which does no harm.
    """
    inert = _split(_CONTROL_IN_LINE.sub(" ", "\n".join(texts)), texts)
    for i, matches in enumerate(_finder().matches(texts)):
        if matches:
            inert[i] = star(inert[i], ((match.start, match.end) for match in matches))
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
    """Mask personal data and secrets: what the finders are sure of, and by their shape mail
    addresses, mobile, identity and card numbers, and secret values of URLs.

    A label that changed gets a suffix keyed by its full text, so that two labels stay two. The
    position that ends a default id stays as it is.
    """
    return _mask_label(label, key)


@lru_cache(maxsize=1 << 16)
def _mask_label(label: str, key: bytes) -> str:
    return _mask_all([label], key)[0]


def _mask_all(labels: Sequence[str], key: bytes) -> list[str]:
    """`mask_label` of many: the finders look at all of them at once."""
    parts = [_parted(label) for label in labels]
    asked = [i for i, (name, _) in enumerate(parts) if _FIND.search(name)]
    found: dict[int, Sequence[Match]] = {}
    if asked:
        names = [parts[i][0] for i in asked]
        found = dict(zip(asked, _finder().matches(names), strict=True))
    return [
        _masked(*part, matches or (), key)
        if (matches := found.get(i)) or _SHAPED.search(part[0])
        else labels[i]
        for i, part in enumerate(parts)
    ]


def _parted(label: str) -> tuple[str, str]:
    """What is masked of a label, and the position at its end, which is not."""
    found = _POSITION.search(label) if "#" in label else None
    return (label[: found.start()], found.group()) if found else (label, "")


def _masked(name: str, position: str, matches: Sequence[Match], key: bytes) -> str:
    sure = [match for match in matches if match.level != "low" and match.kind in _IN_LABELS]
    masked = star(name, ((match.start, match.end) for match in sure))
    masked = _SECRET_VALUE.sub(_star_value, masked)
    masked = _LONG_NUMBER.sub(_mask_if(_is_personal_number), masked)
    masked = _MOBILE.sub(_star, masked)
    masked = _mask_mail(masked)
    if masked == name:
        return name + position
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), key=key, digest_size=4)
    return f"{masked}~{digest.hexdigest()}{position}"


def mask_message(text: str) -> str:
    """A message to a person, whose paths and names may hold personal data; inert in terminals.

    Unlike a label it need not stay distinct, so that what was masked gets no suffix.
    """
    words = (mask_label(word) for word in text.split(" "))
    plain = " ".join(word.partition("~")[0] if is_masked(word) else word for word in words)
    return "\n".join(CONTROL.sub(" ", line) for line in plain.split("\n"))


#: Kinds that are masked in labels: not hosts and codes of firms, which stand in every URL.
_IN_LABELS_WORDS = """
cn_resident_id cn_mobile cn_landline bank_card cn_passport cn_hk_macao_permit
cn_taiwan_permit hk_macao_home_return_permit tw_compatriot_permit cn_hmt_residence_permit
cn_driving_licence cn_foreigner_residence_card cn_military_id cn_number_plate wechat_id qq
alipay email cn_address person_name birth_date medical_record cn_social_insurance iban
us_ssn private_key cloud_token git_token jwt url_credentials password
"""
_IN_LABELS = frozenset(_IN_LABELS_WORDS.split())


def is_masked(label: str) -> bool:
    """Does a label look as `mask_label` leaves what it changed?"""
    return _MASKED.fullmatch(label) is not None


def mask_labels(column: pa.Array, key: bytes) -> pa.Array:
    """`mask_label` over a string column; only suspect values are looked at one by one."""
    sample = column.slice(0, _SAMPLE)
    if 2 * pc.count_distinct(sample).as_py() <= len(sample):  # as paths and sources are
        encoded = column.dictionary_encode()
        return _mask_each(encoded.dictionary, key).take(encoded.indices)
    return _mask_each(column, key)


def _mask_each(column: pa.Array, key: bytes) -> pa.Array:
    suspect = pc.match_substring_regex(column, _SUSPECT)
    if not pc.any(suspect).as_py():
        return column
    values = column.to_pylist()
    found = [i for i, flag in enumerate(suspect.to_pylist()) if flag]
    for i, masked in zip(found, _mask_all([values[i] for i in found], key), strict=True):
        values[i] = masked
    return pa.array(values, column.type)


def _mask_if(test: Callable[[str], bool]) -> Callable[[re.Match[str]], str]:
    return lambda match: _star(match) if test(match.group()) else match.group()


def _is_personal_number(text: str) -> bool:
    digits = re.sub("[^0-9Xx]", "", unicodedata.normalize("NFKC", text))
    return bool(_BIRTH.fullmatch(digits)) or _luhn(digits)


def _luhn(digits: str) -> bool:
    """ISO/IEC 7812-1 check digit."""
    if not digits.isdigit():
        return False
    values = [int(char) for char in reversed(digits)]
    doubled = (2 * value - 9 * (value > 4) for value in values[1::2])
    return (sum(values[::2]) + sum(doubled)) % 10 == 0
