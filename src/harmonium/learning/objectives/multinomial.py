"""The multinomial loss of counts, such as the words of a document."""

from collections.abc import Mapping
from typing import ClassVar

from torch import Tensor, nn

from harmonium.arguments import checked

__all__ = ["Multinomial"]


@checked
class Multinomial:
    r"""Counts as independent draws from a softmax: :math:`-\sum_j t_j \log p_j(x)`, nats per row.

    .. math:: -\sum_j t_j \log p_j = \sum_j t_j \Big( \log \sum_k e^{z_k} - z_j \Big)

    where z are the logits that the net gives and t the counts, or any weights of at least 0, such
    as tf-idf. This is :math:`-\log p(t | x)` without the multinomial coefficient, which does not
    depend on the net. A row without counts has the loss 0.

    Args:
        per_word: whether to divide the loss of a row by its total, so that long documents weigh
            no more than short ones: nats per word.
    """

    outputs: ClassVar[tuple[str, ...]] = ("shares",)
    figure: ClassVar[str] = "multinomial"

    def __init__(self, *, per_word: bool = False) -> None:
        self.per_word = per_word

    def __call__(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """The loss of each row, ``(B,)``, in nats.

        Args:
            net: ``(B, D) -> (B, K)``, logits.
            batch: "x" ``(B, D)`` and "y", counts ``(B, K)`` of at least 0.
        """
        counts = batch["y"]
        losses = -(counts * net(batch["x"]).log_softmax(1)).sum(1)
        if not self.per_word:
            return losses
        total = counts.sum(1)
        return losses / total.where(total > 0, 1)
