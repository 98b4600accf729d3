"""The reservoir of the liquid state machine: spiking neurons with random, local connections."""

import math
from typing import Any

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count, NonNegative
from harmonium.nets.reservoirs.wiring import chosen
from harmonium.random import initial, permutation

__all__ = ["Liquid", "connected"]

State = tuple[Tensor, ...]

MEMBRANE, SYNAPSE, TRACE, REFRACTORY = 30.0, 5.0, 30.0, 3
"""Time constants of the membrane, of synaptic currents and of the filter of spikes, and steps
without spikes after a spike; all in milliseconds, as one step is."""

REACH = 2.0
"""Distance, in the grid of neurons, at which connections become rare."""

_RATES = (0.3, 0.4), (0.2, 0.1)
"""Probability of a connection at distance 0, from a neuron (column) to a neuron (row), of which
each is excitatory (first) or inhibitory."""


def connected(places: Tensor, inhibitory: Tensor) -> Tensor:
    r"""Probabilities of connections, ``(to, from)``: :math:`C e^{-D^2 / \lambda^2}`.

    Args:
        places: of the neurons, ``(units, 3)``.
        inhibitory: which of them inhibit, ``(units,)``, bool.
    """
    kind = inhibitory.long()
    near = torch.exp(-torch.cdist(places, places).square() / REACH**2)
    rates = torch.tensor(_RATES, dtype=places.dtype, device=places.device)[
        kind[:, None], kind[None]
    ]
    return (rates * near).fill_diagonal_(0)


@checked
class Liquid(nn.Module):
    r"""Leaky integrate-and-fire neurons that excite and inhibit each other by spikes.

    .. math:: v \leftarrow e^{-1/\tau_m} v + (1 - e^{-1/\tau_m}) (W_{in} x_t + b + s), \qquad
              s \leftarrow e^{-1/\tau_s} s + W z, \qquad
              h \leftarrow e^{-1/\tau_h} h + (1 - e^{-1/\tau_h}) z

    in steps of a millisecond, some for each frame of the input. A neuron whose potential v reaches
    1 spikes (z = 1), starts again from 0, and rests for 3 steps. One neuron in five inhibits. The
    neurons stand in a column of 3 x 3, and near ones are connected more often. The outputs are h,
    the filtered spikes, at the end of each frame: the state of the liquid. (Maass, Natschläger
    and Markram, 2002, https://doi.org/10.1162/089976602760407955; here the inputs are currents,
    into 30 % of the neurons each, and synapses have no dynamics of their own.)

    Args:
        inputs: number of values of an input.
        hidden: neurons.
        steps: milliseconds of a frame.
        scale: standard deviation of the weights of inputs; inputs should have values of about 1.
        bias: constant current b; a neuron spikes by itself above 1.
        strength: mean size of excitatory weights; inhibitory ones are twice as large.

    >>> layer = Liquid(2, 20)
    >>> outputs, _ = layer(torch.zeros(1, 3, 2, dtype=torch.float32))
    >>> outputs.shape
    torch.Size([1, 3, 20])
    """

    input_weight: Tensor
    recurrent_weight: Tensor

    def __init__(
        self,
        inputs: Count,
        hidden: Count,
        *,
        steps: Count = 10,
        scale: NonNegative = 1.0,
        bias: NonNegative = 0.9,
        strength: NonNegative = 0.5,
    ) -> None:
        super().__init__()
        self.inputs, self.hidden, self.steps = int(inputs), int(hidden), int(steps)
        self.bias = float(bias)
        self.settings: dict[str, Any] = {
            "inputs": self.inputs,
            "hidden": self.hidden,
            "steps": self.steps,
            "scale": float(scale),
            "bias": self.bias,
            "strength": float(strength),
        }
        n, reached = self.hidden, max(1, round(0.3 * self.hidden))
        reads = chosen(self.inputs, n, kept=reached).mT
        self.register_buffer("input_weight", reads * initial(n, self.inputs, std=scale))
        self.register_buffer("recurrent_weight", strength * _wired(n))

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Filtered spikes at the end of every frame ``(B, T, hidden)``, and the last state.

        Args:
            x: ``(B, T, inputs)``.
            state: filtered spikes, potentials, synaptic currents and steps of rest that are left,
                ``(B, hidden)`` each; None: silence.
        """
        found, after = [], self._silent(x) if state is None else state
        for current in self._currents(x).unbind(1):
            for _ in range(self.steps):
                _, after = self._step(current, after)
            found.append(after[0])
        return torch.stack(found, 1), after

    def spikes(self, x: Tensor) -> Tensor:
        """Spikes of every step, 0 or 1, ``(B, T, inputs) -> (B, T * steps, hidden)``."""
        found, state = [], self._silent(x)
        for current in self._currents(x).unbind(1):
            for _ in range(self.steps):
                z, state = self._step(current, state)
                found.append(z)
        return torch.stack(found, 1)

    def _silent(self, x: Tensor) -> State:
        none = x.new_zeros(len(x), self.hidden)
        return (none,) * 4

    def _currents(self, x: Tensor) -> Tensor:
        return nn.functional.linear(x, self.input_weight) + self.bias

    def _step(self, current: Tensor, state: State) -> tuple[Tensor, State]:
        """Spikes of one millisecond, and the state after it."""
        h, v, s, rest = state
        keep_v, keep_s, keep_h = (math.exp(-1 / tau) for tau in (MEMBRANE, SYNAPSE, TRACE))
        awake = rest <= 0
        v = torch.where(awake, keep_v * v + (1 - keep_v) * (current + s), 0.0)
        z = (v >= 1).to(v.dtype)
        v = v * (1 - z)
        rest = torch.where(z > 0, float(REFRACTORY), rest - 1)
        s = keep_s * s + z @ self.recurrent_weight.mT
        h = keep_h * h + (1 - keep_h) * z
        return z, (h, v, s, rest)


def _wired(n: int) -> Tensor:
    """Weights between n neurons, ``(to, from)``, whose excitatory ones have a mean size of 1."""
    size = initial(n, n).abs() * math.sqrt(math.pi / 2)
    if size.is_meta:
        return size
    device = size.device
    place = torch.arange(n, device=device)
    places = torch.stack([place % 3, place // 3 % 3, place // 9], 1).to(size.dtype)
    inhibitory = torch.zeros(n, dtype=torch.bool, device=device)
    inhibitory[permutation(n).to(device)[: n // 5]] = True
    there = torch.special.ndtr(initial(n, n)) < connected(places, inhibitory)
    sign = torch.where(inhibitory, -2.0, 1.0)
    return size * there * sign
