"""Fixtures that all tests share. No test reaches the network."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import settings

from corpus_audit.text.batch import REQUIRED, Batch

ROOT = Path(__file__).parent.parent
LOOPBACK = ("127.", "::1", "localhost")

settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


def _refuse_network(event: str, args: tuple[Any, ...]) -> None:
    """An audit hook, so that it also holds below `socket.socket`, and in forked workers."""
    if event in ("socket.connect", "socket.sendto"):
        host = args[1][0] if isinstance(args[1], tuple) else ""  # a Unix socket has a path
    elif event == "socket.getaddrinfo":
        host = args[0] or ""
    else:
        return
    if isinstance(host, bytes):
        host = host.decode()
    if host and not host.startswith(LOOPBACK):
        raise RuntimeError(f"a test reached for the network: {event} {host}")


sys.addaudithook(_refuse_network)


@pytest.fixture(scope="session")
def make_batch() -> Callable[..., Batch]:
    """`make_batch("one", "two", source="s", url=[...])`: a batch of these texts."""

    def make(*texts: str, source: str = "s", **columns: list[Any]) -> Batch:
        rows = range(len(texts))
        required = {
            "doc": [f"d{row}" for row in rows],
            "source": [source] * len(texts),
            "path": ["made.jsonl"] * len(texts),
            "position": list(rows),
            "text": list(texts),
        }
        arrays = [pa.array(required[field.name], field.type) for field in REQUIRED]
        fields = list(REQUIRED)
        for name, values in columns.items():
            arrays.append(pa.array(values))
            fields.append(pa.field(name, arrays[-1].type))
        return Batch(pa.record_batch(arrays, schema=pa.schema(fields)))

    return make


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data, which is no part of the project: without it the test is skipped."""
    folder = Path(os.environ.get("CORPUS_AUDIT_DATA", ROOT.parent / "shared/data"))
    if not folder.is_dir():
        pytest.skip("needs real data: set CORPUS_AUDIT_DATA")
    return folder


@pytest.fixture(scope="session")
def bulk(real_data: Path) -> Path:
    """The folder of `zh.jsonl.zst` and `en.jsonl.zst`."""
    return real_data / "bulk"


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, which `npm ci --prefix tests/browser` installs."""
    file = ROOT / "tests/browser/node_modules/axe-core/axe.min.js"
    if not file.is_file():
        _left_out("axe-core is not installed: npm ci --prefix tests/browser")
    return file.read_text("utf-8")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium, driven by playwright. `CORPUS_AUDIT_BROWSER=required`: must be there."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        _left_out("no chromium on PATH: apt-get install chromium fonts-noto-cjk")
    from playwright.sync_api import sync_playwright

    quiet = ("gpu", "quic", "background-networking", "component-update", "sync")
    arguments = ["--no-sandbox", "--no-first-run", *(f"--disable-{what}" for what in quiet)]
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=arguments)
        yield launched
        launched.close()


def _left_out(reason: str) -> None:
    """Skip what needs a browser, unless this run has to have one."""
    if os.environ.get("CORPUS_AUDIT_BROWSER") == "required":
        pytest.fail(f"CORPUS_AUDIT_BROWSER=required, but {reason}")
    pytest.skip(f"left out, {reason}")
