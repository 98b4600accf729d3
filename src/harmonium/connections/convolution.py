"""Convolution: the same weights at every place of a map."""

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, fold
from torch.nn.grad import conv2d_input, conv2d_weight

from harmonium.arguments import checked
from harmonium.bounds import Count, NonNegative, Size
from harmonium.connections.base import Connection
from harmonium.errors import UsageError
from harmonium.random import initial

__all__ = ["Convolution", "Kernel", "convolved_shape"]

Kernel = int | Sequence[int]
"""The side of a square kernel, or its height and width."""

_FEW = 3
"""Number of channels up to which fields on the source are summed patch by patch."""


def _pair(kernel: Kernel) -> tuple[int, int]:
    sides = tuple(kernel) if isinstance(kernel, Sequence) else (kernel, kernel)
    if len(sides) != 2 or min(sides) < 1:
        raise UsageError(f"Convolution: kernel {kernel!r}; give its side, or height and width")
    return int(sides[0]), int(sides[1])


@checked
def convolved_shape(
    source: Sequence[int],
    maps: Count,
    *,
    kernel: Kernel,
    stride: Count = 1,
    padding: Size = 0,
    dilation: Count = 1,
) -> tuple[int, int, int]:
    """The shape (maps, height, width) of the target of a convolution.

    Raises:
        ValueError: the source has not the axes (channels, height, width), or the kernel does not
            fit into it.

    >>> convolved_shape((1, 28, 28), 40, kernel=11)
    (40, 18, 18)
    """
    if len(source) != 3:
        raise UsageError(
            f"Convolution: a group of shape {tuple(source)}; (channels, height, width) is needed"
        )
    room = [
        n + 2 * padding - dilation * (k - 1) - 1
        for n, k in zip(source[1:], _pair(kernel), strict=True)
    ]
    if min(room) < 0:
        raise UsageError(
            f"Convolution: a kernel of {_pair(kernel)} with dilation {dilation} does not fit into "
            f"maps of {tuple(source[1:])} with padding {padding}: take a smaller kernel"
        )
    return int(maps), room[0] // stride + 1, room[1] // stride + 1


@checked
class Convolution(Connection):
    r"""Weights shared over the places of maps.

    .. math:: E(x, y) = -\sum_{k, p} y_{kp} \sum_{c, q} W_{kcq} \, x_{c,\, s p + d q - a}

    for stride s, dilation d and padding a; p runs over the places of the target, q over those of
    the kernel. ``weight`` has shape ``(maps, channels, height, width)`` and is drawn from
    N(0, std^2). Biases are shared over places by the units' ``tied=(1, 2)``.

    Args:
        source: (channels, height, width).
        target: (maps, height, width), as ``convolved_shape`` gives it.
        kernel: its side, or height and width.
        stride: step between places.
        padding: zeros on every side of the source.
        dilation: distance between the values that a kernel reads.
        std: standard deviation of the initial weights.

    Raises:
        ValueError: the shape of the target does not follow from the rest.
    """

    full: ClassVar[bool] = False

    def __init__(  # noqa: PLR0913
        self,
        source: Sequence[int],
        target: Sequence[int],
        *,
        kernel: Kernel,
        stride: Count = 1,
        padding: Size = 0,
        dilation: Count = 1,
        std: NonNegative = 0.01,
    ) -> None:
        super().__init__(source, target)
        self.kernel = _pair(kernel)
        self.steps = {"stride": int(stride), "padding": int(padding), "dilation": int(dilation)}
        if len(target) != 3:
            raise UsageError(
                f"Convolution: a target of shape {tuple(target)}; (maps, height, width) is needed"
            )
        shape = convolved_shape(source, target[0], kernel=self.kernel, **self.steps)
        if tuple(target) != shape:
            raise UsageError(
                f"Convolution: a target of shape {tuple(target)}, but these settings give {shape}"
            )
        self.weight = nn.Parameter(initial(target[0], source[0], *self.kernel, std=std))

    @property
    def settings(self) -> dict[str, Any]:
        """Kernel, stride, padding and dilation."""
        return {"kernel": [*self.kernel], **self.steps}

    def forward(self, x: Tensor, *, rows: Tensor | None = None) -> Tensor:
        """The convolution of x, the field on the target."""
        field = conv2d(x, self.weight, None, **self.steps)
        return field if rows is None else field.flatten(1)[:, rows]

    def adjoint(self, y: Tensor, *, rows: Tensor | None = None) -> Tensor:
        """The transposed convolution of y, the field on the source."""
        if self.source[0] <= _FEW:  # then torch's own is up to 7 x slower on a CPU
            patches = self.weight.flatten(1).T @ y.flatten(2)
            field = fold(patches, tuple(self.source[1:]), self.kernel, **self.steps)
        else:
            field = conv2d_input((len(y), *self.source), self.weight, y, **self.steps)
        return field if rows is None else field.flatten(1)[:, rows]

    def energy(self, x: Tensor, y: Tensor) -> Tensor:
        """-y . (W * x) in nats, ``(B,)``."""
        return -(y * self(x)).flatten(1).sum(1)

    def correlate(self, x: Tensor, y: Tensor, *, weights: Tensor) -> dict[str, Tensor]:
        """The weighted sum over rows and places of the products of y with the patches of x."""
        y = y * weights.reshape(-1, 1, 1, 1)
        return {"weight": conv2d_weight(x, self.weight.shape, y, **self.steps)}

    def blocks(self) -> Sequence[Tensor] | None:
        """None: it does not join a group to itself."""
        return None

    @torch.no_grad()
    def layer(self, *, transposed: bool = False) -> nn.Module:
        """Flat rows to flat rows by an ``nn.Conv2d`` or ``nn.ConvTranspose2d`` with W."""
        maps, channels = self.weight.shape[:2]
        sizes = (maps, channels) if transposed else (channels, maps)
        more: dict[str, Any] = {**self.steps, "device": "meta", "dtype": self.weight.dtype}
        if transposed:
            reached = [
                (n - 1) * self.steps["stride"]
                - 2 * self.steps["padding"]
                + self.steps["dilation"] * (k - 1)
                + 1
                for n, k in zip(self.target[1:], self.kernel, strict=True)
            ]
            more["output_padding"] = tuple(
                n - r for n, r in zip(self.source[1:], reached, strict=True)
            )
        make = nn.ConvTranspose2d if transposed else nn.Conv2d
        conv = make(*sizes, self.kernel, **more).to_empty(device=self.weight.device)
        conv.weight.copy_(self.weight)
        assert conv.bias is not None
        conv.bias.zero_()
        ends = tuple(self.target if transposed else self.source)
        return nn.Sequential(nn.Unflatten(1, ends), conv, nn.Flatten(1))
