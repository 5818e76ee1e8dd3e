"""What looks like a password or a random token, and not like a word."""

from __future__ import annotations

import math
import re
from collections import Counter

_PLACEHOLDERS = (
    "xxx", "***", "...", "your", "example", "placeholder", "changeme", "<", "{", "$(", "%(", "none",
    "null", "true", "false", "todo", "dummy", "sample", "test_", "redacted", "hidden", "process.",
    "os.", "env.", "self.", "string", "getenv", "config.", "settings.", "//", "\\u",
)  # fmt: skip
_IN_TOKENS = re.compile(r"x{6}|\*{3}|\.{3}|your|example|placeholder|changeme|[<>{}]|(.)\1{7}", re.I)


def entropy(text: str) -> float:
    """Shannon entropy of the characters, in bits a character."""
    total = len(text)
    return -sum(n / total * math.log2(n / total) for n in Counter(text).values()) if total else 0.0


def is_placeholder_secret(text: str) -> bool:
    """Does a value say of itself that it stands for another?"""
    lower = text.lower()
    return any(mark in lower for mark in _PLACEHOLDERS) or len(set(lower)) <= 2


def is_placeholder_token(token: str) -> bool:
    """The same for long random tokens, in which short words come up by chance."""
    return _IN_TOKENS.search(token) is not None or len(set(token)) < 8


def looks_like_password(text: str) -> bool:
    """6 to 40 characters of at least two classes (letters, digits, others), or 6 to 8 digits."""
    if not 6 <= len(text) <= 40 or is_placeholder_secret(text):
        return False
    if text[0] in "/[*|-.~" or text.count(":") > 1 or text.count("/") > 1:
        return False
    digits = sum(char.isdigit() for char in text)
    letters = sum(char.isalpha() for char in text)
    others = len(text) - digits - letters
    if digits == len(text):
        return len(text) <= 8
    if not digits:
        return bool(others and letters) and others <= 4 and any(c in "@#$%^&*!~+" for c in text)
    if any(char in "()[]{}=<>;" for char in text):
        return False
    return letters > 0 or others > 0


def looks_random(text: str) -> bool:
    """A token of 16 characters or more, letters and digits mixed without a pattern."""
    if len(text) < 16 or is_placeholder_token(text):
        return False
    digits = sum(char.isdigit() for char in text)
    letters = sum(char.isalpha() for char in text)
    return digits >= 2 and letters >= 2 and entropy(text) >= 3.2
