"""Pictures that excite units of a net, found by gradient ascent."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from harmonium.errors import UsageError
from harmonium.nets.seeing.maps import outputs_of
from harmonium.random import Source, normal

__all__ = ["Ascent", "excited"]


@dataclass(frozen=True)
class Ascent:
    r"""How a picture is climbed.

    .. math:: a_k(x) - \frac{\lambda}{2} \sum_i (x_i - m)^2
              - \frac{\mu}{2} \sum_{i \sim j} (x_i - x_j)^2

    The first term is the activity, the second keeps pixels near their mean m, the third keeps
    neighbours alike. Each step goes along the gradient, divided by its norm.

    Args:
        starts: number of first pictures for each unit, grey with more and more noise, from 1 to
            30 % of the range; the best end is kept. A unit may be silent at all that is near grey.
        steps: number of steps.
        rate: length of the first step, as a share of the range of the pixels times the root of
            their number; it falls to zero linearly.
        decay: lambda.
        smooth: mu.
        range: smallest and largest value of a pixel.
    """

    starts: int = 4
    steps: int = 100
    rate: float = 0.05
    decay: float = 0.01
    smooth: float = 0.05
    range: tuple[float, float] = (0.0, 1.0)

    def regulariser(self, x: Tensor) -> Tensor:
        """Both penalties of each picture, ``(B,)``."""
        far = (x - self.mean).square().flatten(1).sum(1)
        down = x.diff(dim=-2).square().flatten(1).sum(1)
        across = x.diff(dim=-1).square().flatten(1).sum(1)
        return self.decay / 2 * far + self.smooth / 2 * (down + across)

    @property
    def mean(self) -> float:
        """The grey in the middle of the range, where all pictures start."""
        return sum(self.range) / 2


def excited(
    net: nn.Module,
    shape: Sequence[int],
    *,
    layer: str,
    units: Sequence[int],
    ascent: Ascent | None = None,
    source: Source = None,
) -> Tensor:
    """Pictures for which units of a layer are active, one for each unit, ``(U, *shape)``.

    They start from grey with noise and are climbed as ``Ascent`` says. Of a map, the
    unit in the middle is excited. (Erhan, Bengio, Courville and Vincent, 2009,
    https://www.researchgate.net/publication/265022827; Simonyan, Vedaldi and Zisserman, 2014,
    https://arxiv.org/abs/1312.6034.)

    Args:
        net: reads the pictures.
        shape: of a picture, (channels, height, width).
        layer: name of a layer of maps or of values.
        units: numbers of maps, or of values.
        ascent: steps and penalties; None for the default.
        source: random generator of the noise.

    Raises:
        ValueError: there is no such layer or unit.
    """
    ascent = ascent or Ascent()
    low, high = ascent.range
    like = next(net.parameters())
    noise = normal(like.new_empty(ascent.starts, len(units), *shape), source)
    sizes = torch.logspace(-2, math.log10(0.3), ascent.starts, dtype=like.dtype)
    far = (high - low) * sizes.to(like.device).reshape(-1, *[1] * (1 + len(shape))) * noise
    x = (ascent.mean + far).clamp(low, high).flatten(0, 1)
    every = list(units) * ascent.starts
    first = ascent.rate * (high - low) * x[0].numel() ** 0.5
    for step in range(ascent.steps):
        x.requires_grad_()
        with torch.enable_grad():
            worth = _worth(net, x, layer=layer, units=every, ascent=ascent)
            (gradient,) = torch.autograd.grad(worth.sum(), x)
        size = gradient.flatten(1).norm(dim=1).clamp(min=1e-12)
        length = first * (1 - step / ascent.steps) / size
        x = (x.detach() + length.reshape(-1, *[1] * len(shape)) * gradient).clamp(low, high)
    with torch.no_grad():
        worth = _worth(net, x, layer=layer, units=every, ascent=ascent)
    best = worth.reshape(ascent.starts, -1).argmax(0)
    return x.reshape(ascent.starts, len(units), *shape)[best, torch.arange(len(units))]


def _worth(
    net: nn.Module, x: Tensor, *, layer: str, units: Sequence[int], ascent: Ascent
) -> Tensor:
    """What is climbed, for each picture, ``(B,)``."""
    return _activities(net, x, layer=layer, units=units) - ascent.regulariser(x)


def _activities(net: nn.Module, x: Tensor, *, layer: str, units: Sequence[int]) -> Tensor:
    """Activity of the n-th unit for the n-th picture, ``(U,)``."""
    h = outputs_of(net, x, layers=[layer])[layer]
    if h.ndim == 4:
        h = h[:, :, h.shape[2] // 2, h.shape[3] // 2]
    wrong = [unit for unit in units if not 0 <= unit < h.shape[1]]
    if wrong:
        raise UsageError(
            f"layer {layer} has no unit {wrong[0]}: choose from 0 to {h.shape[1] - 1}"
        )
    return h.gather(1, torch.tensor(list(units), device=h.device)[:, None])[:, 0]
