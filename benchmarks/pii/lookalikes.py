"""Near misses: values shaped like personal data or secrets that are none, placeholders, and the
plain words around them. Random digits never make a valid card or resident number by chance."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from benchmarks.pii import checksums
from benchmarks.pii.documents import PLATE_PROVINCES, resident_id, social_credit_code, some_date
from benchmarks.pii.values import bank_card, mobile
from benchmarks.pii.vocabulary import REGION_CODES, WORDS, digits, letters, pick

Make = Callable[[Random], str]
HEX = "0123456789abcdef"


def _looks_issued(number: str) -> bool:
    """Whether the prefix is one of a card network, and the check digit is right."""
    card = 13 <= len(number) <= 19 and (number[0] in "23456" or number.startswith("9558"))
    return card and number.isdigit() and checksums.luhn(number[:-1]) == number[-1]


def _serial(rng: Random, count: int, head: str = "") -> str:
    """`count` digits that are no valid card, resident number or mobile number."""
    while True:
        number = head + digits(rng, count - len(head))
        resident = len(number) == 18 and checksums.mod_11_2(number[:17]) == number[-1]
        if not (_looks_issued(number) or resident or (len(number) == 11 and number[0] in "01")):
            return number


def _recent(rng: Random) -> str:
    return some_date(rng, 2022, 2025).strftime("%Y%m%d")


def _isbn(rng: Random) -> str:
    body = "9787" + digits(rng, 8)
    check = -sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(body)) % 10
    return rng.choice((f"{body}{check}", f"978-7-{body[4:7]}-{body[7:12]}-{check}"))


def _ean(rng: Random) -> str:
    body = rng.choice(("690", "693", "697")) + digits(rng, 9)
    check = -sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(body)) % 10
    return f"{body}{check}"


def _issn(rng: Random) -> str:
    body = digits(rng, 7)
    check = -sum(int(d) * w for d, w in zip(body, range(8, 1, -1), strict=True)) % 11
    return f"{body[:4]}-{body[4:]}{'0123456789X'[check]}"


def _wrong_last(value: str, alphabet: str, rng: Random) -> str:
    """`value` with another last character, and no card by chance."""
    others = [value[:-1] + char for char in alphabet if char != value[-1].upper()]
    return rng.choice([other for other in others if not _looks_issued(other)])


def _bad_date(rng: Random) -> str:
    while True:
        day = rng.choice(("19901332", "19850230", "20031131", "19780045", "18670512", "20991201"))
        first17 = rng.choice(REGION_CODES) + day + digits(rng, 3)
        number = first17 + checksums.mod_11_2(first17)
        if not _looks_issued(number):
            return number


def _bad_region(rng: Random) -> str:
    while True:
        region = rng.choice(("008812", "195507", "286604", "570321", "703310", "160101"))
        first17 = region + resident_id(rng, "")[6:17]
        number = first17 + checksums.mod_11_2(first17)
        if not _looks_issued(number):
            return number


def _wrong_card(rng: Random) -> str:
    return _wrong_last(bank_card(rng, "plain"), "0123456789", rng)


def _masked(rng: Random) -> str:
    number, identity, card = mobile(rng, "plain"), resident_id(rng, ""), bank_card(rng, "union")
    return rng.choice(
        (
            number[:3] + "****" + number[-4:],
            identity[:4] + "*" * 10 + identity[-4:],
            identity[:6] + "********" + identity[-4:],
            card[:4] + " **** **** " + card[-4:],
            "尾号" + card[-4:],
        )
    )


def _model(rng: Random) -> str:
    return rng.choice(
        (
            f"{letters(rng, 2)}-{digits(rng, 4)}{letters(rng, 1)}",
            f"{letters(rng, 1)}{digits(rng, 5)}",
            f"{letters(rng, 3)}{digits(rng, 3)}{letters(rng, 2)}",
        )
    )


def _pair(rng: Random) -> str:
    a, b = rng.uniform(0.5, 4), rng.uniform(1, 9)
    return rng.choice((f"{a:.3f}, {b:.3f}", f"{a:.4f}:{b:.4f}", f"{a * 90:.1f}×{b * 40:.1f}"))


LOOKALIKES: dict[str, Make] = {
    "order_number": lambda rng: rng.choice(
        (
            _serial(rng, 19, _recent(rng)),
            _serial(rng, 16, "37"),
            _serial(rng, 12, "28"),
            "DD" + _serial(rng, 14, _recent(rng)),
            _recent(rng) + "-" + digits(rng, 6),
        )
    ),
    "waybill_number": lambda rng: rng.choice(
        (
            "SF" + digits(rng, 13),
            "YT" + digits(rng, 13),
            "JD" + digits(rng, 12),
            "77" + digits(rng, 10),
        )
    ),
    "invoice_number": lambda rng: rng.choice(
        (
            digits(rng, 8),
            "0" + rng.choice(REGION_CODES)[:4] + "00" + digits(rng, 5),
            _serial(rng, 20, "24"),
        )
    ),
    "contract_number": lambda rng: f"HT-{_recent(rng)[:4]}-{digits(rng, 4)}",
    "document_number": lambda rng: (
        rng.choice(("国办发", "教基", "沪府规", "建质"))
        + f"〔{rng.randrange(2010, 2025)}〕{rng.randrange(1, 200)}号"
    ),
    "case_number": lambda rng: (
        f"（{rng.randrange(2016, 2025)}）{rng.choice(PLATE_PROVINCES)}01{digits(rng, 2)}"
        f"民初{rng.randrange(100, 9999)}号"
    ),
    "patent_number": lambda rng: "ZL20" + digits(rng, 10) + "." + digits(rng, 1),
    "md5": lambda rng: letters(rng, 32, HEX),
    "sha1": lambda rng: letters(rng, 40, HEX),
    "sha256": lambda rng: letters(rng, 64, HEX),
    "hex_id": lambda rng: rng.choice(("0x", "")) + letters(rng, rng.choice((8, 12, 24)), HEX),
    "uuid": lambda rng: "-".join(letters(rng, size, HEX) for size in (8, 4, 4, 4, 12)),
    "isbn": _isbn,
    "issn": _issn,
    "barcode": _ean,
    "compact_date": _recent,
    "compact_time": lambda rng: (
        _recent(rng) + f"{rng.randrange(24):02d}{rng.randrange(60):02d}{rng.randrange(60):02d}"
    ),
    "epoch": lambda rng: f"17{digits(rng, 8)}" + rng.choice(("", digits(rng, 3))),
    "version": lambda rng: (
        "v" * rng.randrange(2) + ".".join(str(rng.randrange(20)) for _ in range(3))
    ),
    "section_number": lambda rng: ".".join(str(rng.randrange(1, 9)) for _ in range(4)),
    "decimal": lambda rng: (
        rng.choice(("0", "1", "3", "27"))
        + "."
        + rng.choice((mobile(rng, "plain"), _serial(rng, rng.choice((6, 12, 15)))))
    ),
    "price": lambda rng: f"{rng.randrange(1, 9999):,}.{digits(rng, 2)}",
    "big_amount": lambda rng: f"{rng.randrange(2 * 10**9, 10**10)}",
    "stock_code": lambda rng: rng.choice(("sh60", "SZ00", "sz30")) + digits(rng, 4),
    "postcode": lambda rng: rng.choice(("1000", "2100", "5180", "6100")) + digits(rng, 2),
    "product_phone": lambda rng: rng.choice(
        (
            "SKU" + mobile(rng, "plain") + letters(rng, 1),
            f"{letters(rng, 2)}{mobile(rng, 'plain')}",
            "20" + mobile(rng, "plain") + digits(rng, 3),
        )
    ),
    "serial18": lambda rng: _serial(rng, 18, rng.choice(("7", "8", "9", "24"))),
    "bad_id_check": lambda rng: _wrong_last(resident_id(rng, ""), "0123456789", rng),
    "bad_id_date": _bad_date,
    "bad_id_region": _bad_region,
    "bad_card": _wrong_card,
    "bad_credit_code": lambda rng: _wrong_last(
        social_credit_code(rng, ""), checksums.CREDIT_ALPHABET, rng
    ),
    "model_number": _model,
    "law_article": lambda rng: (
        f"第{rng.choice('一二三四五六七八九')}十{rng.choice('一二三四五六七八九')}条"
    ),
    "bus_line": lambda rng: f"{rng.randrange(1, 999)}路",
    "train": lambda rng: rng.choice("GDKZT") + str(rng.randrange(10, 9000)) + "次",
    "flight": lambda rng: rng.choice(("CA", "MU", "CZ", "HU")) + digits(rng, 4),
    "room_number": lambda rng: f"{rng.choice('ABC')}{rng.randrange(1, 30)}{digits(rng, 2)}",
    "ratio": _pair,
    "page_number": lambda rng: f"{rng.randrange(1, 400)}-{rng.randrange(400, 900)}",
    "chess_move": lambda rng: rng.choice(
        ("1.e4 e5 2.Nf3 Nc6", "炮二平五 马8进7", "1.d4 Nf6 2.c4 g6", "车一平二 卒7进1")
    ),
    "resolution": lambda rng: rng.choice(("1920×1080", "3840x2160", "2560*1440")),
    "scientific": lambda rng: f"{rng.randrange(1, 9)}.{digits(rng, 6)}e-{rng.randrange(2, 12)}",
    "decorator": lambda rng: rng.choice(
        ("@property", "@staticmethod", "@app.route", "@pytest.fixture", "@Override")
    ),
    "css_at": lambda rng: rng.choice(("@media", "@import", "@font-face", "@keyframes")),
    "npm_package": lambda rng: (
        rng.choice(("@types/node", "@vue/cli", "@babel/core", "@angular/router"))
        + rng.choice(("", f"@{rng.randrange(1, 20)}.{rng.randrange(9)}.{rng.randrange(9)}"))
    ),
    "package_version": lambda rng: (
        rng.choice(("lodash", "python", "redis", "node"))
        + f"@{rng.randrange(1, 20)}.{rng.randrange(20)}.{rng.randrange(9)}"
    ),
    "asset_name": lambda rng: (
        rng.choice(("logo", "icon_home", "banner")) + rng.choice(("@2x.png", "@3x.png", "@2x.webp"))
    ),
    "plain_url": lambda rng: (
        rng.choice(
            (
                "https://docs.lanhaisoft.cn/api/v2/users?id=",
                "http://www.hengtongwl.com/news/",
                "https://blog.qiming-edu.net/@editor/p/",
            )
        )
        + digits(rng, 5)
    ),
    "commit_range": lambda rng: letters(rng, 7, HEX) + ".." + letters(rng, 7, HEX),
    "masked": _masked,
    "number_plate_like": lambda rng: rng.choice(("苏A股", "川A区", "京B01版", "沪C级", "冀A1赛区")),
    "temperature": lambda rng: f"{rng.randrange(15, 39)}.{rng.randrange(10)}℃",
    "score": lambda rng: f"{rng.randrange(60, 130)}-{rng.randrange(60, 130)}",
    "math": lambda rng: (
        f"{digits(rng, 4)} {digits(rng, 4)} {digits(rng, 4)} {digits(rng, 4)} {digits(rng, 4)}"
    ),
}

PLACEHOLDERS: dict[str, Make] = {
    "placeholder_mobile": lambda rng: rng.choice(
        ("13800138000", "138-0013-8000", "138 0013 8000", "+8613800138000")
    ),
    "placeholder_card": lambda rng: rng.choice(
        (
            "4111111111111111",
            "4111 1111 1111 1111",
            "5555555555554444",
            "378282246310005",
            "4242424242424242",
        )
    ),
    "placeholder_email": lambda rng: rng.choice(
        (
            "user@example.com",
            "test@example.com",
            "name@example.org",
            "zhangsan@example.com",
            "you@example.cn",
        )
    ),
    "placeholder_password": lambda rng: rng.choice(
        ("your_password", "changeme", "<password>", "xxxxxxxx", "********", "${DB_PASSWORD}")
    ),
    "placeholder_token": lambda rng: rng.choice(
        (
            "AK" + "IA" + "IOSFODNN7" + "EXAMPLE",
            "gh" + "p_" + "x" * 36,
            "gl" + "pat-" + "x" * 20,
            "your-token-here",
        )
    ),
    "placeholder_url": lambda rng: rng.choice(
        (
            "https://user:password@example.com/",
            "mysql://user:pass@localhost:3306/db",
            "https://<user>:<token>@git.example.com",
        )
    ),
}

FILLERS: dict[str, Make] = {
    **{
        name.removesuffix("s"): lambda rng, name=name: pick(rng, name)
        for name in ("departments", "hospitals", "wards", "schools", "products", "fruits")
    },
    "company": lambda rng: pick(rng, "companies"),
    "city": lambda rng: pick(rng, "cities"),
    "diagnosis": lambda rng: pick(rng, "diagnoses"),
    "day": lambda rng: some_date(rng, 2022, 2025).isoformat(),
    "day_cn": lambda rng: "{0.year}年{0.month}月{0.day}日".format(some_date(rng, 2022, 2025)),
    "time": lambda rng: f"{rng.randrange(24):02d}:{rng.randrange(60):02d}",
    "clock": lambda rng: f"{rng.randrange(24):02d}:{rng.randrange(60):02d}:{rng.randrange(60):02d}",
    "amount": lambda rng: f"{rng.randrange(5, 9000)}" + rng.choice(("", ".00", ".50")),
    "count": lambda rng: str(rng.randrange(2, 60)),
    "gender": lambda rng: rng.choice("男女"),
    "age": lambda rng: str(rng.randrange(19, 80)),
    "nation": lambda rng: rng.choice(("汉族", "回族", "满族", "壮族")),
    "word": lambda rng: rng.choice(WORDS["handle_words"]),
}
