r"""Exact results for small graphs by enumeration, the reference for samplers and learning rules.

As many groups as possible are summed out in closed form (continuous ones must be); the states of
the others are enumerated. All sums are in float64 on the log scale.
"""

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import Size
from harmonium.errors import UsageError
from harmonium.graph import Graph, State
from harmonium.random import Source
from harmonium.sampling.phase import Phase, uniform_weights
from harmonium.sampling.views import clamped
from harmonium.units.base import MAX_STATES

__all__ = [
    "distribution",
    "draw",
    "enumerable",
    "log_partition",
    "log_partitions",
    "log_prob",
    "moments",
    "phase",
    "quick",
]

_CHUNK = 2**24
"""Numbers (states x units) that are held in memory at once."""

_WORK = 2**27
"""Numbers (states x units) that take a second or two to compute."""


def _refuse_many(graph: Graph) -> None:
    """Raises ValueError for a view that differs between rows: it has no single log Z."""
    parts = [graph.constant, *(e.scale for e in graph.edges)]
    parts += [x for n, x in graph.extras.items() if x.ndim > len(graph.units[n].shape)]
    if any(isinstance(x, Tensor) and x.ndim and len(x) > 1 for x in parts):
        raise UsageError(
            "this view differs between rows, so it has one distribution per row: "
            "enumerate the rows one at a time, or give them to `hold`"
        )


def _plan(graph: Graph) -> tuple[tuple[str, ...], dict[str, int]]:
    """The groups to sum in closed form, and the number of states of each other group."""
    _refuse_many(graph)
    graph.check_proper()
    counts = {name: units.count() for name, units in graph.units.items()}
    best: tuple[float, tuple[str, ...]] | None = None
    for out in graph.summable():
        listed = [counts[n] for n in graph.units if n not in out]
        if all(c is not None for c in listed):
            cost = sum(math.log(c) for c in listed if c)
            if best is None or cost < best[0]:
                best = cost, out
    if best is None:
        raise UsageError(
            "continuous groups that are connected with each other cannot be enumerated; "
            "use harmonium.ais"
        )
    if best[0] > math.log(MAX_STATES) + 1e-9:
        raise UsageError(
            f"about 10^{best[0] / math.log(10):.0f} states are too many to enumerate "
            f"(at most {MAX_STATES}); use harmonium.ais"
        )
    return best[1], {n: c for n, c in counts.items() if n not in best[1] and c}


def enumerable(graph: Graph) -> bool:
    """Whether the functions of this module accept the graph."""
    try:
        _plan(graph)
    except ValueError:
        return False
    return True


def quick(graph: Graph) -> bool:
    """Whether ``log_partition`` takes seconds at most."""
    counts = [c for u in graph.units.values() if (c := u.count()) is not None]
    width = sum(u.shape.numel() for u in graph.units.values())
    return enumerable(graph) and min(counts) * width <= _WORK


def _listed(graph: Graph, counts: Mapping[str, int]) -> "_States":
    return _States({n: graph.units[n].states() for n in counts})


class _States:
    """The joint states of some groups, generated in slices."""

    def __init__(self, lists: Mapping[str, Tensor | None]) -> None:
        self.lists = {n: s for n, s in lists.items() if s is not None}
        self.total = math.prod(len(s) for s in self.lists.values())

    def __getitem__(self, piece: slice) -> State:
        first = next(iter(self.lists.values()), None)
        device = None if first is None else first.device
        index = torch.arange(piece.start, min(piece.stop, self.total), device=device)
        state = {}
        for name, states in reversed(self.lists.items()):
            state[name] = states[index % len(states)]
            index = index // len(states)
        return state


@torch.no_grad()
def _log_weights(graph: Graph) -> tuple[tuple[str, ...], _States, Tensor]:
    """The groups summed out, the states of the others, and their unnormalised log-probability."""
    out, counts = _plan(graph)
    states = _listed(graph, counts)
    width = sum(u.shape.numel() for u in graph.units.values())
    step = max(1, _CHUNK // width)
    parts = [
        -graph.potential(states[slice(at, at + step)], out).double()
        for at in range(0, states.total, step)
    ]
    return out, states, torch.cat(parts)


def log_partition(graph: Graph) -> Tensor:
    """log Z in nats, a float64 scalar.

    Raises:
        ValueError: there are too many states.

    >>> from harmonium import rbm
    >>> graph = rbm(3, 2, std=0.0)  # five independent fair bits
    >>> float(log_partition(graph)) / math.log(2)
    5.0
    """
    return torch.logsumexp(_log_weights(graph)[2], 0)


@torch.no_grad()
def log_partitions(graph: Graph, contexts: Tensor, *, name: str) -> Tensor:
    r"""log Z for several contexts of one group, such as lengths of documents, ``(L,)``, float64.

    A group whose context is a number n of independent draws has the log-partition function
    :math:`A(f; n) = n A(f; 1)`. So the other groups are enumerated once for all lengths:

    .. math:: \log Z(n) = \log \sum_s \exp(-E(s) + n A(f(s); 1))

    Where they have too many states, each context is enumerated alone (``log_partition``).

    Args:
        graph: a small machine, with any context.
        contexts: n, ``(L,)``.
        name: the group that takes the context.

    Raises:
        ValueError: there are too many states.
    """
    one = graph.given(**{name: contexts.new_ones(1)})
    counts = {n: u.count() for n, u in graph.units.items() if n != name}
    listed = {n: c for n, c in counts.items() if c is not None}
    width = sum(u.shape.numel() for u in graph.units.values())
    many = math.prod(listed.values())
    if len(listed) < len(counts) or many > MAX_STATES or many * width > _WORK:
        return torch.stack([log_partition(graph.given(**{name: n})) for n in contexts])
    graph.check_proper()
    states, rest, draws = _listed(graph, listed), [], []
    for at in range(0, states.total, max(1, _CHUNK // width)):
        state = states[slice(at, at + max(1, _CHUNK // width))]
        field = one.field(name, state)
        draws.append(one.units[name].log_partition(field).double())
        rest.append(-one.potential(state, (name,), fields={name: field}).double() - draws[-1])
    energy, each = torch.cat(rest), torch.cat(draws)
    return torch.stack([torch.logsumexp(energy + float(n) * each, 0) for n in contexts])


def log_prob(graph: Graph, state: State) -> Tensor:
    """log p of the given groups, with the others summed out, in nats, ``(B,)``, float64.

    It is -inf if a value is not a state; means of states, such as grey pixels, are not states. The
    other groups are summed in closed form if they are not connected, else enumerated row by row.

    Args:
        graph: a small machine or view.
        state: name -> ``(B, *shape)``.

    Raises:
        ValueError: the state is empty or does not fit, or there are too many states.
    """
    graph.check(state)
    if not state:
        raise UsageError(f"no values are given; there are groups {[*graph.units]}")
    log_z = log_partition(graph)
    wrong = torch.stack([graph.units[n].outside(x, means=False) for n, x in state.items()]).any(0)
    free = tuple(n for n in graph.units if n not in state)
    if free in graph.summable():
        with torch.no_grad():
            return torch.where(wrong, -torch.inf, -graph.potential(state, free).double() - log_z)
    rows = [
        log_partition(clamped(graph, {n: x[i : i + 1] for n, x in state.items()}))
        for i in range(len(next(iter(state.values()))))
    ]
    return torch.where(wrong, -torch.inf, torch.stack(rows) - log_z)


def distribution(graph: Graph) -> tuple[State, Tensor]:
    """Every joint state of a graph, name -> ``(S, *shape)``, with its probability.

    Probabilities are ``(S,)``, float64.

    Raises:
        ValueError: a group is continuous, or there are too many states.
    """
    _refuse_many(graph)
    graph.check_proper()
    counts = {name: units.count() for name, units in graph.units.items()}
    endless = [name for name, c in counts.items() if c is None]
    if endless or math.prod(c for c in counts.values() if c) > MAX_STATES:
        raise UsageError(
            f"cannot list the states of {endless or [*counts]}: they are continuous or more than "
            f"{MAX_STATES}; use log_partition or moments instead"
        )
    states = _listed(graph, {n: c for n, c in counts.items() if c})
    everything = states[slice(0, states.total)]
    with torch.no_grad():
        return everything, torch.softmax(-graph.potential(everything, ()).double(), 0)


@checked
def draw(graph: Graph, n: Size, *, source: Source = None) -> State:
    """n exact, independent samples of every group, name -> ``(n, *shape)``.

    Raises:
        ValueError: there are too many states.
    """
    out, states, log_w = _log_weights(graph)
    p = torch.softmax(log_w, 0)
    # the inverse of the distribution function: torch.multinomial is limited to 2^24 categories
    u = torch.rand(n, generator=source, dtype=p.dtype, device=p.device)
    picks = torch.searchsorted(p.cumsum(0), u).clamp(max=len(p) - 1)
    listed = states[slice(0, states.total)]
    state = {name: values[picks] for name, values in listed.items()}
    with torch.no_grad():
        fields = {m: graph.field(m, state) for m in out}
        rows = {m: f.expand(n, *f.shape[1:]) for m, f in fields.items()}  # from 1 if none listed
        drawn = {m: graph.units[m].sample(f, source) for m, f in rows.items()}
    return {name: {**state, **drawn}[name] for name in graph.units}


@torch.no_grad()
def phase(graph: Graph, *, hold: State | None = None) -> Phase:
    """The model's exact distribution as a phase; with ``hold``, the posterior given each row.

    With exact phases for data and model, ``learning.gradient`` is the exact gradient of the mean
    log-likelihood.

    Args:
        graph: a small machine or view.
        hold: observed groups, name -> ``(B, *shape)``.

    Raises:
        ValueError: there are too many states.
    """
    if not hold:
        out, states, log_w = _log_weights(graph)
        listed = states[slice(0, states.total)]
        fields = {name: graph.field(name, listed) for name in out}
        return Phase(listed, fields, torch.softmax(log_w, 0).to(_dtype(graph)))
    rows = len(next(iter(hold.values())))
    if set(hold) == set(graph.units):
        return Phase(hold, {}, uniform_weights(rows, next(iter(hold.values()))))
    pieces = [_observed(graph, {n: x[i : i + 1] for n, x in hold.items()}) for i in range(rows)]
    return _stacked(pieces, [1 / rows] * rows)


def _observed(graph: Graph, row: State) -> Phase:
    inner = phase(clamped(graph, row))
    n = len(inner.weights)
    held = {name: x.expand(n, *x.shape[1:]) for name, x in row.items()}
    fields = {name: f.expand(n, *f.shape[1:]) for name, f in inner.fields.items()}
    return Phase({**inner.values, **held}, fields, inner.weights)


def _stacked(phases: Sequence[Phase], shares: Sequence[float]) -> Phase:
    def joined(parts: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
        return {name: torch.cat([p[name] for p in parts]) for name in parts[0]}

    weights = torch.cat([p.weights * share for p, share in zip(phases, shares, strict=True)])
    return Phase(joined([p.values for p in phases]), joined([p.fields for p in phases]), weights)


def moments(graph: Graph) -> dict[str, tuple[Tensor, ...]]:
    """E[T] of every group under the model: name -> one tensor ``(*shape)`` per statistic."""
    exact = phase(graph)
    with torch.no_grad():
        return {
            name: tuple(torch.tensordot(exact.weights, m, 1) for m in exact.moments(graph, name))
            for name in graph.units
        }


def _dtype(graph: Graph) -> torch.dtype:
    return next(iter(graph.units.values())).bias.dtype
