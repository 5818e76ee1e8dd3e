"""Values in tables: `姓名,手机号,护照号` in one line, what they name in the lines below.

A view has no line breaks (white space is one space), so rows are told by the number of columns.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np

from corpus_audit.pii.candidates import HIGH, Collector
from corpus_audit.pii.fields import load_fields
from corpus_audit.pii.groups import table_of
from corpus_audit.pii.literals import Literals, Occurrences
from corpus_audit.pii.names import load_names
from corpus_audit.text.fold import View, fold_texts

_REACH = 4096  # bytes of a table that are read
_HEAD = 240  # bytes in which the first value must come
_HEADER = re.compile(r"[\u3400-\u9fffa-z_ ]{1,12}(?:\([^()]{0,6}\))?")
_MARK = table_of(b",| ;")  # between columns
_DIGIT = re.compile(r"\d")
_NAMES = (
    "姓名",
    "名字",
    "客户姓名",
    "患者姓名",
    "联系人",
    "收件人",
    "车主",
    "户名",
    "学生姓名",
    "name",
    "持卡人",
    "乘客",
    "旅客",
)


#: Further names of columns, so that a table of white space is known as one.
_OTHERS_WORDS = """
电话 手机 手机号 手机号码 联系电话 联系方式 地址 住址 性别 年龄 身份证 身份证号 证件号 邮箱 备注 日期 科室 单位 部门 编号 序号 昵称 班级 金额 时间 卡号
银行卡号 开户行 民族 籍贯 职务 学历 phone mobile email address age gender date id no
"""
_OTHERS = frozenset(_OTHERS_WORDS.split())


class Tables:
    """Names of columns, and what the values below them must look like."""

    def __init__(self) -> None:
        checks: dict[bytes, list[tuple[str, Callable[[str], bool]]]] = {}
        for field in load_fields().fields:
            if field.kind in ("coordinates", "password", "alipay"):
                continue
            for word in fold_texts(field.words):
                for name in (word, word + "号".encode(), word + "号码".encode(), word + b"id"):
                    checks.setdefault(name, []).append((field.kind, field.fits))
        names = load_names()
        for word in fold_texts(_NAMES):
            checks.setdefault(word, []).append(
                ("person_name", lambda cell: names.length(cell, 0, True) == len(cell))
            )
        words = sorted(checks)
        self.checks = {word.decode(): checks[word] for word in words}
        self.literals = Literals(words, right=False)

    def find(self, view: View, words: Occurrences, found: Collector) -> None:
        """Add what stands in tables of a view."""
        _, end = words.of(self.literals)
        end = end[_MARK[view.data[end]]] + 1
        if not len(end):
            return
        row = np.searchsorted(view.offsets, end - 1, side="right") - 1
        keep = found.admit("tables", row)
        begins, stops = view.offsets[row], view.offsets[row + 1] - 1
        done = -1
        hits = zip(
            end[keep].tolist(), begins[keep].tolist(), stops[keep].tolist(), row[keep].tolist(),
            strict=True,
        )  # fmt: skip
        for at, begin, stop, document in hits:
            if at <= done:
                continue
            mark = chr(view.data[at - 1])
            raw = view.data[max(begin, at - 40) : at - 1].tobytes().decode("utf-8", "ignore")
            word = re.split(r"[,|; ]", raw)[-1] if mark != " " else raw.rsplit(" ", 1)[-1]
            first = at - 1 - len(word.encode())
            if word not in self.checks:
                continue
            if first > begin and view.data[first - 1] not in b" ,|;\"'>":
                continue
            near = view.data[first : min(first + _HEAD, stop)].tobytes().decode("utf-8", "ignore")
            if not self._may(near, mark):
                continue
            text = view.data[first : min(first + _REACH, stop)].tobytes().decode("utf-8", "ignore")
            done = first + self._table(text, mark, first, document, found)

    def _may(self, near: str, mark: str) -> bool:
        """A cheap look: another name of a column, and a value soon."""
        second = near.split(mark, 2)[1].partition(" ")[0] if near.count(mark) else ""
        known = mark != " " or second in self.checks or second in _OTHERS
        return known and _is_header(second) and _DIGIT.search(near) is not None

    def _table(self, text: str, mark: str, base: int, row: int, found: Collector) -> int:
        """Read one table from its header on; returns the bytes read, 0 where there is none."""
        header: list[str] = []
        values = _cells(text, mark)
        rest: list[tuple[int, str]] = []
        for at, cell in values:
            name = cell.strip()
            if mark != " " and " " in name and header:
                head, _, tail = name.partition(" ")
                if not _is_header(head):
                    return 0
                header.append(head)
                rest.append((at + cell.index(head) + len(head) + 1, tail))
                break
            if not _is_header(name) or (
                mark == " " and header and name not in self.checks and name not in _OTHERS
            ):
                rest.append((at, cell))
                break
            header.append(name)
        columns = [self.checks.get(name) for name in header]
        if len(header) < 2 or not any(columns):
            return 0
        width = len(header)
        k, last = 0, 0
        for at, cell in itertools.chain(rest, values):
            pieces = [(at, cell)]
            if mark != " " and k % width == width - 1 and " " in cell.strip():
                head, _, tail = cell.strip().rpartition(" ")
                offset = at + len(cell) - len(cell.lstrip())
                pieces = [(offset, head), (offset + len(head) + 1, tail)]
            for place, piece in pieces:
                value = piece.strip().strip("\"'")
                shift = piece.find(value)
                for kind, fits in columns[k % width] or ():
                    if value and fits(value):
                        start = base + len(text[: place + shift].encode())
                        found.add(kind, row, start, start + len(value.encode()), HIGH)
                        last = place + len(piece)
                        break
                k += 1
            if k > width * 3 and last == 0:
                return 0
            if place - last > 400 and last:
                break
        return len(text[:last].encode())


def _cells(text: str, mark: str) -> Iterator[tuple[int, str]]:
    """(place, cell) of a text cut at a mark."""
    at = 0
    for cell in text.split(mark):
        yield at, cell
        at += len(cell) + 1


def _is_header(name: str) -> bool:
    return bool(_HEADER.fullmatch(name))


@cache
def load_columns() -> Tables:
    """The names of columns that ship."""
    return Tables()
