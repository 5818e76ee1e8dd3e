"""Signatures are datasketch's own, bit for bit, and estimate what they should."""

import re

import numpy as np
import pyarrow as pa
import pytest
from datasketch import MinHash, MinHashLSH
from hypothesis import given
from hypothesis import strategies as st

from corpus_audit.errors import UsageError
from corpus_audit.text.buffers import Utf8
from corpus_audit.text.minhash import (
    EMPTY,
    PERMUTATIONS,
    agreement,
    band_keys,
    minhash,
    permutations,
    shingle_sets,
)
from corpus_audit.text.shingles import ShingleHash

CHAR, WORD = ShingleHash.named("char:5"), ShingleHash.named("word:3")
HASHES = [CHAR, ShingleHash.named("char:1"), CHAR.keyed(b"k" * 32), WORD, WORD.keyed(b"k" * 32)]
SCRIPTS = {
    "Chinese": "我们在北京的图书馆里读书，天气很好。",
    "mixed": "使用 Python 3.11 的 dict.items() 方法，返回 view 对象。",
    "English": "The quick brown fox jumps over the lazy dog.",
    "Thai": "ภาษาไทยเขียนติดกัน",
    "Hindi": "हिन्दी में लिखा गया पाठ",
    "Arabic": "النص العربي من اليمين",
    "emoji": "👩‍👩‍👧 𠮷野家 😀😀😀",
    "white space": "a\u3000b\u2028c\u00a0d\x1ce\tf\r\ng\x0bh i",
}
texts = st.text(st.characters(exclude_categories=("Cs",))) | st.builds(
    lambda parts, n: "".join(parts) * n,
    st.lists(st.sampled_from(list(SCRIPTS.values()))),
    st.integers(1, 40),
)
# what a word is, written down a second time
_ALONE = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
)


def utf8(*documents: str) -> Utf8:
    return Utf8.of(pa.array(documents, pa.large_string()))


def shingles(text: str, hash_: ShingleHash) -> list[bytes]:
    """The definition: neighbouring code points or words, without white space."""
    if hash_.unit == "char":
        elements = list("".join(text.split()))
        joined = ""
    else:
        elements = re.findall(rf"[{_ALONE}]|[^\W_{_ALONE}]+", text)
        joined = " "
    count = len(elements) - hash_.size + 1
    return [joined.join(elements[i : i + hash_.size]).encode() for i in range(count)]


def reference(text: str, hash_: ShingleHash) -> MinHash:
    made = MinHash(num_perm=PERMUTATIONS, hashfunc=hash_, scheme="affine32")
    made.update_batch(shingles(text, hash_))
    return made


def test_permutations_are_those_of_datasketch():
    factors, summands = MinHash(num_perm=PERMUTATIONS, scheme="affine32").permutations
    assert np.array_equal(permutations()[0], factors)
    assert np.array_equal(permutations()[1], summands)


@pytest.mark.parametrize("hash_", HASHES, ids=str)
@pytest.mark.parametrize("script", SCRIPTS)
def test_signatures_of_every_script_are_those_of_datasketch(script, hash_):
    if hash_.unit == "word" and script in ("Thai", "Hindi", "Arabic", "emoji"):
        pytest.skip("words of these scripts are not what this test's pattern finds")
    text = SCRIPTS[script] * 3
    values, counts = minhash(utf8(text), hash_)
    assert np.array_equal(values[0], reference(text, hash_).hashvalues)
    assert counts[0] == len(shingles(text, hash_))


@given(documents=st.lists(texts, max_size=6), hash_=st.sampled_from([CHAR, HASHES[2]]))
def test_signatures_equal_datasketch_bit_for_bit(documents, hash_):
    values, counts = minhash(utf8(*documents), hash_)
    for row, text in enumerate(documents):
        assert np.array_equal(values[row], reference(text, hash_).hashvalues)
        assert counts[row] == len(shingles(text, hash_))


@given(documents=st.lists(texts, max_size=8), data=st.data())
def test_batches_cut_anywhere_give_the_same_signatures(documents, data):
    whole, _ = minhash(utf8(*documents), CHAR)
    cut = data.draw(st.integers(0, len(documents)))
    column = pa.array(documents, pa.large_string())
    parts = [minhash(Utf8.of(part), CHAR)[0] for part in (column.slice(0, cut), column.slice(cut))]
    assert np.array_equal(np.concatenate(parts), whole)


def test_a_long_text_that_repeats_itself_is_signed_alike():
    text = "".join(SCRIPTS.values()) * 500 + "结尾不同"
    assert np.array_equal(minhash(utf8(text), CHAR)[0][0], reference(text, CHAR).hashvalues)


def test_a_text_without_shingles_has_an_empty_signature():
    values, counts = minhash(utf8("", "abcd", " a b c d ", "\n\n"), CHAR)
    assert (values == EMPTY).all() and not counts.any()


def test_white_space_changes_no_signature():
    text = SCRIPTS["mixed"]
    values, _ = minhash(utf8(text, " ".join(text), text.replace(" ", "\n\t\u3000")), CHAR)
    assert (values == values[0]).all()


def test_han_text_has_words_too():
    _, counts = minhash(utf8("这里没有一个空格"), WORD)
    assert counts[0] == 8 - 3 + 1


def test_a_key_changes_the_hash_and_no_other_key_does_so_alike():
    text = utf8(SCRIPTS["English"])
    made = [
        minhash(text, hash_)[0] for hash_ in (CHAR, CHAR.keyed(b"a" * 32), CHAR.keyed(b"b" * 32))
    ]
    assert not np.array_equal(made[0], made[1]) and not np.array_equal(made[1], made[2])


@pytest.mark.parametrize("name", ["", "char", "char:0", "char:x", "line:3", "word:-1", "char:999"])
def test_shingles_that_are_none_are_refused(name):
    with pytest.raises(UsageError, match="char:N or word:N"):
        ShingleHash.named(name)


def pairs_of_known_similarity(count: int) -> tuple[list[str], np.ndarray]:
    """Texts of random characters, two by two, that share a stretch of some length."""
    random = np.random.default_rng(5)
    made, exact = [], []
    for _ in range(count):
        shared = random.integers(50, 400)
        common = "".join(map(chr, random.integers(0x4E00, 0x9000, shared)))
        pair = [
            common + "".join(map(chr, random.integers(0x4E00, 0x9000, random.integers(0, 200))))
            for _ in range(2)
        ]
        left, right = (set(shingles(text, CHAR)) for text in pair)
        exact.append(len(left & right) / len(left | right))
        made += pair
    return made, np.array(exact)


def test_the_estimate_is_unbiased_within_its_theoretical_error():
    count = 2_000
    documents, exact = pairs_of_known_similarity(count)
    values, _ = minhash(utf8(*documents), CHAR)
    estimate = np.empty(count)
    agreement(values, np.arange(0, 2 * count, 2), np.arange(1, 2 * count, 2), estimate)
    error = (estimate - exact) / np.sqrt(exact * (1 - exact) / PERMUTATIONS + 1e-12)
    assert abs(error.mean()) < 4 / np.sqrt(count)  # unbiased: 4 standard errors
    assert 0.9 < error.std() < 1.1  # as the binomial says


def test_exact_sets_are_those_of_the_definition():
    documents = list(SCRIPTS.values())
    for text, found in zip(documents, shingle_sets(utf8(*documents), CHAR), strict=True):
        assert len(found) == len(set(shingles(text, CHAR)))
        assert np.array_equal(found, np.unique(found))


def test_stored_values_work_in_the_index_of_datasketch():
    documents = [SCRIPTS["Chinese"] * 4, SCRIPTS["Chinese"] * 4 + "尾", SCRIPTS["English"]]
    values, _ = minhash(utf8(*documents), CHAR)
    index = MinHashLSH(threshold=0.8, num_perm=PERMUTATIONS)
    loaded = [MinHash(hashvalues=row, scheme="affine32") for row in values]
    for i, each in enumerate(loaded):
        index.insert(i, each)
    assert set(index.query(loaded[0])) == {0, 1}
    assert loaded[0].jaccard(loaded[1]) > 0.8


@given(st.integers(1, 20), st.integers(1, 6), st.data())
def test_equal_bands_have_equal_keys_and_others_do_not(count, rows, data):
    values = np.array(
        data.draw(st.lists(st.lists(st.integers(0, 2), min_size=128, max_size=128), min_size=2,
                           max_size=4)), np.uint32,
    )  # fmt: skip
    keys = np.empty((len(values), count), np.uint64)
    band_keys(values, count, rows, 0, keys)
    for band in range(count):
        piece = slice(band * rows, (band + 1) * rows)
        for row in values:
            same = (values[:, piece] == row[piece]).all(axis=1)
            mine = np.empty((1, count), np.uint64)
            band_keys(row[None], count, rows, 0, mine)
            assert np.array_equal(keys[:, band] == mine[0, band], same)
