"""The ways in which the numbers of a term are written: 六合彩, 6合彩, 陆合彩."""

from __future__ import annotations

_DIGITS = "0123456789"
_PLAIN = "零一二三四五六七八九"
_FORMAL = "零壹贰叁肆伍陆柒捌玖"
_UNITS = {"十": "拾", "百": "佰", "千": "仟"}
_VALUE = {char: value for row in (_DIGITS, _PLAIN, _FORMAL) for value, char in enumerate(row)}
_NUMBERS = frozenset(_VALUE).union(*_UNITS.items())


def number_styles(term: str) -> set[str]:
    """A term with all its numbers in another style: digits, plain or formal numerals."""
    if _NUMBERS.isdisjoint(term):
        return set()
    return {term.translate(style) for style in _STYLES} - {term}


def _style(digits: str, units: dict[str, str]) -> dict[int, str]:
    """A table for `str.translate`: every digit, and the units, in one style."""
    return str.maketrans({char: digits[value] for char, value in _VALUE.items()} | units)


_PLAIN_UNITS = {formal: plain for plain, formal in _UNITS.items()}
_STYLES = (_style(_DIGITS, _PLAIN_UNITS), _style(_PLAIN, _PLAIN_UNITS), _style(_FORMAL, _UNITS))
