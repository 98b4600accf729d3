"""Several views of one machine combined into one view, each for some rows of a state."""

from collections.abc import Sequence

import torch
from torch import Tensor

from harmonium.graph import Edge, Graph, Scale, View

__all__ = ["stacked"]


def stacked(graphs: Sequence[Graph], *, rows: int) -> View | None:
    """A view that applies the first graph to the first ``rows`` rows, and so on.

    Views of one machine differ only in scales, extra fields and constants, which can be given per
    row. So one sweep of the combined view sweeps all of them, without a loop.

    Args:
        graphs: machines or views.
        rows: rows per graph; parts of a view that are given per row must have as many.

    Returns:
        The view, or None if the graphs do not share their units and connections.
    """
    first = graphs[0]
    same = all(
        dict(g.units) == dict(first.units)
        and [(e.source, e.target, e.connection) for e in g.edges]
        == [(e.source, e.target, e.connection) for e in first.edges]
        for g in graphs
    )
    if not same:
        return None
    like = next(iter(first.units.values())).bias
    edges = [
        Edge(e.source, e.target, e.connection, _by_row(scales, rows=rows, like=like))
        for e, scales in zip(
            first.edges,
            zip(*([e.scale for e in g.edges] for g in graphs), strict=True),
            strict=True,
        )
    ]
    extras = {}
    for name, units in first.units.items():
        if any(name in g.extras for g in graphs):
            zero = like.new_zeros(units.shape)
            parts = [g.extras.get(name, zero) for g in graphs]
            extras[name] = torch.cat([_rows(x, units.shape, rows=rows) for x in parts])
    constant = _by_row([g.constant for g in graphs], rows=rows, like=like)
    return View(first.units, edges, extras, constant)


def _by_row(scales: Sequence[Scale], *, rows: int, like: Tensor) -> Scale:
    """One number per row, ``(B,)``; a plain number if all are equal."""
    if all(isinstance(s, float | int) and s == scales[0] for s in scales):
        return scales[0]
    parts = [torch.as_tensor(s, dtype=like.dtype, device=like.device) for s in scales]
    return torch.cat([p.expand(rows) for p in parts])


def _rows(extra: Tensor, shape: torch.Size, *, rows: int) -> Tensor:
    whole = extra if extra.ndim > len(shape) else extra[None]
    return whole.expand(rows, *shape)
