"""The squared error of probabilities."""

from collections.abc import Mapping
from typing import ClassVar

from torch import Tensor, nn

__all__ = ["Brier"]


class Brier:
    r"""Half the squared error of probabilities, the Brier score of each row.

    .. math:: \frac12 \sum_j (t_j - \sigma(z_j))^2

    where z are the logits that the net gives and t in [0, 1] the targets. Unlike the Bernoulli
    loss it hardly punishes a wrong probability near 0 or 1, where its gradient vanishes. (Brier,
    1950.)
    """

    outputs: ClassVar[tuple[str, ...]] = ("probabilities",)
    figure: ClassVar[str] = "brier"

    def __call__(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """The loss of each row, ``(B,)``.

        Args:
            net: ``(B, D) -> (B, K)``, logits.
            batch: "x" ``(B, D)`` and "y", targets ``(B, K)``.
        """
        return 0.5 * (batch["y"] - net(batch["x"]).sigmoid()).square().sum(1)
