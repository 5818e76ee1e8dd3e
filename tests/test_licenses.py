"""What the project depends on at run time, extras included, is under a permissive licence."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PERMISSIVE = {
    *("MIT", "MIT-0", "MIT-CMU", "ISC", "HPND", "Zlib", "Unlicense", "CC0-1.0", "BSL-1.0"),
    *("BSD", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "PSF-2.0", "Python-2.0"),
    "CNRI-Python",
    *("ZPL-2.1", "LLVM-exception"),
}
# The MPL binds those who change its files, not those who use them. Each one is let in by name.
MPL = {"certifi", "orjson", "tqdm"}
# How those say it that give no SPDX expression.
SPDX = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: BSD License": "BSD",
    "License :: OSI Approved :: ISC License (ISCL)": "ISC",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "License :: OSI Approved :: Python Software Foundation License": "PSF-2.0",
    "License :: OSI Approved :: The Unlicense (Unlicense)": "Unlicense",
}
NOT_RUNTIME = {"dev", "bench"}


def runtime_distributions() -> list[Distribution]:
    """Everything that corpus-audit requires, by way of others too."""
    root = distribution("corpus-audit")
    extras = set(root.metadata.get_all("Provides-Extra") or []) - NOT_RUNTIME
    found: dict[str, Distribution] = {}
    asked = {("corpus-audit", extra) for extra in ("", *extras)}
    todo = list(asked)
    while todo:
        name, extra = todo.pop()
        found[name] = distribution(name)  # not installed: the test fails here, as it should
        for line in found[name].requires or []:
            required = Requirement(line)
            if required.marker and not required.marker.evaluate({"extra": extra}):
                continue
            for each in ("", *required.extras):
                key = (str(canonicalize_name(required.name)), each)
                if key not in asked:
                    asked.add(key)
                    todo.append(key)
    del found["corpus-audit"]
    return [found[name] for name in sorted(found)]


def licence(package: Distribution) -> str:
    """The licence as an SPDX expression, or as the package words it."""
    if expression := package.metadata.get("License-Expression"):
        return str(expression)
    classifiers = package.metadata.get_all("Classifier") or []
    named = [line for line in classifiers if line.startswith("License :: OSI Approved :: ")]
    if named:
        return " AND ".join(SPDX.get(line, line) for line in named)
    text = (package.metadata.get("License") or "unknown").strip().splitlines()[0]
    return SPDX.get(text, text)


def is_permissive(expression: str, allowed: set[str]) -> bool:
    """Whether an SPDX expression can be met with licences of `allowed` alone."""
    words = re.findall(r"[()]|[^\s()]+", expression)
    operators = {"AND": "and", "OR": "or", "WITH": "and", "(": "(", ")": ")"}
    try:
        return bool(eval(" ".join(operators.get(word, str(word in allowed)) for word in words)))
    except SyntaxError:
        return False


def test_every_dependency_is_permissive() -> None:
    packages = runtime_distributions()
    assert len(packages) > 20
    refused = {}
    for package in packages:
        allowed = PERMISSIVE | ({"MPL-2.0"} if package.name in MPL else set())
        if not is_permissive(licence(package), allowed):
            refused[package.name] = licence(package)
    assert refused == {}, "not known to be permissive; look, then add it here or drop it"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("MIT", True),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("BSD-3-Clause AND (Apache-2.0 OR MIT)", True),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("MPL-2.0", False),
        ("Some Licence", False),
        ("unknown", False),
    ],
)
def test_expressions_are_read_as_spdx(expression: str, expected: bool) -> None:
    assert is_permissive(expression, PERMISSIVE) is expected
