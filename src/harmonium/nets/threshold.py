"""McCulloch and Pitts' neuron: a unit that is on when enough of its inputs are on."""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn

from harmonium.errors import UsageError

__all__ = ["Threshold", "gate", "xor"]


class Threshold(nn.Module):
    r"""Threshold units with fixed weights, ``(B, inputs) -> (B, units)``, 0 or 1.

    .. math:: a_k(x) = \theta(\textstyle\sum_j w_{kj} x_j - w_{k0}), \qquad
              \theta(z) = [z \ge 0]

    A unit whose sum reaches its threshold is on: :math:`\theta(0) = 1`. (``nets.Perceptron``
    compares scores instead, where a tie goes to the first class.) Nothing is learned. (McCulloch
    and Pitts, 1943, https://doi.org/10.1007/BF02478259.)

    Args:
        weight: ``(units, inputs)``.
        threshold: ``(units,)``.

    Raises:
        ValueError: their shapes do not fit.

    >>> majority = Threshold([[1, 1, 1]], [2])
    >>> majority(torch.tensor([[1.0, 0, 0], [1, 0, 1]])).tolist()
    [[0.0], [1.0]]
    """

    weight: Tensor
    threshold: Tensor

    def __init__(self, weight: Sequence[Sequence[float]], threshold: Sequence[float]) -> None:
        super().__init__()
        w = torch.tensor(weight, dtype=torch.float32)
        w0 = torch.tensor(threshold, dtype=torch.float32)
        if w.ndim != 2 or w0.shape != w.shape[:1]:
            raise UsageError(
                f"weights of shape {tuple(w.shape)} and thresholds of shape {tuple(w0.shape)}: "
                "give (units, inputs) and (units,)"
            )
        self.register_buffer("weight", w)
        self.register_buffer("threshold", w0)

    def forward(self, x: Tensor) -> Tensor:
        """Which units are on, ``(B, inputs) -> (B, units)``."""
        return (nn.functional.linear(x, self.weight.to(x), -self.threshold.to(x)) >= 0).to(x)


def gate(name: Literal["and", "or", "nand", "nor", "not"], inputs: int = 2) -> Threshold:
    """One unit that is a logical gate of ``inputs`` bits.

    AND needs all of n inputs: weights 1 and threshold n - 1/2. OR needs one: threshold 1/2. With
    all signs reversed they are NAND and NOR; NOT is NAND, or NOR, of one input.

    Raises:
        ValueError: the name is unknown, there is no input, or NOT has several.
    """
    thresholds = {"and": inputs - 0.5, "or": 0.5, "nand": 0.5 - inputs, "nor": -0.5, "not": -0.5}
    if name not in thresholds or inputs < 1 or (name == "not" and inputs > 1):
        raise UsageError(
            f"no gate {name!r} of {inputs} inputs: take and, or, nand or nor of at least one "
            "input, or not of one"
        )
    sign = 1.0 if name in {"and", "or"} else -1.0
    return Threshold([[sign] * inputs], [thresholds[name]])


def xor() -> nn.Sequential:
    """Two layers of units that are XOR of two bits: OR, and not AND.

    No single unit is XOR, because no line separates its rows (``learning.separable``).

    >>> xor()(torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]])).flatten().tolist()
    [0.0, 1.0, 1.0, 0.0]
    """
    return nn.Sequential(Threshold([[1, 1], [1, 1]], [0.5, 1.5]), Threshold([[1, -1]], [0.5]))
