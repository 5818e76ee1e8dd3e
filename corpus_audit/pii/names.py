"""Chinese names of persons, told by the word before or behind them.

A name is a surname of the list and one or two characters more, or up to three parts joined by a
middle dot for transliterated names. What is not tied to a field by a colon needs characters that
are common in given names, too.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import numpy.typing as npt

from corpus_audit.pii.candidates import HIGH, MEDIUM, Collector, rows_of
from corpus_audit.pii.fields import spaced_too
from corpus_audit.pii.groups import table_of
from corpus_audit.pii.literals import Literals, Occurrences
from corpus_audit.rules.location import load_toml, rules_dir
from corpus_audit.text.buffers import Bytes, Int64s
from corpus_audit.text.fold import View, fold_text, fold_texts


def _codes(chars: str) -> list[int]:
    """Characters of three bytes, each as one number."""
    return [int.from_bytes(char.encode(), "big") for char in chars]


_WINDOW = 64
_HAN = "\u3400-\u9fff"
_JOINT = re.compile(
    r"\s?(?P<noun>姓名|名字)?\s?(?:[(（\[][^()\[\]（）]{0,8}[)）\]])?\s?"
    r"(?P<colon>[\"'`]?(?:[:=|]|是|为|叫|即)?)\s?[\"'“‘「『【<(]?\s?"
)
# Names from abroad are written by sound; what joins words in a sentence ends them.
_SOUND = f"(?:(?![的是为于在和与或及被把从向对将也就等])[{_HAN}])"
_DOTTED = re.compile(rf"{_SOUND}{{1,6}}(?:[·•・‧.]{_SOUND}{{1,8}}){{1,3}}")
_DOTTED_END = re.compile(rf"(?<![{_HAN}]){_SOUND}{{1,6}}(?:[·•・‧]{_SOUND}{{1,8}}){{1,3}}$")
_LAST = ("收", "启")  # behind a name only where nothing follows: 王小明收
_JOINING = _codes("是为叫即姓")
_VERBS = frozenset("是为叫即")
_MARKS = table_of(b" ,(|:\"'")
#: With what the joint between a word and a name may begin, and the characters by which names from
#: abroad are told: `·`, and two bytes of the other three.
_JOINT_ASCII = table_of(b" ([\"'`:=|<")
_JOINT_MARKS, _JOINT_CHARS = _codes("“‘「『【"), _codes("是为叫即姓名")
_DOTS = [0xC2B7, 0xE280, 0xE383]
_WEAK = frozenset("的等以也还就来去经将对为是到从并年号收在及和")
_ALONE = re.compile(rf"[{_HAN}]{{2,4}}(?=[\s,;、。)(|\"']|$)")
_SKIPPED = table_of(b" \"'")
_GOES_ON = _SKIPPED | table_of(range(0xE4, 256))  # or a Han character
_SPACED = re.compile(rf"[{_HAN}] [{_HAN}](?: [{_HAN}])?(?![{_HAN}])(?! [{_HAN}](?![{_HAN}]))")
_RUN = re.compile(rf"[{_HAN}]+")


class Names:
    """The lists of `rules/pii/names.toml`."""

    def __init__(self) -> None:
        stored = load_toml(rules_dir() / "pii/names.toml")

        def folded(text: str) -> str:
            return fold_text(text).decode()

        def words(key: str) -> frozenset[str]:
            return frozenset(word.decode() for word in fold_texts(stored[key]))

        self.single = frozenset(folded("".join(stored["single"].split())))
        self.double = frozenset(folded(stored["double"]).split())
        self.given = frozenset(folded("".join(stored["given"].split())))
        self.never = words("never")
        self.after = tuple(sorted(words("after"), key=len, reverse=True))
        self.strong = tuple(word for word in self.after if len(word) > 1)
        self.before = frozenset(folded(stored["before"]) + stored["before"])
        self.bare = frozenset(w.decode() for w in fold_texts(spaced_too(stored["bare"])))
        left = fold_texts(spaced_too(stored["left"]))
        right = fold_texts([*stored["right"], *stored["titles"], *stored["beside"]])
        self.full = words("titles")
        self.titles = words("right") | self.full
        self.common = frozenset(folded(stored["common"]))
        self.longer = frozenset(folded(stored["longer"]))
        #: By code point: a surname, or the first character of one, that is no common word
        self.begins = np.zeros(1 << 16, np.bool_)
        starts = (self.single - self.common) | {name[0] for name in self.double}
        self.begins[[ord(char) for char in starts]] = True
        ahead, behind = set(left), set(right)
        both = sorted(ahead | behind)
        self.literals = Literals(both)
        crowded = words("colon")
        self.anywhere = np.array(
            [(len(w) > 4 and w.decode() not in crowded) or w in behind for w in both], np.bool_
        )
        self.behind = np.array([word in behind for word in both], np.bool_)
        self.left = np.array([word in ahead for word in both], np.bool_)
        self.last = np.array([word.decode() in _LAST for word in both], np.bool_)
        self.titled = np.array([word.decode() in self.titles for word in both], np.bool_)
        self.word = [word.decode() for word in both]

    def find(self, view: View, words: Occurrences, found: Collector) -> None:
        """Add what is found in a view."""
        self._beside_numbers(view, found)
        self._behind_colons(view, found)
        word, end = words.of(self.literals)
        may = self._may(word, end, view.data)
        word, end = word[may], end[may]
        if not len(word):
            return
        row = np.searchsorted(view.offsets, end, side="right") - 1
        keep = found.admit("names", row)
        word, end, row, data = word[keep], end[keep], row[keep], view.data
        begins, stops = view.offsets[row], view.offsets[row + 1] - 1
        left = np.flatnonzero(self.left[word])
        left = left[self._may_follow(end[left], data)]
        for which, at, stop, document in rows_of(left, word, end, stops, row):
            text = data[at : min(at + _WINDOW, stop)].tobytes().decode("utf-8", "ignore")
            self._behind(self.word[which], text, at, document, found)
        start = end - self.literals.length[word]
        marked = _MARKS[data[np.maximum(start - 1, 0)]]
        right = self.behind[word] & ~((data[end] >= 0xE4) & self.last[word])
        right &= self.titled[word] | marked
        for which, at, begin, document in rows_of(np.flatnonzero(right), word, start, begins, row):
            raw = data[max(begin, at - 30) : at].tobytes()
            self._ahead(self.word[which], raw.decode("utf-8", "ignore"), at, document, found)

    def _may(self, word: Int64s, end: Int64s, data: Bytes) -> npt.NDArray[np.bool_]:
        """A cheap look: a word that needs a colon or the like has one, 是, 为 or 叫 behind it."""
        last = len(data) - 1
        a, b, c = (data[np.minimum(end + k, last)].astype(np.int32) for k in range(3))
        follows = a << 16 | b << 8 | c
        joined = (a < 0x80) | np.isin(follows, _JOINING)
        han = np.zeros(len(end), np.bool_)  # soon behind it
        for k in range(9):
            han |= data[np.minimum(end + k, last)] >= 0xE3
        allowed: npt.NDArray[np.bool_] = (self.anywhere[word] | joined) & (han | self.behind[word])
        return allowed

    def _may_follow(self, at: Int64s, data: Bytes) -> npt.NDArray[np.bool_]:
        """A cheap look at where a name may follow: what joins it to the word, a surname, or soon
        the dot of a name from abroad."""
        last = len(data) - 1
        a, b, c = (data[np.minimum(at + k, last)].astype(np.int32) for k in range(3))
        follows = a << 16 | b << 8 | c
        char = (a & 0x0F) << 12 | (b & 0x3F) << 6 | c & 0x3F
        named: npt.NDArray[np.bool_] = self.begins[char] | np.isin(follows, _JOINT_CHARS)
        for k in range(3, 21, 3):
            one = data[np.minimum(at + k, last)].astype(np.int32)
            two = one << 8 | data[np.minimum(at + k + 1, last)]
            named |= (one == 46) | np.isin(two, _DOTS)
        han = (follows >= 0xE39080) & (follows < 0xEA0000)  # from U+3400 on
        named &= han
        named |= _JOINT_ASCII[a] | np.isin(follows, _JOINT_MARKS)
        return named

    def _beside_numbers(self, view: View, found: Collector) -> None:
        """Names right before a telephone, identity or card number: `王小明 139...`."""
        rows, starts = found.sure(("cn_mobile", "cn_resident_id", "bank_card"))
        data = view.data
        place = np.maximum(starts[:, None] - np.arange(1, 6), 0)  # the five bytes before
        likely = _MARKS[data[place[:, 0]]] & (data[place] >= 0x80).any(1)
        for document, start in zip(rows[likely].tolist(), starts[likely].tolist(), strict=True):
            low = max(int(view.offsets[document]), start - 30)
            if start > low:
                text = data[low:start].tobytes().decode("utf-8", "ignore")
                self._ahead("", text, start, document, found)

    def _behind_colons(self, view: View, found: Collector) -> None:
        """Two to four Han characters that are a name, alone between a colon or = and a mark."""
        data = view.data
        last = len(data) - 1  # separates documents, and is no part of a name
        at = np.flatnonzero((data == 58) | (data == 61)) + 1
        for _ in range(2):  # a space, a quote
            byte = data[np.minimum(at, last)]
            likely = _GOES_ON[byte]
            at = at[likely] + _SKIPPED[byte[likely]]
        at = at[at < last]
        lead, middle, tail, second, third = (
            data[np.minimum(at + k, last)].astype(np.int32) for k in (0, 1, 2, 6, 9)
        )
        char = (lead & 0x0F) << 12 | (middle & 0x3F) << 6 | tail & 0x3F
        alone = (second < 0xE4) | (third < 0xE4)
        at = at[(lead >= 0xE4) & self.begins[char & 0xFFFF] & alone]
        row = np.searchsorted(view.offsets, at, side="right") - 1
        keep = found.admit("colons", row)
        for document, start in zip(row[keep].tolist(), at[keep].tolist(), strict=True):
            stop = min(start + _WINDOW, int(view.offsets[document + 1]) - 1)
            text = data[start:stop].tobytes().decode("utf-8", "ignore")
            place = 0
            while (match := _ALONE.match(text, place)) and self._is_name(match[0]):
                begin = start + len(text[:place].encode())
                end = begin + len(match[0].encode())
                found.add("person_name", document, begin, end, MEDIUM)
                place = match.end() + 1
                if text[match.end() : place] != "、":
                    break

    def _is_name(self, word: str) -> bool:
        """Is a word as a whole a name by its characters?"""
        surname = 2 if word[:2] in self.double else 1
        known = surname == 2 or word[0] in self.single - self.common
        given = word[surname:]
        common = 1 <= len(given) <= 2 and all(char in self.given for char in given)
        return known and common and not {word, word[:2], word[-2:]} & self.never

    def _behind(self, word: str, text: str, at: int, row: int, found: Collector) -> None:
        joint = _JOINT.match(text)
        assert joint
        first = joint.end()
        while True:
            mark = joint["colon"].strip("\"'` ")
            apart = joint.end() > (len(joint["noun"]) if joint["noun"] else 1)
            firm = bool(mark or apart) and len(word) > 1
            said = mark in _VERBS  # 居民是高卢的: not every word behind a verb is a name
            size = self.length(text, first, firm, said)
            if (
                size
                and not firm
                and word not in self.bare
                and not self._stands_alone(text, first, size)
            ):
                return
            if not size and (firm or word in self.bare):
                size = self._spaced(text, first)
            if not size:
                return
            start = at + len(text[:first].encode())
            level = HIGH if firm and joint["colon"] and not said else MEDIUM
            found.add("person_name", row, start, start + len(text[first : first + size].encode()),
                      level)  # fmt: skip
            first += size
            if text[first : first + 1] not in "、" or not text[first : first + 1]:
                return  # 参会人员：张三、李四
            first += 1

    def _stands_alone(self, text: str, first: int, size: int) -> bool:
        """A name of three characters with no other Han character behind it."""
        behind = text[first + size : first + size + 1]
        return size == 3 and not "\u3400" <= behind <= "\u9fff"

    def _spaced(self, text: str, first: int) -> int:
        """Characters of a name written with spaces, as forms and scans have it: `张 伟`."""
        match = _SPACED.match(text, first)
        if not match or match[0][0] not in self.single - self.common:
            return 0
        given = [char for char in match[0][1:] if char != " "]
        return len(match[0]) if all(char in self.given for char in given) else 0

    def length(self, text: str, first: int, firm: bool, said: bool = False) -> int:
        """Characters of the name at `first`; 0: there is none. `firm`: it stands as a value;
        `said`: behind a verb, so that its characters must be those of names."""
        dotted = _DOTTED.match(text, first)
        if dotted:
            return len(dotted[0])
        run = _RUN.match(text, first)
        if not run:
            return 0
        han = run[0]
        surname = 2 if han[:2] in self.double else 1 if han[:1] in self.single else 0
        if not surname or len(han) <= surname:
            return 0
        if not firm and surname == 1 and han[0] in self.common:
            return 0
        if any(han.startswith(word) for word in (han[:2], han[:3], han[:4]) if word in self.never):
            return 0
        if firm and len(han) in (surname + 1, surname + 2):
            return len(han) if not said or all(c in self.given for c in han[surname:]) else 0
        for more in (2,) if not firm and han[0] in self.longer else (2, 1):
            size = surname + more
            if len(han) < size or not all(char in self.given for char in han[surname:size]):
                continue
            rest = han[size:]
            ends = first + size < len(text) or len(text.encode()) < _WINDOW - 3
            if not rest and (firm or more == 2 or ends):
                return size
            if rest.startswith(self.after) and (firm or (more == 2 and rest[:1] not in _WEAK)):
                return size
            if rest.startswith(self.strong):
                return size
        return 0

    def _ahead(self, word: str, text: str, start: int, row: int, found: Collector) -> None:
        stripped = text.rstrip(" ,(|:\"'")
        dotted = _DOTTED_END.search(stripped)
        if dotted and word in self.titles:
            end = start - (len(text.encode()) - len(stripped.encode()))
            found.add("person_name", row, end - len(dotted[0].encode()), end, MEDIUM)
            return
        apart = len(text) - len(stripped)
        if apart > 4 or (word not in self.titles and not apart):
            return
        for size in (4, 3, 2):
            name = stripped[-size:]
            surname = 2 if name[:2] in self.double else 1 if name[:1] in self.single else 0
            given = len(name) - surname
            if (
                len(name) < size
                or not surname
                or given not in (1, 2)
                or (size == 4 and surname == 1)
            ):
                continue
            before = stripped[-size - 1 : -size] if len(stripped) > size else ""
            edge = not before or not "\u3400" <= before <= "\u9fff"
            if surname == 1 and name[0] in self.common:
                continue
            if given != 2 and (word in self.full or name[0] in self.longer):
                continue
            edge |= word in self.titles and before in self.before
            common = all(char in self.given for char in name[surname:])
            if not edge or not common or name in self.never or name[:2] in self.never:
                continue
            end = start - (len(text.encode()) - len(stripped.encode()))
            found.add("person_name", row, end - len(name.encode()), end, MEDIUM)
            return


@cache
def load_names() -> Names:
    """The lists that ship."""
    return Names()
