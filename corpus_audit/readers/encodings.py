"""Turns other encodings into UTF-8, and guesses what bytes that are not UTF-8 may be.

What cannot be decoded becomes the byte 0xFF, which no UTF-8 holds: the record around it is then
found invalid where UTF-8 is checked, and only that record is lost.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from corpus_audit.errors import UsageError

UTF8_BOM = codecs.BOM_UTF8
_MARK = "corpus_audit.mark"
#: Where a line feed byte may be half of another character, lines are not found by bytes.
_UNSAFE = ("utf-16", "utf-32", "utf_16", "utf_32", "utf-7", "hz", "iso2022")
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 64 << 10


def _mark(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return "\udcff", error.end  # `surrogateescape` writes it as 0xFF


codecs.register_error(_MARK, _mark)


def canonical_encoding(name: str) -> str:
    """The codec's own name of a text encoding. Raises UsageError."""
    try:
        info = codecs.lookup(name)
    except LookupError:
        info = None
    if info is None or not info._is_text_encoding:
        raise UsageError(
            f"--encoding {name!r} is not an encoding that Python knows, so no text can be read. "
            "Use for example utf-8, gb18030, gbk, big5 or utf-16."
        )
    return "utf-8" if info.name in ("utf-8-sig", "ascii") else info.name


def encoding_of(head: bytes, wanted: str) -> str:
    """The encoding to read a file with: the wanted one, unless a byte order mark says more."""
    encoding = canonical_encoding(wanted)
    if encoding == "utf-8":
        return next((name for bom, name in _BOMS if head.startswith(bom)), encoding)
    return encoding


def is_line_safe(encoding: str) -> bool:
    """Whether the byte 0x0A is always a line feed."""
    return not encoding.startswith(_UNSAFE)


def is_wide(head: bytes) -> bool:
    """Whether bytes without a mark look like UTF-16: every other one is mostly NUL."""
    even, odd = head[0:4096:2], head[1:4096:2]
    if len(odd) < 8:
        return False
    low, high = even.count(0) / len(even), odd.count(0) / len(odd)
    return max(low, high) > 0.3 and min(low, high) < 0.05


def wide_hint(head: bytes) -> str:
    """What to pass for a file that looks like UTF-16 without a byte order mark."""
    order = "le" if head[1:4096:2].count(0) > head[0:4096:2].count(0) else "be"
    return f"looks like UTF-16; pass --encoding utf-16-{order}"


def to_utf8(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Chunks of any encoding as UTF-8, with 0xFF for what is not valid in it."""
    if encoding == "utf-8":
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(encoding)(_MARK)
    for chunk in chunks:
        if text := decoder.decode(chunk):
            yield text.encode("utf-8", "surrogateescape")
    if text := decoder.decode(b"", True):
        yield text.encode("utf-8", "surrogateescape")


def is_broken(text: str) -> bool:
    """Does a text hold what UTF-8 cannot, such as bytes that did not decode?"""
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def decoding_hint(data: bytes) -> str:
    """A hint for bytes that are not UTF-8, or ""; never holds any of them."""
    if is_wide(data) or data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return wide_hint(data)
    sample = data if len(data) <= _SAMPLE else data[: data.rfind(b"\n", 0, _SAMPLE) + 1 or _SAMPLE]
    shares = {name: _common_share(sample, name) for name in ("gb18030", "big5")}
    best = max(shares, key=lambda name: shares[name])
    if shares[best] < 0.3:
        return ""
    return f"decodes as {best.upper() if best != 'big5' else 'Big5'}; pass --encoding {best}"


def _common_share(data: bytes, encoding: str) -> float:
    """The share of common Han characters among the non-ASCII ones; 0 where it does not decode.

    Most bytes of one encoding decode in the other too, but to characters that nobody writes.
    """
    cut = codecs.getincrementaldecoder(encoding)()
    try:
        text = cut.decode(data)
    except UnicodeDecodeError:
        return 0.0
    # Both encodings were ordered by frequency: level 1 lies in these leading bytes.
    charset, first, last = ("gb2312", 0xB0, 0xD7) if encoding == "gb18030" else ("big5", 0xA4, 0xC6)
    other = [char for char in text[:20_000] if ord(char) > 0x7F]
    common = sum(first <= char.encode(charset, "replace")[0] <= last for char in other)
    punctuation = sum(
        "\u3000" <= char <= "\u301f" or "\uff00" <= char <= "\uff65" for char in other
    )
    return (common + punctuation) / len(other) if other else 0.0
