"""Text columns as two flat arrays: what every kernel reads."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Int64s = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]


class Utf8(NamedTuple):
    """Documents in one buffer: document i is `data[offsets[i]:offsets[i + 1]]`, valid UTF-8."""

    offsets: Int64s  # n + 1 byte offsets into data, rising
    data: Bytes

    @classmethod
    def of(cls, column: pa.LargeStringArray) -> Utf8:
        """View a large_string column without nulls, sliced or not, without copying it."""
        if column.null_count:
            raise ValueError("a text column has no nulls")
        _, offsets, data = column.buffers()
        if offsets is None:
            return cls(np.zeros(1, np.int64), np.zeros(0, np.uint8))
        ends = np.frombuffer(offsets, np.int64, len(column) + 1, column.offset * 8)
        raw = np.zeros(0, np.uint8) if data is None else np.frombuffer(data, np.uint8)
        return cls(ends, raw)

    def __len__(self) -> int:  # documents, not fields
        return len(self.offsets) - 1

    @property
    def nbytes(self) -> int:
        return int(self.offsets[-1] - self.offsets[0])

    def document(self, row: int) -> bytes:
        """The bytes of one document."""
        return self.data[self.offsets[row] : self.offsets[row + 1]].tobytes()
