"""A small collection of documents on two subjects."""

import torch

from harmonium.data import Counts, DataSet, Split
from harmonium.random import generator
from harmonium.units import Multinomial

WORDS = ("goal", "match", "team", "court", "law", "judge")


def collection(n=60):
    """Documents of 0 to 12 words, two thirds of them to learn from; their class is the subject."""
    source = generator(3, "cpu")
    y = torch.arange(n) % 2
    p = torch.tensor([[0.3, 0.3, 0.3, 0.04, 0.03, 0.03], [0.03, 0.03, 0.04, 0.3, 0.3, 0.3]])
    lengths = torch.randint(0, 13, (n,), generator=source)
    x = Multinomial(len(WORDS)).given(lengths).sample(p[y].log(), source)
    first = 2 * n // 3
    return DataSet(
        "toy",
        Split(x[:first], y[:first]),
        test=Split(x[first:], y[first:]),
        classes=("sport", "courts"),
        columns={"x": Counts((len(WORDS),), WORDS)},
    )
