"""Postal addresses of China: names of divisions, then a road or village, then a house number."""

from __future__ import annotations

import re
from functools import cache

import numpy as np

from corpus_audit.pii.candidates import HIGH, MEDIUM, Collector
from corpus_audit.pii.literals import Literals, Occurrences
from corpus_audit.pii.tables import load_divisions
from corpus_audit.text.fold import View, fold_texts

_WINDOW = 330  # bytes
_CONTEXT = (
    "住址", "地址", "家住", "现居", "现住", "户籍", "寄往", "寄至", "送至", "送到", "住在", "居住", "坐落于", "坐落", "收货", "家庭住址", "通讯地址", "住",
)  # fmt: skip
_NAME = r"[\u3400-\u9fff0-9a-z·\-()（）]"
_ROAD = r"(?:大道|大街|路|街|道|巷|弄|胡同|里|村|屯|镇|乡|庄|寨|沟|湾|坊|场|营|堡|店|小区|花园|家园|苑|园|大厦|广场|公寓|新城|社区|大院|宿舍|院|府|城|居|庭|邨|组|队|嘎查|苏木|坪|岭|墩|桥|港)"
_COUNT = r"(?<!(?<!门)第)(?:[0-9]{1,5}(?:[-~/][0-9]{1,5}){0,3}|[a-z][0-9]{0,4})"
_UNIT = r"(?:号楼|号院|号(?!文|令|公|线|楼市)|弄|栋|幢|座(?!谈)|单元|室|层(?!次)|楼|组(?!织)|房|户(?!口)|队(?!伍)|铺|巷|门(?!诊)|社(?!会))"
_HAN_COUNT = r"(?<!第)(?<![一二三四五六七八九十百零〇])[一二三四五六七八九十百零〇]{1,5}(?:号|栋|幢|单元|组(?!织)|队(?!伍)|社(?!会)|室|楼)"
_ADDRESS = re.compile(
    rf"{_NAME}(?:{_NAME}| (?![0-9]{{6,}})){{0,46}}?{_ROAD} ?(?:{_NAME}| ){{0,8}}?(?:{_COUNT} ?{_UNIT}|{_HAN_COUNT})"
    rf"(?: ?[\u3400-\u9fffa-z·]{{0,10}}? ?(?:{_COUNT} ?{_UNIT}|{_HAN_COUNT})| ?-? ?[0-9]{{3,4}}(?![0-9]))*"
)
_MARK = re.compile("号|栋|幢|室|单元|弄|组|座|队|户".encode())
_SHORT = {"北京", "上海", "天津", "重庆"}
_CENTRAL = re.compile(r"(?:省|市|区|县|旗|州|盟|镇|乡|街道)")


class Addresses:
    """Names of divisions as literals."""

    def __init__(self) -> None:
        names: set[str] = set(_SHORT)
        for code, known in load_divisions().items():
            for name in known:
                if len(name) > 2 or code.endswith("00"):
                    names.add(name)
                if code.endswith("0000") and not name.endswith(("行政区",)):
                    names.add(re.sub("(?:壮族|回族|维吾尔)?自治区$|省$|市$", "", name))
        words = sorted({word for word in fold_texts(sorted(names)) if len(word) > 3})
        self.literals = Literals(words)
        self.context = re.compile("|".join(sorted(_CONTEXT, key=len, reverse=True)))

    def find(self, view: View, words: Occurrences, found: Collector) -> None:
        """Add what is found in a view."""
        word, end = words.of(self.literals)
        if not len(word):
            return
        start = end - self.literals.length[word]
        order = np.lexsort((-end, start))
        start = start[order]
        row = np.searchsorted(view.offsets, start, side="right") - 1
        keep = found.admit("addresses", row)
        data, done = view.data, -1
        stops = view.offsets[row + 1] - 1
        begins = view.offsets[row]
        hits = zip(
            start[keep].tolist(), begins[keep].tolist(), stops[keep].tolist(), row[keep].tolist(),
            strict=True,
        )  # fmt: skip
        for at, begin, stop, document in hits:
            if at < done:
                continue
            raw = data[at : min(at + _WINDOW, stop)].tobytes()
            if not _MARK.search(raw):
                continue
            text = raw.decode("utf-8", "ignore")
            match = _ADDRESS.match(text)
            if not match or not _CENTRAL.search(match[0][:24]):
                continue
            before = data[max(begin, at - 30) : at].tobytes().decode("utf-8", "ignore")
            level = HIGH if self.context.search(before[-8:]) else MEDIUM
            done = at + len(match[0].encode())
            found.add("cn_address", document, at, done, level)


@cache
def load_addresses() -> Addresses:
    """The names that ship."""
    return Addresses()
