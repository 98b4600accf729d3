"""The pocket: the weights with the longest run of right decisions."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import nn

__all__ = ["Pocket"]


class Pocket:
    """Keeps a copy of the weights that decided the most rows in a row without a mistake.

    Where no weights decide all rows rightly, a perceptron never comes to rest, and its last
    weights may be bad ones. Weights with few mistakes have long runs, so the copy becomes better
    with time. With ``error`` it is a ratchet: weights with a longer run replace the copy only if
    their error is lower. (Gallant, 1990, https://doi.org/10.1109/72.80230.)

    Args:
        error: module -> share of wrong decisions on all training rows; None: only runs count.
    """

    def __init__(self, error: Callable[[nn.Module], float] | None = None) -> None:
        self.error = error
        self.run, self.longest = 0, 0
        self.lowest: float | None = None
        self._refused = False

    def right(self, rows: int) -> None:
        """Counts more right decisions of the present weights."""
        self.run += rows

    def wrong(self) -> None:
        """Ends the run, because the weights change."""
        self.run, self._refused = 0, False

    @torch.no_grad()
    def offer(self, module: nn.Module, kept: nn.Module) -> None:
        """Copies the weights of ``module`` to ``kept`` if they are better than its weights."""
        if self.run <= self.longest or self._refused:
            return
        if self.error is not None:
            error = self.error(module)
            if self.lowest is not None and error > self.lowest:
                self._refused = True
                return
            self.lowest = error
        self.longest = self.run
        for best, now in zip(kept.parameters(), module.parameters(), strict=True):
            best.copy_(now)

    def state_dict(self) -> dict[str, Any]:
        """Length of the present and of the longest run, and the error of the kept weights."""
        return {
            "run": self.run,
            "longest": self.longest,
            "lowest": self.lowest,
            "refused": self._refused,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores that state."""
        self.run, self.longest = state["run"], state["longest"]
        self.lowest, self._refused = state["lowest"], state["refused"]
