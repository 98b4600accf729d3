r"""Singular values of the weights, and initial weights from the data's principal directions.

Let :math:`K_v, K_h` be the covariances of independent units. To first order in their response, a
machine has the observed covariance :math:`(K_v^{-1} - W^\top K_h W)^{-1}`. In whitened coordinates
:math:`\tilde W = K_h^{1/2} W K_v^{1/2}`, a direction in which the variance of the data is
:math:`\lambda` times that of independent units is reproduced by the singular value

.. math:: \tilde w = \sqrt{1 - 1/\lambda} \quad (\lambda > 1), \qquad
          W = K_h^{-1/2} Q \, \mathrm{diag}(\tilde w) \, U^\top K_v^{-1/2}

with :math:`U` the data's principal directions and :math:`Q` random orthonormal directions of the
hidden units. Learning finds the strongest of these modes first (Decelle, Fissore and Furtlehner,
2017, https://doi.org/10.1209/0295-5075/119/60001); these initial weights skip that phase. With
Gaussian units in both groups they maximise the likelihood over biases and weights of this rank,
for precisions fixed at those of independent units. If the precisions are learned too, the
likelihood can rise further, because the initial precisions contain variance that the weights
explain.
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
    """Singular values of each connection's matrix, "source-target" -> ``(k,)``, float64.

    The largest value is first.
    """
    return {
        f"{e.source}-{e.target}": torch.linalg.svdvals(matrix(e.connection).double())
        for e in graph.edges
    }


@dataclass
class Spectrum:
    """Records the singular values of a machine's weights each time it is called.

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
        """Records the present values with this number, of an update or an epoch."""
        self.updates.append(update)
        self.values.append(singular_values(self.graph))

    def history(self, edge: str) -> Tensor:
        """The recorded values of a connection, "source-target", ``(records, k)``."""
        return torch.stack([record[edge] for record in self.values])


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
    """Sets the weights of a connection from the data's principal directions, in place.

    First the parameters of the observed group are set from the data (``start_from``). Finally the
    biases of both groups are corrected for the weights, so that the means are unchanged.

    Args:
        graph: the machine.
        data: values of the observed group, ``(N, *shape)``.
        rank: number of directions; those in which the variance of the data is not above that of
            independent units get zero weights.
        weights: importance of each row, ``(N,)``; None: equal.
        ends: names of the observed and the hidden group, joined by a connection.
        source: random generator, for the hidden directions.

    Returns:
        The singular values in whitened coordinates, ``(rank,)``, in [0, 1), largest first.

    Raises:
        ValueError: the groups are not joined, or the rank is larger than they allow.
    """
    observed, hidden = ends
    edge = next((e for e in graph.edges if {e.source, e.target} == {observed, hidden}), None)
    if edge is None or observed == hidden:
        pairs = [(e.source, e.target) for e in graph.edges]
        raise UsageError(f"groups {observed!r} and {hidden!r} are not joined; there are {pairs}")
    start_from(graph, {observed: data}, weights=weights)
    mean_v, _, whiten_v = _alone(graph.units[observed])
    mean_h, colour_h, whiten_h = _alone(graph.units[hidden])
    most = min(int(torch.linalg.matrix_rank(whiten_v)), int(torch.linalg.matrix_rank(whiten_h)))
    if not 1 <= rank <= most:
        raise UsageError(f"rank is {rank}; groups {observed!r} and {hidden!r} allow 1 to {most}")
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
    value = value if edge.source == observed else value.mT
    set_matrix(edge.connection, value.to(graph.units[observed].bias))
    for name, shift in ((observed, to_v), (hidden, to_h)):
        units = graph.units[name]
        units.load(bias=units.bias - shift.reshape(units.shape).to(units.bias))
    return strengths


def _alone(units: Units) -> tuple[Tensor, Tensor, Tensor]:
    """Mean, square root of the covariance and its pseudo-inverse, without a field, float64."""
    nothing = units.bias.new_zeros(1, *units.shape)
    values, vectors = torch.linalg.eigh(units.covariance(nothing)[0].double())
    root = values.clamp(min=0).sqrt()
    floor = 1e-6 * root.amax(-1, keepdim=True)
    inverse = torch.where(root > floor, 1 / root, 0.0)

    def blocks(diagonal: Tensor) -> Tensor:
        return torch.block_diag(*(vectors * diagonal[:, None]) @ vectors.mT)

    return units.mean(nothing)[0].flatten().double(), blocks(root), blocks(inverse)
