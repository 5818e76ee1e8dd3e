"""What is installed and how fast this machine is: what `corpus-audit doctor` tells."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass

#: Extras and what each is for; the packages are those of the installed metadata.
EXTRAS = {
    "excel": "workbooks: report --format xlsx, review sheets",
    "warc": "WARC files",
    "s3": "s3:// paths",
}
_REQUIREMENT = re.compile(r"[A-Za-z0-9._-]+")
_EXTRA = re.compile(r"""extra\s*==\s*["']([^"']+)["']""")
_BYTES = 8 << 20  # of made text that each kernel gets


@dataclass(frozen=True, slots=True)
class Package:
    """One package that corpus-audit needs, or an extra does."""

    name: str
    version: str | None  # None: not installed
    extra: str  # "": needed always


@dataclass(frozen=True, slots=True)
class Speed:
    """One kernel, warm, on one core."""

    name: str
    megabytes: float  # per second of CPU time


def packages() -> list[Package]:
    """What pyproject asks for, with the versions that are here."""
    found = []
    for line in importlib.metadata.requires("corpus-audit") or ():
        name = _REQUIREMENT.match(line)
        extra = _EXTRA.search(line)
        if name and (extra is None or extra[1] in EXTRAS):
            found.append(Package(name[0], _version(name[0]), extra[1] if extra else ""))
    return sorted(found, key=lambda each: (each.extra, each.name))


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def computer() -> dict[str, str]:
    """The machine, in the words that a report of a fault needs."""
    free = shutil.disk_usage(".").free
    facts = {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": str(os.cpu_count() or 1),
        "free disk here": f"{free / 1e9:,.1f} GB",
    }
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        facts["memory"] = f"{memory / 1e9:,.1f} GB"
    return facts


def speeds() -> list[Speed]:
    """The kernels of a scan over made text of both scripts."""
    import pyarrow as pa

    from corpus_audit.text.buffers import Utf8
    from corpus_audit.text.fold import fold
    from corpus_audit.text.language import detect
    from corpus_audit.text.minhash import minhash
    from corpus_audit.text.shingles import ShingleHash

    piece = (
        "数据集的每一个来源都要单独评估，超过上限的来源不用。 A source over the limit is not used. "
    )
    document = piece * 40
    column = pa.array([document] * (_BYTES // len(document.encode())), pa.large_string())
    text = Utf8.of(column)
    return [
        Speed("fold", _measure(lambda: fold(text), text.nbytes)),
        Speed("language", _measure(lambda: detect(*text), text.nbytes)),
        Speed("fingerprints", _measure(lambda: minhash(text, ShingleHash()), text.nbytes)),
    ]


def _measure(work: Callable[[], object], nbytes: int) -> float:
    work()  # compiles, or loads what was compiled
    times = []
    for _ in range(3):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return nbytes / 1e6 / max(min(times), 1e-9)
