"""The key of digests. A digest of a short text without a key gives the text away to a guesser."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from corpus_audit.errors import AuditError, UsageError

KEY_FILE = "corpus-audit.key"


def load_key(key_file: str | None, audit_url: str, *, create: bool = True) -> bytes:
    """The key: of `--key-file`, else of the file beside the audit, which a first scan creates.

    Beside, never in: who is handed the audit directory must not get the key with it. A file that
    was named is never created: a mistyped name would silently give other digests.
    """
    if key_file is None and "://" in audit_url:
        raise UsageError(
            f"{audit_url}: a remote audit needs --key-file: a key stored beside it would be handed "
            "out with it. Any file of 32 random bytes will do."
        )
    path = Path(key_file) if key_file else Path(audit_url).resolve().parent / KEY_FILE
    if not path.exists():
        if key_file:
            raise UsageError(
                f"--key-file {key_file}: no such file. Another key gives other digests, so none "
                f"is made up: check the path, or create one with `head -c 32 /dev/urandom > "
                f"{key_file}`."
            )
        if not create:
            raise AuditError(
                f"{path}: the key of the scan is not there, so documents cannot be told from "
                "changed ones. Put it back, or pass the scan's --key-file."
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        _create(path)
    try:
        key = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path}: the key cannot be read ({error.strerror}). Pass a --key-file that can."
        ) from None
    if len(key) < 16:
        raise UsageError(f"{path}: a key file holds at least 16 bytes, this one {len(key)}.")
    return hashlib.blake2b(key, digest_size=32).digest()


def key_id(key: bytes) -> str:
    """A name for the key that does not give it away."""
    return hashlib.blake2b(b"corpus-audit key id", key=key, digest_size=8).hexdigest()


def _create(path: Path) -> None:
    """Write a new key whole or not at all; of two writers the first wins."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink(missing_ok=True)
