"""Truth tables of logical gates, the smallest data sets there are."""

from typing import Literal

import torch

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Split
from harmonium.data.kinds import Classes, Numbers

__all__ = ["TRUTH", "gate"]

TRUTH: dict[str, tuple[int, ...]] = {
    "and": (0, 0, 0, 1),
    "nand": (1, 1, 1, 0),
    "nor": (1, 0, 0, 0),
    "not": (1, 0),
    "or": (0, 1, 1, 1),
    "xnor": (1, 0, 0, 1),
    "xor": (0, 1, 1, 0),
}
"""Name -> output for the inputs 00, 01, 10, 11, in this order; of "not", for 0 and 1."""


@checked
def gate(
    name: Literal["and", "nand", "nor", "not", "or", "xnor", "xor"] = "and", *, repeats: Count = 1
) -> DataSet:
    """The truth table of a logical gate: rows of bits, and the class is the output, 0 or 1.

    The test rows are the rows of the table, once each: a gate has no others.

    Args:
        name: Name of the gate.
        repeats: How often the training rows hold each row of the table.

    >>> gate("xor")
    DataSet('xor': 4 train, 4 test, each 2, 2 classes)
    """
    outputs = torch.tensor(TRUTH[name])
    inputs = len(outputs).bit_length() - 1
    number = torch.arange(len(outputs))[:, None]
    table = (number >> torch.arange(inputs - 1, -1, -1) & 1).float()
    features = ("x",) if inputs == 1 else tuple(f"x{k + 1}" for k in range(inputs))
    return DataSet(
        name,
        Split(table.repeat(int(repeats), 1), outputs.repeat(int(repeats))),
        test=Split(table, outputs),
        columns={"x": Numbers((inputs,), features), "y": Classes((0, 1))},
    )
