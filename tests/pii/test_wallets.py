"""Bitcoin addresses: the vectors of the standards, and what presidio says of the same texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from presidio_analyzer.predefined_recognizers import CryptoRecognizer

from corpus_audit.pii.finder import Finder
from corpus_audit.pii.wallets import is_wallet

VALID = [
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",  # the genesis block
    "1111111111111111111114oLvT2",  # 20 zero bytes
    "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
    "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",  # BIP 16
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",  # BIP 173
    "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",  # BIP 350
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
    "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr",  # BIP 86
]
INVALID = [
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
    "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLz",
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7Divf0I",  # no such characters
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",  # BIP 173
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj1",
    "1234567890123456789012345678901234",
]
_recognizer = CryptoRecognizer()


@pytest.mark.parametrize("address", VALID)
def test_addresses_of_the_standards_check(address):
    assert is_wallet(address)
    assert _recognizer.validate_result(address)


@pytest.mark.parametrize("address", INVALID)
def test_broken_addresses_do_not(address):
    assert not is_wallet(address)
    assert not _recognizer.validate_result(address)


@given(st.sampled_from(VALID), st.data())
def test_presidio_agrees_on_addresses_with_other_characters(address, data):
    place = data.draw(st.integers(0, len(address) - 1))
    char = data.draw(st.sampled_from("023456789abcdefghijkmnopqrstuvwxyzABCDEIOZ"))
    changed = address[:place] + char + address[place + 1 :]
    assert is_wallet(changed) == _recognizer.validate_result(changed) == (changed == address)


@pytest.mark.parametrize(("address", "found"), [(VALID[2], True), (INVALID[0], False)])
def test_an_address_in_a_sentence_counts_where_its_checksum_is_right(address, found):
    (matches,) = Finder().matches([f"付款到钱包{address}，谢谢"])
    assert [(m.kind, m.level) for m in matches] == [("crypto_wallet", "high")] * found
