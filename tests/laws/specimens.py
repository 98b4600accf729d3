"""Parts that only the laws need: random parameters, random states, an affine connection."""

import copy

import torch
from torch import nn

from harmonium.connections import Connection
from harmonium.random import generator

ROWS = 4
"""Rows of every small batch of the laws; per-row contexts and views have as many."""


def randomised(module, seed, *, std=0.6):
    """The module with every parameter and buffer drawn from N(0, std^2), in float64.

    The numbers are drawn in float32: ``module.float()`` describes exactly the same model.
    """
    source = generator(seed)
    with torch.no_grad():
        for values in (*module.parameters(), *module.buffers()):
            if not values.is_floating_point():
                continue  # a mask
            values.copy_(std * torch.randn(values.shape, generator=source))
    return module.double()


def numbers(*shape, seed, std=1.0):
    """Normal draws in float64."""
    return std * torch.randn(*shape, generator=generator(seed), dtype=torch.float64)


def fields(units, *, seed=0, std=1.0):
    """Random fields on a group, ``(ROWS, *shape)``, of the type of its parameters."""
    return numbers(ROWS, *units.shape, seed=seed, std=std).to(units.bias.dtype)


def repeated(units, n):
    """The units with their contexts, if any, bound n times in a row."""
    if units.context is None or units.context.numel() == 1:
        return units
    return units.given(units.context.repeat_interleave(n))


def random_state(graph, *, seed=0):
    """A legal value of every group, ``(ROWS, *shape)``, drawn as if the groups were alone.

    The draws are the same for a graph in float32 and in float64.
    """
    source, dtype = generator(seed), dtype_of(graph)
    state = {}
    for i, (name, units) in enumerate(graph.units.items()):
        double = copy.deepcopy(units).double()
        if units.context is not None:
            double = double.given(units.context)
        with torch.no_grad():
            drawn = double.sample(fields(double, seed=seed + i), source)
        state[name] = drawn.to(dtype)
    return state


def dtype_of(graph):
    return next(iter(graph.units.values())).bias.dtype


class Affine(Connection):
    r"""All to all around offsets: :math:`E(x, y) = -(y - b)^\top W (x - a)`, never linear.

    No public connection is affine yet; this one keeps honest what the graph says about them.
    """

    linear = False

    def __init__(self, source, target):
        super().__init__(source, target)
        self.weight = nn.Parameter(torch.zeros(self.target.numel(), self.source.numel()))
        self.register_buffer("a", torch.zeros(self.source.numel()))
        self.register_buffer("b", torch.zeros(self.target.numel()))

    def forward(self, x, *, rows=None):
        weight = self.weight if rows is None else self.weight[rows]
        field = (x.flatten(1) - self.a) @ weight.mT
        return field.unflatten(1, self.target) if rows is None else field

    def adjoint(self, y, *, rows=None):
        weight = self.weight if rows is None else self.weight[:, rows]
        field = (y.flatten(1) - self.b) @ weight
        return field.unflatten(1, self.source) if rows is None else field

    def energy(self, x, y):
        return -((y.flatten(1) - self.b) * self(x).flatten(1)).sum(1)

    def correlate(self, x, y, *, weights):
        product = ((y.flatten(1) - self.b) * weights[:, None]).mT @ (x.flatten(1) - self.a)
        return {"weight": product}

    def blocks(self):
        return None

    def layer(self, *, transposed=False):
        weight = (self.weight.mT if transposed else self.weight).detach()
        linear = nn.Linear(weight.shape[1], weight.shape[0]).to(weight)
        with torch.no_grad():
            linear.weight.copy_(weight)
            linear.bias.zero_()
        return linear
