r"""Effective couplings between the sites of a Potts machine, and the contacts that they predict.

With its hidden groups summed out, a machine of one-hot visible units is a distribution of
sequences with interactions of every order. Its best description by fields and pairwise couplings,
in the zero-sum gauge, is the projection of :math:`-F(v)` on functions of one and of two sites
under the uniform distribution of sequences:

.. math:: J_{ij}(a, b) = \mathrm{E}[-F | v_i = a, v_j = b] - \mathrm{E}[-F | v_i = a]
          - \mathrm{E}[-F | v_j = b] + \mathrm{E}[-F]

(Decelle, Gomez and Seoane, 2025, https://doi.org/10.21468/SciPostPhys.18.3.095). For a hidden
group with log-partition function A the expectation is that of :math:`A(f)`, where f is a sum over
many independent sites; the sites other than i and j are taken as a Gaussian of the same mean and
variance, and the expectation is computed by Gauss-Hermite quadrature. For Gaussian hidden units
A is quadratic and the result exact (the Hopfield-Potts model).
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from harmonium.connections.matrix import matrix
from harmonium.errors import UsageError
from harmonium.graph import EnergyGraph
from harmonium.units import Units

__all__ = ["Couplings", "contact_precision", "contact_scores", "effective_couplings"]

_NUMBERS = 2**22
"""Maximum number of fields of hidden units in memory at once."""


class Couplings(NamedTuple):
    r"""A Potts model: :math:`\log p(v) = \sum_i h_i(v_i) + \sum_{i<j} J_{ij}(v_i, v_j) + const`.

    Attributes:
        fields: h, ``(sites, states)``, nats.
        couplings: J, ``(sites, states, sites, states)``, symmetric, zero within a site, nats.
    """

    fields: Tensor
    couplings: Tensor


@torch.no_grad()
def effective_couplings(graph: EnergyGraph, *, nodes: int = 9) -> Couplings:
    """Effective fields and couplings of a machine in the zero-sum gauge, float64.

    Args:
        graph: a machine whose first group holds one-hot units ``(sites, states)``; no two of its
            other groups are connected.
        nodes: number of nodes of the quadrature.

    Raises:
        ValueError: the machine has other groups.
    """
    first, weights = _checked(graph)
    sites, states = graph.units[first].shape
    own = graph.units[first].bias.double().expand(sites, states)
    pairs = torch.triu_indices(sites, sites, 1).mT
    fields = own.clone()
    couplings = torch.zeros(sites, sites, states, states, dtype=torch.float64)
    for name, w in weights.items():
        each = states * states * nodes * len(w)
        for part in pairs.split(max(1, _NUMBERS // each)):
            i, j = part.mT
            couplings[i, j] += _both(graph, name, w=w, pairs=part, nodes=nodes).cpu()
        fields += _single(graph, name, w=w, nodes=nodes)
    couplings += couplings.permute(1, 0, 3, 2).clone()
    fields = fields - fields.mean(1, keepdim=True)
    return Couplings(fields.cpu(), couplings.permute(0, 2, 1, 3).contiguous())


def contact_scores(couplings: Tensor) -> Tensor:
    r"""Scores of pairs of sites, ``(sites, sites)``: Frobenius norms with the product correction.

    .. math:: S_{ij} = \lVert J_{ij} \rVert_F, \qquad
              S^{APC}_{ij} = S_{ij} - \frac{S_{i \cdot} S_{\cdot j}}{S_{\cdot \cdot}}

    with the means over the other sites (Dunn, Wahl and Gloor, 2008,
    https://doi.org/10.1093/bioinformatics/btm604; Ekeberg et al., 2013,
    https://doi.org/10.1103/PhysRevE.87.012707). The couplings must be in the zero-sum gauge.

    Args:
        couplings: ``(sites, states, sites, states)``.
    """
    norm = couplings.square().sum((1, 3)).sqrt()
    norm = (norm + norm.mT) / 2  # exactly symmetric: sums of equal terms differ by rounding
    norm = norm - norm.diagonal().diag()
    n = len(norm)
    mean = norm.sum(1) / (n - 1)
    scores = norm - torch.outer(mean, mean) / (norm.sum() / (n * (n - 1)))
    return scores - scores.diagonal().diag()


def contact_precision(scores: Tensor, contacts: Tensor, *, top: int, separation: int = 1) -> float:
    """Share of true contacts among the pairs of sites with the highest scores.

    Args:
        scores: ``(sites, sites)``, symmetric.
        contacts: ``(sites, sites)``, bool, symmetric.
        top: number of pairs.
        separation: minimum of |i - j|; nearer pairs are left out.

    >>> scores = torch.tensor([[0.0, 1.0, 3.0], [1.0, 0.0, 2.0], [3.0, 2.0, 0.0]])
    >>> contacts = torch.tensor([[0, 0, 1], [0, 0, 0], [1, 0, 0]]).bool()
    >>> contact_precision(scores, contacts, top=2)
    0.5
    """
    i, j = torch.triu_indices(len(scores), len(scores), separation)
    best = scores[i, j].argsort(descending=True, stable=True)[:top]
    return float(contacts[i, j][best].double().mean())


def _checked(graph: EnergyGraph) -> tuple[str, dict[str, Tensor]]:
    """The visible group, and the weights ``(hidden, sites, states)`` of every hidden group."""
    first, *hidden = graph.units
    units = graph.units[first]
    joined = {name: [e for e in graph.edges if name in (e.source, e.target)] for name in hidden}
    restricted = all(
        len(edges) == 1 and {edges[0].source, edges[0].target} == {first, name}
        for name, edges in joined.items()
    )
    if units.unit_axes != 1 or len(units.shape) != 2 or not restricted:
        raise UsageError(
            "couplings between sites are those of a machine of one-hot units (sites, states) and "
            "hidden groups that are joined to these only; this one has "
            f"{dict(graph.units.items())}"
        )
    weights = {}
    for name, (edge,) in joined.items():
        w = matrix(edge.connection)
        w = w if edge.source == first else w.mT
        weights[name] = w.double().reshape(len(w), *units.shape)
    return first, weights


def _both(graph: EnergyGraph, name: str, *, w: Tensor, pairs: Tensor, nodes: int) -> Tensor:
    """Couplings of pairs of sites through one hidden group, ``(pairs, states, states)``."""
    i, j = pairs.mT
    mean, variance = w.mean(2), w.var(2, correction=0)
    rest = mean.sum(1)[None] - mean[:, i].mT - mean[:, j].mT
    spread = (variance.sum(1)[None] - variance[:, i].mT - variance[:, j].mT).clamp(min=0).sqrt()
    x, weight = _quadrature(nodes, w)
    noise = rest[:, None] + spread[:, None] * x[:, None]  # (pairs, nodes, hidden)
    at_i, at_j = w[:, i].permute(1, 2, 0), w[:, j].permute(1, 2, 0)
    f = (at_i[:, :, None] + at_j[:, None])[:, :, :, None] + noise[:, None, None]
    value = (_log_partition(graph.units[name], f) * weight).sum(-1)
    return (
        value
        - value.mean(1, keepdim=True)
        - value.mean(2, keepdim=True)
        + value.mean((1, 2), keepdim=True)
    )


def _single(graph: EnergyGraph, name: str, *, w: Tensor, nodes: int) -> Tensor:
    """Fields of all sites through one hidden group, ``(sites, states)``."""
    mean, variance = w.mean(2), w.var(2, correction=0)
    rest = (mean.sum(1, keepdim=True) - mean).mT
    spread = (variance.sum(1, keepdim=True) - variance).clamp(min=0).sqrt().mT
    x, weight = _quadrature(nodes, w)
    noise = rest[:, None] + spread[:, None] * x[:, None]  # (sites, nodes, hidden)
    f = w.permute(1, 2, 0)[:, :, None] + noise[:, None]
    return (_log_partition(graph.units[name], f) * weight).sum(-1)


def _quadrature(nodes: int, like: Tensor) -> tuple[Tensor, Tensor]:
    """Nodes and weights of a standard normal distribution."""
    x, weight = np.polynomial.hermite_e.hermegauss(nodes)
    return torch.as_tensor(x).to(like), torch.as_tensor(weight / weight.sum()).to(like)


def _log_partition(units: Units, field: Tensor) -> Tensor:
    """A(f) of fields ``(..., hidden)``: ``(...)``."""
    flat = field.reshape(-1, *units.shape).to(units.bias.dtype)
    return units.log_partition(flat).double().reshape(field.shape[:-1])
