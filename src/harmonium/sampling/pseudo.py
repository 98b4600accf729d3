r"""The pseudo-likelihood: every observed unit given the other observed units.

.. math:: \mathrm{PL}(x) = \sum_i \log p(x_i \mid x_{\setminus i}), \qquad
          p(x_i = s \mid x_{\setminus i}) \propto
          \exp\Big( -U_i(s) + g_i \cdot s + \sum_h A_h\big(f_h + W_{hi} (s - x_i)\big) \Big)

with :math:`g` the field from observed groups and :math:`f_h` the fields of the hidden groups,
which are summed out. The :math:`f_h` are computed once and then corrected for each unit, so a row
takes (units x states x hidden units) operations. No partition function is needed (Besag, 1975,
https://doi.org/10.2307/2987782). The result, a sum over units in nats per row, is not a
log-likelihood: compare it only with other pseudo-likelihoods.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.connections.matrix import matrix
from harmonium.errors import UsageError
from harmonium.graph import Edge, Graph, Scale, State, View
from harmonium.random import Source
from harmonium.units import Units

__all__ = ["pseudo_log_likelihood"]


@checked
@torch.no_grad()
def pseudo_log_likelihood(
    graph: Graph, state: State, *, units: Count | None = None, source: Source = None
) -> Tensor:
    """The log pseudo-likelihood, sum of log p(unit | other observed units), ``(B,)``, float64.

    In nats per row. Needs memory for (rows x states of a unit x hidden units) numbers.

    Args:
        graph: a machine or view.
        state: the observed groups, name -> ``(B, *shape)``; states, not means (no grey pixels).
        units: number of units to draw and evaluate; their sum is scaled up, which is unbiased.
            None: all units, exactly.
        source: random generator, for that draw.

    Raises:
        ValueError: the hidden groups cannot be summed out, a real-valued group has hidden
            neighbours (its conditional has no closed form), a whole group is one unit (counts), or
            a value is not a state.
    """
    graph.known(state)
    hidden = tuple(name for name in graph.units if name not in state)
    if set(hidden) not in [set(out) for out in graph.summable()]:
        raise UsageError(
            f"groups {list(hidden)} cannot all be summed out; observe more of them, or estimate "
            "the likelihood by harmonium.ais with `hold`"
        )
    count = {name: _number(graph.units[name], name) for name in state}
    total = sum(count.values())
    if units is not None and not 1 <= units <= total:
        raise UsageError(f"units is {units}; there are {total} to draw from, so 1 to {total}")
    device = next(iter(state.values())).device
    chosen = None
    if units is not None:
        chosen = torch.randperm(total, generator=source, device=device)[:units]
    at, sums = 0, []
    for name, n in count.items():
        rows = torch.arange(n, device=device)
        if chosen is not None:
            rows = chosen[(chosen >= at) & (chosen < at + n)] - at
        if len(rows):
            sums.append(_group(graph, name, state=state, hidden=hidden, rows=rows))
        at += n
    return torch.stack(sums).sum(0) * (1 if units is None else total / units)


def _number(u: Units, name: str) -> int:
    if u.takes_context:
        raise UsageError(
            f"group {name!r}: a group of {type(u).__name__} units is one unit, whose "
            "pseudo-likelihood is the likelihood; compute the likelihood instead"
        )
    return u.shape[: len(u.shape) - u.unit_axes].numel()


def _group(
    graph: Graph, name: str, *, state: State, hidden: Sequence[str], rows: Tensor
) -> Tensor:
    """The sum over units ``rows`` of one group, ``(B,)``, float64."""
    u, x = graph.units[name], state[name]
    last = len(u.shape) - u.unit_axes
    inside = [e for e in graph.edges if e.source in state and e.target in state]
    given = View(graph.units, inside, graph.extras).field(name, state)
    cut = [e for e in graph.edges if name in (e.source, e.target) and e not in inside]
    if not cut:  # no hidden neighbours: the conditional follows from the field, for any family
        flat, given = (t.reshape(len(x), -1, *u.shape[last:])[:, rows] for t in (x, given))
        return u.at(rows).log_prob(flat, given).double()
    if u.count() is None:
        raise UsageError(
            f"group {name!r}: {type(u).__name__} units have no closed conditional once hidden "
            "units are summed out; estimate the likelihood by harmonium.ais instead"
        )
    for e in cut:
        if not e.connection.linear:  # its field while the hidden group is zero
            other = e.target if e.source == name else e.source
            zero = {other: x.new_zeros(len(x), *graph.units[other].shape)}
            given = given + View(graph.units, [e]).field(name, zero)
    links = [_link(graph, e, name=name, state=state) for e in cut]
    flat, given = (t.reshape(len(x), -1, u.shape[last:].numel()) for t in (x, given))
    total = x.new_zeros(len(x), dtype=torch.float64)
    for i in rows.tolist():
        part = u.at(rows.new_tensor([i]))
        total += _conditional(part, i, x=flat[:, i], field=given[:, i], links=links)
    return total


class _Link(NamedTuple):
    units: Units
    field: Tensor  # of the hidden group, (B, hidden)
    weight: Tensor  # (units, numbers of one unit, hidden)
    scale: Scale


def _link(graph: Graph, e: Edge, *, name: str, state: State) -> _Link:
    other = e.target if e.source == name else e.source
    u = graph.units[name]
    to_hidden = matrix(e.connection).mT if e.source == name else matrix(e.connection)
    inner = u.shape[len(u.shape) - u.unit_axes :].numel()
    field = graph.field(other, state).flatten(1)
    weight = to_hidden.to(field).unflatten(0, (-1, inner))
    return _Link(graph.units[other], field, weight, e.scale)


def _conditional(
    part: Units, i: int, *, x: Tensor, field: Tensor, links: Sequence[_Link]
) -> Tensor:
    """log p of unit i given the others, ``(B,)``, float64; x and field are ``(B, numbers)``."""
    states = part.states()
    assert states is not None  # countable families only
    s = states.flatten(1)
    same = (x[:, None] == s).all(-1)
    if not bool(same.any(1).all()):
        raise UsageError(
            f"unit {i} of {type(part).__name__} units has values that are not states (grey "
            "values?): binarise the data, or draw states from it"
        )
    value = (field @ s.mT - part.energy(states)).double()
    for link in links:
        change = (s - x[:, None]) @ link.weight[i]
        scale = torch.as_tensor(link.scale, dtype=x.dtype, device=x.device).reshape(-1, 1, 1)
        fields = (
            (link.field[:, None] + scale * change).flatten(0, 1).unflatten(1, link.units.shape)
        )
        u, context = link.units, link.units.context
        if context is not None and context.numel() > 1:
            u = u.given(context.repeat_interleave(len(s)))
        value += u.log_partition(fields).double().reshape(value.shape)
    return value[same] - torch.logsumexp(value, 1)
