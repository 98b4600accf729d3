"""The cross-entropy of the symbols of a sequence that is to be written."""

from collections.abc import Mapping
from typing import ClassVar

from torch import Tensor, nn
from torch.nn import functional

from harmonium.data.tokens import trimmed

__all__ = ["Symbols", "with_end"]


class Symbols:
    r"""The mean cost of a symbol of the output, the end included, in nats.

    .. math:: \ell_b = \frac{B}{n} \sum_t -\log p(y_{b,t} \mid x_b, y_{b,1}, \dots, y_{b,t-1})

    where n is the number of symbols and ends of all B rows, so that the mean of the rows is the
    mean over symbols. The net gets the true symbols before each one. (Sutskever, Vinyals and Le,
    2014, https://arxiv.org/abs/1409.3215.)
    """

    outputs: ClassVar[tuple[str, ...]] = ("captions", "sequences")
    figure: ClassVar[str] = "symbol_nats"

    def __call__(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """The loss of each row, ``(B,)``, in nats.

        Args:
            net: "x" and "target" to logits ``(B, T + 1, symbols + 1)``, the last one of the end.
            batch: "x", pictures, or symbols ``(B, S)``, int64, -1 after the end; and "target",
                ``(B, T)``, int64, -1 after the end.
        """
        source, target = batch["x"], trimmed(batch["target"])
        if not source.is_floating_point():
            source = trimmed(source)
        logits = net(source, target)
        wanted = with_end(target, logits.shape[2] - 1)
        costs = functional.cross_entropy(
            logits.flatten(0, 1), wanted.flatten(), ignore_index=-1, reduction="none"
        )
        return costs.view(wanted.shape).sum(1) * len(wanted) / (wanted >= 0).sum()


def with_end(target: Tensor, end: int) -> Tensor:
    """Sequences ``(B, T)`` with the symbol of the end after each, ``(B, T + 1)``.

    >>> import torch
    >>> with_end(torch.tensor([[4, 2], [1, -1]]), 9).tolist()
    [[4, 2, 9], [1, 9, -1]]
    """
    longer = functional.pad(target, (0, 1), value=-1)
    return longer.scatter(1, (target >= 0).sum(1, keepdim=True), end)
