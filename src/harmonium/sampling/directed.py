"""Upward and downward passes through a stack of graphs with groups "v" and "h".

A pass uses one conditional of each graph, so it is directed: a layer depends only on the one
before it.
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
    r"""Values of every "h", lowest first: :math:`h_k \sim p_k(h \mid v = h_{k-1})`.

    Args:
        graphs: the stack, lowest first.
        v: values of the lowest "v", ``(B, *shape)``.
        rule: ``sample`` for random values, ``mean`` for means of means.
        source: random generator.

    Returns:
        One tensor ``(B, *shape)`` per graph.
    """
    values = [v]
    for g in graphs:
        values.append(rule(g.units["h"], g.field("h", {"v": values[-1]}), source=source))
    return values[1:]


@torch.no_grad()
def descend(
    graphs: Sequence[Graph], h: Tensor, *, rule: Rule = sample, source: Source = None
) -> list[Tensor]:
    r"""Values of every "v", lowest first: :math:`v_k \sim p_k(v \mid h = v_{k+1})`.

    Args:
        graphs: the stack, lowest first.
        h: values of the highest "h", ``(B, *shape)``.
        rule: ``sample`` for ancestral sampling.
        source: random generator.

    Returns:
        One tensor ``(B, *shape)`` per graph.
    """
    values = [h]
    for g in reversed(graphs):
        values.append(rule(g.units["v"], g.field("v", {"h": values[-1]}), source=source))
    return values[:0:-1]
