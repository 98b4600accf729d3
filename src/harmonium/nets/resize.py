"""Pictures made smaller or larger by a fixed filter."""

from typing import Literal

from torch import Tensor, nn
from torch.nn import functional

from harmonium.bounds import Positive

__all__ = ["Resize"]


class Resize(nn.Module):
    r"""Pictures of another size, ``(B, C, H, W) -> (B, C, round(s H), round(s W))``.

    .. math:: y_i = \frac{\sum_j k\big((i + 1/2) / s - (j + 1/2)\big) x_j}
                         {\sum_j k\big((i + 1/2) / s - (j + 1/2)\big)}

    along each axis. The kernel k of "bicubic" is Keys' cubic on four pixels (1981,
    https://doi.org/10.1109/TASSP.1981.1163711), with a = -3/4, which keeps pictures sharper than
    Keys' -1/2; that of "bilinear" is a triangle on two; "nearest" repeats pixels. Where pictures
    become smaller, a is -1/2 and the kernel is stretched by 1 / s, so that fine detail is averaged
    and does not turn into false coarse detail. Nothing is learned.

    Args:
        scale: s, the factor of both sizes.
        mode: the kernel.

    >>> import torch
    >>> Resize(0.5)(torch.ones(2, 1, 8, 6, dtype=torch.float32)).shape
    torch.Size([2, 1, 4, 3])
    """

    def __init__(
        self, scale: Positive, *, mode: Literal["bicubic", "bilinear", "nearest"] = "bicubic"
    ) -> None:
        super().__init__()
        self.scale, self.mode = float(scale), mode

    def forward(self, x: Tensor) -> Tensor:
        """The pictures in their new size."""
        size = [round(self.scale * n) for n in x.shape[2:]]
        if self.mode == "nearest":
            return functional.interpolate(x, size, mode="nearest-exact")
        return functional.interpolate(x, size, mode=self.mode, antialias=self.scale < 1)

    def extra_repr(self) -> str:
        """Settings, for ``repr``."""
        return f"scale={self.scale}, mode={self.mode!r}"
