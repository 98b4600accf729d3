"""An objective: the hinge loss."""

from collections.abc import Mapping
from typing import ClassVar

from torch import Tensor, nn
from torch.nn.functional import multi_margin_loss

__all__ = ["Hinge"]


class Hinge:
    """The multi-class hinge loss, per row."""

    outputs: ClassVar[tuple[str, ...]] = ("classes",)
    figure: ClassVar[str] = "hinge"

    def __call__(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """The loss of each row, ``(B,)``."""
        return multi_margin_loss(net(batch["x"]), batch["y"], reduction="none")
