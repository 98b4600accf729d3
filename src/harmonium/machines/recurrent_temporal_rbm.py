"""The recurrent temporal RBM: the means of the hidden units are carried through time."""

from typing import Literal

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count, NonNegative, Size
from harmonium.machines.temporal import Fields, TemporalRBM, past_of
from harmonium.random import initial

__all__ = ["RecurrentTemporalRBM"]


@checked
class RecurrentTemporalRBM(TemporalRBM):
    r"""An RBM of a frame whose hidden biases depend on the hidden means of the frame before.

    .. math:: f_h = R \, r_{t-1} + B \, v_{t-L:t-1}, \qquad f_v = A \, v_{t-L:t-1}, \qquad
              r_t = E[h_t \mid v_t, past]

    The means r are a deterministic function of the frames, as in a recurrent net, so that the
    frames have exact conditional RBMs and the gradient passes back through time (Sutskever, Hinton
    and Taylor, 2008, https://papers.nips.cc/paper/3567). The machine of the paper has L = 0; with
    lags, frames of the past act directly as well, as in a ``ConditionalRBM``.

    Args:
        channels: C, values of a frame.
        hidden: H, binary hidden units.
        lags: L, frames of the past that act directly on a frame.
        values: gaussian real values with learned precisions, or binary ones.
        std: standard deviation of the initial weights.

    >>> machine = RecurrentTemporalRBM(2, 5)
    >>> machine.forecast(torch.zeros(4, 10, 2, dtype=torch.float32)).shape
    torch.Size([4, 10, 2])
    """

    def __init__(
        self,
        channels: Count,
        hidden: Count,
        *,
        lags: Size = 0,
        values: Literal["gaussian", "binary"] = "gaussian",
        std: NonNegative = 0.01,
    ) -> None:
        super().__init__(channels, hidden, lags=lags, values=values, std=std)
        self.recurrent = nn.Parameter(initial(hidden, hidden, std=std))
        self.first = nn.Parameter(torch.zeros(hidden, dtype=torch.float32))
        """Logits of the hidden means before the first frame."""

    def contexts(self, x: Tensor) -> tuple[Fields, Tensor]:
        """The fields of all frames that have a past; the hidden means are carried through them."""
        past = past_of(x, self.lags)
        visible, direct = past @ self.to_visible.mT, past @ self.to_hidden.mT
        frames = x[:, self.lags :]
        upward = self.graph.field("h", {"v": frames.flatten(0, 1)})
        upward = upward.unflatten(0, frames.shape[:2])
        means, found = self.first.sigmoid().expand(len(x), -1), []
        for k in range(frames.shape[1]):
            found.append(direct[:, k] + means @ self.recurrent.mT)
            means = self.graph.units["h"].mean(upward[:, k] + found[-1])
        return {"v": visible, "h": torch.stack(found, 1)}, means

    def fields(self, past: Tensor, memory: Tensor) -> Fields:
        """The fields of the next frame from the last L frames and the hidden means ``(n, H)``."""
        flat = past.flatten(1)
        hidden = flat @ self.to_hidden.mT + memory @ self.recurrent.mT
        return {"v": flat @ self.to_visible.mT, "h": hidden}

    def remembered(self, frame: Tensor, fields: Fields) -> Tensor:
        """The hidden means given a frame and its fields, ``(n, H)``."""
        upward: Tensor = self.graph.field("h", {"v": frame})
        return self.graph.units["h"].mean(upward + fields["h"])
