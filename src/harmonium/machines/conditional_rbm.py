"""The conditional RBM: the last frames act on the next one, directly and through hidden units."""

from typing import Literal

from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import Count, NonNegative
from harmonium.machines.temporal import Fields, TemporalRBM, past_of

__all__ = ["ConditionalRBM"]


@checked
class ConditionalRBM(TemporalRBM):
    r"""An RBM of a frame whose biases are linear in the L frames before it.

    .. math:: f_v = A \, v_{t-L:t-1}, \qquad f_h = B \, v_{t-L:t-1}

    A is an autoregression, B lets the past choose among the hidden units (Taylor, Hinton and
    Roweis, 2007, https://papers.nips.cc/paper/3078). The hidden units of different frames do not
    depend on each other, so that frames are independent rows.

    Args:
        channels: C, values of a frame.
        hidden: H, binary hidden units.
        lags: L, frames of the past that act on a frame.
        values: gaussian real values with learned precisions, or binary ones.
        std: standard deviation of the initial weights.

    >>> import torch
    >>> machine = ConditionalRBM(2, 5, lags=3)
    >>> machine.forecast(torch.zeros(4, 10, 2, dtype=torch.float32)).shape
    torch.Size([4, 7, 2])
    """

    def __init__(
        self,
        channels: Count,
        hidden: Count,
        *,
        lags: Count = 3,
        values: Literal["gaussian", "binary"] = "gaussian",
        std: NonNegative = 0.01,
    ) -> None:
        super().__init__(channels, hidden, lags=lags, values=values, std=std)

    def contexts(self, x: Tensor) -> tuple[Fields, Tensor]:
        """The fields of all frames that have a past, at once; there is no other memory."""
        past = past_of(x, self.lags)
        return self._fields(past), x.new_zeros(len(x), 0)

    def fields(self, past: Tensor, memory: Tensor) -> Fields:
        """The fields of the next frame from the last L frames ``(n, L, C)``."""
        del memory
        return self._fields(past.flatten(1))

    def remembered(self, frame: Tensor, fields: Fields) -> Tensor:
        """Empty, ``(n, 0)``: there is no memory beyond the last frames."""
        del fields
        return frame.new_zeros(len(frame), 0)

    def _fields(self, past: Tensor) -> Fields:
        return {"v": past @ self.to_visible.mT, "h": past @ self.to_hidden.mT}
