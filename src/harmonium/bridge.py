"""Conversion of a machine into an ordinary net (``nn.Sequential``) with copies of its weights."""

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.connections.matrix import linear
from harmonium.graph import EnergyGraph
from harmonium.learning import doubled
from harmonium.machines import BeliefNet
from harmonium.random import Source

__all__ = ["randomise", "unroll", "unroll_autoencoder"]


@checked
def unroll(machine: BeliefNet | EnergyGraph, *, outputs: Count | None = None) -> nn.Sequential:
    """The recognition pass of a machine as a net, ``(B, *shape) -> (B, top units)``.

    Weights are copied. Label units at the top are left out.

    For a deep Boltzmann machine this is the first pass of mean-field inference: weights into a
    group that also has a neighbour above are doubled, in place of the missing input from above.

    Args:
        machine: a belief net, or a machine with its groups in a chain: an RBM, a deep Boltzmann
            machine.
        outputs: append a linear layer with this many outputs (logits), initialised to zero, for
            fine-tuning as a classifier.

    >>> from harmonium import belief_net
    >>> unroll(belief_net(64, 100, 50), outputs=10)[-1]
    Linear(in_features=50, out_features=10, bias=True)
    """
    parts: list[nn.Module] = []
    for g in _upwards(machine):
        parts += _layer(g, upwards=True)
    if outputs is not None:
        width = _layers(machine)[-1].units["h"].shape.numel()
        like = next(machine.parameters())
        parts.append(linear(like.new_zeros(outputs, width)))
    return nn.Sequential(*parts)


def unroll_autoencoder(machine: BeliefNet | EnergyGraph) -> nn.Sequential:
    """An autoencoder from a machine, ``(B, *shape) -> (B, units)``: encoder, then decoder.

    The decoder's weights start as the encoder's transposed, but are separate parameters
    (Hinton and Salakhutdinov, 2006, https://doi.org/10.1126/science.1127647).
    """
    up = [part for g in _upwards(machine) for part in _layer(g, upwards=True)]
    down = [part for g in reversed(_layers(machine)) for part in _layer(g, upwards=False)]
    return nn.Sequential(*up, *down)


def randomise(net: nn.Sequential, source: Source) -> None:
    """Replaces the weights below the outputs by Glorot's normalised ones, and biases by zeros.

    These are the usual initial values of a net of sigmoid units.
    """
    for layer in list(net)[:-1]:
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight, generator=source)
            nn.init.zeros_(layer.bias)


def _layers(machine: BeliefNet | EnergyGraph) -> list[EnergyGraph]:
    """The generative layers, lowest first; for a deep Boltzmann machine, its RBMs."""
    first, *others = machine.graphs
    return machine.graphs if others or "y" in first.units else doubled(first)


def _upwards(machine: BeliefNet | EnergyGraph) -> list[EnergyGraph]:
    """The recognition layers, lowest first; in an untied net they are not the generative ones."""
    return [*machine.upwards, machine.graphs[-1]] if machine.upwards else _layers(machine)


@torch.no_grad()
def _layer(graph: EnergyGraph, *, upwards: bool) -> list[nn.Module]:
    """Linear layer with the family's gain and bias, then its activation, reshaped if needed."""
    below, above = ("v", "h") if upwards else ("h", "v")
    joins = [e for e in graph.edges if "y" not in (e.source, e.target)]  # without labels
    layer = joins[0].connection.layer(transposed=not upwards)
    copies = sum(above in (e.source, e.target) for e in joins)
    units = graph.units[above]
    gain, bias, activation = units.neuron()
    if isinstance(layer, nn.Linear):
        layer.weight.mul_(copies * _flat(gain, units.shape)[:, None])
        layer.bias.add_(_flat(bias, units.shape))
    parts: list[nn.Module] = [layer, activation]
    if len(graph.units[below].shape) > 1:
        parts.insert(0, nn.Flatten(1))
    if len(units.shape) > 1:  # an activation over the last axis needs the shape of the group
        parts[-1:] = [nn.Unflatten(1, tuple(units.shape)), activation, nn.Flatten(1)]
    return parts


def _flat(x: Tensor, shape: torch.Size) -> Tensor:
    return x.expand(shape).flatten()
