"""A recurrent net that classifies series."""

import copy
from typing import Any, Literal

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count, Share
from harmonium.connections.matrix import linear
from harmonium.errors import UsageError
from harmonium.nets.dropout import Dropout
from harmonium.nets.recurrent.padded import backwards, ends_of, last_of, mean_of
from harmonium.nets.standardised import Standardised
from harmonium.random import initial

__all__ = ["Recurrent", "SeriesNet"]

Recurrent = nn.Module
"""A layer of ``nets.recurrent``."""


@checked
class SeriesNet(nn.Module):
    r"""A recurrent net over series, ``(B, T, channels) -> (B, classes)``.

    .. math:: h_t = f\!\left(\frac{x_t - m}{s}, h_{t-1}\right), \qquad
              p(y \mid x) = \mathrm{softmax}(V r + c)_y, \qquad
              r = h_T \text{ or } \frac{1}{T} \sum_t h_t

    where f is a recurrent layer, and m and s are mean and standard deviation of each channel over
    the training frames. A ``bidirectional`` net has a second layer that reads the series from its
    end, and r holds the values of both (Schuster and Paliwal, 1997,
    https://doi.org/10.1109/78.650093).

    Series of a batch may end early: their last frames are then NaN. A series gives the same
    outputs, to rounding, whatever stands beside it in the batch.

    Args:
        recurrent: layer that reads the frames; its inputs are the channels.
        classes: number of classes.
        bidirectional: whether a second layer of the same kind reads the series backwards.
        read: what is classified: the values after the last frame that a layer reads, or the mean
            over all frames.
        dropout: share of the numbers of r that are switched off at random in training mode.

    >>> from harmonium.nets.recurrent import GRU
    >>> net = SeriesNet(GRU(2, 8), 3, bidirectional=True)
    >>> net(torch.zeros(4, 10, 2, dtype=torch.float32)).shape
    torch.Size([4, 3])
    """

    output_kind = "classes"
    """Kind of the outputs: logits of the classes."""

    def __init__(
        self,
        recurrent: Recurrent,
        classes: Count,
        *,
        bidirectional: bool = False,
        read: Literal["last", "mean"] = "last",
        dropout: Share = 0.0,
    ) -> None:
        super().__init__()
        core: Any = recurrent
        self.read = read
        self.standardised = Standardised(core.inputs)
        self.recurrent = core
        again = type(core)(**copy.deepcopy(core.settings)) if bidirectional else None
        self.backward_recurrent: nn.Module | None = again
        width = core.hidden * (1 + bidirectional)
        self.dropout = Dropout(dropout)
        self.outputs = linear(initial(int(classes), width, std=width**-0.5))
        self.settings: dict[str, Any] = {
            "recurrent": recurrent,
            "classes": int(classes),
            "bidirectional": bool(bidirectional),
            "read": read,
            "dropout": float(dropout),
        }

    @property
    def channels(self) -> int:
        """Values of a frame."""
        return int(self.recurrent.inputs)

    @property
    def units(self) -> tuple[int, ...]:
        """Values of a frame, units of every layer, number of classes."""
        core = self.recurrent
        both = 1 + self.settings["bidirectional"]
        return (core.inputs, *[both * core.hidden] * core.layers, self.settings["classes"])

    def forward(self, x: Tensor) -> Tensor:
        """Logits of the classes, ``(B, classes)``.

        Args:
            x: series ``(B, T, channels)``, NaN after the end of a series.

        Raises:
            ValueError: x has another number of axes or channels.
        """
        logits: Tensor = self.outputs(self.dropout(self._summary(x)))
        return logits

    def activities(self, x: Tensor) -> dict[str, Tensor]:
        """Summary r of each series, ``(B, hidden)``, named "summary"."""
        return {"summary": self._summary(x)}

    def _summary(self, x: Tensor) -> Tensor:
        if x.ndim != 3 or x.shape[2] != self.channels:
            raise UsageError(
                f"series of shape {tuple(x.shape)}: (series, frames, {self.channels} channels) is "
                "needed"
            )
        frames, length = ends_of(x)
        z = self.standardised(frames)
        take = last_of if self.read == "last" else mean_of
        parts = [take(self.recurrent(z)[0], length)]
        if self.backward_recurrent is not None:
            turned = self.backward_recurrent(backwards(z, length))[0]
            parts.append(take(turned, length))  # the last frame that it reads is the first one
        return torch.cat(parts, 1)
