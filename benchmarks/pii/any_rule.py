"""any-rule's formats of Chinese identifiers: which of them count, by hand, with the reason.

    python -m benchmarks.pii.any_rule --data DIR --detector package.module:predict

`DIR` holds `pii/any-rule-cn/examples.jsonl.gz`. Each example is put into carriers: alone and inside
a Chinese sentence, or, where the value means nothing without a word of context, behind the word
that the format's title gives. Every example has a place in the table; `examples` raises otherwise.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.pii.generate import Case
from benchmarks.pii.score import Predict, load, score

ALONE = ("{}", "登记的是{}，已核对", "原文：{}谢谢")


class Rule(NamedTuple):
    formats: tuple[int, ...]
    verdict: str  # count; refuse: a wrong identifier; harmless: none at all; left out
    kind: str  # expected, or what a refused one imitates
    reason: str
    places: tuple[int, ...] = ()  # in the format's examples and counter-examples; all when empty
    carriers: tuple[str, ...] = ALONE


RULES = (
    # What counts
    Rule((4, 5), "count", "cn_social_credit_code", "check digits of GB 32100 are right"),
    Rule((27,), "refuse", "bank_card", "19 digits, the Luhn sum is 71: wrong check digit", (1,)),
    Rule((28,), "count", "person_name", "by context", carriers=("姓名：{}", "联系人：{}，已核对")),
    Rule((30, 31), "count", "cn_number_plate", "a letter and 5 or 6 characters"),
    Rule((32,), "count", "cn_number_plate", "a letter and 5 or 6 characters", (0, 1, 2, 3, 4)),
    Rule((33, 34, 35), "count", "cn_mobile", "segments in use"),
    Rule((40, 80), "count", "email", "ASCII addresses", (0, 1)),
    Rule((41,), "count", "cn_landline", "area code of Zhangye and 7 digits", (0,)),
    Rule((45,), "count", "cn_passport", "old mainland, Hong Kong and Macao passports, by context",
         (1, 2, 3, 4), ("护照号码：{}", "持护照{}入境")),
    Rule((52,), "count", "qq", "by context", carriers=("QQ号：{}", "加我QQ{}吧")),
    Rule((62,), "count", "wechat_id", "by context", carriers=("微信号：{}", "加微信{}，备注来意")),
    Rule((82,), "count", "cn_military_id", "the form says what it is"),
    # What must be refused
    Rule((27,), "refuse", "bank_card", "10 digits: cards have 13 to 19", (0,)),
    Rule((32,), "refuse", "cn_number_plate", "digits run on after the plate", (5,)),
    Rule((42,), "refuse", "cn_resident_id", "15 digits, no such region"),
    Rule((43,), "refuse", "cn_resident_id", "wrong check digit, no such region"),
    Rule((44,), "refuse", "cn_resident_id", "wrong check digit", (0,)),
    Rule((44,), "refuse", "cn_resident_id", "wrong check digit, no such region", (1,)),
    Rule((44,), "refuse", "cn_resident_id", "15 digits, no such region", (2,)),
    Rule((83,), "refuse", "cn_resident_id", "no year 9997"),
    # What is no personal data in any reading
    Rule((0, 15), "harmless", "", "train numbers, stock codes"),
    Rule((9,), "harmless", "", "subnet masks"),
    Rule((10, 11, 12, 13, 14), "harmless", "", "paths"),
    Rule((6, 8, 18, 19, 25, 61), "harmless", "", "hashes, ids, Base64, colours"),
    Rule((16, 20, 26, 48, 75, 76, 77, 78, 79), "harmless", "", "scores, versions, numbers"),
    Rule((21, 22), "harmless", "", "links without credentials or personal parameters"),
    Rule((23, 24, 36, 37, 39), "harmless", "", "times and dates without the word birth"),
    Rule((38, 47, 51, 64, 65, 68, 69), "harmless", "", "words, punctuation, a province alone"),
    Rule((50, 54, 55, 56, 66, 74), "harmless", "", "tags, words, package names"),
    Rule((63,), "harmless", "", "post codes"),
    # What is left out
    Rule((1,), "left out", "", "digits in sequence, no valid IMEI; device ids are no kind here"),
    Rule((2, 3, 81), "left out", "", "hosts, domains, ports: no Chinese kind, no secret"),
    Rule((7,), "left out", "", "a link with a file size of 10 digits and hashes: two readings"),
    Rule((17,), "left out", "", "HTML with a user name: two readings"),
    Rule((29,), "left out", "", "English names without context"),
    Rule((32,), "left out", "", "a good plate behind a second province: two readings", (6,)),
    Rule((40, 80), "left out", "", "Han before @: in running text it is prose", (2,)),
    Rule((41,), "left out", "", "no area code; no local number starts with 1", (1, 2)),
    Rule((45,), "left out", "", "passport numbers have capital letters", (0,)),
    Rule((46, 53, 58), "left out", "", "account names without context"),
    Rule((49,), "left out", "", "8 digits without context"),
    Rule((57, 73), "left out", "", "patterns of password strength without context"),
    Rule((59, 60), "left out", "", "IP addresses: an international kind, not scored here"),
    Rule((67,), "left out", "", "MAC addresses: an international kind, not scored here"),
    Rule((70, 71, 72), "left out", "", "Hong Kong, Macao, Taiwan identity cards: no kind here"),
)  # fmt: skip


def examples(data: Path) -> Iterator[tuple[str, str, Rule]]:
    """Every example and counter-example as (format:place in it, text, rule)."""
    with gzip.open(
        data / "pii" / "any-rule-cn" / "examples.jsonl.gz", "rt", encoding="utf-8"
    ) as file:
        for record in map(json.loads, file):
            of_format = [rule for rule in RULES if record["id"] in rule.formats]
            for place, text in enumerate(record["examples"] + record["counter_examples"]):
                fitting = [rule for rule in of_format if place in rule.places or not rule.places]
                if len(fitting) != 1:
                    raise ValueError(
                        f"any-rule format {record['id']}, example {place}: {len(fitting)} rules in "
                        "the table instead of one. The file is another version: place it by hand."
                    )
                yield f"{record['id']}:{place}", text, fitting[0]


def cases(data: Path, verdict: str) -> list[Case]:
    """A case for each example of this verdict in each of its carriers."""
    result = []
    for name, example, rule in examples(data):
        if rule.verdict != verdict:
            continue
        for carrier in rule.carriers:
            start = carrier.index("{}")
            place = (start, start + len(example))
            counts = verdict == "count"
            result.append(
                Case(
                    id=name,
                    template=f"example {name}",
                    genre="any-rule",
                    text=carrier.format(example),
                    spans=[(*place, rule.kind)] if counts else [],
                    near_misses=[] if counts else [(*place, rule.reason)],
                    placeholders=[],
                )
            )
    return result


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pii.any_rule")
    parser.add_argument("--data", type=Path, required=True, help="folder that holds pii/")
    parser.add_argument("--detector", help="without it the table is printed")
    arguments = parser.parse_args()
    if not arguments.detector:
        for name, example, rule in examples(arguments.data):
            print(f"{name:6} {rule.verdict:9} {rule.kind:22} {example[:40]:40} {rule.reason}")
        return
    predict: Predict = load(arguments.detector)
    for verdict in ("count", "refuse", "harmless"):
        found = score(cases(arguments.data, verdict), predict)
        print(f"\n== {verdict}\n{found.table()}")
        for (kind, template), missed in found.misses.most_common():
            print(f"{missed:6}  missed: {kind} in {template}")


if __name__ == "__main__":
    main()
