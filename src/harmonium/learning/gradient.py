r"""The learning gradient, in closed form: differences of expected statistics, never autograd over
a batch.

A connection's gradient is its ``correlate``; a family's is the difference of its moments, pulled
back through ``theta()`` by autograd of those few small tensors. Both are written to ``.grad`` with
the sign that a ``torch.optim`` optimiser expects (it descends).
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from harmonium.graph import EnergyGraph
from harmonium.learning.geometry import Offsets, biases_from_centred
from harmonium.learning.penalties import Penalty
from harmonium.sampling import Phase
from harmonium.units import Units

__all__ = ["gradient"]


@torch.no_grad()
def gradient(
    graph: EnergyGraph,
    data: Phase,
    *,
    model: Phase,
    offsets: Offsets | None = None,
    penalties: Sequence[Penalty] = (),
) -> None:
    """Writes the gradient of the mean negative log-likelihood (nats per sample) into ``.grad``.

    Data and model rows share one product per connection. With enumerated phases
    (``exact.phase``) this is the exact gradient.

    Args:
        graph: the machine.
        data: the data's phase.
        model: the model's phase.
        offsets: centre the gradient at these values (``learning.geometry``); the optimum is the
            same, the way there is better.
        penalties: added in turn.
    """
    weights = torch.cat([-data.weights, model.weights])
    rows: dict[str, Tensor] = {}
    slopes: dict[str, list[Tensor]] = {}
    for name in graph.units:
        seen, dreamt = data.moments(graph, name), model.moments(graph, name)
        first = seen[0]
        for penalty in penalties:
            if (pull := penalty.pull(name, first, weights=data.weights)) is not None:
                first = first + pull
        seen = (first, *seen[1:])
        both = [torch.cat(pair) for pair in zip(seen, dreamt, strict=True)]
        slopes[name] = [torch.tensordot(weights, t, 1) for t in both]
        rows[name] = both[0] if offsets is None else both[0] - offsets[name]
    found = {}
    for e in graph.edges:
        found[e] = e.connection.correlate(rows[e.source], rows[e.target], weights=weights)
    if offsets is not None:
        biases_from_centred(found, slopes, offsets)
    for e, grads in found.items():
        for parameter, grad in grads.items():
            _write(e.connection.get_parameter(parameter), grad)
    for name, units in graph.units.items():
        _pull_back(units, slopes[name])
    for penalty in penalties:
        penalty.add(graph)


def _pull_back(units: Units, slopes: Sequence[Tensor]) -> None:
    """From d/dtheta to d/dphi, the family's unconstrained parameters."""
    named = dict(units.named_parameters())
    with torch.enable_grad():
        theta = units.theta()
    cotangents = [s.sum_to_size(t.shape) for s, t in zip(slopes, theta, strict=True)]
    grads = torch.autograd.grad(theta, list(named.values()), cotangents)
    for parameter, grad in zip(named.values(), grads, strict=True):
        _write(parameter, grad)


def _write(parameter: Tensor, grad: Tensor) -> None:
    if parameter.grad is None:
        parameter.grad = grad.clone()
    else:
        parameter.grad.copy_(grad)


