r"""The gradient of the log-likelihood in closed form: differences of expected statistics.

No autograd over a batch is needed. The gradient of a connection is its ``correlate``. The gradient
of a family is the difference of its moments, mapped from theta to the parameters by autograd of
``theta()``, which has small tensors only. Both are written to ``.grad`` with the sign for descent
by a ``torch.optim`` optimiser.
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
    (``exact.phase``) the gradient is exact. The gradients of groups that share their units, and of
    edges that share their connection (tied copies), are summed.

    Args:
        graph: the machine.
        data: the data's phase.
        model: the model's phase.
        geometry: centring and scaling of the gradient (``learning.geometry``), which speed up
            learning and do not change the optimum; None: the plain gradient.
        penalties: penalties to add, in this order.
    """
    weights = torch.cat([-data.weights, model.weights])
    rows: dict[str, Tensor] = {}
    slopes: dict[str, list[Tensor]] = {}
    for name in graph.units:
        data_moments, model_moments = data.moments(graph, name), model.moments(graph, name)
        first = data_moments[0]
        for penalty in penalties:
            if (pull := penalty.pull(name, first, weights=data.weights)) is not None:
                first = first + _together(graph.units[name], pull)
        pairs = zip((first, *data_moments[1:]), model_moments, strict=True)
        both = [torch.cat(pair) for pair in pairs]
        slopes[name] = [expected(weights, t) for t in both]
        rows[name] = both[0] if geometry is None else geometry.place(graph, name, x=both[0])
    of_edges: dict[Edge, dict[str, Tensor]] = {}
    written: set[int] = set()  # gradients of shared parameters are summed
    for e in graph.edges:
        grads = e.connection.correlate(rows[e.source], rows[e.target], weights=weights)
        own = {k: (e.connection.get_parameter(k), g) for k, g in grads.items()}
        of_edges[e] = {k: _written(p, g, written=written) for k, (p, g) in own.items()}
    for penalty in penalties:
        penalty.add(graph)
    if geometry is not None:  # after the penalties, whose gradients change the mean fields too
        geometry.bend(graph, slopes, edge_gradients=of_edges)
    for name, units in graph.units.items():
        _pull_back(units, slopes[name], written=written)


def _together(units: Units, pull: Tensor) -> Tensor:
    """The pull of a penalty on a group, averaged over units that share a bias.

    The target of a feature map is one for all of its places, some of which are active more often.
    """
    axes = [axis - len(units.shape) for axis in units.tied]
    return pull.mean(axes, keepdim=True).expand_as(pull) if axes else pull


def _pull_back(units: Units, slopes: Sequence[Tensor], *, written: set[int]) -> None:
    """Maps gradients with respect to theta to the family's unconstrained parameters phi."""
    parameters = list(units.parameters())
    with torch.inference_mode(mode=False), torch.enable_grad():
        theta = units.theta()
    grads: Sequence[Tensor] = [s.sum_to_size(t.shape) for s, t in zip(slopes, theta, strict=True)]
    if [*map(id, theta)] != [*map(id, parameters)]:  # else theta and phi are the same tensors
        parameters = [p for p in parameters if p.requires_grad]
        learned = [k for k, t in enumerate(theta) if t.requires_grad]
        ends, grads = [theta[k] for k in learned], [grads[k] for k in learned]
        grads = torch.autograd.grad(ends, parameters, grads) if parameters else []
    for parameter, grad in zip(parameters, grads, strict=True):
        _written(parameter, grad, written=written)


def _written(parameter: Tensor, grad: Tensor, *, written: set[int]) -> Tensor:
    """Writes ``.grad`` and returns it; adds to it if the parameter was written to before.

    A frozen parameter (``requires_grad`` False) gets no gradient, so that no optimiser moves it.
    """
    if not parameter.requires_grad:
        return grad
    if parameter.grad is None:
        parameter.grad = grad.clone()
    elif id(parameter) in written:
        parameter.grad.add_(grad)
    else:
        parameter.grad.copy_(grad)
    written.add(id(parameter))
    return parameter.grad
