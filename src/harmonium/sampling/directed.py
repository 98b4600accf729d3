"""Passes through a stack of graphs with groups "v" and "h": upwards and downwards, layer by layer.

Each graph lends one of its conditionals, so a pass is directed: what a layer says never depends on
what lies beyond it.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from harmonium.graph import Graph
from harmonium.random import Source
from harmonium.sampling.rules import Rule, mean, sample

__all__ = ["ascend", "descend"]


@torch.no_grad()
def ascend(
    graphs: Sequence[Graph], v: Tensor, *, rule: Rule = mean, source: Source = None
) -> list[Tensor]:
    r"""Values of every "h", the lowest first: :math:`h_k \sim p_k(h \mid v = h_{k-1})`.

    Args:
        graphs: the lowest first.
        v: ``(B, *shape)`` of the lowest "v".
        rule: sample for a draw, mean for means of means.
        source: random numbers.
    """
    values = [v]
    for g in graphs:
        values.append(rule(g.units["h"], g.field("h", {"v": values[-1]}), source=source))
    return values[1:]


@torch.no_grad()
def descend(
    graphs: Sequence[Graph], h: Tensor, *, rule: Rule = sample, source: Source = None
) -> list[Tensor]:
    r"""Values of every "v", the lowest first: :math:`v_k \sim p_k(v \mid h = v_{k+1})`.

    Args:
        graphs: the lowest first.
        h: ``(B, *shape)`` of the highest "h".
        rule: sample for an ancestral draw.
        source: random numbers.
    """
    values = [h]
    for g in reversed(graphs):
        values.append(rule(g.units["v"], g.field("v", {"h": values[-1]}), source=source))
    return values[:0:-1]
