r"""Pseudo-likelihood: how well every unit is predicted by all others; no log Z is needed.

.. math:: \sum_i \log p(x_i \mid x_{-i})

the *sum* over the units of a group, in nats (Besag, 1975, https://doi.org/10.2307/2987782). Hidden
groups are summed away exactly: changing one unit adds its column of weights to what they hear, so
that no product is computed anew. It judges and compares; it is no bound on the log-likelihood.
"""

import torch
from torch import Tensor

from harmonium.graph import Graph, Scale, State, View, scaled
from harmonium.random import Source
from harmonium.units import Bernoulli, Categorical, Spin, Units

__all__ = ["pseudo_likelihood"]

_CHUNK = 2**22
"""Numbers (rows x units x states x hidden units) that are worked on at once."""


@torch.no_grad()
def pseudo_likelihood(
    graph: Graph,
    seen: State,
    *,
    name: str = "v",
    stochastic: bool = False,
    source: Source = None,
) -> Tensor:
    """The sum over a group's units of log p(unit | the others seen), in nats, ``(B,)``, float64.

    Args:
        graph: a machine or view.
        seen: name -> ``(B, *shape)``, the group among them; groups left out are summed away.
        name: a group of binary or categorical units whose values are states, not means.
        stochastic: one unit per row, drawn evenly, times their number: unbiased, and as many
            times quicker.
        source: of the units that are drawn.

    Raises:
        ValueError: another family; values that are no states; groups to be summed away that are
            connected.
    """
    graph.known([name, *seen])
    units, x = graph.units[name], seen[name]
    options = _options(units)
    n, d = x[0].numel() // options.shape[1], options.shape[1]
    values = x.reshape(len(x), n, d)
    match = (values[:, :, None] == options).all(3)
    if not bool((match.sum(2) == 1).all()):
        raise ValueError(
            f"group {name!r} holds values that are no states of its units: draw binary data "
            "from grey values first"
        )
    out = [m for m in graph.units if m not in seen]
    if tuple(out) not in set(graph.summable()):
        raise ValueError(f"groups {out} are connected, so they cannot be summed away: give some")
    nothing = {m: x.new_zeros(len(x), *graph.units[m].shape) for m in out}
    kept = [  # affine ones say something even to hidden units at zero
        e
        for e in graph.edges
        if not e.connection.linear or (e.source in seen and e.target in seen)
    ]
    said = View(graph.units, kept, graph.extras).field(name, {**seen, **nothing})
    own = units.natural()[0] + said
    own = own.reshape(len(x), n, d)
    heard = {m: (graph.field(m, seen), *_columns(graph, name, to=m, d=d)) for m in out}
    if stochastic:
        pick = torch.randint(n, (len(x), 1), generator=source, device=x.device)
    else:
        pick = torch.arange(n, device=x.device).expand(len(x), n)
    width = len(x) * len(options) * sum(graph.units[m].shape.numel() for m in out)
    row = torch.arange(len(x), device=x.device)[:, None]
    total = x.new_zeros(len(x), dtype=torch.float64)
    for part in pick.split(max(1, _CHUNK // max(1, width)), 1):
        scores = (own[row, part] @ options.mT).double()
        change = options - values[row, part][:, :, None]  # (rows, units, states, numbers)
        for m, (fields, columns, scale) in heard.items():
            moved = scaled(change @ columns[part], scale)
            new = fields.flatten(1)[:, None, None] + moved
            parts = graph.units[m].log_partition(new.reshape(-1, *graph.units[m].shape))
            scores += parts.reshape(scores.shape).double()
        log_p = torch.log_softmax(scores, 2)
        total += (log_p * match[row, part]).sum((1, 2))
    return total * n if stochastic else total


def _columns(graph: Graph, name: str, *, to: str, d: int) -> tuple[Tensor, Scale]:
    """What each number of a group adds to another's fields, ``(units, d, other's units)``."""
    units = graph.units[name]
    eye = torch.eye(units.shape.numel(), dtype=units.bias.dtype, device=units.bias.device)
    rows = torch.cat([eye, eye[:1] * 0]).unflatten(1, units.shape)
    for e in graph.edges:
        if {e.source, e.target} == {name, to}:
            sent = e.connection(rows) if e.target == to else e.connection.adjoint(rows)
            columns = sent[:-1] - sent[-1:]
            return columns.reshape(len(eye) // d, d, -1), e.scale
    return eye.new_zeros(len(eye) // d, d, graph.units[to].shape.numel()), 1.0


def _options(units: Units) -> Tensor:
    """The states of one unit, ``(states, numbers per unit)``."""
    like = units.bias
    if isinstance(units, Bernoulli):
        return like.new_tensor([[0.0], [1.0]])
    if isinstance(units, Spin):
        return like.new_tensor([[-1.0], [1.0]])
    if isinstance(units, Categorical):
        return torch.eye(units.shape[-1], dtype=like.dtype, device=like.device)
    raise ValueError(
        f"{type(units).__name__} units: a pseudo-likelihood needs Bernoulli, Spin or Categorical"
    )
