"""Where the data that ships with corpus-audit is, and how a TOML file of it is read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import tomli

from corpus_audit.errors import RuleError

_PACKAGE = Path(__file__).resolve().parent.parent
_MARK = "risks.toml"  # tells our folder from any other that is called `rules`


def rules_dir() -> Path:
    """The folder of rules, standards and policies: inside the wheel, or in the source checkout."""
    places = (_PACKAGE / "_rules", _PACKAGE.parent / "rules")
    for place in places:
        if (place / _MARK).is_file():
            return place
    raise RuleError(
        f"{places[0]}: the rules that ship with corpus-audit are missing (nor are they in "
        f"{places[1]}). Nothing can be judged without them: install corpus-audit again."
    )


def load_toml(path: str | Path) -> dict[str, Any]:
    """Read a TOML file. Raises RuleError that names file and line."""
    file = Path(path)
    try:
        text = file.read_bytes().decode("utf-8-sig")  # some editors write a byte order mark
    except OSError as error:
        raise RuleError(f"{file}: cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise RuleError(f"{file}:{line}: not UTF-8. Save the file as UTF-8.") from None
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise RuleError(f"{_where(file, text, str(error))}. Correct the TOML.") from None


def _where(file: Path, text: str, message: str) -> str:
    """tomli says "... (at line 3, column 5)" or "... (at end of document)"."""
    found = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", message, re.S)
    if not found:
        return f"{file}:1: {message}"
    line = found[2] or len(text.splitlines()) or 1
    return f"{file}:{line}: {found[1]}"
