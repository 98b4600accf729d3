"""The reservoir of the echo state network: leaky units with random, sparse connections."""

from typing import Any

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count, NonNegative, Share
from harmonium.nets.reservoirs.wiring import chosen
from harmonium.random import initial

__all__ = ["EchoState", "spectral_radius"]

State = tuple[Tensor, ...]

SOURCES = 10
"""Units that each unit reads."""


def spectral_radius(weight: Tensor) -> float:
    """The largest absolute value of an eigenvalue of a square matrix.

    >>> spectral_radius(torch.tensor([[0.0, 2.0], [-2.0, 0.0]]))
    2.0
    """
    return float(torch.linalg.eigvals(weight.double()).abs().max())


@checked
class EchoState(nn.Module):
    r"""Leaky units that read the input and each other by fixed random weights.

    .. math:: h_t = (1 - a) h_{t-1} + a \tanh(W_{in} x_t + b + W h_{t-1})

    Each unit reads ten others at random, and W is scaled to a spectral radius. Below about 1 the
    units forget how they began, so that h is an echo of the input alone: the echo state property.
    (Jaeger, 2001,
    https://www.ai.rug.nl/minds/uploads/EchoStatesTechRep.pdf; the leaky form and its settings:
    Lukosevicius, 2012, https://doi.org/10.1007/978-3-642-35289-8_36.)

    Args:
        inputs: number of values of an input.
        hidden: units.
        radius: spectral radius of W; the memory grows with it.
        leak: a; the smaller, the slower the units.
        scale: standard deviation of :math:`W_{in}` times the root of the number of inputs. Inputs
            should have values of about 1.
        bias: standard deviation of b.

    >>> layer = EchoState(2, 5)
    >>> outputs, (state,) = layer(torch.zeros(1, 3, 2, dtype=torch.float32))
    >>> outputs.shape, state.shape
    (torch.Size([1, 3, 5]), torch.Size([1, 5]))
    """

    input_weight: Tensor
    input_bias: Tensor
    recurrent_weight: Tensor

    def __init__(
        self,
        inputs: Count,
        hidden: Count,
        *,
        radius: NonNegative = 0.9,
        leak: Share = 1.0,
        scale: NonNegative = 1.0,
        bias: NonNegative = 0.5,
    ) -> None:
        super().__init__()
        self.inputs, self.hidden, self.leak = int(inputs), int(hidden), float(leak)
        self.settings: dict[str, Any] = {
            "inputs": self.inputs,
            "hidden": self.hidden,
            "radius": float(radius),
            "leak": self.leak,
            "scale": float(scale),
            "bias": float(bias),
        }
        self.register_buffer(
            "input_weight", initial(self.hidden, self.inputs, std=scale / self.inputs**0.5)
        )
        self.register_buffer("input_bias", initial(self.hidden, std=bias))
        kept = chosen(self.hidden, self.hidden, kept=min(SOURCES, self.hidden))
        weight = kept * initial(self.hidden, self.hidden)
        if not weight.is_meta:
            weight = weight * (radius / spectral_radius(weight))
        self.register_buffer("recurrent_weight", weight)

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Units after every step ``(B, T, hidden)``, and the state after the last one.

        Args:
            x: ``(B, T, inputs)``.
            state: after the step before, ``(B, hidden)``; None: zeros.
        """
        driven = nn.functional.linear(x, self.input_weight, self.input_bias)
        h = driven.new_zeros(len(x), self.hidden) if state is None else state[0]
        found = []
        for u in driven.unbind(1):
            now = torch.tanh(u + h @ self.recurrent_weight.mT)
            h = (1 - self.leak) * h + self.leak * now
            found.append(h)
        return torch.stack(found, 1), (h,)
