"""The multiplicative recurrent layer."""

import math
from typing import Any

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.nets.recurrent.fused import State
from harmonium.random import initial

__all__ = ["MultiplicativeRNN"]


@checked
class MultiplicativeRNN(nn.Module):
    r"""A recurrent layer whose recurrent weights depend on the input.

    .. math:: f_t = (V x_t) \odot (U h_{t-1}), \qquad h_t = \tanh(W x_t + R f_t + b)

    so that each input chooses its own matrix :math:`R \, \mathrm{diag}(V x_t) \, U` from the old
    hidden values to the new ones: a tensor of three axes in few factors. (Sutskever, Martens and
    Hinton, 2011, https://icml.cc/2011/papers/524_icmlpaper.pdf.)

    Args:
        inputs: number of values of an input.
        hidden: units.
        factors: number of factors f; null for as many as units.
    """

    layers = 1
    """It is one layer."""

    def __init__(self, inputs: Count, hidden: Count, *, factors: Count | None = None) -> None:
        super().__init__()
        width = hidden if factors is None else factors
        self.inputs, self.hidden = inputs, hidden
        self.input_weight = _drawn(hidden, inputs)
        self.input_factors = _drawn(width, inputs)
        self.hidden_factors = _drawn(width, hidden)
        self.factor_weight = _drawn(hidden, width)
        self.bias = nn.Parameter(torch.zeros_like(self.input_weight[:, 0]))
        self.settings: dict[str, Any] = {"inputs": inputs, "hidden": hidden, "factors": factors}

    @property
    def recurrent_weight(self) -> nn.Parameter:
        """Weights from the old hidden values to the factors."""
        return self.hidden_factors

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Outputs ``(B, T, hidden)``, and the state after the last step.

        Args:
            x: ``(B, T, inputs)``.
            state: after the step before; None: zeros.
        """
        h = x.new_zeros(len(x), self.hidden) if state is None else state[0][:, 0]
        driven = nn.functional.linear(x, self.input_weight, self.bias).unbind(1)
        gains = nn.functional.linear(x, self.input_factors).unbind(1)
        inner, outer = self.hidden_factors.t(), self.factor_weight.t()
        outputs = []
        for drive, gain in zip(driven, gains, strict=True):  # a step needs the one before
            h = torch.addmm(drive, gain * (h @ inner), outer).tanh()
            outputs.append(h)
        return torch.stack(outputs, 1), (h[:, None],)


def _drawn(rows: int, columns: int) -> nn.Parameter:
    """Initial weights of variance 1 / columns."""
    return nn.Parameter(initial(rows, columns, std=1 / math.sqrt(columns)))
