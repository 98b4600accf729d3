"""Rosenblatt's perceptron: a layer of threshold units, one for each class."""

from typing import Any

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count

__all__ = ["Perceptron"]


@checked
class Perceptron(nn.Module):
    r"""Linear scores of classes, the highest of which wins, ``(B, inputs) -> (B, classes)``.

    .. math:: s_k(x) = w_k \cdot x + b_k, \qquad \hat y(x) = \arg\max_k s_k(x)

    Ties go to the first class. With two classes this is a single threshold unit, which is on
    where :math:`(w_1 - w_0) \cdot x + b_1 - b_0 > 0`. Scores are not log-probabilities. All
    parameters start at zero. (Rosenblatt, 1958, https://doi.org/10.1037/h0042519.)

    Args:
        inputs: number of values of a row.
        classes: number of classes.

    >>> net = Perceptron(2, 3)
    >>> net.decide(torch.ones(4, 2, dtype=torch.float32))
    tensor([0, 0, 0, 0])
    """

    def __init__(self, inputs: Count, classes: Count) -> None:
        super().__init__()
        self.settings: dict[str, Any] = {"inputs": int(inputs), "classes": int(classes)}
        size = int(classes), int(inputs)
        self.weight = nn.Parameter(torch.zeros(size, dtype=torch.float32))
        self.bias = nn.Parameter(torch.zeros(size[0], dtype=torch.float32))

    @property
    def output_kind(self) -> str:
        """Kind of the outputs: scores."""
        return "scores"

    @property
    def units(self) -> tuple[int, ...]:
        """Number of values of a row, then number of classes."""
        return self.weight.shape[1], self.weight.shape[0]

    def forward(self, x: Tensor) -> Tensor:
        """Scores, ``(B, inputs) -> (B, classes)``."""
        return nn.functional.linear(x, self.weight, self.bias)

    def decide(self, x: Tensor) -> Tensor:
        """Class with the highest score, ``(B,)``, int64."""
        return self(x).argmax(1)

    def extra_repr(self) -> str:
        """Sizes, for ``repr``."""
        return f"inputs={self.units[0]}, classes={self.units[1]}"
