"""The layers of a net in figures: shapes, parameters, multiply-adds and fields."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from harmonium.bounds import Count
from harmonium.errors import UsageError
from harmonium.nets.field import Field, receptive_fields
from harmonium.nets.net import Net
from harmonium.nets.operations import Operations

__all__ = ["LayerFacts", "anatomy", "multiply_adds"]

ROWS = 60
"""Largest number of rows that are shown unless the depth is given."""


@dataclass(frozen=True, kw_only=True)
class LayerFacts:
    """One layer of a net, or a list of layers under one name.

    Args:
        name: of the layer or list.
        type: of the layer; of a list, the number of its layers in words.
        inputs: names of what it reads.
        shape: of its output, without the batch axis.
        parameters: number of its parameters.
        multiply_adds: of its convolutions and matrix products, for one example.
        values: number of output values of its layers, which training keeps for every example.
        field: receptive field of its output; None where it has none.
    """

    name: str
    type: str
    inputs: tuple[str, ...]
    shape: tuple[int, ...]
    parameters: int
    multiply_adds: int
    values: int
    field: Field | None


def anatomy(net: Net, depth: Count | None = None) -> list[LayerFacts]:
    """The layers of a net, in order.

    Args:
        net: the net.
        depth: number of parts of a name, such as 1 for "layer1" and 2 for "layer1.0", at which
            lists of layers become one row; None for the most that gives ``ROWS`` rows at most.

    >>> net = Net([1, 8, 8], [
    ...     {"type": "conv2d", "name": "conv", "out_channels": 4, "kernel_size": 3},
    ...     "flatten",
    ...     {"type": "linear", "name": "fc", "out_features": 10},
    ... ])
    >>> [(row.name, row.parameters, row.multiply_adds) for row in anatomy(net)]
    [('conv', 40, 1296), ('1', 0, 0), ('fc', 1450, 1440)]
    """
    rows = _layers(net)
    deepest = max(row.name.count(".") for row in rows) + 1
    if depth is not None:
        return _collapsed(rows, depth)
    found = (_collapsed(rows, k) for k in range(deepest, 1, -1))
    return next((few for few in found if len(few) <= ROWS), _collapsed(rows, 1))


def multiply_adds(net: Net) -> dict[str, int]:
    """Layer -> multiply-adds of its convolutions and matrix products, for one example."""
    with torch.device("meta"):
        studied = Net(**net.settings).eval()
    counter, found = _Counter(), {}
    begun: dict[str, int] = {}
    handles = []
    for node in studied.nodes:

        def begin(*_: Any, name: str = node.name) -> None:  # noqa: ANN401
            begun[name] = counter.count

        def end(*_: Any, name: str = node.name) -> None:  # noqa: ANN401
            found[name] = counter.count - begun[name]

        handles += [
            node.module.register_forward_pre_hook(begin),
            node.module.register_forward_hook(end),
        ]
    with torch.no_grad(), torch.device("meta"), counter:
        studied.heads(torch.empty(1, *net.shape, dtype=torch.float32))
    for handle in handles:
        handle.remove()
    return found


class _Counter(Operations):
    """Counts multiply-adds of convolutions and matrix products."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def done(self, name: str, args: Sequence[Any], *, output: Any) -> None:  # noqa: ANN401
        """Counts one operation."""
        if name == "convolution":
            weight: Tensor = args[1]
            places = (args[0] if args[6] else output)[0, 0].numel()
            self.count += len(output) * places * weight.numel()
        elif name in _PRODUCTS:
            first, second = args[-2:] if name != "mm" else args[:2]
            self.count += first.numel() * second.shape[-1]


_PRODUCTS = ("addmm", "baddbmm", "bmm", "mm")


def _layers(net: Net) -> list[LayerFacts]:
    counted = multiply_adds(net)
    try:
        fields: dict[str, Field] = receptive_fields(net)
    except UsageError:  # branches move apart
        fields = {}
    return [
        LayerFacts(
            name=node.name,
            type=node.type,
            inputs=node.inputs,
            shape=node.shape,
            parameters=sum(p.numel() for p in node.module.parameters()),
            multiply_adds=counted[node.name],
            values=math.prod(node.shape),
            field=fields.get(node.name),
        )
        for node in net.nodes
    ]


def _collapsed(rows: Sequence[LayerFacts], depth: int) -> list[LayerFacts]:
    """Rows with the lists of layers below a depth as one row each."""
    groups: dict[str, list[LayerFacts]] = {}
    for row in rows:
        groups.setdefault(_key(row.name, depth), []).append(row)
    return [_joined(name, inside, depth=depth) for name, inside in groups.items()]


def _key(name: str, depth: int) -> str:
    return ".".join(name.split(".")[:depth])


def _joined(name: str, inside: Sequence[LayerFacts], *, depth: int) -> LayerFacts:
    last = inside[-1]
    if len(inside) == 1 and last.name == name:
        kind = last.type
    else:
        kind = f"{len(inside)} layer{'s' * (len(inside) > 1)}"
    read = (_key(source, depth) for row in inside for source in row.inputs)
    return LayerFacts(
        name=name,
        type=kind,
        inputs=tuple(dict.fromkeys(source for source in read if source != name)),
        shape=last.shape,
        parameters=sum(row.parameters for row in inside),
        multiply_adds=sum(row.multiply_adds for row in inside),
        values=sum(row.values for row in inside),
        field=last.field,
    )
