"""Exact conditional distributions, by enumeration of the states of one small group."""

import torch
from torch import Tensor

from harmonium.errors import UsageError
from harmonium.graph import Graph, State, View
from harmonium.sampling.phase import Phase
from harmonium.sampling.views import clamped

__all__ = ["expectations", "log_conditional", "log_marginal", "posterior"]

_ROWS = 1000
"""Rows that are evaluated, for every state, at once."""


def log_conditional(graph: Graph, name: str, *, given: State) -> Tensor:
    r"""log p(x | given) of every state x of a group, with the other groups summed out.

    .. math:: \log p(x \mid g) = -F(x, g) - \log \sum_{x'} e^{-F(x', g)}

    For the label group of a classification RBM these are the exact class probabilities. No log Z
    is needed, and the fields of the given values are computed once per row, whatever the number of
    states. Differentiable by autograd.

    Args:
        graph: a machine or view.
        name: a group whose states can be enumerated.
        given: name -> ``(B, *shape)``; all other groups but ``name`` are summed out.

    Returns:
        nats, ``(B, states)``, in the order of ``graph.units[name].states()``.

    Raises:
        ValueError: the states cannot be enumerated, or groups to be summed out are connected.
    """
    return torch.log_softmax(_log_joint(graph, name, given=given), 1)


def log_marginal(graph: Graph, name: str, *, given: State) -> Tensor:
    r"""log p(given) + log Z = :math:`\log \sum_x e^{-F(x, g)}` in nats, ``(B,)``.

    Args:
        graph: a machine or view.
        name: a group whose states are enumerated; the groups that are then left must not be
            connected.
        given: name -> ``(B, *shape)``; every other group is summed out.

    Raises:
        ValueError: the states cannot be enumerated, or groups to be summed out are connected.
    """
    return torch.logsumexp(_log_joint(graph, name, given=given), 1)


def _log_joint(graph: Graph, name: str, *, given: State) -> Tensor:
    """Minus the free energy of every state with the given values, ``(B, states)``."""
    rows = len(next(iter(given.values()), ()))
    if rows > _ROWS and _alike(graph):
        parts = zip(*(x.split(_ROWS) for x in given.values()), strict=True)
        several = (dict(zip(given, part, strict=True)) for part in parts)
        return torch.cat([_log_joint(graph, name, given=part) for part in several])
    graph.known([name, *given])
    states = graph.units[name].states()
    if states is None or name in given:
        raise UsageError(
            f"group {name!r} is {'given' if name in given else 'continuous'}: "
            "name a group whose states can be enumerated"
        )
    rest = clamped(graph, given)
    out = [n for n in rest.units if n != name]
    times = len(states)
    every = _repeated(rest, times)
    x = states.detach().repeat(rows, *[1] * (states.ndim - 1))
    return -every.potential({name: x}, out).reshape(rows, times)


def posterior(graph: Graph, name: str, *, given: State) -> Phase:
    r"""The posterior given some groups, as rows with weights :math:`p(x \mid g) / B`.

    Each row combines given values with one state of a small group; the other groups are
    represented by their fields. As the data's side of a learning rule this is exact when the group
    is not observed, such as a missing label.

    Args:
        graph: a machine or view.
        name: a group whose states can be enumerated.
        given: name -> ``(B, *shape)``.

    Returns:
        ``(B * states)`` rows, all states of the first row first; the weights sum to 1.

    Raises:
        ValueError: the states cannot be enumerated, or other groups that are not given are
            connected.
    """
    log_p = log_conditional(graph, name, given=given)
    rows, times = log_p.shape
    states = graph.units[name].states()
    assert states is not None  # log_conditional has enumerated them
    values = {n: x.repeat_interleave(times, 0) for n, x in given.items()}
    values[name] = states.detach().repeat(rows, *[1] * (states.ndim - 1))
    fields = {n: graph.field(n, values) for n in graph.units if n not in values}
    return Phase(values, fields, log_p.exp().flatten() / rows)


@torch.no_grad()
def expectations(graph: Graph, name: str, *, given: State) -> dict[str, Tensor]:
    """Exact means of all groups that are not given, name -> ``(B, *shape)``.

    Args:
        graph: a machine or view.
        name: a group whose states are enumerated; the groups that are then left must not be
            connected.
        given: name -> ``(B, *shape)``.
    """
    phase = posterior(graph, name, given=given)
    rows = len(next(iter(given.values())))
    share = phase.weights.reshape(rows, 1, -1) * rows
    means = {}
    for n, units in graph.units.items():
        if n not in given:
            mean = phase.moments(graph, n)[0].reshape(rows, share.shape[2], -1)
            means[n] = (share @ mean).reshape(rows, *units.shape)
    return means


def _alike(graph: Graph) -> bool:
    """Whether every row has the same energy function, so that rows can be split into batches."""
    numbers = (graph.constant, *(e.scale for e in graph.edges))
    return not graph.extras and not any(isinstance(x, Tensor) for x in numbers)


def _repeated(view: View, times: int) -> View:
    """A clamped view with the part of every row repeated, the copies of a row side by side."""

    def many(x: float | Tensor, *, ndim: int = 0) -> float | Tensor:
        by_row = isinstance(x, Tensor) and x.ndim > ndim and len(x) > 1
        return x.repeat_interleave(times, 0) if by_row else x  # type: ignore[union-attr]

    edges = [type(e)(e.source, e.target, e.connection, many(e.scale)) for e in view.edges]
    shapes = {n: u.shape for n, u in view.units.items()}
    extras = {n: many(x, ndim=len(shapes[n])) for n, x in view.extras.items()}
    return View(view.units, edges, extras, many(view.constant))  # type: ignore[arg-type]
