"""What every watch answers."""

from typing import Any

from torch import Tensor

__all__ = ["Watch"]


class Watch:
    """Looks at a stage after some epochs; a kind of watch answers what it has something for."""

    def measure(self, epoch: int) -> dict[str, float]:
        """Figures of the moment: name -> number."""
        del epoch
        return {}

    def notice(self, epoch: int, *, updates: int) -> dict[str, Any]:
        """``findings`` of what goes wrong, and figures that they rest on; more costly."""
        del epoch, updates
        return {}

    def snapshot(self) -> dict[str, Tensor]:
        """Small tensors for pictures."""
        return {}
