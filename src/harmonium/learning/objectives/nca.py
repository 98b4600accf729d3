"""Neighbourhood components analysis: near means same class."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from harmonium.arguments import checked

__all__ = ["NCA", "embedded", "neighbour_log_probs", "squared_distances"]


@checked
@dataclass(frozen=True)
class NCA:
    r"""The expected error of a random neighbour among the rows of the batch.

    .. math:: p_{ij} = \frac{e^{-|z_i - z_j|^2}}{\sum_{k \ne i} e^{-|z_i - z_k|^2}}, \qquad
              p_i = \sum_{j: y_j = y_i} p_{ij}, \qquad L_i = 1 - p_i

    where z are the codes: the outputs of a net of codes, or what a net encodes. A row picks a
    neighbour, not itself, the more likely the nearer it is; p_i is the probability that the two
    have one class. (Goldberger, Roweis, Hinton and Salakhutdinov, 2004,
    https://papers.nips.cc/paper/2566; of nets, Salakhutdinov and Hinton, 2007,
    https://proceedings.mlr.press/v2/salakhutdinov07a.html.)

    The scale of the codes is free: if they are so far apart that every row has one neighbour, the
    gradient vanishes. A small batch has few rows of each class, and its best neighbours are far.

    Args:
        log: minimise :math:`-\log p_i` instead, in nats. Rows without another row of their class
            in the batch then have the loss 0; otherwise it is 1.
    """

    outputs: ClassVar[tuple[str, ...]] = ("codes",)
    log: bool = False

    @property
    def figure(self) -> str:
        """The name of the loss."""
        return "nca_log" if self.log else "nca"

    def __call__(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """The loss of each row, ``(B,)``.

        Args:
            net: ``(B, D) -> (B, k)``, codes; or a net with ``encode``.
            batch: "x" ``(B, D)`` and "y", classes ``(B,)``, int64.
        """
        z = embedded(net, batch["x"])
        if len(z) < 2:
            return 0 * z.sum(1) + (0 if self.log else 1)
        log_p, partner = neighbour_log_probs(z, batch["y"])
        if self.log:
            return -log_p * partner
        return 1 - log_p.exp() * partner


def neighbour_log_probs(z: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """log p_i of every row, and whether another row has its class; 0 where none has.

    Args:
        z: codes ``(B, k)``, of two rows or more.
        y: classes ``(B,)``.

    >>> z = torch.tensor([[0.0], [1.0], [3.0]], dtype=torch.float64)
    >>> log_p, partner = neighbour_log_probs(z, torch.tensor([0, 0, 1]))
    >>> log_p.exp()[:2], partner.tolist()
    (tensor([0.9997, 0.9526], dtype=torch.float64), [True, True, False])
    """
    itself = torch.eye(len(z), dtype=torch.bool, device=z.device)
    near = (-squared_distances(z)).masked_fill(itself, -torch.inf)
    same = (y[:, None] == y) & ~itself
    partner = same.any(1)
    # without a partner all cells are equal, so that no gradient is NaN; the caller masks the row
    alike = near.masked_fill(~same, -torch.inf).masked_fill(~partner[:, None], 0)
    log_p = alike.logsumexp(1) - near.logsumexp(1)
    return torch.where(partner, log_p, 0), partner


def squared_distances(z: Tensor) -> Tensor:
    """Squared Euclidean distances between all rows, ``(B, k) -> (B, B)``."""
    z = z - z.mean(0).detach()
    squares = z.square().sum(1)
    return squares[:, None] + squares - 2 * z @ z.mT


def embedded(net: nn.Module, x: Tensor) -> Tensor:
    """Codes of rows, ``(B, D) -> (B, k)``: of a net with ``encode``, or the net's outputs."""
    encode = getattr(net, "encode", net)
    codes: Tensor = encode(x)
    return codes.flatten(1)
