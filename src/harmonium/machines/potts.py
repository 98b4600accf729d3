"""The Potts model of given fields and couplings, as a machine with Gaussian hidden units."""

import torch
from torch import Tensor

from harmonium.errors import UsageError
from harmonium.graph import EnergyGraph
from harmonium.machines.rbm import rbm
from harmonium.units import Categorical, Gaussian

__all__ = ["potts"]


@torch.no_grad()
def potts(fields: Tensor, couplings: Tensor) -> EnergyGraph:
    r"""A Potts model of any fields and couplings, exactly, as a restricted machine.

    .. math:: \log p(v) = \sum_i h_i(v_i) + \sum_{i<j} J_{ij}(v_i, v_j) + const

    Let M be the symmetric matrix of all couplings. The states are one-hot, so
    :math:`v^\top (M + c I) v` differs from :math:`v^\top M v` by a constant. With c large enough
    the matrix has a square root, :math:`M + c I = W^\top W`, and one Gaussian hidden unit of
    precision 1 for each row of W gives :math:`\tfrac12 |W v|^2` when it is summed out
    (Hopfield-Potts model: Cocco, Monasson and Weigt, 2013,
    https://doi.org/10.1371/journal.pcbi.1003176).

    Args:
        fields: h, ``(sites, states)``, nats.
        couplings: J, ``(sites, states, sites, states)``, symmetric, nats; couplings within a site
            are ignored.

    Raises:
        ValueError: shapes do not fit, or the couplings are not symmetric.
    """
    shape = (*fields.shape, *fields.shape)
    if (
        fields.ndim != 2
        or tuple(couplings.shape) != shape
        or not torch.allclose(couplings, couplings.permute(2, 3, 0, 1), atol=1e-5)
    ):
        raise UsageError(
            f"couplings of shape {tuple(couplings.shape)} for fields {tuple(fields.shape)}; a "
            "symmetric array of shape (sites, states, sites, states) is needed for fields (sites, "
            "states)"
        )
    sites, states = fields.shape
    between = couplings.double().clone()
    between[torch.arange(sites), :, torch.arange(sites)] = 0.0
    values, vectors = torch.linalg.eigh(between.reshape(sites * states, -1))
    values = values - values[0]  # the smallest is 0
    kept = values > 1e-12 * values[-1].clamp(min=1e-12)
    weight = (vectors[:, kept] * values[kept].sqrt()).mT
    graph = rbm(Categorical(sites, states), Gaussian(max(1, len(weight))), std=0.0)
    graph = graph.to(fields.dtype)
    graph.units["v"].load(bias=fields)
    if len(weight):
        graph.edges[0].connection.get_parameter("weight").copy_(weight)
    return graph
