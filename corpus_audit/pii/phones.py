"""Telephone numbers of the world, by libphonenumber's rules."""

from __future__ import annotations

from functools import lru_cache

#: Where a number without a country code may be from, in this order.
REGIONS = ("US", "GB", "DE", "FR", "IN", "AU", "JP", "BR", "IT", "ES", "NL", "SE", "NO", "DK")


@lru_cache(maxsize=1 << 16)
def is_telephone(written: str, international: bool) -> bool | None:
    """True: valid; False: only possible; None: none. Numbers of 16 digits or more are none."""
    import phonenumbers

    if international and not written.startswith("+"):
        written = "+" + written
    for region in (None,) if international else REGIONS:
        try:
            number = phonenumbers.parse(written, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return True
    digits = sum(char.isdigit() for char in written)
    if international:
        return False if 9 <= digits <= 15 else None
    return False if 7 <= digits <= 14 else None
