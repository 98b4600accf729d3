"""The exact conditional of one small group, and what follows from it for the others."""

import torch
from torch import Tensor

from harmonium.errors import UsageError
from harmonium.graph import Graph, State, View
from harmonium.sampling.phase import Phase
from harmonium.sampling.views import clamped

__all__ = ["expectations", "log_conditional", "log_marginal", "posterior"]

_ROWS = 1000
"""Rows whose fields, for every state, are in memory at once."""


def log_conditional(graph: Graph, name: str, *, given: State) -> Tensor:
    r"""log p(x | given) of every state x of a group, the other groups summed away.

    .. math:: \log p(x \mid g) = -F(x, g) - \log \sum_{x'} e^{-F(x', g)}

    Of a classification RBM with ``name`` the label group this is the exact class probability. The
    fields that the given values send are computed once per row, whatever the number of states; no
    log Z is needed. Differentiable by autograd.

    Args:
        graph: a machine or view.
        name: a group whose states can be listed.
        given: name -> ``(B, *shape)``; groups neither given nor asked for are summed away.

    Returns:
        nats, ``(B, states)``, in the order of ``graph.units[name].states()``.

    Raises:
        ValueError: the states cannot be listed, or groups to be summed away are connected.
    """
    return torch.log_softmax(_log_joint(graph, name, given=given), 1)


def log_marginal(graph: Graph, name: str, *, given: State) -> Tensor:
    r"""log p(given) + log Z, :math:`\log \sum_x e^{-F(x, g)}`, by listing one group, ``(B,)``.

    Args:
        graph: a machine or view.
        name: a group whose states can be listed; no two of the others may be connected.
        given: name -> ``(B, *shape)``; every other group is summed away.
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
            f"group {name!r} is {'given' if name in given else 'a continuum'}: "
            "ask for a group whose states can be listed"
        )
    rest = clamped(graph, given)
    out = [n for n in rest.units if n != name]
    times = len(states)
    every = _repeated(rest, times)
    x = states.detach().repeat(rows, *[1] * (states.ndim - 1))
    return -every.potential({name: x}, out).reshape(rows, times)


def posterior(graph: Graph, name: str, *, given: State) -> Phase:
    r"""The given values with every state of a small group, weighted by :math:`p(x \mid g) / B`.

    The other groups stand there by their fields. As the data's side of a learning rule this is
    exact where the group is not observed: labels that are missing, for one.

    Args:
        graph: a machine or view.
        name: a group whose states can be listed.
        given: name -> ``(B, *shape)``.

    Returns:
        ``(B * states)`` rows, the states of a row one after the other; weights sum to one.

    Raises:
        ValueError: the states cannot be listed, or other groups that are not given are connected.
    """
    log_p = log_conditional(graph, name, given=given)
    rows, times = log_p.shape
    states = graph.units[name].states()
    assert states is not None  # log_conditional has listed them
    values = {n: x.repeat_interleave(times, 0) for n, x in given.items()}
    values[name] = states.detach().repeat(rows, *[1] * (states.ndim - 1))
    fields = {n: graph.field(n, values) for n in graph.units if n not in values}
    return Phase(values, fields, log_p.exp().flatten() / rows)


@torch.no_grad()
def expectations(graph: Graph, name: str, *, given: State) -> dict[str, Tensor]:
    """Exact means of all groups that are not given, ``(B, *shape)``, by listing one of them.

    Args:
        graph: a machine or view.
        name: a group whose states can be listed; no two of the others may be connected.
        given: name -> ``(B, *shape)``.
    """
    phase = posterior(graph, name, given=given)
    rows = len(next(iter(given.values())))
    share = phase.weights.reshape(rows, 1, -1) * rows
    found = {}
    for n, units in graph.units.items():
        if n not in given:
            mean = phase.moments(graph, n)[0].reshape(rows, share.shape[2], -1)
            found[n] = (share @ mean).reshape(rows, *units.shape)
    return found


def _alike(graph: Graph) -> bool:
    """Whether every row has the same energy, so that rows can be taken some at a time."""
    numbers = (graph.constant, *(e.scale for e in graph.edges))
    return not graph.extras and not any(isinstance(x, Tensor) for x in numbers)


def _repeated(view: View, times: int) -> View:
    """Every row's part of a clamped view so many times in a row."""

    def many(x: float | Tensor, *, ndim: int = 0) -> float | Tensor:
        by_row = isinstance(x, Tensor) and x.ndim > ndim and len(x) > 1
        return x.repeat_interleave(times, 0) if by_row else x  # type: ignore[union-attr]

    edges = [type(e)(e.source, e.target, e.connection, many(e.scale)) for e in view.edges]
    shapes = {n: u.shape for n, u in view.units.items()}
    extras = {n: many(x, ndim=len(shapes[n])) for n, x in view.extras.items()}
    return View(view.units, edges, extras, many(view.constant))  # type: ignore[arg-type]
