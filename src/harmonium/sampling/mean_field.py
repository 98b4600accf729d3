r"""Mean-field inference of the hidden groups, and the variational bound on the likelihood.

The posterior of the hidden groups is approximated by independent units,
:math:`q(h) = \prod_a p(h_a \mid f_a)`, each group with its own field. A sweep with the rule
``mean`` optimises one group after the other given the others. It never decreases the bound

.. math:: \log p(v) \ge \mathrm{E}_q[-E(v, h)] + H(q) - \log Z
          = \sum_{a\ hidden} \big( A_a(f_a) - f_a \cdot m_a \big) - \sum_{a\ observed} U_a(v_a)
            - \sum_{ab} E_{ab}(m_a, m_b) - \log Z

with :math:`m_a` the means (energies of connections are affine in each group, so their expectation
is the energy of the means). The bound is an equality if no two hidden groups are connected.
"""

from collections.abc import Mapping

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import NonNegative
from harmonium.errors import UsageError
from harmonium.graph import Graph, State, scaled
from harmonium.sampling.phase import Phase, uniform_weights
from harmonium.sampling.rules import mean
from harmonium.sampling.sweep import complete, swept
from harmonium.sampling.views import clamped

__all__ = ["bound", "mean_field"]


@checked
@torch.no_grad()
def mean_field(
    graph: Graph,
    seen: State,
    *,
    tolerance: NonNegative = 1e-4,
    cap: int = 50,
    damping: float = 0.0,
) -> Phase:
    """Mean-field inference: iterates the fields of the hidden groups to a fixed point.

    Args:
        graph: a machine or view.
        seen: the observed groups, name -> ``(B, *shape)``.
        tolerance: stop when no mean changes by more in a sweep.
        cap: maximum number of sweeps.
        damping: the fraction of the old means that each sweep keeps, in [0, 1); for graphs on
            which the sweeps oscillate, such as those with strong lateral weights.

    Returns:
        A phase with equal weights, the observed values, and a field for every hidden group.

    Raises:
        ValueError: damping outside [0, 1), or cap below 1.
    """
    if not 0 <= damping < 1 or cap < 1:
        raise UsageError(f"damping {damping} must lie in [0, 1) and cap {cap} be at least 1")
    rows = next(iter(seen.values()))
    weights = uniform_weights(len(rows), rows)
    hidden = [name for name in graph.units if name not in seen]
    if not any(graph.neighbours(name) & set(hidden) for name in hidden):
        return Phase(seen, {name: graph.field(name, seen) for name in hidden}, weights)
    rest = clamped(graph, seen)  # the fields of the observed groups are computed once
    state = complete(rest, {}, rule=mean, rows=len(rows))
    fields: Mapping[str, Tensor] = {}
    for _ in range(cap):
        new, fields = swept(rest, state, rule=mean)
        moved = [torch.sub(new[n], state[n]).abs_().amax() for n in hidden]
        change = float(torch.stack(moved).amax())
        state = new if not damping else {n: new[n].lerp(state[n], damping) for n in hidden}
        if change <= tolerance:
            break
    if damping or len(fields) < len(hidden):  # then the means are not those of a single field
        fields = {}
        for name in hidden:
            fields[name] = rest.field(name, state)
            state = {**state, name: rest.units[name].mean(fields[name])}
    return Phase({**seen, **state}, fields, weights)


@torch.no_grad()
def bound(graph: Graph, data: Phase, *, log_z: Tensor | float) -> Tensor:
    """The variational lower bound on log p of the observed values, in nats, ``(B,)``, float64.

    Args:
        graph: the machine or view that the phase was computed for.
        data: from ``mean_field``: groups with a field are hidden, the others observed.
        log_z: log Z of the graph in nats; its error is also an error of the bound.
    """
    total = -torch.as_tensor(graph.constant, dtype=torch.float64) - log_z
    means = {name: data.moments(graph, name)[0] for name in graph.units}
    for name, units in graph.units.items():
        if name in data.fields:
            f = data.fields[name]
            own = units.log_partition(f) - (f * means[name]).flatten(1).sum(1)
        else:
            own = -units.energy(means[name])
        if (extra := graph.extras.get(name)) is not None:
            own = own + (extra * means[name]).flatten(1).sum(1)
        total = total + own.double()
    for e in graph.edges:
        energy = e.connection.energy(means[e.source], means[e.target])
        total = total - scaled(energy, e.scale).double()
    return total
