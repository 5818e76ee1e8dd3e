"""Code points in UTF-8 buffers: what the kernels over text are made of.

Indices are unsigned: numba wraps negative ones around, which halves the speed of such loops.
"""

from __future__ import annotations

import numpy as np
from numba import njit

U1, U2, U3, U4 = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
_S6, _S12, _S18 = np.uint32(6), np.uint32(12), np.uint32(18)
_TAIL, _LEAD2, _LEAD3, _LEAD4 = (np.uint32(b) for b in (0x80, 0xC0, 0xE0, 0xF0))
_LOW = np.uint32(0x3F)


@njit(cache=True, nogil=True, inline="always")
def decode(data, i):  # type: ignore[no-untyped-def]
    """The code point at byte i of valid UTF-8, and its length in bytes."""
    b = np.uint32(data[i])
    if b < 0x80:
        return b, U1
    if b < 0xE0:
        return (b & np.uint32(0x1F)) << _S6 | (np.uint32(data[i + U1]) & _LOW), U2
    if b < 0xF0:
        return (
            (b & np.uint32(0x0F)) << _S12
            | (np.uint32(data[i + U1]) & _LOW) << _S6
            | (np.uint32(data[i + U2]) & _LOW)
        ), U3
    return (
        (b & np.uint32(0x07)) << _S18
        | (np.uint32(data[i + U1]) & _LOW) << _S12
        | (np.uint32(data[i + U2]) & _LOW) << _S6
        | (np.uint32(data[i + U3]) & _LOW)
    ), U4


@njit(cache=True, nogil=True, inline="always")
def width(code):  # type: ignore[no-untyped-def]
    """Bytes of a code point in UTF-8."""
    if code < 0x80:
        return U1
    if code < 0x800:
        return U2
    return U3 if code < 0x10000 else U4


@njit(cache=True, nogil=True, inline="always")
def encode(out, o, code):  # type: ignore[no-untyped-def]
    """Write a code point at byte o; returns the byte after it."""
    if code < 0x80:
        out[o] = code
        return o + U1
    if code < 0x800:
        out[o] = _LEAD2 | (code >> _S6)
        out[o + U1] = _TAIL | (code & _LOW)
        return o + U2
    if code < 0x10000:
        out[o] = _LEAD3 | (code >> _S12)
        out[o + U1] = _TAIL | ((code >> _S6) & _LOW)
        out[o + U2] = _TAIL | (code & _LOW)
        return o + U3
    out[o] = _LEAD4 | (code >> _S18)
    out[o + U1] = _TAIL | ((code >> _S12) & _LOW)
    out[o + U2] = _TAIL | ((code >> _S6) & _LOW)
    out[o + U3] = _TAIL | (code & _LOW)
    return o + U4
