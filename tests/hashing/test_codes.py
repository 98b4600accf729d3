import numpy as np
import pytest

from harmonium.errors import UsageError, UsageTypeError
from harmonium.hashing import packed, unpacked
from harmonium.hashing.codes import check_codes, distances, to_codes, to_words

RANDOM = np.random.default_rng(0)


def test_the_first_bit_is_the_highest_of_its_byte():
    assert packed([[1, 0, 1, 1, 0, 0, 0, 1]]).tolist() == [[177]]
    assert distances(packed([[1, 0, 1, 1, 0, 0, 0, 1]]), np.array([145], np.uint8)).tolist() == [1]


@pytest.mark.parametrize("bits", [1, 8, 20, 64, 100, 128, 256])
def test_packing_and_words_lose_nothing(bits):
    rows = RANDOM.integers(0, 2, (50, bits))
    codes = packed(rows)
    assert np.array_equal(unpacked(codes, bits), rows)
    assert np.array_equal(to_codes(to_words(codes), bits), codes)


@pytest.mark.parametrize("bits", [1, 20, 64, 255, 256, 300, 1000])
def test_distances_count_different_bits(bits):
    a, b = RANDOM.integers(0, 2, (2, 30, bits))
    b[0] = 1 - a[0]  # every bit differs: more than a byte can count from 256 bits on
    apart = distances(to_words(packed(a)), to_words(packed(b)))
    assert apart.tolist() == (a != b).sum(1).tolist()
    one = distances(to_words(packed(a)), to_words(packed(b[:1]))[0])
    assert one.tolist() == (a != b[0]).sum(1).tolist()


def test_bits_are_zero_or_one():
    with pytest.raises(UsageError, match="compare values with a threshold first"):
        packed([[0.3, 1.0]])
    with pytest.raises(UsageError, match="rows of bits"):
        packed([0, 1])


@pytest.mark.parametrize(
    ("codes", "error", "words"),
    [
        ([[1]], UsageTypeError, "codes are list; packed bytes"),
        (np.zeros((2, 1)), UsageTypeError, "codes are float64; packed bytes"),
        (np.zeros((2, 4), np.uint8), UsageError, r"codes of 20 bits have \(N, 3\)"),
        (np.zeros(3, np.uint8), UsageError, r"codes of 20 bits have \(N, 3\)"),
        (np.full((1, 3), 255, np.uint8), UsageError, "bits beyond the first 20"),
    ],
)
def test_other_arrays_are_refused(codes, error, words):
    with pytest.raises(error, match=words):
        check_codes(codes, 20)
