"""The shape of the package: who may import whom, how long a module may be, what start-up costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAX_LINES = 320
# Each costs 0.2 to 1 s to import, which `--help` and shell completion should not pay.
LATE = ("pandas", "numba", "pyarrow.dataset", "scipy", "jieba", "langdetect", "hyperscan")


def run(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *args], cwd=ROOT, capture_output=True, text=True)


def test_imports_go_downward_only() -> None:
    code = "from importlinter.cli import lint_imports; exit(lint_imports(no_cache=True))"
    result = run("-c", code)
    assert result.returncode == 0, result.stdout + result.stderr


def test_modules_stay_readable() -> None:
    lines = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines())
        for path in (ROOT / "corpus_audit").rglob("*.py")
    }
    assert lines
    assert {path: count for path, count in lines.items() if count > MAX_LINES} == {}


@pytest.mark.parametrize("module", ["corpus_audit", "corpus_audit.cli.app"])
def test_start_up_is_light(module: str) -> None:
    code = f"import sys, {module}; print(*(name for name in {LATE} if name in sys.modules))"
    result = run("-c", code)
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == []
