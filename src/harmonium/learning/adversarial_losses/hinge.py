"""The hinge loss of adversaries."""

from typing import ClassVar

from torch import Tensor
from torch.nn.functional import relu

__all__ = ["Hinge"]


class Hinge:
    r"""Scores beyond a margin of 1 on their right side cost the discriminator nothing.

    .. math:: L_d = \max(0, 1 - s(x)) + \max(0, 1 + s(g(z))), \qquad L_g = -s(g(z))

    The discriminator cannot win by larger scores alone. It is commonly used with layers of
    spectral norm 1, which bound the slope of the scores (Lim and Ye, 2017,
    https://arxiv.org/abs/1705.02894; Miyato et al., 2018, https://arxiv.org/abs/1802.05957).
    """

    penalty: ClassVar[float] = 0.0

    def real(self, scores: Tensor) -> Tensor:
        """The discriminator's loss for rows of the data, ``(B,)``."""
        return relu(1 - scores)

    def made(self, scores: Tensor) -> Tensor:
        """The discriminator's loss for made rows, ``(B,)``."""
        return relu(1 + scores)

    def generator(self, scores: Tensor) -> Tensor:
        """The generator's loss, ``(B,)``."""
        return -scores
