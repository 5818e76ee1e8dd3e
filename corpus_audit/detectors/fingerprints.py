"""Fingerprints of each document, by which copies of it are found: columns of `signatures/`.

The exact one is `digest` of `documents/`: keyed BLAKE2b-128 of the raw text. `normalised` is the
same of the folded text without white space. `minhash` is a datasketch signature that anybody can
compare; texts short enough to be guessed have a keyed one instead, and those in between have both,
so that a pair across the border shares one.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from corpus_audit.text.batch import Batch
from corpus_audit.text.fold import SEPARATOR, View, load_table
from corpus_audit.text.minhash import PERMUTATIONS, minhash
from corpus_audit.text.shingles import ShingleHash, Uint32s
from corpus_audit.types import ColumnSpec, Observations, RuleInfo

VERSION = 1
#: Texts with fewer shingles can be guessed whole, so their signature is keyed.
GUESSABLE = 64
#: Up to this many have the keyed one too: a pair across the border is then as alike as 0.5.
BOTH = 2 * GUESSABLE
_SPACE = 0x20  # all the white space that the fold leaves
_SIGNATURE = pa.binary(4 * PERMUTATIONS)  # uint32, little-endian


class FingerprintDetector:
    """Configuration: `shingles`, such as `char:5` (the default) or `word:3`."""

    name: ClassVar[str] = "fingerprints"
    rules: tuple[RuleInfo, ...] = ()
    columns: tuple[ColumnSpec, ...] = (
        ColumnSpec("normalised", pa.binary(16), table="signatures"),  # null: nothing is left
        ColumnSpec("shingles", pa.int32(), table="signatures"),  # repeated ones too
        ColumnSpec("minhash", _SIGNATURE, table="signatures"),  # null: a short text
        ColumnSpec("minhash_keyed", _SIGNATURE, table="signatures"),  # null: a long one, or none
    )

    def __init__(self, config: Mapping[str, object]) -> None:
        key = config.get("key", bytes(32))
        assert isinstance(key, bytes)
        self._key = key
        self._hash = ShingleHash.named(str(config.get("shingles", "char:5")))
        self._keyed = self._hash.keyed(key)
        table = load_table()
        facts = f"{self.name} {VERSION} {self._hash}".encode()
        self.digest = hashlib.blake2b(
            facts + b"".join(array.tobytes() for array in table), digest_size=16
        ).hexdigest()

    def scan(self, batch: Batch) -> Observations:
        public, shingles = minhash(batch.text, self._hash)
        short = (shingles > 0) & (shingles < BOTH)
        keyed, _ = minhash(batch.text, self._keyed, short)
        return Observations(
            columns={
                "normalised": pa.array(self._normalised(batch), pa.binary(16)),
                "shingles": pa.array(shingles),
                "minhash": _signatures(public, shingles >= GUESSABLE),
                "minhash_keyed": _signatures(keyed, short),
            }
        )

    def _normalised(self, batch: Batch) -> list[bytes | None]:
        offsets, data = _unspaced(batch.view("plain"))
        view, key, blake2b = memoryview(data.data), self._key, hashlib.blake2b
        return [
            blake2b(view[start:end], key=key, digest_size=16, person=b"normalised").digest()
            if end > start
            else None
            for start, end in itertools.pairwise(offsets.tolist())
        ]


def _signatures(values: Uint32s, wanted: npt.NDArray[np.bool_]) -> pa.Array:
    """Signatures as bytes, null where they are not wanted."""
    validity = pa.array(np.packbits(wanted, bitorder="little")).buffers()[1]
    data = pa.py_buffer(values.astype("<u4", copy=False))
    return pa.FixedSizeBinaryArray.from_buffers(_SIGNATURE, len(values), [validity, data])


def _unspaced(view: View) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
    """Folded documents without white space: n + 1 offsets, and their bytes."""
    offsets = np.zeros(len(view.offsets), np.int64)
    data = np.empty(len(view.data), np.uint8)
    _squeeze(view.offsets, view.data, offsets, data)
    return offsets, data[: offsets[-1]]


@njit(cache=True, nogil=True)
def _squeeze(offsets, data, ends, out):  # type: ignore[no-untyped-def]
    written = 0
    for row in range(len(offsets) - 1):
        for i in range(offsets[row], offsets[row + 1]):
            byte = data[i]
            if byte != _SPACE and byte != SEPARATOR:
                out[written] = byte
                written += 1
        ends[row + 1] = written
