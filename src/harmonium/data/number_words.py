"""Numbers in words, and the same numbers in digits."""

from __future__ import annotations

import torch

from harmonium.bounds import Count
from harmonium.data.dataset import DataSet
from harmonium.data.pairs import pair_set
from harmonium.data.spelled import spelled
from harmonium.data.vocabulary import Vocabulary
from harmonium.errors import DataError

__all__ = ["number_words"]

_MOST = 1_000_000
_SYMBOLS = (
    Vocabulary(tuple(" -abcdefghijklmnopqrstuvwxyz")),
    Vocabulary(tuple("0123456789")),
)
"""Characters that are read, and those that are written."""


def number_words(
    rows: Count = 20_000, test: Count = 2000, *, most: Count = 999_999, seed: int = 0
) -> DataSet:
    """Numbers in English words, to be written in digits: "three hundred and five" becomes "305".

    As many numbers have one digit as two, and so on, as far as there are enough; no test number
    is a training number.

    Args:
        rows: Training rows, each another number.
        test: Test rows, each another number.
        most: Largest number, 999 999 at most.
        seed: Of the numbers.

    Raises:
        ValueError: there are not so many numbers.

    >>> data = number_words(4, 1, most=99)
    >>> data
    DataSet('number_words': 4 train, 1 test, each 11, 28 characters to 10)
    """
    if not rows + test <= most + 1 <= _MOST:
        raise DataError(
            f"{rows} and {test} rows of numbers up to {most}: there must be as many numbers, and "
            f"the largest is {_MOST - 1} at most"
        )
    source = torch.Generator().manual_seed(seed)
    numbers = torch.arange(most + 1)
    digits = numbers.clamp(min=1).double().log10().add(1e-9).floor()
    weights = 1 / torch.bincount(digits.long())[digits.long()].double()
    # Gumbel's draws: the rows + test largest are drawn without replacement by weight
    noise = -torch.rand(len(numbers), generator=source, dtype=torch.float64).log()
    drawn = (weights / noise).topk(rows + test).indices
    chosen = drawn[torch.randperm(rows + test, generator=source)].tolist()
    parts = {"train": chosen[:rows], "test": chosen[rows:]}
    found = {part: ([*map(spelled, n)], [*map(str, n)]) for part, n in parts.items()}
    return pair_set("number_words", found, known=_SYMBOLS)
