"""The Bernoulli loss of values that are probabilities."""

from collections.abc import Mapping
from typing import ClassVar

from torch import Tensor, nn
from torch.nn import functional

__all__ = ["Bernoulli"]


class Bernoulli:
    r"""Independent Bernoulli outputs: :math:`-\sum_j \log p(t_j | x)`, nats per row.

    .. math:: -\sum_j t_j \log \sigma(z_j) + (1 - t_j) \log (1 - \sigma(z_j))
              = \sum_j \log(1 + e^{z_j}) - t_j z_j

    where z are the logits that the net gives and t in [0, 1] the targets. Classes are targets of
    0 and 1, one for each class. The softmax of the logits is then the probability of a class
    given that exactly one output is on, so that a net of classes may learn by this objective.
    """

    outputs: ClassVar[tuple[str, ...]] = ("classes", "probabilities")
    figure: ClassVar[str] = "bernoulli"

    def __call__(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """The loss of each row, ``(B,)``, in nats.

        Args:
            net: ``(B, D) -> (B, K)``, logits.
            batch: "x" ``(B, D)`` and "y", targets ``(B, K)`` or classes ``(B,)``, int64.
        """
        logits, target = net(batch["x"]), batch["y"]
        if not target.is_floating_point():
            target = functional.one_hot(target, logits.shape[1]).to(logits)
        losses = functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
        return losses.sum(1)
