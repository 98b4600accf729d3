"""The exact conditional of one small group, every other one given or summed away."""

import torch
from torch import Tensor

from harmonium.graph import Graph, State, View
from harmonium.sampling.views import clamped

__all__ = ["log_conditional", "log_joint"]


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
    return torch.log_softmax(log_joint(graph, name, given=given), 1)


def log_joint(graph: Graph, name: str, *, given: State) -> Tensor:
    r"""-F(x, given) of every state x of a group: the logarithm of p(x, given) up to log Z.

    Its logsumexp over the states is the unnormalised log p(given), exact where that group and
    another free one are connected and cannot both be summed away in closed form.

    Args, shapes and errors are those of ``log_conditional``.
    """
    graph.known([name, *given])
    states = graph.units[name].states()
    if states is None or name in given:
        raise ValueError(
            f"group {name!r} is {'given' if name in given else 'a continuum'}: "
            "ask for a group whose states can be listed"
        )
    rest = clamped(graph, given)
    out = [n for n in rest.units if n != name]
    rows, times = len(next(iter(given.values()))), len(states)
    every = _repeated(rest, times)
    x = states.detach().repeat(rows, *[1] * (states.ndim - 1))
    return -every.free_energy({name: x}, out).reshape(rows, times)


def _repeated(view: View, times: int) -> View:
    """Every row's part of a clamped view so many times in a row."""

    def many(x: float | Tensor, *, ndim: int = 0) -> float | Tensor:
        by_row = isinstance(x, Tensor) and x.ndim > ndim and len(x) > 1
        return x.repeat_interleave(times, 0) if by_row else x  # type: ignore[union-attr]

    edges = [type(e)(e.source, e.target, e.connection, many(e.scale)) for e in view.edges]
    shapes = {n: u.shape for n, u in view.units.items()}
    extras = {n: many(x, ndim=len(shapes[n])) for n, x in view.extras.items()}
    return View(view.units, edges, extras, many(view.constant))  # type: ignore[arg-type]
