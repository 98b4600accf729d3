r"""The learning gradient, in closed form: differences of expected statistics.

There is never autograd over a batch: a connection's gradient is its ``correlate``; a family's is
the difference of its moments, pulled back through ``theta()`` by autograd of those few small
tensors. Both are written to ``.grad`` with the sign that a ``torch.optim`` optimiser expects (it
descends).
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from harmonium.graph import Edge, EnergyGraph
from harmonium.learning.geometry import Geometry
from harmonium.learning.penalties import Penalty
from harmonium.sampling import Phase, expected
from harmonium.units import Units

__all__ = ["gradient"]


@torch.no_grad()
def gradient(
    graph: EnergyGraph,
    data: Phase,
    *,
    model: Phase,
    geometry: Geometry | None = None,
    penalties: Sequence[Penalty] = (),
) -> None:
    """Writes the gradient of the mean negative log-likelihood (nats per sample) into ``.grad``.

    Data and model rows share one product per connection. With enumerated phases
    (``exact.phase``) this is the exact gradient. Groups that share their units, and edges that
    share their connection (tied copies), add up.

    Args:
        graph: the machine.
        data: the data's phase.
        model: the model's phase.
        geometry: centre and scale it (``learning.geometry``): the optimum is the same, the way
            there is better. None: the plain gradient.
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
        slopes[name] = [expected(weights, t) for t in both]
        rows[name] = both[0] if geometry is None else geometry.place(graph, name, x=both[0])
    found: dict[Edge, dict[str, Tensor]] = {}
    written: set[int] = set()  # parameters that groups or edges share add up
    for e in graph.edges:
        grads = e.connection.correlate(rows[e.source], rows[e.target], weights=weights)
        own = {k: (e.connection.get_parameter(k), g) for k, g in grads.items()}
        found[e] = {k: _written(p, g, written=written) for k, (p, g) in own.items()}
    for penalty in penalties:
        penalty.add(graph)
    if geometry is not None:  # after the penalties: biases make up for them too
        geometry.bend(graph, slopes, found=found)
    for name, units in graph.units.items():
        _pull_back(units, slopes[name], written=written)


def _pull_back(units: Units, slopes: Sequence[Tensor], *, written: set[int]) -> None:
    """From d/dtheta to d/dphi, the family's unconstrained parameters."""
    parameters = list(units.parameters())
    with torch.inference_mode(mode=False), torch.enable_grad():
        theta = units.theta()
    grads: Sequence[Tensor] = [s.sum_to_size(t.shape) for s, t in zip(slopes, theta, strict=True)]
    if [*map(id, theta)] != [*map(id, parameters)]:  # else the parameters are natural already
        grads = torch.autograd.grad(theta, parameters, grads)
    for parameter, grad in zip(parameters, grads, strict=True):
        _written(parameter, grad, written=written)


def _written(parameter: Tensor, grad: Tensor, *, written: set[int]) -> Tensor:
    """The parameter's own ``.grad``, with these values, or these added if it was written to."""
    if parameter.grad is None:
        parameter.grad = grad.clone()
    elif id(parameter) in written:
        parameter.grad.add_(grad)
    else:
        parameter.grad.copy_(grad)
    written.add(id(parameter))
    return parameter.grad
