"""Hidden features of rows, layer by layer."""

import math

import torch
from torch import Tensor, nn

from harmonium.bridge import classifies
from harmonium.graph import EnergyGraph
from harmonium.machines import BeliefNet
from harmonium.sampling import expectations, mean_field

__all__ = ["check_width", "codes", "layers", "net_codes", "width"]

Machine = EnergyGraph | BeliefNet

_SWEEPS = 50
"""Mean-field sweeps, at most, of a machine whose hidden groups are connected with each other."""


def width(machine: Machine) -> int:
    """How many values a row of the visible group has."""
    graph = machine.graphs[0] if isinstance(machine, BeliefNet) else machine
    return math.prod(graph.units["v"].shape)


def layers(machine: Machine) -> tuple[str, ...]:
    """Names of the hidden layers, the lowest first.

    >>> from harmonium import belief_net, rbm
    >>> layers(belief_net(6, 5, 4)), layers(rbm(6, 5))
    (('h1', 'h2'), ('h',))
    """
    if isinstance(machine, BeliefNet):
        return tuple(f"h{k + 1}" for k in range(len(machine.graphs)))
    return tuple(name for name in machine.units if name not in ("v", "y"))


def check_width(x: Tensor, expected: int, *, what: str = "the run's machine") -> None:
    """Raises ValueError, naming both shapes, if rows are not ``(N, expected)``."""
    if x.ndim != 2 or x.shape[1] != expected:
        raise ValueError(
            f"rows of shape {tuple(x.shape)}, but {what} was trained on (N, {expected}): give "
            "rows like those of the training"
        )


@torch.no_grad()
def codes(machine: Machine, x: Tensor, *, layer: str | None = None) -> Tensor:
    """Mean activities of a hidden layer, ``(B, D) -> (B, units)``.

    A belief net is read upwards by means of means, an RBM by its exact conditional; a machine
    whose hidden groups are connected with each other by mean field.

    Args:
        machine: a machine with the visible group "v".
        x: rows, as the machine saw them in training.
        layer: one of ``layers``; the last by default.

    Raises:
        ValueError: there is no such layer, or the rows do not fit.
    """
    names = layers(machine)
    layer = names[-1] if layer is None else layer
    if layer not in names:
        raise ValueError(f"no hidden layer {layer!r}; there are {', '.join(names)}")
    check_width(x, width(machine))
    if isinstance(machine, BeliefNet):
        v = x.reshape(len(x), *machine.graphs[0].units["v"].shape)
        return machine.recognise(v)[names.index(layer)].flatten(1)
    v = x.reshape(len(x), *machine.units["v"].shape)
    if classifies(machine):
        return expectations(machine, "y", given={"v": v})[layer].flatten(1)
    data = mean_field(machine, {"v": v}, tolerance=1e-6, cap=_SWEEPS)
    return data.moments(machine, layer)[0].flatten(1)


@torch.no_grad()
def net_codes(net: nn.Sequential, x: Tensor) -> Tensor:
    """What a fine-tuned net's output layer reads, ``(B, D) -> (B, units)``."""
    return net[:-1](x)
