"""Sixty-four bytes at a time: what numba has no words for, as LLVM has them.

A mask has a bit for each of 64 bytes, the lowest for the first one. The vector comparisons behind
are LLVM's own, so they become what the processor has.
"""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

U1 = np.uint64(1)
_BYTES, _BITS = ir.VectorType(ir.IntType(8), 64), ir.IntType(64)
_INDEX = ir.IntType(32)


def _loaded(context, builder, kind, signature, args):  # type: ignore[no-untyped-def]
    array = context.make_array(signature.args[0])(context, builder, args[0])
    place = builder.gep(array.data, [args[1]])
    return builder.load(builder.bitcast(place, kind.as_pointer()), align=1)


def _each(builder, byte):  # type: ignore[no-untyped-def]
    none = ir.Constant(_BYTES, ir.Undefined)
    first = builder.insert_element(none, byte, ir.Constant(_INDEX, 0))
    nowhere = ir.Constant(ir.VectorType(_INDEX, 64), [0] * 64)
    return builder.shuffle_vector(first, none, nowhere)


@intrinsic
def eight(_context, data, i):  # type: ignore[no-untyped-def]
    """Eight bytes from any byte on in one load, the first one lowest: numba would do eight."""

    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
        return _loaded(context, builder, _BITS, signature, args)  # type: ignore[no-untyped-call]

    return types.uint64(data, i), generate


@intrinsic
def between(_context, data, i, low, high):  # type: ignore[no-untyped-def]
    """The mask of those of the 64 bytes from any byte on that are `low` to `high`."""

    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
        block = _loaded(context, builder, _BYTES, signature, args)  # type: ignore[no-untyped-call]
        above = builder.sub(block, _each(builder, args[2]))  # type: ignore[no-untyped-call]
        span = _each(builder, builder.sub(args[3], args[2]))  # type: ignore[no-untyped-call]
        return builder.bitcast(builder.icmp_unsigned("<=", above, span), _BITS)

    return types.uint64(data, i, types.uint8, types.uint8), generate


@intrinsic
def alike(_context, data, i):  # type: ignore[no-untyped-def]
    """The mask of those of the 64 bytes from any byte on that equal the next one of them."""

    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
        block = _loaded(context, builder, _BYTES, signature, args)  # type: ignore[no-untyped-call]
        order = ir.Constant(ir.VectorType(_INDEX, 64), list(range(1, 65)))
        behind = builder.shuffle_vector(block, ir.Constant(_BYTES, [0] * 64), order)
        return builder.bitcast(builder.icmp_unsigned("==", block, behind), _BITS)

    return types.uint64(data, i), generate


@intrinsic
def zeros(_context, mask):  # type: ignore[no-untyped-def]
    """How many bits below the lowest one of a mask are none; 64 where all are."""

    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), generate


@njit(cache=True, nogil=True, inline="always")
def words(data, i):  # type: ignore[no-untyped-def]
    """The mask of the bytes of ASCII words, folded as texts are."""
    return between(data, i, 97, 122) | between(data, i, 48, 57) | between(data, i, 95, 95)
