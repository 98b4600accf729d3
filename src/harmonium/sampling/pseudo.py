r"""The pseudo-likelihood: every observed unit given all the others, hidden units summed away.

.. math:: \mathrm{PL}(x) = \sum_i \log p(x_i \mid x_{\setminus i}), \qquad
          p(x_i = s \mid x_{\setminus i}) \propto
          \exp\Big( -U_i(s) + g_i \cdot s + \sum_h A_h\big(f_h + W_{hi} (s - x_i)\big) \Big)

with :math:`g` what other observed groups say and :math:`f_h` the fields of the hidden groups,
which are computed once and then updated unit by unit: (units x states x hidden units) operations
per row. It needs no partition function (Besag, 1975, https://doi.org/10.2307/2987782). It is a sum
over units, in nats per row, and not a log-likelihood: compare it with pseudo-likelihoods only.
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
    """The sum over observed units of log p(unit | all other observed units), ``(B,)``, float64.

    Memory holds (rows x states of a unit x hidden units) numbers at once.

    Args:
        graph: a machine or view.
        state: name -> ``(B, *shape)``: the observed groups, whole states (bits, not grey).
        units: evaluate only so many, drawn for this call, and scale the sum up: unbiased. None:
            all of them, exactly.
        source: random numbers, for that draw.

    Raises:
        ValueError: the groups left out cannot be summed away, a real-valued group has hidden
            neighbours (its conditional has no closed form), a group is one unit as a whole
            (counts), or a value is no state.
    """
    graph.known(state)
    hidden = tuple(name for name in graph.units if name not in state)
    if set(hidden) not in [set(out) for out in graph.summable()]:
        raise UsageError(
            f"groups {list(hidden)} cannot all be summed away; observe more of them, or estimate "
            "the likelihood by harmonium.ais with `hold`"
        )
    count = {name: _number(graph.units[name], name) for name in state}
    total = sum(count.values())
    if units is not None and not 1 <= units <= total:
        raise UsageError(f"units is {units}; there are {total} to draw from, so 1 to {total}")
    device = next(iter(state.values())).device
    some = None
    if units is not None:
        some = torch.randperm(total, generator=source, device=device)[:units]
    at, found = 0, []
    for name, n in count.items():
        rows = torch.arange(n, device=device)
        if some is not None:
            rows = some[(some >= at) & (some < at + n)] - at
        if len(rows):
            found.append(_group(graph, name, state=state, hidden=hidden, rows=rows))
        at += n
    return torch.stack(found).sum(0) * (1 if units is None else total / units)


def _number(u: Units, name: str) -> int:
    if u.takes_context:
        raise UsageError(
            f"group {name!r}: {type(u).__name__} units are one unit as a whole, whose "
            "pseudo-likelihood is the likelihood; ask for that one"
        )
    return u.shape[: len(u.shape) - u.unit_axes].numel()


def _group(
    graph: Graph, name: str, *, state: State, hidden: Sequence[str], rows: Tensor
) -> Tensor:
    """The sum over these units of one group, ``(B,)``."""
    u, x = graph.units[name], state[name]
    last = len(u.shape) - u.unit_axes
    inside = [e for e in graph.edges if e.source in state and e.target in state]
    said = View(graph.units, inside, graph.extras).field(name, state)
    cut = [e for e in graph.edges if name in (e.source, e.target) and e not in inside]
    if not cut:  # the field says it all, for any family
        flat, said = (t.reshape(len(x), -1, *u.shape[last:])[:, rows] for t in (x, said))
        return u.at(rows).log_prob(flat, said).double()
    if u.count() is None:
        raise UsageError(
            f"group {name!r}: {type(u).__name__} units have no closed conditional once hidden "
            "units are summed away; estimate the likelihood by harmonium.ais instead"
        )
    for e in cut:
        if not e.connection.linear:  # what it says while the hidden end is zero
            other = e.target if e.source == name else e.source
            zero = {other: x.new_zeros(len(x), *graph.units[other].shape)}
            said = said + View(graph.units, [e]).field(name, zero)
    links = [_link(graph, e, name=name, state=state) for e in cut]
    flat, said = (t.reshape(len(x), -1, u.shape[last:].numel()) for t in (x, said))
    found = x.new_zeros(len(x), dtype=torch.float64)
    for i in rows.tolist():
        part = u.at(rows.new_tensor([i]))
        found += _conditional(part, i, x=flat[:, i], said=said[:, i], links=links)
    return found


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
    return _Link(graph.units[other], field, to_hidden.unflatten(0, (-1, inner)), e.scale)


def _conditional(
    part: Units, i: int, *, x: Tensor, said: Tensor, links: Sequence[_Link]
) -> Tensor:
    """log p of unit i, given the others, ``(B,)``, float64; x and said are ``(B, numbers)``."""
    states = part.states()
    assert states is not None  # countable families only
    s = states.flatten(1)
    same = (x[:, None] == s).all(-1)
    if not bool(same.any(1).all()):
        raise UsageError(
            f"unit {i} of {type(part).__name__} units has values that are no state of it (grey "
            "ones?): binarise the data, or draw states from it"
        )
    value = (said @ s.mT - part.energy(states)).double()
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
