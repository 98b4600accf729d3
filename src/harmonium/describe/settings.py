"""When a stage stops before its last epoch."""

from dataclasses import dataclass
from typing import Literal

from harmonium.bounds import Count, NonNegative

__all__ = ["EarlyStopping"]


@dataclass(frozen=True)
class EarlyStopping:
    """Stops a stage that no longer gets better.

    Args:
        monitor: the figure that is watched, such as val/error.
        patience: epochs without improvement before stopping.
        min_delta: what counts as an improvement.
        mode: whether less or more of the figure is better; null: as the table of figures says.
        restore_best: go back to the parameters of the best epoch.
    """

    monitor: str
    patience: Count = 5
    min_delta: NonNegative = 0.0
    mode: Literal["min", "max"] | None = None
    restore_best: bool = True
