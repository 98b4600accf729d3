"""The extreme learning machine: random hidden units that never change."""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import Count, Positive
from harmonium.nets.activations import Activation
from harmonium.nets.activations import activation as activation_of
from harmonium.nets.readout import Readout
from harmonium.random import initial

__all__ = ["ExtremeLearningMachine"]


@checked
class ExtremeLearningMachine(Readout):
    r"""A hidden layer of random weights, and a linear layer that is solved.

    .. math:: \phi(x) = g(V x + c), \qquad V_{ji} \sim N(0, s^2 / D), \quad c_j \sim N(0, 1)

    With as many hidden units as there are different rows the outputs can take any values on them:
    the random features are linearly independent with probability one (Huang, Zhu and Siew, 2006,
    https://doi.org/10.1016/j.neucom.2005.12.126, theorem 2.1).

    Args:
        units: number of values of a row, of hidden units, and of outputs.
        activation: g: "logistic", "tanh", "relu" and others of ``nets.activations``.
        outputs: "classes" or "values".
        scale: s; larger weights make sharper features. Rows should have values of about 1.

    >>> net = ExtremeLearningMachine([4, 6, 2])
    >>> net.features(torch.zeros(1, 4, dtype=torch.float32)).shape
    torch.Size([1, 6])
    """

    hidden_weight: Tensor
    hidden_bias: Tensor

    def __init__(
        self,
        units: Sequence[Count],
        *,
        activation: Activation = "tanh",
        outputs: Literal["classes", "values"] = "classes",
        scale: Positive = 1.0,
    ) -> None:
        super().__init__(units, outputs=outputs)
        self.settings |= {"activation": activation, "scale": float(scale)}
        inputs, hidden, _ = self.units
        self.register_buffer("hidden_weight", initial(hidden, inputs, std=scale / inputs**0.5))
        self.register_buffer("hidden_bias", initial(hidden))
        self.activation = activation_of(activation)

    def features(self, x: Tensor) -> Tensor:
        """The hidden units, ``(B, inputs) -> (B, hidden)``."""
        found: Tensor = self.activation(
            torch.nn.functional.linear(x, self.hidden_weight, self.hidden_bias)
        )
        return found
