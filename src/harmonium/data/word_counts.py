"""Words of documents, and tables of their counts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from harmonium.data.expand import check_expansion
from harmonium.memory import need

__all__ = ["Document", "count_table", "most_frequent", "words_of"]

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")  # letters, with apostrophes inside


class Document(NamedTuple):
    """Counts of the words of a document; its place; its label, empty for none."""

    counts: Counter[str]
    name: str
    label: str


def words_of(text: str) -> list[str]:
    """The words of a text, runs of letters, in lower case.

    >>> words_of("Don't panic, 42!")
    ["don't", 'panic']
    """
    return _WORD.findall(text.lower())


def most_frequent(documents: Sequence[Document], size: int) -> list[str]:
    """The ``size`` most frequent words of all documents, ties in alphabetical order."""
    total: Counter[str] = Counter()
    for document in documents:
        total.update(document.counts)
    return sorted(total, key=lambda word: (-total[word], word))[:size]


def count_table(documents: Sequence[Document], words: Sequence[str], *, binary: bool) -> Tensor:
    """Counts of some words in each document, ``(documents, words)``; binary: 1 if they occur.

    Raises:
        ValueError: the table does not fit into memory.
    """
    bytes_needed = 4 * len(documents) * len(words)
    check_expansion("the table of counts", packed=bytes_needed, unpacked=bytes_needed)
    need(bytes_needed, "the table of counts", remedy="read fewer documents, or make size smaller")
    column = {word: i for i, word in enumerate(words)}
    x = torch.zeros(len(documents), len(words), dtype=torch.float32)
    for row, document in zip(x, documents, strict=True):
        known = [(column[word], n) for word, n in document.counts.items() if word in column]
        if known:
            columns, counts = zip(*known, strict=True)
            row[list(columns)] = torch.tensor(counts, dtype=x.dtype)
    return x.clamp_(max=1) if binary else x
