"""The Wasserstein loss of adversaries, with a penalty on the slope of the scores."""

from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import NonNegative

__all__ = ["Wasserstein"]


@checked
class Wasserstein:
    r"""Scores whose difference between data and made rows estimates a distance.

    .. math:: L_d = s(g(z)) - s(x) + \lambda \, (\lVert \nabla s(\hat x) \rVert - 1)^2, \qquad
              L_g = -s(g(z))

    If s has slopes of at most 1, the largest value of the mean of :math:`s(x) - s(g(z))` is the
    Wasserstein distance of both distributions, which has a useful gradient even where they do not
    overlap (Arjovsky et al., 2017, https://arxiv.org/abs/1701.07875). The penalty holds the slopes
    near 1, at points between rows of the data and made ones (Gulrajani et al., 2017,
    https://arxiv.org/abs/1704.00028). Scores are no log-odds: only their differences count. The
    paper takes 5 steps of the discriminator, and no batch normalisation in it.

    Args:
        penalty: the weight lambda.
    """

    def __init__(self, penalty: NonNegative = 10.0) -> None:
        self.penalty = float(penalty)

    def real(self, scores: Tensor) -> Tensor:
        """The discriminator's loss for rows of the data, ``(B,)``, without the penalty."""
        return -scores

    def made(self, scores: Tensor) -> Tensor:
        """The discriminator's loss for made rows, ``(B,)``."""
        return scores

    def generator(self, scores: Tensor) -> Tensor:
        """The generator's loss, ``(B,)``."""
        return -scores
