"""Binary codes: packing into bytes and words, and the Hamming distance."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harmonium.errors import UsageError, UsageTypeError

__all__ = [
    "Codes",
    "Words",
    "check_codes",
    "distances",
    "packed",
    "to_codes",
    "to_words",
    "unpacked",
]

Codes = NDArray[np.uint8]
"""Packed codes, ``(N, ceil(bits / 8))``."""

Words = NDArray[Any]
"""The same codes as unsigned words, ``(N, words)``, filled up with zero bits."""


def packed(bits: ArrayLike) -> Codes:
    """Packs bits into bytes; the first bit is the highest of its byte, as in ``np.packbits``.

    Args:
        bits: 0 and 1, or booleans, ``(N, bits)``.

    Returns:
        ``(N, ceil(bits / 8))``, uint8; the last byte is filled up with zeros.

    Raises:
        ValueError: there are other values than 0 and 1, or another number of axes.

    >>> packed([[1, 0, 1, 1, 0, 0, 0, 1]])
    array([[177]], dtype=uint8)
    """
    given = np.asarray(bits)
    if given.ndim != 2 or given.shape[1] == 0:
        raise UsageError(f"bits of shape {given.shape}: rows of bits, (N, bits), are needed")
    on = given.astype(bool)
    if not np.array_equal(on, given):
        raise UsageError("bits are 0 and 1: compare values with a threshold first")
    return np.packbits(on, axis=1)


def unpacked(codes: Codes, bits: int) -> NDArray[np.uint8]:
    """Inverts ``packed``: 0 and 1, ``(N, bits)``, uint8.

    >>> unpacked(np.array([[177]], np.uint8), 8)
    array([[1, 0, 1, 1, 0, 0, 0, 1]], dtype=uint8)
    """
    return np.unpackbits(codes, axis=1, count=bits)


def check_codes(codes: object, bits: int, *, what: str = "codes") -> Codes:
    """Returns packed codes of this many bits if they are such.

    Raises:
        TypeError: they are not an array of uint8.
        ValueError: they have another width, or bits are set beyond the last one.
    """
    if not isinstance(codes, np.ndarray) or codes.dtype != np.uint8:
        found = codes.dtype if isinstance(codes, np.ndarray) else type(codes).__name__
        raise UsageTypeError(
            f"{what} are {found}; packed bytes, uint8, are needed: harmonium.hashing.packed makes "
            "them from 0 and 1"
        )
    width = -(-bits // 8)
    if codes.ndim != 2 or codes.shape[1] != width:
        raise UsageError(
            f"{what} have the shape {codes.shape}; codes of {bits} bits have (N, {width})"
        )
    spare = 8 * width - bits
    if spare and bool((codes[:, -1] & ((1 << spare) - 1)).any()):
        raise UsageError(f"{what} have bits beyond the first {bits}: these must be zero")
    return codes


def to_words(codes: Codes) -> Words:
    """Packed codes as little-endian words of 1, 2, 4 or 8 bytes, filled up with zero bytes."""
    width = codes.shape[1]
    size = next((s for s in (1, 2, 4) if width <= s), 8)
    whole = -(-width // size) * size
    if whole != width:
        codes = np.pad(codes, ((0, 0), (0, whole - width)))
    return np.ascontiguousarray(codes).view(f"<u{size}")


def to_codes(words: Words, bits: int) -> Codes:
    """Inverts ``to_words``; not a copy where no byte was added."""
    return as_bytes(words)[:, : -(-bits // 8)]


def as_bytes(words: Words) -> Codes:
    """The bytes of the words, ``(N, bytes)``, not copied."""
    return words.view(np.uint8)


def distances(a: Words, b: Words) -> NDArray[Any]:
    """Hamming distances of words, row by row: the number of different bits.

    Args:
        a: ``(N, words)``.
        b: ``(N, words)``, or ``(words,)`` for one code.

    Returns:
        ``(N,)``, uint8 or uint16.

    >>> distances(np.array([[177]], np.uint8), np.array([145], np.uint8))
    array([1], dtype=uint8)
    """
    total = np.bitwise_count(a[:, 0] ^ b[..., 0])
    if a.shape[1] * a.dtype.itemsize > 31:  # more than 255 bits
        total = total.astype(np.uint16)
    for column in range(1, a.shape[1]):
        total += np.bitwise_count(a[:, column] ^ b[..., column])
    return total
