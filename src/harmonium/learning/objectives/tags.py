"""The cross-entropy of the tags of a sequence."""

from collections.abc import Mapping
from typing import ClassVar

from torch import Tensor, nn
from torch.nn import functional

from harmonium.data.tokens import trimmed

__all__ = ["Tags"]


class Tags:
    r"""The mean cost of a tag, in nats.

    .. math:: \ell_b = \frac{B}{n} \sum_t -\log p(y_{b,t} \mid x_b)

    where n is the number of tags of all B rows, so that the mean of the rows is the mean over
    tags.
    """

    outputs: ClassVar[tuple[str, ...]] = ("tags",)
    figure: ClassVar[str] = "tag_nats"

    def __call__(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """The loss of each row, ``(B,)``, in nats.

        Args:
            net: ``(B, T) -> (B, T, tags)``, logits.
            batch: "x" and "target", ``(B, T)``, int64, -1 after the end.
        """
        x = trimmed(batch["x"])
        logits, wanted = net(x), batch["target"][:, : x.shape[1]]
        costs = functional.cross_entropy(
            logits.flatten(0, 1), wanted.flatten(), ignore_index=-1, reduction="none"
        )
        n = (wanted >= 0).sum().clamp(min=1)
        return costs.view(wanted.shape).sum(1) * len(wanted) / n
