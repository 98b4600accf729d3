"""The deconvolutional network: pictures as sums of few shifted kernels, which are inferred."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from harmonium.ambient import room
from harmonium.arguments import checked
from harmonium.bounds import Count, Positive, Size
from harmonium.errors import UsageError
from harmonium.nets.codec import Codec
from harmonium.random import normal

__all__ = ["DeconvolutionalNet"]


class _Sum(nn.Module):
    """Pictures from feature maps: every value places a copy of its kernel, ``(B, k) -> (B, D)``.

    Args:
        shape: of a picture, (channels, rows, columns).
        maps: number of kernels.
        size: height and width of a kernel.
        padding: pixels by which a kernel may stick out of the picture.
    """

    def __init__(self, shape: tuple[int, int, int], *, maps: int, size: int, padding: int) -> None:
        super().__init__()
        channels, *sides = shape
        self.shape, self.padding = shape, padding
        self.maps = (maps, *(n - size + 1 + 2 * padding for n in sides))
        device = torch.get_default_device()
        kernels = torch.empty(maps, channels, size, size, dtype=torch.float32, device=device)
        self.kernels = nn.Parameter(kernels if device.type == "meta" else normal(kernels))

    @property
    def units(self) -> tuple[int, int]:
        """Values of all maps of a picture, pixels of it."""
        return torch.Size(self.maps).numel(), torch.Size(self.shape).numel()

    def unit(self) -> Tensor:
        """The kernels, each of length 1, ``(maps, channels, size, size)``."""
        return self.kernels / self.kernels.flatten(1).norm(dim=1)[:, None, None, None]

    def forward(self, z: Tensor) -> Tensor:
        """Sums of kernels."""
        maps = z.reshape(len(z), *self.maps)
        return functional.conv_transpose2d(maps, self.unit(), padding=self.padding).flatten(1)

    def limit(self) -> Tensor:
        """A bound on the largest eigenvalue of D^T D, where D makes pictures of maps.

        D is a part of a cyclic convolution, for one channel with the eigenvalues: sums of the
        squared spectra of the kernels. With several channels their sum is the bound.
        """
        sides = [n + 2 * self.padding for n in self.shape[1:]]
        spectra = torch.fft.rfft2(self.unit(), s=sides)
        return spectra.abs().square().sum((0, 1)).max()


class _Inferred(nn.Module):
    """Sparse feature maps of pictures, by iterations, ``(B, *shape) -> (B, k)``.

    Args:
        sums: from maps to pictures; shared, not owned.
        sparsity: weight of the sum of absolute values.
        steps: number of iterations.
    """

    def __init__(self, sums: _Sum, *, sparsity: float, steps: int) -> None:
        super().__init__()
        object.__setattr__(self, "sums", sums)  # not a module of this one, which would own it
        self.shape, self.units = sums.shape, sums.units[::-1]
        self.sparsity, self.steps = sparsity, steps

    sums: _Sum

    def cost(self, x: Tensor, z: Tensor) -> Tensor:
        """The cost of maps ``(B, k)`` of pictures ``(B, D)``, ``(B,)``."""
        return self._cost(x, z, again=self.sums(z))

    def _cost(self, x: Tensor, z: Tensor, *, again: Tensor) -> Tensor:
        return 0.5 * (x - again).square().sum(1) + self.sparsity * z.abs().sum(1)

    @torch.no_grad()
    def forward(self, x: Tensor) -> Tensor:
        """Maps after all iterations, which begin at 0."""
        x = x.flatten(1)
        kernels, step = self.sums.unit(), 1 / self.sums.limit()
        z = x.new_zeros(len(x), self.units[1])
        again, cost, t = torch.zeros_like(x), 0.5 * x.square().sum(1), 1.0
        y, of_y = z, again
        for _ in range(self.steps):
            rest = (x - of_y).reshape(len(x), *self.shape)
            uphill = functional.conv2d(rest, kernels, padding=self.sums.padding).flatten(1)
            new = functional.softshrink(y + step * uphill, float(self.sparsity * step))
            of_new = self.sums(new)
            lower = self._cost(x, new, again=of_new)
            better = (lower < cost)[:, None]
            best, of_best = torch.where(better, new, z), torch.where(better, of_new, again)
            after = (1 + (1 + 4 * t * t) ** 0.5) / 2
            y = best + (t / after) * (new - best) + ((t - 1) / after) * (best - z)
            of_y = (
                of_best + (t / after) * (of_new - of_best) + ((t - 1) / after) * (of_best - again)
            )
            z, again, cost, t = best, of_best, torch.minimum(cost, lower), after
        return z


@checked
class DeconvolutionalNet(Codec):
    r"""Pictures as sums of few kernels at any place (Zeiler et al., 2010, one layer).

    .. math:: \hat x_c = \sum_k z_k * f_{kc}, \qquad
              C(x, z) = \tfrac12 |x - \hat x|^2 + s \sum_k |z_k|, \qquad
              z = \arg\min_z C(x, z), \qquad |f_k| = 1

    No encoder is learned: the feature maps z, most of whose values are 0, are found for every
    picture by minimising the cost, so that kernels compete to explain it. The minimiser is the
    monotone form of FISTA (Beck and Teboulle, 2009, https://doi.org/10.1109/TIP.2009.2028245):
    along it the cost of no picture rises. At the minimum the derivative of C by the kernels is
    that at fixed z, so they learn by gradient descent at fixed z: the stage ``reconstruction``
    with the objective ``squared_error`` (the penalty ``absolute`` of strength s makes C the loss
    that is written down). Kernels are divided by their lengths, because otherwise z could shrink
    while they grow. With kernels as large as the picture it is sparse coding (Olshausen and Field,
    1997, https://doi.org/10.1016/S0042-6989(97)00169-7).

    The paper stacks such layers, each on the feature maps below, minimises by splitting variables,
    and lets the power of \|z\| be below 1 (https://doi.org/10.1109/CVPR.2010.5539957).

    Args:
        shape: of a picture, (channels, rows, columns).
        maps: number of kernels, and of feature maps.
        size: height and width of a kernel.
        sparsity: s, in the units of the data.
        steps: iterations of inference.
        padding: pixels by which kernels may stick out of the picture; null for all but one.

    Raises:
        ValueError: a kernel is larger than the picture, or no pixel of it would be inside.

    >>> from harmonium.random import seeded
    >>> with seeded(0):
    ...     net = DeconvolutionalNet([1, 8, 8], 4, size=3)
    >>> x = torch.ones(2, 1, 8, 8, dtype=torch.float32)
    >>> net.encode(x).shape, net.units   # four maps of 10 x 10
    (torch.Size([2, 400]), (64, 400))
    """

    def __init__(
        self,
        shape: Sequence[Count],
        maps: Count,
        *,
        size: Count,
        sparsity: Positive = 0.1,
        steps: Count = 20,
        padding: Size | None = None,
    ) -> None:
        axes = tuple(map(int, shape))
        if len(axes) != 3 or size > min(axes[1:]):
            raise UsageError(
                f"shape {list(axes)}, kernels of {size} x {size}: give (channels, rows, columns), "
                "at least as many rows and columns as a kernel has"
            )
        out = size - 1 if padding is None else int(padding)
        if out >= size:
            raise UsageError(
                f"padding {out}: kernels of {size} x {size} would lie outside the picture: give "
                f"at most {size - 1}"
            )
        sums = _Sum((axes[0], axes[1], axes[2]), maps=int(maps), size=int(size), padding=out)
        room(4 * sums.kernels.numel(), "learning the kernels")  # with Adam
        inferred = _Inferred(sums, sparsity=float(sparsity), steps=int(steps))
        super().__init__(inferred, sums, outputs="values")
        self.settings: dict[str, Any] = {
            "shape": [*axes],
            "maps": int(maps),
            "size": int(size),
            "sparsity": float(sparsity),
            "steps": int(steps),
            "padding": None if padding is None else int(padding),
        }

    def cost(self, x: Tensor, z: Tensor) -> Tensor:
        """The cost C of feature maps ``(B, k)`` of pictures ``(B, *shape)``, ``(B,)``."""
        cost: Tensor = self.encoder.cost(x.flatten(1), z)
        return cost

    @torch.no_grad()
    def filters(self) -> dict[str, Tensor]:
        """What one value in the middle of every map draws, ``{"code": (maps, D)}``."""
        maps, rows, columns = self.decoder.maps
        z = self.decoder.kernels.new_zeros(maps, maps, rows, columns)
        which = torch.arange(maps, device=z.device)
        z[which, which, rows // 2, columns // 2] = 1
        return {"code": self.decoder(z.flatten(1))}
