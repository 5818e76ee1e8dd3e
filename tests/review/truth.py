"""What is harmful in the corpus of these tests."""

FOUND = "低价出售冰毒，货到付款。"  # harmful, and detectors see it
MISSED = "这里有那种东西，懂的来。"  # harmful, and they do not
FALSE = "注册送彩金，真人荷官。本文引用此句作为诈骗案例。"  # flagged, yet harmless


def harmful(text: str) -> bool:
    """As a perfect reviewer sees it, with matches marked or not."""
    return any(words in text.replace("【", "").replace("】", "") for words in (FOUND, MISSED))
