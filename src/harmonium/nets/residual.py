"""Residual blocks: layers that add a correction to what they read."""

from typing import Any, Literal

from torch import Tensor, nn
from torch.nn import functional

from harmonium.bounds import Count
from harmonium.nets.spatial import Axes, batch_norm, convolution

__all__ = ["BasicBlock", "Bottleneck", "Padded"]

Shortcut = Literal["projection", "padded"]


class Padded(nn.Module):
    r"""The shortcut without parameters: every s-th place, and channels of zeros below.

    .. math:: y_{c, i} = x_{c, s i} \text{ for } c < C, \qquad y_{c, i} = 0 \text{ for } c \ge C

    Args:
        extra: number of channels of zeros, at least 0.
        stride: s.
    """

    def __init__(self, extra: int, stride: int) -> None:
        super().__init__()
        self.extra, self.stride = extra, stride

    def forward(self, x: Tensor) -> Tensor:
        """``(B, C, *size) -> (B, C + extra, *ceil(size / s))``."""
        axes = x.ndim - 2
        for axis in range(2, x.ndim):
            x = x[(slice(None),) * axis + (slice(None, None, self.stride),)]
        return functional.pad(x, [0, 0] * axes + [0, self.extra])

    def extra_repr(self) -> str:
        """The settings, for ``repr``."""
        return f"extra={self.extra}, stride={self.stride}"


class BasicBlock(nn.Module):
    r"""Two 3 x 3 convolutions beside a shortcut, ``(B, C, *size) -> (B, planes, *size / s)``.

    .. math:: y = g(F(x) + S(x)), \qquad F = N_2 W_2 * g(N_1 W_1 * x)

    N is batch normalisation, g the rectifier, S the identity where shapes agree. So the layers
    learn the difference F(x) = y - x, and gradients pass the shortcut unchanged. Parameters have
    the names of torchvision: conv1, bn1, conv2, bn2, downsample. First weights are He's. (He et
    al., 2016, https://arxiv.org/abs/1512.03385.)

    Args:
        in_channels: C.
        planes: channels of the output.
        stride: s of the first convolution and of the shortcut.
        shortcut: where shapes differ, a 1 x 1 convolution with batch normalisation (projection),
            or every s-th place with channels of zeros (padded), which has no parameters.
        dimensions: axes of an example besides its channels.

    >>> import torch
    >>> block = BasicBlock(16, 32, stride=2)
    >>> block(torch.zeros(1, 16, 8, 8, dtype=torch.float32)).shape
    torch.Size([1, 32, 4, 4])
    """

    def __init__(
        self,
        in_channels: Count,
        planes: Count,
        *,
        stride: Count = 1,
        shortcut: Shortcut = "projection",
        dimensions: Axes = 2,
    ) -> None:
        super().__init__()
        axes = dimensions
        first: dict[str, Any] = {
            "kernel_size": 3,
            "stride": stride,
            "padding": 1,
            "bias": False,
            "start": "he_out",
        }
        self.conv1 = convolution(in_channels, planes, dimensions=axes, **first)
        self.bn1 = batch_norm(planes, dimensions=axes)
        self.relu1 = nn.ReLU()
        self.conv2 = convolution(planes, planes, dimensions=axes, **{**first, "stride": 1})
        self.bn2 = batch_norm(planes, dimensions=axes)
        self.downsample = _shortcut(in_channels, planes, stride=stride, kind=shortcut, axes=axes)
        self.relu2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """``(B, C, *size) -> (B, planes, *size / s)``."""
        inner = self.relu1(self.bn1(self.conv1(x)))
        return self.relu2(self.bn2(self.conv2(inner)) + self.downsample(x))


class Bottleneck(nn.Module):
    r"""Convolutions 1 x 1, 3 x 3, 1 x 1 beside a shortcut, ``(B, C, *size) -> (B, 4 p, *size/s)``.

    .. math:: y = g(F(x) + S(x)), \qquad F = N_3 W_3 * g(N_2 W_2 * g(N_1 W_1 * x))

    The first convolution narrows the maps to p channels, so that the 3 x 3 convolution is cheap,
    and the last one widens them to 4 p. The stride is that of the 3 x 3 convolution, as in the
    public checkpoints; the paper has it in the first one. Parameters have the names of
    torchvision: conv1, bn1 to conv3, bn3, and downsample.0, downsample.1 where shapes differ. (He
    et al., 2016, https://arxiv.org/abs/1512.03385.)

    Args:
        in_channels: C.
        planes: p; the output has 4 p channels.
        stride: s of the 3 x 3 convolution and of the shortcut.
        groups: of the 3 x 3 convolution.
        dimensions: axes of an example besides its channels.

    >>> import torch
    >>> block = Bottleneck(64, 16)
    >>> block(torch.zeros(1, 64, 8, 8, dtype=torch.float32)).shape
    torch.Size([1, 64, 8, 8])
    >>> [name for name, _ in Bottleneck(32, 16).downsample.named_parameters()]
    ['0.weight', '1.weight', '1.bias']
    """

    def __init__(
        self,
        in_channels: Count,
        planes: Count,
        *,
        stride: Count = 1,
        groups: Count = 1,
        dimensions: Axes = 2,
    ) -> None:
        super().__init__()
        axes, wide = dimensions, 4 * planes
        point: dict[str, Any] = {"kernel_size": 1, "bias": False, "start": "he_out"}
        middle: dict[str, Any] = {
            **point,
            "kernel_size": 3,
            "stride": stride,
            "padding": 1,
            "groups": groups,
        }
        self.conv1 = convolution(in_channels, planes, dimensions=axes, **point)
        self.bn1 = batch_norm(planes, dimensions=axes)
        self.relu1 = nn.ReLU()
        self.conv2 = convolution(planes, planes, dimensions=axes, **middle)
        self.bn2 = batch_norm(planes, dimensions=axes)
        self.relu2 = nn.ReLU()
        self.conv3 = convolution(planes, wide, dimensions=axes, **point)
        self.bn3 = batch_norm(wide, dimensions=axes)
        self.downsample = _shortcut(in_channels, wide, stride=stride, kind="projection", axes=axes)
        self.relu3 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """``(B, C, *size) -> (B, 4 planes, *size / s)``."""
        inner = self.relu1(self.bn1(self.conv1(x)))
        inner = self.relu2(self.bn2(self.conv2(inner)))
        return self.relu3(self.bn3(self.conv3(inner)) + self.downsample(x))


def _shortcut(
    in_channels: int, channels: int, *, stride: int, kind: Shortcut, axes: Axes
) -> nn.Module:
    """What the corrections are added to."""
    if stride == 1 and in_channels == channels:
        return nn.Identity()
    if kind == "padded":
        return Padded(channels - in_channels, stride)
    project: dict[str, Any] = {
        "kernel_size": 1,
        "stride": stride,
        "bias": False,
        "start": "he_out",
    }
    return nn.Sequential(
        convolution(in_channels, channels, dimensions=axes, **project),
        batch_norm(channels, dimensions=axes),
    )
