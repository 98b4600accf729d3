"""The Hopfield net and the modern Hopfield net."""

import math

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.connections import Dense, Lateral
from harmonium.errors import UsageError
from harmonium.graph import EnergyGraph
from harmonium.units import Categorical, Gaussian, Spin, Units

__all__ = ["hopfield", "modern_hopfield"]


@checked
def hopfield(units: int | Units, *, weights: Tensor | None = None) -> EnergyGraph:
    r"""The Hopfield net: spins with :math:`E(x) = -\sum_{i>j} J_{ij} x_i x_j - b \cdot x`.

    (Hopfield, 1982, https://doi.org/10.1073/pnas.79.8.2554.) Compute the weights by a storage rule
    (``hebb``, ``storkey``, ``pseudo_inverse``), retrieve patterns by ``recall``, and sample at a
    temperature by ``sweep`` of an ``annealed`` view. With Hebb's rule N units store .138 N random
    patterns (the often quoted .15 N is past that transition): at N = 1000, recall from a pattern
    ends at overlap .99 if 120 are stored, and below .75 if 180 are.

    Args:
        units: the group "x"; a number means that many spins.
        weights: J, ``(N, N)``, symmetric; None: zero. Its diagonal is ignored. The net takes its
            dtype.

    Raises:
        ValueError: the weights have the wrong shape or are not symmetric. An asymmetric net has no
            energy (``sampling.lyapunov`` studies such nets).

    >>> from harmonium.learning import hebb
    >>> from harmonium.sampling import recall
    >>> stored = torch.tensor([[1.0, 1.0, 1.0, -1.0, -1.0, -1.0]])
    >>> net = hopfield(6, weights=hebb(stored))
    >>> damaged = torch.tensor([[1.0, -1.0, 1.0, -1.0, -1.0, -1.0]])
    >>> recall(net, {"x": damaged}).state["x"]
    tensor([[ 1.,  1.,  1., -1., -1., -1.]])
    """
    x = units if isinstance(units, Units) else Spin(units)
    wire = Lateral(x.shape, std=0.0)
    graph = EnergyGraph({"x": x}, {("x", "x"): wire})
    n = x.shape.numel()
    if weights is not None:
        if weights.shape != (n, n):
            raise UsageError(
                f"weights of shape {tuple(weights.shape)}, but {n} units need {(n, n)}"
            )
        if not torch.allclose(weights, weights.mT, rtol=1e-4, atol=1e-6):
            raise UsageError(
                "weights are not symmetric, so no energy exists: symmetrise them by "
                "(J + J.mT) / 2, or study the asymmetric net with harmonium.sampling.lyapunov"
            )
        graph.to(weights.dtype)
        with torch.no_grad():
            wire.weight.copy_(weights.tril(-1))
    return graph


@checked
def modern_hopfield(patterns: Tensor, *, beta: float = 1.0) -> EnergyGraph:
    r"""The modern Hopfield net: an RBM of Gaussian "v" and one categorical unit "h".

    .. math:: E(v, h) = \tfrac\beta2 |v|^2 - \beta\, h^\top X v, \qquad
              v \leftarrow X^\top \mathrm{softmax}(\beta X v)

    "h" has one state for each pattern. The update is attention with the patterns as keys and
    values; it is one sweep with the rule ``mean`` (Ramsauer et al., 2021,
    https://arxiv.org/abs/2008.02217):
    ``run(net, complete(net, {"v": query}, rule=mean), sweeps=1, rule=mean)["v"]``. It never
    increases the free energy with "h" summed out.

    Args:
        patterns: X, ``(K, *shape)``, real.
        beta: inverse temperature, above 0: large values recall single patterns, small values
            averages of patterns.

    Raises:
        ValueError: beta is not positive.
    """
    if not (beta > 0 and math.isfinite(beta)):
        raise UsageError(f"beta = {beta}: the inverse temperature must be a positive number")
    v, h = Gaussian(*patterns.shape[1:]), Categorical(len(patterns))
    wire = Dense(v.shape, h.shape, std=0.0)
    graph = EnergyGraph({"v": v, "h": h}, {("v", "h"): wire}).to(patterns.dtype)
    with torch.no_grad():
        v.log_precision.fill_(math.log(beta))
        wire.weight.copy_(beta * patterns.flatten(1))
    return graph
