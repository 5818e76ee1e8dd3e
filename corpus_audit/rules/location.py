"""Where the shipped data is, and how its TOML is read."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from corpus_audit.errors import RuleError


@lru_cache
def rules_dir() -> Path:
    """The folder `rules/`: inside an installed wheel, else at the top of the source tree."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_rules", package.parent / "rules"):
        if folder.is_dir():
            return folder
    raise RuleError(
        f"{package}: the shipped rules are missing, so nothing can be scanned. "
        "Reinstall corpus-audit."
    )


def load_toml(path: Path) -> dict[str, Any]:
    """A TOML file; raises RuleError with file and line."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RuleError(f"{path}: no such file.") from None
    except UnicodeDecodeError as error:
        raise RuleError(f"{path}: not UTF-8 ({error.reason}). Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"{path}: {error}") from None
