"""Atomic files in an audit directory, local or at any fsspec URL, and the lock that guards it."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import fsspec
import orjson
import pyarrow as pa

from corpus_audit.audit.schema import SCHEMA_VERSION, TABLES
from corpus_audit.errors import AuditError
from corpus_audit.text.inert import cell

MANIFEST = "audit.json"
FOLDERS = (*TABLES, "units")
SPILL = ".spill-"  # folders of what is too large for memory
_TEMPORARY = re.compile(
    r"\.(?:[0-9a-f]{32}\.(?:parquet|json)|(?:audit|files|assessment)\.json|log\.jsonl"
    r"|(?:sources|duplicates|personal)\.(?:csv|parquet|json))\.\d+\.tmp"
)


class AuditStore:
    """Files under one directory. A file is there whole or not at all."""

    def __init__(self, url: str) -> None:
        self.url = url
        # Without a cache of listings: other processes write here too.
        self.fs, self.root = fsspec.core.url_to_fs(url, use_listings_cache=False)
        self.local = Path(self.root) if "file" in _protocols(self.fs) else None

    def path(self, name: str) -> str:
        return f"{self.root.rstrip('/')}/{name}"

    def exists(self, name: str) -> bool:
        with self._reaching():
            return bool(self.fs.exists(self.path(name)))

    def names(self, folder: str) -> list[str]:
        """Names of the finished files in a folder, sorted."""
        if not self.exists(folder):
            return []
        found = (
            str(path).rsplit("/", 1)[-1] for path in self.fs.ls(self.path(folder), detail=False)
        )
        return sorted(name for name in found if not name.startswith("."))

    def read(self, name: str) -> bytes:
        with self._reaching(FileNotFoundError):
            return bytes(self.fs.cat_file(self.path(name)))

    def open(self, name: str) -> IO[bytes]:
        opened: IO[bytes] = self.fs.open(self.path(name), "rb")
        return opened

    def write(self, name: str, data: bytes) -> None:
        """Write a small file."""
        with self.writing(name) as temporary:
            temporary.write_bytes(data)

    def write_table(self, name: str, table: pa.Table) -> None:
        """Write a small table as `name.parquet` and, inert in a spreadsheet, as `name.csv`."""
        import pyarrow as pa
        import pyarrow.csv
        import pyarrow.parquet

        columns = {
            column: pa.array([text and cell(text) for text in values.to_pylist()], pa.string())
            if pa.types.is_string(values.type)
            else values
            for column, values in zip(table.column_names, table.columns, strict=True)
        }
        for suffix, write, written in (
            ("parquet", pyarrow.parquet.write_table, table),
            ("csv", pyarrow.csv.write_csv, pa.table(columns)),
        ):
            sink = io.BytesIO()
            write(written, sink)
            self.write(f"{name}.{suffix}", sink.getvalue())

    @contextlib.contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        """A local temporary path; what was written there gets its name when the block ends well."""
        target = self.path(name)
        if self.local is not None:
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            temporary = Path(target).with_name(f".{Path(target).name}.{os.getpid()}.tmp")
        else:
            handle, scratch = tempfile.mkstemp(prefix="corpus-audit-")
            os.close(handle)
            temporary = Path(scratch)
        try:
            yield temporary
            if self.local is not None:
                with temporary.open("rb") as written:
                    os.fsync(written.fileno())
                temporary.replace(target)
            else:
                with self._reaching():
                    self.fs.put_file(str(temporary), target)
        finally:
            temporary.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _reaching(self, *expected: type[Exception]) -> Iterator[None]:
        """Tell what a remote store raises, of kinds of its own, as an error the user can mend."""
        try:
            yield
        except expected:
            raise
        except Exception as error:
            if self.local is not None:
                raise
            raise AuditError(
                f"{self.url}: cannot be reached ({type(error).__name__}: {error}). Check the "
                "address, your credentials and your rights. Finished units are kept: run the same "
                "command again to go on."
            ) from error

    def remove(self, name: str) -> None:
        self.fs.rm(self.path(name))

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other scans out. Remote stores have no lock: there the caller must take care."""
        if self.local is None:
            yield
            return
        import filelock

        lock = filelock.FileLock(self.local / ".lock", blocking=False)
        try:
            self.local.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except filelock.Timeout:
            raise AuditError(
                f"{self.url}: another corpus-audit is writing there. Two writers would mix their "
                "results. Wait for it, or choose another -o."
            ) from None
        except OSError as error:
            raise AuditError(
                f"{self.url}: cannot be written ({error.strerror}). Choose another -o."
            ) from None
        try:
            for stale in self.local.glob(f"{SPILL}*"):
                shutil.rmtree(stale, ignore_errors=True)
            for folder in (self.local, *(self.local / name for name in FOLDERS)):
                for stale in folder.glob(".*.tmp"):  # of a run that was killed
                    if _TEMPORARY.fullmatch(stale.name):
                        stale.unlink(missing_ok=True)
            yield
        finally:
            lock.release()

    def read_manifest(self) -> dict[str, Any]:
        """The manifest; raises AuditError where there is none or its schema is another."""
        try:
            manifest: dict[str, Any] = orjson.loads(self.read(MANIFEST))
        except FileNotFoundError:
            raise AuditError(
                f"{self.url}: no audit there ({MANIFEST} is missing). Pass the folder that was "
                "given to `corpus-audit scan -o`."
            ) from None
        except orjson.JSONDecodeError:
            raise AuditError(f"{self.url}/{MANIFEST}: damaged. Scan again into a new -o.") from None
        if manifest.get("schema") != SCHEMA_VERSION:
            raise AuditError(
                f"{self.url}: written in audit schema {manifest.get('schema')}, this version reads "
                f"{SCHEMA_VERSION}. Use corpus-audit {manifest.get('version')}, or scan again."
            )
        return manifest

    def write_manifest(self, manifest: dict[str, Any]) -> None:
        options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS
        self.write(MANIFEST, orjson.dumps(manifest, option=options))


def _protocols(fs: Any) -> tuple[str, ...]:
    return (fs.protocol,) if isinstance(fs.protocol, str) else tuple(fs.protocol)
