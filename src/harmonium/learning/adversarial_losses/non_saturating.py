"""The loss of the first adversarial nets: scores are log-odds."""

from typing import ClassVar

from torch import Tensor
from torch.nn.functional import softplus

__all__ = ["NonSaturating"]


class NonSaturating:
    r"""Cross-entropy of the discriminator; the generator raises the log-probability of "real".

    .. math:: L_d = -\log \sigma(s(x)) - \log (1 - \sigma(s(g(z)))), \qquad
              L_g = -\log \sigma(s(g(z)))

    in nats. The best discriminator of rows with distribution p and made ones with q has
    :math:`\sigma(s) = p / (p + q)`, and :math:`-L_d` is then
    :math:`-\log 4 + 2 \, \mathrm{JS}(p, q)`. The generator of the game itself would lower
    :math:`\log (1 - \sigma(s))`, which is flat where the discriminator is certain; this loss has
    the same fixed point and a steep slope there (Goodfellow et al., 2014, section 3,
    https://arxiv.org/abs/1406.2661).
    """

    penalty: ClassVar[float] = 0.0

    def real(self, scores: Tensor) -> Tensor:
        """The discriminator's loss for rows of the data, ``(B,)``."""
        return softplus(-scores)

    def made(self, scores: Tensor) -> Tensor:
        """The discriminator's loss for made rows, ``(B,)``."""
        return softplus(scores)

    def generator(self, scores: Tensor) -> Tensor:
        """The generator's loss, ``(B,)``."""
        return softplus(-scores)
