"""Reservoir computing: a readout that is solved, above recurrent units that never change."""

from typing import Any, Literal

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.errors import UsageError
from harmonium.nets.readout import Readout
from harmonium.nets.recurrent.padded import ends_of, last_of, mean_of
from harmonium.nets.standardised import Standardised

__all__ = ["Reservoir", "ReservoirNet"]

Reservoir = nn.Module
"""A layer of ``nets.reservoirs``."""


@checked
class ReservoirNet(Readout):
    r"""A fixed recurrent layer over series, and a linear layer, ``(B, T, channels) -> (B, k)``.

    .. math:: h_t = f\!\left(\frac{x_t - m}{s}, h_{t-1}\right), \qquad y = W \phi + b, \qquad
              \phi = h_T \text{ or } \frac{1}{T} \sum_t h_t

    where f is a reservoir, and m and s are mean and standard deviation of each channel over the
    training frames. ``learning.Ridge`` solves for W and b; nothing else is learned. With leaky
    units it is the echo state network (Jaeger, 2001), with spiking neurons the liquid state
    machine (Maass, Natschläger and Markram, 2002, https://doi.org/10.1162/089976602760407955).

    Series of a batch may end early: their last frames are then NaN.

    Args:
        reservoir: layer that reads the frames; its inputs are the channels.
        targets: number of classes, or of values.
        outputs: "classes", of which the largest output decides, or "values".
        read: phi, the units after the last frame, or their mean over all frames.

    >>> from harmonium.nets.reservoirs import EchoState
    >>> net = ReservoirNet(EchoState(2, 8), 3)
    >>> net(torch.zeros(4, 10, 2, dtype=torch.float32)).shape
    torch.Size([4, 3])
    """

    def __init__(
        self,
        reservoir: Reservoir,
        targets: Count,
        *,
        outputs: Literal["classes", "values"] = "classes",
        read: Literal["last", "mean"] = "mean",
    ) -> None:
        core: Any = reservoir
        super().__init__([core.inputs, core.hidden, targets], outputs=outputs)
        self.reservoir, self.read = core, read
        self.standardised = Standardised(core.inputs)
        self.settings = {
            "reservoir": reservoir,
            "targets": int(targets),
            "outputs": outputs,
            "read": read,
        }

    @property
    def channels(self) -> int:
        """Values of a frame."""
        return int(self.reservoir.inputs)

    def features(self, x: Tensor) -> Tensor:
        """What is read from the units, ``(B, T, channels) -> (B, units)``.

        Raises:
            ValueError: x has another number of axes or channels.
        """
        h, length = self.through_time(x)
        return last_of(h, length) if self.read == "last" else mean_of(h, length)

    def through_time(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Units after every frame, ``(B, T, units)``, and the frames of each series, ``(B,)``.

        Raises:
            ValueError: x has another number of axes or channels.
        """
        if x.ndim != 3 or x.shape[2] != self.channels:
            raise UsageError(
                f"series of shape {tuple(x.shape)}: (series, frames, {self.channels} channels) is "
                "needed"
            )
        frames, length = ends_of(x)
        h, _ = self.reservoir(self.standardised(frames))
        return h, length

    @torch.no_grad()
    def unfold(self, x: Tensor) -> dict[str, Tensor]:
        """What the units and the readout do, frame by frame, over one series ``(T, channels)``.

        Returns:
            "units" ``(T, units)``; "outputs" ``(T, k)``, those of the series up to each frame;
            and "spikes" ``(steps, units)``, 0 or 1, if the units have them.
        """
        h, length = self.through_time(x[None])
        h = h[0, : int(length)]
        if self.read == "mean":
            count = torch.arange(1, len(h) + 1, device=h.device, dtype=h.dtype)
            features = h.cumsum(0) / count[:, None]
        else:
            features = h
        found = {"units": h, "outputs": nn.functional.linear(features, self.weight, self.bias)}
        if hasattr(self.reservoir, "spikes"):
            frames, _ = ends_of(x[None])
            known = self.standardised(frames)[:, : len(h)]
            found["spikes"] = self.reservoir.spikes(known)[0]
        return found
