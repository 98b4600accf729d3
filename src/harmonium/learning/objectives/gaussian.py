"""The Gaussian loss of real values, with their standard deviations."""

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Positive
from harmonium.learning.bounds_of_codes import log_normal

__all__ = ["Gaussian"]


@checked
class Gaussian:
    r"""Independent normal outputs: :math:`-\log p(t | x)`, nats per row, with the constant.

    .. math:: -\log p(t | x) = \sum_j \tfrac12 \log 2\pi + \log s_j
              + \tfrac12 \Big( \frac{t_j - f_j(x)}{s_j} \Big)^2

    The logarithms of the standard deviations s, one for each value, are the parameter ``log_std``
    of a net whose outputs are "gaussian", so that its file holds them. With s = 1 the loss is
    that of ``squared_error``, plus :math:`\tfrac12 \log 2\pi` for each value.

    Args:
        std: s of every value, which then stays as it is; or "learned", from s = 1.
    """

    outputs: ClassVar[tuple[str, ...]] = ("gaussian",)
    figure: ClassVar[str] = "gaussian"

    def __init__(self, std: Positive | Literal["learned"] = "learned") -> None:
        self.std = std

    def prepare(self, net: nn.Module) -> None:
        """Sets the standard deviations of a net before it learns: fixed, or free to learn.

        Args:
            net: with a parameter ``log_std``, or with a decoder that has it.
        """
        log_std: Any = getattr(net, "decoder", net).log_std
        log_std.requires_grad_(self.std == "learned")
        if self.std != "learned":
            with torch.no_grad():
                log_std.fill_(math.log(float(self.std)))

    def __call__(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """The loss of each row, ``(B,)``, in nats.

        Args:
            net: ``(B, D) -> (B, K)``, with ``log_std`` ``(K,)`` of its own or of its decoder.
            batch: "x" ``(B, D)`` and "y" ``(B, K)``.
        """
        log_std: Any = getattr(net, "decoder", net).log_std
        return -log_normal(batch["y"], net(batch["x"]), log_std=log_std)
