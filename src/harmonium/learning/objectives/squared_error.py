"""The squared error of real values."""

from collections.abc import Mapping
from typing import ClassVar

from torch import Tensor, nn

__all__ = ["SquaredError"]


class SquaredError:
    r"""Half the squared error, in units of the targets' spread: nats per row, up to a constant.

    .. math:: \frac12 \sum_j \Big( \frac{t_j - f_j(x)}{s_j} \Big)^2

    This is :math:`-\log p(t | x)` of Gaussian outputs with standard deviations s, without the
    term that does not depend on the net. A net that knows the spread of its targets has them as
    ``scale`` (``nets.MLP``); otherwise they are 1.
    """

    outputs: ClassVar[tuple[str, ...]] = ("values",)
    figure: ClassVar[str] = "squared_error"

    def __call__(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """The loss of each row, ``(B,)``.

        Args:
            net: ``(B, D) -> (B, K)``.
            batch: "x" ``(B, D)`` and "y" ``(B, K)``.
        """
        gap = batch["y"] - net(batch["x"])
        scale = getattr(net, "scale", None)
        return 0.5 * (gap if scale is None else gap / scale).square().sum(1)
