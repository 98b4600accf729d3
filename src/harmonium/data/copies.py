"""Sequences to be copied: the task of memories."""

from __future__ import annotations

import torch
from torch import Tensor

from harmonium.bounds import Count
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Examples
from harmonium.data.tokens import Tokens
from harmonium.data.vocabulary import Vocabulary
from harmonium.errors import DataError

__all__ = ["copies"]

_SYMBOLS = "0123456789abcdefghijklmnopqrstuvwxyz"


def copies(
    rows: Count = 10_000,
    test: Count = 500,
    *,
    symbols: Count = 8,
    longest: Count = 10,
    test_length: Count = 20,
    seed: int = 0,
) -> DataSet:
    """Random sequences that are to be written as they were read; those of the test are longer.

    (Graves, Wayne and Danihelka, 2014, https://arxiv.org/abs/1410.5401, section 4.1, with vectors
    of bits; here a symbol of 2 ** k is k bits.)

    Args:
        rows: Training sequences, whose lengths are drawn from 1 to `longest`.
        test: Test sequences.
        symbols: Number of different symbols, 2 to 36: digits, then letters.
        longest: Length of the longest training sequence.
        test_length: Length of every test sequence.
        seed: Of the sequences.

    Raises:
        ValueError: there are not so many symbols.

    >>> copies(10, 4)
    DataSet('copies': 10 train, 4 test, each 20, 8 characters to 8)
    """
    if not 2 <= symbols <= len(_SYMBOLS):
        raise DataError(f"{symbols} symbols; 2 to {len(_SYMBOLS)} can be had")
    source = torch.Generator().manual_seed(seed)
    width = max(longest, test_length)
    lengths = torch.randint(1, longest + 1, (rows,), generator=source)
    train = _drawn(lengths, symbols=symbols, width=width, source=source)
    full = torch.full((test,), test_length, dtype=torch.int64)
    tested = _drawn(full, symbols=symbols, width=width, source=source)
    kind = Tokens(Vocabulary(tuple(_SYMBOLS[:symbols])), width)
    return DataSet(
        "copies",
        Examples({"x": train, "target": train}),
        test=Examples({"x": tested, "target": tested}),
        columns={"x": kind, "target": kind},
    )


def _drawn(lengths: Tensor, *, symbols: int, width: int, source: torch.Generator) -> Tensor:
    """Random sequences of these lengths, ``(N, width)``, -1 after their ends."""
    drawn = torch.randint(symbols, (len(lengths), width), generator=source)
    return drawn.masked_fill(torch.arange(width) >= lengths[:, None], -1)
