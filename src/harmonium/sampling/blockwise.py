"""A group wired to itself, moved block after block: each block hears the blocks before it."""

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

from harmonium.connections import Connection
from harmonium.graph import Graph, State, View, scaled

__all__ = ["blockwise"]

_CHUNK = 64
"""Units whose fields are kept up to date together."""


def blockwise(
    graph: Graph,
    name: str,
    *,
    state: State,
    draw: Callable[..., Tensor],
    mask: Tensor | None = None,
) -> Tensor:
    """New values of a self-wired group, ``(B, *shape)``.

    What the other groups say is asked once. What the group says to itself is asked once for some
    64 units; within those each block that moves adds what it changed to the fields of the others,
    a product with a small matrix instead of a whole one.

    Args:
        graph: a machine or view.
        name: the group.
        state: values of every group.
        draw: (units, field) -> values.
        mask: True where a unit keeps its value, of the group's shape or with a row axis in front.
    """
    units = graph.units[name]
    (wire,) = (e for e in graph.edges if e.source == e.target == name)
    others = [e for e in graph.edges if e is not wire]
    moving = state[name].clone(memory_format=torch.contiguous_format)
    flat = moving.flatten(1)  # shares memory: what a block writes, the next chunk sees
    held = None if mask is None else mask.expand_as(moving).flatten(1)
    heard = View(graph.units, others, graph.extras).field(name, {**state, name: moving}).flatten(1)
    for blocks in _chunks(wire.connection.blocks() or ()):
        rows = torch.cat([*blocks])
        said, inner = _inside(wire.connection, moving, rows=rows)
        fields = scaled(said, wire.scale) + heard[:, rows]
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


def _inside(connection: Connection, x: Tensor, *, rows: Tensor) -> tuple[Tensor, Tensor]:
    """The group's field on some of its units, and what a change of these does to it (from, to)."""
    eye = x.new_zeros(rows.numel() + 1, connection.source.numel())  # and a row of zeros
    eye[torch.arange(rows.numel(), device=rows.device), rows] = 1
    said = connection(torch.cat([x, eye.unflatten(1, connection.source)]), rows=rows)
    said, inner, nothing = said.split([len(x), rows.numel(), 1])
    return said, inner - nothing
