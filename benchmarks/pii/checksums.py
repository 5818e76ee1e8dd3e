"""Check digits, written from the standards and tested on the standards' own examples."""

from __future__ import annotations

# GB 32100-2015: 0-9 and A-Z without I, O, S, V, Z.
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def mod_11_2(first17: str) -> str:
    """Check character of GB 11643, which is ISO 7064 MOD 11-2: '0'-'9' or 'X'."""
    remainder = 0
    for digit in first17:
        remainder = (remainder + int(digit)) * 2 % 11
    return "0123456789X"[(12 - remainder) % 11]


def luhn(payload: str) -> str:
    """Check digit of ISO/IEC 7812-1 for the digits before it."""
    total = 0
    for position, digit in enumerate(reversed(payload)):
        value = int(digit) * (1 if position % 2 else 2)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def organisation_code(first8: str) -> str:
    """Check character of GB 11714, the ninth of an organisation code."""
    values = ("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(char) for char in first8)
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    rest = 11 - sum(w * v for w, v in zip(weights, values, strict=True)) % 11
    return "0123456789X0"[rest]


def credit_code(first17: str) -> str:
    """Check character of GB 32100, the eighteenth of a unified social credit code."""
    total = sum(
        CREDIT_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(first17)
    )
    return CREDIT_ALPHABET[-total % 31]


def weights_731(payload: str) -> str:
    """Check digit with weights 7, 3, 1 (ICAO 9303), letters from A = 10."""
    total = sum(int(char, 36) * (7, 3, 1)[place % 3] for place, char in enumerate(payload))
    return str(total % 10)
