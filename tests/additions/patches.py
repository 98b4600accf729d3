"""A net that reads pictures in their shape: one layer of small filters, then logits."""

from typing import Any

from torch import Tensor, nn

from harmonium.bounds import Count
from harmonium.random import seeded

__all__ = ["Patches"]


class Patches(nn.Module):
    """Logits of pictures, ``(B, channels, height, width) -> (B, classes)``.

    Args:
        shape: (channels, height, width) of a picture.
        filters: the number of filters of 3 x 3.
        classes: the number of classes.
    """

    output_kind = "classes"

    def __init__(self, shape: tuple[int, int, int], filters: Count, classes: Count) -> None:
        super().__init__()
        channels, height, width = self.shape = tuple(shape)
        self.settings: dict[str, Any] = {
            "shape": list(shape),
            "filters": filters,
            "classes": classes,
        }
        size = filters * (height - 2) * (width - 2)
        self.units = (channels * height * width, size, classes)
        with seeded(0):
            self.hidden, self.output = nn.Conv2d(channels, filters, 3), nn.Linear(size, classes)

    def activities(self, x: Tensor) -> dict[str, Tensor]:
        """The rectified answers of the filters, ``(B, filters, height - 2, width - 2)``."""
        return {"answers": self.hidden(x).relu()}

    def forward(self, x: Tensor) -> Tensor:
        """The logits."""
        return self.output(self.activities(x)["answers"].flatten(1))
