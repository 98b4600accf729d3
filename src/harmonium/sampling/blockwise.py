"""Update of a group with lateral connections, one block of units after the other."""

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

from harmonium.connections import Connection
from harmonium.graph import Graph, State, View, scaled

__all__ = ["blockwise"]

_CHUNK = 64
"""Units per chunk: within a chunk, fields are corrected after every block."""


def blockwise(
    graph: Graph,
    name: str,
    *,
    state: State,
    draw: Callable[..., Tensor],
    mask: Tensor | None = None,
) -> Tensor:
    """New values of a group with lateral connections, ``(B, *shape)``.

    Each block is updated given the newest values of the blocks before it. The field from other
    groups is computed once. The field from the group itself is computed once for each chunk of
    some 64 units; within a chunk, each updated block adds its change to the fields of the later
    blocks, which is a product with a small matrix instead of the whole one.

    Args:
        graph: a machine or view.
        name: the group.
        state: values of every group.
        draw: function (units, field) -> values.
        mask: True where a unit keeps its value: the group's shape, or with a row axis in front.
    """
    units = graph.units[name]
    (wire,) = (e for e in graph.edges if e.source == e.target == name)
    others = [e for e in graph.edges if e is not wire]
    moving = state[name].clone(memory_format=torch.contiguous_format)
    flat = moving.flatten(1)  # shares memory, so that the next chunk uses the new values
    held = None if mask is None else mask.expand_as(moving).flatten(1)
    outer = View(graph.units, others, graph.extras).field(name, {**state, name: moving}).flatten(1)
    for blocks in _chunks(wire.connection.blocks() or ()):
        rows = torch.cat([*blocks])
        own, inner = _inner_field(wire.connection, moving, rows=rows)
        fields = scaled(own, wire.scale) + outer[:, rows]
        at = 0
        for block in blocks:
            here = slice(at, at := at + block.numel())
            old = flat[:, block]
            new = draw(units.at(block), fields[:, here])
            if held is not None:
                new = torch.where(held[:, block], old, new)
            flat[:, block] = new
            if block is not blocks[-1]:
                fields[:, at:] += scaled((new - old) @ inner[here, at:], wire.scale)
    return moving


def _chunks(blocks: Sequence[Tensor]) -> Iterator[Sequence[Tensor]]:
    chunk: list[Tensor] = []
    size = 0
    for block in blocks:
        if chunk and size + len(block) > _CHUNK:
            yield chunk
            chunk, size = [], 0
        chunk.append(block)
        size += len(block)
    if chunk:
        yield chunk


def _inner_field(connection: Connection, x: Tensor, *, rows: Tensor) -> tuple[Tensor, Tensor]:
    """The group's field on some of its units, ``(B, n)``, and the weights among these, ``(n, n)``.

    Row i of the weights is the change of the field when unit i grows by 1.
    """
    eye = x.new_zeros(rows.numel() + 1, connection.source.numel())  # the last row is zero
    eye[torch.arange(rows.numel(), device=rows.device), rows] = 1
    fields = connection(torch.cat([x, eye.unflatten(1, connection.source)]), rows=rows)
    first = -1 - rows.numel()
    return fields[:first], fields[first:-1] - fields[-1:]
