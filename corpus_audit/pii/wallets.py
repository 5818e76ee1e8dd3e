"""Checksums of Bitcoin addresses, in the letters in which they are written."""

from __future__ import annotations

from hashlib import sha256

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CONSTANTS = (1, 0x2BC830A3)  # of bech32 and of bech32m
_PREFIX = (3, 3, 0, 2, 3)  # "bc", expanded as BIP 173 says


def is_wallet(address: str) -> bool:
    """Is the checksum of an address right? Base58Check behind 1 or 3, bech32 or bech32m behind bc1.

    The addresses of segregated witness count in small letters only, as they are passed on.
    """
    if address.startswith(("1", "3")):
        return _is_base58check(address)
    return address.startswith("bc1") and _is_bech32(address[3:])


def _is_base58check(text: str) -> bool:
    """The last four bytes begin the double SHA-256 of the others; each leading 1 is a zero byte."""
    number = 0
    for char in text:
        digit = _BASE58.find(char)
        if digit < 0:
            return False
        number = number * 58 + digit
    zeros = len(text) - len(text.lstrip("1"))
    data = bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
    return sha256(sha256(data[:-4]).digest()).digest()[:4] == data[-4:]


def _is_bech32(text: str) -> bool:
    """BIP 173 and BIP 350: what follows `bc1` leaves one of the two constants."""
    values = [_BECH32.find(char) for char in text]
    if len(values) < 6 or min(values) < 0:
        return False
    check = 1
    for value in (*_PREFIX, *values):
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, term in enumerate(_GENERATOR):
            if top >> bit & 1:
                check ^= term
    return check in _CONSTANTS
