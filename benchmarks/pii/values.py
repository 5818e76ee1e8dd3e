"""Synthetic personal data and secrets of each kind: the table of generators, and those of contacts.

A generator takes a seeded source of chance and a variant; the empty variant mixes the usual forms.
Nothing here is taken from a real person: valid check digits stand on random numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from benchmarks.pii import checksums, documents
from benchmarks.pii.credentials import CREDENTIALS
from benchmarks.pii.vocabulary import (
    DIVISIONS,
    GIVEN,
    SURNAMES,
    digits,
    full_width,
    grouped,
    letters,
    pick,
    traditional,
)

Generator = Callable[[Random, str], str]

# Issuer prefix: lengths of the whole number. UnionPay first.
CARD_PREFIXES = {
    "622202": (19,), "621700": (19,), "622848": (19,), "621661": (19,), "622588": (16,),
    "621483": (16,), "622700": (19,), "622262": (17,), "625912": (16,), "628200": (16,),
    "622155": (16,), "623058": (19, 18), "621226": (19,), "622908": (18,), "955880": (19,),
    "4": (16, 16, 16, 13), "51": (16,), "53": (16,), "55": (16,), "2221": (16,), "2720": (16,),
    "34": (15,), "37": (15,), "3528": (16,), "3589": (16,),
}  # fmt: skip


def mobile(rng: Random, variant: str) -> str:
    number = pick(rng, "mobile_segments") + digits(rng, 8)
    while len(set(number[3:])) < 4:  # 13888888888 and the like are taken for placeholders
        number = pick(rng, "mobile_segments") + digits(rng, 8)
    spaced, hyphened = grouped(number, (3, 4), " "), grouped(number, (3, 4), "-")
    forms = {
        "plain": number,
        "spaced": spaced,
        "hyphened": hyphened,
        "full": full_width(number),
        "prefixed": rng.choice(
            (
                f"+86{number}", f"+86 {number}", f"+86-{hyphened}", f"+86 {spaced}",
                f"0086{number}", f"0086-{number}", f"(+86){number}", f"(+86) {spaced}",
                f"（+86）{number}",
            )
        ),
    }  # fmt: skip
    return forms[variant or rng.choices(list(forms), (50, 15, 15, 5, 15))[0]]


def landline(rng: Random, variant: str) -> str:
    long = rng.random() < 0.8
    area = pick(rng, "area_codes_8" if long else "area_codes_7")
    local = rng.choice("2345678") + digits(rng, 7 if long else 6)
    spaced = grouped(local, (len(local) - 4,), " ")
    extension = rng.choice(("-", "转", " 转 ", "转分机")) + str(rng.randrange(100, 8999))
    forms = {
        "plain": f"{area}-{local}",
        "brackets": rng.choice((f"({area}){local}", f"（{area}）{local}", f"({area}) {spaced}")),
        "spaced": rng.choice((f"{area} {local}", f"{area} {spaced}")),
        "extension": f"{area}-{local}{extension}",
        "prefixed": rng.choice((f"+86-{area[1:]}-{local}", f"+86 {area[1:]} {spaced}")),
    }
    return forms[variant or rng.choices(list(forms), (50, 15, 15, 12, 8))[0]]


def bank_card(rng: Random, variant: str) -> str:
    prefixes = list(CARD_PREFIXES)
    weights = [1 if len(prefix) == 6 else 0.6 for prefix in prefixes]
    prefix = rng.choices(prefixes, weights)[0]
    if variant == "union":
        prefix = rng.choice([prefix for prefix in prefixes if len(prefix) == 6])
    length = rng.choice(CARD_PREFIXES[prefix])
    payload = prefix + digits(rng, length - len(prefix) - 1)
    number = payload + checksums.luhn(payload)
    fours = (4, 6) if length == 15 else (4,) * (length // 4)
    forms = {
        "plain": number,
        "spaced": grouped(number, fours, " "),
        "hyphened": grouped(number, fours, "-"),
        "full": full_width(number),
    }
    return forms["plain" if variant == "union" else variant or rng.choices(
        list(forms), (60, 28, 8, 4))[0]]  # fmt: skip


def _pinyin(rng: Random, count: int) -> str:
    return "".join(pick(rng, "pinyin") for _ in range(count))


def wechat_id(rng: Random, variant: str) -> str:
    return rng.choice(
        (
            "wxid_" + letters(rng, 14, "abcdefghijklmnopqrstuvwxyz0123456789"),
            _pinyin(rng, 2) + digits(rng, 4),
            pick(rng, "handle_words") + "_" + digits(rng, rng.choice((3, 4))),
            pick(rng, "handle_words") + "-" + _pinyin(rng, 1) + digits(rng, 2),
            _pinyin(rng, 3) + "_" + letters(rng, 2, "abcxyz"),
        )
    )


def qq(rng: Random, variant: str) -> str:
    length = rng.choice((7, 8, 9, 9, 10, 10))
    return rng.choice("123" if length == 10 else "123456789") + digits(rng, length - 1)


def email(rng: Random, variant: str) -> str:
    local = rng.choice(
        (
            _pinyin(rng, 2),
            _pinyin(rng, 1) + "." + _pinyin(rng, 2),
            _pinyin(rng, 2) + digits(rng, 3),
            pick(rng, "handle_words") + "_" + digits(rng, 4),
            rng.choice("123456789") + digits(rng, 8),
            _pinyin(rng, 1) + "-" + _pinyin(rng, 1) + "+" + pick(rng, "handle_words"),
        )
    )
    domain = pick(rng, rng.choice(("mail_domains", "mail_domains", "company_domains")))
    if variant == "full":
        return rng.choice((full_width(f"{local}@{domain}"), f"{local}＠{domain}"))
    return f"{local}@{domain}"


def alipay(rng: Random, variant: str) -> str:
    return mobile(rng, "plain") if rng.random() < 0.6 else email(rng, "")


def address(rng: Random, variant: str) -> str:
    _, *names = rng.choice(DIVISIONS)
    if names[-1].endswith("县") or variant == "rural":
        number = rng.choice((f"{rng.randrange(1, 12)}组", f"{rng.randrange(1, 200)}号",
                             f"{rng.randrange(1, 9)}组{rng.randrange(1, 90)}号"))  # fmt: skip
        text = "".join(names) + pick(rng, "towns") + pick(rng, "villages") + number
        return traditional(text) if variant == "trad" else text
    head = "".join(names[rng.choices((0, 1, len(names) - 1), (5, 3, 1))[0] :])
    if rng.random() < 0.15:  # 广东深圳南山区
        head = "".join([name.removesuffix("省").removesuffix("市") for name in names[:-1]]
                       + names[-1:])  # fmt: skip
    house = f"{pick(rng, 'roads')}{rng.randrange(1, 999)}号"
    tower = rng.choice((f"{rng.randrange(1, 30)}号楼", f"{rng.randrange(1, 30)}栋",
                        f"{rng.choice('ABC')}座", f"{rng.randrange(1, 30)}幢"))  # fmt: skip
    unit = rng.choice((f"{rng.randrange(1, 5)}单元", ""))
    room = f"{rng.randrange(1, 32)}{rng.randrange(1, 9):02d}" + rng.choice(("室", "室", "房"))
    home = rng.choice(
        (house, house + pick(rng, "communities") + tower + unit + room, house + tower + room)
    )
    if variant == "spaced":
        return " ".join([*names, house, tower + room])
    return traditional(head + home) if variant == "trad" else head + home


def person_name(rng: Random, variant: str) -> str:
    if not variant and rng.random() < 0.03:
        return pick(rng, "minority_names")
    compound = rng.random() < 0.04
    surname = pick(rng, "compound_surnames") if compound else rng.choice(SURNAMES)
    given = "".join(rng.sample(GIVEN, rng.choices((1, 2), (25, 75))[0]))
    return traditional(surname + given) if variant == "trad" else surname + given


def birth_date(rng: Random, variant: str) -> str:
    day = documents.some_date(rng, 1940, 2019)
    han = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(day.year))
    small = ["", *"一二三四五六七八九", "十", *(f"十{d}" for d in "一二三四五六七八九"), "二十",
             *(f"二十{d}" for d in "一二三四五六七八九"), "三十", "三十一"]  # fmt: skip
    forms = {
        "han": f"{han}年{small[day.month]}月{small[day.day]}日",
        "cn": f"{day.year}年{day.month}月{day.day}日",
        "iso": day.isoformat(),
        "slash": f"{day.year}/{day.month}/{day.day}",
        "dots": day.strftime("%Y.%m.%d"),
        "compact": day.strftime("%Y%m%d"),
    }
    return forms[variant or rng.choices(list(forms), (8, 40, 25, 10, 10, 7))[0]]


def coordinates(rng: Random, variant: str) -> str:
    lat, lon = rng.uniform(20, 48), rng.uniform(85, 125)
    places = rng.choice((4, 5, 6, 6))
    seconds = [int(lat), rng.randrange(60), rng.randrange(60)]
    seconds += [int(lon), rng.randrange(60), rng.randrange(60)]
    forms = {
        "pair": rng.choice((f"{lat:.{places}f}, {lon:.{places}f}",
                            f"{lon:.{places}f},{lat:.{places}f}")),
        "named": rng.choice((f"北纬{lat:.{places}f}，东经{lon:.{places}f}",
                             f"东经{lon:.{places}f}° 北纬{lat:.{places}f}°")),
        "dms": rng.choice(("北纬{}°{}′{}″，东经{}°{}′{}″", "北纬{}度{}分{}秒 东经{}度{}分{}秒",
                           "{}°{}'{}\"N {}°{}'{}\"E", "N{}°{}′{}″ E{}°{}′{}″")).format(*seconds),
    }  # fmt: skip
    return forms[variant or rng.choices(list(forms), (50, 20, 30))[0]]


VALUES: dict[str, Generator] = {
    "cn_resident_id": documents.resident_id,
    "cn_mobile": mobile,
    "cn_landline": landline,
    "bank_card": bank_card,
    "cn_passport": documents.passport,
    "cn_hk_macao_permit": documents.hk_macao_permit,
    "cn_taiwan_permit": documents.taiwan_permit,
    "hk_macao_home_return_permit": documents.home_return_permit,
    "tw_compatriot_permit": documents.compatriot_permit,
    "cn_hmt_residence_permit": documents.hmt_residence_permit,
    "cn_foreigner_residence_card": documents.foreigner_residence_card,
    "cn_driving_licence": documents.driving_licence,
    "cn_military_id": documents.military_id,
    "cn_number_plate": documents.number_plate,
    "cn_social_credit_code": documents.social_credit_code,
    "wechat_id": wechat_id,
    "qq": qq,
    "alipay": alipay,
    "email": email,
    "cn_address": address,
    "person_name": person_name,
    "birth_date": birth_date,
    "medical_record": documents.medical_record,
    "cn_social_insurance": documents.social_insurance,
    "coordinates": coordinates,
    **CREDENTIALS,
}
