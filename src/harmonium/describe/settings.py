"""Early stopping of a stage."""

from dataclasses import dataclass
from typing import Literal

from harmonium.bounds import Count, NonNegative

__all__ = ["EarlyStopping"]


@dataclass(frozen=True)
class EarlyStopping:
    """Stops a stage when it no longer improves.

    Args:
        monitor: the metric to watch, such as val/error.
        patience: epochs without improvement before stopping.
        min_delta: minimum change that counts as an improvement.
        mode: whether a lower (min) or higher (max) metric is better; null to look it up.
        restore_best: return to the parameters of the best epoch.
    """

    monitor: str
    patience: Count = 5
    min_delta: NonNegative = 0.0
    mode: Literal["min", "max"] | None = None
    restore_best: bool = True
