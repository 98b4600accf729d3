"""From a machine to an ordinary net: the weights become those of an ``nn.Sequential``."""

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.connections.matrix import linear
from harmonium.graph import EnergyGraph
from harmonium.learning import doubled
from harmonium.machines import BeliefNet

__all__ = ["unroll", "unroll_autoencoder"]


@checked
def unroll(machine: BeliefNet | EnergyGraph, *, outputs: Count | None = None) -> nn.Sequential:
    """The recognition pass as a net: ``(B, *shape) -> (B, top units)``, copies of the weights.

    Labels at the top are left out: the net does not know them.

    Of a deep Boltzmann machine it is the first pass of its inference: weights into a group that
    another one joins from above are doubled, to stand for what it would hear from there.

    Args:
        machine: a belief net, or a machine with its groups in a chain: an RBM, a deep Boltzmann
            machine.
        outputs: also append a linear head of this many outputs (logits), initialised to zero,
            so that fine-tuning starts from what the machine knows.

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
    """Encoder and decoder, ``(B, *shape) -> (B, units)``: up through the stack and down again.

    The decoder's weights start as the transposed ones but are copies, free to part from them
    (Hinton and Salakhutdinov, 2006, https://doi.org/10.1126/science.1127647).
    """
    up = [part for g in _upwards(machine) for part in _layer(g, upwards=True)]
    down = [part for g in reversed(_layers(machine)) for part in _layer(g, upwards=False)]
    return nn.Sequential(*up, *down)


def _layers(machine: BeliefNet | EnergyGraph) -> list[EnergyGraph]:
    """What generates, the lowest first: RBMs, or those that a deep machine is made of."""
    first, *others = machine.graphs
    return machine.graphs if others or "y" in first.units else doubled(first)


def _upwards(machine: BeliefNet | EnergyGraph) -> list[EnergyGraph]:
    """What recognises; of an untied net it is not what generates."""
    return [*machine.upwards, machine.graphs[-1]] if machine.upwards else _layers(machine)


@torch.no_grad()
def _layer(graph: EnergyGraph, *, upwards: bool) -> list[nn.Module]:
    """[shape in] + linear layer with the family's gain and bias + activation [+ flat again]."""
    below, above = ("v", "h") if upwards else ("h", "v")
    joins = [e for e in graph.edges if "y" not in (e.source, e.target)]  # labels are left out
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
    if len(units.shape) > 1:  # an activation over the last axis needs the group's own shape
        parts[-1:] = [nn.Unflatten(1, tuple(units.shape)), activation, nn.Flatten(1)]
    return parts


def _flat(x: Tensor, shape: torch.Size) -> Tensor:
    return x.expand(shape).flatten()
