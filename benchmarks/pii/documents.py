"""Synthetic numbers of documents: identity, permits, licences, plates, organisations, records."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from benchmarks.pii import checksums
from benchmarks.pii.vocabulary import DIVISIONS, REGION_CODES, digits, full_width, grouped, letters

PLATE_PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
COUNTRIES = {"USA": "840", "GBR": "826", "CAN": "124", "JPN": "392", "DEU": "276", "FRA": "250"}


def some_date(rng: Random, first: int, last: int) -> date:
    """A day of the years `first` to `last`."""
    start = date(first, 1, 1)
    return start + timedelta(days=rng.randrange((date(last, 12, 31) - start).days + 1))


def _identity(rng: Random, region: str) -> str:
    first17 = region + some_date(rng, 1945, 2012).strftime("%Y%m%d") + digits(rng, 3)
    return first17 + checksums.mod_11_2(first17)


def resident_id(rng: Random, variant: str) -> str:
    if variant == "15":
        return (
            rng.choice(REGION_CODES)
            + some_date(rng, 1945, 1994).strftime("%y%m%d")
            + digits(rng, 2)
            + rng.choice("123456789")
        )
    number = _identity(rng, rng.choice(REGION_CODES))
    if variant == "spaced":
        return grouped(number, (6, 8), " ")
    if variant == "full":
        return full_width(number)
    return number.lower() if rng.random() < 0.3 else number


def hmt_residence_permit(rng: Random, variant: str) -> str:
    return _identity(rng, rng.choice(("810000", "820000", "830000")))


def foreigner_residence_card(rng: Random, variant: str) -> str:
    country = rng.choice(sorted(COUNTRIES))
    region = rng.choice(REGION_CODES)
    birth = some_date(rng, 1950, 2000)
    if variant == "old":
        first14 = country + region[:4] + birth.strftime("%y%m%d") + digits(rng, 1)
        return first14 + checksums.weights_731(first14)
    first17 = "9" + region[:2] + COUNTRIES[country] + birth.strftime("%Y%m%d") + digits(rng, 3)
    return first17 + checksums.mod_11_2(first17)


def passport(rng: Random, variant: str) -> str:
    if variant == "sar":
        return rng.choice(("K", "MA", "H")) + digits(rng, 8)
    return rng.choice(
        (
            "E" + digits(rng, 8),
            "E" + letters(rng, 1) + digits(rng, 7),
            "G" + digits(rng, 8),
            rng.choice(("PE", "SE", "DE")) + digits(rng, 7),
        )
    )


def hk_macao_permit(rng: Random, variant: str) -> str:
    return _tail(rng.choice(("C", "W", "C" + letters(rng, 1))), rng, 9)


def _tail(letter: str, rng: Random, length: int) -> str:
    return letter + digits(rng, length - len(letter))


def taiwan_permit(rng: Random, variant: str) -> str:
    return _tail(rng.choice("TL"), rng, 9)


def home_return_permit(rng: Random, variant: str) -> str:
    return _tail(rng.choice("HM"), rng, rng.choice((9, 9, 11)))


def compatriot_permit(rng: Random, variant: str) -> str:
    return rng.choice("0123456") + digits(rng, rng.choice((7, 7, 9)))


def driving_licence(rng: Random, variant: str) -> str:
    if variant == "file":
        return rng.choice(REGION_CODES)[:4] + "0" + digits(rng, 7)
    return _identity(rng, rng.choice(REGION_CODES))


def military_id(rng: Random, variant: str) -> str:
    army = rng.choice("军空海北沈兰济南广成") + f"字第{rng.choice(('20', '19', '0'))}"
    soldier = f"士字第{rng.choice('PA')}{digits(rng, 6)}{rng.choice(('X', digits(rng, 1)))}号"
    return rng.choice((f"{army}{digits(rng, 5)}号", f"{army}{digits(rng, 6)}号", soldier))


def number_plate(rng: Random, variant: str) -> str:
    head = rng.choice(PLATE_PROVINCES) + letters(rng, 1, "ABCDEFG")
    series = list(digits(rng, 5))
    for place in rng.sample(range(5), rng.choice((0, 1, 1, 2))):
        series[place] = letters(rng, 1)
    ordinary = "".join(series)
    energy = rng.choice(
        (
            rng.choice("DF") + rng.choice((letters(rng, 1), digits(rng, 1))) + digits(rng, 4),
            digits(rng, 5) + rng.choice("DF"),
        )
    )
    forms = {
        "plain": head + rng.choice(("", "·", " ")) + ordinary,
        "energy": head + rng.choice(("", "·")) + energy,
        "special": rng.choice(
            (head + digits(rng, 4) + rng.choice("警学挂"), "粤Z" + digits(rng, 4) + "港")
        ),
    }
    return forms[variant or rng.choices(list(forms), (60, 28, 12))[0]]


def social_credit_code(rng: Random, variant: str) -> str:
    code = letters(rng, 8, checksums.CREDIT_ALPHABET) if rng.random() < 0.3 else digits(rng, 8)
    if rng.random() < 0.4:
        code = "MA" + letters(rng, 6, checksums.CREDIT_ALPHABET)
    while checksums.organisation_code(code) not in checksums.CREDIT_ALPHABET:
        code = digits(rng, 8)
    head = rng.choice(("91", "91", "91", "92", "93", "12", "11", "51", "52"))
    region = rng.choice([division[0] for division in DIVISIONS])
    first17 = head + region + code + checksums.organisation_code(code)
    return first17 + checksums.credit_code(first17)


def medical_record(rng: Random, variant: str) -> str:
    return rng.choice(
        (
            digits(rng, rng.choice((7, 8, 9, 10))),
            rng.choice(("ZY", "MZ", "BA", "H")) + digits(rng, rng.choice((7, 8))),
            "00" + digits(rng, 6),
            rng.choice(("ZY", "MZ")) + some_date(rng, 2019, 2024).strftime("%Y%m%d")
            + digits(rng, 4),
        )
    )  # fmt: skip


def social_insurance(rng: Random, variant: str) -> str:
    return rng.choice((digits(rng, 10), letters(rng, 1) + digits(rng, 8), digits(rng, 12)))
