"""MinHash signatures of whole buffers, those of `datasketch.MinHash(scheme="affine32")` bit by bit.

Broder 1997; the permutations are h -> a * h + b modulo 2^32 over MurmurHash3's finaliser of the
shingle's hash, as datasketch 2 defines them (seed 1).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from numba import njit

from corpus_audit.text.buffers import Utf8
from corpus_audit.text.shingles import (
    ShingleHash,
    Uint32s,
    Uint64s,
    element_classes,
    finish,
    next_char,
    next_word,
    power,
)

PERMUTATIONS = 128
EMPTY = np.uint32(0xFFFF_FFFF)  # of a document without shingles
_BLOCK = 8  # shingles permuted at once, so that they stay in registers
_SEEN = 4096  # shingles remembered: most that come again do so soon, and cost nothing then
_S13, _S16, _S32 = np.uint32(13), np.uint32(16), np.uint64(32)
_M1, _M2 = np.uint32(0x85EB_CA6B), np.uint32(0xC2B2_AE35)
_MASK = np.uint64(_SEEN - 1)
_U1 = np.uint64(1)


@lru_cache
def permutations() -> tuple[Uint32s, Uint32s]:
    """The factors and summands of datasketch's permutations: its generator, without its import."""
    generator = np.random.RandomState(1)
    factors = generator.randint(0, 1 << 31, PERMUTATIONS, dtype=np.uint32) * np.uint32(2)
    summands = generator.randint(0, 1 << 32, PERMUTATIONS, dtype=np.uint32)
    return factors + np.uint32(1), summands


def minhash(
    text: Utf8, hash_: ShingleHash, rows: npt.NDArray[np.bool_] | None = None
) -> tuple[Uint32s, npt.NDArray[np.int32]]:
    """Signatures (documents x 128), and how many shingles each document has, repeated ones too.

    Documents that `rows` leaves out get the signature of an empty one and no shingles.
    """
    if rows is None:
        rows = np.ones(len(text), np.bool_)
    signatures = np.full((len(text), PERMUTATIONS), EMPTY, np.uint32)
    counts = np.zeros(len(text), np.int32)
    _minhash(
        text.offsets, text.data, rows, hash_.unit == "word", element_classes(hash_.unit),
        hash_.size, np.uint64(hash_.multiplier), power(hash_.multiplier, hash_.size),
        np.uint64(hash_.finaliser), *permutations(), signatures, counts,
    )  # fmt: skip
    return signatures, counts


@njit(cache=True, nogil=True)
def _permute(block, factors, summands, signature):  # type: ignore[no-untyped-def]
    """Take a block of hashes into a signature; LLVM makes SIMD of the outer loop."""
    for k in range(len(signature)):
        least, factor, summand = signature[k], factors[k], summands[k]
        for j in range(_BLOCK):
            value = np.uint32(factor * block[j] + summand)
            least = value if value < least else least
        signature[k] = least


@njit(cache=True, nogil=True)
def _minhash(  # type: ignore[no-untyped-def]
    offsets, data, rows, words, classes, size, multiplier, leaving, finaliser,
    factors, summands, signatures, counts,
):  # fmt: skip
    window = np.zeros(size, np.uint64)
    block = np.zeros(_BLOCK + 1, np.uint32)
    seen = np.zeros(_SEEN, np.uint64)  # document and hash of the last shingle in each slot
    for row in range(len(offsets) - 1):
        if not rows[row]:
            continue
        signature = signatures[row]
        i, stop = np.uint64(offsets[row]), np.uint64(offsets[row + 1])
        document = np.uint64(row + 1) << _S32
        window[:] = 0
        value, at, elements, filled = np.uint64(0), 0, 0, 0
        while True:
            if words:
                found, element, i = next_word(data, i, stop, classes)
            else:
                found, element, i = next_char(data, i, stop, classes)
            if not found:
                break
            value = np.uint64(value * multiplier + element - window[at] * leaving)
            window[at] = element
            at = at + 1 if at + 1 < size else 0
            elements += 1
            if elements < size:
                continue
            hash_ = finish(value, finaliser)
            hash_ ^= hash_ >> _S16
            hash_ = np.uint32(hash_ * _M1)
            hash_ ^= hash_ >> _S13
            hash_ = np.uint32(hash_ * _M2)
            hash_ ^= hash_ >> _S16
            # without a branch: what was seen is overwritten by the next one
            slot, tag = np.uint64(hash_) & _MASK, document | np.uint64(hash_)
            block[filled] = hash_
            filled += seen[slot] != tag
            seen[slot] = tag
            if filled == _BLOCK:
                _permute(block, factors, summands, signature)
                filled = 0
        if filled:
            block[filled:_BLOCK] = block[0]
            _permute(block, factors, summands, signature)
        counts[row] = max(elements - size + 1, 0)


def shingle_sets(text: Utf8, hash_: ShingleHash) -> list[Uint64s]:
    """The distinct shingles of each document, sorted, as 64-bit numbers: for exact similarity."""
    sizes = np.diff(text.offsets)
    out = np.empty(int(sizes.max(initial=0)), np.uint64)
    sets = []
    for row in range(len(text)):
        count = _shingles(
            text.offsets, text.data, row, hash_.unit == "word", element_classes(hash_.unit),
            hash_.size, np.uint64(hash_.multiplier), power(hash_.multiplier, hash_.size), out,
        )  # fmt: skip
        sets.append(np.unique(out[:count]))
    return sets


@njit(cache=True, nogil=True)
def _shingles(offsets, data, row, words, classes, size, multiplier, leaving, out):  # type: ignore[no-untyped-def]
    window = np.zeros(size, np.uint64)
    i, stop = np.uint64(offsets[row]), np.uint64(offsets[row + 1])
    value, at, elements, count = np.uint64(0), 0, 0, 0
    while True:
        if words:
            found, element, i = next_word(data, i, stop, classes)
        else:
            found, element, i = next_char(data, i, stop, classes)
        if not found:
            return count
        value = np.uint64(value * multiplier + element - window[at] * leaving)
        window[at] = element
        at = at + 1 if at + 1 < size else 0
        elements += 1
        if elements >= size:
            out[count] = value
            count += 1


@njit(cache=True, nogil=True)
def agreement(signatures, left, right, out):  # type: ignore[no-untyped-def]
    """The estimated Jaccard similarity of pairs of rows: the share of equal minima."""
    permutations_ = signatures.shape[1]
    for i in range(len(left)):
        a, b = signatures[left[i]], signatures[right[i]]
        equal = 0
        for k in range(permutations_):
            equal += a[k] == b[k]
        out[i] = equal / permutations_


@njit(cache=True, nogil=True)
def band_keys(signatures, bands, width, salt, out):  # type: ignore[no-untyped-def]
    """One 64-bit key a band, of `width` neighbouring minima: equal bands have equal keys."""
    shift, factor = np.uint64(29), np.uint64(0x9E37_79B9_7F4A_7C15)
    for row in range(len(signatures)):
        for band in range(bands):
            key = np.uint64(salt)
            for k in range(band * width, (band + 1) * width):
                key = np.uint64((key ^ np.uint64(signatures[row, k])) * factor)
                key ^= key >> shift
            out[row, band] = key
