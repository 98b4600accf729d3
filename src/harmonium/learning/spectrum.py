r"""The singular values of weights through training, and a start from the data's directions.

Near the independent model a machine answers linearly: with :math:`K_v, K_h` the covariances of
independent units, the observed covariance is :math:`(K_v^{-1} - W^\top K_h W)^{-1}`. In whitened
coordinates :math:`\tilde W = K_h^{1/2} W K_v^{1/2}` a direction in which the data's variance is
:math:`\lambda` times that of independent units is met by a singular value

.. math:: \tilde w = \sqrt{1 - 1/\lambda} \quad (\lambda > 1), \qquad
          W = K_h^{-1/2} Q \, \mathrm{diag}(\tilde w) \, U^\top K_v^{-1/2}

with :math:`U` the data's principal directions and :math:`Q` random orthonormal ones of the hidden
units. Learning finds the strongest of these modes first (Decelle, Fissore and Furtlehner, 2017,
https://doi.org/10.1209/0295-5075/119/60001); starting there leaves that phase out. For Gaussian
units on both sides it is the maximum of the likelihood over weights of this rank and biases, while
the precisions stay at those of independent units, the data's variances. Precisions that move too
reach a higher one: what the weights explain is counted in the precisions as well at first.
"""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.connections.matrix import matrix, set_matrix
from harmonium.errors import UsageError
from harmonium.graph import EnergyGraph
from harmonium.learning.learner import start_from
from harmonium.random import Source
from harmonium.sampling import uniform_weights
from harmonium.units import Units

__all__ = ["Spectrum", "low_rank_start", "singular_values"]


def singular_values(graph: EnergyGraph) -> dict[str, Tensor]:
    """Of each connection's matrix, largest first, float64: "source-target" -> ``(k,)``."""
    return {
        f"{e.source}-{e.target}": torch.linalg.svdvals(matrix(e.connection).double())
        for e in graph.edges
    }


@dataclass
class Spectrum:
    """Singular values through training: call it where they are to be recorded.

    Args:
        graph: the machine that learns.

    >>> from harmonium import rbm
    >>> watch = Spectrum(rbm(3, 2, std=0.0))
    >>> watch(1), watch(2), watch.history("v-h").shape
    (None, None, torch.Size([2, 2]))
    """

    graph: EnergyGraph
    updates: list[int] = field(default_factory=list)
    values: list[dict[str, Tensor]] = field(default_factory=list)

    def __call__(self, update: int) -> None:
        """Records the present values under this number (an update, an epoch)."""
        self.updates.append(update)
        self.values.append(singular_values(self.graph))

    def history(self, edge: str) -> Tensor:
        """The values of a connection, ``(records, k)``."""
        return torch.stack([found[edge] for found in self.values])


@checked
@torch.no_grad()
def low_rank_start(
    graph: EnergyGraph,
    data: Tensor,
    *,
    rank: Count,
    weights: Tensor | None = None,
    ends: tuple[str, str] = ("v", "h"),
    source: Source = None,
) -> Tensor:
    """Starts a connection from the data's principal directions, in place.

    The observed group's own parameters are set from the data first (``start_from``); the biases of
    both groups make up for the weights, so that the means of independent units stay.

    Args:
        graph: the machine.
        data: ``(N, *shape)`` of the observed group.
        rank: directions at most; those in which the data vary no more than independent units do
            are left out.
        weights: importance of each row, ``(N,)``.
        ends: names of the observed and the hidden group, joined by a connection.
        source: random numbers, of the hidden directions.

    Returns:
        The singular values in whitened coordinates, ``(rank,)``, in [0, 1), largest first.

    Raises:
        ValueError: the groups are not joined, or the rank exceeds what they allow.
    """
    seen, hidden = ends
    edge = next((e for e in graph.edges if {e.source, e.target} == {seen, hidden}), None)
    if edge is None or seen == hidden:
        pairs = [(e.source, e.target) for e in graph.edges]
        raise UsageError(f"groups {seen!r} and {hidden!r} are not joined; there are {pairs}")
    start_from(graph, {seen: data}, weights=weights)
    mean_v, _, whiten_v = _alone(graph.units[seen])
    mean_h, colour_h, whiten_h = _alone(graph.units[hidden])
    most = min(int(torch.linalg.matrix_rank(whiten_v)), int(torch.linalg.matrix_rank(whiten_h)))
    if not 1 <= rank <= most:
        raise UsageError(f"rank is {rank}; groups {seen!r} and {hidden!r} allow 1 to {most}")
    w = uniform_weights(len(data), data) if weights is None else (weights / weights.sum())
    x = data.flatten(1).double() - mean_v
    covariance = whiten_v @ ((x * w.double()[:, None]).mT @ x) @ whiten_v
    ratios, directions = (t.flip(-1)[..., :rank] for t in torch.linalg.eigh(covariance))
    strengths = (1 - 1 / ratios.clamp(min=1)).sqrt()
    noise = torch.randn(
        len(mean_h), rank, generator=source, dtype=torch.float32, device=data.device
    )
    basis = torch.linalg.qr(whiten_h @ (colour_h @ noise.double()))[0]
    value = whiten_h @ (basis * strengths) @ directions.mT @ whiten_v
    to_v, to_h = value.mT @ mean_h, value @ mean_v
    value = value if edge.source == seen else value.mT
    set_matrix(edge.connection, value.to(graph.units[seen].bias))
    for name, lost in ((seen, to_v), (hidden, to_h)):
        units = graph.units[name]
        units.load(bias=units.bias - lost.reshape(units.shape).to(units.bias))
    return strengths


def _alone(units: Units) -> tuple[Tensor, Tensor, Tensor]:
    """(mean, square root of the covariance and its pseudo-inverse) without a field, float64."""
    nothing = units.bias.new_zeros(1, *units.shape)
    values, vectors = torch.linalg.eigh(units.covariance(nothing)[0].double())
    root = values.clamp(min=0).sqrt()
    floor = 1e-6 * root.amax(-1, keepdim=True)
    inverse = torch.where(root > floor, 1 / root, 0.0)

    def blocks(diagonal: Tensor) -> Tensor:
        return torch.block_diag(*(vectors * diagonal[:, None]) @ vectors.mT)

    return units.mean(nothing)[0].flatten().double(), blocks(root), blocks(inverse)
