"""When the training of a multilayer perceptron ends, by scikit-learn's rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

__all__ = ["Convergence"]

LEAST_RATE = 1e-6
"""Learning rate at which an adaptive rate stops falling."""


@dataclass
class Convergence:
    """Ends training after passes without improvement, and changes the rate between passes.

    A pass improves if it is better than the best pass so far by at least ``tol``. Training ends
    after more than ``patience`` passes in a row without improvement; an adaptive rate is instead
    divided by 5, down to 1e-6.

    Args:
        monitor: the figure to watch in the rows of the history.
        larger_is_better: whether it is a score; otherwise it is a loss.
        optimiser: its rates are those that change.
        tol: the least improvement.
        patience: passes without improvement.
        rate: how the rate changes: "constant", "invscaling", "adaptive" or "linear".
        power_t: exponent of "invscaling": the rate is ``initial / (t + 1) ** power_t`` after t
            rows.
        rows: number of rows of a pass.
        seen: number of rows seen before.
        keeps_best: whether the parameters of the best pass are restored at the end.
    """

    monitor: str
    larger_is_better: bool
    optimiser: torch.optim.Optimizer
    tol: float
    patience: int
    rate: str = "constant"
    power_t: float = 0.5
    rows: int = 0
    seen: int = 0
    keeps_best: bool = False
    best: float | None = field(default=None, init=False)
    waited: int = field(default=0, init=False)
    kept: dict[str, Tensor] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.first = float(self.optimiser.defaults["lr"])

    def see(self, row: Mapping[str, float], module: nn.Module) -> bool:
        """Records the figures of a pass; returns True if training should end."""
        self.seen += self.rows
        if self.rate == "invscaling":
            self._set_rate(self.first / (self.seen + 1) ** self.power_t)
        value = row[self.monitor] if self.larger_is_better else -row[self.monitor]
        improved = self.best is None or value >= self.best + self.tol
        self.waited = 0 if improved else self.waited + 1
        if self.best is None or value > self.best:
            self.best = value
            if self.keeps_best:
                self.kept = {name: t.clone() for name, t in module.state_dict().items()}
        if self.waited <= self.patience:
            return False
        present = float(self.optimiser.param_groups[0]["lr"])
        if self.rate != "adaptive" or present <= LEAST_RATE:
            return True
        self._set_rate(present / 5)
        self.waited = 0
        return False

    def end(self, module: nn.Module) -> None:
        """Restores the parameters of the best pass, if they were kept."""
        if self.kept:
            module.load_state_dict(self.kept)

    def _set_rate(self, rate: float) -> None:
        for group in self.optimiser.param_groups:
            group["lr"] = rate
