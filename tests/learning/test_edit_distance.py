"""Levenshtein's distance against the table filled cell by cell."""

import torch

from harmonium.learning.edit_distance import edit_distance


def by_table(a, b):
    table = [[i + j if not i * j else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            table[i][j] = min(
                table[i - 1][j] + 1,
                table[i][j - 1] + 1,
                table[i - 1][j - 1] + (a[i - 1] != b[j - 1]),
            )
    return table[-1][-1]


def drawn(rows, width, source):
    lengths = torch.randint(width + 1, (rows, 1), generator=source)
    symbols = torch.randint(3, (rows, width), generator=source)
    return symbols.masked_fill(torch.arange(width) >= lengths, -1)


def test_it_is_the_table():
    source = torch.Generator().manual_seed(0)
    one, other = drawn(300, 7, source), drawn(300, 9, source)
    expected = [
        by_table([k for k in a if k >= 0], [k for k in b if k >= 0])
        for a, b in zip(one.tolist(), other.tolist(), strict=True)
    ]
    assert edit_distance(one, other).tolist() == expected
    assert edit_distance(other, one).tolist() == expected


def test_nothing_against_something():
    empty, two = torch.empty(2, 0, dtype=torch.int64), torch.tensor([[1, 1], [0, -1]])
    assert edit_distance(empty, two).tolist() == edit_distance(two, empty).tolist() == [2, 1]
    assert edit_distance(empty, empty).tolist() == [0, 0]
