"""The pinball loss of quantiles."""

from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

__all__ = ["Pinball", "pinball"]


class Pinball:
    r"""The pinball loss of a net that gives quantiles of future frames.

    .. math:: \frac{1}{H C} \sum_{k, i, c} \ell_{\tau_k}((y_{ic} - q_{kic}) / s_{ic}),
              \qquad \ell_\tau(u) = \max(\tau u, (\tau - 1) u)

    with the quantiles k, steps i and channels c. The expectation of :math:`\ell_\tau` is least at
    the quantile of probability :math:`\tau` (Koenker and Bassett, 1978,
    https://doi.org/10.2307/1913643). s is the net's unit of each value, so that all count alike.
    """

    outputs: ClassVar[tuple[str, ...]] = ("quantiles",)
    figure: ClassVar[str] = "pinball"

    def __call__(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """The loss of each row, ``(B,)``.

        Args:
            net: ``(B, T, C) -> (B, K, H, C)``, with ``levels`` of the K quantiles and ``unit``,
                ``(B, T, C) -> (B, H, C)``.
            batch: "x" ``(B, T, C)`` and "y" ``(B, H * C)``.
        """
        made: Any = net
        found: Tensor = made(batch["x"])
        levels = torch.tensor(made.levels, dtype=found.dtype, device=found.device)
        true = batch["y"].reshape(len(found), 1, *found.shape[2:])
        losses = pinball((true - found) / made.unit(batch["x"])[:, None], levels[:, None, None])
        return losses.sum(1).mean((1, 2))


def pinball(gap: Tensor, level: Tensor) -> Tensor:
    """The loss of a gap y - q of the quantile of probability ``level``, elementwise.

    >>> pinball(torch.tensor([1.0, -1.0]), torch.tensor(0.9)).tolist()
    [0.8999999761581421, 0.10000002384185791]
    """
    return torch.maximum(level * gap, (level - 1) * gap)
