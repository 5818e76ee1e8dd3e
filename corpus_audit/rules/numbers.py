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
    styles = {"".join(style) for style in zip(*map(_styles, term), strict=True)}
    return styles - {term}


def _styles(char: str) -> tuple[str, str, str]:
    """A character as digit, plain numeral and formal numeral; others stay as they are."""
    if char in _UNITS or char in _UNITS.values():
        plain = next(p for p, formal in _UNITS.items() if char in (p, formal))
        return plain, plain, _UNITS[plain]
    value = _VALUE.get(char)
    return (char,) * 3 if value is None else (_DIGITS[value], _PLAIN[value], _FORMAL[value])
