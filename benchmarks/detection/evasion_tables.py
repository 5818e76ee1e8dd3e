"""Tables of the evasion suite, written by hand and apart from the fold, which they test."""

from __future__ import annotations

import tomllib
from pathlib import Path

_DATA = tomllib.loads((Path(__file__).parent / "sets/perturbations.toml").read_text("utf-8"))


def _pairs(text: str) -> dict[str, str]:
    """`"强弓虽 好女子"`: the first character of each word to the rest of it."""
    return {word[0]: word[1:] for word in text.split()}


TRADITIONAL = _pairs(_DATA["traditional"])
SPLIT = _pairs(_DATA["split"])
SYLLABLES = dict(word.split(":") for word in _DATA["syllables"].split())

ACCENTS = _pairs("aáàâäãåāą cçćč eéèêëēę iíìîïī lł nñńň oóòôöõō sśšş uúùûüū yýÿ zźžż gğ")
LEET = _pairs("o0 i1 l1 e3 a4@ s5$ t7")
LOOKALIKES = _pairs("aаα cс eе oоο pрρ xх yу iіι sѕ jј vν kκк uυ")  # Cyrillic and Greek

DIGITS = "0123456789"
NUMERALS = "零一二三四五六七八九"
FORMAL_NUMERALS = "零壹贰叁肆伍陆柒捌玖"
FORMAL_TENS = {"十": "拾", "百": "佰", "千": "仟"}

INVISIBLE = (
    "\u200b\u200c\u200d\u2060\ufeff"  # zero-width space, non-joiner, joiner, word joiner, mark
    "\u200e\u200f\u061c\u2061\u2062\u2063\u2064\u034f\u180e"  # direction, maths, joiner, Mongolian
    "\u3164\u115f"  # Hangul fillers
)
SELECTORS = [chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE0110))]
MARKS = "\u0300\u0301\u0302\u0303\u0308\u0323\u0332\u0335\u0336\u0338\u20d2"
SPACES = (" ", "  ", "\u3000", "\u00a0", "\u2009")
BREAKS = ("\n", "\r\n")
PUNCTUATION = (
    ".",
    "·",
    "*",
    "_",
    "-",
    "~",
    "|",
    "/",
    ",",
    "、",
    "+",
    "#",
    "^",
    "=",
    "•",
    "。",
    "..",
)
MARK_ONCE = (".", "·", "*", "_", "-", "~", "|", "/", ",", "、", "+", "#", "^", "//", "--")
EMOJI = ("🔥", "💰", "❤️", "👉", "✨", "⭐", "🌹", "😂", "💦", "👍🏽")

# First code points of runs of 26 letters. Runs with holes are left out.
MATHEMATICAL_LOWER = (0x1D41A, 0x1D482, 0x1D4EA, 0x1D586, 0x1D5BA, 0x1D5EE, 0x1D622, 0x1D68A)
MATHEMATICAL_UPPER = (0x1D400, 0x1D468, 0x1D4D0, 0x1D56C, 0x1D5A0, 0x1D5D4, 0x1D608, 0x1D670)
MATHEMATICAL_DIGITS = (0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6)
# circled small, circled capital, parenthesised, squared, negative circled
ENCLOSED_LETTERS = (0x24D0, 0x24B6, 0x249C, 0x1F130, 0x1F150)
ENCLOSED_DIGITS = (0x2460, 0x2474, 0x2776, 0x2780)  # of 1; a circled 0 is apart

CARRIERS = {
    "zh": (
        "刚才群里又有人发{}这几个字，大家看看怎么处理。",
        "他签名里写着{}已经半年了，我今天才注意到。",
        "翻到第三页，看见标题是{}的一篇帖子，点进去内容很长。",
        "昨晚收到一条短信，开头就是{}然后跟着一串乱码。",
        "楼下电线杆上贴着{}和一张褪色的寻猫启事。",
        "请问{}这样的话是谁写在留言板上的？写了三遍。",
        "今天天气不错，忽然弹出窗口说{}让我赶紧看看，我就关掉了。",
        "评论区第一条是{}第二条在问晚饭吃什么。",
    ),
    "en": (
        "Somebody posted {} in the thread again yesterday, and it is still there.",
        "The banner on top of the page says {} in large red type.",
        "I opened the message and it began with {} followed by a long link.",
        "Nobody reads that channel, it is only {} all day long.",
        "My inbox today: two invoices, one newsletter, and {} from an unknown sender.",
        "Under the recipe, the third comment was just {} written four times.",
    ),
}
