"""Dense blocks: every layer reads the maps of all layers before it."""

from collections import OrderedDict
from typing import Any

import torch
from torch import Tensor, nn

from harmonium.bounds import Count, Share
from harmonium.nets.dropout import Dropout
from harmonium.nets.spatial import Axes, average_pool, batch_norm, convolution

__all__ = ["DenseBlock", "DenseLayer", "Transition"]


class DenseLayer(nn.Module):
    r"""k new maps from all maps so far, ``(B, C, *size) -> (B, k, *size)``.

    .. math:: y = W_2 * g(N_2(W_1 * g(N_1 x)))

    N is batch normalisation, g the rectifier, W1 a 1 x 1 convolution to ``bn_size`` k channels and
    W2 a 3 x 3 convolution. Parameters have the names of torchvision: norm1, conv1, norm2, conv2.

    Args:
        in_channels: C.
        growth_rate: k.
        bn_size: channels between the convolutions, in units of k; null for a single 3 x 3
            convolution, named conv1.
        drop_rate: share of the new maps' values that is switched off at random in training mode.
        dimensions: axes of an example besides its channels.
    """

    def __init__(
        self,
        in_channels: Count,
        growth_rate: Count,
        *,
        bn_size: Count | None = 4,
        drop_rate: Share = 0.0,
        dimensions: Axes = 2,
    ) -> None:
        super().__init__()
        parts: dict[str, nn.Module] = {}
        channels = in_channels
        if bn_size is not None:
            parts |= _before(1, (channels, bn_size * growth_rate), kernel=1, axes=dimensions)
            channels = bn_size * growth_rate
        last = 1 if bn_size is None else 2
        parts |= _before(last, (channels, growth_rate), kernel=3, axes=dimensions)
        if drop_rate:
            parts["dropout"] = Dropout(drop_rate)
        for name, part in parts.items():
            self.add_module(name, part)

    def forward(self, x: Tensor) -> Tensor:
        """``(B, C, *size) -> (B, k, *size)``, the new maps alone."""
        for part in self.children():
            x = part(x)
        return x


class DenseBlock(nn.Module):
    r"""Dense layers whose maps are kept, ``(B, C, *size) -> (B, C + n k, *size)``.

    .. math:: x_i = H_i([x_0, x_1, \dots, x_{i - 1}]), \qquad y = [x_0, x_1, \dots, x_n]

    Every layer adds k maps, so features are used again rather than learned again, and the loss has
    a short path to every layer. Layers have the names denselayer1, denselayer2 ... of torchvision.
    (Huang et al., 2017, https://arxiv.org/abs/1608.06993.)

    Args:
        in_channels: C.
        num_layers: n.
        growth_rate: k.
        bn_size: see ``DenseLayer``.
        drop_rate: see ``DenseLayer``.
        dimensions: axes of an example besides its channels.

    >>> block = DenseBlock(16, 3, growth_rate=8)
    >>> block(torch.zeros(1, 16, 4, 4, dtype=torch.float32)).shape
    torch.Size([1, 40, 4, 4])
    """

    def __init__(
        self,
        in_channels: Count,
        num_layers: Count,
        *,
        growth_rate: Count = 32,
        bn_size: Count | None = 4,
        drop_rate: Share = 0.0,
        dimensions: Axes = 2,
    ) -> None:
        super().__init__()
        for i in range(num_layers):
            layer = DenseLayer(
                in_channels + i * growth_rate,
                growth_rate,
                bn_size=bn_size,
                drop_rate=drop_rate,
                dimensions=dimensions,
            )
            self.add_module(f"denselayer{i + 1}", layer)

    def forward(self, x: Tensor) -> Tensor:
        """``(B, C, *size) -> (B, C + n k, *size)``."""
        maps = [x]
        for layer in self.children():
            maps.append(layer(torch.cat(maps, 1)))
        return torch.cat(maps, 1)


class Transition(nn.Sequential):
    r"""Fewer and smaller maps between two dense blocks, ``(B, C, *size) -> (B, C', *size / 2)``.

    .. math:: y = \operatorname{mean}_2 (W * g(N x))

    Parameters have the names of torchvision: norm, conv.

    Args:
        in_channels: C.
        out_channels: C'; null for half of C.
        dimensions: axes of an example besides its channels.
    """

    def __init__(
        self,
        in_channels: Count,
        out_channels: Count | None = None,
        *,
        dimensions: Axes = 2,
    ) -> None:
        channels = in_channels // 2 if out_channels is None else out_channels
        point: dict[str, Any] = {"kernel_size": 1, "bias": False, "start": "he_in"}
        parts = {
            "norm": batch_norm(in_channels, dimensions=dimensions),
            "relu": nn.ReLU(),
            "conv": convolution(in_channels, channels, dimensions=dimensions, **point),
            "pool": average_pool(2, dimensions=dimensions, stride=2),
        }
        super().__init__(OrderedDict(parts))


def _before(
    number: int, channels: tuple[int, int], *, kernel: int, axes: Axes
) -> dict[str, nn.Module]:
    """Normalisation and rectifiers before a convolution, which has no bias."""
    settings: dict[str, Any] = {
        "kernel_size": kernel,
        "padding": kernel // 2,
        "bias": False,
        "start": "he_in",
    }
    return {
        f"norm{number}": batch_norm(channels[0], dimensions=axes),
        f"relu{number}": nn.ReLU(),
        f"conv{number}": convolution(*channels, dimensions=axes, **settings),
    }
