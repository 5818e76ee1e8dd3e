"""Does a match cut a Chinese word in two, as 鸡巴 does in 宝鸡巴士?"""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import accumulate, pairwise

from corpus_audit.rules.word_frequency import Prefixes

_CONTEXT = 8  # characters on each side; no word of the dictionary that matters is longer


def cuts_a_word(before: str, match: str, after: str) -> bool:
    """Is an end of the match inside a word of the sentence that goes on beyond it?

    Words are jieba's, without its guesses at unknown ones. A word that holds the whole match
    (赌博 in 赌博机) is not cut.
    """
    left, right = _han_end(before[-_CONTEXT:]), _han_start(after[:_CONTEXT])
    return bool(left or right) and _cuts(left, match, right)


@lru_cache(maxsize=1 << 16)  # adverts repeat themselves
def _cuts(left: str, match: str, right: str) -> bool:
    text = left + match + right
    start, stop = len(left), len(left) + len(match)
    words = _words()
    words.enter(text)
    if not words.crosses(text, start) and not words.crosses(text, stop):  # nearly always
        return False
    ends = [0, *accumulate(map(len, _tokenizer().cut(text, HMM=False)))]
    for a, b in pairwise(ends):
        across_start, across_stop = a < start < b, a < stop < b
        if across_start != across_stop and not (a <= start and stop <= b):
            return True
    return False


def _han_end(text: str) -> str:
    """The Chinese characters that a text ends with."""
    start = len(text)
    while start and _is_han(text[start - 1]):
        start -= 1
    return text[start:]


def _han_start(text: str) -> str:
    return _han_end(text[::-1])[::-1]


def _is_han(char: str) -> bool:
    return "\u4e00" <= char < "\ua000"


_words = cache(Prefixes)


@cache
def _tokenizer():  # type: ignore[no-untyped-def]
    import warnings

    with warnings.catch_warnings():  # its regular expressions hold \\. in plain strings
        for category in (SyntaxWarning, DeprecationWarning):  # by version of Python
            warnings.simplefilter("ignore", category)
        import jieba

    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = _words(), _words().total
    tokenizer.initialized = True  # with its own dictionary, entered as far as it is asked for
    return tokenizer
