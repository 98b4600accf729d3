"""Pictures that excite units of a net, found by gradient ascent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from harmonium.errors import UsageError
from harmonium.nets.seeing.maps import outputs_of
from harmonium.nets.seeing.rectifiers import Rectifiers, leaking
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
        steps: number of steps.
        rate: length of the first step, as a share of the range of the pixels times the root of
            their number; it falls to zero linearly.
        decay: lambda.
        smooth: mu.
        range: smallest and largest value of a pixel.
    """

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

    They start from grey with a little noise and are climbed as ``Ascent`` says. On the way down,
    rectified units pass a tenth of the gradient where they are silent, so that units that are
    silent at grey are woken. Of a map, the
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
    noise = normal(like.new_empty(len(units), *shape), source)
    x = (ascent.mean + 0.01 * (high - low) * noise).clamp(low, high)
    first = ascent.rate * (high - low) * x[0].numel() ** 0.5
    for step in range(ascent.steps):
        x.requires_grad_()
        with torch.enable_grad(), Rectifiers(leaking):
            worth = _activities(net, x, layer=layer, units=units) - ascent.regulariser(x)
            (gradient,) = torch.autograd.grad(worth.sum(), x)
        size = gradient.flatten(1).norm(dim=1).clamp(min=1e-12)
        length = first * (1 - step / ascent.steps) / size
        x = (x.detach() + length.reshape(-1, *[1] * len(shape)) * gradient).clamp(low, high)
    return x


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
