"""`python -m benchmarks --data DIR [NAME ...]`: run all benchmarks, or those named."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

NAMES = (
    "fold",
    "matching",
    "language",
    "duplicates",
    "provenance",
    "scan",
    "whole",
    "detection",
    "calibration",
    "review",
    "reports",
    "pii",
    "assess",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        help="folder with bulk/, classify/, ...",
    )
    arguments = parser.parse_args()
    for name in arguments.names or NAMES:
        print(f"\n== {name}")
        importlib.import_module(f"benchmarks.{name}").main(arguments.data)


if __name__ == "__main__":
    main()
